"""A large LP whose pieces share few rows: the rows are priced, the pieces solved apart, and their points mixed.

Dantzig and Wolfe's decomposition. At any prices of the shared rows, what the pieces cost apart is a bound on the cost
of the whole. The master mixes the points that they answered with into one for which the shared rows hold; its prices,
drawn towards those of the best bound and kept near the first ones lest they swing, are the next. A sample of the pieces
finds the first prices.

Nothing here has to be believed: the point and the multipliers are verified on the whole, as any solver's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from threading import Event

import numpy as np

from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.basis import Basis, solver_at
from oremix.optimizer.solving.coupling import Separated
from oremix.optimizer.solving.highs import Claim, Quiet
from oremix.optimizer.solving.master import Master, Mix
from oremix.optimizer.solving.pieces import Ints
from oremix.optimizer.solving.priced import Answer, Job, answered
from oremix.optimizer.solving.proof import NOISE, TOLERANCE

__all__ = ["run_coupled"]

# The numbers below were chosen on benchmark problems of 100k and 1M columns; any give the same answer, in more rounds.

# How far the next prices are drawn to those of the best bound.
DRAWN = 0.5
# Prices stay so near the first ones, relative; or to 0, as parts of what would double the cost.
NEAR, NEAR_ZERO, NEAR_NONE = 0.1, 1e-3, 0.1
# The sample: one piece in ten, but four; its prices need be no better than this, in so many rounds.
SAMPLED, LEAST_SAMPLED, SAMPLE_GAP, SAMPLE_ROUNDS = 10, 4, 3e-3, 40
# So small a gap is none.
EXACT = 1e-9
MOST_ROUNDS = 200


@dataclass(frozen=True)
class _Bound:
    """What the pieces cost at least, at which prices, with which row duals."""

    value: float
    prices: Floats
    duals: list[Floats]


@dataclass(frozen=True)
class _Point:
    """What a piece once answered with, without its zeros: a point or a ray."""

    piece: int
    is_ray: bool
    columns: Ints
    values: Floats


@dataclass
class _Search:
    """A search for prices, and what it has found.

    `sizes` has what each shared row moves, and `money` what all costs, where nothing is priced.
    """

    parts: Separated
    clock: Clock
    prices: Floats
    bases: list[Basis | None]
    sizes: Floats
    money: float
    bound: _Bound | None = None
    points: list[_Point] = field(default_factory=list)
    mix: Mix | None = None

    @property
    def gap(self) -> float:
        """How much dearer the mix is than the bound, relative to the money there is; infinite without either."""
        if self.mix is None or self.bound is None:
            return float("inf")
        return (self.mix.cost - self.bound.value) / max(abs(self.mix.cost), self.money)

    def run(self, known: list[Answer], gap: float, rounds: int) -> None:
        """Search until the gap is reached, or nothing more can be done; `known` is what the pieces said before."""
        master = self._master()
        self._add(master, known, None)
        mix: Mix | None = None
        rests = False
        for _ in range(rounds):
            answers = self.ask()
            if answers is None:
                return
            self._raise_bound(answers)
            found = self._add(master, answers, mix)
            if rests and not found:  # at the mix's own prices nothing is cheaper
                return
            mix = master.solve()
            if mix is None:
                return
            if mix.holds and (self.mix is None or mix.cost < self.mix.cost):
                self.mix = mix
            if self.gap <= gap or _is_over(self.clock):
                return
            rests = mix.holds and not found
            if not mix.holds and not master.widen(mix.missing):
                return
            best = self.bound.prices if self.bound is not None and found else mix.prices
            self.prices = _pressing(self.parts.shared, (1 - DRAWN) * mix.prices + DRAWN * best)

    def ask(self) -> list[Answer] | None:
        """The pieces' answers to the prices; none where one is neither an optimum nor a ray."""
        stop = self.clock.stop if shares_memory() else None
        left = self.clock.left()
        jobs = [
            Job(piece, self.prices, basis, left, stop)
            for piece, basis in zip(self.parts.pieces, self.bases, strict=True)
        ]
        answers = spread(answered, jobs)
        if any(answer.status not in ("optimal", "unbounded") for answer in answers):
            return None
        self.bases = [
            answer.basis if answer.status == "optimal" else basis
            for answer, basis in zip(answers, self.bases, strict=True)
        ]
        return answers

    def _raise_bound(self, answers: list[Answer]) -> None:
        if any(answer.status == "unbounded" for answer in answers):
            return
        value = sum(answer.value for answer in answers) + _of_shared(self.parts.shared, self.prices)
        if self.bound is None or value > self.bound.value:
            self.bound = _Bound(value, self.prices, [answer.duals for answer in answers])

    def _master(self) -> Master:
        """The master, with prices kept near the first ones."""
        near = np.maximum(NEAR * np.abs(self.prices), NEAR_ZERO * self.money / self.sizes)
        width = near if self.prices.any() else NEAR_NONE * self.money / self.sizes
        return Master(self.parts.shared, self.sizes, self.money, len(self.parts.pieces), self.prices, width)

    def _add(self, master: Master, answers: list[Answer], mix: Mix | None) -> bool:
        """Hand the master the points that would make its last mix cheaper, and say whether there were any."""
        before = len(self.points)
        for number, (piece, answer) in enumerate(zip(self.parts.pieces, answers, strict=True)):
            cost, uses = float(piece.arrays.cost @ answer.x), piece.uses(answer.x)
            is_ray = answer.status == "unbounded"
            if mix is not None and not is_ray:
                gain = mix.levels[number] - (cost - float(uses @ mix.prices))
                if gain <= 1e-12 * abs(mix.cost):
                    continue
            columns = np.flatnonzero(answer.x)
            self.points.append(_Point(number, is_ray, columns, answer.x[columns]))
            master.add(cost, uses, None if is_ray else number)
        return len(self.points) > before


def run_coupled(
    arrays: Arrays,
    parts: Separated,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    stop: Event | None = None,
) -> Claim:
    """The claim of an LP in parts: `limit` where the gap was not reached, for want of time or as nothing led there.

    Parameters
    ----------
    gap
        Relative gap at which to stop.
    """
    clock = Clock(time_limit, stop)
    number = len(parts.rows)
    search = _Search(parts, clock, np.zeros(number), [None] * len(parts.pieces), np.ones(number), 1.0)
    answers = search.ask()
    if answers is not None and all(answer.status == "optimal" for answer in answers):
        _start(search, answers)
        search.run(answers, max(gap or 0.0, EXACT), MOST_ROUNDS)
    reached = search.gap <= max(gap or 0.0, TOLERANCE)
    words = "gap reached" if reached else "stopped" if _is_over(clock) else "no progress"
    claim = Claim("optimal" if reached else "limit", words, version=Quiet().version())
    claim.options = {"parts": len(parts.pieces), "shared_rows": len(parts.rows)}
    if search.mix is not None and search.bound is not None:
        claim.x = _whole_point(len(arrays.cost), search, search.mix)
        claim.duals = _whole_duals(len(arrays.lower), parts, search.bound)
        if search.gap <= TOLERANCE:
            bases = [basis for basis in search.bases if basis is not None]
            claim.solver = partial(solver_at, arrays, [piece.piece for piece in parts.pieces], bases)
    return claim


def _is_over(clock: Clock) -> bool:
    return clock.left() == 0 or clock.is_stopped()


def _start(search: _Search, answers: list[Answer]) -> None:
    """Take sizes from what the pieces do where nothing is priced, and first prices and bases from a few of them.

    These few have the part of what is shared that they would have of all if it cost nothing.
    """
    parts = search.parts
    moved = np.array([piece.moves(answer.x) for piece, answer in zip(parts.pieces, answers, strict=True)])
    whole = moved.sum(axis=0)
    search.sizes = _sizes(parts, whole)
    search.money = max(sum(abs(answer.value) for answer in answers), 1e-30)
    step = max(1, min(SAMPLED, len(answers) // LEAST_SAMPLED))
    part = np.divide(moved[::step].sum(axis=0), whole, out=np.ones_like(whole), where=whole > 0)
    few, money = parts.sample(step, part), sum(abs(answer.value) for answer in answers[::step])
    sizes = _sizes(few, part * whole)
    sample = _Search(few, search.clock, search.prices, search.bases[::step], sizes, max(money, 1e-30))
    sample.run(answers[::step], SAMPLE_GAP, SAMPLE_ROUNDS)
    if sample.mix is not None and sample.bound is not None:
        search.prices, search.bases[::step] = sample.bound.prices, sample.bases


def _sizes(parts: Separated, moved: Floats) -> Floats:
    """The size of each shared row: what moves in it, or its bound."""
    lower, upper = (np.where(np.isfinite(b), np.abs(b), 0.0) for b in (parts.shared.lower, parts.shared.upper))
    size = np.maximum(moved, np.maximum(lower, upper))
    return np.where(size > 0, size, 1.0)


def _pressing(shared: Arrays, prices: Floats) -> Floats:
    """The prices without those that press on no bound."""
    return np.where(np.isfinite(np.where(prices > 0, shared.lower, shared.upper)), prices, 0.0)


def _of_shared(shared: Arrays, prices: Floats) -> float:
    """What the bounds of the shared rows bring at these prices, and the least that their own columns cost."""
    pressed = np.where(prices > 0, shared.lower, shared.upper)
    terms = shared.coefficients * prices[shared.row_of]
    reduced = shared.cost - np.bincount(shared.columns, terms, len(shared.cost))
    size = np.abs(shared.cost) + np.bincount(shared.columns, np.abs(terms), len(shared.cost))
    ends = np.where(reduced > 0, shared.low, shared.high)
    ends[(np.abs(reduced) <= NOISE * size) & ~np.isfinite(ends)] = 0.0
    rows = np.where(prices != 0, pressed, 0.0) @ prices
    return float(rows + np.where(reduced != 0, ends, 0.0) @ reduced + shared.offset)


def _whole_point(length: int, search: _Search, mix: Mix) -> Floats:
    """The mix in the order of the whole."""
    x = np.zeros(length)
    x[search.parts.own] = mix.own
    points = search.points[: len(mix.weights)]
    mixed = [0.0 if point.is_ray else weight for point, weight in zip(points, mix.weights.tolist(), strict=True)]
    total = np.bincount([point.piece for point in points], mixed)
    for point, weight in zip(points, mix.weights.tolist(), strict=True):
        if weight:
            columns = search.parts.pieces[point.piece].piece.columns[point.columns]
            x[columns] += (weight if point.is_ray else weight / total[point.piece]) * point.values
    return x


def _whole_duals(length: int, parts: Separated, bound: _Bound) -> Floats:
    """The multipliers behind the bound in the order of the whole."""
    duals = np.zeros(length)
    duals[parts.rows] = bound.prices
    for piece, mine in zip(parts.pieces, bound.duals, strict=True):
        duals[piece.piece.rows] = mine
    return duals

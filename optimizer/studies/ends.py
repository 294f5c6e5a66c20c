"""How far a plan can go in a direction while its cost stays within a budget; many directions, spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oremix.models import Problem, SolverFailed
from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import spread
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Weights
from oremix.optimizer.studies.choices import amount
from oremix.optimizer.studies.yardstick import Made

__all__ = ["Budgeted", "Direction", "End", "ends_of"]

# Of what a cost is measured by: what the budget may be passed by where rounding leaves no plan within it.
ROOM = 1e-9
# What the budget is measured in, so that a solver's tolerances are small beside it and costs are not.
MEASURE = 1e4

# How many directions are explored from one start, and how many such pieces of work are handed out at once. Neither
# depends on the engine, nor does what is found.
CHUNK, WAVE = 40, 16

# A ratio is found when a step changes it by less.
SAME_RATIO = 1e-9
MOST_STEPS = 30


class Budgeted:
    """A session whose plans cost no more than a budget.

    Parameters
    ----------
    session
        Of the problem.
    budget
        The most that a plan may cost, discounted.
    money
        What differences in cost are measured by.
    """

    def __init__(self, session: Session, budget: float, money: float) -> None:
        self.session, self.budget = session, budget
        self.room = ROOM * money
        arrays, unit = session.state().arrays, MEASURE / (money or 1.0)
        costs = zip(session.columns, arrays.cost.tolist(), strict=True)
        self._cost = {key: cost * unit for key, cost in costs if cost}
        self._most = (budget - arrays.offset) * unit

    def keeps(self, cost: float | None) -> bool:
        """Whether a cost is within the budget."""
        return cost is not None and cost <= self.budget + 2 * self.room

    def solve(
        self, objective: Weights | None = None, rows: Sequence[tuple[Weights, float]] = (), left: float | None = None
    ) -> Point:
        """The least of a sum, or of the cost, within the budget and other limits.

        Raises
        ------
        SolverFailed
            HiGHS broke off for a reason that says nothing about the problem.
        """
        self.session.time_limit = left
        point = self.session.solve(objective=objective, within=[(self._cost, self._most), *rows])
        if point.status == "infeasible":
            roomier = self._most + ROOM * MEASURE
            point = self.session.solve(objective=objective, within=[(self._cost, roomier), *rows])
        return point


@dataclass(frozen=True)
class Direction:
    """A sum of columns, or a share of one in another, to be made as small as can be; or as large (`sign` −1).

    Attributes
    ----------
    whole
        What it is a share of; none: of nothing.
    least
        Of a share: what the whole is at least, in every plan that counts.
    start
        Of a share: what it is in the cheapest plan; none where nothing arrives there.
    left_over
        What else is to be told of the plan at the end.
    """

    weights: Weights
    sign: int = 1
    whole: Weights | None = None
    least: float = 0.0
    start: float | None = None
    left_over: Weights | None = None


@dataclass(frozen=True)
class End:
    """What came of a direction.

    Attributes
    ----------
    value
        Of the plan found; none without one.
    proved
        What no plan within the budget goes beyond; none where that is not known.
    endless
        It has no end, which is proved.
    made
        What the plan found is told apart by; none without one.
    left_over
        In the plan found.
    """

    value: float | None = None
    proved: float | None = None
    endless: bool = False
    made: Made | None = None
    left_over: float = 0.0


@dataclass(frozen=True)
class _Chunk:
    """Directions explored one after the other."""

    problem: Problem
    budget: float
    money: float
    gap: float | None
    clock: Clock
    features: tuple[Weights, ...]
    directions: tuple[Direction, ...]


def ends_of(
    problem: Problem,
    budget: float,
    money: float,
    features: tuple[Weights, ...],
    directions: Sequence[Direction],
    clock: Clock,
    *,
    gap: float | None,
    left: float | None,
    text: str,
    done: int = 0,
    total: int = 0,
) -> list[End]:
    """The end of each direction, in their order; what there was no time for is without a plan.

    Parameters
    ----------
    features
        The sums that plans are told apart by.
    left
        Seconds for all of them; none: no limit.
    text, done, total
        What progress is told as, and how much of how much was done before.
    """
    exploring = Clock(left, clock.stop)
    chunks = [
        _Chunk(
            problem=problem,
            budget=budget,
            money=money,
            gap=gap,
            clock=exploring,
            features=features,
            directions=tuple(directions[first : first + CHUNK]),
        )
        for first in range(0, len(directions), CHUNK)
    ]
    found: list[End] = []
    for first in range(0, len(chunks), WAVE):
        if clock.is_up():
            break
        for ends in spread(_explored, chunks[first : first + WAVE]):
            found += ends
        clock.tell(done + len(found), total, text)
    return found + [End()] * (len(directions) - len(found))


def _explored(chunk: _Chunk) -> list[End]:
    """The ends of a chunk, from a start of its own."""
    explorer = _Explorer(chunk)
    return [explorer.end(direction) for direction in chunk.directions]


class _Explorer:
    def __init__(self, chunk: _Chunk) -> None:
        self._chunk = chunk
        self._base = self._started()

    def _started(self) -> Budgeted:
        chunk = self._chunk
        session = Session(chunk.problem, time_limit=chunk.clock.left(), gap=chunk.gap, stop=chunk.clock.stop)
        session.solve()  # the cheapest plan is within the budget: every end is looked for from where the last was
        if not session.state().is_open:
            session.prefer_primal()
        return Budgeted(session, chunk.budget, chunk.money)

    def end(self, direction: Direction) -> End:
        """How far it goes; what does not come out from where the last solve ended is tried from nothing."""
        found = self._tried(direction)
        if found.value is None and not found.endless and not self._chunk.clock.is_up():
            self._base = self._started()
            found = self._tried(direction)
        return found

    def _tried(self, direction: Direction) -> End:
        if self._chunk.clock.is_up():
            return End()
        try:
            return self._of_sum(direction) if direction.whole is None else self._of_share(direction, direction.whole)
        except SolverFailed:  # one end that is not known is no reason to lose the others
            return End()

    def _least(self, weights: Weights, sign: int) -> tuple[Point, float]:
        """The least of a sum, times the sign, and what it is multiplied by so that its largest weight is at least 1."""
        largest = max((abs(weight) for weight in weights.values()), default=0.0)
        factor = max(1.0, 1.0 / largest) if largest > 0 else 1.0
        scaled = {key: sign * factor * weight for key, weight in weights.items()}
        return self._base.solve(scaled, left=self._chunk.clock.left()), factor

    def _of_sum(self, direction: Direction) -> End:
        point, factor = self._least(direction.weights, direction.sign)
        if point.total_cost is None:
            return End(endless=point.status == "unbounded" and point.verified)
        proved = None if point.bound is None else direction.sign * point.bound / factor
        return self._end(direction, point, amount(direction.weights, point.values), proved)

    def _of_share(self, direction: Direction, whole: Weights) -> End:
        """Dinkelbach's method: part − share · whole is made least, for the share found last, until no share is less."""
        sign, best, proved = direction.sign, None, None
        share = direction.start
        if share is None:
            best = self._least(whole, -1)[0]
            share = self._share(direction, whole, best)
            if share is None:  # there is never anything of it
                return self._end(direction, best, 0.0, 0.0) if best.status == "optimal" else End()
        for _ in range(MOST_STEPS):
            point, factor = self._least(_difference(direction.weights, whole, share), sign)
            if point.total_cost is None:
                break
            if point.bound is not None and (point.bound >= 0 or direction.least > 0):
                beyond = min(0.0, point.bound / factor) / (direction.least or 1.0)
                proved = _nearer(sign, proved, share + sign * beyond)
            reached = self._share(direction, whole, point)
            is_further = reached is not None and sign * (share - reached) > SAME_RATIO
            best = point if best is None or is_further else best
            if reached is None or not is_further or self._chunk.clock.is_up():
                break
            share = reached
        return End() if best is None else self._end(direction, best, share, proved)

    @staticmethod
    def _share(direction: Direction, whole: Weights, point: Point) -> float | None:
        """The share at a point; none where next to nothing arrives."""
        arrives = amount(whole, point.values)
        return amount(direction.weights, point.values) / arrives if arrives > 0.5 * direction.least else None

    def _end(self, direction: Direction, point: Point, value: float, proved: float | None) -> End:
        values: dict[Key, float] = point.values
        made = tuple(max(0.0, amount(weights, values)) for weights in self._chunk.features)
        return End(value, proved, made=made, left_over=amount(direction.left_over or {}, values))


def _difference(weights: Weights, whole: Weights, share: float) -> Weights:
    return {key: weights.get(key, 0.0) - share * weight for key, weight in whole.items()}


def _nearer(sign: int, one: float | None, other: float) -> float:
    """The bound that says more."""
    if one is None:
        return other
    return max(one, other) if sign > 0 else min(one, other)

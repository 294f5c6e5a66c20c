"""A problem in which one policy's bound can move: solved at any, and the tightest that can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from oremix.models import Problem
from oremix.models.errors import SolverFailed
from oremix.models.fields import LARGEST
from oremix.models.files import checked
from oremix.models.policies import Diversify, Rule, Share
from oremix.models.scenarios import Change
from oremix.models.timeline import Timeline
from oremix.optimizer.formulation import Measure, Model
from oremix.optimizer.lean import Key, Pairs, Sum
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import State
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.hot import Hot

__all__ = ["Bounded", "Side", "Tightest", "Undecided", "decided", "freed", "total"]

Side = Literal["max", "min"]

# How near to the tightest bound, in its unit relative to its size, it is proved that there is nothing tighter.
BEYOND = 1e-6
# Below this part of the largest whole of a ratio there is nothing to be a share of.
NOTHING = 1e-9
# A part of less than this part of its whole is nothing.
ROUNDING = 1e-12
# A whole that moves by less than this part of itself is fixed.
FIXED = 1e-7
MOST_WHOLES = 120
# An amount that large is no limit.
ENDLESS = LARGEST / 10
MOST_STEPS = 40


class Undecided(Exception):
    """A limit, or somebody, ended the search before it was known."""


@dataclass(frozen=True)
class Tightest:
    """The tightest bound, its point, and what became of the one just beyond (none: no tighter can be stated)."""

    bound: float
    point: Point
    beyond: float | None
    refused: Point | None


class Bounded:
    """One side of a policy, to be bounded at will.

    Parameters
    ----------
    session
        Of a problem that `freed` has made ready.
    policy, side
        The rule, and which of its bounds moves.

    Attributes
    ----------
    others
        Changes that are made beside it.
    """

    def __init__(self, session: Session, policy: str, side: Side) -> None:
        self.session, self.policy, self.side = session, policy, side
        self.others: list[Change] = []
        self.rule = next(rule for rule in session.problem.rules if rule.id == policy)
        self.model = session.state().model
        self.measures = [m for m in self.model.bounded if m.policy is not None and m.policy.id == policy and m.rows]

    def twin(self) -> Bounded:
        """Another for another thread; sent to another process, it is made anew."""
        return Bounded(self.session.twin(), self.policy, self.side)

    def __reduce__(self) -> tuple[type[Bounded], tuple[Session, str, Side]]:
        return type(self), (self.session, self.policy, self.side)

    @property
    def is_share(self) -> bool:
        """Whether what is bounded is a share, from 0 to 1."""
        return isinstance(self.rule, Share)

    @property
    def counts(self) -> bool:
        """Whether the bound is a number of sources."""
        return isinstance(self.rule, Diversify)

    @property
    def sign(self) -> int:
        """In which direction the bound loosens."""
        return 1 if self.side == "max" else -1

    @property
    def ends(self) -> tuple[float, float]:
        """The tightest and the loosest bound that can be stated."""
        most: float = 1.0 if self.is_share else LARGEST
        least = 0.0
        if self.counts:
            least, most = 1.0, float(max((len(m.sources or ()) for m in self.measures), default=1))
        return (least, most) if self.side == "max" else (most, least)

    def solve(self, bound: float) -> Point:
        """The optimum with the bound at a value."""
        return self.session.solve(self.changes(bound))

    def changes(self, bound: float) -> list[Change]:
        """What makes the bound this."""
        return [*self.session.bound(self.policy, round(bound) if self.counts else bound, self.side), *self.others]

    @property
    def unit(self) -> float:
        """What marginals are for, in the unit of the bound."""
        return 0.01 if self.is_share else 1.0

    @property
    def per(self) -> str:
        """The same in words."""
        if self.counts:
            return "source more" if self.side == "max" else "source less"
        units = {measure.unit for measure in self.measures}
        return "percentage point" if self.is_share else units.pop() if len(units) == 1 else "unit"

    # ------------------------------------------------------------ what is achieved

    def ratios(self, point: Point) -> list[float | None]:
        """What each ratio of the policy comes to in the unit of the bound; none where there is nothing to count."""
        return self._ratios(point.values, self._sizes(point.values))

    def _ratios(self, values: dict[Key, float], wholes: list[float]) -> list[float | None]:
        if self.counts:
            return [self._number(measure, values) for measure in self.measures]
        least = NOTHING * max(wholes, default=0.0)
        found: list[float | None] = []
        for measure, whole in zip(self.measures, wholes, strict=True):
            part = _amount(measure.part(self.model), self.model, values) + measure.constant
            found.append(None if whole <= least else 0.0 if abs(part) <= ROUNDING * whole else part / whole)
        return found

    def _number(self, measure: Measure, values: dict[Key, float]) -> float | None:
        """How many sources there are; none where nothing is bought."""
        amounts = [total(pairs, values) for pairs in (measure.sources or {}).values()]
        whole = sum(amounts)
        smallest = getattr(self.rule, "smallest", None) if self.side == "min" else None
        least = NOTHING if smallest is None else smallest * (1 - NOTHING)
        return float(sum(amount > least * whole for amount in amounts)) if whole > 0 else None

    def achieved(self, point: Point) -> float | None:
        """The ratio that the bound has to hold: the largest under a `max`, the smallest above a `min`."""
        return self._worst(self.ratios(point))

    def _worst(self, ratios: list[float | None]) -> float | None:
        known = [ratio for ratio in ratios if ratio is not None]
        return None if not known else max(known) if self.side == "max" else min(known)

    def _sizes(self, values: dict[Key, float]) -> list[float]:
        """What the bound of each ratio is multiplied by."""
        wholes = [measure.wholes(self.model) for measure in self.measures]
        return [sum(_amount(amount, self.model, values) for _, amount in group) for group in wholes]

    # ------------------------------------------------------------ whether lines are straight

    @cached_property
    def wholes_are_fixed(self) -> bool:
        """Whether no plan at all has other wholes: then the cost is convex in the bound, and made of lines."""
        amounts = [amount for measure in self.measures for _, amount in measure.wholes(self.model)]
        wholes = [amount for amount in amounts if isinstance(amount, Sum) and amount.numbers]
        if not wholes:
            return True
        if len(wholes) > MOST_WHOLES:
            return False
        state = self.session.state(self.changes(self.ends[1]))
        arrays = replace(state.arrays, integer=np.zeros_like(state.arrays.integer))
        hot = Hot(replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0))
        return all(_is_fixed(hot, state, self.model.lp.pairs(whole)) for whole in wholes)

    # ------------------------------------------------------------ the tightest bound

    def tightest(self, loose: Point, limit: float | None = None) -> Tightest | None:
        """The tightest bound that any plan keeps, by bounds each of which a plan is seen to keep.

        From one bound, the LP says how far all ratios can be tightened together, measured by the wholes of the plan
        before; the ratios of that plan are the next bound. Where wholes are fixed the first is the last.

        None where the amount can be tightened for ever.

        Parameters
        ----------
        limit
            A bound beyond which nobody wants to go.

        Raises
        ------
        Undecided
            Before it was known.
        """
        end = self.ends[0] if limit is None else limit
        point = self.solve(end) if abs(end) < LARGEST else None
        if point is not None and point.total_cost is not None:
            return Tightest(end, point, None, None)
        if point is not None and point.status != "infeasible":
            raise Undecided
        bound, wholes = self.achieved(loose), self._sizes(loose.values)
        for _ in range(MOST_STEPS):
            if bound is None:
                return None
            bound = self.within(bound, end)
            if (found := self._tighter(bound, wholes)) is None:
                return None
            step = BEYOND * (1.0 if self.is_share else max(abs(bound), NOTHING))
            if self.sign * (bound - found[0]) > step / 10:
                bound, wholes = found
                continue
            beyond = self.within(bound - self.sign * step, end)
            refused = self.solve(beyond)
            if refused.total_cost is None:
                return self._kept(bound, beyond, refused)
            bound, wholes = self.achieved(refused), self._sizes(refused.values)
        raise Undecided

    def within(self, bound: float, end: float) -> float:
        """The bound, no tighter than an end."""
        return max(bound, end) if self.side == "max" else min(bound, end)

    def _kept(self, bound: float, beyond: float, refused: Point) -> Tightest:
        """The bound, loosened by as little as rounding asks for until a plan keeps it."""
        if refused.status != "infeasible":
            raise Undecided
        for part in (0.0, 1e-4, 1e-3, 1e-2, 0.1, 0.5):
            here = bound + self.sign * part * abs(bound - beyond)
            point = self.solve(here)
            if point.total_cost is not None:
                return Tightest(here, point, beyond, refused)
        raise Undecided

    def _tighter(self, bound: float, wholes: list[float]) -> tuple[float, list[float]] | None:
        """The worst ratio of the plan that tightens all ratios most, in parts of these wholes, and its own wholes."""
        state = self.session.state(self.changes(bound))
        least = NOTHING * max(wholes, default=0.0)
        room = {
            state.rows[row.key]: -self.sign * whole
            for measure, whole in zip(self.measures, wholes, strict=True)
            for row in measure.rows.values()
            if whole > least
        }
        arrays = _with_room(state.arrays, room, -abs(bound - self.ends[0]))
        claim = run_highs(arrays, time_limit=self.session.time_limit, stop=self.session.stop)
        if claim.status == "unbounded":
            return None
        if claim.x is None or claim.status != "optimal":
            raise Undecided
        values = dict(zip(state.columns, claim.x[:-1].tolist(), strict=True))
        sizes = self._sizes(values)
        worst = self._worst(self._ratios(values, sizes))
        return None if worst is None or abs(worst) > ENDLESS else (worst, sizes)


def _is_fixed(hot: Hot, state: State, whole: Pairs) -> bool:
    """Whether a sum is the same whatever the plan."""
    aim = np.zeros_like(hot.arrays.cost)
    np.add.at(aim, [state.columns[column.key] for column, _ in whole], [amount for _, amount in whole])
    ends = []
    for sign in (1.0, -1.0):
        hot.become(replace(hot.arrays, cost=sign * aim))
        try:
            claim = hot.claim()
        except SolverFailed:
            return False
        if claim.status != "optimal" or claim.x is None:
            return False
        ends.append(float(aim @ claim.x))
    return abs(ends[1] - ends[0]) <= FIXED * max(1.0, abs(ends[0]))


def total(pairs: Pairs, values: dict[Key, float]) -> float:
    """A sum of columns at a point."""
    return sum(amount * values.get(column.key, 0.0) for column, amount in pairs)


def _amount(amount: Sum | float, model: Model, values: dict[Key, float]) -> float:
    return total(model.lp.pairs(amount), values) if isinstance(amount, Sum) else float(amount)


def decided(point: Point, columns: Iterable[Any]) -> frozenset[Key]:
    """The yes/no decisions that a point takes with yes, each with its number where it can be more than one."""
    values = point.values
    return frozenset((*c.key, round(values[c.key])) for c in columns if c.cat == "Integer" and values[c.key] > 0.5)


def _with_room(arrays: Arrays, room: dict[int, float], low: float) -> Arrays:
    """The LP with one column more, the last, that is made as small as can be, with these coefficients in some rows."""
    rows = np.array(list(room), dtype=np.int64)
    row_of = np.concatenate([arrays.row_of, rows])
    order = np.argsort(row_of, kind="stable")
    columns = np.concatenate([arrays.columns, np.full(len(rows), len(arrays.cost))])
    coefficients = np.concatenate([arrays.coefficients, list(room.values())])
    return replace(
        arrays,
        cost=_and(np.zeros_like(arrays.cost), 1.0),
        offset=1.0,
        low=_and(arrays.low, max(low, -LARGEST)),
        high=_and(arrays.high, np.inf),
        integer=np.concatenate([arrays.integer, [False]]),
        starts=np.searchsorted(row_of[order], np.arange(len(arrays.lower) + 1)).astype(np.int32),
        columns=columns[order].astype(np.int32),
        coefficients=coefficients[order],
    )


def _and(values: Floats, last: float) -> Floats:
    return np.concatenate([values, [last]])


# ---------------------------------------------------------------- making a policy ready


def freed(
    problem: Problem, policy: str, side: Side, from_year: int | None = None, until_year: int | None = None
) -> Problem:
    """The problem with one side of a policy as a rule of its own, hard and as loose as can be stated.

    Its other side, and what it says of other years, become rules beside it. Presets are written out.

    Raises
    ------
    InvalidProblem
        The policy cannot have a bound on this side.
    """
    rules: list[dict[str, Any]] = []
    taken = {rule.id for rule in problem.rules}
    for rule in problem.rules:
        if rule.id != policy:
            rules.append(_written(rule))
            continue
        for number, part in enumerate(_parts(rule, side, problem.timeline, from_year, until_year)):
            name = policy if number == 0 else _free(f"{policy[:80]} (rest)", taken)
            taken.add(name)
            rules.append({**part, "id": name})
    stated = problem.model_dump(by_alias=True, exclude_unset=True, exclude={"policies", "scenarios", "uncertainties"})
    return checked(Problem, {**stated, "policies": rules})


def _written(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(by_alias=True, exclude_unset=True)


def _parts(
    rule: Rule, side: Side, timeline: Timeline, from_year: int | None, until_year: int | None
) -> Iterator[dict[str, Any]]:
    """The side that moves, in its years; then the other side, and both in the years before and after."""
    whole = _written(rule)
    other = "min" if side == "max" else "max"
    hard = {key: value for key, value in whole.items() if key != "penalty"}
    loosest: float = {"max": 1.0 if isinstance(rule, Share) else LARGEST, "min": 0.0}[side]
    if isinstance(rule, Diversify):
        loosest = 1 if side == "min" else 1000
    first = max((year for year in (rule.from_year, from_year) if year is not None), default=None)
    last = min((year for year in (rule.until_year, until_year) if year is not None), default=None)
    years: dict[str, Any] = {} if timeline.typical else {"from_year": first, "until_year": last}
    moves = {key: value for key, value in hard.items() if key != other}
    yield {**moves, **years, side: loosest}
    if getattr(rule, other, None) is not None:
        yield {key: value for key, value in {**hard, **years}.items() if key != side}
    if from_year is not None and (rule.from_year is None or rule.from_year < from_year):
        yield {**whole, "until_year": min(from_year - 1, rule.until_year or from_year)}
    if until_year is not None and (rule.until_year is None or rule.until_year > until_year):
        yield {**whole, "from_year": max(until_year + 1, rule.from_year or until_year)}


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name

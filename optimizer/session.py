"""A problem that is solved again and again after changes: the base of every study."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Event
from typing import Any, Literal

import numpy as np

from oremix.models import InvalidProblem, Plan, Problem, read_problem
from oremix.models.changes import Parts, changed, changed_parts, read_changes, with_parts
from oremix.models.errors import Fault
from oremix.models.scenarios import Change
from oremix.optimizer.answering import Detail, answer
from oremix.optimizer.answering.diagnosis import diagnose
from oremix.optimizer.decide import check_options
from oremix.optimizer.formulation import Measure, Model, build_model
from oremix.optimizer.formulation.in_place import Edits, InPlace
from oremix.optimizer.lean import Column, Key, Pairs, summed
from oremix.optimizer.solving import Outcome
from oremix.optimizer.solving.arrays import Arrays, Floats, arrays_of, with_decisions, with_rows
from oremix.optimizer.solving.highs import Claim, listen, run_highs
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.solve import Status, verified

__all__ = ["Achieved", "Point", "Session"]

Changes = Iterable[Change | dict[str, Any]]


@dataclass(frozen=True)
class Achieved:
    """What a policy bounds, as a point has it: a share of a whole, or an amount (then the whole is none)."""

    material: str | None
    place: str | None
    countries: tuple[str, ...]
    period: int | None
    part: float
    whole: float | None

    @property
    def value(self) -> float | None:
        """The share, or the amount; none where there is nothing to be a share of."""
        if self.whole is None:
            return self.part
        return self.part / self.whole if self.whole > 0 else None


@dataclass(frozen=True)
class Point:
    """What a session found, verified like a plan's point, and read by the keys of the formulation.

    Attributes
    ----------
    status
        As a plan's: ``optimal``, ``feasible``, ``infeasible``, ``unbounded`` or ``no_answer``.
    verified, reason
        Whether what the status says was checked, and what is in doubt.
    total_cost
        Discounted; none without a plan.
    gap
        By how much, relative to the money that changes hands, a plan might be cheaper; as far as is proved.
    decisions
        How the yes/no decisions were taken: ``none`` to take, ``searched``, or all ``held`` as asked. Duals hold with
        decisions as they are.
    seconds
        Of solving and verifying.
    """

    status: Status
    verified: bool
    reason: str | None
    total_cost: float | None
    gap: float | None
    decisions: Literal["none", "searched", "held"]
    seconds: float
    _model: Model = field(repr=False)
    _x: Floats | None = field(repr=False)
    _duals: Floats | None = field(repr=False)

    @cached_property
    def values(self) -> dict[Key, float]:
        """Column → annual rate, or level, capacity, decision, by the keys that `formulation.md` lists."""
        return {} if self._x is None else dict(zip(self._model.lp.columns, self._x.tolist(), strict=True))

    @cached_property
    def duals(self) -> dict[Key, float]:
        """Row → what a unit more of its bound adds to the total cost."""
        return {} if self._duals is None else dict(zip(self._model.lp.rows, self._duals.tolist(), strict=True))

    def of(self, kind: str) -> dict[Key, float]:
        """What there is of one kind of column, by the rest of its key: `add` what is built, `short` what is missing."""
        return {key[1:]: value for key, value in self.values.items() if key[0] == kind and value}

    def achieved(self, policy: str) -> list[Achieved]:
        """What a policy bounds, in the order of its ratios.

        Of content it is what the bound counts, which may be more than the least that the flows allow: a plan says that.

        Raises
        ------
        KeyError
            No such policy, or it is for no period.
        """
        return [
            Achieved(
                measure.material,
                measure.place,
                measure.countries,
                None if measure.period is None else self._model.start(measure.period),
                self._sum(measure.part) + measure.constant,
                None if measure.whole is None else self._sum(measure.whole),
            )
            for measure in self._measures(policy)
        ]

    def marginal(self, policy: str) -> float:
        """What a policy's bound would save of the total cost if it were looser by a unit, in every period at once.

        A unit is a percentage point of a share, else one of what is bounded. At a kink it lies between the slopes of
        both sides. A number of sources has none: it is kept by decisions.

        Raises
        ------
        KeyError
            As `achieved`.
        """
        saved = 0.0
        for measure in self._measures(policy):
            unit = 0.01 if measure.whole is not None else 1.0
            room = unit * sum(self._sum(amount) for _, amount in measure.wholes)
            for side, row in measure.rows.items():
                dual = self.duals.get(row.key, 0.0)
                saved += -dual * room if side == "max" else dual * room
        return saved + 0.0

    def _measures(self, policy: str) -> list[Measure]:
        found = [m for m in self._model.measures if m.policy is not None and m.policy.id == policy]
        if not found:
            raise KeyError(policy)
        return found

    def _sum(self, amount: Pairs | float) -> float:
        if isinstance(amount, int | float):
            return float(amount)
        return sum(coefficient * self.values[column.key] for column, coefficient in amount)


@dataclass(frozen=True)
class _State:
    """A problem's LP: its numbers, and where each column and row is. After a change in place the model is the old."""

    model: Model
    arrays: Arrays
    columns: dict[Key, int]
    rows: dict[Key, int]

    @property
    def is_open(self) -> bool:
        """Whether there are yes/no decisions to be taken."""
        return bool((self.arrays.integer & (self.arrays.low != self.arrays.high)).any())

    @classmethod
    def of(cls, problem: Problem) -> _State:
        model = build_model(problem)
        arrays, _, _ = arrays_of(model.lp)
        columns = {key: position for position, key in enumerate(model.lp.columns)}
        return cls(model, arrays, columns, {key: position for position, key in enumerate(model.lp.rows)})

    def edited(self, edits: Edits) -> _State:
        """The same LP with other numbers."""
        rows = {self.rows[row.key]: self._row(pairs, bound) for row, (pairs, bound) in edits.rows.items()}
        arrays = with_rows(self.arrays, rows)
        cost, high = arrays.cost.copy(), arrays.high.copy()
        for column, rate in edits.costs.items():
            cost[self.columns[column.key]] = rate
        high[[self.columns[column.key] for column in edits.closed]] = 0.0
        return replace(self, arrays=replace(arrays, cost=cost, high=high))

    def _row(self, pairs: Pairs, bound: float) -> tuple[list[int], list[float], float]:
        once: dict[Column, float] = dict(pairs)
        if len(once) < len(pairs):
            once = dict(summed(pairs))
        return [self.columns[column.key] for column in once], list(once.values()), bound

    def held(self, fixed: Mapping[Key, float]) -> _State:
        """With columns held at values; those that there are none of are nothing."""
        unknown = [key for key, value in fixed.items() if key not in self.columns and value]
        if unknown:
            message = f"there is no column {unknown[0]} to be held at {fixed[unknown[0]]:g}"
            raise InvalidProblem([Fault(("fixed",), message, str(unknown[0]))])
        places = [self.columns[key] for key in fixed if key in self.columns]
        values = [value for key, value in fixed.items() if key in self.columns]
        low, high = self.arrays.low.copy(), self.arrays.high.copy()
        low[places] = high[places] = np.where(self.arrays.integer[places], np.round(values), values)
        return replace(self, arrays=replace(self.arrays, low=low, high=high))


class Session:
    """A problem's LP kept in HiGHS. Every question is put to the problem as it was given, with changes.

    No change outlasts its question: `solve()` is the problem itself again, to the last digit. What a change does is
    worked out from the problem's own data each time; what lasts is the basis, from which the next question starts.

    With yes/no decisions every question is a search of its own, which begins with the last decisions found; with all
    decisions among `fixed` it is an LP again.

    A session belongs to one thread.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    time_limit
        Seconds of the solver for each question.
    gap
        Relative gap at which yes/no decisions may stop.
    stop
        Set by anybody, from any thread, it ends a solve with the best there is, and every later one.

    Raises
    ------
    InvalidProblem
        With every fault of the input.
    InvalidOption
        As `oremix.solve`.
    """

    def __init__(
        self,
        problem: Problem | dict[str, Any] | str | bytes,
        *,
        time_limit: float | None = None,
        gap: float | None = None,
        stop: Event | None = None,
    ) -> None:
        check_options(time_limit, gap, "plan")
        self.problem = read_problem(problem)
        self._time_limit, self._gap, self._stop = time_limit, gap, stop
        self._base = _State.of(self.problem)
        self._in_place = InPlace(self._base.model)
        self._kept = self._base
        self._hot = Hot(self._base.arrays)
        if stop is not None:
            listen(self._hot.solver, stop)
        self._decisions: dict[Key, float] = {}

    def bound(self, policy: str, value: Any, side: str = "max") -> list[Change]:
        """The changes that give a policy a hard bound: `value` in every period, and no penalty."""
        where = {"id": policy}
        return read_changes(
            [
                {"on": "policies", "where": where, "field": side, "set": value},
                {"on": "policies", "where": where, "field": "penalty", "set": None},
            ]
        )

    def changed(self, changes: Changes = ()) -> Problem:
        """The problem with changes, checked like any other.

        Raises
        ------
        InvalidProblem
            A change that is about nothing or cannot be made, or what is wrong with the problem that it makes.
        """
        return changed(self.problem, changes)

    def solve(self, changes: Changes = (), *, fixed: Mapping[Key, float] | None = None) -> Point:
        """The optimum of the problem with changes.

        Parameters
        ----------
        changes
            Changes as scenarios state them, made one after the other.
        fixed
            Columns by their keys, as a point's `values` has them, that are held at a value.

        Raises
        ------
        InvalidProblem
            As `changed`, or a column to be held that there is none of.
        SolverFailed
            HiGHS broke off for a reason that says nothing about the problem.
        """
        state = self._state(changes)
        if fixed:
            state = state.held(fixed)
        outcome = self._solved(state)
        return Point(
            outcome.status,
            outcome.verified,
            outcome.reason,
            outcome.objective,
            outcome.gap,
            "searched" if state.is_open else "held" if state.arrays.integer.any() else "none",
            outcome.seconds,
            state.model,
            outcome.x,
            outcome.duals,
        )

    def plan(self, changes: Changes = (), *, detail: Detail = "plan") -> Plan:
        """The whole plan of the problem with changes, audited; solved from the last basis.

        It costs what `oremix.solve` finds for the changed problem; where several plans cost the same it may be another
        of them.

        Raises
        ------
        InvalidProblem, InvalidOption, SolverFailed
            As `solve` and `oremix.solve`.
        """
        check_options(self._time_limit, self._gap, detail)
        started = time.perf_counter()
        problem = self.changed(changes)
        state = self._base if problem is self.problem else _State.of(problem)
        plan = answer(state.model, self._solved(state), detail)
        if plan.status != "infeasible":
            return plan
        left = None if self._time_limit is None else self._time_limit - (time.perf_counter() - started)
        diagnosis = diagnose(state.model, left, gap=self._gap, stop=self._stop)
        return plan.model_copy(update={"diagnosis": diagnosis})

    # ------------------------------------------------------------ the changed LP

    def _state(self, changes: Changes) -> _State:
        """The LP of the changed problem: the problem's own with other numbers where that is enough, else a new one."""
        parts = changed_parts(self.problem, read_changes(changes))
        if not parts:
            return self._base
        edits = self._edits(parts)
        return _State.of(with_parts(self.problem, parts)) if edits is None else self._base.edited(edits)

    def _edits(self, parts: Parts) -> Edits | None:
        pairs = []
        for name, entries in parts.items():
            before = getattr(self.problem, name)
            if len(before) != len(entries):
                return None
            pairs += [(old, new) for old, new in zip(before, entries, strict=True) if old is not new]
        return self._in_place.edits(pairs)

    # ------------------------------------------------------------ solving it

    def _solved(self, state: _State) -> Outcome:
        """The verified answer; one that does not hold when checked is looked for once more without the last basis."""
        started = time.perf_counter()
        claim, arrays = self._searched(state) if state.is_open else self._found(state)
        outcome = verified(arrays, claim, started, self._time_limit)
        if claim.status in ("optimal", "infeasible") and outcome.reason is not None and not state.is_open:
            self._hot.solver.clearSolver()
            outcome = verified(arrays, self._hot.claim(self._time_limit), started, self._time_limit)
        return outcome

    def _found(self, state: _State) -> tuple[Claim, Arrays]:
        """What HiGHS says of an LP, whose decisions are held where it has any."""
        arrays = replace(state.arrays, integer=np.zeros_like(state.arrays.integer))
        self._become(state, arrays)
        return self._hot.claim(self._time_limit), arrays

    def _searched(self, state: _State) -> tuple[Claim, Arrays]:
        """What branch and bound says, and the prices with its decisions as they are."""
        arrays = state.arrays
        first = np.array([self._decisions.get(key, np.nan) for key in state.columns])
        claim = run_highs(arrays, time_limit=self._time_limit, gap=self._gap, stop=self._stop, start=first)
        if claim.x is None:
            return claim, arrays
        whole = dict(zip(state.columns, np.round(claim.x).tolist(), strict=True))
        self._decisions = {key: whole[key] for key, integer in zip(whole, arrays.integer, strict=True) if integer}
        self._become(state, with_decisions(arrays, claim.x))
        exact = self._hot.claim(self._time_limit)
        if exact.status == "optimal" and exact.x is not None:
            claim = replace(claim, x=exact.x, duals=exact.duals, solver=exact.solver)
        return claim, arrays

    def _become(self, state: _State, arrays: Arrays) -> None:
        """Have HiGHS hold this LP, whose numbers may differ from the state's own."""
        kept, self._kept = self._kept, state
        if kept.columns is state.columns:
            self._hot.become(arrays)
            return
        columns = [kept.columns.get(key, -1) for key in state.columns]
        self._hot.refill(arrays, columns, [kept.rows.get(key, -1) for key in state.rows])

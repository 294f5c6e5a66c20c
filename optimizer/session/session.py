"""The session itself: a problem's LP kept in HiGHS."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np

from oremix.models import Plan, Problem, read_problem
from oremix.models.changes import Parts, changed, changed_parts, read_changes, with_parts
from oremix.models.errors import SolverFailed
from oremix.models.scenarios import Change
from oremix.optimizer.answering import Detail, answer
from oremix.optimizer.answering.diagnosis import diagnose
from oremix.optimizer.clock import Clock
from oremix.optimizer.decide import check_options
from oremix.optimizer.formulation.in_place import Edits, InPlace
from oremix.optimizer.lean import Key
from oremix.optimizer.session.outcome import outcome_of
from oremix.optimizer.session.point import Point
from oremix.optimizer.session.state import Held, State, Weights
from oremix.optimizer.solving import Outcome
from oremix.optimizer.solving.arrays import Arrays, with_decisions
from oremix.optimizer.solving.basis import Basis
from oremix.optimizer.solving.highs import Claim, listen
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.mip import Search, branch_and_bound
from oremix.optimizer.solving.proof import cost_of
from oremix.optimizer.solving.solve import verified

__all__ = ["Session"]

Changes = Iterable[Change | dict[str, Any]]


@dataclass(frozen=True)
class _Start:
    """Where a session goes back to: the LP that HiGHS held, with which basis, and the last decisions."""

    state: State
    arrays: Arrays
    basis: Basis | None
    decisions: dict[Key, float]

    def sent(self, base: State) -> _Sent:
        """What another process needs of it beside the problem."""
        columns = None if self.state.columns is base.columns else self.state.columns
        rows = None if self.state.rows is base.rows else self.state.rows
        arrays = None if self.arrays is base.arrays else self.arrays
        return _Sent(columns, rows, arrays, self.basis, self.decisions)


@dataclass(frozen=True)
class _Sent:
    """As `_Start`; what is none is the problem's own."""

    columns: dict[Key, int] | None
    rows: dict[Key, int] | None
    arrays: Arrays | None
    basis: Basis | None
    decisions: dict[Key, float]

    def arrived(self, base: State) -> _Start:
        arrays = base.arrays if self.arrays is None else self.arrays
        columns = base.columns if self.columns is None else self.columns
        rows = base.rows if self.rows is None else self.rows
        return _Start(State(base.model, arrays, columns, rows), arrays, self.basis, self.decisions)


def _arrived(problem: Problem, time_limit: float | None, gap: float | None, start: _Sent) -> Session:
    session = Session(problem, gap=gap)
    session.time_limit = time_limit
    session._start = start.arrived(session._base)  # noqa: SLF001 - its own
    session.rewind()
    return session


class Session:
    """A problem's LP kept in HiGHS. Every question is put to the problem as it was given, with changes.

    No change outlasts its question: `solve()` is the problem itself again, to the last digit. What a change does is
    worked out from the problem's own data each time; what lasts is the basis, from which the next question starts.

    With yes/no decisions every question is a search of its own, which begins with the last decisions found; with all
    decisions among `fixed` it is an LP again.

    A session belongs to one thread; `twin` makes one for another. Sent to another process, it is rewound there, and
    nobody can stop it.

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

    Attributes
    ----------
    problem
        The problem.
    time_limit
        As given; another holds from the next question on.
    stop
        As given.

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
        self.time_limit = time_limit
        self._gap, self.stop = gap, stop
        self._base = State.of(self.problem)
        self._in_place = InPlace(self._base.model)
        self._kept = self._base
        self._is_primal = False
        self._hot = self._filled(self._base.arrays)
        self._decisions: dict[Key, float] = {}
        self._start = _Start(self._base, self._base.arrays, None, {})

    @property
    def columns(self) -> list[Key]:
        """The keys of the problem's columns."""
        return list(self._base.columns)

    def prefer_primal(self) -> None:
        """Take the primal simplex method from now on: faster where questions differ by their objective alone."""
        self._is_primal = True
        self._hot.prefer_primal()

    def keep(self) -> None:
        """From now on `rewind` goes back to here."""
        self._start = _Start(self._kept, self._hot.copy(), Basis(self._hot.solver.getBasis()), dict(self._decisions))

    def rewind(self) -> None:
        """Go back to what was kept, else to how it was made: to the LP, its basis and decisions, and nothing else.

        What is asked from then on has the same answers, bit for bit, in every session of the same problem that goes
        back to the same; among several optima the one found may else depend on what was asked before.
        """
        start = self._start
        self._kept, self._decisions = start.state, dict(start.decisions)
        self._hot = self._filled(start.arrays)
        if start.basis is not None:
            self._hot.solver.setBasis(start.basis.kept)

    def twin(self) -> Session:
        """Another session of the same problem, rewound: for another thread, as what is formulated is not made again."""
        twin = copy(self)
        twin.rewind()
        return twin

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return _arrived, (self.problem, self.time_limit, self._gap, self._start.sent(self._base))

    def received(self, point: Point, changes: Changes = ()) -> Point:
        """A point that another session of this problem found with these changes, and sent without its model."""
        return replace(point, _state=self.state(changes))

    def _filled(self, arrays: Arrays) -> Hot:
        hot = Hot(arrays)
        if self.stop is not None:
            listen(hot.solver, self.stop)
        if self._is_primal:
            hot.prefer_primal()
        return hot

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

    def solve(
        self,
        changes: Changes = (),
        *,
        fixed: Mapping[Key, Held] | None = None,
        objective: Weights | None = None,
        within: Sequence[tuple[Weights, float]] = (),
    ) -> Point:
        """The optimum of the problem with changes.

        Parameters
        ----------
        changes
            Changes as scenarios state them, made one after the other.
        fixed
            Columns by their keys, as a point's `values` has them, that are held at a value, or between two.
        objective
            A sum of columns that is made as small as can be in place of the cost.
        within
            Sums of columns, and the most that each may be.

        Raises
        ------
        InvalidProblem
            As `changed`, or a column to be held that there is none of.
        SolverFailed
            HiGHS broke off for a reason that says nothing about the problem.
        """
        priced = _narrowed(self.state(changes), fixed, within)
        state = priced if objective is None else priced.aimed(objective)
        outcome = self._solved(state)
        beside = 0.0 if objective is None else state.arrays.offset
        return Point(
            status=outcome.status,
            verified=outcome.verified,
            reason=outcome.reason,
            total_cost=None if outcome.x is None else cost_of(priced.arrays, outcome.x),
            objective=None if outcome.objective is None else outcome.objective - beside,
            bound=None if outcome.bound is None else outcome.bound - beside,
            gap=outcome.gap,
            decisions="searched" if state.is_open else "held" if state.arrays.integer.any() else "none",
            seconds=outcome.seconds,
            _state=state,
            _x=outcome.x,
            _duals=outcome.duals,
        )

    def plan(
        self,
        changes: Changes = (),
        *,
        fixed: Mapping[Key, Held] | None = None,
        within: Sequence[tuple[Weights, float]] = (),
        detail: Detail = "plan",
    ) -> Plan:
        """The whole plan of the problem with changes, audited; solved from the last basis.

        It costs what `oremix.solve` finds for the changed problem; where several plans cost the same it may be another
        of them. With columns held or sums limited, as for `solve`, it has no prices, and no diagnosis.

        Raises
        ------
        InvalidProblem, InvalidOption, SolverFailed
            As `solve` and `oremix.solve`.
        """
        check_options(self.time_limit, self._gap, detail)
        started = time.perf_counter()
        problem = self.changed(changes)
        state = self._base if problem is self.problem else State.of(problem)
        if fixed or within:
            narrowed = self._solved(_narrowed(state, fixed, within))
            return answer(state.model, replace(narrowed, duals=None, keep=None), detail)
        plan = answer(state.model, self._solved(state), detail)
        if plan.status != "infeasible":
            return plan
        left = None if self.time_limit is None else self.time_limit - (time.perf_counter() - started)
        diagnosis = diagnose(state.model, left, gap=self._gap, stop=self.stop)
        return plan.model_copy(update={"diagnosis": diagnosis})

    def plan_of(self, point: Point, bound: float | None, detail: Detail = "plan") -> Plan:
        """The whole plan that a point of the problem itself is, audited; without prices.

        Parameters
        ----------
        point
            Of a question without changes; what it was asked for does not matter.
        bound
            What no plan of the problem costs less than, as far as is proved: how good the plan is beside the cheapest.
        """
        version = self._hot.solver.version()
        return answer(self._base.model, outcome_of(self._base.arrays, point, bound, version), detail)

    # ------------------------------------------------------------ the changed LP

    def state(self, changes: Changes = ()) -> State:
        """The LP of the changed problem: the problem's own with other numbers where that is enough, else a new one."""
        parts = changed_parts(self.problem, read_changes(changes))
        if not parts:
            return self._base
        edits = self._edits(parts)
        return State.of(with_parts(self.problem, parts)) if edits is None else self._base.edited(edits)

    def _edits(self, parts: Parts) -> Edits | None:
        pairs = []
        for name, entries in parts.items():
            before = getattr(self.problem, name)
            if len(before) != len(entries):
                return None
            pairs += [(old, new) for old, new in zip(before, entries, strict=True) if old is not new]
        return self._in_place.edits(pairs)

    # ------------------------------------------------------------ solving it

    def _solved(self, state: State) -> Outcome:
        """The verified answer; one that does not hold when checked is looked for once more without the last basis."""
        clock = Clock(self.time_limit, self.stop)
        claim, arrays = self._searched(state, clock) if state.is_open else self._found(state, clock)
        outcome = verified(arrays, claim, clock, self._gap)
        if claim.status in ("optimal", "infeasible") and outcome.reason is not None and not state.is_open:
            self._hot.solver.clearSolver()
            outcome = verified(arrays, self._claimed(clock.left()), clock, self._gap)
        return outcome

    def _claimed(self, seconds: float | None) -> Claim:
        """What HiGHS says from the last basis; without it where it breaks off, as it may where a basis is singular."""
        try:
            return self._hot.claim(seconds)
        except SolverFailed:
            self._hot.solver.clearSolver()
            return self._hot.claim(seconds)

    def _found(self, state: State, clock: Clock) -> tuple[Claim, Arrays]:
        """What HiGHS says of an LP, whose decisions are held where it has any."""
        arrays = replace(state.arrays, integer=np.zeros_like(state.arrays.integer))
        self._become(state, arrays)
        return self._claimed(clock.left()), arrays

    def _searched(self, state: State, clock: Clock) -> tuple[Claim, Arrays]:
        """What branch and bound says, and the prices with its decisions as they are."""
        arrays = state.arrays
        search = Search(arrays, clock, self._gap, None)
        self._begin(state, search)
        claim = branch_and_bound(search)
        if claim.x is None:
            return claim, arrays
        whole = dict(zip(state.columns, np.round(claim.x).tolist(), strict=True))
        self._decisions = {key: whole[key] for key, integer in zip(whole, arrays.integer, strict=True) if integer}
        self._become(state, with_decisions(arrays, claim.x))
        exact = self._claimed(clock.left_for_the_last())
        if exact.status == "optimal" and exact.x is not None:
            claim = replace(claim, x=exact.x, duals=exact.duals, solver=exact.solver)
        return claim, arrays

    def _begin(self, state: State, search: Search) -> None:
        """Give a search the plan with the last decisions, where it has one and they are of the same LP."""
        last = np.array([self._decisions.get(key, np.nan) for key in state.columns])
        if np.isfinite(last[state.arrays.integer]).all():
            self._become(state, with_decisions(state.arrays, last))
            with suppress(SolverFailed):  # it would only have saved time
                search.take(self._claimed(search.clock.left()).x)

    def _become(self, state: State, arrays: Arrays) -> None:
        """Have HiGHS hold this LP, whose numbers may differ from the state's own."""
        kept, self._kept = self._kept, state
        if kept.columns is state.columns and len(kept.rows) == len(state.rows):
            self._hot.become(arrays)
            return
        columns = [kept.columns.get(key, -1) for key in state.columns]
        self._hot.refill(arrays, columns, [kept.rows.get(key, -1) for key in state.rows])


def _narrowed(state: State, fixed: Mapping[Key, Held] | None, within: Sequence[tuple[Weights, float]]) -> State:
    state = state.held(fixed) if fixed else state
    return state.within(within) if within else state

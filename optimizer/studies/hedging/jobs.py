"""The work that a hedge spreads: each branch by itself, and each branch after decisions that are made already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from oremix.models import Plan, Problem
from oremix.models.diagnosis import Conflicting
from oremix.models.errors import InvalidProblem, SolverFailed
from oremix.optimizer.answering import answer
from oremix.optimizer.answering.diagnosis import diagnose
from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import spread_as_done
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Session
from oremix.optimizer.session.state import Held, State
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.solve import Status, verified
from oremix.optimizer.studies.baseline import around
from oremix.optimizer.studies.hedging.first_stage import counts_for_nothing

__all__ = ["After", "Alone", "Limits", "Met", "Stage", "Tell", "after", "alone"]

Item = TypeVar("Item")
Result = TypeVar("Result")

Stage = dict[Key, float]
"""Decisions: the common columns, and their values."""

Tell = Callable[[int], None]
"""Told how many branches are done."""

# By how much of itself what is held may move where it adds up only to within rounding.
ROOM = (0.0, 1e-9, 1e-7)


@dataclass(frozen=True)
class Limits:
    """Until when the work may go on; `search` are the seconds that each search for yes/no decisions may take."""

    clock: Clock
    gap: float | None = None
    search: float | None = None

    def of_one(self, *, searches: bool = False) -> Clock:
        """What is left, for one solve."""
        left = self.clock.left()
        if searches and self.search is not None:
            left = self.search if left is None else min(left, self.search)
        return Clock(left, self.clock.stop)


def _each(function: Callable[[Item], Result], items: Sequence[Item], tell: Tell | None) -> list[Result]:
    """What comes of each, all of them, in their order."""
    results: dict[int, Result] = {}
    for number, result in spread_as_done(function, items):
        results[number] = result
        if tell is not None:
            tell(len(results))
    return [results[number] for number in range(len(items))]


# ---------------------------------------------------------------- each by itself


@dataclass(frozen=True)
class Alone:
    """A branch's LP, and its plan if it had been known from the start."""

    arrays: Arrays
    columns: list[Key]
    plan: Plan
    status: Status
    x: Floats | None
    duals: Floats | None
    cost: float | None
    bound: float | None
    scale: float
    conflict: tuple[Conflicting, ...]

    @property
    def values(self) -> dict[Key, float]:
        """Its columns, by their keys."""
        return {} if self.x is None else dict(zip(self.columns, self.x.tolist(), strict=True))


@dataclass(frozen=True)
class _Alone:
    problem: Problem
    limits: Limits


def alone(problems: list[Problem], limits: Limits, tell: Tell) -> list[Alone]:
    """Each problem solved by itself."""
    return _each(_solved, [_Alone(problem, limits) for problem in problems], tell)


def _solved(job: _Alone) -> Alone:
    state = State.of(job.problem)
    clock = job.limits.of_one(searches=state.is_open)
    outcome = verified(state.arrays, run_apart(state.arrays, clock, gap=job.limits.gap), clock, job.limits.gap)
    plan = answer(state.model, outcome, "plan")
    conflict: tuple[Conflicting, ...] = ()
    if plan.status == "infeasible":
        conflict = tuple(diagnose(state.model, clock.left(), gap=job.limits.gap, stop=clock.stop).conflict)
    return Alone(
        arrays=state.arrays,
        columns=list(state.columns),
        plan=plan,
        status=plan.status,
        x=outcome.x,
        duals=outcome.duals,
        cost=outcome.objective,
        bound=outcome.bound,
        scale=outcome.scale or 0.0,
        conflict=conflict,
    )


# ---------------------------------------------------------------- after decisions that are made


@dataclass(frozen=True)
class Met:
    """What a branch costs after decisions; none where it cannot be met, or that is not known."""

    cost: float | None
    status: Status
    reason: str | None = None


@dataclass(frozen=True)
class After:
    """What a branch costs after each of several decisions, and its plan after one of them."""

    met: list[Met]
    plan: Plan | None


@dataclass(frozen=True)
class _After:
    problem: Problem
    stages: list[Stage]
    planned: int | None
    limits: Limits


def after(
    problems: list[Problem], stages: list[Stage], planned: int | None, limits: Limits, tell: Tell | None = None
) -> list[After]:
    """Each problem after each of the decisions, and its plan after those of one number."""
    return _each(_met, [_After(problem, stages, planned, limits) for problem in problems], tell)


def _met(job: _After) -> After:
    session = Session(job.problem, gap=job.limits.gap, stop=job.limits.clock.stop)
    met: list[Met] = []
    plan = None
    for number, stage in enumerate(job.stages):
        session.time_limit = job.limits.clock.left()
        if number == job.planned:
            plan = _planned(session, stage)
            met.append(Met(plan.total_cost, plan.status, plan.certificate.reason))
        else:
            met.append(_cost(session, stage))
    return After(met, plan)


def _cost(session: Session, stage: Stage) -> Met:
    found = Met(None, "no_answer")
    try:
        for room in ROOM:
            point = session.solve(fixed=_held(session, stage, room))
            found = Met(point.total_cost, point.status, point.reason)
            if point.status != "infeasible":
                break
    except InvalidProblem as error:
        return Met(None, "infeasible", "; ".join(fault.message for fault in error.errors))
    except SolverFailed as error:
        return Met(None, "no_answer", str(error))
    return found


def _planned(session: Session, stage: Stage) -> Plan:
    plan = session.plan(fixed=_held(session, stage, ROOM[0]))
    for room in ROOM[1:]:
        if plan.status != "infeasible":
            break
        plan = session.plan(fixed=_held(session, stage, room))
    return plan


def _held(session: Session, stage: Stage, room: float) -> dict[Key, Held]:
    """The decisions as a branch has them: without orders that never count there."""
    known = set(session.columns)
    return {
        key: around(value, room)
        for key, value in stage.items()
        if key in known or not counts_for_nothing(session.problem, key)
    }

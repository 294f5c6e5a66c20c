"""The work that a hedge spreads: each branch by itself, and each branch after decisions that are made already."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event, Lock

from oremix.models import Plan, Problem
from oremix.models.diagnosis import Conflicting
from oremix.models.errors import InvalidProblem, SolverFailed
from oremix.optimizer.answering import answer
from oremix.optimizer.answering.diagnosis import diagnose
from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Session
from oremix.optimizer.session.state import Held, State
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.solve import Status, verified
from oremix.optimizer.studies.baseline import around
from oremix.optimizer.studies.hedging.first_stage import counts_for_nothing

__all__ = ["After", "Alone", "Limits", "Met", "Stage", "after", "alone", "counted"]

Stage = dict[Key, float]
"""Decisions: the common columns, and their values."""

# By how much of itself what is held may move where it adds up only to within rounding.
ROOM = (0.0, 1e-9, 1e-7)


@dataclass(frozen=True)
class Limits:
    """Until when the work may go on, and who ends it.

    `search` are the seconds that each search for yes/no decisions may take, `tell` is called after each item.
    """

    deadline: float | None = None
    gap: float | None = None
    stop: Event | None = None
    tell: Callable[[], None] | None = None
    search: float | None = None

    def clock(self, *, searches: bool = False) -> Clock:
        """What is left, for the solver."""
        left = None if self.deadline is None else max(0.0, self.deadline - time.time())
        if searches and self.search is not None:
            left = self.search if left is None else min(left, self.search)
        return Clock(left, self.stop)

    def travelling(self) -> Limits:
        """As it may be sent to other processes."""
        return self if shares_memory() else replace(self, stop=None, tell=None)


def counted(tell: Callable[[int], None]) -> Callable[[], None]:
    """What tells the number of calls, from whatever thread."""
    lock, done = Lock(), [0]

    def another() -> None:
        with lock:
            done[0] += 1
            tell(done[0])

    return another


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


def alone(problems: list[Problem], limits: Limits) -> list[Alone]:
    """Each problem solved by itself."""
    sent = limits.travelling()
    return spread(_solved, [_Alone(problem, sent) for problem in problems])


def _solved(job: _Alone) -> Alone:
    state = State.of(job.problem)
    clock = job.limits.clock(searches=state.is_open)
    outcome = verified(state.arrays, run_apart(state.arrays, clock, gap=job.limits.gap), clock, job.limits.gap)
    plan = answer(state.model, outcome, "plan")
    conflict: tuple[Conflicting, ...] = ()
    if plan.status == "infeasible":
        conflict = tuple(diagnose(state.model, clock.left(), gap=job.limits.gap, stop=job.limits.stop).conflict)
    if job.limits.tell is not None:
        job.limits.tell()
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


def after(problems: list[Problem], stages: list[Stage], planned: int | None, limits: Limits) -> list[After]:
    """Each problem after each of the decisions, and its plan after those of one number."""
    sent = limits.travelling()
    return spread(_met, [_After(problem, stages, planned, sent) for problem in problems])


def _met(job: _After) -> After:
    session = Session(job.problem, gap=job.limits.gap, stop=job.limits.stop)
    met: list[Met] = []
    plan = None
    for number, stage in enumerate(job.stages):
        session.time_limit = job.limits.clock().left()
        if number == job.planned:
            plan = _planned(session, stage)
            met.append(Met(plan.total_cost, plan.status, plan.certificate.reason))
        else:
            met.append(_cost(session, stage))
    if job.limits.tell is not None:
        job.limits.tell()
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

"""A plan under one outage: the least shortage first, then the least cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from threading import Event

from oremix.models import Plan, Problem
from oremix.models.diagnosis import Conflicting
from oremix.models.errors import InvalidProblem, SolverFailed
from oremix.models.scenarios import Change
from oremix.models.studies.stress import Broken
from oremix.optimizer.answering.diagnosis.clock import Clock
from oremix.optimizer.answering.diagnosis.edits import edited
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Held, Weights
from oremix.optimizer.studies.baseline import ROUNDING, Baseline
from oremix.optimizer.studies.giving_way import broken, conflict_of, given_way
from oremix.optimizer.studies.loosened import loosened, years_missing

__all__ = ["SLACK", "Found", "Trial"]

# By how much a shortage may be greater for what comes next, years of demand: not at all, and if rounding leaves no plan
# so, by this.
SLACK = 1e-9
# Less shortage than this is rounding.
NOTHING = 1e-6

Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Found:
    """What came of an outage.

    Attributes
    ----------
    plan
        The plan under it, audited; none before there was any.
    least
        The point with the least shortage, for its marginal values; none where there is none.
    stockless
        The cheapest point with the least shortage where no stock is drawn; none where there is no stock.
    unhurt
        What the plan costs without the outage where stocks need not be kept from then on either.
    lawless
        The least shortage if policies need not be kept; none where nothing is missing, or it is not known.
    broken
        Rules and terms that could not be kept.
    conflict
        Without a plan, what cannot hold together.
    reason
        Without a plan, why.
    session, changes
        Where the outage was met, to ask further: a session, and the changes that its problem still lacks.
    """

    plan: Plan | None
    least: Point | None = None
    session: Session | None = None
    changes: Changes = ()
    stockless: Point | None = None
    unhurt: float | None = None
    lawless: float | None = None
    broken: tuple[Broken, ...] = ()
    conflict: tuple[Conflicting, ...] = ()
    reason: str | None = None


class Trial:
    """A plan's problem as outages from one period on meet it, kept in the solver from one outage to the next.

    Parameters
    ----------
    base
        The plan.
    start
        The first period that changes; none: none does.
    """

    def __init__(self, base: Baseline, start: int | None, *, gap: float | None, stop: Event | None) -> None:
        self.base, self.start = base, start
        self.held = base.held(start)
        self._gap, self._stop = gap, stop
        self._unhurt: float | None = None
        self._has_room = False
        self.session = self._session(loosened(base.problem, start))

    def _session(self, problem: Problem) -> Session:
        return Session(problem, gap=self._gap, stop=self._stop)

    @cached_property
    def _lawless(self) -> Session:
        return self._session(loosened(self.base.problem, self.start, rules=True))

    def meet(self, changes: Changes, clock: Clock) -> Found:
        """The plan with the least shortage, and of those the cheapest.

        Where none is left at all, terms and rules are moved by as little as gives one.

        Raises
        ------
        OutOfTime
            Before it was found.
        """
        try:
            self._without_outage(clock)
            found = self._met(self.session, changes, changes, clock)
            if found.least is not None:
                found = replace(found, lawless=self._without_policies(changes, found.least, clock))
            else:
                found = self._moved(changes, clock, found)
            return replace(found, stockless=self._without_stock(found, changes, clock), unhurt=self._unhurt)
        except InvalidProblem as error:  # it takes away what is built
            return Found(None, reason="; ".join(fault.message for fault in error.errors))
        except SolverFailed as error:
            return Found(None, reason=str(error))

    def _moved(self, changes: Changes, clock: Clock, found: Found) -> Found:
        problem = self.session.changed(changes)
        edits = given_way(problem, self.held, clock)
        if edits:
            met = self._met(self._session(edited(problem, edits)), (), changes, clock)
            if met.least is not None:
                return replace(met, broken=tuple(broken(problem, edits)))
        return replace(found, conflict=conflict_of(problem, self.held, clock))

    def _without_policies(self, changes: Changes, least: Point, clock: Clock) -> float | None:
        if not self.base.problem.rules or (least.objective or 0.0) <= NOTHING:
            return None
        free = self._solve(self._lawless, changes, self.held, self.missing(changes), [], clock)
        return None if free.objective is None else max(free.objective, 0.0)

    def _without_outage(self, clock: Clock) -> float | None:
        """The cost without the outage; if what is held adds up only to within rounding, it gets room for that."""
        within = [(self.missing(()), SLACK)]
        if self._unhurt is None:
            self._unhurt = self._solve(self.session, (), self.held, None, within, clock).total_cost
        if self._unhurt is None and not self._has_room:
            self._has_room, self.held = True, self.base.held(self.start, ROUNDING)
            self._unhurt = self._solve(self.session, (), self.held, None, within, clock).total_cost
        return self._unhurt

    def _without_stock(self, found: Found, outage: Changes, clock: Clock) -> Point | None:
        if found.session is None or self.start is None or not self.base.problem.stockpiles:
            return None
        first = self.base.problem.timeline.starts[self.start]
        draws: dict[Key, Held] = {k: 0.0 for k in found.session.columns if k[0] == "draw" and k[-1] >= first}
        held, missing = self.held | draws, self.missing(outage)
        least = self._solve(found.session, found.changes, held, missing, [(missing, inf)], clock)
        if least.objective is None:
            return None
        within = [(missing, least.objective + SLACK)]
        point = self._solve(found.session, found.changes, held, None, within, clock)
        return None if point.total_cost is None else point

    def missing(self, changes: Changes) -> Weights:
        """Σ n_t · short / quantity, over hard demands in the periods that may change: years of demand."""
        return {} if self.start is None else years_missing(self.base.problem, changes, self.start)

    def _met(self, session: Session, changes: Changes, outage: Changes, clock: Clock) -> Found:
        """The least shortage, and then the least cost; `changes` are those that the session's problem still lacks."""
        missing = self.missing(outage)
        # the row is there from the start: only its bound changes between the solves
        least = self._solve(session, changes, self.held, missing, [(missing, inf)], clock)
        if least.objective is None:
            return Found(None, reason=least.reason or f"the outage leaves no plan: {least.status}")
        session.time_limit = clock.left()
        plan = session.plan(changes, fixed=self.held, within=[(missing, least.objective)])
        if plan.total_cost is None:
            session.time_limit = clock.left()
            plan = session.plan(changes, fixed=self.held, within=[(missing, least.objective + SLACK)])
        return Found(plan, least, session, changes)

    def _solve(
        self,
        session: Session,
        changes: Changes,
        held: dict[Key, Held],
        weights: Weights | None,
        within: list[tuple[Weights, float]],
        clock: Clock,
    ) -> Point:
        session.time_limit = clock.left()
        point = session.solve(changes, fixed=held, objective=weights, within=within)
        if point.status == "no_answer":
            clock.left()  # else it is the solver that has none
        return point

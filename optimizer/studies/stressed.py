"""A plan under one outage: the least shortage first, then the least cost."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from math import inf

from oremix.models import Plan, Problem
from oremix.models.diagnosis import Conflicting
from oremix.models.errors import InvalidProblem, SolverFailed
from oremix.models.scenarios import Change
from oremix.models.studies.stress import Broken
from oremix.optimizer.answering.diagnosis.edits import edited
from oremix.optimizer.clock import Clock
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Held, Weights
from oremix.optimizer.studies.baseline import ROUNDING, Baseline
from oremix.optimizer.studies.giving_way import broken, conflict_of, given_way
from oremix.optimizer.studies.loosened import is_obliged, loosened, years_missing

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
    unobliged
        The least shortage if nothing had to run, to be taken or to be collected; none likewise.
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
    unobliged: float | None = None
    broken: tuple[Broken, ...] = ()
    conflict: tuple[Conflicting, ...] = ()
    reason: str | None = None


class Trial:
    """A plan's problem as outages from one period on meet it, each beginning from the plan without an outage.

    What comes of an outage does not depend on others before it.

    Parameters
    ----------
    base
        The plan.
    start
        The first period that changes; none: none does.

    Raises
    ------
    OutOfTime
        Before the plan was solved without an outage.
    """

    def __init__(self, base: Baseline, start: int | None, clock: Clock, *, gap: float | None = None) -> None:
        self.base, self.start = base, start
        self.held = base.held(start)
        self._gap, self._clock = gap, clock
        self.session = self._session(loosened(base.problem, start))
        obliged, ruled = is_obliged(base.problem), bool(base.problem.rules)
        self._lawless = self._session(loosened(base.problem, start, rules=True)) if ruled else None
        self._unobliged = self._session(loosened(base.problem, start, obligations=True)) if obliged else None
        self._unhurt = self._without_outage()

    def twin(self) -> Trial:
        """Another for another thread."""
        twin = copy(self)
        twin.session = self.session.twin()
        twin._lawless = self._lawless and self._lawless.twin()  # noqa: SLF001 - its own
        twin._unobliged = self._unobliged and self._unobliged.twin()  # noqa: SLF001 - as above
        return twin

    def _session(self, problem: Problem) -> Session:
        return Session(problem, gap=self._gap, stop=self._clock.stop)

    def meet(self, changes: Changes) -> Found:
        """The plan with the least shortage, and of those the cheapest.

        Where none is left at all, terms and rules are moved by as little as gives one.

        Raises
        ------
        OutOfTime
            Before it was found.
        """
        try:
            self.session.rewind()
            found = self._met(self.session, changes, changes)
            if found.least is not None:
                lawless, unobliged = (self._in(free, changes, found.least) for free in (self._lawless, self._unobliged))
                found = replace(found, lawless=lawless, unobliged=unobliged)
            else:
                found = self._moved(changes, found)
            return replace(found, stockless=self._without_stock(found, changes), unhurt=self._unhurt)
        except InvalidProblem as error:  # it takes away what is built
            return Found(None, reason="; ".join(fault.message for fault in error.errors))
        except SolverFailed as error:
            return Found(None, reason=str(error))

    def _moved(self, changes: Changes, found: Found) -> Found:
        problem = self.session.changed(changes)
        edits = given_way(problem, self.held, self._clock)
        if edits:
            met = self._met(self._session(edited(problem, edits)), (), changes)
            if met.least is not None:
                return replace(met, broken=tuple(broken(problem, edits)))
        return replace(found, conflict=conflict_of(problem, self.held, self._clock))

    def _in(self, free: Session | None, changes: Changes, least: Point) -> float | None:
        """The least shortage of the problem with less to be kept."""
        if free is None or (least.objective or 0.0) <= NOTHING:
            return None
        free.rewind()
        point = self._solve(free, changes, self.held, self.missing(changes), [])
        return None if point.objective is None else max(point.objective, 0.0)

    def _without_outage(self) -> float | None:
        """The cost without the outage, where every outage begins.

        If what is held adds up only to within rounding, it gets room for that.
        """
        within = [(self.missing(()), SLACK)]
        try:
            cost = self._solve(self.session, (), self.held, None, within).total_cost
            if cost is None:
                self.held = self.base.held(self.start, ROUNDING)
                cost = self._solve(self.session, (), self.held, None, within).total_cost
            for free in (self._lawless, self._unobliged):
                if free is not None:
                    self._solve(free, (), self.held, self.missing(()), [])
                    free.keep()
        except SolverFailed:
            return None
        self.session.keep()
        return cost

    def _without_stock(self, found: Found, outage: Changes) -> Point | None:
        if found.session is None or self.start is None or not self.base.problem.stockpiles:
            return None
        first = self.base.problem.timeline.starts[self.start]
        draws: dict[Key, Held] = {k: 0.0 for k in found.session.columns if k[0] == "draw" and k[-1] >= first}
        held, missing = self.held | draws, self.missing(outage)
        least = self._solve(found.session, found.changes, held, missing, [(missing, inf)])
        if least.objective is None:
            return None
        within = [(missing, least.objective + SLACK)]
        point = self._solve(found.session, found.changes, held, None, within)
        return None if point.total_cost is None else point

    def missing(self, changes: Changes) -> Weights:
        """Σ n_t · short / quantity, over hard demands in the periods that may change: years of demand."""
        return {} if self.start is None else years_missing(self.base.problem, changes, self.start)

    def _met(self, session: Session, changes: Changes, outage: Changes) -> Found:
        """The least shortage, and then the least cost; `changes` are those that the session's problem still lacks."""
        missing = self.missing(outage)
        # the row is there from the start: only its bound changes between the solves
        least = self._solve(session, changes, self.held, missing, [(missing, inf)])
        if least.objective is None:
            return Found(None, reason=least.reason or f"the outage leaves no plan: {least.status}")
        session.time_limit = self._clock.demand()
        plan = session.plan(changes, fixed=self.held, within=[(missing, least.objective)])
        if plan.total_cost is None:
            session.time_limit = self._clock.demand()
            plan = session.plan(changes, fixed=self.held, within=[(missing, least.objective + SLACK)])
        return Found(plan, least, session, changes)

    def _solve(
        self,
        session: Session,
        changes: Changes,
        held: dict[Key, Held],
        weights: Weights | None,
        within: list[tuple[Weights, float]],
    ) -> Point:
        session.time_limit = self._clock.demand()
        point = session.solve(changes, fixed=held, objective=weights, within=within)
        if point.status == "no_answer":
            self._clock.demand()  # else it is the solver that has none
        return point

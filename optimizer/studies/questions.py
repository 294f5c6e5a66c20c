"""Many questions about one problem, each answered by itself, spread over threads, processes or a cluster.

Every question starts from the problem's own optimum, so that its answer is the same whoever else asks what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from oremix.models import InvalidProblem, Problem
from oremix.models.changes import at_rate, changed
from oremix.models.errors import SolverFailed
from oremix.models.scenarios import Change
from oremix.models.studies.sensitivity import Outcome
from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import spread_as_done
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.studies.baseline import BUILDS
from oremix.optimizer.studies.loosened import loosened, years_missing
from oremix.optimizer.studies.make_up import MakeUp

__all__ = ["Answer", "Asker", "Found", "Question"]

# What a change of these says of an order that stands is nothing.
OF_ORDERS = ("build.max", "build.minimum", "build.max_per_order", "build.curve.capacity", "build.sizes.capacity")
# Less than this of the largest is rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Question:
    """What is changed: by changes, by another discount rate, or both.

    `kept` asks as well what it costs with the plan's builds, without the changes of what may be built; `priced` what
    policies are worth.
    """

    changes: tuple[Change, ...] = ()
    rate: float | None = None
    kept: bool = False
    priced: bool = False


@dataclass(frozen=True)
class Found:
    """What came of a question; amounts are those of a point, none where there is no plan.

    Attributes
    ----------
    foreseen
        What the plan's amounts and prices say that it costs more.
    orders
        Facility → year of the order → capacity.
    supply
        (material, country) → share of what arrives over the horizon.
    makers
        (kind, facility, material) → share of what is bought, made or recovered of it.
    missing
        Years of demand that are missing, of demands with a shortage cost; where there is no plan with the plan's
        builds, the least that is missing of the others.
    marginals
        Policy → what a unit of loosening would save.
    """

    status: Outcome
    verified: bool = False
    reason: str | None = None
    total_cost: float | None = None
    foreseen: float | None = None
    orders: dict[str, dict[int, float]] = field(default_factory=dict)
    supply: dict[tuple[str, str], float] = field(default_factory=dict)
    makers: dict[tuple[str, str, str], float] = field(default_factory=dict)
    missing: float | None = None
    marginals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came of a question, and what with the plan's builds, where that was asked."""

    found: Found
    kept: Found | None = None


class Asker:
    """A problem's own optimum, and questions beside it.

    Parameters
    ----------
    gap
        Relative gap at which yes/no decisions may stop.
    """

    def __init__(self, problem: Problem, clock: Clock, gap: float | None) -> None:
        self.problem, self._clock, self._gap = problem, clock, gap
        self._session = Session(problem, gap=gap, stop=clock.stop)
        self._session.time_limit = clock.left()
        self.point = self._session.solve()
        self._session.keep()
        self.model = self.point.model
        self.plan = _Reader().read(self.point, priced=True)

    def ask(self, questions: Sequence[Question], tell: Callable[[int], None]) -> list[Answer | None]:
        """The answers in the order of the questions; none for those that there was no time for.

        `tell` is called with how many are answered.
        """
        answers: dict[int, Answer] = {}
        make = partial(_Worker, self._session, self.point.to_send(), self._clock, self._gap)
        for number, answer in spread_as_done(_answered, questions, make=make, clock=self._clock):
            answers[number] = answer
            tell(len(answers))
        return [answers.get(number) for number in range(len(questions))]


def _answered(worker: _Worker, question: Question) -> Answer:
    """The answer.

    Raises
    ------
    OutOfTime
        It was cut short.
    """
    try:
        answer = worker.answer(question)
    except SolverFailed as error:
        failed = Found("no_answer", reason=str(error))
        answer = Answer(failed, failed)
    if not _is_settled(answer):
        worker.clock.demand()
    return answer


def _is_settled(answer: Answer) -> bool:
    """Whether nothing was cut short."""
    return all(found is None or found.status not in ("feasible", "no_answer") for found in (answer.found, answer.kept))


class _Worker:
    """A session of its own, rewound to the problem's own optimum, and what it reads of points."""

    def __init__(self, session: Session, optimum: Point, clock: Clock, gap: float | None) -> None:
        self.clock = clock
        self._session, self._gap = session.twin(), gap
        self._problem = self._session.problem
        self._base = self._session.received(optimum)
        self._builds: dict[Key, float] = {k: value for k, value in self._base.values.items() if k[0] in BUILDS}
        self._reader = _Reader()

    def answer(self, question: Question) -> Answer:
        """Each of the two from the problem's own optimum."""
        found = self._found(question, {})
        if not question.kept:
            return Answer(found)
        stands = tuple(change for change in question.changes if change.field not in OF_ORDERS)
        asked = replace(question, changes=stands, priced=False)
        kept = self._found(asked, self._builds)
        return Answer(found, replace(kept, missing=self._least(asked)) if kept.status == "infeasible" else kept)

    def _least(self, question: Question) -> float | None:
        """The least that hard demands have to go short for a plan with the plan's builds; none: not even so."""
        try:
            loose = loosened(self._problem if question.rate is None else at_rate(self._problem, question.rate), None)
            loose = changed(loose, question.changes)
            session = Session(loose, time_limit=self.clock.demand(), gap=self._gap, stop=self.clock.stop)
            weights = years_missing(self._problem, question.changes)
            least = session.solve(fixed=self._builds, objective=weights).objective
        except InvalidProblem:
            return None
        return None if least is None else max(least, 0.0)

    def _found(self, question: Question, held: dict[Key, float]) -> Found:
        try:
            session = self._of(question)
            session.time_limit = self.clock.demand()
            point = session.solve(question.changes, fixed=held or None)
        except InvalidProblem as error:
            status: Outcome = "infeasible" if any(fault.path[:1] == ("fixed",) for fault in error.errors) else "refused"
            return Found(status, reason="; ".join(f"{fault.pointer}: {fault.message}" for fault in error.errors[:3]))
        foreseen = None if held else self._base.foreseen(point)
        return self._reader.read(point, priced=question.priced and not held, foreseen=foreseen)

    def _of(self, question: Question) -> Session:
        """The session that holds the problem, or a new one where the discount rate is another."""
        if question.rate is None:
            self._session.rewind()
            return self._session
        other = at_rate(self._problem, question.rate)
        return Session(other, gap=self._gap, stop=self.clock.stop)


class _Reader:
    """Reads points; what it knows of a model is kept for the next point of the same."""

    def __init__(self) -> None:
        self._made_up: MakeUp | None = None
        self._model: object = None

    def read(self, point: Point, *, priced: bool, foreseen: float | None = None) -> Found:
        """What the study takes from a point."""
        if point.total_cost is None:
            return Found(point.status, point.verified, point.reason, foreseen=foreseen)
        if self._made_up is None or self._model is not point.model:
            self._made_up, self._model = MakeUp(point.model, ()), point.model
        return Found(
            status=point.status,
            verified=point.verified,
            reason=point.reason,
            total_cost=point.total_cost,
            foreseen=foreseen,
            orders=_orders(self._made_up, point),
            supply={(part.material, part.country): part.share for part in self._made_up.supply(point)},
            makers=_makers(self._made_up, point),
            missing=_missing(point),
            marginals=_marginals(point) if priced else {},
        )


def _orders(made_up: MakeUp, point: Point) -> dict[str, dict[int, float]]:
    built = made_up.builds(point)
    largest = max((build.capacity for build in built), default=0.0)
    orders: dict[str, dict[int, float]] = defaultdict(dict)
    for build in built:
        if build.capacity > ROUNDING * largest:
            orders[build.on][build.ordered] = build.capacity
    return dict(orders)


def _makers(made_up: MakeUp, point: Point) -> dict[tuple[str, str, str], float]:
    amounts = made_up.amounts(point)
    wholes: dict[str, float] = defaultdict(float)
    for (_, _, _, material), amount in amounts.items():
        wholes[material] += amount
    return {
        (kind, name, material): amount / wholes[material]
        for (kind, name, _, material), amount in amounts.items()
        if amount > ROUNDING * wholes[material]
    }


def _missing(point: Point) -> float:
    """Σ of years · missing / asked for."""
    short, met, timeline = point.of("short"), point.of("deliver"), point.model.timeline
    return sum(
        timeline.years[timeline.starts.index(key[-1])] * amount / (amount + met.get(key, 0.0))
        for key, amount in short.items()
        if amount > ROUNDING * (amount + met.get(key, 0.0))
    )


def _marginals(point: Point) -> dict[str, float]:
    found = {}
    for rule in point.model.problem.rules:
        try:
            marginal = point.marginal(rule.id)
        except KeyError:  # it holds in no period, or counts nothing
            continue
        if marginal is not None:
            found[rule.id] = marginal
    return found

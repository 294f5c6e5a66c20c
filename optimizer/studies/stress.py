"""What breaks if: a plan under every outage, the worst first, and the cheapest insurance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

from oremix.models import InvalidOption, InvalidProblem, Plan, Problem, read_plan, read_problem
from oremix.models.files import checked
from oremix.models.studies.outages import Outage, StressOptions, outages_of
from oremix.models.studies.stress import Insurance, Stress, Stressed
from oremix.optimizer.clock import Clock, OutOfTime, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.studies.baseline import Baseline, baseline
from oremix.optimizer.studies.insurance import Insurer
from oremix.optimizer.studies.loosened import first_changed
from oremix.optimizer.studies.stressed import Found, Trial
from oremix.optimizer.studies.told import told

__all__ = ["stress"]


def stress(
    problem: Problem | dict[str, Any] | str | bytes,
    plan: Plan | dict[str, Any] | str | bytes | None = None,
    *,
    options: StressOptions | dict[str, Any] | None = None,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
    **asked: Any,
) -> Stress:
    """Put a plan to outages: what goes short, what it costs, how far stock carries, who takes over.

    Builds are as planned, and so are operations before the first period that changes; the rest is decided again,
    knowing when the outage ends. Policies are kept. Demands without a shortage cost may go short: of these as little as
    can be first, then at the least cost.

    Parameters
    ----------
    plan
        A plan of this problem; else it is solved for the cheapest.
    options
        What to try, as `StressOptions` has it; its fields can be given by name as well, such as
        ``countries=["CN"], from_year=2028``. Default every country, supplier, plant and recycler alone, and every
        scenario of the problem.
    time_limit
        Seconds for all of it; what was not tried by then is named in the answer.
    gap
        Relative gap at which yes/no decisions may stop.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends the study with what is done.
    progress
        Told after each outage: how many are done, of how many, and what it was.

    Raises
    ------
    InvalidProblem, TooLarge, SolverFailed
        As `oremix.solve`.
    InvalidOption
        With every fault of what is asked for; or the plan is of another problem, or there is none.
    """
    check_options(time_limit, gap, "plan")
    question = read_problem(problem)
    refuse_if_too_large(question, max_columns)
    wanted, outages = _asked(question, options, asked)
    clock = Clock(time_limit, stop, progress)
    base = baseline(question, None if plan is None else read_plan(plan), time_limit=time_limit, gap=gap, stop=stop)
    study = _Study(base, clock, gap, stop)
    count = len(outages) + wanted.insurance
    tried: list[_Tried] = []
    insured: list[Insurance] = []
    try:
        for outage in outages:
            tried.append(study.tried(outage))
            clock.tell(len(tried), count, outage.id)
        tried = _ranked(tried, base)
        insurer = Insurer(base, clock, gap=gap, stop=stop)
        for number, one in enumerate(_worst(tried)[: wanted.insurance]):
            insured += insurer.cheapest(study.trial(one.outage), one.outage, one.found)
            clock.tell(len(tried) + number + 1, count, f"insurance against {one.outage.id}")
        complete = True
    except OutOfTime:
        complete = False
    done = {id(one.outage) for one in tried}
    return Stress(
        problem=question.name,
        problem_hash=question.hash,
        currency=question.currency,
        plan_cost=base.plan.total_cost or 0.0,
        outages=[one.result for one in _ranked(tried, base)],
        insurance=insured,
        complete=complete,
        untried=[outage.id for outage in outages if id(outage) not in done],
        notes=list(_notes(base, tried)),
    )


def _asked(
    problem: Problem, options: StressOptions | dict[str, Any] | None, asked: dict[str, Any]
) -> tuple[StressOptions, list[Outage]]:
    stated = options.model_dump(by_alias=True, exclude_unset=True) if isinstance(options, StressOptions) else options
    try:
        wanted = checked(StressOptions, {**(stated or {}), **asked})
        return wanted, outages_of(problem, wanted)
    except InvalidProblem as error:
        faults = (f"`{'.'.join(map(str, fault.path))}` {fault.message}" for fault in error.errors)
        raise InvalidOption("; ".join(faults)) from None


class _Study:
    """The plan, and the testers that are kept, one for each first period that changes."""

    def __init__(self, base: Baseline, clock: Clock, gap: float | None, stop: Event | None) -> None:
        self.base, self._clock = base, clock
        self._gap, self._stop = gap, stop
        self._trials: dict[int | None, Trial] = {}

    def trial(self, outage: Outage) -> Trial:
        start = first_changed(self.base.problem, outage.changes)
        if start not in self._trials:
            self._trials[start] = Trial(self.base, start, gap=self._gap, stop=self._stop)
        return self._trials[start]

    def tried(self, outage: Outage) -> _Tried:
        trial = self.trial(outage)
        found = trial.meet(outage.changes, self._clock)
        return _Tried(outage, found, told(trial, outage, found))


@dataclass(frozen=True)
class _Tried:
    outage: Outage
    found: Found
    result: Stressed


def _ranked(tried: list[_Tried], base: Baseline) -> list[_Tried]:
    """What has no plan first, then by shortage, then by cost; what differs by rounding as it was asked for."""
    size = max(abs(base.plan.total_cost or 0.0), 1.0)

    def rank(one: _Tried) -> tuple[bool, float, float]:
        result = one.result
        return result.total_cost is not None, -round(result.shortage, 6), -round((result.extra_cost or 0.0) / size, 9)

    return sorted(tried, key=rank)


def _worst(tried: list[_Tried]) -> list[_Tried]:
    """Those with a shortage; of those that leave the same missing the first."""
    found: dict[object, _Tried] = {}
    for one in tried:
        if one.result.shortage > 0:
            found.setdefault(one.result.harm, one)
    return list(found.values())


def _notes(base: Baseline, tried: list[_Tried]) -> Iterator[str]:
    yield (
        "builds are as planned, and operations before the first changed period; the rest is decided again, knowing when"
        " the outage ends"
    )
    if any(one.result.shortage for one in tried):
        yield (
            "shortage is in years of demand: half a demand missing for two years is one; what is missing is not paid"
            " for, so costs of outages are to be compared at like shortage"
        )
    if any(one.result.stocks for one in tried):
        yield (
            "months of stock: stock when the outage begins, over the use that would go missing in its first period if"
            " no stock were drawn"
        )
    if base.problem.stockpiles:
        yield "minimum stocks need not be kept from the first changed period on, nor final stocks that follow from them"
    if any(one.found.broken for one in tried):
        yield (
            "terms are broken only where they leave no plan at all, policies only where that is not enough, and both as"
            " little as can be"
        )

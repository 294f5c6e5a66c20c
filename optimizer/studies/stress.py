"""What breaks if: a plan under every outage, the worst first, and the cheapest insurance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from threading import Event, Lock
from typing import Any

from oremix.models import Plan, Problem, read_plan, read_problem
from oremix.models.studies.outages import Outage, StressOptions, outages_of
from oremix.models.studies.stress import Insurance, Stress, Stressed
from oremix.optimizer.clock import Clock, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.engine import spread_as_done
from oremix.optimizer.studies.asked import fitted
from oremix.optimizer.studies.baseline import Baseline, baseline
from oremix.optimizer.studies.insurance import Insurer
from oremix.optimizer.studies.loosened import first_changed
from oremix.optimizer.studies.stressed import Trial
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
    wanted, outages = fitted(StressOptions, options, asked, lambda wanted: outages_of(question, wanted))
    clock = Clock(time_limit, stop, progress)
    base = baseline(question, None if plan is None else read_plan(plan), time_limit=time_limit, gap=gap, stop=stop)
    bench = _Bench(base, clock, gap)
    count = len(outages) + wanted.insurance
    tried: dict[int, Stressed] = {}
    for number, result in spread_as_done(_tried, outages, make=bench, clock=clock):
        tried[number] = result
        clock.tell(len(tried), count, result.id)
    ranked = _ranked([tried[number] for number in sorted(tried)], base)
    complete = len(tried) == len(outages)
    insured: dict[int, list[Insurance]] = {}
    worst = [outages[number] for number in _worst(tried, ranked)[: wanted.insurance]] if complete else []
    for number, found in spread_as_done(_insured, worst, make=bench, clock=clock):
        insured[number] = found
        clock.tell(len(tried) + len(insured), count, f"insurance against {worst[number].id}")
    return Stress(
        problem=question.name,
        problem_hash=question.hash,
        currency=question.currency,
        plan_cost=base.plan.total_cost or 0.0,
        outages=ranked,
        insurance=[one for number in sorted(insured) for one in insured[number]],
        complete=complete and len(insured) == len(worst),
        untried=[outage.id for number, outage in enumerate(outages) if number not in tried],
        notes=list(_notes(base, ranked)),
    )


class _Bench:
    """What outages are tried with, made once in a process: testers by the first period that changes, and an insurer.

    Called, it gives a thread its own of them; sent to another process, it makes them anew.
    """

    def __init__(self, base: Baseline, clock: Clock, gap: float | None) -> None:
        self.base, self._clock, self._gap = base, clock, gap
        self._trials: dict[int | None, Trial] = {}
        self._insurer: Insurer | None = None
        self._making = Lock()

    def __call__(self) -> _Own:
        return _Own(self)

    def __reduce__(self) -> tuple[type[_Bench], tuple[Baseline, Clock, float | None]]:
        return type(self), (self.base, self._clock, self._gap)

    def trial(self, start: int | None) -> Trial:
        with self._making:
            if start not in self._trials:
                self._trials[start] = Trial(self.base, start, self._clock, gap=self._gap)
            return self._trials[start].twin()

    def insurer(self) -> Insurer:
        with self._making:
            if self._insurer is None:
                self._insurer = Insurer(self.base, self._clock, gap=self._gap)
            return self._insurer.twin()


class _Own:
    """What one thread tries outages with."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench
        self._trials: dict[int | None, Trial] = {}

    def trial(self, outage: Outage) -> Trial:
        start = first_changed(self._bench.base.problem, outage.changes)
        if start not in self._trials:
            self._trials[start] = self._bench.trial(start)
        return self._trials[start]

    @cached_property
    def insurer(self) -> Insurer:
        return self._bench.insurer()


def _tried(own: _Own, outage: Outage) -> Stressed:
    trial = own.trial(outage)
    return told(trial, outage, trial.meet(outage.changes))


def _insured(own: _Own, outage: Outage) -> list[Insurance]:
    trial = own.trial(outage)
    return own.insurer.cheapest(trial, outage, trial.meet(outage.changes))


def _ranked(tried: list[Stressed], base: Baseline) -> list[Stressed]:
    """What has no plan first, then by shortage, then by cost; what differs by rounding as it was asked for."""
    size = max(abs(base.plan.total_cost or 0.0), 1.0)

    def rank(one: Stressed) -> tuple[bool, float, float]:
        return one.total_cost is not None, -round(one.shortage, 6), -round((one.extra_cost or 0.0) / size, 9)

    return sorted(tried, key=rank)


def _worst(tried: dict[int, Stressed], ranked: list[Stressed]) -> list[int]:
    """The numbers of those with a shortage, the worst first; of those that leave the same missing the first."""
    numbers = {id(one): number for number, one in tried.items()}
    found: dict[object, int] = {}
    for one in ranked:
        if one.shortage > 0:
            found.setdefault(one.harm, numbers[id(one)])
    return list(found.values())


def _notes(base: Baseline, tried: list[Stressed]) -> Iterator[str]:
    yield (
        "builds are as planned, and operations before the first changed period; the rest is decided again, knowing when"
        " the outage ends"
    )
    if any(one.shortage for one in tried):
        yield (
            "shortage is in years of demand: half a demand missing for two years is one; what is missing is not paid"
            " for, so costs of outages are to be compared at like shortage"
        )
    if any(one.stocks for one in tried):
        yield (
            "months of stock: stock when the outage begins, over the use that would go missing in its first period if"
            " no stock were drawn"
        )
    if base.problem.stockpiles:
        yield "minimum stocks need not be kept from the first changed period on, nor final stocks that follow from them"
    if any(_obliged(one) for one in tried):
        yield (
            "what has to run, to be taken or to be collected comes before demand, so that losing a mine can leave more"
            " missing than losing the plants that have to run on it too: beside each outage stands what that costs"
        )
    if any(one.broken for one in tried):
        yield (
            "terms are broken only where they leave no plan at all, policies only where that is not enough, and both as"
            " little as can be"
        )


def _obliged(one: Stressed) -> bool:
    """Whether more is missing because of obligations."""
    least = one.shortage_without_obligations
    return least is not None and one.shortage - least > 1e-6 * one.shortage

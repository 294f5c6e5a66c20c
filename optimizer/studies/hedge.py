"""What should be built before we know: decisions common to all branches, and what they cost in each."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np

from oremix.models import Problem, TooLarge, read_problem
from oremix.models.studies.hedge import FirstStage, Hedge
from oremix.models.studies.hedge_options import HedgeOptions, branches_of
from oremix.optimizer.clock import GRACE, Clock, Progress
from oremix.optimizer.decide import check_options, columns_at_most
from oremix.optimizer.solving.proof import NOISE, TOLERANCE
from oremix.optimizer.studies.asked import fitted
from oremix.optimizer.studies.hedging.answer import Found, hedge_of
from oremix.optimizer.studies.hedging.chosen import Chosen, chosen_of
from oremix.optimizer.studies.hedging.common import Decided, decide_in_common
from oremix.optimizer.studies.hedging.first_stage import common_of
from oremix.optimizer.studies.hedging.jobs import After, Alone, Limits, Met, Stage, Tell, after, alone
from oremix.optimizer.studies.hedging.means import NoMean, expected_problem
from oremix.optimizer.studies.hedging.question import Question
from oremix.optimizer.studies.hedging.references import Reference, references_of, told, untold

__all__ = ["hedge"]

# Part of the time in which each branch is searched by itself, where there are yes/no decisions.
BY_THEMSELVES = 0.3


def hedge(
    problem: Problem | dict[str, Any] | str | bytes,
    *,
    options: HedgeOptions | dict[str, Any] | None = None,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
    **asked: Any,
) -> Hedge:
    """Decide what is common to all scenarios before it is known which comes true.

    All builds are common, and operations before the first period that any scenario changes; the rest is decided in each
    branch, knowing it. What is left of probability belongs to the data as stated. The expected cost is made least, or a
    mean of it and CVaR, or the cost in the worst branch.

    Parameters
    ----------
    options
        What to hedge against and how, as `HedgeOptions` has it; its fields can be given by name as well, such as
        ``probabilities={"strike": 0.2}, cvar_weight=0.5``.
    time_limit
        Seconds for all of it; the best common decisions found by then are in the answer.
    gap
        Relative gap at which yes/no decisions, or a decomposition, may stop.
    max_columns
        Refuse a problem whose branches together may have more columns.
    stop
        Set by anybody, from any thread, it ends the study with what is done.
    progress
        Told how many steps are done, of how many, and what the last was.

    Raises
    ------
    InvalidProblem, TooLarge, SolverFailed
        As `oremix.solve`.
    InvalidOption
        With every fault of what is asked for.
    """
    check_options(time_limit, gap, "plan")
    question = read_problem(problem)
    wanted, branches = fitted(HedgeOptions, options, asked, lambda wanted: branches_of(question, wanted))
    if max_columns is not None and (most := sum(columns_at_most(branch.problem) for branch in branches)) > max_columns:
        raise TooLarge(f"{len(branches)} branches may need {most:,} columns; the limit is {max_columns:,}")
    clock = Clock(time_limit, stop, progress)
    return _Study(Question(question, wanted, tuple(branches)), clock, gap).answer()


class _Study:
    """One study on its way: each branch by itself, what is common to all, each branch after that."""

    def __init__(self, question: Question, clock: Clock, gap: float | None) -> None:
        self.question, self.clock, self.gap = question, clock, gap
        self.seconds_alone = self.noise = 0.0

    def answer(self) -> Hedge:
        question = self.question
        mean, reason = self._expected()
        alones = self._alone([*question.problems, *([] if mean is None else [mean])])
        of_mean = None if mean is None else alones.pop()
        if (without := self._without_plan(alones)) is not None:
            return hedge_of(question, without)
        common = common_of(question.problems, [each.columns for each in alones], question.start)
        references = references_of(question, alones, of_mean, reason, common)
        limits = self._limits("common decisions", kept=self._reserve())
        decided = decide_in_common(alones, common, question.risk, question.wanted.method, limits)
        if decided.status in ("infeasible", "unbounded"):
            return hedge_of(question, self._without_common(alones, references, decided))
        return hedge_of(question, self._evaluated(alones, references, decided))

    # ------------------------------------------------------------ each branch by itself

    def _expected(self) -> tuple[Problem | None, str | None]:
        try:
            return expected_problem(self.question.branches), None
        except NoMean as error:
            return None, str(error)

    def _alone(self, problems: list[Problem]) -> list[Alone]:
        left = self.clock.left()
        share = None if left is None else BY_THEMSELVES * left / len(problems)
        text = "each branch alone"
        found = alone(
            problems, replace(self._limits(text, len(problems)), search=share), self._told_of(text, len(problems))
        )
        self.seconds_alone = self.clock.seconds()
        self.noise = max([1e-30, *(NOISE * float(np.max(np.abs(one.arrays.cost), initial=0.0)) for one in found)])
        return found

    def _without_plan(self, alones: list[Alone]) -> Found | None:
        """The answer where a branch has no plan even by itself."""
        statuses = {one.status for one in alones}
        status = next((each for each in ("infeasible", "unbounded", "no_answer") if each in statuses), None)
        if status is None:
            return None
        which = ", ".join(self.question.names(one.status == status for one in alones))
        reasons = {
            "infeasible": f"no plan even if it had been known from the start: {which}. `oremix stress` says what goes"
            " short there; a `shortage_cost` of demands, also as a change of the scenario, lets them go short at it",
            "unbounded": f"earns without end: {which}",
            "no_answer": f"it was stopped before there was a plan by itself of {which}",
        }
        return Found(alones, status, reasons[status], complete=status != "no_answer")

    # ------------------------------------------------------------ each branch after what is common

    def _evaluated(self, alones: list[Alone], references: list[Reference], decided: Decided) -> Found:
        """The plans after the common decisions, and what other decisions cost; the best of all is the hedge."""
        stages = [each.stage for each in references if each.stage is not None]
        complete = decided.complete and not self.clock.is_up()
        afters: list[After] = []
        chosen = None
        if decided.stage is not None and not self.clock.is_up():
            afters = self._after([decided.stage, *stages], planned=0)
            chosen = chosen_of(self.question, afters, self.noise)
            complete = complete and not self.clock.is_up()
        better = self._better(afters, chosen)
        if better is not None:
            chosen = self._planned([stages[better]]) or chosen
        elif chosen is None:
            chosen = self._planned([*([] if decided.stage is None else [decided.stage]), *stages])
        if chosen is None:
            reason = "it was stopped before common decisions were found after which every branch can be met"
            return Found(
                alones, "no_answer", reason, first_stages=[untold(each) for each in references], complete=False
            )
        first_stages = self._told(references, [each.met[1:] for each in afters], chosen)
        return Found(alones, decided=decided, chosen=chosen, first_stages=first_stages, complete=complete)

    def _after(self, stages: list[Stage], planned: int | None) -> list[After]:
        problems, text = self.question.problems, "after other decisions"
        steps = len(problems)
        return after(problems, stages, planned, self._limits(text, steps), self._told_of(text, steps))

    def _planned(self, stages: list[Stage]) -> Chosen | None:
        """The plans after the first of these decisions after which there are any, when everything else has ended."""
        grace = max(GRACE, 2 * self.seconds_alone, self.clock.left() or 0.0)
        limits = Limits(Clock(grace), self.gap)
        for stage in stages:
            afters = after(self.question.problems, [stage], 0, limits)
            if (chosen := chosen_of(self.question, afters, self.noise)) is not None:
                return chosen
        return None

    def _better(self, afters: list[After], chosen: Chosen | None) -> int | None:
        """Which other decisions are cheaper than those found, as may be where a limit was reached; none: none."""
        if not afters:
            return None
        costs = [self.question.value([each.met[number] for each in afters]) for number in range(len(afters[0].met))]
        known = [(cost, number) for number, cost in enumerate(costs[1:]) if cost is not None]
        if not known:
            return None
        cost, number = min(known)
        is_better = chosen is None or cost < chosen.value - TOLERANCE * chosen.money
        return number if is_better else None

    def _without_common(self, alones: list[Alone], references: list[Reference], decided: Decided) -> Found:
        stages = [each.stage for each in references if each.stage is not None]
        afters = self._after(stages, planned=None)
        first_stages = self._told(references, [each.met for each in afters], None)
        reason = (
            "each branch has a plan by itself, but no builds, and operations before the first change, are common to"
            " plans of all; `first_stages` says which branches cannot be met after which decisions"
            if decided.status == "infeasible"
            else "all branches together earn without end"
        )
        return Found(
            alones,
            decided.status,
            reason,
            decided=decided,
            first_stages=first_stages,
            complete=not self.clock.is_up(),
        )

    def _told(self, references: list[Reference], met: list[list[Met]], chosen: Chosen | None) -> list[FirstStage]:
        """Each of the decisions, with what they cost in each branch; `met` has those that there are, by branch."""
        result = []
        number = 0
        for each in references:
            if each.stage is None or not met:
                result.append(untold(each))
                continue
            result.append(told(self.question, each, [costs[number] for costs in met], chosen))
            number += 1
        return result

    # ------------------------------------------------------------ time

    def _reserve(self) -> float:
        """Seconds kept for the plans of what is found: about what each branch took by itself."""
        return min(2 * self.seconds_alone, 0.5 * (self.clock.left() or 0.0))

    def _limits(self, text: str, steps: int = 1, kept: float = 0.0) -> Limits:
        self.clock.tell(0, steps, text)
        return Limits(Clock(self.clock.left(kept), self.clock.stop), self.gap)

    def _told_of(self, text: str, steps: int) -> Tell:
        return lambda done: self.clock.tell(done, steps, text)

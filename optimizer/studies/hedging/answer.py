"""From what was found to the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from oremix.models import Plan
from oremix.models.plan import Status
from oremix.models.studies.hedge import FirstStage, Hedge, HedgeBranch
from oremix.models.studies.hedge_options import AS_STATED, Branch
from oremix.optimizer.studies.hedging.chosen import Chosen
from oremix.optimizer.studies.hedging.common import Decided
from oremix.optimizer.studies.hedging.jobs import Alone
from oremix.optimizer.studies.hedging.question import Question
from oremix.optimizer.studies.hedging.risk import cvar, expected

__all__ = ["Found", "hedge_of"]


@dataclass(frozen=True)
class Found:
    """What came of a hedge.

    Without `chosen` the status and the reason are as given; `alones` are in the order of the branches.
    """

    alones: Sequence[Alone]
    status: Status = "no_answer"
    reason: str | None = None
    decided: Decided | None = None
    chosen: Chosen | None = None
    first_stages: list[FirstStage] = field(default_factory=list)
    complete: bool = True


def hedge_of(question: Question, found: Found) -> Hedge:
    """The answer."""
    chosen, decided, risk = found.chosen, found.decided, question.risk
    status, verified, reason = found.status, decided is None or decided.verified, found.reason
    if chosen is not None and decided is not None:
        status, verified, reason = chosen.verdict(decided)
    costs = None if chosen is None else chosen.costs
    weighed = None if costs is None or risk.probabilities is None else (costs, risk.probabilities)
    plans: list[Plan | None] = [None] * len(found.alones) if chosen is None else list(chosen.plans)
    branches = list(zip(question.branches, found.alones, plans, strict=True))
    start = question.start
    return Hedge(
        problem=question.problem.name,
        problem_hash=question.problem.hash,
        currency=question.problem.currency,
        status=status,
        verified=verified,
        reason=reason,
        objective=question.wanted.objective,
        cvar_weight=question.wanted.cvar_weight,
        alpha=question.wanted.alpha,
        first_period=None if start is None else question.problem.timeline.starts[start],
        objective_cost=None if chosen is None else chosen.value,
        expected_cost=None if weighed is None else expected(*weighed),
        cvar=None if weighed is None else cvar(*weighed, question.wanted.alpha),
        worst_cost=None if costs is None else max(costs),
        bound=None if decided is None else decided.bound,
        gap=None if chosen is None or decided is None else chosen.gap(decided.bound),
        builds=[] if chosen is None else chosen.builds(),
        branches=[_branch(question, *entry) for entry in question.as_listed(branches)],
        value_of_stochastic_solution=next((one.loss for one in found.first_stages if one.kind == "expected"), None),
        value_of_perfect_information=_of_knowing(question, found),
        first_stages=found.first_stages,
        method="whole" if decided is None else decided.method,
        columns=0 if decided is None else decided.columns,
        rounds=0 if decided is None else decided.rounds,
        complete=found.complete,
        notes=list(_notes(question, found)),
    )


def _of_knowing(question: Question, found: Found) -> float | None:
    costs = [one.cost for one in found.alones if one.cost is not None]
    if found.chosen is None or len(costs) < len(found.alones):
        return None
    return found.chosen.less(found.chosen.value, question.risk.value(costs))


def _branch(question: Question, branch: Branch, one: Alone, plan: Plan | None) -> HedgeBranch:
    cost = None if plan is None else plan.total_cost
    return HedgeBranch(
        scenario=None if branch.id == AS_STATED else branch.id,
        probability=branch.probability,
        changes=[change.model_dump(by_alias=True, exclude_unset=True) for change in branch.changes],
        total_cost=cost,
        verified=plan is not None and plan.certificate.verified,
        status_alone=one.status,
        cost_alone=one.cost,
        regret=None if cost is None or one.cost is None else cost - one.cost,
        builds_alone=list(one.plan.builds),
        conflict=list(one.conflict),
        plan=plan if question.wanted.plans else None,
    )


def _notes(question: Question, found: Found) -> Iterator[str]:
    start, risk = question.start, question.risk
    when = "all operations" if start is None else f"operations before {question.problem.timeline.starts[start]}"
    common = "" if start == 0 else f", and {when}"
    yield f"common to all branches are all builds{common}; the rest is decided in each, knowing which came true"
    if any(branch.probability == 0 for branch in question.branches):
        yield "a branch of probability 0 must be met all the same, and may be the worst"
    if risk.probabilities is None:
        yield (
            "without probabilities there is no expected cost; of common decisions that are as good in the worst branch"
            " those are taken that are cheapest on the plain mean of the branches"
        )
    elif risk.is_worst or risk.weight:
        yield (
            "what it is worth to plan for all branches, or to know beforehand, is in what was made least, not in"
            " expected cost"
        )
    expected_data = next((one for one in found.first_stages if one.kind == "expected"), None)
    if expected_data is not None and not expected_data.costs:
        yield f"no plan of the expected data to compare with: {expected_data.reason}"
    if question.wanted.method == "decomposed" and found.decided is not None and found.decided.method == "whole":
        yield "it was not decomposed: the branches have yes/no decisions of their own, or there is only one"
    if found.decided is not None and found.decided.method == "decomposed" and risk.leaves_ties:
        yield "of common decisions that are as good in the worst branches, any may have been taken"

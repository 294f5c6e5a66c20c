"""The common decisions that an answer is about: each branch's plan after them, and what these cost."""

from __future__ import annotations

from dataclasses import dataclass

from oremix.models import Plan
from oremix.models.plan import Build, Status
from oremix.optimizer.solving.proof import TOLERANCE
from oremix.optimizer.studies.hedging.common import Decided
from oremix.optimizer.studies.hedging.jobs import After
from oremix.optimizer.studies.hedging.question import Question
from oremix.optimizer.studies.hedging.risk import expected

__all__ = ["Chosen", "chosen_of"]

# Differences below this part of the money that changes hands are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Chosen:
    """The plans of all branches after the common decisions, in the order of the branches.

    Less than `noise` is no money.
    """

    question: Question
    plans: list[Plan]
    noise: float

    @property
    def costs(self) -> list[float]:
        """Of the plans."""
        return [plan.total_cost or 0.0 for plan in self.plans]

    @property
    def value(self) -> float:
        """What was made least."""
        return self.question.risk.value(self.costs)

    @property
    def money(self) -> float:
        """What changes hands, on the mean of the branches."""
        each = [sum(abs(amount) for amount in plan.costs.by_category.values()) for plan in self.plans]
        return max(abs(self.value), expected(each, self.question.risk.means), self.noise)

    def less(self, cost: float, other: float) -> float:
        """The one less the other; what is within rounding is nothing."""
        return 0.0 if abs(cost - other) <= ROUNDING * self.money else cost - other

    def gap(self, bound: float | None) -> float | None:
        """How much dearer than a bound, as a part of the money that changes hands."""
        return None if bound is None else max(0.0, self.value - bound) / self.money

    def verdict(self, decided: Decided) -> tuple[Status, bool, str | None]:
        """Status, whether it was checked, and what is in doubt."""
        doubts = [plan.certificate.reason for plan in self.plans if not plan.certificate.verified]
        if doubts:
            return "feasible", False, doubts[0] or "a branch's plan could not be verified"
        gap = self.gap(decided.bound)
        if gap is None:
            return "feasible", True, decided.reason or "no bound on the cost was proved"
        if gap > TOLERANCE:
            by = f"by at most {100 * gap:.2g} % of the money that changes hands"
            return "feasible", True, f"other common decisions may be cheaper, {by}"
        return "optimal", True, None

    def builds(self) -> list[Build]:
        """What is built in all; where an order never counts in one branch its plan does not have it."""
        found: dict[tuple[str, int, int], Build] = {}
        for plan in self.question.as_listed(self.plans):
            for build in plan.builds:
                found.setdefault((build.on, build.build, build.ordered), build)
        return [found[key] for key in sorted(found)]


def chosen_of(question: Question, afters: list[After], noise: float) -> Chosen | None:
    """The plans after decisions; none where a branch has none."""
    plans = [each.plan for each in afters if each.plan is not None and each.plan.total_cost is not None]
    return Chosen(question, plans, noise) if len(plans) == len(question.branches) == len(afters) else None

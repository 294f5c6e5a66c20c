"""What should be built before we know: common decisions over scenarios, and what each branch does after them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from oremix.models.diagnosis import Conflicting
from oremix.models.plan import Build, Plan, Record, Status
from oremix.models.studies.study import Study

__all__ = ["FirstStage", "Hedge", "HedgeBranch"]


class HedgeBranch(Record):
    """One way the data may turn out, under the common decisions and by itself."""

    scenario: str | None = Field(description="id of the scenario; none: the data as stated")
    probability: float | None = Field(description="that it comes true, 0 to 1; none: nobody said")
    changes: list[dict[str, Any]] = Field(description="what differs from the data as stated, as a scenario states it")
    total_cost: float | None = Field(
        description="with the common decisions, money over the horizon, discounted; none without them"
    )
    verified: bool = Field(description="true: that plan was audited against this branch's own data")
    status_alone: Status = Field(description="of the plan if this branch had been known from the start")
    cost_alone: float | None = Field(description="of that plan, money over the horizon, discounted")
    regret: float | None = Field(
        description="total_cost less cost_alone, money: what it costs not to have known, in this branch"
    )
    builds_alone: list[Build] = Field(description="what would be built if this branch had been known from the start")
    conflict: list[Conflicting] = Field(
        description="where the branch has no plan even by itself: statements that cannot hold together"
    )
    plan: Plan | None = Field(description="with the common decisions; none without them, or if not asked for")


class FirstStage(Record):
    """What it would cost to decide what is common as for some data alone; operations after it as cheap as can be."""

    kind: Literal["expected", "stated", "scenario"] = Field(
        description="expected: of the expected data, every changed number its mean over the branches; stated: of the"
        " data as stated; scenario: of a scenario's"
    )
    scenario: str | None = Field(description="id of the scenario; none: of no scenario")
    cost: float | None = Field(
        description="of what the hedge makes least (expected cost, or as asked), money, discounted; none: a branch"
        " cannot be met after these decisions, or there are none"
    )
    loss: float | None = Field(description="that cost less the hedge's, money, discounted")
    costs: dict[str, float | None] = Field(
        description="branch → total cost in it after these decisions, money, discounted; none: it cannot be met"
    )
    unmet: list[str] = Field(description="branches that cannot be met after these decisions")
    reason: str | None = Field(description="why there is no such first stage, or no cost")


class Hedge(Study):
    """Decisions that are common to all branches, made before it is known which comes true."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    status: Status = Field(
        description="as of a plan: optimal if every branch's plan is verified and no other common decisions can be"
        " cheaper by more than a millionth of the money that changes hands"
    )
    verified: bool = Field(description="true: what the status says was checked")
    reason: str | None = Field(description="what is in doubt, or why there is no common decision")
    objective: Literal["expected", "worst"] = Field(description="what was made as little as can be")
    cvar_weight: float = Field(description="weight w: (1 − w) · expected cost + w · CVaR was made least; 0 to 1")
    alpha: float = Field(description="CVaR is the mean of the worst 1 − alpha of probability")
    first_period: int | None = Field(
        description="first year of the first period that any scenario changes: operations before it are common, as all"
        " builds are; none: no scenario changes anything"
    )
    objective_cost: float | None = Field(description="what was made least, money over the horizon, discounted")
    expected_cost: float | None = Field(
        description="mean of the branches' costs by probability, money, discounted; none: probabilities are not known"
    )
    cvar: float | None = Field(
        description="mean cost of the worst 1 − alpha of probability, money, discounted; none likewise"
    )
    worst_cost: float | None = Field(description="cost of the dearest branch, money, discounted")
    bound: float | None = Field(description="what no common decisions can cost less than, money, discounted")
    gap: float | None = Field(
        description="objective_cost less bound, as a part of the money that changes hands; none: no bound was proved"
    )
    builds: list[Build] = Field(description="what is built in every branch; capex as the first branch with them has it")
    branches: list[HedgeBranch] = Field(
        description="the data as stated, if any probability is left for them, and scenarios"
    )
    value_of_stochastic_solution: float | None = Field(
        description="cost of deciding as for the expected data less objective_cost, money, discounted: what it is worth"
        " to plan for all branches; none: there are no expected data, or not every branch can be met so"
    )
    value_of_perfect_information: float | None = Field(
        description="objective_cost less the same of the branches' costs alone, money, discounted: what it would be"
        " worth to know beforehand"
    )
    first_stages: list[FirstStage] = Field(
        description="what other common decisions would cost: those of the expected data, of the data as stated, of each"
        " scenario alone"
    )
    method: Literal["whole", "decomposed"] = Field(
        description="whole: all branches as one linear program; decomposed: each by itself, beside a master"
    )
    columns: int = Field(description="of the linear program of all branches")
    rounds: int = Field(description="of the decomposition; 0: none")
    complete: bool = Field(description="false: it was stopped, and holds the best found until then")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.hedge_table import hedge_as_text  # noqa: PLC0415 - when somebody looks

        return hedge_as_text(self)

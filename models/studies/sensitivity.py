"""Which numbers carry the answer: every input moved alone, and all that is uncertain drawn together."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from oremix.models.plan import Record
from oremix.models.studies.study import Study

__all__ = [
    "Bar",
    "BuildMoved",
    "Drawn",
    "Outcome",
    "Priced",
    "Range",
    "Reading",
    "Sample",
    "Sampling",
    "Sensitivity",
    "ShareMoved",
    "ShareRange",
    "Side",
    "Survival",
]

Outcome = Literal["optimal", "feasible", "infeasible", "unbounded", "no_answer", "refused"]
OUTCOME = (
    "as of a plan: `infeasible` has no plan and no cost; `refused`: the problem cannot say this (`reason`), such as a"
    " minimum above its maximum"
)


class BuildMoved(Record):
    """What is built otherwise than in the plan."""

    what: Literal["enters", "leaves", "more", "less", "moves"] = Field(
        description="enters: not built in the plan; leaves: no longer built; more, less; moves: ordered in other years"
    )
    on: str = Field(description="id of the supplier, plant or recycler")
    country: str = Field(description="country where it stands (ISO 3166-1 alpha-2)")
    before: float = Field(description="capacity ordered in the plan over the horizon, units per year")
    after: float = Field(description="capacity ordered now")
    ordered_before: list[int] = Field(description="years of the orders in the plan; 1: the typical year")
    ordered_after: list[int] = Field(description="years of the orders now")
    unit: str = Field(description="of capacity")


class ShareMoved(Record):
    """A country's share of what arrives, where it is another than in the plan."""

    material: str = Field(description="id of the material")
    country: str = Field(description="country where it was last made (ISO 3166-1 alpha-2)")
    before: float = Field(description="of all that arrives over the horizon in the plan, from 0 to 1")
    after: float = Field(description="now")


class Side(Record):
    """An input moved to one side, and the problem solved again."""

    factor: float = Field(description="by which its numbers were to be multiplied")
    changes: list[dict[str, Any]] = Field(description="as a scenario states them; of the discount rate none")
    clipped: str | None = Field(description="what kept it back; none: it moved as far as it should")
    status: Outcome = Field(description=OUTCOME)
    verified: bool = Field(description="whether the point, or the proof that there is none, was checked")
    reason: str | None = Field(description="what is in doubt, or why it is refused; none: nothing")
    total_cost: float | None = Field(description="money over the horizon, discounted; none: there is no plan")
    difference: float | None = Field(description="to the plan's total cost, money, discounted; none: there is no plan")
    first_order: float | None = Field(
        description="the difference that the plan's own amounts and prices foresee, if nothing could give way; none:"
        " not known"
    )
    builds: list[BuildMoved] = Field(description="what is built otherwise than in the plan")
    shares: list[ShareMoved] = Field(description="shares of supply that differ by 0.1 percentage points or more")
    distance: float | None = Field(
        description="how much of a material is bought, made or recovered by others than in the plan, as a share from 0"
        " (by the same) to 1 (all by others), of the material where it is most; none: there is no plan"
    )
    text: str = Field(description="what changes in the plan, in words")


class Bar(Record):
    """An input of the tornado."""

    label: str = Field(description="what it is called")
    on: str = Field(description="the list of its part; `problem`: the discount rate")
    where: dict[str, Any] = Field(description="what tells its part, or parts, from the others, as in a change")
    field: str = Field(description="the field that moves, as in a change")
    values: list[float] = Field(description="its numbers as stated, in the order in which they stand; of a group none")
    assumption: bool = Field(description="whether any of them is marked as an assumption")
    group: bool = Field(description="whether it is a group that was asked for")
    slope: float | None = Field(
        description="by how much the total cost rises per per cent that the input rises, by the plan's amounts and"
        " prices, money, discounted; none: not known"
    )
    solved: bool = Field(description="false: it was not solved again, and only `slope` is known of it")
    down: Side | None = Field(description="lowered; none: not solved")
    up: Side | None = Field(description="raised; none: not solved")
    swing: float | None = Field(
        description="from the lowest to the highest of the two costs and the plan's, money, discounted; none: not"
        " solved, or a side has no plan"
    )
    moves_nothing: bool = Field(description="whether both sides have the plan's cost, builds and supply")


class Range(Record):
    """How a number is spread over samples: those that have it."""

    mean: float = Field(description="mean")
    sd: float = Field(description="standard deviation of the samples (over n − 1); 0 of one")
    least: float = Field(description="the lowest")
    p5: float = Field(description="5 % of the samples are below, linear between them")
    p25: float = Field(description="a quarter is below")
    p50: float = Field(description="half is below")
    p75: float = Field(description="three quarters are below")
    p95: float = Field(description="95 % are below")
    most: float = Field(description="the highest")


class Drawn(Record):
    """Something uncertain, as it was drawn."""

    id: str = Field(description="of the problem's uncertainties; of a marked assumption what it is called")
    text: str = Field(description="what is drawn, in words")
    rank_correlation: float | None = Field(
        description="Spearman's, of what is drawn with the total cost over the samples that have a plan: −1 to 1;"
        " none: it or the cost is always the same"
    )
    kept_rank_correlation: float | None = Field(description="the same with the cost where the plan's builds are kept")


class Reading(Record):
    """What all samples come to, decided anew in each or with the plan's builds."""

    plans: int = Field(description="how many samples have a plan")
    infeasible: int = Field(description="how many have none, which is proved")
    refused: int = Field(description="how many are no problem at all, such as a minimum drawn above a maximum")
    unknown: int = Field(description="how many were left without an answer")
    infeasible_share: float = Field(description="infeasible ones, of all samples, from 0 to 1")
    total_cost: Range | None = Field(description="of those with a plan, money over the horizon, discounted")
    missing: Range | None = Field(
        description="of those without a plan, where builds are kept: years of demand that the demands without a"
        " shortage cost would have to go short at the least, so that there is one; none: none, or not even that helps"
    )
    short: int = Field(description="how many of those with a plan go short of a demand that has a shortage cost")
    shortage: Range | None = Field(
        description="of those with a plan: years of demand that are missing, Σ over demands of years · missing /"
        " asked for"
    )


class Survival(Record):
    """A build over all samples, decided anew in each."""

    on: str = Field(description="id of the supplier, plant or recycler")
    country: str = Field(description="country where it stands (ISO 3166-1 alpha-2)")
    unit: str = Field(description="of capacity")
    planned: float = Field(description="capacity ordered in the plan over the horizon, units per year")
    built: int = Field(description="in how many samples with a plan it is built")
    share: float = Field(description="the same, of the samples with a plan, from 0 to 1")
    mean: float | None = Field(description="capacity where it is built, mean; none: nowhere")
    least: float | None = Field(description="the least where it is built")
    most: float | None = Field(description="the most")


class ShareRange(Record):
    """A country's share of supply over all samples."""

    material: str = Field(description="id of the material")
    country: str = Field(description="country where it was last made (ISO 3166-1 alpha-2)")
    planned: float = Field(description="of all that arrives over the horizon in the plan, from 0 to 1")
    share: Range = Field(description="of those with a plan")


class Priced(Record):
    """What a policy costs over all samples."""

    policy: str = Field(description="id of the policy")
    costs: int = Field(description="in how many samples with a plan loosening it would save anything")
    share: float = Field(description="the same, of the samples with a plan, from 0 to 1")
    per: str = Field(description="what the marginal is for")
    marginal: Range = Field(description="what one unit of loosening (`per`) would save, money, discounted")


class Sample(Record):
    """One drawing."""

    number: int = Field(description="from 1")
    values: dict[str, float] = Field(description="id → what was drawn")
    status: Outcome = Field(description=OUTCOME)
    total_cost: float | None = Field(description="decided anew, money over the horizon, discounted; none: no plan")
    kept_status: Outcome = Field(description="the same with the plan's builds")
    kept_total_cost: float | None = Field(description="with the plan's builds; none: no plan")
    shortage: float | None = Field(description="years of demand that are missing, decided anew; none: no plan")
    kept_shortage: float | None = Field(
        description="with the plan's builds; without a plan the least that demands without a shortage cost would have"
        " to go short; none: not even that helps"
    )


class Sampling(Record):
    """All that is uncertain, drawn together."""

    seed: int = Field(description="the same seed draws the same")
    asked: int = Field(description="how many samples were asked for")
    done: int = Field(description="how many were solved; of fewer than asked for the strata are not filled evenly")
    drawn: list[Drawn] = Field(description="what was drawn, that which moves the cost most first")
    anew: Reading = Field(description="everything decided anew in each sample: if we knew")
    kept: Reading = Field(description="the plan's builds kept, the rest decided anew: if we do not know")
    regret: Range | None = Field(
        description="what it costs more with the plan's builds, in samples that have both, money, discounted"
    )
    builds: list[Survival] = Field(description="how often each build survives, those built in the plan first")
    supply: list[ShareRange] = Field(description="shares of supply by country")
    policies: list[Priced] = Field(description="how often each policy costs anything, and what a unit of it is worth")
    samples: list[Sample] = Field(description="every drawing")


class Sensitivity(Study):
    """Which numbers carry the answer."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    plan_cost: float = Field(description="total cost of the plan, money over the horizon, discounted")
    by: float = Field(description="by how much inputs were moved: 0.1 is ±10 %")
    bars: list[Bar] = Field(
        description="inputs: those with a side that has no plan first, then by swing, then those not solved by slope"
    )
    sampling: Sampling | None = Field(description="joint samples; none: not asked for")
    complete: bool = Field(description="false: it was stopped before everything asked for was done")
    untried: list[str] = Field(description="labels of inputs that were to be solved again and were not")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.sensitivity_table import sensitivity_as_text  # noqa: PLC0415 - when somebody looks

        return sensitivity_as_text(self)

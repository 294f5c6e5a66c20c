"""What else is nearly as cheap: other plans within a budget, and the range that each decision has there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oremix.models.plan import Plan, Record
from oremix.models.studies.frontier import BoundBuild
from oremix.models.studies.study import Study

__all__ = ["Alternative", "Alternatives", "ChoiceKind", "FullBuild", "Pair", "Range", "SiteShare", "Verdict"]

ChoiceKind = Literal["share", "build", "supplier", "plant", "recycler", "stock", "demand"]
Verdict = Literal["must", "never", "free", "open"]


class SiteShare(Record):
    """What part of a material comes from a country."""

    material: str = Field(description="id of the material")
    where: str | None = Field(
        description="country of the demands (ISO 3166-1 alpha-2); none: demanded nowhere, counted wherever it is used"
    )
    country: str = Field(description="country where it was last made (ISO 3166-1 alpha-2)")
    share: float = Field(description="of all that arrives there over the horizon, from 0 to 1")


class FullBuild(Record):
    """What the builds of a facility are measured by."""

    on: str = Field(description="id of the supplier, plant or recycler")
    capacity: float = Field(
        description="units per year: the most that its builds can add up to as stated; where that has no limit, the"
        " most within the budget"
    )
    unit: str = Field(description="of capacity")


class Alternative(Record):
    """A plan within the budget."""

    id: str = Field(description="cheapest, or alternative 1, 2, …")
    total_cost: float = Field(description="money over the horizon, discounted")
    difference: float = Field(description="to the cheapest plan's total cost, money, discounted")
    distance: float = Field(description="from the cheapest plan, from 0 to 1")
    nearest: float | None = Field(description="distance from the nearest of all others here; none: it is alone")
    verified: bool = Field(description="true: the plan was audited, and keeps to the budget")
    text: list[str] = Field(description="what it does otherwise than the cheapest plan, in words")
    builds: list[BoundBuild] = Field(description="everything that is built")
    supply: list[SiteShare] = Field(description="where what is used comes from")
    plan: Plan = Field(description="the whole plan, audited; its certificate says how far its cost is from the least")


class Pair(Record):
    """How different two plans are."""

    first: str = Field(description="id of the one plan")
    second: str = Field(description="id of the other")
    distance: float = Field(description="the mean of both parts, where there are both; from 0 to 1")
    supply: float | None = Field(
        description="share of the supply that comes from another country, on the mean of all materials and countries of"
        " demand, from 0 to 1; none: nothing can come from more than one country"
    )
    builds: float | None = Field(
        description="capacity that one builds and the other does not, in full builds, over `most_built`, from 0 to 1;"
        " none: nothing can be built"
    )


class Range(Record):
    """What a decision can be in plans within the budget."""

    kind: ChoiceKind = Field(description="what is decided")
    id: str = Field(description="id of the facility or demand; of a share its country; of stock its place")
    material: str | None = Field(description="id of the material; none: a build")
    where: str | None = Field(description="of a share: country of the demands; none: wherever it is used, or no share")
    country: str = Field(description="country where it stands, comes from or goes to (ISO 3166-1 alpha-2)")
    ordered: int | None = Field(description="of a build: year of the order; none: over all years, or no build")
    unit: str = Field(
        description="of the amounts: share (from 0 to 1, over the horizon), or units per year on the mean of the"
        " horizon; of a build units per year of capacity, of stock units in stock on the mean of the periods' ends"
    )
    cheapest: float | None = Field(description="in the cheapest plan; none: a share of nothing")
    min: float = Field(description="the least found, in a verified plan within the budget")
    max: float | None = Field(description="the most found, likewise; none: there is no end, which is proved")
    proved_min: float | None = Field(description="no plan within the budget has less; none: not known")
    proved_max: float | None = Field(description="no plan within the budget has more; none: not known, or no end")
    exact: bool = Field(description="true: what was found is what was proved, both ends, to a millionth")
    verdict: Verdict = Field(
        description="must: in every plan within the budget there is some; never: in none; free: in some and not in"
        " others (nor is there a share where nothing arrives); open: not settled, as what was found and what was proved"
        " differ"
    )
    left_over_at_max: float = Field(
        description="what of the most is left over where it is made and used by nobody, in the plan that was found"
    )
    values: list[float | None] = Field(description="in each of the alternatives, in their order")


class Alternatives(Study):
    """Plans within a budget, as different as could be found, and the range of each decision."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    within: float | None = Field(
        description="how much more than the cheapest plan others may cost, share of its cost; none: a budget was given"
    )
    budget: float = Field(description="the most that a plan here may cost, money over the horizon, discounted")
    min_distance: float = Field(description="no two plans here are nearer to each other, from 0 to 1")
    cheapest: Alternative = Field(description="the cheapest plan")
    alternatives: list[Alternative] = Field(description="the others, each as far as found from all before it")
    distances: list[Pair] = Field(description="of every two of them, the cheapest included")
    most_built: float = Field(
        description="what the builds' part of a distance is measured by: the most that a plan within the budget builds,"
        " in full builds; at least 1"
    )
    full_builds: list[FullBuild] = Field(description="what a full build is, by facility")
    exhausted: bool = Field(description="true: fewer alternatives than asked for, as no more were to be found")
    reason: str | None = Field(description="why there are fewer than asked for; none: there are as many")
    furthest: float | None = Field(
        description="no plan within the budget is further from the cheapest, which the ranges prove; none: not known"
    )
    tried: int = Field(description="how many plans within the budget the alternatives were chosen from")
    ranges: list[Range] = Field(description="what each decision can be, the heaviest first within a kind")
    left_out: list[str] = Field(description="decisions whose range was not worked out")
    complete: bool = Field(description="false: it was stopped, or ranges were left out")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.alternatives_table import (  # noqa: PLC0415 - when somebody looks
            alternatives_as_text,
        )

        return alternatives_as_text(self)

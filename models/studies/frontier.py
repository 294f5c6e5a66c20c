"""What a policy costs at every bound, from loose to the tightest that can be reached."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oremix.models.plan import Record, Status
from oremix.models.studies.study import Study

__all__ = [
    "BoundBuild",
    "Edge",
    "Frontier",
    "FrontierPoint",
    "Move",
    "Moved",
    "Ratio",
    "Refusal",
    "Supplied",
    "Surface",
    "SurfacePoint",
]

Moved = Literal["enters", "leaves", "more", "less"]


class Ratio(Record):
    """One of the ratios or amounts that the policy bounds."""

    material: str | None = Field(description="id of the material; none: materials are pooled")
    place: str | None = Field(description="place or country of use, where places are taken apart")
    countries: list[str] = Field(description="countries whose part it is (ISO 3166-1 alpha-2)")
    period: int | None = Field(description="first year of the period, 1: the typical year; none: periods are pooled")
    achieved: float | None = Field(description="in the unit of the bound; none: there is nothing to count")


class Supplied(Record):
    """What part of a material comes from a country."""

    material: str = Field(description="id of the material")
    country: str = Field(description="country where it was last made (ISO 3166-1 alpha-2)")
    share: float = Field(description="of all that arrives over the horizon, from 0 to 1")


class BoundBuild(Record):
    """Capacity ordered."""

    on: str = Field(description="id of the supplier, plant or recycler")
    country: str = Field(description="country where it stands (ISO 3166-1 alpha-2)")
    ordered: int = Field(description="year of the order; 1: the typical year")
    capacity: float = Field(description="units per year")
    unit: str = Field(description="of capacity")


class Move(Record):
    """What is otherwise here than at the next looser point."""

    what: Moved = Field(description="enters: nothing of it there; leaves: nothing of it here; more, less: of both some")
    kind: Literal["supplier", "plant", "recycler", "build"] = Field(description="what kind of thing it is")
    id: str = Field(description="id of the supplier, plant or recycler (of a build: of its host)")
    country: str = Field(description="country where it stands (ISO 3166-1 alpha-2)")
    material: str | None = Field(description="id of the material bought, made or recovered; none: a build")
    ordered: int | None = Field(description="of a build: year of the order; 1: the typical year")
    before: float = Field(description="at the looser point; over all years of the horizon, a build's capacity a year")
    after: float = Field(description="at this point, likewise")
    unit: str = Field(description="of before and after")


class Refusal(Record):
    """The bound just beyond the tightest, which no plan keeps."""

    bound: float = Field(description="in the unit of the bound")
    status: Status = Field(description="what became of it")
    verified: bool = Field(description="whether the proof that there is no plan was checked")
    reason: str | None = Field(description="what is in doubt; none: nothing")


class FrontierPoint(Record):
    """What it costs at one bound."""

    bound: float = Field(
        description="of the policy, in every period that it holds in: a share from 0 to 1, or an amount"
    )
    achieved: float | None = Field(
        description="what the plan comes to where the bound is hardest to keep: the largest ratio under a max, the"
        " smallest above a min; in the unit of the bound; none: there is nothing to count"
    )
    total_cost: float = Field(description="money over the horizon, discounted")
    marginal: float | None = Field(
        description="what one unit of loosening (`per`) saves of the total cost, money, discounted; at a kink that of"
        " the looser side; none: not known"
    )
    tightening: float | None = Field(
        description="what one unit of tightening adds to the total cost, likewise; at a kink that of the tighter side;"
        " none: it cannot be tightened, or not known"
    )
    kink: bool | None = Field(
        description="whether the price changes here: `tightening` is more than `marginal` (less, where other yes/no"
        " decisions begin); none: not looked for"
    )
    jump: bool = Field(
        description="whether the cost jumps between here and the next looser point, which is as near as was looked"
    )
    other_decisions: bool = Field(
        description="whether other yes/no decisions are taken here than at the next looser point"
    )
    status: Status = Field(description="as a plan's: what was verified")
    verified: bool = Field(description="whether the point was checked")
    ratios: list[Ratio] = Field(description="what each ratio or amount that the policy bounds comes to")
    supply: list[Supplied] = Field(description="shares of supply by country, of materials demanded or bounded")
    builds: list[BoundBuild] = Field(description="what is built")
    moves: list[Move] = Field(
        description="what is otherwise than at the next looser point, the largest changes first; the loosest has none"
    )


class Frontier(Study):
    """Cost against a policy's bound."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    policy: str = Field(description="id of the policy")
    side: Literal["max", "min"] = Field(description="which bound moves")
    from_year: int | None = Field(description="first year in which it moves; none: from the policy's first")
    until_year: int | None = Field(description="last year in which it moves; none: to the policy's last")
    per: str = Field(description="what `marginal` and `tightening` are for: a percentage point, or a unit of the bound")
    status: Status = Field(description="of the loosest point: infeasible if there is no plan even there")
    exact: bool = Field(
        description="whether every kink was found and lines lie between: the curve is known to be convex, made of lines"
    )
    complete: bool = Field(description="whether the search ended by itself, at no limit")
    tolerance: float = Field(
        description="by how much, at most, the cost between two points is thought to leave the line between them, money"
        "; proved where `exact`"
    )
    tightest: float | None = Field(
        description="the tightest bound that can be kept; none: not found, or not looked for"
    )
    refused: Refusal | None = Field(
        description="the bound just beyond the tightest; none: it is the tightest that can be stated or was asked for"
    )
    points: list[FrontierPoint] = Field(description="from the loosest bound, where it begins to cost, to the tightest")
    solves: int = Field(description="how many bounds were solved")
    seconds: float = Field(description="of the whole study")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.frontier_table import frontier_as_text  # noqa: PLC0415 - when somebody looks

        return frontier_as_text(self)


class SurfacePoint(Record):
    """What it costs at a pair of bounds."""

    bound: float = Field(description="of the first policy")
    second_bound: float = Field(description="of the second policy")
    status: Status = Field(description="as a plan's: infeasible where no plan keeps both")
    verified: bool = Field(description="whether the point, or the proof that there is none, was checked")
    total_cost: float | None = Field(description="money over the horizon, discounted; none: there is no plan")
    marginal: float | None = Field(description="what one unit of loosening the first saves (`per`), money, discounted")
    second_marginal: float | None = Field(description="what one unit of loosening the second saves (`second_per`)")


class Edge(Record):
    """How tight the second policy can be at a bound of the first."""

    bound: float = Field(description="of the first policy")
    tightest: float | None = Field(description="the tightest bound of the second that can be kept; none: not found")


class Surface(Study):
    """Cost against the bounds of two policies at once."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    policy: str = Field(description="id of the first policy")
    side: Literal["max", "min"] = Field(description="which bound of the first moves")
    per: str = Field(description="what its marginals are for")
    second_policy: str = Field(description="id of the second policy")
    second_side: Literal["max", "min"] = Field(description="which bound of the second moves")
    second_per: str = Field(description="what its marginals are for")
    from_year: int | None = Field(description="first year in which the bounds move; none: from the policies' first")
    until_year: int | None = Field(description="last year in which they move; none: to the policies' last")
    complete: bool = Field(description="whether every pair was solved")
    points: list[SurfacePoint] = Field(
        description="bounds of the first from loose to tight, for each those of the second"
    )
    edge: list[Edge] = Field(description="where there is a plan at all: for each bound of the first")
    seconds: float = Field(description="of the whole study")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.frontier_table import surface_as_text  # noqa: PLC0415 - when somebody looks

        return surface_as_text(self)

"""The rules: what may come from whom, and how much of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from oremix.models.fields import AnySeries, Factor, Firm, Id, NonNegativeSeries, Part, ShareSeries, Year
from oremix.models.presets import Role

__all__ = ["Budget", "Diversify", "Footprint", "Measured", "Policy", "Preset", "Quantity", "Rule", "Share"]

Across = Literal["materials", "periods"]
Weight = Literal["quantity", "value"] | dict[str, Factor]
Names = Annotated[list[Id], Field(min_length=1)]


class Rule(Part):
    """What every policy has."""

    type: str
    id: Id = Field(description="what plans call it")
    penalty: NonNegativeSeries | None = Field(
        None, description="money per unit of the part beyond the bound, per year; absent: a hard rule"
    )
    from_year: Year | None = Field(None, description="first year in which it holds, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year in which it holds, included; absent: to the end")
    firm: Firm = False


class Measured(Rule):
    """What share and quantity have in common: a part, measured in a scope."""

    countries: Names | None = Field(
        None, description="countries or groups whose part is bounded; with `each` default every country in the problem"
    )
    each: bool = Field(False, description="true: bounds every country on its own")
    except_: Annotated[Names | None, Field(alias="except", description="countries or groups that `each` skips")] = None
    stages: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="stages whose output is counted, as the facilities state them; default every stage",
    )
    by: Literal["location", "owner"] = Field(
        "location",
        description="whose a flow is: of its maker's country, or of its maker's owner",
    )
    of: Literal["output", "consumption"] = Field(
        "output", description="whole of a share of production: what is made, or what the demands in scope consume"
    )
    materials: Names | None = Field(None, description="ids of the materials in scope; default by measure")
    places: Names | None = Field(
        None,
        description="countries, groups or places in scope: of use, for a quantity made of making; default by measure",
    )
    demands: Names | None = Field(None, description="ids of the demands in scope; default by measure")
    across: list[Across] = Field(
        default_factory=list,
        description="what is pooled into one ratio: materials, periods or both; default one per material and period",
    )
    each_place: bool = Field(False, description="true: one ratio for each place of use")
    weight: Weight = Field(
        "quantity",
        description="what a unit counts: 1 (`quantity`), the material's price (`value`), or material → factor",
    )
    carriers: Names | None = Field(
        None, description="ids of the inputs that hand on where they come from, for `content`; default all"
    )


class Share(Measured):
    """The part of a flow that comes from `countries`, bounded as a share of the whole."""

    type: Literal["share"] = Field(description="a bound on a share")
    measure: Literal["supply", "production", "content", "capacity"] = Field(
        "supply",
        description="what is counted: arrivals (`supply`), what is made (`production`), what went through `stages`"
        " before it was delivered (`content`), or what can be made (`capacity`)",
    )
    max: ShareSeries | None = Field(None, description="upper bound, share from 0 to 1")
    min: ShareSeries | None = Field(None, description="lower bound, share from 0 to 1")


class Quantity(Measured):
    """The part of a flow that comes from `countries`, bounded in units per year."""

    type: Literal["quantity"] = Field(description="a bound on an amount")
    measure: Literal["supply", "production", "content", "capacity", "shipments"] = Field(
        "supply",
        description="what is counted: as for a share, or what moves from `from` to `to` (`shipments`)",
    )
    max: NonNegativeSeries | None = Field(None, description="upper bound, units of the part per year")
    min: NonNegativeSeries | None = Field(None, description="lower bound, units of the part per year")
    plants: Names | None = Field(
        None, description="ids of the plants whose output is counted, for `production`; default all"
    )
    from_: Annotated[
        Id | Names | None,
        Field(
            alias="from",
            description='country, group, place, "*", or a list, where shipments counted start; default "*"',
        ),
    ] = None
    to: Id | Names | None = Field(
        None,
        description='country, group, place, "*", or a list, where shipments counted end; default "*"',
    )

    @property
    def origins(self) -> list[str]:
        """What `from` names, as a list."""
        return _listed(self.from_)

    @property
    def destinations(self) -> list[str]:
        """What `to` names, as a list."""
        return _listed(self.to)


def _listed(end: str | list[str] | None) -> list[str]:
    return ["*"] if end is None else [end] if isinstance(end, str) else end


class Footprint(Rule):
    """What is emitted or used up along the chain, bounded or priced."""

    type: Literal["footprint"] = Field(description="a bound or price on a footprint")
    of: str = Field(description="name of the footprint, such as co2e_t or water_m3")
    max: NonNegativeSeries | None = Field(None, description="upper bound, amount per year")
    min: NonNegativeSeries | None = Field(None, description="lower bound, amount per year")
    price: AnySeries | None = Field(None, description="money per unit of the footprint")
    countries: Names | None = Field(None, description="countries or groups in which it arises; default everywhere")
    across: list[Literal["periods"]] = Field(
        default_factory=list, description="`periods`: one bound for the whole horizon; default one per period"
    )


class Budget(Rule):
    """What may be spent on builds."""

    type: Literal["budget"] = Field(description="a limit on capex")
    max: NonNegativeSeries = Field(description="capex less grants, undiscounted money per period of ordering")
    across: list[Literal["periods"]] = Field(
        default_factory=list, description="`periods`: one limit for the whole horizon; default one per period"
    )
    countries: Names | None = Field(None, description="countries or groups in which it is spent; default everywhere")


class Diversify(Rule):
    """How many suppliers or countries there must or may be."""

    type: Literal["diversify"] = Field(description="a bound on the number of sources")
    of: Literal["suppliers", "countries"] = Field(
        description="what is numbered: suppliers, or the countries that material arrives from"
    )
    min: Annotated[int, Field(ge=1)] | None = Field(
        None, description="the least number, for each material and period; needs `smallest`"
    )
    max: Annotated[int, Field(ge=1)] | None = Field(
        None, description="the greatest number, for each material and period"
    )
    smallest: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="share from which one counts towards `min`, above 0 to 1"
    )
    materials: Names | None = Field(
        None,
        description="ids of the materials it holds for; default all that suppliers sell, of `countries` those demanded",
    )
    places: Names | None = Field(
        None, description="countries, groups or places of use in scope, for `countries`; default everywhere"
    )


class Preset(Part):
    """Shipped rules by name, with what the problem says of itself and what it changes in them.

    A field that is stated here is put into every rule of the preset that reads it; null takes it out of them.
    """

    preset: str = Field(description="name of the shipped preset")
    id: Id | None = Field(None, description="what plans call its rules, before a dot; default the preset's name")
    rules: dict[str, dict[str, Any] | Literal[False]] = Field(
        default_factory=dict, description="rule of the preset → fields to replace in it, or false to leave it out"
    )
    stages: dict[Role, Annotated[list[str], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="extraction, processing, recycling → this problem's stages; default mining or extraction, the"
        " recyclers' stages and recycling, and all others as processing",
    )
    minerals: dict[str, Names] = Field(
        default_factory=dict,
        description="mineral → ids of the materials that hold it, from the first to those demanded; rules on a mineral"
        " that is not named are left out",
    )
    max: ShareSeries | None = Field(None, description="upper bound of the rules that have one, share from 0 to 1")
    min: ShareSeries | None = Field(None, description="lower bound of the rules that have one, share from 0 to 1")
    penalty: NonNegativeSeries | None = Field(
        None, description="money per unit of the part beyond a bound, per year; absent: hard rules"
    )
    from_year: Year | None = Field(None, description="first year in which the rules hold, in place of their own")
    until_year: Year | None = Field(None, description="last year in which the rules hold, in place of their own")
    materials: Names | None = Field(None, description="ids of the materials in scope")
    places: Names | None = Field(None, description="countries, groups or places in scope, in place of the rules' own")
    demands: Names | None = Field(None, description="ids of the demands in scope")
    across: list[Across] | None = Field(None, description="what is pooled into one ratio, in place of the rules' own")
    weight: Weight | None = Field(None, description="what a unit of each material counts, as for a share")
    carriers: Names | None = Field(
        None, description="ids of the inputs that hand on where they come from, for rules on content"
    )
    firm: Firm = False


def _kind(policy: Any) -> str | None:
    if isinstance(policy, Part):
        return "a preset" if isinstance(policy, Preset) else getattr(policy, "type", None)
    if isinstance(policy, dict):
        kind = "a preset" if "preset" in policy else policy.get("type")
        return kind if isinstance(kind, str) else None
    return None


Policy = Annotated[
    Annotated[Share, Tag("share")]
    | Annotated[Quantity, Tag("quantity")]
    | Annotated[Footprint, Tag("footprint")]
    | Annotated[Budget, Tag("budget")]
    | Annotated[Diversify, Tag("diversify")]
    | Annotated[Preset, Tag("a preset")],
    Discriminator(
        _kind,
        custom_error_type="oremix",
        custom_error_message="needs a `type`: share, quantity, footprint, budget or diversify; or a `preset`",
    ),
]

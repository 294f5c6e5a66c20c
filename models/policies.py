"""The rules: what may come from whom, and how much of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from oremix.models.fields import AnySeries, Factor, Id, NonNegativeSeries, Part, ShareSeries, Year

__all__ = ["Budget", "Diversify", "Footprint", "Measured", "Policy", "Preset", "Quantity", "Share"]

Across = Literal["materials", "periods"]
Weight = Literal["quantity", "value"] | dict[str, Factor]
Names = Annotated[list[Id], Field(min_length=1)]


class Rule(Part):
    """What every policy has."""

    id: Id
    penalty: NonNegativeSeries | None = Field(None, description="money per unit beyond the bound; absent: a hard rule")
    from_year: Year | None = None
    until_year: Year | None = None


class Measured(Rule):
    """What share and quantity have in common: a part, measured in a scope."""

    countries: Names | None = Field(None, description="countries or groups; with `each` default every country")
    each: bool = Field(False, description="every country on its own")
    except_: Annotated[Names | None, Field(alias="except", description="countries or groups that `each` skips")] = None
    stages: Annotated[list[str], Field(min_length=1)] | None = None
    by: Literal["location", "owner"] = "location"
    of: Literal["output", "consumption"] = "output"
    materials: Names | None = None
    places: Names | None = None
    demands: Names | None = None
    across: list[Across] = Field(default_factory=list)
    each_place: bool = False
    weight: Weight = "quantity"
    carriers: Names | None = None


class Share(Measured):
    """The part of a flow that comes from `countries`, bounded as a share of the whole."""

    type: Literal["share"]
    measure: Literal["supply", "production", "content", "capacity"] = "supply"
    max: ShareSeries | None = None
    min: ShareSeries | None = None


class Quantity(Measured):
    """The part of a flow that comes from `countries`, bounded in units per year."""

    type: Literal["quantity"]
    measure: Literal["supply", "production", "content", "capacity", "shipments"] = "supply"
    max: NonNegativeSeries | None = None
    min: NonNegativeSeries | None = None
    plants: Names | None = None
    from_: Annotated[Id | Names | None, Field(alias="from")] = None
    to: Id | Names | None = None


class Footprint(Rule):
    """What is emitted or used up along the chain, bounded or priced."""

    type: Literal["footprint"]
    of: str
    max: NonNegativeSeries | None = None
    min: NonNegativeSeries | None = None
    price: AnySeries | None = None
    countries: Names | None = None
    across: list[Literal["periods"]] = Field(default_factory=list)


class Budget(Rule):
    """What may be spent on builds."""

    type: Literal["budget"]
    max: NonNegativeSeries
    across: list[Literal["periods"]] = Field(default_factory=list)
    countries: Names | None = None


class Diversify(Rule):
    """How many suppliers or countries there must or may be."""

    type: Literal["diversify"]
    of: Literal["suppliers", "countries"]
    min: Annotated[int, Field(ge=1)] | None = None
    max: Annotated[int, Field(ge=1)] | None = None
    smallest: Annotated[float, Field(gt=0, le=1)] | None = None
    materials: Names | None = None
    places: Names | None = None


class Preset(Part):
    """A shipped rule by name, with what the problem changes in it."""

    model_config = Part.model_config | {"extra": "allow"}

    preset: str


def _kind(policy: Any) -> str | None:
    if isinstance(policy, Part):
        return "preset" if isinstance(policy, Preset) else getattr(policy, "type", None)
    if isinstance(policy, dict):
        kind = "preset" if "preset" in policy else policy.get("type")
        return kind if isinstance(kind, str) else None
    return None


Policy = Annotated[
    Annotated[Share, Tag("share")]
    | Annotated[Quantity, Tag("quantity")]
    | Annotated[Footprint, Tag("footprint")]
    | Annotated[Budget, Tag("budget")]
    | Annotated[Diversify, Tag("diversify")]
    | Annotated[Preset, Tag("preset")],
    Discriminator(
        _kind,
        custom_error_type="oremix",
        custom_error_message="needs a `type`: share, quantity, footprint, budget or diversify; or a `preset`",
    ),
]

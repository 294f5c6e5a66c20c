"""The parts of the supply chain: what exists, what it costs, what could be built."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from oremix.models.fields import (
    LARGEST,
    AnySeries,
    CountryCode,
    Factor,
    Id,
    Location,
    NonNegative,
    NonNegativeSeries,
    Number,
    Part,
    Positive,
    Rate,
    Share,
    ShareSeries,
    Use,
    Year,
    faults_error,
)

__all__ = [
    "Build",
    "CurvePoint",
    "Demand",
    "Facility",
    "Lane",
    "Material",
    "Place",
    "Plant",
    "Recipe",
    "Recycler",
    "Return",
    "Source",
    "Stockpile",
    "Supplier",
    "Tier",
]


def _read_surplus(value: Any) -> str | float:
    if value in ("free", "forbidden"):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return float(value)
    raise ValueError('should be "free", "forbidden", or what a unit fetches')


Surplus = Annotated[
    Literal["free", "forbidden"] | float,
    PlainValidator(_read_surplus),
    WithJsonSchema({"anyOf": [{"enum": ["free", "forbidden"]}, {"type": "number"}]}),
]
Footprint = dict[str, AnySeries]
LossShare = Annotated[float, Field(ge=0, le=0.99999999)]


class Source(Part):
    """Where a figure comes from."""

    id: Id
    title: str
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    licence: str | None = None


class Place(Part):
    """A site finer than a country."""

    id: Id
    country: CountryCode
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    owner: CountryCode | None = Field(None, description="country that controls what stands here")

    @model_validator(mode="after")
    def _whole_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise faults_error("place", [((), "needs both `latitude` and `longitude`, or neither", self.id)])
        return self


class Material(Part):
    """What flows: ore, concentrate, oxide, metal, magnet, by-product, power."""

    id: Id
    unit: Annotated[str, Field(min_length=1, max_length=30)]
    price: NonNegativeSeries | None = Field(None, description="money per unit: customs value, and weight by value")
    surplus: Surplus = Field("free", description="free, forbidden, or what a unit fetches where it was made")
    surplus_max: NonNegativeSeries | None = Field(None, description="units per year over all places")
    local: bool = Field(False, description="used only where it was made")


class CurvePoint(Part):
    """A size of a build and its whole capex."""

    capacity: NonNegative
    capex: NonNegative


class Build(Part):
    """New capacity on a supplier, plant or recycler."""

    id: Id | None = None
    max: NonNegative | None = Field(None, description="units per year, over all orders")
    unit_capex: NonNegativeSeries | None = Field(None, description="money per unit of annual capacity")
    fixed_capex: NonNegativeSeries | None = Field(None, description="money per order: makes it a yes/no decision")
    minimum: NonNegative | None = Field(None, description="smallest order: makes it a yes/no decision")
    curve: list[CurvePoint] | None = None
    sizes: list[CurvePoint] | None = None
    lead_time: NonNegative = Field(0, description="years from order to stream")
    life: Positive | None = Field(None, description="years on stream; required with capex")
    wacc: Rate | None = Field(None, description="per year (0.05 is 5 %); default the discount rate")
    grant: Share = Field(0, description="share of capex paid by others")
    earliest: Year | None = Field(None, description="first year of ordering")
    latest: Year | None = Field(None, description="last year of ordering")
    max_per_order: NonNegative | None = None
    orders: Annotated[int, Field(ge=1)] | None = None
    committed: bool = False
    minimum_utilisation: Share = 0
    fixed_cost: NonNegativeSeries | None = Field(None, description="money per year while it exists: a yes/no decision")
    fixed_cost_per_capacity: NonNegativeSeries | None = Field(None, description="money per unit of capacity and year")
    ramp_up: list[Share] | None = None

    @property
    def is_yes_no(self) -> bool:
        """Whether ordering it is a decision of its own, beside its size."""
        return bool(self.fixed_capex is not None or self.minimum or self.fixed_cost is not None)

    @property
    def has_capex(self) -> bool:
        """Whether ordering it costs money."""
        return any(part is not None for part in (self.unit_capex, self.fixed_capex, self.curve, self.sizes))


Builds = Annotated[
    Annotated[Build, Tag("one")] | Annotated[list[Build], Tag("many")],
    Discriminator(lambda value: "many" if isinstance(value, list) else "one"),
]


class Facility(Location):
    """A supplier, plant or recycler: what can make something, and can be built."""

    kind: ClassVar[Literal["supplier", "plant", "recycler"]]

    id: Id
    owner: CountryCode | None = Field(None, description="country that controls it; default the place's, else its own")
    stage: str | None = None
    capacity: NonNegativeSeries | None = Field(None, description="units per year; absent: no limit, with a build 0")
    from_year: Year | None = None
    until_year: Year | None = None
    build: Builds | None = None

    @property
    def builds(self) -> list[Build]:
        """Its builds as a list."""
        if self.build is None:
            return []
        return self.build if isinstance(self.build, list) else [self.build]


class Tier(Part):
    """A step of a price schedule."""

    up_to: Positive | None = Field(None, description="units per year, cumulative; absent: open")
    unit_cost: Number


class Supplier(Facility):
    """A mine or a seller: brings one material into the model."""

    kind = "supplier"

    material: Id
    history: dict[str, CountryCode] | None = Field(None, description="stage → country of what came before")
    unit_cost: AnySeries | None = Field(None, description="money per unit")
    tiers: list[Tier] | None = None
    all_units: bool = False
    minimum: NonNegativeSeries | None = Field(None, description="units per year that must be taken")
    minimum_order: NonNegativeSeries | None = None
    take_or_pay: NonNegativeSeries | None = Field(None, description="units per year paid for, taken or not")
    fixed_cost: NonNegativeSeries | None = None
    reserve: NonNegative | None = None
    ramp_up: list[Share] | None = None
    footprint: Footprint | None = None


class Recipe(Part):
    """One way of turning materials into materials, per unit of activity."""

    id: Id
    inputs: dict[str, Factor] = Field(default_factory=dict, description="material → units per unit of activity")
    outputs: Annotated[dict[str, Factor], Field(min_length=1, description="material → units per unit of activity")]
    unit_cost: AnySeries = Field(0.0, description="money per unit of activity")
    capacity_use: Use = 1.0
    footprint: Footprint | None = None


class Plant(Facility):
    """Turns materials into materials: separation, refining, metal, magnets."""

    kind = "plant"

    stage: str | None = "refining"
    minimum_utilisation: ShareSeries | None = Field(None, description="of the capacity that exists without builds")
    fixed_cost: NonNegativeSeries | None = Field(None, description="money per year while it exists")
    fixed_cost_per_capacity: NonNegativeSeries | None = Field(None, description="money per unit of capacity and year")
    surplus: Surplus | None = None
    surplus_max: NonNegativeSeries | None = None
    recipes: Annotated[list[Recipe], Field(min_length=1)]


class Return(Part):
    """Scrap from this model's own past deliveries."""

    demand: Id
    after_years: NonNegative
    scrap_per_unit: Factor


class Recycler(Facility):
    """Scrap to material."""

    kind = "recycler"

    stage: str | None = "recycling"
    material: Id
    scrap: NonNegativeSeries | None = Field(None, description="units of scrap available per year")
    returns: list[Return] | None = None
    collection_rate: ShareSeries = Field(1.0, description="the most of the scrap that can be collected")
    minimum_collection_rate: ShareSeries = Field(0.0, description="the least of the scrap that must be collected")
    collection_cost: AnySeries = Field(0.0, description="money per unit of scrap collected")
    recovery: Factor = Field(1.0, description="units of material per unit of scrap")
    unit_cost: AnySeries = Field(0.0, description="money per unit recovered")
    footprint: Footprint | None = None


class Demand(Location):
    """What must be delivered."""

    id: Id
    material: Id
    quantity: NonNegativeSeries | None = Field(None, description="units per year")
    shortage_cost: NonNegativeSeries | None = Field(None, description="money per unit missing; absent: a hard demand")
    sale_price: AnySeries | None = None


End = Id | Annotated[list[Id], Field(min_length=1)]


class Lane(Part):
    """A rule for moving a material from where it was last made to where it is used. Later rules win."""

    id: Id | None = None
    from_: Annotated[End, Field(alias="from", description='country, group, place, "*", or a list of them')]
    to: Annotated[End, Field(description='country, group, place, "*", or a list of them')]
    materials: Annotated[list[Id], Field(min_length=1)] | None = Field(None, description="default all")
    unit_cost: AnySeries | None = Field(None, description="freight, money per unit shipped")
    cost_per_km: NonNegativeSeries | None = Field(None, description="freight, money per unit and kilometre")
    duty: NonNegativeSeries | None = Field(None, description="share of the material's price")
    duty_per_unit: NonNegativeSeries | None = Field(None, description="money per unit shipped")
    loss: LossShare | None = Field(None, description="share lost on the way")
    capacity: NonNegativeSeries | None = Field(None, description="units shipped per year, each material and pair")
    minimum: NonNegativeSeries | None = Field(None, description="units shipped per year, each material and pair")
    fixed_cost: NonNegativeSeries | None = None
    joint: bool = False
    closed: bool | None = None
    footprint: Footprint | None = None
    from_year: Year | None = None
    until_year: Year | None = None

    @model_validator(mode="after")
    def _one_freight(self) -> Self:
        if self.unit_cost is not None and self.cost_per_km is not None:
            raise faults_error(
                "lane",
                [((), "has both `unit_cost` and `cost_per_km`; they displace each other, give one", None)],
            )
        return self

    @staticmethod
    def _ends(end: str | list[str]) -> list[str]:
        return [end] if isinstance(end, str) else end

    @property
    def origins(self) -> list[str]:
        """What `from` names, as a list."""
        return self._ends(self.from_)

    @property
    def destinations(self) -> list[str]:
        """What `to` names, as a list."""
        return self._ends(self.to)


class Stockpile(Location):
    """Stock carried between periods."""

    id: Id | None = None
    material: Id
    initial: NonNegative = Field(0, description="units at the start of the horizon")
    initial_origin: dict[CountryCode, Share] | None = None
    capacity: NonNegativeSeries | None = None
    holding_cost: NonNegativeSeries | None = Field(None, description="money per unit and year")
    minimum: NonNegativeSeries | None = Field(None, description="units at every period's end")
    days_of_demand: NonNegativeSeries | None = Field(None, description="the minimum, as days of this period's demand")
    final: NonNegative | None = Field(None, description="units at the horizon's end; default the minimum")
    fill_max: NonNegativeSeries | None = Field(None, description="units per year")
    draw_max: NonNegativeSeries | None = Field(None, description="units per year")

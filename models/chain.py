"""The parts of the supply chain: what exists, what it costs, what could be built."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from oremix.models.fields import (
    LARGEST,
    AnySeries,
    CountryCode,
    Factor,
    Firm,
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

    id: Id = Field(description="what `source` of other objects names")
    title: str = Field(description="title of the publication")
    publisher: str | None = Field(None, description="who published it")
    year: int | None = Field(None, description="year of publication")
    url: str | None = Field(None, description="where it can be read")
    licence: str | None = Field(None, description="terms under which its data may be used")


class Place(Part):
    """A site finer than a country."""

    id: Id = Field(description="what other objects name as `place`, `from` or `to`")
    country: CountryCode = Field(description="country it lies in (ISO 3166-1 alpha-2)")
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = Field(
        None, description="degrees north, from -90 to 90; needs `longitude`"
    )
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = Field(
        None, description="degrees east, from -180 to 180; needs `latitude`"
    )
    owner: CountryCode | None = Field(
        None, description="country that controls what stands here (ISO 3166-1 alpha-2); default the place's own"
    )

    @model_validator(mode="after")
    def _whole_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise faults_error("place", [((), "needs both `latitude` and `longitude`, or neither", self.id)])
        return self


class Material(Part):
    """What flows: ore, concentrate, oxide, metal, magnet, by-product, power."""

    id: Id = Field(description="what other objects name as `material`")
    unit: Annotated[str, Field(min_length=1, max_length=30)] = Field(
        description="unit of all its quantities, such as t"
    )
    price: NonNegativeSeries | None = Field(None, description="money per unit: customs value, and weight by value")
    surplus: Surplus = Field(
        "free",
        description="what is left over: free, forbidden, or money per unit where it was made, negative for disposal",
    )
    surplus_max: NonNegativeSeries | None = Field(
        None, description="the most that may be left over, units per year over all places; absent: no limit"
    )
    local: bool = Field(False, description="used only where it was made")
    firm: Firm = False


class CurvePoint(Part):
    """A size of a build and its whole capex."""

    capacity: NonNegative = Field(description="size, units per year")
    capex: NonNegative = Field(description="money for the whole of that size")


class Build(Part):
    """New capacity on a supplier, plant or recycler."""

    id: Id | None = Field(None, description="name for references; a build needs none")
    max: NonNegative | None = Field(
        None, description="the most that may be built, units per year, over all orders; absent: no limit"
    )
    unit_capex: NonNegativeSeries | None = Field(None, description="money per unit of annual capacity")
    fixed_capex: NonNegativeSeries | None = Field(None, description="money per order: makes it a yes/no decision")
    minimum: NonNegative | None = Field(None, description="smallest order, units per year: makes it a yes/no decision")
    curve: list[CurvePoint] | None = Field(
        None, description="sizes with their whole capex, linear between them; the first is the smallest size"
    )
    sizes: list[CurvePoint] | None = Field(None, description="sizes to choose one of, with their whole capex")
    lead_time: NonNegative = Field(0, description="years from order to stream")
    life: Positive | None = Field(None, description="years on stream; required with capex")
    wacc: Rate | None = Field(None, description="cost of capital per year: 0.05 is 5 %; default the discount rate")
    grant: Share = Field(0, description="share of capex paid by others, from 0 to 1")
    earliest: Year | None = Field(
        None, description="first year in which it may be ordered, included; absent: from the start"
    )
    latest: Year | None = Field(None, description="last year in which it may be ordered, included; absent: to the end")
    max_per_order: NonNegative | None = Field(
        None, description="the most that one order may add, units per year; absent: no limit but `max`"
    )
    orders: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="how often it may be ordered in the horizon, at most once a period; default 1 with a yes/no part,"
        " else no limit",
    )
    committed: bool = Field(False, description="true: it is ordered, within `earliest` and `latest`")
    minimum_utilisation: Share = Field(0, description="the least of what was built that must run, share from 0 to 1")
    fixed_cost: NonNegativeSeries | None = Field(None, description="money per year while it exists: a yes/no decision")
    fixed_cost_per_capacity: NonNegativeSeries | None = Field(
        None, description="money per unit of capacity built and year"
    )
    ramp_up: list[Share] | None = Field(
        None, description="share of its capacity in the 1st, 2nd, … year on stream, then 1"
    )
    firm: Firm = False

    @property
    def is_yes_no(self) -> bool:
        """Whether ordering it is a decision of its own, beside its size."""
        return bool(
            self.fixed_capex is not None
            or self.minimum
            or self.fixed_cost is not None
            or self.sizes
            or (self.curve and not self.is_convex)
        )

    @property
    def is_convex(self) -> bool:
        """Whether its curve starts at nothing and each further unit costs no less than the one before."""
        points = self.curve or []
        slopes = [slope for _, slope in self.steps]
        return bool(points) and points[0].capacity == points[0].capex == 0 and slopes == sorted(slopes)

    @property
    def steps(self) -> list[tuple[float, float]]:
        """Width and capex per unit of each step of its curve, above the smallest size."""
        return [
            (after.capacity - before.capacity, (after.capex - before.capex) / (after.capacity - before.capacity))
            for before, after in pairwise(self.curve or [])
            if after.capacity > before.capacity
        ]

    @property
    def most_orders(self) -> int | None:
        """How often it may be ordered over the horizon; none without a limit."""
        return 1 if self.orders is None and (self.is_yes_no or self.curve) else self.orders

    @property
    def largest_order(self) -> float | None:
        """The most that one order may add; none without a limit."""
        limits = [self.max, self.max_per_order]
        limits += [max(point.capacity for point in points) for points in (self.curve, self.sizes) if points]
        return min((limit for limit in limits if limit is not None), default=None)

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

    id: Id = Field(
        description="what plans and policies call it; differs from that of every other supplier, plant and recycler"
    )
    owner: CountryCode | None = Field(
        None,
        description="country that controls it (ISO 3166-1 alpha-2); default the place's owner, else its country",
    )
    stage: str | None = Field(
        None, description="step of the chain done here, a free word such as mining; policies name it"
    )
    capacity: NonNegativeSeries | None = Field(None, description="units per year; absent: no limit, with a build 0")
    availability: NonNegativeSeries = Field(
        1.0, description="share of its capacity that can be used, existing and built: 0.9 is 90 %, 0 an outage"
    )
    from_year: Year | None = Field(None, description="first year of its own capacity, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year of its own capacity, included; absent: to the end")
    build: Builds | None = Field(None, description="new capacity that may be added here: a build, or a list of builds")
    firm: Firm = False

    @property
    def builds(self) -> list[Build]:
        """Its builds as a list."""
        if self.build is None:
            return []
        return self.build if isinstance(self.build, list) else [self.build]


class Tier(Part):
    """A step of a price schedule."""

    up_to: Positive | None = Field(None, description="units per year, cumulative; absent: open")
    unit_cost: Number = Field(description="money per unit within this tier")


class Supplier(Facility):
    """A mine or a seller: brings one material into the model."""

    kind = "supplier"

    material: Id = Field(description="id of the material it sells")
    history: dict[str, CountryCode] | None = Field(None, description="stage → country of what came before")
    unit_cost: AnySeries | None = Field(None, description="money per unit; state this or `tiers`")
    tiers: list[Tier] | None = Field(
        None, description="price schedule, each step for its own units; state this or `unit_cost`"
    )
    all_units: bool = Field(False, description="true: the price of the tier reached holds for all units")
    minimum: NonNegativeSeries | None = Field(None, description="units per year that must be taken")
    minimum_order: NonNegativeSeries | None = Field(
        None, description="what is taken is nothing, or at least this, units per year"
    )
    take_or_pay: NonNegativeSeries | None = Field(None, description="units per year paid for, taken or not")
    fixed_cost: NonNegativeSeries | None = Field(None, description="money per year in which anything is taken")
    reserve: NonNegative | None = Field(None, description="units that can be taken over the whole horizon")
    ramp_up: list[Share] | None = Field(
        None, description="share of its capacity in the 1st, 2nd, … year from `from_year`, then 1"
    )
    footprint: Footprint | None = Field(None, description="name → amount per unit taken, such as co2e_t")

    @property
    def has_falling_price(self) -> bool:
        """Whether a further tier is cheaper than the one before, so that the order of filling is a decision."""
        costs = [tier.unit_cost for tier in self.tiers or []]
        return not self.all_units and any(later < earlier for earlier, later in pairwise(costs))


class Recipe(Part):
    """One way of turning materials into materials, per unit of activity."""

    id: Id = Field(description="what plans call it; differs within the plant")
    inputs: dict[str, Factor] = Field(default_factory=dict, description="material → units per unit of activity")
    outputs: Annotated[dict[str, Factor], Field(min_length=1, description="material → units per unit of activity")]
    unit_cost: AnySeries = Field(0.0, description="money per unit of activity")
    capacity_use: Use = Field(1.0, description="units of the plant's capacity taken by a unit of activity; 0: none")
    footprint: Footprint | None = Field(None, description="name → amount per unit of activity, such as co2e_t")


class Plant(Facility):
    """Turns materials into materials: separation, refining, metal, magnets."""

    kind = "plant"

    stage: str | None = Field("refining", description="step of the chain done here, a free word; policies name it")
    minimum_utilisation: ShareSeries | None = Field(
        None, description="the least of the capacity that exists without builds that must run, share from 0 to 1"
    )
    fixed_cost: NonNegativeSeries | None = Field(None, description="money per year while it exists")
    fixed_cost_per_capacity: NonNegativeSeries | None = Field(
        None, description="money per unit of capacity that exists without builds, and year"
    )
    surplus: Surplus | None = Field(
        None,
        description="as the material's `surplus`, for its own outputs in place of it",
    )
    surplus_max: NonNegativeSeries | None = Field(
        None, description="the most of each of its outputs that may be left over, units per year"
    )
    recipes: Annotated[list[Recipe], Field(min_length=1)] = Field(
        description="what it can do: at least one way of turning inputs into outputs"
    )


class Return(Part):
    """Scrap from this model's own past deliveries."""

    demand: Id = Field(description="id of the demand whose past deliveries come back")
    after_years: NonNegative = Field(description="years from delivery to scrap")
    scrap_per_unit: Factor = Field(description="units of scrap per unit delivered")


class Recycler(Facility):
    """Scrap to material."""

    kind = "recycler"

    stage: str | None = Field("recycling", description="step of the chain done here, a free word; policies name it")
    material: Id = Field(description="id of the material it recovers")
    scrap: NonNegativeSeries | None = Field(None, description="units of scrap available per year")
    returns: list[Return] | None = Field(None, description="scrap from this model's own past deliveries")
    collection_rate: ShareSeries = Field(
        1.0, description="the most of the scrap that can be collected, share from 0 to 1"
    )
    minimum_collection_rate: ShareSeries = Field(
        0.0, description="the least of the scrap that must be collected, share from 0 to 1"
    )
    collection_cost: AnySeries = Field(0.0, description="money per unit of scrap collected")
    recovery: Factor = Field(1.0, description="units of material per unit of scrap")
    unit_cost: AnySeries = Field(0.0, description="money per unit recovered")
    footprint: Footprint | None = Field(None, description="name → amount per unit recovered, such as co2e_t")


class Demand(Location):
    """What must be delivered."""

    id: Id = Field(description="what plans and policies call it")
    material: Id = Field(description="id of the material wanted")
    quantity: NonNegativeSeries | None = Field(None, description="units per year")
    shortage_cost: NonNegativeSeries | None = Field(None, description="money per unit missing; absent: a hard demand")
    sale_price: AnySeries | None = Field(
        None,
        description="money per unit delivered: makes it an outlet that takes at most `quantity`",
    )
    firm: Firm = False


End = Id | Annotated[list[Id], Field(min_length=1)]


class Lane(Part):
    """A rule for moving a material from where it was last made to where it is used. Later rules win."""

    id: Id | None = Field(None, description="name for references; a lane needs none")
    from_: Annotated[
        End, Field(alias="from", description='where it starts: country, group, place, "*", or a list of them')
    ]
    to: Annotated[End, Field(description='where it ends: country, group, place, "*", or a list of them')]
    materials: Annotated[list[Id], Field(min_length=1)] | None = Field(
        None, description="ids of the materials it holds for; default all"
    )
    unit_cost: AnySeries | None = Field(None, description="freight, money per unit shipped")
    cost_per_km: NonNegativeSeries | None = Field(None, description="freight, money per unit and kilometre")
    duty: NonNegativeSeries | None = Field(
        None, description="customs duty, as a share of the material's `price`: 0.05 is 5 %"
    )
    duty_per_unit: NonNegativeSeries | None = Field(None, description="customs duty, money per unit shipped")
    loss: LossShare | None = Field(None, description="share lost on the way, from 0 to below 1")
    capacity: NonNegativeSeries | None = Field(
        None, description="the most shipped, units per year, each material and pair of places; absent: no limit"
    )
    minimum: NonNegativeSeries | None = Field(
        None, description="the least shipped, units per year, each material and pair of places"
    )
    fixed_cost: NonNegativeSeries | None = Field(
        None, description="money per year in which anything moves, each material and pair of places"
    )
    joint: bool = Field(
        False,
        description="true: capacity, minimum and fixed cost hold for all it decides them for together",
    )
    closed: bool | None = Field(None, description="true: nothing moves; false reopens what an earlier rule closed")
    footprint: Footprint | None = Field(None, description="name → amount per unit shipped, such as co2e_t")
    from_year: Year | None = Field(None, description="first year in which it holds, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year in which it holds, included; absent: to the end")
    firm: Firm = False

    @model_validator(mode="after")
    def _one_freight(self) -> Self:
        if self.unit_cost is not None and self.cost_per_km is not None:
            raise faults_error(
                "lane",
                [((), "has both `unit_cost` and `cost_per_km`; they displace each other, give one", None)],
            )
        return self

    @property
    def origins(self) -> list[str]:
        """What `from` names, as a list."""
        return [self.from_] if isinstance(self.from_, str) else self.from_

    @property
    def destinations(self) -> list[str]:
        """What `to` names, as a list."""
        return [self.to] if isinstance(self.to, str) else self.to


class Stockpile(Location):
    """Stock carried between periods."""

    id: Id | None = Field(None, description="name for references; a stockpile needs none")
    material: Id = Field(description="id of the material stored")
    initial: NonNegative = Field(0, description="units at the start of the horizon")
    initial_origin: dict[CountryCode, Share] | None = Field(
        None, description="country → share from 0 to 1 of the initial stock that came from there"
    )
    capacity: NonNegativeSeries | None = Field(
        None, description="the most it holds at every period's end, units; absent: no limit"
    )
    holding_cost: NonNegativeSeries | None = Field(None, description="money per unit and year")
    minimum: NonNegativeSeries | None = Field(
        None, description="the least it holds at every period's end, units; state this or `days_of_demand`"
    )
    days_of_demand: NonNegativeSeries | None = Field(
        None, description="the minimum, as days of this period's demand in its country"
    )
    final: NonNegative | None = Field(
        None, description="the least it holds at the horizon's end, units; default the minimum"
    )
    fill_max: NonNegativeSeries | None = Field(None, description="the most put in, units per year; absent: no limit")
    draw_max: NonNegativeSeries | None = Field(None, description="the most taken out, units per year; absent: no limit")
    firm: Firm = False

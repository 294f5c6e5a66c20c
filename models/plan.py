"""The answer: what to buy, make, recycle, build, ship and store, what it costs, and the proof.

Quantities and costs in records are per year of the period and undiscounted, except `level` and what a build costs.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from oremix.models.diagnosis import Diagnosis

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = [
    "Build",
    "Carrier",
    "CategoryCost",
    "Certificate",
    "Check",
    "Costs",
    "CountryCost",
    "Delivery",
    "Draw",
    "FacilityCost",
    "FootprintRecord",
    "Limit",
    "Offer",
    "PeriodCost",
    "Plan",
    "Price",
    "Production",
    "Purchase",
    "Recycling",
    "Returned",
    "ShareRecord",
    "Shipment",
    "SolverRun",
    "Status",
    "Stock",
    "Surplus",
    "Worth",
]

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_answer"]
CategoryCost = dict[str, float]
PayerKind = Literal["supplier", "plant", "recycler", "lane", "stockpile", "demand", "surplus", "policy"]
DataFrame = Any
"""That of pandas, which need not be there."""
PlotlyFigure = Any
"""That of Plotly, likewise."""
OfferKind = Literal["supplier", "plant", "recycler", "build", "lane"]
LimitKind = Literal["policy", "capacity", "build", "lane", "scrap", "stockpile", "obligation", "surplus", "outlet"]


class Record(BaseModel):
    """A line of the plan."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, ser_json_inf_nan="constants")

    if not TYPE_CHECKING:  # for whom pydantic's plugin writes the signature

        @classmethod
        def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
            """As pydantic's, by field names alone: plans have tens of thousands of these, and no need of aliases."""
            blank, mutable = _blank(cls)
            fields = blank | values
            for name, default in mutable:
                if name not in values:
                    fields[name] = default.copy()
            record = _new(cls)
            _put(record, "__dict__", fields)
            _put(record, "__pydantic_fields_set__", set(values) if _fields_set is None else _fields_set)
            _put(record, "__pydantic_extra__", None)
            _put(record, "__pydantic_private__", None)
            return record


_new, _put = object.__new__, object.__setattr__


@cache
def _blank(kind: type[Record]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The fields of a class of records in their order, with their defaults, and those whose default can change."""
    fields = {
        name: None if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in kind.model_fields.items()
    }
    return fields, [(name, default) for name, default in fields.items() if isinstance(default, list | dict)]


class PeriodCost(Record):
    """What a period costs.

    `annual` and `annual_by_category` are per year and undiscounted; `total` is discounted, over all its years.
    """

    period: int = Field(description="first year of the period; 1: the typical year")
    years: int = Field(description="length of the period, years")
    weight: float = Field(description="discount factors of its years, added up")
    annual: float = Field(description="money per year, undiscounted")
    annual_by_category: CategoryCost = Field(description="category of cost → money per year, undiscounted")
    total: float = Field(description="money over all its years, discounted")


class CountryCost(Record):
    """Discounted cost by country: the facility's; for freight and duties the destination's; none for penalties."""

    country: str | None = Field(description="country that it falls to (ISO 3166-1 alpha-2); none: penalties")
    total: float = Field(description="money over the horizon, discounted")
    by_category: CategoryCost = Field(description="category of cost → money over the horizon, discounted")


class FacilityCost(Record):
    """Discounted cost by facility; for freight and duties the place of destination."""

    kind: PayerKind = Field(description="what kind of thing it is paid for")
    id: str = Field(
        description="id of what it is paid for; for a lane the place of destination, for a surplus its own place"
    )
    country: str | None = Field(description="country that it falls to (ISO 3166-1 alpha-2); none: penalties")
    total: float = Field(description="money over the horizon, discounted")
    by_category: CategoryCost = Field(description="category of cost → money over the horizon, discounted")


class Costs(Record):
    """The total cost, split four ways; each adds up to it."""

    by_category: CategoryCost = Field({}, description="category of cost → money over the horizon, discounted")
    by_period: list[PeriodCost] = Field([], description="costs of each period")
    by_country: list[CountryCost] = Field([], description="costs of each country, the dearest first")
    by_facility: list[FacilityCost] = Field([], description="costs of each payer, the dearest first")


class Purchase(Record):
    """What is taken from a supplier; `paid` is what is paid for, more than `quantity` where take-or-pay binds."""

    supplier: str = Field(description="id of the supplier")
    country: str = Field(description="country of the supplier (ISO 3166-1 alpha-2)")
    place: str | None = Field(None, description="place or country where it is; none: not told")
    material: str = Field(description="id of the material bought")
    period: int = Field(description="first year of the period; 1: the typical year")
    quantity: float = Field(description="units taken per year")
    paid: float = Field(description="units paid for per year")
    unit: str = Field(description="of the quantities")
    cost: float = Field(description="money per year, undiscounted")


class Production(Record):
    """Activity of a recipe."""

    plant: str = Field(description="id of the plant")
    recipe: str = Field(description="id of the recipe")
    country: str = Field(description="country of the plant (ISO 3166-1 alpha-2)")
    place: str | None = Field(None, description="place or country where it is; none: not told")
    stage: str | None = Field(description="stage of the plant; none where it states none")
    period: int = Field(description="first year of the period; 1: the typical year")
    activity: float = Field(description="units of activity per year")
    inputs: dict[str, float] = Field(description="material → units used per year")
    outputs: dict[str, float] = Field(description="material → units made per year")
    cost: float = Field(description="money per year, undiscounted: processing")


class Returned(Record):
    """Scrap from this plan's own past deliveries."""

    demand: str = Field(description="id of the demand that was delivered to")
    after_years: float = Field(description="years from delivery to scrap")
    scrap: float = Field(description="units of scrap per year that this recycler may collect from")


class Recycling(Record):
    """Scrap collected and material recovered; `cost` is collection and recovery."""

    recycler: str = Field(description="id of the recycler")
    country: str = Field(description="country of the recycler (ISO 3166-1 alpha-2)")
    place: str | None = Field(None, description="place or country where it is; none: not told")
    material: str = Field(description="id of the material recovered")
    period: int = Field(description="first year of the period; 1: the typical year")
    scrap: float = Field(description="units of scrap collected per year")
    quantity: float = Field(description="units of material recovered per year")
    unit: str = Field(description="of `quantity`")
    returned: list[Returned] = Field([], description="scrap that past deliveries gave back to it")
    cost: float = Field(description="money per year, undiscounted: collection and recovery")


class Build(Record):
    """New capacity: `capex` is the whole of it, undiscounted, and `grant` what others pay of that."""

    on: str = Field(description="id of the supplier, plant or recycler")
    build: int = Field(description="position in the list of the facility's builds, from 0")
    country: str = Field(description="country of the facility (ISO 3166-1 alpha-2)")
    capacity: float = Field(description="units per year that the order adds")
    unit: str = Field("unit", description="of capacity; of activity where a plant makes several things")
    ordered: int = Field(description="year of the order; 1: the typical year")
    on_stream: float = Field(description="year from which it counts; 1: the typical year")
    until: float | None = Field(description="first year in which it no longer counts; none: for ever")
    capex: float = Field(description="whole capex of the order, undiscounted money, what others pay included")
    grant: float = Field(description="part of the capex that others pay, undiscounted money")


class Shipment(Record):
    """Material on its way: `quantity` is what leaves, `arrived` what arrives; `cost` is freight and duty."""

    material: str = Field(description="id of the material")
    from_: str = Field(alias="from", description="place or country where it was last made")
    owner: str = Field(description="country that controls where it was made (ISO 3166-1 alpha-2)")
    stage: str | None = Field(description="stage at which it was last made; none where its maker states none")
    to: str = Field(description="place or country where it is used")
    period: int = Field(description="first year of the period; 1: the typical year")
    quantity: float = Field(description="units shipped per year, before losses")
    arrived: float = Field(description="units arriving per year, after losses")
    unit: str = Field(description="of the quantities")
    freight: float = Field(description="money per year, undiscounted")
    duty: float = Field(description="money per year, undiscounted")
    cost: float = Field(description="freight and duty, money per year, undiscounted")


class Draw(Record):
    """Stock drawn for a place."""

    to: str = Field(description="place or country where it is used")
    quantity: float = Field(description="units per year")


class Stock(Record):
    """A stockpile in a period: `fill` and `draw` per year, `level` at the period's end."""

    place: str = Field(description="place or country where it is kept")
    material: str = Field(description="id of the material")
    period: int = Field(description="first year of the period; 1: the typical year")
    fill: float = Field(description="units put in per year")
    draw: float = Field(description="units taken out per year")
    draws: list[Draw] = Field(description="what is taken out, by place of use")
    level: float = Field(description="units at the period's end")
    unit: str = Field(description="of the quantities")
    cost: float = Field(description="money per year, undiscounted: holding")


class Delivery(Record):
    """Demand met and missed; `cost` is that of the shortage, `revenue` what an outlet pays."""

    demand: str = Field(description="id of the demand")
    country: str = Field(description="country of the demand (ISO 3166-1 alpha-2)")
    place: str | None = Field(None, description="place or country where it is; none: not told")
    material: str = Field(description="id of the material")
    period: int = Field(description="first year of the period; 1: the typical year")
    quantity: float = Field(description="units delivered per year")
    shortage: float = Field(description="units missing per year")
    unit: str = Field(description="of the quantities")
    cost: float = Field(description="money per year, undiscounted: shortage")
    revenue: float = Field(0.0, description="money per year, undiscounted: what is earned at a `sale_price`")


class Surplus(Record):
    """Made and not used; a negative `cost` is a credit."""

    material: str = Field(description="id of the material")
    from_: str = Field(alias="from", description="place or country where it was made")
    owner: str = Field(description="country that controls where it was made (ISO 3166-1 alpha-2)")
    stage: str | None = Field(description="stage at which it was last made; none where its maker states none")
    period: int = Field(description="first year of the period; 1: the typical year")
    quantity: float = Field(description="units left over per year")
    unit: str = Field(description="of the quantities")
    cost: float = Field(description="money per year, undiscounted; negative: a credit")


class ShareRecord(Record):
    """A part and its whole, against the bounds of a policy; `policy` is none where nothing bounds it.

    `period` is none where periods are pooled (part and whole are then sums over years), `material` where materials
    are. For a share `achieved` is part / whole, null where nothing is counted; for a quantity it is the part.
    `margin` is the distance to the nearer bound, negative where it is broken (a priced rule may be).
    """

    policy: str | None = Field(description="id of the policy; none: only measured")
    countries: list[str] = Field(
        description="countries whose part it is (ISO 3166-1 alpha-2); empty: no country is asked after"
    )
    material: str | None = Field(description="id of the material; none: materials are pooled")
    place: str | None = Field(None, description="place or country of use, where places are taken apart")
    period: int | None = Field(description="first year of the period, 1: the typical year; none: periods are pooled")
    measure: str = Field(
        description="what is counted: supply, production, content, capacity, shipments, footprint, budget, or how many"
        " suppliers or countries"
    )
    unit: str = Field("", description="of `part`; empty where unlike units are added up or weighted")
    part: float = Field(
        description="units per year, as the policy weights them; over all years where periods are pooled"
    )
    whole: float | None = Field(description="what the part is a share of, in the same units; none for a quantity")
    achieved: float | None = Field(
        description="part / whole, share from 0 to 1; for a quantity the part; none where nothing is counted"
    )
    max: float | None = Field(None, description="upper bound on `achieved`; none: not bounded")
    min: float | None = Field(None, description="lower bound on `achieved`; none: not bounded")
    margin: float | None = Field(
        None, description="from `achieved` to the nearer bound; negative where it is broken; none without a bound"
    )
    beyond: float = Field(0.0, description="what a priced rule is broken by, in the units of the part")
    penalty: float = Field(0.0, description="what that costs, money per year, undiscounted")
    binding: bool = Field(False, description="true: a bound is met exactly, or broken at a price")


class FootprintRecord(Record):
    """What is emitted or used up in a country."""

    of: str = Field(description="name of the footprint, such as co2e_t")
    country: str = Field(description="where it arises (ISO 3166-1 alpha-2); of a lane its origin")
    period: int = Field(description="first year of the period; 1: the typical year")
    amount: float = Field(description="amount per year, in what the name says")


class Price(Record):
    """What one more unit of a demand would cost, undiscounted, per year of the period."""

    demand: str = Field(description="id of the demand")
    period: int = Field(description="first year of the period; 1: the typical year")
    price: float | None = Field(description="money per unit, undiscounted; none where no plan could deliver more")
    less: float | None = Field(None, description="what one unit less would save, money; none where not worked out")
    from_: float | None = Field(None, alias="from", description="quantity down to which `less` holds, units per year")
    to: float | None = Field(None, description="quantity up to which `price` holds, units per year; none: no end known")
    unit: str = Field(description="of the price, such as USD per t")


class Worth(Record):
    """What a unit more of a material would be worth where it is used, undiscounted, per year of the period."""

    material: str = Field(description="id of the material")
    place: str = Field(description="place or country where it is used")
    period: int = Field(description="first year of the period; 1: the typical year")
    price: float = Field(description="money per unit, undiscounted: what one more would save at most")
    unit: str = Field(description="of the price, such as USD per t")


class Limit(Record):
    """What the last unit of a binding rule or capacity is worth: the saving per year from one unit more of room.

    `price` is what the next unit saves and `tightening` what one unit less costs; where the two differ the plan sits
    on a kink. In a plan without details `price` is only the most that one unit can save, and the others are none.
    """

    kind: LimitKind = Field(description="what kind of limit it is")
    on: str = Field(description="id, or name, of what is limited")
    period: int | None = Field(description="first year of the period, 1: the typical year; none: the whole horizon")
    material: str | None = Field(None, description="id of the material; none: no single one")
    price: float = Field(
        description="money per year saved by one `per` more, undiscounted; of a build over the horizon, discounted"
    )
    tightening: float | None = Field(
        None, description="money per year that one `per` less would cost; none: impossible, or not worked out"
    )
    at: float | None = Field(None, description="the bound as it stands: a share from 0 to 1, or in units")
    from_: float | None = Field(None, alias="from", description="bound down to which these hold; none: no end known")
    to: float | None = Field(None, description="bound up to which these hold; none: no end known")
    per: str = Field(description="what one more of room is: percentage point, or a unit")
    text: str = Field(description="the same as a sentence")


class Offer(Record):
    """What is not used, and the price at which it would enter; of a build its capex per unit of capacity."""

    kind: OfferKind = Field(description="what it is")
    on: str = Field(description="id of the facility; of a lane its two ends")
    period: int = Field(description="first year of the period, of a build the year of the order; 1: the typical year")
    material: str | None = Field(None, description="id of the material; none: no single one")
    price: float = Field(description="what it costs as it stands, undiscounted")
    enters_at: float = Field(description="price below which the cheapest plan uses it; below 0: only if it is paid")
    unit: str = Field(description="of both prices, such as USD per t")
    text: str = Field(description="the same as a sentence")


class Carrier(Record):
    """A number that nobody published, and what the plan's cost rests on it."""

    object: str = Field(description="what it is a number of: kind and id, of a recipe or build those of its plant too")
    field: str = Field(description="name of the field; several periods count together")
    amount: float = Field(
        description="money over the horizon, discounted: what the cost would rise by if the number doubled, at the rate"
        " of its first percent; negative: fall"
    )
    text: str = Field(description="the same as a sentence")


class Check(Record):
    """One category of the audit: how many things were recomputed and the largest relative violation."""

    checked: int = Field(description="how many things were recomputed")
    worst: float = Field(description="largest relative violation; verified up to 1e-6")
    at: str | None = Field(None, description="where that is, in the problem's own ids; none without a violation")


class Certificate(Record):
    """The proof: the audit of the plan, and the residuals and gap of the LP behind it, all relative."""

    verified: bool = Field(description="true: the status is proved")
    reason: str | None = Field(None, description="why it is not verified")
    audit: dict[str, Check] = Field({}, description="category of the audit → what it found")
    primal_residual: float | None = Field(
        None, description="largest relative violation of a row or bound of the linear program"
    )
    dual_residual: float | None = Field(
        None, description="largest relative violation of the dual program by the prices"
    )
    gap: float | None = Field(
        None, description="(cost − proven bound) / the money that changes hands, or the cost where that is larger"
    )
    bound: float | None = Field(None, description="no plan can cost less, discounted money")
    decisions_fixed: bool = Field(False, description="prices hold with the yes/no decisions as they are")
    proof: str | None = Field(
        None, description="what the status rests on: multipliers, a ray, one row alone, or only what the solver said"
    )
    arithmetic: str | None = Field(
        None, description="in what the residuals, the gap, multipliers and rays were recomputed"
    )


class SolverRun(Record):
    """What found the plan."""

    name: str = Field(description="name of the solver")
    version: str = Field(description="version of the solver")
    seconds: float = Field(description="seconds that it took")
    options: dict[str, Any] = Field(description="options that it ran with: limits and gap")
    columns: int = Field(description="columns of the linear program")
    rows: int = Field(description="rows of the linear program")
    nonzeros: int = Field(description="coefficients of the linear program that are not 0")


class Plan(Record):
    """The answer to a problem, the same object from library, command line and HTTP."""

    status: Status = Field(
        description="what was verified; feasible: the best found so far, no_answer: nothing found before a limit"
    )
    total_cost: float | None = Field(description="money over the horizon, discounted; none without a plan")
    currency: str = Field(description="label of all money")
    price_year: int | None = Field(None, description="year of the constant prices")
    problem: str | None = Field(None, description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    version: str = Field(description="version of Oremix")
    costs: Costs = Field(Costs(), description="the total cost, split by category, period, country and facility")
    purchases: list[Purchase] = Field([], description="what is taken from each supplier")
    production: list[Production] = Field([], description="what each recipe does")
    recycling: list[Recycling] = Field([], description="what is collected and recovered")
    builds: list[Build] = Field([], description="new capacity ordered")
    shipments: list[Shipment] = Field([], description="what moves where")
    stocks: list[Stock] = Field([], description="every stockpile in every period")
    deliveries: list[Delivery] = Field([], description="every demand in every period")
    surpluses: list[Surplus] = Field([], description="what is made and not used")
    shares: list[ShareRecord] = Field(
        [],
        description="what every policy measures, and China's shares of supply, production and content",
    )
    footprints: list[FootprintRecord] = Field([], description="every footprint, by country and period")
    prices: list[Price] = Field([], description="what one more unit of each demand would cost")
    values: list[Worth] = Field([], description="what a unit more of each material is worth where it is used")
    offers: list[Offer] = Field([], description="what is not used, and the price at which it would enter")
    limits: list[Limit] = Field(
        [],
        description="what the last unit of each binding rule or capacity is worth, policies first, then the dearest",
    )
    diagnosis: Diagnosis | None = Field(
        None, description="of an infeasible problem: what conflicts, and what would give a plan"
    )
    certificate: Certificate = Field(description="the proof")
    assumptions: list[str] = Field([], description="objects with numbers that nobody published")
    carried_by: list[Carrier] = Field(
        [], description="of the numbers that nobody published those that carry cost, heaviest first"
    )
    warnings: list[str] = Field([], description="what is allowed and likely to surprise")
    notes: list[str] = Field([], description="how numbers of this plan are to be read")
    solver: SolverRun = Field(description="what found the plan")

    def to_json(self, indent: int | None = 2) -> str:
        """The plan as JSON."""
        text = self.model_dump_json(indent=indent)
        if "NaN" in text or "Infinity" in text:
            # somebody's words, or what no JSON has, and that is an error
            return json.dumps(self.model_dump(mode="json"), indent=indent, ensure_ascii=False, allow_nan=False)
        return text

    def frames(self) -> dict[str, DataFrame]:
        """The plan's records as pandas frames, by name; units are in the names of the columns.

        Raises
        ------
        MissingExtra
            pandas is not installed.
        """
        from oremix.models.frames import frames  # noqa: PLC0415 - only loaded when somebody asks

        return frames(self)

    def figure(self, name: str, problem: Problem | None = None, *, period: int | None = None) -> PlotlyFigure:
        """A figure for Plotly: sankey, supply, shares, cost, builds, prices or limits.

        With the problem things are called by their names. A sankey can be of one period.

        Raises
        ------
        InvalidOption
            There is no such figure, it has nothing to show, or the plan has no such period.
        MissingExtra
            Plotly is not installed.
        """
        from oremix.models.drawn import drawn  # noqa: PLC0415 - only loaded when somebody looks

        return drawn(self, name, problem, period)

    def _repr_html_(self) -> str:
        from oremix.models.notebook import plan_as_html  # noqa: PLC0415 - only loaded when somebody looks

        return plan_as_html(self)

    def __str__(self) -> str:
        from oremix.models.table import plan_as_text  # noqa: PLC0415 - only loaded when somebody looks

        return plan_as_text(self)

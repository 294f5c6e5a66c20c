"""The answer: what to buy, make, recycle, build, ship and store, what it costs, and the proof.

Quantities and costs in records are per year of the period and undiscounted, except `level` and what a build costs.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Build",
    "CategoryCost",
    "Certificate",
    "Check",
    "Costs",
    "CountryCost",
    "Delivery",
    "Draw",
    "FacilityCost",
    "Limit",
    "PeriodCost",
    "Plan",
    "Price",
    "Production",
    "Purchase",
    "Recycling",
    "ShareRecord",
    "Shipment",
    "SolverRun",
    "Status",
    "Stock",
    "Surplus",
]

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_answer"]
CategoryCost = dict[str, float]
PayerKind = Literal["supplier", "plant", "recycler", "lane", "stockpile", "demand", "surplus", "policy"]
LimitKind = Literal["policy", "capacity", "build", "lane", "scrap", "stockpile", "obligation", "surplus"]


class Record(BaseModel):
    """A line of the plan."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class PeriodCost(Record):
    """What a period costs.

    `annual` and `annual_by_category` are per year and undiscounted; `total` is discounted, over all its years.
    """

    period: int
    years: int
    weight: float
    annual: float
    annual_by_category: CategoryCost
    total: float


class CountryCost(Record):
    """Discounted cost by country: the facility's; for freight and duties the destination's; none for penalties."""

    country: str | None
    total: float
    by_category: CategoryCost


class FacilityCost(Record):
    """Discounted cost by facility; for freight and duties the place of destination."""

    kind: PayerKind
    id: str
    country: str | None
    total: float
    by_category: CategoryCost


class Costs(Record):
    """The total cost, split four ways; each adds up to it."""

    by_category: CategoryCost = Field(default_factory=dict, description="discounted")
    by_period: list[PeriodCost] = Field(default_factory=list)
    by_country: list[CountryCost] = Field(default_factory=list)
    by_facility: list[FacilityCost] = Field(default_factory=list)


class Purchase(Record):
    """What is taken from a supplier; `paid` is what is paid for, more than `quantity` where take-or-pay binds."""

    supplier: str
    country: str
    material: str
    period: int
    quantity: float
    paid: float
    unit: str
    cost: float


class Production(Record):
    """Activity of a recipe."""

    plant: str
    recipe: str
    country: str
    stage: str | None
    period: int
    activity: float
    inputs: dict[str, float]
    outputs: dict[str, float]
    cost: float


class Recycling(Record):
    """Scrap collected and material recovered; `cost` is collection and recovery."""

    recycler: str
    country: str
    material: str
    period: int
    scrap: float
    quantity: float
    unit: str
    cost: float


class Build(Record):
    """New capacity: `capex` is the whole of it, undiscounted, and `grant` what others pay of that."""

    on: str
    build: int = Field(description="position in the list of the facility's builds, from 0")
    country: str
    capacity: float
    unit: str = Field("unit", description="of capacity; of activity where a plant makes several things")
    ordered: int
    on_stream: float
    until: float | None = Field(description="first year in which it no longer counts; none: for ever")
    capex: float
    grant: float


class Shipment(Record):
    """Material on its way: `quantity` is what leaves, `arrived` what arrives; `cost` is freight and duty."""

    material: str
    from_: str = Field(alias="from", description="place where it was last made")
    owner: str
    stage: str | None
    to: str
    period: int
    quantity: float
    arrived: float
    unit: str
    freight: float
    duty: float
    cost: float


class Draw(Record):
    """Stock drawn for a place."""

    to: str
    quantity: float


class Stock(Record):
    """A stockpile in a period: `fill` and `draw` per year, `level` at the period's end."""

    place: str
    material: str
    period: int
    fill: float
    draw: float
    draws: list[Draw]
    level: float
    unit: str
    cost: float


class Delivery(Record):
    """Demand met and missed; `cost` is that of the shortage."""

    demand: str
    country: str
    material: str
    period: int
    quantity: float
    shortage: float
    unit: str
    cost: float


class Surplus(Record):
    """Made and not used; a negative `cost` is a credit."""

    material: str
    from_: str = Field(alias="from")
    owner: str
    stage: str | None
    period: int
    quantity: float
    unit: str
    cost: float


class ShareRecord(Record):
    """A part and its whole, against the bounds of a policy; `policy` is none where nothing bounds it.

    `period` is none where periods are pooled (part and whole are then sums over years), `material` where materials
    are. For a share `achieved` is part / whole, null where nothing is counted; for a quantity it is the part.
    `margin` is the distance to the nearer bound, negative where it is broken (a priced rule may be).
    """

    policy: str | None
    countries: list[str]
    material: str | None
    place: str | None = None
    period: int | None
    measure: str
    part: float
    whole: float | None
    achieved: float | None
    max: float | None = None
    min: float | None = None
    margin: float | None = None
    beyond: float = Field(0.0, description="what a priced rule is broken by, in the units of the part")
    penalty: float = Field(0.0, description="what that costs per year")
    binding: bool = False


class Price(Record):
    """What one more unit of a demand would cost, undiscounted, per year of the period."""

    demand: str
    period: int
    price: float
    unit: str


class Limit(Record):
    """What the last unit of a binding rule or capacity is worth: the saving per year from one unit more of room.

    The next unit saves no more than the last: `price` is the most that one unit of room can save.
    """

    kind: LimitKind
    on: str
    period: int | None
    material: str | None = None
    price: float
    per: str
    text: str


class Check(Record):
    """One category of the audit: how many things were recomputed and the largest relative violation."""

    checked: int
    worst: float
    at: str | None = None


class Certificate(Record):
    """The proof: the audit of the plan, and the residuals and gap of the LP behind it, all relative."""

    verified: bool
    reason: str | None = Field(None, description="why it is not verified")
    audit: dict[str, Check] = Field(default_factory=dict)
    primal_residual: float | None = None
    dual_residual: float | None = None
    gap: float | None = Field(None, description="(cost − proven bound) / cost")
    bound: float | None = Field(None, description="no plan can cost less")
    decisions_fixed: bool = Field(False, description="prices hold with the yes/no decisions as they are")


class SolverRun(Record):
    """What found the plan."""

    name: str
    version: str
    seconds: float
    options: dict[str, Any]
    columns: int
    rows: int
    nonzeros: int


class Plan(Record):
    """The answer to a problem, the same object from library, command line and HTTP."""

    status: Status
    total_cost: float | None
    currency: str
    price_year: int | None = None
    problem: str | None = None
    problem_hash: str
    version: str
    costs: Costs = Field(default_factory=Costs)
    purchases: list[Purchase] = Field(default_factory=list)
    production: list[Production] = Field(default_factory=list)
    recycling: list[Recycling] = Field(default_factory=list)
    builds: list[Build] = Field(default_factory=list)
    shipments: list[Shipment] = Field(default_factory=list)
    stocks: list[Stock] = Field(default_factory=list)
    deliveries: list[Delivery] = Field(default_factory=list)
    surpluses: list[Surplus] = Field(default_factory=list)
    shares: list[ShareRecord] = Field(default_factory=list)
    prices: list[Price] = Field(default_factory=list)
    limits: list[Limit] = Field(default_factory=list)
    certificate: Certificate
    assumptions: list[str] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    solver: SolverRun

    def to_json(self, indent: int | None = 2) -> str:
        """The plan as JSON."""
        return json.dumps(self.model_dump(mode="json"), indent=indent, ensure_ascii=False, allow_nan=False)

    def __str__(self) -> str:
        from oremix.models.table import plan_as_text  # noqa: PLC0415 - only loaded when somebody looks

        return plan_as_text(self)

"""The total cost and its four breakdowns, worked out again charge by charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import nan
from typing import Any, NamedTuple

from oremix.models.plan import Check
from oremix.models.policies import Footprint
from oremix.models.stated import is_stated, stated
from oremix.models.timeline import annuity_factor
from oremix.optimizer.answering.audit.book import Book, Order
from oremix.optimizer.answering.audit.costs import (
    capex,
    collection_and_recovery,
    freight_and_duty,
    holding,
    paid,
    price_of,
    surplus_cost,
)
from oremix.optimizer.answering.audit.footprints import emitted
from oremix.optimizer.answering.audit.gauge import Gauge, Kind, money
from oremix.optimizer.answering.audit.lanes import lane_name, moved
from oremix.optimizer.answering.audit.measures import Ratio

__all__ = ["Ledger", "check_totals"]

MONEY = money("cost")
WEIGHT = Kind("weight", "discount")


class Charge(NamedTuple):
    """Money per year of a period, undiscounted, and who bears it."""

    category: str
    period: int
    country: str | None
    kind: str
    id: str
    amount: float


class Ledger:
    """Everything a plan costs, and what it comes to, discounted: in all, by category, country and facility."""

    def __init__(self, book: Book, measured: Iterable[Ratio]) -> None:
        self.charges = list(charges(book, measured))
        self.by_category: dict[str, float] = defaultdict(float)
        self.by_country: dict[tuple[str | None, str], float] = defaultdict(float)
        self.by_facility: dict[tuple[str, str, str], float] = defaultdict(float)
        weights = book.timeline.weights
        for category, period, country, kind, name, amount in self.charges:
            discounted = amount * weights[period]
            self.by_category[category] += discounted
            self.by_country[country, category] += discounted
            self.by_facility[kind, name, category] += discounted
        self.total = sum(self.by_category.values())

    @property
    def largest_category(self) -> float:
        """The largest category: what a total is measured by where costs and credits cancel."""
        return max(map(abs, self.by_category.values()), default=0.0)


def check_totals(book: Book, ledger: Ledger) -> Check:
    """Total cost, categories, periods, countries and facilities, and that each of these adds up."""
    gauge = Gauge()
    if is_stated(book.plan, "total_cost"):
        size = ledger.largest_category
        gauge.same(MONEY, _number(book.plan.total_cost), ledger.total, "total cost", size=size)
    breakdowns = {
        "by_category": _categories,
        "by_period": _periods,
        "by_country": _countries,
        "by_facility": _facilities,
    }
    for name, check in breakdowns.items():
        if _breakdown(book, name) is not None:
            check(book, gauge, ledger)
            _sum(book, gauge, name)
    return gauge.check()


def _breakdown(book: Book, name: str) -> Any:
    """One of the four tables of costs; none where it is not stated."""
    costs = stated(book.plan, "costs")
    return None if costs is None else stated(costs, name)


def charges(book: Book, measured: Iterable[Ratio]) -> Iterator[Charge]:
    """Everything the plan costs, from the quantities in its records and the problem's data."""
    yield from _of_facilities(book)
    yield from _of_moves(book)
    yield from _of_decisions(book)
    yield from _of_stock_and_demand(book)
    yield from _of_plants_that_stand(book)
    for order in book.orders:
        yield from _of_build(book, order)
    for ratio in measured:
        for period in ratio.subject.pool if ratio.penalty else ():
            yield Charge("penalties", period, None, "policy", str(ratio.subject.name), ratio.penalty)
    for policy in book.problem.rules:
        if isinstance(policy, Footprint) and policy.price is not None:
            yield from _of_footprint(book, policy)


def _number(value: float | None) -> float:
    return nan if value is None else value


def _of_facilities(book: Book) -> Iterator[Charge]:
    for (name, period), line in book.purchases.items():
        supplier = book.suppliers[name]
        cost = price_of(book, supplier, paid(book, supplier, line.quantity, period), period)
        yield Charge("purchases", period, book.country(supplier), "supplier", name, cost)
    for (name, recipe, period), run in book.runs.items():
        cost = book.value(book.recipes[name, recipe], "unit_cost", period) * run.activity
        yield Charge("processing", period, book.country(book.plants[name]), "plant", name, cost)
    for (name, period), scrap in book.recycling.items():
        country = book.country(book.recyclers[name])
        collection, recovery = collection_and_recovery(book, scrap, period)
        yield Charge("collection", period, country, "recycler", name, collection)
        yield Charge("processing", period, country, "recycler", name, recovery)


def _of_moves(book: Book) -> Iterator[Charge]:
    for key, line in book.shipments.items():
        _, _, to, period = key
        freight, duty = freight_and_duty(book.terms[key], line)
        country = book.network.geography.country(to)
        yield Charge("freight", period, country, "lane", to, freight)
        yield Charge("duties", period, country, "lane", to, duty)


def _of_decisions(book: Book) -> Iterator[Charge]:
    """Fixed costs in the years in which anything is taken from a supplier, or moves."""
    for supplier in book.problem.suppliers:
        for period in book.timeline if supplier.fixed_cost is not None else ():
            if book.is_something(supplier.material, book.taken(supplier.id, period)):
                cost = book.value(supplier, "fixed_cost", period)
                yield Charge("fixed", period, book.country(supplier), "supplier", supplier.id, cost)
    joint: dict[tuple[int, int], float] = {}
    for (material, _, to, period), move, shipped in moved(book):
        if move.fixed_cost and book.is_something(material, shipped):
            if "fixed_cost" in move.joint:
                joint[move.joint["fixed_cost"], period] = move.fixed_cost
            else:
                country = book.network.geography.country(to)
                yield Charge("fixed", period, country, "lane", to, move.fixed_cost)
    for (rule, period), cost in joint.items():
        yield Charge("fixed", period, None, "lane", lane_name(book, rule), cost)


def _of_footprint(book: Book, policy: Footprint) -> Iterator[Charge]:
    for period, (amount, _) in enumerate(emitted(book, policy)):
        if book.timeline.within(period, policy.from_year, policy.until_year):
            cost = book.value(policy, "price", period) * amount
            yield Charge("footprint", period, None, "policy", policy.id, cost)


def _of_stock_and_demand(book: Book) -> Iterator[Charge]:
    for (place, material, period), line in book.stocks.items():
        pile = book.piles[place, material]
        name = pile.id or f"{material} at {place}"
        yield Charge("holding", period, book.country(pile), "stockpile", name, holding(book, pile, line.level, period))
    for (name, period), delivery in book.deliveries.items():
        demand = book.demands[name]
        cost = book.value(demand, "shortage_cost", period) * delivery.shortage
        yield Charge("shortage", period, book.country(demand), "demand", name, cost)
        earned = book.value(demand, "sale_price", period) * delivery.quantity
        yield Charge("sales", period, book.country(demand), "demand", name, -earned)
    for (material, origin, period), surplus in book.surpluses.items():
        country = book.network.geography.country(origin.place)
        cost = surplus_cost(book, material, origin, surplus.quantity)
        yield Charge("surplus", period, country, "surplus", origin.place, cost)


def _of_plants_that_stand(book: Book) -> Iterator[Charge]:
    for plant in book.problem.plants:
        if plant.fixed_cost is None and plant.fixed_cost_per_capacity is None:
            continue
        for period in book.timeline:
            if book.exists(plant, period):
                per_unit = book.value(plant, "fixed_cost_per_capacity", period)
                cost = book.value(plant, "fixed_cost", period) + per_unit * (
                    book.network.nameplate(plant)[period] or 0.0
                )
                yield Charge("fixed", period, book.country(plant), "plant", plant.id, cost)


def _of_build(book: Book, order: Order) -> Iterator[Charge]:
    facility, build = order.facility, order.build
    annuity = 0.0
    if build.has_capex and build.life is not None:
        wacc = build.wacc if build.wacc is not None else book.problem.discount_rate or 0.0
        annuity = capex(book, order) * (1 - build.grant) * annuity_factor(wacc, build.life)
    for period in order.counts:
        per_unit = book.value(build, "fixed_cost_per_capacity", period)
        fixed = book.value(build, "fixed_cost", period) + per_unit * order.record.capacity
        yield Charge("capital", period, book.country(facility), facility.kind, facility.id, annuity)
        yield Charge("fixed", period, book.country(facility), facility.kind, facility.id, fixed)


# ---------------------------------------------------------------- the breakdowns


def _compare(gauge: Gauge, told: dict[Any, float], computed: dict[Any, float], at: str) -> None:
    """Two breakdowns, key by key; `at` is filled with the parts of a key."""
    for key in {**computed, **told}:
        parts = key if isinstance(key, tuple) else (key,)
        gauge.same(MONEY, told.get(key, 0.0), computed.get(key, 0.0), at, *parts)


def _categories(book: Book, gauge: Gauge, ledger: Ledger) -> None:
    _compare(gauge, book.plan.costs.by_category, ledger.by_category, "costs by category: {}")


def _periods(book: Book, gauge: Gauge, ledger: Ledger) -> None:
    timeline = book.timeline
    computed: dict[tuple[int, str], float] = defaultdict(float)
    for charge in ledger.charges:
        computed[timeline.starts[charge.period], charge.category] += charge.amount
    told: dict[tuple[int, str], float] = defaultdict(float)
    for row in book.plan.costs.by_period:
        for category, amount in row.annual_by_category.items():
            told[row.period, category] += amount
        period = book.period_of.get(row.period)
        right = period is not None and row.years == timeline.years[period]
        gauge.holds(right, "costs by period: {}, years", row.period)
        weight = timeline.weights[period] if period is not None else 0.0
        gauge.same(WEIGHT, row.weight, weight, "costs by period: {}, weight", row.period)
        gauge.same(MONEY, row.annual, sum(row.annual_by_category.values()), "costs by period: {}, annual", row.period)
        gauge.same(MONEY, row.total, row.annual * weight, "costs by period: {}, total", row.period)
    _compare(gauge, told, computed, "costs by period: {}, {}")


def _countries(book: Book, gauge: Gauge, ledger: Ledger) -> None:
    told: dict[Any, float] = defaultdict(float)
    for row in book.plan.costs.by_country:
        for category, amount in row.by_category.items():
            told[row.country, category] += amount
        gauge.same(MONEY, row.total, sum(row.by_category.values()), "costs by country: {}, total", row.country)
    _compare(gauge, told, ledger.by_country, "costs by country: {}, {}")


def _facilities(book: Book, gauge: Gauge, ledger: Ledger) -> None:
    countries = {(charge.kind, charge.id): charge.country for charge in ledger.charges}
    told: dict[Any, float] = defaultdict(float)
    for row in book.plan.costs.by_facility:
        for category, amount in row.by_category.items():
            told[row.kind, row.id, category] += amount
        at = "costs by facility: {0.kind} {0.id}"
        gauge.same(MONEY, row.total, sum(row.by_category.values()), at + ", total", row)
        gauge.holds(row.country == countries.get((row.kind, row.id), row.country), at + ", country", row)
    _compare(gauge, told, ledger.by_facility, "costs by facility: {} {}, {}")


def _sum(book: Book, gauge: Gauge, name: str) -> None:
    """A breakdown adds up to the total, where one is stated."""
    table = _breakdown(book, name)
    amounts = list(table.values()) if isinstance(table, dict) else [row.total for row in table]
    if is_stated(book.plan, "total_cost"):
        size = max(map(abs, amounts), default=0.0)
        at = ("sum of the costs by {}", name.removeprefix("by_"))
        gauge.same(MONEY, sum(amounts), _number(book.plan.total_cost), *at, size=size)

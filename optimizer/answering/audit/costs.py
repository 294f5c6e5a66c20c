"""What each record costs, from the data, beside what it says it costs."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any

from oremix.models.chain import CurvePoint, Stockpile, Supplier, Tier
from oremix.models.geography import Origin
from oremix.models.lanes import Move
from oremix.models.plan import Check, Recycling, Shipment
from oremix.models.stated import stated
from oremix.optimizer.answering.audit.book import Book, Order
from oremix.optimizer.answering.audit.gauge import Gauge, money, quantity

__all__ = [
    "capex",
    "check_costs",
    "collection_and_recovery",
    "freight_and_duty",
    "holding",
    "paid",
    "price_of",
    "surplus_cost",
]


def check_costs(book: Book) -> Check:
    """Every record's cost, and what a cost is worked out from: `paid`, `arrived`, `capex`, `grant`; and revenue."""
    gauge = Gauge()
    _purchases(book, gauge)
    _making(book, gauge)
    _shipments(book, gauge)
    _stocks(book, gauge)
    _ends(book, gauge)
    _builds(book, gauge)
    return gauge.check()


def paid(book: Book, supplier: Supplier, bought: float, period: int) -> float:
    """What is paid for: what is taken, and what is not but has to be."""
    return max(bought, book.obligation(supplier, "take_or_pay", period))


# How near an amount paid for has to be to the end of a tier to have reached no further.
BOUNDARY = 1e-7


def price_of(book: Book, supplier: Supplier, amount: float, period: int) -> float:
    """The price of an amount: along the tiers, beyond the last as in the last; or all in the tier that it reaches."""
    if not supplier.tiers:
        return book.value(supplier, "unit_cost", period) * amount
    if supplier.all_units:
        return _tier_reached(supplier.tiers, amount) * amount
    cost = below = 0.0
    for tier in supplier.tiers:
        top = inf if tier is supplier.tiers[-1] or tier.up_to is None else tier.up_to
        cost += max(0.0, min(amount, top) - below) * tier.unit_cost
        below = top
    return cost


def _tier_reached(tiers: list[Tier], amount: float) -> float:
    """The unit cost of the tier that an amount reaches; where two meet, the lower of theirs."""
    tops = [inf if tier is tiers[-1] or tier.up_to is None else tier.up_to for tier in tiers]
    reached = next(position for position, top in enumerate(tops) if amount <= top)
    near = BOUNDARY * amount
    touched = [position for position, top in enumerate(tops) if abs(amount - top) <= near]
    return min(tiers[position].unit_cost for position in (reached, *touched, *(position + 1 for position in touched)))


def collection_and_recovery(book: Book, line: Recycling, period: int) -> tuple[float, float]:
    """What collecting the scrap costs, and what recovering the material does."""
    recycler = book.recyclers[line.recycler]
    collection = book.value(recycler, "collection_cost", period) * line.scrap
    return collection, book.value(recycler, "unit_cost", period) * recycler.recovery * line.scrap


def freight_and_duty(move: Move, line: Shipment) -> tuple[float, float]:
    """Freight and duty on what is shipped."""
    return move.freight * line.quantity, move.duty * line.quantity


def holding(book: Book, pile: Stockpile, level: float, period: int) -> float:
    """What the stock costs per year, on the mean of its levels at both ends of the period."""
    return book.value(pile, "holding_cost", period) * (book.level_before(pile, period) + level) / 2


def surplus_cost(book: Book, material: str, origin: Origin, amount: float) -> float:
    """What being rid of a surplus costs; negative where it fetches something."""
    own = book.own_terms(material, origin)
    fetches = book.network.materials[material].surplus if own is None or own.surplus is None else own.surplus
    return 0.0 if isinstance(fetches, str) else -fetches * amount


def capex(book: Book, order: Order) -> float:
    """The whole capex of an order, as of the year of ordering."""
    if order.build.sizes:
        return _of_size(order.build.sizes, order.record.capacity)
    if order.build.curve:
        return _on_curve(order.build.curve, order.record.capacity)
    per_unit = book.value(order.build, "unit_capex", order.period)
    return per_unit * order.record.capacity + book.value(order.build, "fixed_capex", order.period)


def _on_curve(points: list[CurvePoint], capacity: float) -> float:
    """The capex of a size: linear between the points, and that of the first or last outside them."""
    for before, after in pairwise(points):
        if before.capacity <= capacity <= after.capacity:
            way = (capacity - before.capacity) / (after.capacity - before.capacity)
            return before.capex + way * (after.capex - before.capex)
    return points[0].capex if capacity <= points[0].capacity else points[-1].capex


def _of_size(points: list[CurvePoint], capacity: float) -> float:
    """The capex of the size that is meant."""
    return min(points, key=lambda point: abs(point.capacity - capacity)).capex


def _purchases(book: Book, gauge: Gauge) -> None:
    for (_, period), line in book.purchases.items():
        supplier = book.suppliers[line.supplier]
        owed = paid(book, supplier, line.quantity, period)
        at = "of supplier {0.supplier} in {0.period}"
        gauge.same(quantity(supplier.material), stated(line, "paid"), owed, "paid quantity " + at, line)
        gauge.same(money("purchases"), stated(line, "cost"), price_of(book, supplier, owed, period), "cost " + at, line)


def _making(book: Book, gauge: Gauge) -> None:
    for (plant, recipe, period), run in book.runs.items():
        cost = book.value(book.recipes[plant, recipe], "unit_cost", period) * run.activity
        at = "cost of recipe {0.recipe} of plant {0.plant} in {0.period}"
        gauge.same(money("processing"), stated(run, "cost"), cost, at, run)
    for (_, period), line in book.recycling.items():
        collection, recovery = collection_and_recovery(book, line, period)
        at = "cost of recycler {0.recycler} in {0.period}"
        gauge.same(money("recycling"), stated(line, "cost"), collection + recovery, at, line, size=abs(collection))


def _shipments(book: Book, gauge: Gauge) -> None:
    at = " of {0.material} from {0.from_} to {0.to} in {0.period}"
    lines, moves = list(book.shipments.values()), list(book.terms.values())
    costs = [freight_and_duty(move, line) for move, line in zip(moves, lines, strict=True)]
    for line, move in zip(lines, moves, strict=True):
        arrived = line.quantity * (1 - move.loss)
        gauge.same(quantity(line.material), stated(line, "arrived"), arrived, "arrival" + at, line)
    freights, duties = [freight for freight, _ in costs], [duty for _, duty in costs]
    wholes = [freight + duty for freight, duty in costs]
    _all_same(gauge, "freight", lines, "freight", freights, "freight" + at)
    _all_same(gauge, "duties", lines, "duty", duties, "duty" + at)
    _all_same(gauge, "shipments", lines, "cost", wholes, "cost of shipment" + at, sizes=list(map(abs, freights)))


def _all_same(
    gauge: Gauge, category: str, lines: list[Any], field: str, computed: list[float], at: str, **sizes: list[float]
) -> None:
    """The money in a field of records."""
    told = [line.__dict__.get(field) for line in lines]
    gauge.all_same(money(category), told, computed, lambda position: (at, lines[position]), **sizes)


def _stocks(book: Book, gauge: Gauge) -> None:
    costs = [
        holding(book, book.piles[place, material], line.level, period)
        for (place, material, period), line in book.stocks.items()
    ]
    at = "holding of {0.material} at {0.place} in {0.period}"
    _all_same(gauge, "holding", list(book.stocks.values()), "cost", costs, at)


def _ends(book: Book, gauge: Gauge) -> None:
    lines, demands = list(book.deliveries.values()), book.demands
    short, earned = [], []
    for (name, period), line in book.deliveries.items():
        short.append(book.value(demands[name], "shortage_cost", period) * line.shortage)
        earned.append(book.value(demands[name], "sale_price", period) * line.quantity)
    _all_same(gauge, "shortage", lines, "cost", short, "shortage cost of demand {0.demand} in {0.period}")
    _all_same(gauge, "sales", lines, "revenue", earned, "revenue from demand {0.demand} in {0.period}")
    for (material, origin, _), left in book.surpluses.items():
        at = "surplus of {0.material} from {0.from_} in {0.period}"
        gauge.same(
            money("surplus"), stated(left, "cost"), surplus_cost(book, material, origin, left.quantity), at, left
        )


def _builds(book: Book, gauge: Gauge) -> None:
    for order in book.orders:
        whole, at = capex(book, order), " of the build on {0.on} ordered in {0.ordered}"
        gauge.same(money("capex"), stated(order.record, "capex"), whole, "capex" + at, order.record)
        gauge.same(money("capex"), stated(order.record, "grant"), whole * order.build.grant, "grant" + at, order.record)

"""Limits: what can be made, moved, stored and left over, and what must be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from oremix.models.chain import Demand, Recycler, Stockpile, Supplier
from oremix.models.plan import Check
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, Kind, quantity
from oremix.optimizer.answering.audit.lanes import lanes
from oremix.optimizer.answering.audit.recyclers import recyclers
from oremix.optimizer.answering.audit.suppliers import suppliers

__all__ = ["check_capacities"]

STOCK = "stock of {0.material} at {0.place} in {0.period}"


def check_capacities(book: Book) -> Check:
    """Records name what exists, nothing is negative, and every limit and obligation of the data is kept."""
    gauge = Gauge()
    for fault in book.faults:
        gauge.holds(False, *fault)
    _nothing_negative(book, gauge)
    _facilities(book, gauge)
    suppliers(book, gauge)
    recyclers(book, gauge)
    lanes(book, gauge)
    for pile in book.problem.stockpiles:
        _stock(book, gauge, pile)
    _draws(book, gauge)
    _surpluses(book, gauge)
    return gauge.check()


def _amounts(book: Book) -> list[tuple[dict[Any, Any], Callable[[Any], str], str, tuple[str, ...]]]:
    """Records, what their amounts are of by their keys, where they are, and the fields with the amounts."""
    shipment = "shipment of {0.material} from {0.from_} to {0.to} in {0.period}"
    surplus = "surplus of {0.material} from {0.from_} in {0.period}"
    return [
        (book.purchases, _sold(book.suppliers), "supplier {0.supplier} in {0.period}", ("quantity", "paid")),
        (book.runs, _first, "recipe {0.recipe} of plant {0.plant} in {0.period}", ("activity",)),
        (book.recycling, _sold(book.recyclers), "recycler {0.recycler} in {0.period}", ("scrap", "quantity")),
        (book.shipments, _first, shipment, ("quantity", "arrived")),
        (book.stocks, lambda key: str(key[1]), STOCK, ("fill", "draw", "level")),
        (book.deliveries, _sold(book.demands), "demand {0.demand} in {0.period}", ("quantity", "shortage")),
        (book.surpluses, _first, surplus, ("quantity",)),
    ]


def _first(key: Any) -> str:
    return str(key[0])


def _sold(parts: Mapping[str, Supplier | Recycler | Demand]) -> Callable[[Any], str]:
    """The material of the part that a record's key starts with."""
    return lambda key: parts[key[0]].material


def _nothing_negative(book: Book, gauge: Gauge) -> None:
    for table, name, at, fields in _amounts(book):
        kinds = [quantity(name(key)) for key in table]
        for field in fields:
            _none_negative(gauge, kinds, list(table.values()), field, at)
    for (_, material, _), stock in book.stocks.items():
        for draw in stock.draws:
            gauge.least(quantity(material), draw.quantity, 0.0, "negative draw for {1} from " + STOCK, stock, draw.to)


def _none_negative(gauge: Gauge, kinds: list[Kind], lines: list[Any], field: str, at: str) -> None:
    """Of a field, where it is stated."""
    there = [number for number, line in enumerate(lines) if field in line.__dict__]
    if len(there) < len(lines):
        kinds, lines = [kinds[number] for number in there], [lines[number] for number in there]
    values = [line.__dict__[field] for line in lines]
    gauge.none_negative(kinds, values, lambda position: ("negative {1} of " + at, lines[position], field))


def _unit_of_capacity(book: Book, facility: str) -> Kind:
    return quantity(facility if facility in book.plants else getattr(book.facilities[facility], "material"))  # noqa: B009


def _facilities(book: Book, gauge: Gauge) -> None:
    for (facility, period), used in book.usage.items():
        existing = book.existing(facility, period)
        limit = None if existing is None else existing + book.built_usable.get((facility, period), 0.0)
        at = (book.facilities[facility].kind, facility, book.timeline.starts[period])
        gauge.most(_unit_of_capacity(book, facility), used, limit, "capacity of {} {} in {}", *at)
    for (plant, recipe, period), run in book.runs.items():
        limit = 0.0 if book.network.is_out(book.plants[plant], period) else None
        at = (recipe, plant, book.timeline.starts[period])
        gauge.most(quantity(plant), run.activity, limit, "activity of {} in an outage of {} in {}", *at)
    for (facility, period), least in _least_usage(book).items():
        used = book.usage.get((facility, period), 0.0)
        at = (book.facilities[facility].kind, facility, book.timeline.starts[period])
        gauge.least(_unit_of_capacity(book, facility), used, least, "minimum utilisation of {} {} in {}", *at)


def _least_usage(book: Book) -> dict[tuple[str, int], float]:
    """(facility, period) → what must be used of existing and of built capacity, as far as they are ramped up."""
    least: dict[tuple[str, int], float] = defaultdict(float)
    for plant in book.problem.plants:
        for period in book.timeline if plant.minimum_utilisation is not None else ():
            existing = book.existing(plant.id, period) or 0.0
            least[plant.id, period] += book.value(plant, "minimum_utilisation", period) * existing
    for order in book.orders:
        for period in order.counts if order.build.minimum_utilisation else ():
            least[order.facility.id, period] += order.build.minimum_utilisation * book.usable(order, period)
    return least


def _stock(book: Book, gauge: Gauge, pile: Stockpile) -> None:
    kind = quantity(pile.material)
    for period, (year, least) in enumerate(zip(book.timeline.starts, book.network.minimum_stock(pile), strict=True)):
        line = book.stocks.get((pile.at, pile.material, period))
        fill, draw, level = (line.fill, book.drawn(line), line.level) if line else (0.0, 0.0, 0.0)
        at = " of the stock of {} at {} in {}"
        where = (pile.material, pile.at, year)
        gauge.least(kind, level, least, "minimum" + at, *where)
        gauge.most(kind, level, book.limit(pile, "capacity", period), "capacity" + at, *where)
        gauge.most(kind, fill, book.limit(pile, "fill_max", period), "filling" + at, *where)
        gauge.most(kind, draw, book.limit(pile, "draw_max", period), "drawing" + at, *where)
        if pile.final is not None and period == len(book.timeline) - 1:
            gauge.least(kind, level, pile.final, "final level" + at, *where)


def _draws(book: Book, gauge: Gauge) -> None:
    serves = {site: frozenset(book.network.serves(pile)) for site, pile in book.piles.items()}
    at = "draw from the stock of {0.material} at {0.place} for {1}, which it cannot serve, in {0.period}"
    for (place, material, _), line in book.stocks.items():
        for draw in line.draws:
            limit = None if draw.to in serves[place, material] else 0.0
            gauge.most(quantity(material), draw.quantity, limit, at, line, draw.to)


def _surpluses(book: Book, gauge: Gauge) -> None:
    """What may be left over: on a plant's own terms, each in place of its counterpart of the material's."""
    totals: dict[tuple[str, int], float] = defaultdict(float)
    for (material, origin, period), line in book.surpluses.items():
        part, own = book.network.materials[material], book.own_terms(material, origin)
        terms = part.surplus if own is None or own.surplus is None else own.surplus
        at = (material, origin.place, line.period)
        limit = 0.0 if terms == "forbidden" else None
        gauge.most(quantity(material), line.quantity, limit, "forbidden surplus of {} at {} in {}", *at)
        if own is not None and own.surplus_max is not None:
            limit = book.value(own, "surplus_max", period)
            gauge.most(quantity(material), line.quantity, limit, "surplus of {} at {} in {}", *at)
        else:
            totals[material, period] += line.quantity
    for (material, period), total in totals.items():
        limit = book.limit(book.network.materials[material], "surplus_max", period)
        gauge.most(quantity(material), total, limit, "surplus of {} in {}", material, book.timeline.starts[period])

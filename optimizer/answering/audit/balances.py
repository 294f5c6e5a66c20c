"""Matter: nothing appears and nothing is lost."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.chain import Stockpile
from oremix.models.plan import Check
from oremix.models.stated import stated
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, quantity

__all__ = ["check_balances"]

Spot = tuple[str, str, int]


def check_balances(book: Book) -> Check:
    """Made = shipped + surplus; arrived + drawn = used; stock rolls forward; delivered + short = demanded.

    What an outlet is brought is within what it takes, and nothing is short there.
    """
    gauge = Gauge()
    _recipes(book, gauge)
    _made(book, gauge)
    _used(book, gauge)
    for pile in book.problem.stockpiles:
        _rolling(book, gauge, pile)
    _demands(book, gauge)
    return gauge.check()


def _recipes(book: Book, gauge: Gauge) -> None:
    for (plant, name, _), line in book.runs.items():
        recipe = book.recipes[plant, name]
        at = " of {1} in recipe {0.recipe} of plant {0.plant} in {0.period}"
        for side, factors in (("input", recipe.inputs), ("output", recipe.outputs)):
            amounts = stated(line, side + "s")
            for material in {**factors, **amounts} if amounts is not None else ():
                computed = factors.get(material, 0.0) * line.activity
                gauge.same(quantity(material), amounts.get(material, 0.0), computed, side + at, line, material)
    for (name, _), collected in book.recycling.items():
        recycler = book.recyclers[name]
        at = "recovery of recycler {0.recycler} in {0.period}"
        made = recycler.recovery * collected.scrap
        gauge.same(quantity(recycler.material), stated(collected, "quantity"), made, at, collected)


def _made(book: Book, gauge: Gauge) -> None:
    left = defaultdict(float, dict.fromkeys(book.made, 0.0))
    for (material, origin, _, period), line in book.shipments.items():
        left[material, origin, period] += line.quantity
    for (material, origin, period), surplus in book.surpluses.items():
        left[material, origin, period] += surplus.quantity
    at = "{} made at {}, shipped and left over in {}"
    for key, amount in left.items():
        material, origin, period = key
        made = book.made.get(key, 0.0)
        gauge.same(quantity(material), amount, made, at, material, origin.place, book.timeline.starts[period])


def _used(book: Book, gauge: Gauge) -> None:
    supplied, used = _supplied(book), _uses(book)
    at = "{} arrived, drawn and used at {} in {}"
    for spot in {**supplied, **used}:
        material, place, period = spot
        year = book.timeline.starts[period]
        gauge.same(quantity(material), supplied.get(spot, 0.0), used.get(spot, 0.0), at, material, place, year)


def _supplied(book: Book) -> dict[Spot, float]:
    supplied: dict[Spot, float] = defaultdict(float)
    for spot, by_origin in book.arrived.items():
        supplied[spot] += sum(by_origin.values())
    for (_, material, period), line in book.stocks.items():
        for draw in line.draws:
            supplied[material, draw.to, period] += draw.quantity
    return supplied


def _uses(book: Book) -> dict[Spot, float]:
    used: dict[Spot, float] = defaultdict(float)
    for (plant, recipe, period), run in book.runs.items():
        for material, factor in book.recipes[plant, recipe].inputs.items():
            used[material, book.plants[plant].at, period] += factor * run.activity
    for (name, period), delivery in book.deliveries.items():
        demand = book.demands[name]
        used[demand.material, demand.at, period] += delivery.quantity
    for (place, material, period), stock in book.stocks.items():
        used[material, place, period] += stock.fill
    return used


def _rolling(book: Book, gauge: Gauge, pile: Stockpile) -> None:
    kind = quantity(pile.material)
    for period, (year, years) in enumerate(zip(book.timeline.starts, book.timeline.years, strict=True)):
        line = book.stocks.get((pile.at, pile.material, period))
        fill, draw, level = (line.fill, book.drawn(line), line.level) if line else (0.0, 0.0, 0.0)
        before = book.level_before(pile, period)
        at = (pile.material, pile.at, year)
        size = max(before, years * fill, years * draw)
        gauge.same(kind, level, before + years * (fill - draw), "stock of {} at {} in {}", *at, size=size)
        drawn = sum(entry.quantity for entry in line.draws) if line else 0.0
        gauge.same(kind, draw, drawn, "draws from the stock of {} at {} in {}", *at)


def _demands(book: Book, gauge: Gauge) -> None:
    for demand in book.problem.demands:
        kind = quantity(demand.material)
        for period, year in enumerate(book.timeline.starts):
            line = book.deliveries.get((demand.id, period))
            delivered, short = (line.quantity, line.shortage) if line else (0.0, 0.0)
            if demand.sale_price is not None:
                limit = book.limit(demand, "quantity", period)
                gauge.most(kind, delivered, limit, "quantity of the outlet {} in {}", demand.id, year)
                gauge.same(kind, short, 0.0, "shortage of the outlet {} in {}", demand.id, year)
                continue
            wanted = book.value(demand, "quantity", period)
            gauge.same(kind, delivered + short, wanted, "demand {} in {}", demand.id, year)
            if demand.shortage_cost is None:
                gauge.excess(kind, short, wanted, "shortage of the hard demand {} in {}", demand.id, year)

"""Recyclers: scrap that past deliveries gave back, shared among them, and what is collected of all scrap."""

from __future__ import annotations

from oremix.models.chain import Demand, Recycler, Return
from oremix.models.plan import Recycling
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, quantity

__all__ = ["recyclers"]


def recyclers(book: Book, gauge: Gauge) -> None:
    """The returned scrap of each record, all of it together, and the collection rates."""
    for line in book.recycling.values():
        _named(book, gauge, line)
    _shared(book, gauge)
    for recycler in book.problem.recyclers:
        _collected(book, gauge, recycler)


def _returned(book: Book, recycler: Recycler, period: int) -> float:
    """Units of scrap per year that past deliveries gave back to a recycler, as its record says."""
    line = book.recycling.get((recycler.id, period))
    return sum(entry.scrap for entry in line.returned) if line else 0.0


def _named(book: Book, gauge: Gauge, line: Recycling) -> None:
    """A record names each return of its recycler once, and none that it does not have."""
    recycler = book.recyclers[line.recycler]
    named = [(entry.demand, entry.after_years) for entry in line.returned]
    known = {(entry.demand, entry.after_years) for entry in recycler.returns or ()}
    at = " of recycler {0.recycler} in {0.period}"
    gauge.holds(len(set(named)) == len(named), "scrap returned twice" + at, line)
    for entry in line.returned:
        right = (entry.demand, entry.after_years) in known
        gauge.holds(right, "scrap from {1.demand} after {1.after_years} years" + at + ", which it does not name",
                    line, entry)  # fmt: skip
        kind = quantity(f"scrap of {recycler.material}")
        gauge.least(kind, entry.scrap, 0.0, "negative scrap returned" + at, line)
        limit = None if book.network.stands(recycler, book.period_of[line.period]) else 0.0
        gauge.most(kind, entry.scrap, limit, "scrap returned where it does not stand" + at, line)


def _shared(book: Book, gauge: Gauge) -> None:
    """The recyclers that name a past delivery share all of it among those that stand."""
    naming: dict[tuple[str, float], list[tuple[Recycler, Return]]] = {}
    for recycler in book.problem.recyclers:
        for entry in recycler.returns or ():
            naming.setdefault((entry.demand, entry.after_years), []).append((recycler, entry))
    at = "scrap returned from demand {} after {:g} years in {}"
    for (name, after), entries in naming.items():
        for period, year in enumerate(book.timeline.starts):
            standing = [pair for pair in entries if book.network.stands(pair[0], period)]
            shared = sum(_share(book, recycler, entry, period) for recycler, entry in standing)
            delivered = _past(book, book.demands[name], after, period) if standing else 0.0
            gauge.same(quantity(book.demands[name].material), shared, delivered, at, name, after, year)


def _share(book: Book, recycler: Recycler, entry: Return, period: int) -> float:
    """The part of a past delivery that came back to a recycler, units delivered per year."""
    line = book.recycling.get((recycler.id, period))
    named = [
        e for e in (line.returned if line else ()) if (e.demand, e.after_years) == (entry.demand, entry.after_years)
    ]
    return sum(returned.scrap for returned in named) / entry.scrap_per_unit


def _past(book: Book, demand: Demand, after: float, period: int) -> float:
    """The mean delivery so many years before each year of a period; nothing before the horizon."""
    timeline = book.timeline
    years, total = timeline.years[period], 0.0
    for year in range(years):
        past = timeline.period_at(timeline.starts[period] + year - after)
        line = None if past is None else book.deliveries.get((demand.id, past))
        total += line.quantity if line else 0.0
    return total / years


def _collected(book: Book, gauge: Gauge, recycler: Recycler) -> None:
    kind = quantity(f"scrap of {recycler.material}")
    for period, year in enumerate(book.timeline.starts):
        line = book.recycling.get((recycler.id, period))
        collected = line.scrap if line else 0.0
        there = book.value(recycler, "scrap", period) + _returned(book, recycler, period)
        most = book.value(recycler, "collection_rate", period) * there
        gauge.most(kind, collected, most, "scrap collected by recycler {} in {}", recycler.id, year)
        if book.network.stands(recycler, period):
            least = book.value(recycler, "minimum_collection_rate", period) * there
            gauge.least(kind, collected, least, "least collection of recycler {} in {}", recycler.id, year)

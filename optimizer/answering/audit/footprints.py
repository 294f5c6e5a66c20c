"""What is emitted or used up, by name, country and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from oremix.models.chain import Recipe, Recycler, Supplier
from oremix.models.plan import Check
from oremix.models.policies import Footprint
from oremix.models.stated import is_stated
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, Kind

__all__ = ["Emission", "check_footprints", "emissions", "emitted"]


class Emission(NamedTuple):
    """An amount of a footprint, per year of a period, and the country it arises in."""

    of: str
    country: str
    period: int
    amount: float


def check_footprints(book: Book) -> Check:
    """Every footprint in every country and period, as the plan states it."""
    gauge = Gauge()
    computed: dict[tuple[str, str, int], float] = defaultdict(float)
    gross: dict[tuple[str, str, int], float] = defaultdict(float)
    for emission in emissions(book):
        computed[emission[:3]] += emission.amount
        gross[emission[:3]] += abs(emission.amount)
    for key in {**computed, **book.footprints} if is_stated(book.plan, "footprints") else ():
        name, country, period = key
        line = book.footprints.get(key)
        amount = line.amount if line else 0.0
        at = ("footprint {} in {} in {}", name, country, book.timeline.starts[period])
        gauge.same(Kind("footprint", name), amount, computed.get(key, 0.0), *at, size=gross.get(key, 0.0))
    return gauge.check()


def emitted(book: Book, policy: Footprint) -> list[tuple[float, float]]:
    """The amount that a policy is about in each period, per year, with the sum of what it is made up of."""
    named = None if policy.countries is None else book.network.geography.members(policy.countries)
    amounts = [(0.0, 0.0)] * len(book.timeline)
    for of, country, period, amount in emissions(book):
        if of == policy.of and (named is None or country in named):
            net, gross = amounts[period]
            amounts[period] = (net + amount, gross + abs(amount))
    return amounts


def emissions(book: Book) -> Iterator[Emission]:
    """Everything that is emitted: per unit taken, of activity, recovered and shipped (before loss)."""
    for (name, period), bought in book.purchases.items():
        supplier = book.suppliers[name]
        yield from _of(book, supplier, book.country(supplier), period, bought.quantity)
    for (name, recipe, period), run in book.runs.items():
        yield from _of(book, book.recipes[name, recipe], book.country(book.plants[name]), period, run.activity)
    for (name, period), line in book.recycling.items():
        recycler = book.recyclers[name]
        yield from _of(book, recycler, book.country(recycler), period, recycler.recovery * line.scrap)
    for (material, start, end, period), shipped in book.shipped.items():
        move = book.network.lanes.moves(material, start, end)[period]
        for name, amount in move.footprint.items():
            yield Emission(name, book.network.geography.country(start), period, amount * shipped)


def _of(book: Book, part: Supplier | Recipe | Recycler, country: str, period: int, amount: float) -> Iterator[Emission]:
    for name, series in (part.footprint or {}).items():
        yield Emission(name, country, period, book.timeline.read(series)[period] * amount)

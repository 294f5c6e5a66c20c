"""New capacity: what may be ordered, how much, when, and from when it counts."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.chain import Facility, Plant
from oremix.models.plan import Check
from oremix.models.stated import is_stated
from oremix.optimizer.answering.audit.book import Book, Order
from oremix.optimizer.answering.audit.gauge import Gauge, quantity

__all__ = ["check_builds"]


def check_builds(book: Book) -> Check:
    """Sizes, years of ordering, years on stream, how often a build is ordered, and what is committed."""
    gauge = Gauge()
    for fault in book.build_faults:
        gauge.holds(False, *fault)
    for order in book.orders:
        _size(gauge, order)
        _years(book, gauge, order)
    _together(book, gauge)
    _committed(book, gauge)
    return gauge.check()


def _size(gauge: Gauge, order: Order) -> None:
    record, build, kind = order.record, order.build, quantity(order.facility.id)
    at = " of the build on {0.on} ordered in {0.ordered}"
    gauge.least(kind, record.capacity, 0.0, "negative capacity" + at, record)
    gauge.least(kind, record.capacity, build.minimum or 0.0, "minimum" + at, record)
    gauge.most(kind, record.capacity, build.max_per_order, "max_per_order" + at, record)
    if build.curve:
        gauge.least(kind, record.capacity, build.curve[0].capacity, "first point of the curve" + at, record)
        gauge.most(kind, record.capacity, build.curve[-1].capacity, "last point of the curve" + at, record)
    if build.sizes:
        nearest = min((point.capacity for point in build.sizes), key=lambda size: abs(size - record.capacity))
        gauge.same(kind, record.capacity, nearest, "none of the sizes" + at, record)


def _years(book: Book, gauge: Gauge, order: Order) -> None:
    record, build = order.record, order.build
    at = " of the build on {0.on} ordered in {0.ordered}"
    gauge.holds(build.earliest is None or record.ordered >= build.earliest, "earliest year" + at, record)
    gauge.holds(build.latest is None or record.ordered <= build.latest, "latest year" + at, record)
    if is_stated(record, "on_stream"):
        gauge.holds(abs(record.on_stream - order.on_stream) < 1e-9, "on-stream year" + at, record)
    if is_stated(record, "until"):
        gauge.holds(_same_end(book, order), "last year" + at, record)
    gauge.holds(bool(order.counts), "no period with capacity" + at, record)
    if is_stated(record, "unit") and record.unit != "unit":  # so it says that says nothing
        gauge.holds(record.unit == _unit(book, order.facility), "unit" + at, record)
    if is_stated(record, "country"):
        gauge.holds(record.country == book.country(order.facility), "country" + at, record)


def _unit(book: Book, facility: Facility) -> str:
    """What capacity is counted in; of a plant its one product's unit where a unit of capacity makes one of it."""
    if not isinstance(facility, Plant):
        return book.unit(facility.material)  # type: ignore[attr-defined]
    alike = {
        book.unit(material)
        for recipe in facility.recipes
        for material, amount in recipe.outputs.items()
        if amount == recipe.capacity_use == 1
    }
    return alike.pop() if len(alike) == 1 else "unit of activity"


def _same_end(book: Book, order: Order) -> bool:
    """Whether the year in which it no longer counts is right; a typical year has no years, and none need be given."""
    stated, computed = order.record.until, order.until
    if stated is None or computed is None:
        return stated is computed or (stated is None and book.timeline.typical)
    return abs(stated - computed) < 1e-9


def _together(book: Book, gauge: Gauge) -> None:
    """Over the horizon: the sum of orders, and how many there may be."""
    for (facility, _), group in _by_build(book).items():
        build, total = group[0].build, sum(order.record.capacity for order in group)
        gauge.most(quantity(facility), total, build.max, "max of the build on {}", facility)
        often = ", ".join(str(order.record.ordered) for order in group)
        what = "yes/no build on {} ordered in {}" if build.orders is None else "orders of the build on {}: {}"
        gauge.holds(build.most_orders is None or len(group) <= build.most_orders, what, facility, often)


def _committed(book: Book, gauge: Gauge) -> None:
    ordered = _by_build(book)
    for facility in book.problem.facilities:
        for position, build in enumerate(facility.builds):
            if build.committed:
                gauge.holds((facility.id, position) in ordered, "committed build on {}, not ordered", facility.id)


def _by_build(book: Book) -> dict[tuple[str, int], list[Order]]:
    orders: dict[tuple[str, int], list[Order]] = defaultdict(list)
    for order in book.orders:
        orders[order.facility.id, order.record.build].append(order)
    return orders

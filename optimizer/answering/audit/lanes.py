"""Lanes: what is closed, what moves at most and at least, by material and pair or for a rule together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from oremix.models.lanes import Move
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, quantity

__all__ = ["lane_name", "lanes", "moved"]

Pair = tuple[str, str, str, int]


def lanes(book: Book, gauge: Gauge) -> None:
    """Closed lanes, local materials, capacities and minimums."""
    _most(book, gauge)
    if any(lane.minimum is not None for lane in book.problem.lanes):
        _least(book, gauge)


def lane_name(book: Book, rule: int) -> str:
    """What a lane is called: its id, or its number from 1."""
    return book.problem.lanes[rule].id or f"lane {rule + 1}"


def moved(book: Book) -> Iterator[tuple[Pair, Move, float]]:
    """Every material, pair of places and period that has a record, with its terms and what is shipped."""
    for (material, start, end, period), shipped in book.shipped.items():
        yield (material, start, end, period), book.network.lanes.moves(material, start, end)[period], shipped


def _joint_kind(book: Book, rule: int) -> str:
    return f"what moves by {lane_name(book, rule)}"


def _most(book: Book, gauge: Gauge) -> None:
    together: dict[tuple[int, int], float] = defaultdict(float)
    limits: dict[tuple[int, int], float | None] = {}
    for (material, start, end, period), move, shipped in moved(book):
        at = (material, start, end, book.timeline.starts[period])
        joint = move.joint.get("capacity")
        if joint is not None:
            together[joint, period] += shipped
            limits[joint, period] = move.capacity
        limit = 0.0 if move.closed else None if joint is not None else move.capacity
        what = "closed lane" if move.closed else "capacity of the lane"
        gauge.most(quantity(material), shipped, limit, what + " for {} from {} to {} in {}", *at)
        if book.network.materials[material].local and start != end:
            gauge.most(quantity(material), shipped, 0.0, "local material {} moved from {} to {} in {}", *at)
    for (rule, period), shipped in together.items():
        where = (lane_name(book, rule), book.timeline.starts[period])
        kind = quantity(_joint_kind(book, rule))
        gauge.most(kind, shipped, limits[rule, period], "joint capacity of {} in {}", *where)


def _least(book: Book, gauge: Gauge) -> None:
    """A minimum holds where anything can move; a joint one where anything at all of it can."""
    together: dict[tuple[int, int], float] = defaultdict(float)
    least: dict[tuple[int, int], float] = {}
    at = "minimum of the lane for {} from {} to {} in {}"
    for (material, start, end, period), move in _movable(book):
        amount = book.shipped.get((material, start, end, period), 0.0)
        rule = move.joint.get("minimum")
        if rule is None:
            year = book.timeline.starts[period]
            gauge.least(quantity(material), amount, move.minimum, at, material, start, end, year)
        else:
            together[rule, period] += amount
            least[rule, period] = move.minimum
    for (rule, period), amount in together.items():
        where = (lane_name(book, rule), book.timeline.starts[period])
        kind = quantity(_joint_kind(book, rule))
        gauge.least(kind, amount, least[rule, period], "joint minimum of {} in {}", *where)


def _movable(book: Book) -> Iterator[tuple[Pair, Move]]:
    """Where something has to move and can."""
    network = book.network
    pairs = {(material, origin.place, end) for material in network.materials for origin, end in network.flows(material)}
    for material, start, end in sorted(pairs):
        for period, move in enumerate(network.lanes.moves(material, start, end)):
            if move.minimum > 0 and not move.closed and network.can_move(material, start, end, period):
                yield (material, start, end, period), move

"""How many suppliers or countries something comes from."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from oremix.models.policies import Diversify
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.scope import Cell

__all__ = ["Number", "number_of"]

# A share this near to nothing may count or not; this near below the smallest that counts it may, or does.
NEAR, AS_GOOD_AS = 1e-6, 1e-9


class Number(NamedTuple):
    """How many there are at least and at most, where some are too near to nothing, or to the smallest share, to say."""

    least: int
    most: int
    is_nothing: bool


def number_of(book: Book, policy: Diversify, cell: Cell, bound: str, period: int) -> Number:
    """For a `max` anything counts, for a `min` what has the smallest share of the whole."""
    amounts = _taken(book, cell, period) if policy.of == "suppliers" else _arrived(book, cell, period)
    there = [amount for amount in amounts.values() if amount > 0]
    total = sum(there)
    if bound == "min":
        smallest = (policy.smallest or 0.0) * total
        sure, maybe = ([a for a in there if a >= smallest - near * total] for near in (AS_GOOD_AS, NEAR))
    else:
        sure = [a for a in there if a >= NEAR * total and book.is_something(str(cell.material), a)]
        maybe = there
    is_nothing = not any(book.is_something(str(cell.material), amount) for amount in there)
    return Number(len(sure), len(maybe), is_nothing)


def _taken(book: Book, cell: Cell, period: int) -> dict[str, float]:
    suppliers = [supplier for supplier in book.problem.suppliers if supplier.material in cell.spots]
    return {supplier.id: book.taken(supplier.id, period) for supplier in suppliers}


def _arrived(book: Book, cell: Cell, period: int) -> dict[str, float]:
    arrived: dict[str, float] = defaultdict(float)
    for material, places in cell.spots.items():
        for place in places:
            for origin, amount in book.arrived.get((material, place, period), {}).items():
                arrived[book.whose(origin, "location")] += amount
    return arrived

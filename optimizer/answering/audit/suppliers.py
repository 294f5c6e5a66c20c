"""Suppliers: what has to be taken and paid for, and what can be taken over the horizon."""

from __future__ import annotations

from oremix.models.chain import Supplier
from oremix.models.stated import stated
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, quantity

__all__ = ["suppliers"]


def suppliers(book: Book, gauge: Gauge) -> None:
    """Minimum, take-or-pay, minimum order and reserve of each supplier."""
    for supplier in book.problem.suppliers:
        if supplier.minimum is not None or supplier.take_or_pay is not None:
            _obligations(book, gauge, supplier)
        if supplier.minimum_order is not None:
            _minimum_order(book, gauge, supplier)
        if supplier.reserve is not None:
            taken = sum(years * book.taken(supplier.id, t) for t, years in enumerate(book.timeline.years))
            gauge.most(quantity(supplier.material), taken, supplier.reserve, "reserve of supplier {}", supplier.id)


def _obligations(book: Book, gauge: Gauge, supplier: Supplier) -> None:
    kind = quantity(supplier.material)
    for period, year in enumerate(book.timeline.starts):
        line = book.purchases.get((supplier.id, period))
        bought, paid = (line.quantity, stated(line, "paid")) if line else (0.0, 0.0)
        least = book.obligation(supplier, "minimum", period)
        gauge.least(kind, bought, least, "minimum of supplier {} in {}", supplier.id, year)
        owed = book.obligation(supplier, "take_or_pay", period)
        if paid is not None:
            gauge.least(kind, paid, owed, "take-or-pay of supplier {} in {}", supplier.id, year)


def _minimum_order(book: Book, gauge: Gauge, supplier: Supplier) -> None:
    """What is taken is nothing, or at least this: a violation is the way to the nearer of the two."""
    for period, year in enumerate(book.timeline.starts):
        taken, least = book.taken(supplier.id, period), book.value(supplier, "minimum_order", period)
        at = ("minimum order of supplier {} in {}", supplier.id, year)
        gauge.excess(quantity(supplier.material), min(taken, least - taken), taken, *at)

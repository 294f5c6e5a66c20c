"""What columns cost per year, and who is paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oremix.models.plan import PayerKind
from oremix.optimizer.lean import Column

__all__ = ["Charge", "Charges", "Payment"]


class Payment(NamedTuple):
    """What is paid for, and where."""

    category: str
    kind: PayerKind
    facility: str
    country: str | None


class Charge(NamedTuple):
    """What a unit of a column costs per year in a period; a column of none stands for a fixed sum."""

    column: Column | None
    rate: float
    category: str
    period: int
    kind: PayerKind
    facility: str
    country: str | None


class Charges:
    """Every cost: lists of equal length, which take less than a record of each; who goes through them gets records."""

    def __init__(self) -> None:
        self.columns: list[Column | None] = []
        self.rates: list[float] = []
        self.periods: list[int] = []
        self.payments: list[Payment] = []

    def add(self, column: Column | None, rate: float, period: int, payment: Payment) -> None:
        """Enter a cost."""
        self.columns.append(column)
        self.rates.append(rate)
        self.periods.append(period)
        self.payments.append(payment)

    def add_over(
        self, columns: Sequence[Column | None], rates: Sequence[float], periods: list[int], paid: Payment
    ) -> None:
        """Enter the same cost in several periods; nothing is entered at a rate of 0."""
        if not any(rates):
            return
        if not all(rates):
            kept = [number for number, rate in enumerate(rates) if rate]
            columns, rates, periods = [columns[n] for n in kept], [rates[n] for n in kept], [periods[n] for n in kept]
        self.columns += columns
        self.rates += rates
        self.periods += periods
        self.payments += [paid] * len(columns)

    def __iter__(self) -> Iterator[Charge]:
        for column, rate, period, (category, kind, facility, country) in zip(
            self.columns, self.rates, self.periods, self.payments, strict=True
        ):
            yield Charge(column, rate, category, period, kind, facility, country)

    def __len__(self) -> int:
        return len(self.columns)

"""What columns cost per year, and who is paid."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from oremix.models.plan import PayerKind
from oremix.optimizer.lean import Column, LeanProblem

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
    """Every cost: lists of equal length, which take less than a record of each; who goes through them gets records.

    Columns are by their numbers in the problem, −1 for none.
    """

    def __init__(self, lp: LeanProblem) -> None:
        self._lp = lp
        self.numbers: Any = array("i")
        self.rates: Any = array("d")
        self.periods: Any = array("i")
        self.payments: list[Payment] = []

    def add(self, column: Column | None, rate: float, period: int, payment: Payment) -> None:
        """Enter a cost."""
        self.numbers.append(-1 if column is None else column.number)
        self.rates.append(rate)
        self.periods.append(period)
        self.payments.append(payment)

    def add_over(self, numbers: Sequence[int], rates: Sequence[float], periods: list[int], payment: Payment) -> None:
        """Enter the same cost in several periods; nothing is entered at a rate of 0."""
        if not any(rates):
            return
        if not all(rates):
            kept = [number for number, rate in enumerate(rates) if rate]
            numbers, rates, periods = [numbers[n] for n in kept], [rates[n] for n in kept], [periods[n] for n in kept]
        self.numbers.extend(numbers)
        self.rates.extend(rates)
        self.periods.extend(periods)
        self.payments += [payment] * len(rates)

    def settle(self, numbers: NDArray[np.int32]) -> None:
        """Take the columns' new numbers, by the old ones."""
        self.numbers = np.append(numbers, -1)[np.array(self.numbers)].astype(np.int32)
        self.rates, self.periods = np.array(self.rates), np.array(self.periods)

    def __iter__(self) -> Iterator[Charge]:
        numbers, rates, periods = (list(values) for values in (self.numbers, self.rates, self.periods))
        for number, rate, period, payment in zip(numbers, rates, periods, self.payments, strict=True):
            column = None if number < 0 else self._lp.at(int(number))
            yield Charge(column, float(rate), payment.category, int(period), *payment[1:])

    def __len__(self) -> int:
        return len(self.payments)

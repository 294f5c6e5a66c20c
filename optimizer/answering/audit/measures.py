"""Part and whole of every ratio that is asked for, and how far it is beyond its bounds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from oremix.models.policies import Budget, Diversify, Footprint, Rule
from oremix.models.stated import is_stated
from oremix.optimizer.answering.audit.amounts import Amounts
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.content import Content
from oremix.optimizer.answering.audit.costs import capex
from oremix.optimizer.answering.audit.diversity import number_of
from oremix.optimizer.answering.audit.footprints import emitted
from oremix.optimizer.answering.audit.reported import Reported
from oremix.optimizer.answering.audit.scope import Bounded, Scope
from oremix.optimizer.answering.audit.subjects import Subject, subjects

__all__ = ["Ratio", "ratios"]


class Ratio(NamedTuple):
    """A ratio as it should be reported.

    Parameters
    ----------
    subject
        What it is of.
    part, whole
        Weighted units per year; where periods are pooled, sums over their years. A whole that is none of a share's is
        only what a part is measured by.
    max, min
        The bounds as reported: of a share pooled over periods the mean, weighted by the whole; of a pooled quantity
        the sum over the years.
    room
        What the bounds allow the part to be, at most and at least.
    over
        By how much the part breaks its bounds, in its own units.
    price
        Of a unit beyond the bounds; none for a hard rule.
    beyond, penalty
        What a priced rule is broken by, in the units of the part, and what that costs per year.
    is_empty
        Whether nothing is counted, so that every bound holds.
    other
        A part that may be stated as well, or any between: a number of what is too little to say whether it counts.
    """

    subject: Subject
    part: float
    whole: float
    max: float | None
    min: float | None
    room: tuple[float | None, float | None]
    over: float
    price: float | None
    beyond: float
    penalty: float
    is_empty: bool
    other: float | None = None


def ratios(book: Book, policies: Iterable[tuple[str | None, Rule]]) -> list[Ratio]:
    """Every ratio that policies ask for, whether they are the problem's own or not.

    Parameters
    ----------
    book
        A plan's records.
    policies
        Each with the name that records are under; none for what is only measured.
    """
    scope = Scope(book)
    found = [subject for name, policy in policies for subject in subjects(book, scope, name, policy)]
    meter = _Meter(book, scope, found)
    return [meter.ratio(subject) for subject in found]


class _Measured(NamedTuple):
    """What is found in the records: the part, the whole of each period, and what a reader may see otherwise."""

    part: float
    wholes: list[float]
    is_empty: bool = False
    other: float | None = None


class _Meter:
    """Measures subjects in the records of a plan."""

    def __init__(self, book: Book, scope: Scope, asked: list[Subject]) -> None:
        self._book = book
        self._amounts, self._content = Amounts(book, scope), Content(book, scope)
        traced = [subject for subject in asked if subject.measure == "content"]
        self._traced = dict(zip(map(id, traced), self._content.parts(traced), strict=True))
        self._emitted: dict[int, list[tuple[float, float]]] = {}

    @cached_property
    def _reported(self) -> Reported:
        return Reported(self._book)

    def ratio(self, subject: Subject) -> Ratio:
        """The ratio as it should be reported."""
        found = self._measure(subject)
        part, wholes = found.part, found.wholes
        highest, lowest = (self._room(subject, field, wholes) for field in ("max", "min"))
        over = max(0.0 if highest is None else part - highest, 0.0 if lowest is None else lowest - part, 0.0)
        is_empty = found.is_empty or (subject.is_share and sum(wholes) == 0)
        over = 0.0 if is_empty else over
        price = self._book.limit(subject.policy, "penalty", subject.pool[0])
        beyond = 0.0 if price is None else self._beyond(subject, over)
        penalty = beyond * (price or 0.0) / (sum(self._years(subject)) if subject.pooled else 1)
        top, bottom = (self._bound(subject, field, wholes) for field in ("max", "min"))
        room = (highest, lowest)
        return Ratio(subject, part, sum(wholes), top, bottom, room, over, price, beyond, penalty, is_empty, found.other)

    def _years(self, subject: Subject) -> list[int]:
        """The years that a period counts for where periods are pooled."""
        return [self._book.timeline.years[period] if subject.pooled else 1 for period in subject.pool]

    def _room(self, subject: Subject, field: str, wholes: list[float]) -> float | None:
        """What a bound allows the part to be."""
        if field not in subject.bounds:
            return None
        values = [self._book.value(subject.policy, field, period) for period in subject.pool]
        if isinstance(subject.policy, Budget):
            return values[0]
        per_bound = wholes if subject.is_share else self._years(subject)
        return sum(value * amount for value, amount in zip(values, per_bound, strict=True))

    def _bound(self, subject: Subject, field: str, wholes: list[float]) -> float | None:
        room = self._room(subject, field, wholes)
        if room is None or not subject.is_share:
            return room
        values = {self._book.value(subject.policy, field, period) for period in subject.pool}
        if len(values) == 1:
            return values.pop()
        return room / sum(wholes) if sum(wholes) > 0 else None

    def _beyond(self, subject: Subject, over: float) -> float:
        """What a priced rule is broken by.

        Bounds on content hold together, so that one may be broken by more than it is on its own: it is as stated, and
        `check_shares` looks at all that are stated together.
        """
        record = self._reported.of(subject) if subject.measure == "content" else None
        return over if record is None or not is_stated(record, "beyond") else record.beyond

    # ------------------------------------------------------------ part and whole

    def _measure(self, subject: Subject) -> _Measured:
        policy, years = subject.policy, self._years(subject)
        if isinstance(policy, Diversify):
            return self._number(subject, policy)
        if isinstance(policy, Bounded) and policy.measure == "content":
            wholes = [self._content.whole(subject, period) for period in subject.pool]
            return _Measured(self._traced[id(subject)], [n * w for n, w in zip(years, wholes, strict=True)])
        if isinstance(policy, Budget):
            spent = sum(self._spent(subject, period) for period in subject.pool)
            return _Measured(spent, [spent])
        amounts = [self._amount(subject, period) for period in subject.pool]
        part = sum(n * amount for n, (amount, _) in zip(years, amounts, strict=True))
        return _Measured(part, [n * whole for n, (_, whole) in zip(years, amounts, strict=True)])

    def _amount(self, subject: Subject, period: int) -> tuple[float, float]:
        policy = subject.policy
        if isinstance(policy, Footprint):
            if id(policy) not in self._emitted:
                self._emitted[id(policy)] = emitted(self._book, policy)
            return self._emitted[id(policy)][period]
        if isinstance(policy, Bounded):
            return self._amounts.measure(policy, subject.cell, subject.tested, period)
        raise TypeError(f"nothing measures {type(policy).__name__}")

    def _spent(self, subject: Subject, period: int) -> float:
        """Capex of the orders of a period, less what others pay."""
        return sum(
            capex(self._book, order) * (1 - order.build.grant)
            for order in self._book.orders
            if order.period == period
            and (subject.tested is None or self._book.country(order.facility) in subject.tested)
        )

    def _number(self, subject: Subject, policy: Diversify) -> _Measured:
        """How many there are: where it is hard to say, the number that the rule would rather have."""
        bound = subject.bounds[0]
        number = number_of(self._book, policy, subject.cell, bound, subject.pool[0])
        part, other = (number.least, number.most) if bound == "max" else (number.most, number.least)
        return _Measured(part, [0.0], is_empty=number.is_nothing, other=other)

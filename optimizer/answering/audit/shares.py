"""The rules: every share as it should be reported, beside the plan's, and whether its bounds hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from oremix.models.plan import Check, ShareRecord
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.gauge import Gauge, Kind, money, quantity
from oremix.optimizer.answering.audit.measures import Ratio
from oremix.optimizer.answering.audit.scope import Bounded

__all__ = ["check_shares"]

BOUND = Kind("bound", "bound")

Key = tuple[str | None, str, str | None, str | None, str | None, int | None]


def check_shares(book: Book, measured: Iterable[Ratio]) -> Check:
    """Each ratio within its bounds unless it is priced, and reported once, as it is."""
    gauge = Gauge()
    records = _by_key(book)
    for ratio in measured:
        if ratio.price is None:
            gauge.excess(_kind(ratio), ratio.over, _size(ratio), "bound of {}", _name(book, ratio))
        record = _take(records.get(_key(book, ratio), []), ratio)
        if record is None:
            _missing(book, gauge, ratio)
        else:
            _compare(book, gauge, ratio, record)
    for record in (record for left in records.values() for record in left):
        at = "share of {1} ({0.measure}) for {0.material} in {0.period}, which nothing asks for (again)"
        gauge.holds(False, at, record, record.policy or "CN")
    return gauge.check()


def _by_key(book: Book) -> dict[Key, list[ShareRecord]]:
    each = {policy.id for policy in book.problem.rules if isinstance(policy, Bounded) and policy.each}
    records: dict[Key, list[ShareRecord]] = defaultdict(list)
    for record in book.plan.shares:
        country = ",".join(record.countries) if record.policy in each else None
        key = (record.policy, record.measure, country, record.material, record.place, record.period)
        records[key].append(record)
    return records


def _take(records: list[ShareRecord], ratio: Ratio) -> ShareRecord | None:
    """The record of a ratio, taken out; of two for the two bounds of a policy, the one that states this bound."""
    bounds = ratio.subject.bounds
    for position, record in enumerate(records):
        if len(records) == 1 or all(getattr(record, bound) is not None for bound in bounds):
            return records.pop(position)
    return None


def _year(book: Book, ratio: Ratio) -> int | None:
    return None if ratio.subject.pooled else book.timeline.starts[ratio.subject.pool[0]]


def _key(book: Book, ratio: Ratio) -> Key:
    subject = ratio.subject
    cell = subject.cell
    return subject.name, subject.policy.measure, subject.country, cell.material, cell.place, _year(book, ratio)


def _name(book: Book, ratio: Ratio) -> str:
    """Policy, country, material, place and period, for people."""
    subject = ratio.subject
    name = f"policy {subject.name}" if subject.name is not None else f"CN ({subject.policy.measure})"
    country = f" on {subject.country}" if subject.country else ""
    place = f" at {subject.cell.place}" if subject.cell.place else ""
    period = " over all periods" if subject.pooled else f" in {_year(book, ratio)}"
    return f"{name}{country} for {subject.cell.material or 'all materials'}{place}{period}"


def _kind(ratio: Ratio) -> Kind:
    return quantity(ratio.subject.name or ratio.subject.policy.measure)


def _size(ratio: Ratio) -> float:
    return max(abs(ratio.part), abs(ratio.whole))


def _missing(book: Book, gauge: Gauge, ratio: Ratio) -> None:
    """A ratio may go unreported where nothing is counted; of each country on its own, where it has no part."""
    lost = abs(ratio.part) if ratio.subject.country else _size(ratio)
    gauge.excess(_kind(ratio), lost, _size(ratio), "missing share of {}", _name(book, ratio))


def _compare(book: Book, gauge: Gauge, ratio: Ratio, record: ShareRecord) -> None:
    kind, size, name = _kind(ratio), _size(ratio), _name(book, ratio)
    gauge.same(kind, record.part, ratio.part, "part of {}", name, size=size)
    if record.whole is not None or ratio.subject.is_share:
        gauge.same(kind, record.whole or 0.0, ratio.whole, "whole of {}", name, size=size)
    tested = ratio.subject.tested
    named = book.network.geography.members(record.countries)
    gauge.holds(tested is None or named == tested, "countries of {}", name)
    _bounds(gauge, ratio, record, name)
    achieved, margin = _achieved(ratio)
    _number(gauge, ratio, record, record.achieved, achieved, "achieved of {}", name)
    _number(gauge, ratio, record, record.margin, margin, "margin of {}", name)
    gauge.same(kind, record.beyond, ratio.beyond, "beyond of {}", name, size=size)
    stake = (ratio.price or 0.0) * size
    gauge.same(money("penalties"), record.penalty, ratio.penalty, "penalty of {}", name, size=stake)


def _bounds(gauge: Gauge, ratio: Ratio, record: ShareRecord, name: str) -> None:
    kind = BOUND if ratio.subject.is_share else _kind(ratio)
    for field, stated, computed in (("max", record.max, ratio.max), ("min", record.min, ratio.min)):
        if stated is None or computed is None:
            gauge.holds(stated is computed or ratio.whole == 0, field + " of {}", name)
        else:
            gauge.same(kind, stated, computed, field + " of {}", name)


def _achieved(ratio: Ratio) -> tuple[float | None, float | None]:
    """What is achieved, and its distance to the nearer bound."""
    if ratio.subject.is_share and ratio.whole == 0:
        return None, None
    achieved = ratio.part / ratio.whole if ratio.subject.is_share else ratio.part
    above = [ratio.max - achieved] if ratio.max is not None else []
    below = [achieved - ratio.min] if ratio.min is not None else []
    return achieved, min([*above, *below], default=None)


def _number(
    gauge: Gauge,
    ratio: Ratio,
    record: ShareRecord,
    stated: float | None,
    computed: float | None,
    *at: str,
) -> None:
    """A share is measured times its whole, as the amount it stands for."""
    size, factor = _size(ratio), ratio.whole if ratio.subject.is_share else 1.0
    if stated is not None and computed is not None:
        gauge.same(_kind(ratio), stated * factor, computed * factor, *at, size=size)
    elif computed is not None:
        gauge.excess(_kind(ratio), size, size, *at)
    elif stated is not None:
        # a whole that the solver left as noise is a zero in the records: a number there, null here
        gauge.holds(ratio.subject.is_share and ratio.whole == 0 and bool(record.whole), *at)

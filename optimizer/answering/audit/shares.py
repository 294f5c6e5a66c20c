"""The rules: every share as it should be reported, beside the plan's, and whether its bounds hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import nan

from oremix.models.plan import Check, ShareRecord
from oremix.models.policies import Budget, Diversify, Footprint
from oremix.models.stated import is_stated
from oremix.models.stated import stated as said
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.content import Content
from oremix.optimizer.answering.audit.gauge import Gauge, Kind, money, quantity
from oremix.optimizer.answering.audit.measures import Ratio
from oremix.optimizer.answering.audit.reported import Reported, year_of
from oremix.optimizer.answering.audit.scope import Bounded, Scope

__all__ = ["check_shares"]

BOUND = Kind("bound", "bound")
# What is broken together by no more than this is not.
TOLERANCE = 1e-6
# Only a bound that is as far as this from being met, as a part of what is measured, is clearly not.
CLEARLY = 1e-4


def check_shares(book: Book, measured: Iterable[Ratio]) -> Check:
    """Each ratio within its bounds unless it is priced, and reported once, as it is; those of content together too.

    Of a plan that states no shares at all only the bounds are looked at; China's shares need not be among those stated.
    """
    gauge = Gauge()
    measured = list(measured)
    for ratio in measured:
        if ratio.price is None:
            gauge.excess(_kind(ratio), ratio.over, _size(ratio), "bound of {}", _name(book, ratio))
    if is_stated(book.plan, "shares"):
        _as_reported(book, gauge, measured)
    _together(book, gauge, measured)
    return gauge.check()


def _as_reported(book: Book, gauge: Gauge, measured: list[Ratio]) -> None:
    """The records of shares beside what they should be."""
    reported = Reported(book)
    names = {record.policy for record in book.plan.shares}
    for ratio in measured:
        record = reported.take(ratio.subject)
        if record is not None:
            _compare(book, gauge, ratio, record)
        elif ratio.subject.name is not None or None in names:
            _missing(book, gauge, ratio)
    for record in reported.left:
        at = "share of {1} ({0.measure}) for {0.material} in {0.period}, which nothing asks for (again)"
        gauge.holds(False, at, record, record.policy or "CN")


def _together(book: Book, gauge: Gauge, measured: list[Ratio]) -> None:
    """The bounds of one layer on content: the flows allow marks with which all of them hold at once."""
    layers: dict[tuple[str, str | None, str], list[Ratio]] = defaultdict(list)
    groups: list[list[Ratio]] = []
    for ratio in measured:
        subject = ratio.subject
        if subject.measure != "content" or subject.name is None or ratio.is_empty:
            continue
        if _size(ratio) > 0:
            layers[subject.name, subject.country, subject.bounds[0]].append(ratio)
        else:  # nothing is delivered that could be marked for one or another
            groups.append([ratio])
    content = Content(book, Scope(book))
    for group in (*layers.values(), *groups):
        if len(group) == 1 or not _hold(book, gauge, content, group):
            for ratio in group if group[0].price is not None else ():
                at = ("beyond of {}", _name(book, ratio))
                gauge.same(_kind(ratio), ratio.beyond, ratio.over, *at, size=_size(ratio))


def _hold(book: Book, gauge: Gauge, content: Content, group: list[Ratio]) -> bool:
    """What is stated beyond priced bounds is enough for all of them; false where nothing is free to be shared out."""
    sign = 1.0 if group[0].subject.bounds == ("max",) else -1.0
    sizes = [_size(ratio) for ratio in group]
    rooms = [next(room for room in ratio.room if room is not None) for ratio in group]
    stated = [room + sign * ratio.beyond for room, ratio in zip(rooms, group, strict=True)]
    subjects = [ratio.subject for ratio in group]
    over = content.beyond(list(zip(subjects, stated, (1 / size for size in sizes), sizes, strict=True)))
    if over is None:
        return False
    if group[0].price is not None and not _is_beyond_stated(book, group):
        right = max(amount / size for amount, size in zip(over, sizes, strict=True)) <= TOLERANCE
        at = "beyond of policy {}, which has to be stated: its bounds are broken together"
        gauge.holds(right, at, subjects[0].name)
        return True
    for ratio, amount, size in zip(group, over, sizes, strict=True):
        gauge.excess(_kind(ratio), amount, size, "bound of {}, with the policy's others", _name(book, ratio))
    prices = [_discounted_price(book, ratio) for ratio in group]
    if max(prices) > 0:
        least = content.beyond(list(zip(subjects, rooms, prices, sizes, strict=True))) or []
        paid = sum(price * ratio.beyond for price, ratio in zip(prices, group, strict=True))
        due = sum(price * amount for price, amount in zip(prices, least, strict=True))
        stake = max(price * size for price, size in zip(prices, sizes, strict=True))
        gauge.same(money("penalties"), paid, due, "penalties of policy {}", subjects[0].name, size=stake)
    return True


def _is_beyond_stated(book: Book, group: list[Ratio]) -> bool:
    """Whether a plan says by how much each bound of a priced rule is broken."""
    reported = Reported(book)
    records = [reported.of(ratio.subject) for ratio in group]
    return all(record is not None and is_stated(record, "beyond") for record in records)


def _discounted_price(book: Book, ratio: Ratio) -> float:
    """What a unit beyond a bound costs over the horizon."""
    pool, timeline = ratio.subject.pool, book.timeline
    years = sum(timeline.years[period] for period in pool) if ratio.subject.pooled else 1
    return (ratio.price or 0.0) * sum(timeline.weights[period] for period in pool) / years


def _name(book: Book, ratio: Ratio) -> str:
    """Policy, country, material, place and period, for people."""
    subject = ratio.subject
    name = f"policy {subject.name}" if subject.name is not None else f"CN ({subject.measure})"
    country = f" on {subject.country}" if subject.country else ""
    place = f" at {subject.cell.place}" if subject.cell.place else ""
    period = " over all periods" if subject.pooled else f" in {year_of(book, subject)}"
    if not subject.cell.spots:
        return f"{name}{country}{period}"
    return f"{name}{country} for {subject.cell.material or 'all materials'}{place}{period}"


def _kind(ratio: Ratio) -> Kind:
    """Money, numbers and amounts of each footprint are no yardstick for each other."""
    subject = ratio.subject
    name = subject.name or subject.measure
    if isinstance(subject.policy, Budget):
        return money(name)
    return Kind(subject.measure, name) if isinstance(subject.policy, Footprint | Diversify) else quantity(name)


def _unit(book: Book, ratio: Ratio) -> str:
    """What the part is counted in; empty where unlike units are added up or weighted."""
    policy = ratio.subject.policy
    if isinstance(policy, Bounded):
        units = {book.unit(material) for material in ratio.subject.cell.spots}
        return units.pop() if policy.weight == "quantity" and len(units) == 1 else ""
    return policy.of if isinstance(policy, Footprint | Diversify) else book.problem.currency


def _size(ratio: Ratio) -> float:
    return max(abs(ratio.part), abs(ratio.whole))


def _missing(book: Book, gauge: Gauge, ratio: Ratio) -> None:
    """A ratio may go unreported where nothing is counted; of each country on its own, where it has no part."""
    lost = abs(ratio.part) if ratio.subject.country else _size(ratio)
    gauge.excess(_kind(ratio), lost, _size(ratio), "missing share of {}", _name(book, ratio))


def _compare(book: Book, gauge: Gauge, ratio: Ratio, record: ShareRecord) -> None:
    part, whole = said(record, "part"), said(record, "whole")
    if ratio.other is not None and part is not None and part in range(*_ends(ratio.part, ratio.other)):
        ratio = ratio._replace(part=part)
    kind, size, name = _kind(ratio), _size(ratio), _name(book, ratio)
    gauge.same(kind, part, ratio.part, "part of {}", name, size=size)
    if ratio.subject.is_share and is_stated(record, "whole"):
        gauge.same(kind, whole or 0.0, ratio.whole, "whole of {}", name, size=size)
    elif whole is not None:
        computed = ratio.whole if isinstance(ratio.subject.policy, Bounded) else nan
        gauge.same(kind, whole, computed, "whole of {}", name, size=size)
    if is_stated(record, "countries"):
        named = book.network.geography.members(record.countries)
        gauge.holds(named == (ratio.subject.tested or named), "countries of {}", name)
    unit = said(record, "unit")
    gauge.holds(not unit or unit == _unit(book, ratio), "unit of {}", name)
    _bounds(gauge, ratio, record, name)
    achieved, margin = _achieved(ratio)
    _number(gauge, ratio, record, "achieved", achieved, kind, name)
    _number(gauge, ratio, record, "margin", margin, kind, name)
    if is_stated(record, "binding"):
        _binding(gauge, ratio, record, margin, name)
    gauge.same(kind, said(record, "beyond"), ratio.beyond, "beyond of {}", name, size=size)
    stake = (ratio.price or 0.0) * size
    gauge.same(money("penalties"), said(record, "penalty"), ratio.penalty, "penalty of {}", name, size=stake)


def _ends(one: float, other: float) -> tuple[int, int]:
    return round(min(one, other)), round(max(one, other)) + 1


def _binding(gauge: Gauge, ratio: Ratio, record: ShareRecord, margin: float | None, name: str) -> None:
    """A bound that is clearly not met does not bind, one that is clearly broken at a price does.

    That a hard one is broken is a violation by itself, which says more than this.
    """
    if margin is None:
        gauge.holds(not record.binding, "binding of {}", name)
        return
    largest = 1.0 if ratio.subject.is_share else max(_size(ratio), *(abs(room or 0.0) for room in ratio.room))
    broken = margin < 0 and ratio.price is None
    if abs(margin) > CLEARLY * largest and not ratio.is_empty and not broken:
        gauge.holds(record.binding is (margin < 0), "binding of {}", name)


def _bounds(gauge: Gauge, ratio: Ratio, record: ShareRecord, name: str) -> None:
    kind = BOUND if ratio.subject.is_share else _kind(ratio)
    for field, computed in (("max", ratio.max), ("min", ratio.min)):
        stated = said(record, field)
        if not is_stated(record, field):
            continue
        if stated is None or computed is None:
            gauge.holds(stated is computed or ratio.is_empty, field + " of {}", name)
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
    gauge: Gauge, ratio: Ratio, record: ShareRecord, field: str, computed: float | None, kind: Kind, name: str
) -> None:
    """A share is measured times its whole, as the amount it stands for."""
    if not is_stated(record, field):
        return
    stated, at = said(record, field), (field + " of {}", name)
    size, factor = _size(ratio), ratio.whole if ratio.subject.is_share else 1.0
    if stated is not None and computed is not None:
        gauge.same(kind, stated * factor, computed * factor, *at, size=size)
    elif computed is not None:
        if ratio.is_empty:
            return
        gauge.excess(kind, size, size, *at)
    elif stated is not None:
        # a whole that the solver left as noise is a zero in the records: a number there, null here
        gauge.holds(ratio.subject.is_share and ratio.whole == 0 and bool(said(record, "whole")), *at)

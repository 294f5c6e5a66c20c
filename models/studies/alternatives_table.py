"""Alternatives as text: how different they are, what each does otherwise, and the range of every decision."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.amounts import percent_text, quantity_text
from oremix.models.studies.alternatives import Alternative, Alternatives, ChoiceKind, Range
from oremix.models.studies.lines import indented, table

__all__ = ["alternatives_as_text"]

MOST_ROWS, MOST_TOLD = 14, 12
TITLES: dict[ChoiceKind, str] = {
    "share": "Where supply comes from, share over the horizon",
    "build": "Capacity built, a year",
    "supplier": "Bought, a year on the mean",
    "plant": "Made in plants, a year on the mean",
    "recycler": "Recovered, a year on the mean",
    "stock": "In stock, mean of the periods' ends",
    "demand": "Delivered, a year on the mean",
}
HEADS = ("", "cheapest", "least", "most", "")


def alternatives_as_text(found: Alternatives) -> str:
    """The answer, a unit on every number."""
    return "\n".join(_lines(found))


def _lines(found: Alternatives) -> Iterator[str]:
    yield f"{found.problem or 'problem'}: what else is nearly as cheap"
    money, cost = found.currency, found.cheapest.total_cost
    more = "" if found.within is None else f", {_percent(found.within)} more"
    yield (
        f"the cheapest plan costs {money} {_money(found, cost)}, others here up to {money}"
        f" {_money(found, found.budget)}{more}, discounted"
    )
    if not found.complete:
        left = f"; {len(found.left_out)} decisions were left out (`left_out` in the JSON)" if found.left_out else ""
        yield f"not complete{left}"
    yield from _plans(found)
    if found.reason is not None:
        yield from ["", *indented(f"{len(found.alternatives)} and no more: {found.reason}", "")]
    for one in found.alternatives:
        yield from ["", f"{one.id}, {money} {_signed(found, one.difference)}"]
        for text in one.text[:MOST_TOLD]:
            yield from indented(text, "  ")
        if len(one.text) > MOST_TOLD:
            yield f"  and {len(one.text) - MOST_TOLD} more (`text` in the JSON)"
    yield from _ranges(found)
    if found.notes:
        yield from ["", "Note"]
    for note in found.notes:
        yield from indented(note, "  ")


def _money(found: Alternatives, amount: float) -> str:
    """An amount, in millions where the cheapest plan's cost is."""
    return f"{amount / 1e6:,.1f} m" if abs(found.cheapest.total_cost) >= 1e7 else f"{amount:,.6g}"


def _signed(found: Alternatives, amount: float) -> str:
    return f"+{_money(found, amount)}" if amount > 0 else _money(found, amount)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.3g} %"


def _plans(found: Alternatives) -> Iterator[str]:
    names = [found.cheapest.id, *(one.id for one in found.alternatives)]
    apart = {frozenset((pair.first, pair.second)): pair for pair in found.distances}
    heads = ("", f"cost, {found.currency}", "more", "supply", "builds", *(f"to {_short(name)}" for name in names[:-1]))
    rows = [heads]
    for at, one in enumerate([found.cheapest, *found.alternatives]):
        pair = apart.get(frozenset((found.cheapest.id, one.id)))
        rows.append(
            (
                one.id,
                _money(found, one.total_cost),
                "" if at == 0 else _share_of(found, one),
                "" if pair is None else _percent(pair.supply),
                "" if pair is None else _percent(pair.builds),
                *(
                    _percent(apart[frozenset((one.id, other))].distance) if n < at else ""
                    for n, other in enumerate(names[:-1])
                ),
            )
        )
    least = _percent(found.min_distance)
    yield from ["", f"How different (supply, builds: from the cheapest; distance: mean of both, {least} at least)"]
    yield from table(rows)


def _short(name: str) -> str:
    return name.removeprefix("alternative ")


def _share_of(found: Alternatives, one: Alternative) -> str:
    whole = abs(found.cheapest.total_cost)
    return _percent(one.difference / whole) if whole else _signed(found, one.difference)


# ---------------------------------------------------------------- ranges


def _ranges(found: Alternatives) -> Iterator[str]:
    if not found.ranges:
        return
    within = "within the budget" if found.within is None else f"within {_percent(found.within)}"
    for kind, title in TITLES.items():
        every = [one for one in found.ranges if one.kind == kind and one.ordered is None]
        told = [one for one in every if one.verdict != "never"]
        if told:
            yield from ["", f"{title} ({within})"]
            yield from table([HEADS, *(_row(one) for one in told[:MOST_ROWS])])
        if len(told) > MOST_ROWS:
            yield f"  and {len(told) - MOST_ROWS} more (`ranges` in the JSON)"
        never = [_label(one) for one in every if one.verdict == "never"]
        if never:
            yield from ([] if told else ["", f"{title} ({within})"])
            yield from indented(f"never: {', '.join(never)}", "  ")


def _row(one: Range) -> tuple[str, ...]:
    most = "no end" if one.max is None else _amount(one, one.max)
    marks = ["must" if one.verdict == "must" else "", "" if one.exact else "~"]
    if one.left_over_at_max:
        marks.append(f"{_amount(one, one.left_over_at_max)} of the most left over")
    return _label(one), _amount(one, one.cheapest), _amount(one, one.min), most, " ".join(filter(None, marks))


def _label(one: Range) -> str:
    if one.kind == "share":
        return f"{one.material}{f' in {one.where}' if one.where else ''} from {one.id}"
    what = f", {one.material}" if one.material is not None and one.kind in ("plant", "stock") else ""
    return f"{one.id} ({one.country}{what}), {one.unit}"


def _amount(one: Range, amount: float | None) -> str:
    if amount is None:
        return "-"
    return percent_text(amount) if one.unit == "share" else quantity_text(amount)

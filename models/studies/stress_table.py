"""A stress test as text: what hurts most first, then what the worst do, and what would insure against them."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.amounts import quantity_text
from oremix.models.studies.lines import indented
from oremix.models.studies.stress import Short, Stress, Stressed, TakesOver

__all__ = ["stress_as_text"]

MOST_OUTAGES, MOST_TOLD, MOST_LISTED = 25, 5, 4
HEADS = ("outage", "missing", "worst", "first missing", "stock lasts", "cost")
NUMBERS = (1, 5)


def stress_as_text(stress: Stress) -> str:
    """The answer, a unit on every number."""
    return "\n".join(_lines(stress))


def _lines(stress: Stress) -> Iterator[str]:
    yield stress.problem or "Stress test"
    cost = _money(stress, stress.plan_cost).lstrip("+")
    yield f"{_count(len(stress.outages), 'outage')} of a plan that costs {stress.currency} {cost}, discounted"
    if not stress.complete:
        yield f"not complete: it was stopped, {_count(len(stress.untried), 'outage')} untried"
    yield from _ranking(stress)
    for outage in _worst(stress)[:MOST_TOLD]:
        yield from _told(outage)
    yield from _insurance(stress)
    if stress.notes:
        yield from ["", "Note"]
    for note in stress.notes:
        yield from indented(note)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _money(stress: Stress, amount: float) -> str:
    """An amount, in millions where the plan's cost is; the unit follows."""
    return f"{amount / 1e6:+,.1f} m" if abs(stress.plan_cost) >= 1e7 else f"{amount:+,.6g}"


def _is_bad(outage: Stressed) -> bool:
    return bool(outage.shortages or outage.broken or outage.total_cost is None)


def _worst(stress: Stress) -> list[Stressed]:
    """Those with anything to tell; of those that do just the same the first."""
    found: dict[object, Stressed] = {}
    for outage in filter(_is_bad, stress.outages):
        found.setdefault(outage.harm or outage.id, outage)
    return list(found.values())


# ---------------------------------------------------------------- the ranking


def _ranking(stress: Stress) -> Iterator[str]:
    rows = [HEADS, *(_row(stress, outage) for outage in stress.outages[:MOST_OUTAGES])]
    title = f"What hurts most (missing: years of demand; cost: {stress.currency}, beside the plan with its stocks free)"
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    yield from ["", title]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  " + "  ".join(c.rjust(w) if n in NUMBERS else c.ljust(w) for n, (c, w) in enumerate(cells)).rstrip()
    more = stress.outages[MOST_OUTAGES:]
    if more:
        bad = sum(map(_is_bad, more))
        yield f"  and {len(more)} more, {bad or 'none'} of them with anything missing (`outages` in the JSON)"


def _row(stress: Stress, outage: Stressed) -> tuple[str, ...]:
    label = outage.id if outage.kind in ("country", "pair") else f"{outage.kind} {outage.id}"
    if outage.total_cost is None:
        return label, "no plan", outage.status, "", "", ""
    worst = max(outage.shortages, key=lambda short: short.share, default=None)
    return (
        label,
        f"{outage.shortage:,.2f}" if outage.shortage else "-",
        "-" if worst is None else f"{worst.demand} {100 * worst.share:.3g} %{_in(worst.period)}",
        "-" if outage.years_to_shortage is None else _after(outage.years_to_shortage),
        _months(outage),
        _money(stress, outage.extra_cost or 0.0),
    )


def _in(period: int) -> str:
    return "" if period == 1 else f" in {period}"


def _after(years: float) -> str:
    return "at once" if years == 0 else f"after {years:g} year{'' if years == 1 else 's'}"


def _months(outage: Stressed) -> str:
    known = [cover.months for cover in outage.stocks if cover.months is not None]
    return f"{min(known):.3g} months" if known else "-"


# ---------------------------------------------------------------- the worst


def _told(outage: Stressed) -> Iterator[str]:
    yield from ["", f"{outage.id}: {outage.text}"]
    yield from _listed("missing", [_missing(short) for short in outage.shortages])
    without = {"policies": outage.shortage_without_policies, "obligations": outage.shortage_without_obligations}
    for what, least in without.items():
        if least is not None and outage.shortage - least > 1e-6 * outage.shortage:
            yield f"  {what} cost {outage.shortage - least:,.3g} of these {outage.shortage:,.3g} years of demand"
    for cover in outage.stocks:
        if cover.months is not None:
            left = "some is always left" if cover.empty_after is None else f"none is left {_after(cover.empty_after)}"
            yield (
                f"  stock of {cover.material} in {cover.country}: {quantity_text(cover.at_hand)} {cover.unit} last"
                f" {cover.months:.3g} months at {quantity_text(cover.lost)} {cover.unit} a year lost; {left}"
            )
    takers = [_taker(taker) for taker in outage.takes_over]
    yield from _listed("who takes over, a year", takers)
    for entry in outage.broken:
        yield from indented(f"cannot be kept: {entry.text}")
    if outage.total_cost is None and outage.reason:
        yield from indented(outage.reason)
    for statement in outage.conflict:
        yield from indented(f"in the way: {statement.text}")


def _taker(taker: TakesOver) -> str:
    who = f"stock at {taker.id}" if taker.kind == "stockpile" else taker.id
    return f"{who} {quantity_text(taker.more)} {taker.unit} more of {taker.material}"


def _missing(short: Short) -> str:
    priced = "" if short.hard else ", at its price"
    amount = f"{quantity_text(short.quantity)} {short.unit} a year ({100 * short.share:.3g} %)"
    return f"{short.demand} {amount}{_in(short.period)}{priced}"


def _listed(title: str, entries: list[str]) -> Iterator[str]:
    if not entries:
        return
    more = len(entries) - MOST_LISTED
    text = "; ".join(entries[:MOST_LISTED]) + (f"; and {more} more" if more > 0 else "")
    yield from indented(f"{title}: {text}")


# ---------------------------------------------------------------- insurance


def _insurance(stress: Stress) -> Iterator[str]:
    if not stress.insurance:
        return
    yield from ["", f"The cheapest insurance (each alone; cost in {stress.currency}, discounted)"]
    for one in stress.insurance:
        text = (
            f"against {one.outage}: {one.text}; the plan costs {_money(stress, one.cost)} without the"
            f" outage, {_money(stress, one.cost_under_outage)} under it"
        )
        yield from indented(text)

"""A plan as text: what a buyer reads first, with a unit on every number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf
from textwrap import wrap
from typing import Any

from oremix.models.diagnosis import Diagnosis
from oremix.models.plan import Plan, ShareRecord

__all__ = ["plan_as_text"]

Rows = list[tuple[str, list[str]]]
WIDTH = 110
MOST_CARRIERS = 5

STATUS = {
    "optimal": "the cheapest plan, proved",
    "feasible": "a plan that keeps every rule, not proved to be the cheapest",
    "infeasible": "no plan keeps every rule",
    "unbounded": "the cost has no lower limit: something earns money without end",
    "no_answer": "a limit was reached before any plan was found",
}


def plan_as_text(plan: Plan) -> str:
    """The plan in sections: cost, rules, what is bought, made, recycled, built and stored."""
    found = [] if plan.diagnosis is None else list(_diagnosis(plan, plan.diagnosis))
    sections = list(_sections(plan)) if plan.total_cost is not None else []
    return "\n".join([*_headline(plan), *found, *sections, *_remarks(plan)])


def _headline(plan: Plan) -> Iterator[str]:
    yield plan.problem or "Plan"
    yield f"{plan.status}: {STATUS[plan.status]}"
    certificate = plan.certificate
    if certificate.reason:
        yield certificate.reason if certificate.verified else f"not verified: {certificate.reason}"
    if plan.total_cost is not None:
        prices = f", prices of {plan.price_year}" if plan.price_year else ""
        discounted = f", discounted to {plan.costs.by_period[0].period}" if len(plan.costs.by_period) > 1 else ""
        yield f"total cost {_money(plan, plan.total_cost)}{discounted}{prices}"


def _diagnosis(plan: Plan, diagnosis: Diagnosis) -> Iterator[str]:
    """What conflicts, and what would give a plan at which cost."""
    yield from ["", *wrap(f"What conflicts: {diagnosis.text}", WIDTH, subsequent_indent="  ")]
    for entry in diagnosis.conflict:
        firm = " [firm]" if entry.firm else ""
        yield from wrap(f"- {entry.text}{firm}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    if diagnosis.repairs:
        yield from ["", "What would give a plan, each solved again, with its total cost"]
    for repair in diagnosis.repairs:
        text = f"- {repair.text}: {_money(plan, repair.total_cost)}"
        yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _sections(plan: Plan) -> Iterator[str]:
    periods = [cost.period for cost in plan.costs.by_period]
    titles = [""] if periods == [1] else [str(period) for period in periods]
    for title, rows in (
        (f"Cost, {_scale(plan)[1]} a year", _costs(plan)),
        ("Rules (* binds, ! broken at its price)", _rules(plan, periods)),
        ("What one more unit of demand costs", _prices(plan, periods)),
        (
            "Bought, a year",
            _flows(plan.purchases, periods, lambda r: f"{r.material} from {r.supplier} ({r.country})"),
        ),
        ("Paid for and not taken, a year", _untaken(plan, periods)),
        ("Refined, a year", _production(plan, periods)),
        (
            "Recycled, a year",
            _flows(plan.recycling, periods, lambda r: f"{r.material} by {r.recycler} ({r.country})"),
        ),
        (
            "Stock at the period's end",
            _flows(plan.stocks, periods, lambda r: f"{r.material} at {r.place}", "level"),
        ),
        ("Sold, a year", _flows([d for d in plan.deliveries if d.revenue], periods, lambda r: r.demand)),
        ("Short of demand, a year", _flows(plan.deliveries, periods, lambda r: r.demand, "shortage")),
        ("Left over, a year", _flows(plan.surpluses, periods, lambda r: f"{r.material} at {r.from_}")),
        ("Footprint, a year", _pivot(((f.of, f.period, f.amount) for f in plan.footprints), periods)),
    ):
        if rows:
            yield from ["", *_table(title, titles, rows)]
    yield from _builds(plan)
    yield from _worth(plan)
    yield from _offers(plan)


def _remarks(plan: Plan) -> Iterator[str]:
    notes = plan.notes if any(share.policy and share.measure == "content" for share in plan.shares) else []
    if plan.warnings or notes:
        yield from ["", "Note"]
    for remark in [*plan.warnings, *notes]:
        yield from wrap(remark, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if plan.assumptions:
        count = len(plan.assumptions)
        yield from [
            "",
            f"{count} {'entry rests' if count == 1 else 'entries rest'} on assumptions (`assumptions` in the JSON).",
        ]
    if plan.carried_by:
        yield "Of these the answer rests most on (`carried_by` in the JSON)"
        yield from (f"  {carrier.text}" for carrier in plan.carried_by[:MOST_CARRIERS])


# ---------------------------------------------------------------- sections


def _costs(plan: Plan) -> Rows:
    divisor, _ = _scale(plan)
    categories = list(plan.costs.by_category)
    rows = [
        (category, [_cost(cost.annual_by_category.get(category, 0.0) / divisor) for cost in plan.costs.by_period])
        for category in categories
    ]
    return [*rows, ("total", [_cost(cost.annual / divisor) for cost in plan.costs.by_period])]


def _cost(amount: float) -> str:
    return f"{amount:,.1f}" if amount else ""


def _rules(plan: Plan, periods: list[int]) -> Rows:
    """Each policy's ratio against its bound; a star where it binds."""
    found: dict[str, dict[int, str]] = {}
    dull = _dull(plan)
    for share in plan.shares:
        if share.policy is None and (share.measure, share.material) in dull:
            continue
        label = _share_label(share)
        for period in periods if share.period is None else [share.period]:
            cells = found.setdefault(label, {})
            cells[period] = f"{cells[period]}; {_share_text(share)}" if period in cells else _share_text(share)
    return [(label, [cells.get(period, "") for period in periods]) for label, cells in found.items()]


def _dull(plan: Plan) -> set[tuple[str, str | None]]:
    """Of the shares that no policy bounds, production on one side of the border, and content that is as supply is."""
    seen: dict[tuple[str, str | None], dict[int | None, float | None]] = {}
    for share in plan.shares:
        if share.policy is None:
            rounded = None if share.achieved is None else round(share.achieved, 4)
            seen.setdefault((share.measure, share.material), {})[share.period] = rounded
    return {
        (measure, material)
        for (measure, material), values in seen.items()
        if (measure == "production" and set(values.values()) <= {0.0, 1.0, None})
        or (measure == "content" and values == seen.get(("supply", material)))
    }


def _share_label(share: ShareRecord) -> str:
    what = ", ".join(text for text in (share.material, share.place) if text)
    pooled = " over all periods" if share.period is None else ""
    if share.policy is None:
        return f"  {'/'.join(share.countries)} in {share.measure} of {what}{pooled}"
    who = "/".join(share.countries[:3]) + ("…" if len(share.countries) > 3 else "")
    how = "" if share.measure in ("supply", "production") else share.measure
    unit = f", {share.unit}" if share.whole is None and share.unit not in ("", share.measure) else ""
    return f"{share.policy}: " + " ".join(word for word in (who, how, what) if word) + unit + pooled


def _share_text(share: ShareRecord) -> str:
    show: Callable[[float], str] = (lambda x: f"{100 * x:.1f}") if share.whole is not None else _figure
    if share.achieved is None:
        return "-"
    achieved = show(share.achieved)
    sign = " %" if share.whole is not None else ""
    always = (1.0, 0.0) if share.whole is not None else (inf, 0.0)  # bounds that hold whatever happens
    bounds = (("≤", share.max, always[0]), ("≥", share.min, always[1]))
    bound = "".join(f" {symbol}{show(b)}" for symbol, b, trivial in bounds if b is not None and b != trivial)
    return f"{achieved}{bound}{sign}{_mark(share)}"


def _mark(share: ShareRecord) -> str:
    if share.margin is not None and share.margin < -1e-6 * max(1.0, abs(share.achieved or 0.0)):
        return "!"
    return "*" if share.binding else ""


def _untaken(plan: Plan, periods: list[int]) -> Rows:
    gaps = ((p, p.paid - p.quantity) for p in plan.purchases)
    return _pivot(
        ((f"{p.material} from {p.supplier} ({p.country}), {p.unit}", p.period, gap) for p, gap in gaps if gap), periods
    )


def _prices(plan: Plan, periods: list[int]) -> Rows:
    return _pivot(((f"{p.demand}, {p.unit}", p.period, p.price) for p in plan.prices if p.price is not None), periods)


def _unit(units: dict[str, str], material: str) -> str:
    return f", {units[material]}" if material in units else ""


def _production(plan: Plan, periods: list[int]) -> Rows:
    units = {shipment.material: shipment.unit for shipment in plan.shipments}
    units |= {surplus.material: surplus.unit for surplus in plan.surpluses}
    return _pivot(
        (
            (f"{material} by {record.plant} ({record.country}){_unit(units, material)}", record.period, quantity)
            for record in plan.production
            for material, quantity in record.outputs.items()
        ),
        periods,
    )


def _flows(records: Iterable[Any], periods: list[int], label: Callable[[Any], str], field: str = "quantity") -> Rows:
    entries = ((f"{label(r)}, {r.unit}", r.period, getattr(r, field)) for r in records)
    return _pivot(entries, periods)


def _pivot(entries: Iterable[tuple[str, int, float]], periods: list[int]) -> Rows:
    """A row per label with a figure per period; rows of nothing but zeros are left out."""
    found: dict[str, dict[int, float]] = {}
    for label, period, value in entries:
        cells = found.setdefault(label, {})
        cells[period] = cells.get(period, 0.0) + value
    return [
        (label, [_figure(cells[period]) if cells.get(period) else "" for period in periods])
        for label, cells in found.items()
        if any(cells.values())
    ]


def _builds(plan: Plan) -> Iterator[str]:
    if plan.builds:
        yield from ["", "Built"]
    for build in plan.builds:
        granted = f", of which {_money(plan, build.grant)} granted" if build.grant else ""
        capex = f", capex {_money(plan, build.capex)}{granted}" if build.capex else ""
        when = (
            "" if plan.costs.by_period[0].period == 1 else f" ordered {build.ordered}, on stream {build.on_stream:g},"
        )
        yield f"  {build.on} ({build.country}):{when} {_figure(build.capacity)} {build.unit} a year{capex}"


def _worth(plan: Plan) -> Iterator[str]:
    """What loosening would save: every rule that binds, and the dearest of the rest."""
    rules = [limit for limit in plan.limits if limit.kind == "policy"]
    others = [limit for limit in plan.limits if limit.kind != "policy"]
    shown = [*rules[:12], *others[: max(0, 8 - len(rules))]]
    if shown:
        yield from ["", "What loosening would save", *(f"  {limit.text}" for limit in shown)]
    left = len(plan.limits) - len(shown)
    if left:
        yield f"  and {left} more (`limits` in the JSON)"


def _offers(plan: Plan) -> Iterator[str]:
    """Of what is not used, what is nearest to being used: builds first, each thing once."""
    near: dict[tuple[str, str], tuple[float, str]] = {}
    for offer in plan.offers:
        if offer.enters_at > 0 and offer.kind != "lane":
            distance = 1 - offer.enters_at / offer.price if offer.price > 0 else 0.0
            key = (offer.kind, offer.on)
            near[key] = min(near.get(key, (inf, "")), (distance, offer.text))
    shown = sorted(near.items(), key=lambda item: (item[0][0] != "build", item[1][0]))[:6]
    if shown:
        yield from ["", "Not used, and at which price it would be", *(f"  {text}" for _, (_, text) in shown)]


# ---------------------------------------------------------------- layout


def _table(title: str, titles: list[str], rows: Rows) -> Iterator[str]:
    label_width = max(len(title), *(len(label) + 2 for label, _ in rows))
    widths = [max(len(heading), *(len(cells[column]) for _, cells in rows)) for column, heading in enumerate(titles)]
    yield (title.ljust(label_width) + _cells(titles, widths)).rstrip()
    for label, cells in rows:
        yield f"  {label}".ljust(label_width) + _cells(cells, widths)


def _cells(cells: list[str], widths: list[int]) -> str:
    return "".join("  " + cell.rjust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _figure(value: float) -> str:
    """Whole numbers from a hundred, else four digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def _scale(plan: Plan) -> tuple[float, str]:
    largest = max((abs(cost.annual) for cost in plan.costs.by_period), default=0.0)
    return (1e6, f"{plan.currency} m") if largest >= 1e7 else (1.0, plan.currency)


def _money(plan: Plan, amount: float) -> str:
    if abs(amount) >= 1e6:
        return f"{plan.currency} {amount / 1e6:,.2f} m"
    return f"{plan.currency} {amount:,.0f}" if abs(amount) >= 1000 else f"{plan.currency} {amount:,.2f}"

"""Plans and studies as notebooks show them: HTML that runs nothing and needs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from oremix.models.amounts import amount_text, money_text, percent_text, plural
from oremix.models.countries import country_name
from oremix.models.figures.cost import scale
from oremix.models.figures.labels import Labels
from oremix.models.plan import Plan, ShareRecord
from oremix.models.report.decision import decision
from oremix.models.report.facts import STATUS

__all__ = ["plan_as_html", "text_as_html"]

MOST_ROWS = 20
NUMBERS = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums"


def text_as_html(text: str) -> str:
    """Text with its lines as they are."""
    return f'<pre style="line-height:1.3">{escape(text)}</pre>'


def plan_as_html(plan: Plan) -> str:
    """The decision, then shares, costs and builds by period."""
    labels = Labels(plan)
    return "".join(
        [
            '<div style="max-width:60em">',
            f"<h4>{escape(plan.problem or 'Plan')}</h4>",
            f"<p><strong>{escape(plan.status)}</strong>: {escape(STATUS[plan.status])}{_doubt(plan)}</p>",
            *(f"<p>{escape(sentence)}</p>" for sentence in decision(plan, labels)),
            *(_sections(plan, labels) if plan.total_cost is not None else ()),
            "</div>",
        ]
    )


def _doubt(plan: Plan) -> str:
    if plan.certificate.verified:
        return ""
    return escape(f"; not verified: {plan.certificate.reason or 'no reason is given'}")


def _sections(plan: Plan, labels: Labels) -> Iterator[str]:
    years = [labels.period(period) for period in labels.periods]
    divisor, money = scale(plan)
    costs = [
        [name, *(f"{entry.annual_by_category.get(name, 0.0) / divisor:,.1f}" for entry in plan.costs.by_period)]
        for name in plan.costs.by_category
    ]
    costs.append(["total", *(f"{entry.annual / divisor:,.1f}" for entry in plan.costs.by_period)])
    yield _table("Shares", ["share", *years], list(_shares(plan, labels)))
    yield _table(f"Cost, {money} a year", ["category", *years], costs)
    if plan.builds:
        columns = ["on", "country", "capacity a year", "ordered", "on stream", "capex"]
        yield _table("Built", columns, list(_builds(plan, labels)), texts=2)


def _shares(plan: Plan, labels: Labels) -> Iterator[list[str]]:
    """A row for each ratio under a rule, and China's of what is demanded; of periods pooled the same in each."""
    demanded = {delivery.material for delivery in plan.deliveries}
    found: dict[tuple[str, ...], dict[int | None, ShareRecord]] = {}
    for share in plan.shares:
        if share.whole is not None and (share.policy is not None or share.material in demanded):
            whose = "/".join(share.countries[:3]) + ("…" if len(share.countries) > 3 else "")
            name = share.policy or "not capped"
            key = (name, whose, share.measure, share.material or "all materials", share.place or "")
            found.setdefault(key, {})[share.period] = share
    for (name, whose, measure, material, place), records in found.items():
        label = f"{name}: {whose} in {measure} of {material}" + (f" at {place}" if place else "")
        yield [label, *(_share(records.get(period, records.get(None))) for period in labels.periods)]


def _share(share: ShareRecord | None) -> str:
    if share is None or share.achieved is None:
        return ""
    bounds = [f"≤ {percent_text(share.max)}"] if share.max is not None and share.max < 1 else []
    bounds += [f"≥ {percent_text(share.min)}"] if share.min else []
    return " ".join([percent_text(share.achieved), *bounds])


def _builds(plan: Plan, labels: Labels) -> Iterator[list[str]]:
    for build in plan.builds:
        when = ["", ""] if labels.typical else [str(build.ordered), f"{build.on_stream:g}"]
        size = f"{amount_text(build.capacity)} {build.unit}"
        yield [build.on, country_name(build.country), size, *when, money_text(plan.currency, build.capex)]


def _table(title: str, columns: list[str], rows: list[list[str]], texts: int = 1) -> str:
    """A table whose first columns are text; of many rows the first."""
    head = "".join(_cell("th", text, number >= texts) for number, text in enumerate(columns))
    body = "".join(_row(row, texts) for row in rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    rest = f"<p>and {plural(more, 'row')} more</p>" if more > 0 else ""
    caption = f'<caption style="text-align:left;font-weight:600">{escape(title)}</caption>'
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _row(row: Iterable[str], texts: int) -> str:
    return "<tr>" + "".join(_cell("td", text, number >= texts) for number, text in enumerate(row)) + "</tr>"


def _cell(tag: str, text: str, number: bool) -> str:
    return f'<{tag} style="{NUMBERS if number else "text-align:left"}">{escape(text)}</{tag}>'

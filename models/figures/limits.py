"""What binds, and what one more unit of room would save."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oremix.models.figures.drawing import Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import CYCLE, axis, bar_gap, escaped, layout, shade, shortened
from oremix.models.plan import Limit, Plan

__all__ = ["limits"]

POINT = "percentage point"
MOST_RULES = len(CYCLE)
MOST_LETTERS = 44


def limits(plan: Plan, labels: Labels) -> Figure | None:
    """Bars for the rules on shares, by year; what else binds is in the table. None where nothing binds."""
    if not plan.limits:
        return None
    rules: dict[str, dict[int, float]] = defaultdict(dict)
    for limit in plan.limits:
        if limit.kind == "policy" and limit.per == POINT and limit.period is not None:
            rules[_name(limit, labels)][limit.period] = limit.price
    drawn = sorted(rules.items(), key=lambda item: -max(item[1].values()))[:MOST_RULES]
    largest = max((abs(price) for _, cells in drawn for price in cells.values()), default=0.0)
    divisor, money = (1e6, f"{plan.currency} m") if largest >= 1e6 else (1.0, plan.currency)
    years = [labels.period(period) for period in labels.periods]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": escaped(shortened(name, MOST_LETTERS)),
            "x": years,
            "y": [cells.get(period, 0.0) / divisor for period in labels.periods],
            "marker": shade(number),
            "hovertemplate": "%{x}: %{y:,.4~g}<extra></extra>",
        }
        for number, (name, cells) in enumerate(drawn)
    ]
    return {
        "title": "What the rules cost at the margin",
        "note": f"What one percentage point more of room would save in that year, in {money} a year, undiscounted."
        " Capacities and other limits that bind are in the table.",
        "data": data,
        "layout": layout(
            340,
            barmode="group",
            bargap=bar_gap(len(labels.periods)),
            margin={"l": 64, "r": 16, "t": 16, "b": 40},
            xaxis=axis(type="category", categoryorder="array", categoryarray=years, showgrid=False),
            yaxis=axis(f"{money} a year per point", tickformat=",~g", rangemode="tozero"),
            showlegend=True,
        ),
        "table": {
            "columns": ["kind", "on", "material", "period", "stands at", f"saves, {plan.currency}", "per", "in words"],
            "rows": [
                [
                    limit.kind,
                    _on(limit, labels),
                    None if limit.material is None else labels.material(limit.material),
                    labels.period(limit.period),
                    limit.at,
                    limit.price,
                    limit.per,
                    limit.text,
                ]
                for limit in plan.limits
            ],
        },
    }


def _on(limit: Limit, labels: Labels) -> str:
    return labels.of("policies", limit.on) if limit.kind == "policy" else labels.facility(limit.on)


def _name(limit: Limit, labels: Labels) -> str:
    of = f": {labels.material(limit.material)}" if limit.material is not None else ""
    return _on(limit, labels) + of

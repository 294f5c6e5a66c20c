"""What each year costs, by category."""

from __future__ import annotations

from typing import Any

from oremix.models.figures.drawing import Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import INK, axis, bar_gap, escaped, in_template, layout, shade
from oremix.models.plan import Plan

__all__ = ["cost", "scale"]

CATEGORIES = (
    "purchases", "processing", "capital", "freight", "duties", "collection", "fixed", "holding",
    "surplus", "sales", "shortage", "footprint", "penalties",
)  # fmt: skip


def scale(plan: Plan) -> tuple[float, str]:
    """By what a plan's money is divided, and what it is then counted in."""
    largest = max((abs(entry.annual) for entry in plan.costs.by_period), default=0.0)
    return (1e6, f"{plan.currency} m") if largest >= 1e7 else (1.0, plan.currency)


def cost(plan: Plan, labels: Labels) -> Figure | None:
    """Bars by category on one another, credits below the line, with the total of each year."""
    periods = plan.costs.by_period
    if not periods:
        return None
    divisor, money = scale(plan)
    known = [name for name in CATEGORIES if name in plan.costs.by_category]
    categories = [*known, *(name for name in plan.costs.by_category if name not in known)]
    years = [labels.period(entry.period) for entry in periods]
    colours = {name: shade(number) for number, name in enumerate([*CATEGORIES, *categories])}
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": escaped(name),
            "x": years,
            "y": [entry.annual_by_category.get(name, 0.0) / divisor for entry in periods],
            "marker": shade(CATEGORIES.index(name)) if name in CATEGORIES else colours[name],
            "hovertemplate": "%{x}: %{y:,.4~g}<extra>" + in_template(name) + "</extra>",
        }
        for name in categories
    ]
    totals = [entry.annual / divisor for entry in periods]
    data.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "total",
            "x": years,
            "y": totals,
            "text": [f"{total:,.0f}" if abs(total) >= 100 else f"{total:,.4g}" for total in totals],
            "textposition": "top center",
            "marker": {"color": INK, "size": 7, "symbol": "diamond"},
            "hovertemplate": "%{x}: %{y:,.4~g}<extra>total</extra>",
            "cliponaxis": False,
        }
    )
    return {
        "title": "Cost by category and year",
        "note": f"In {money} a year, undiscounted; credits are below the line.",
        "data": data,
        "layout": layout(
            420,
            barmode="relative",
            bargap=bar_gap(len(labels.periods)),
            margin={"l": 64, "r": 16, "t": 28, "b": 40},
            xaxis=axis(type="category", showgrid=False),
            yaxis=axis(f"{money} a year", tickformat=",~g", zeroline=True),
        ),
        "table": {
            "columns": [f"{money} a year", *years],
            "rows": [
                *([trace["name"], *trace["y"]] for trace in data[:-1]),
                ["total", *totals],
            ],
        },
    }

"""What one more unit of each demand would cost."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oremix.models.figures.drawing import Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import CYCLE, axis, escaped, layout, shortened
from oremix.models.plan import Plan

__all__ = ["prices"]

MOST_LINES, MOST_LETTERS = 12, 44
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "x", "triangle-up", "cross")


def prices(plan: Plan, labels: Labels) -> Figure | None:
    """A line for each demand; the dearest where there are many."""
    found: dict[tuple[str, str], dict[int, float | None]] = defaultdict(dict)
    for price in plan.prices:
        found[price.demand, price.unit][price.period] = price.price
    known = {key: cells for key, cells in found.items() if any(value is not None for value in cells.values())}
    if not known:
        return None
    ranked = sorted(known.items(), key=lambda item: -max(value for value in item[1].values() if value is not None))
    years = [labels.period(period) for period in labels.periods]
    units = {unit for _, unit in known}
    shared = next(iter(units)) if len(units) == 1 else ""
    data = [
        _line(labels.of("demands", demand) + ("" if shared else f", {unit}"), cells, number, labels)
        for number, ((demand, unit), cells) in enumerate(ranked[:MOST_LINES])
    ]
    note = "Undiscounted, in the year itself, with every rule kept; the mark of a year stands for its whole period."
    if len(ranked) > MOST_LINES:
        note += f" The {MOST_LINES} dearest of {len(ranked)} are drawn: the table has all."
    if any(value is None for cells in known.values() for value in cells.values()):
        note += " Where a mark is missing no plan could deliver more."
    return {
        "title": "What one more unit of demand would cost",
        "note": note,
        "data": data,
        "layout": layout(
            360,
            margin={"l": 64, "r": 16, "t": 16, "b": 40},
            xaxis=axis(type="category", categoryorder="array", categoryarray=years, showgrid=False),
            yaxis=axis(shared or "money per unit", tickformat=",~g", rangemode="tozero"),
            showlegend=True,
        ),
        "table": {
            "columns": ["demand", "unit", *years],
            "rows": [
                [labels.of("demands", demand), unit, *(cells.get(period) for period in labels.periods)]
                for (demand, unit), cells in known.items()
            ],
        },
    }


def _line(name: str, cells: dict[int, float | None], number: int, labels: Labels) -> dict[str, Any]:
    colour = CYCLE[number % len(CYCLE)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(shortened(name, MOST_LETTERS)),
        "x": [labels.period(period) for period in labels.periods],
        "y": [cells.get(period) for period in labels.periods],
        "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]},
        "marker": {"color": colour, "size": 7, "symbol": SYMBOLS[number % len(SYMBOLS)]},
        "hovertemplate": "%{x}: %{y:,.5~g}<extra></extra>",
        "cliponaxis": False,
    }

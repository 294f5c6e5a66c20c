"""What breaks if: the outages of a stress test, the worst first."""

from __future__ import annotations

from typing import Any

from oremix.models.figures.drawing import Figure
from oremix.models.figures.look import ACCENT, CAP, axis, escaped, in_template, layout, shortened
from oremix.models.studies.stress import Stress

__all__ = ["outages"]

MOST_ROWS = 15


def outages(study: Stress) -> Figure | None:
    """Bars of what is missing, and of what the outage costs; none where none was tried."""
    if not study.outages:
        return None
    drawn = study.outages[:MOST_ROWS]
    largest = max((abs(outage.extra_cost or 0.0) for outage in drawn), default=0.0)
    divisor, money = (1e6, f"{study.currency} m") if largest >= 1e6 else (1.0, study.currency)
    rows = list(range(len(drawn)))
    sides: tuple[tuple[str, list[float], str, str], ...] = (
        ("missing, years of demand", [outage.shortage for outage in drawn], CAP, ""),
        (f"extra cost, {money}", [(outage.extra_cost or 0.0) / divisor for outage in drawn], ACCENT, "2"),
    )
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": rows,
            "x": values,
            "xaxis": f"x{at}",
            "yaxis": f"y{at}",
            "marker": {"color": colour},
            "hovertemplate": "%{x:,.4~g}<extra>" + in_template(name) + "</extra>",
        }
        for name, values, colour, at in sides
    ]
    ends = [len(drawn) - 0.4, -0.9]
    looks = layout(34 * len(drawn) + 90, bargap=0.62, margin={"l": 8, "r": 16, "t": 12, "b": 56}, showlegend=False)
    for (name, _, _, at), domain in zip(sides, ([0, 0.47], [0.53, 1]), strict=True):
        looks[f"xaxis{at}"] = axis(name, domain=domain, anchor=f"y{at}", tickformat=",~g", nticks=5)
        looks[f"yaxis{at}"] = axis(
            range=ends, anchor=f"x{at}", showgrid=False, showticklabels=False, zeroline=False, automargin=False
        )
    looks["annotations"] = [
        {
            "x": 0,
            "y": row,
            "xref": "paper",
            "yref": "y",
            "text": escaped(shortened(outage.text, 60)),
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "yshift": 5,
            "font": {"size": 12},
        }
        for row, outage in zip(rows, drawn, strict=True)
    ]
    note = "Missing: years of hard demand that cannot be met, builds as planned. Extra cost: discounted, over the"
    note += " horizon; what is missing costs nothing."
    if len(drawn) < len(study.outages):
        note += f" The {len(drawn)} worst of {len(study.outages)} are drawn: the table has all."
    return {
        "title": "What breaks if",
        "note": note,
        "data": data,
        "layout": looks,
        "table": {
            "columns": [
                "outage",
                "status",
                "missing, years of demand",
                f"extra cost, {study.currency}",
                "short first in",
            ],
            "rows": [
                [
                    outage.text,
                    outage.status,
                    outage.shortage,
                    outage.extra_cost,
                    "; ".join(dict.fromkeys(f"{short.demand} in {short.period}" for short in outage.shortages[:3])),
                ]
                for outage in study.outages
            ],
        },
    }

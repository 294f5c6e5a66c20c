"""What a policy costs at every bound."""

from __future__ import annotations

from oremix.models.figures.drawing import Figure
from oremix.models.figures.look import ACCENT, axis, layout
from oremix.models.studies.frontier import Frontier

__all__ = ["frontier"]


def frontier(study: Frontier) -> Figure | None:
    """The total cost against the bound, the loosest on the left; none without a point."""
    if not study.points:
        return None
    shared = study.per == "percentage point"
    largest = max(abs(point.total_cost) for point in study.points)
    divisor, money = (1e6, f"{study.currency} m") if largest >= 1e7 else (1.0, study.currency)
    bounds = [point.bound for point in study.points]
    spread = (max(bounds) - min(bounds)) or abs(bounds[0]) or 1.0
    ends = [min(bounds) - 0.03 * spread, max(bounds) + 0.03 * spread]
    tighter = "left" if study.side == "min" else "right"
    costs = [point.total_cost / divisor for point in study.points]
    return {
        "title": f"What {study.policy} costs at every bound",
        "note": f"Total cost in {money}, discounted, with the {study.side} of the rule at each bound; tighter to the"
        f" right. The price of a {study.per} is in the table."
        + ("" if study.complete else " The search was stopped: not every kink was looked for."),
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "total cost",
                "x": bounds,
                "y": costs,
                "line": {"color": ACCENT, "width": 2.5},
                "marker": {"color": ACCENT, "size": 8},
                "hovertemplate": ("%{x:.1%}" if shared else "%{x:,.5~g}") + ": %{y:,.6~g}<extra></extra>",
                "cliponaxis": False,
            }
        ],
        "layout": layout(
            340,
            margin={"l": 64, "r": 24, "t": 16, "b": 48},
            xaxis=axis(
                f"{study.side} of {study.policy}",
                tickformat=".0%" if shared else ",~g",
                range=ends if tighter == "left" else ends[::-1],
            ),
            yaxis=axis(money, tickformat=",~g"),
            showlegend=False,
        ),
        "table": {
            "columns": [
                f"bound{', %' if shared else ''}",
                f"reached{', %' if shared else ''}",
                f"total cost, {money}",
                f"loosening by one {study.per} saves, {study.currency}",
                f"tightening by one costs, {study.currency}",
            ],
            "rows": [
                [
                    point.bound * (100 if shared else 1),
                    None if point.achieved is None else point.achieved * (100 if shared else 1),
                    cost,
                    point.marginal,
                    point.tightening,
                ]
                for point, cost in zip(study.points, costs, strict=True)
            ],
        },
    }

"""Figures as Plotly's own objects, for notebooks."""

from __future__ import annotations

from typing import Any

from oremix.models.figures import figure
from oremix.models.needed import needed
from oremix.models.plan import Plan
from oremix.models.problem import Problem

__all__ = ["drawn"]


def drawn(plan: Plan, name: str, problem: Problem | None, period: int | None) -> Any:
    """A figure as a `plotly.graph_objects.Figure`, with its title.

    Raises
    ------
    InvalidOption, MissingExtra
        As `Plan.figure`.
    """
    made = figure(plan, name, problem, period=period)
    graph = needed("plotly.graph_objects", "'oremix[report]'", "plan.figure()")
    layout = made["layout"]
    room = 44 if "updatemenus" not in layout else 84
    margin = layout["margin"] | {"t": layout["margin"]["t"] + room}
    title = {
        "text": made["title"],
        "x": 0,
        "xref": "paper",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 12},
    }
    more = {"title": title, "margin": margin, "height": layout["height"] + room}
    return graph.Figure(data=made["data"], layout=layout | more)

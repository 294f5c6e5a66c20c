"""Figures of a plan, as plain data that Plotly draws: nothing here needs Plotly."""

from __future__ import annotations

from collections.abc import Callable

from oremix.models.errors import InvalidOption
from oremix.models.figures.builds import builds
from oremix.models.figures.cost import cost
from oremix.models.figures.drawing import Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.limits import limits
from oremix.models.figures.prices import prices
from oremix.models.figures.sankey import sankey
from oremix.models.figures.shares import shares
from oremix.models.figures.supply import supply
from oremix.models.plan import Plan
from oremix.models.problem import Problem

__all__ = ["NAMES", "Figure", "figure", "figures_of"]

MAKERS: dict[str, Callable[[Plan, Labels], Figure | None]] = {
    "sankey": sankey,
    "supply": supply,
    "shares": shares,
    "cost": cost,
    "builds": builds,
    "prices": prices,
    "limits": limits,
}
NAMES = tuple(MAKERS)


def figures_of(plan: Plan, problem: Problem | None = None) -> dict[str, Figure]:
    """Every figure that has something to show, by name; with the problem things are called by their names."""
    labels = Labels(plan, problem)
    found = {name: make(plan, labels) for name, make in MAKERS.items()} if plan.total_cost is not None else {}
    return {name: made for name, made in found.items() if made is not None}


def figure(plan: Plan, name: str, problem: Problem | None = None, *, period: int | None = None) -> Figure:
    """One figure of a plan; a `sankey` of one period, or else of all.

    Raises
    ------
    InvalidOption
        There is no such figure, it has nothing to show, or the plan has no such period.
    """
    if name not in MAKERS:
        raise InvalidOption(f"there is no figure {name!r}; there are: {', '.join(NAMES)}")
    labels = Labels(plan, problem)
    if period is not None and (name != "sankey" or period not in labels.periods):
        known = ", ".join(map(str, labels.periods))
        raise InvalidOption(f"period {period} cannot be shown: only a sankey is of one period, of {known}")
    made = None
    if plan.total_cost is not None:
        made = sankey(plan, labels, period) if name == "sankey" else MAKERS[name](plan, labels)
    if made is None:
        raise InvalidOption(f"the figure {name!r} of this plan has nothing to show: it is {plan.status}")
    return made

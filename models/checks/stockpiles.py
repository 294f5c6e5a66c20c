"""Stockpiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.chain import Stockpile
from oremix.models.checks.finding import Finding, ordered, under
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["stockpiles"]


def stockpiles(problem: Problem) -> Iterator[Finding]:
    """Faults of each stockpile, and two of one material at one place."""
    seen: dict[tuple[str, str], int] = {}
    for position, pile in enumerate(problem.stockpiles):
        first = seen.setdefault((pile.material, pile.at), position)
        if first != position:
            message = f"is a second stockpile of {pile.material} at {pile.at}; make one of it and entry {first}"
            yield ("stockpiles", position), message, None
        yield from under(("stockpiles", position), _stockpile(pile, problem.timeline))
        if pile.days_of_demand is not None:
            yield from under(("stockpiles", position), _endless_demand(problem, pile))


def _stockpile(pile: Stockpile, timeline: Timeline) -> Iterator[Finding]:
    if pile.minimum is not None and pile.days_of_demand is not None:
        yield ("days_of_demand",), "is a minimum too; give `minimum` or `days_of_demand`", None
    yield from ordered(timeline, "minimum", pile.minimum, pile.capacity)
    if pile.final is not None:
        yield from ordered(timeline, "final", [0.0] * (len(timeline) - 1) + [pile.final], pile.capacity)
    shares = sum((pile.initial_origin or {}).values())
    if shares > 1 + 1e-9:
        yield ("initial_origin",), "has shares that add up to more than 1", shares


def _endless_demand(problem: Problem, pile: Stockpile) -> Iterator[Finding]:
    """Days of a demand that nobody has stated."""
    country = problem.network.geography.country
    for demand in problem.demands:
        if demand.quantity is None and demand.material == pile.material and country(demand.at) == country(pile.at):
            message = f"is read from the demand in {country(pile.at)}, and the outlet {demand.id} states no `quantity`"
            yield ("days_of_demand",), f"{message}; state it, or give a `minimum`", None

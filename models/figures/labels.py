"""What figures call things: names of the problem where there is one, else ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from oremix.models.plan import Delivery, Plan, Production, Purchase, Recycling

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["Labels"]

Located = Purchase | Production | Recycling | Delivery


class Labels:
    """Names, countries of places, and periods as they are called.

    Parameters
    ----------
    problem
        With it things are called by their names, and every place's country is known.
    """

    def __init__(self, plan: Plan, problem: Problem | None = None) -> None:
        self._names = {} if problem is None else _names(problem)
        self._countries = _told(plan) if problem is None else dict(_listed(problem))
        self.periods = [cost.period for cost in plan.costs.by_period]
        self.years = {cost.period: cost.years for cost in plan.costs.by_period}
        self.typical = self.periods == [1]

    def of(self, kind: str, identity: str) -> str:
        """The name of an entry of a list of the problem."""
        return self._names.get((kind, identity), identity)

    def material(self, identity: str | None) -> str:
        """The name of a material; of none: all of them."""
        return "all materials" if identity is None else self.of("materials", identity)

    def facility(self, identity: str) -> str:
        """The name of a supplier, plant or recycler."""
        return self.of("facilities", identity)

    def country(self, place: str) -> str:
        """The country of a place; the place itself where nothing tells."""
        return self._countries.get(place, place)

    def period(self, period: int | None) -> str:
        """A period's first year, or what stands for it."""
        if period is None:
            return "all periods"
        return "a typical year" if period == 1 and self.typical else str(period)

    @property
    def horizon(self) -> str:
        """The years of all periods."""
        if self.typical or not self.periods:
            return "a typical year"
        last = self.periods[-1] + self.years[self.periods[-1]] - 1
        return f"{self.periods[0]}–{last}" if last > self.periods[0] else str(last)


def _names(problem: Problem) -> dict[tuple[str, str], str]:
    lists: dict[str, Sequence[Any]] = {
        "materials": problem.materials,
        "facilities": problem.facilities,
        "demands": problem.demands,
        "policies": problem.rules,
    }
    return {
        (kind, entry.id): entry.name
        for kind, entries in lists.items()
        for entry in entries
        if getattr(entry, "name", None) and entry.id
    }


def _listed(problem: Problem) -> dict[str, str]:
    return {place.id: place.country for place in problem.places}


def _told(plan: Plan) -> dict[str, str]:
    """What a plan's records tell of its places."""
    found: dict[str, str] = {}
    records: tuple[Sequence[Located], ...] = (plan.purchases, plan.production, plan.recycling, plan.deliveries)
    for record in (line for lines in records for line in lines):
        if record.place is not None:
            found[record.place] = record.country
    charged = {entry.id: entry.country for entry in plan.costs.by_facility if entry.country is not None}
    for stock in plan.stocks:
        country = charged.get(f"{stock.material} at {stock.place}")
        if country is not None:
            found.setdefault(stock.place, country)
    return found

"""The linear program under construction, and the index that leads from it back to the user's ids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulp

from oremix.models import Problem
from oremix.models.chain import Facility, Plant
from oremix.models.geography import Origin
from oremix.models.plan import PayerKind
from oremix.models.policies import Quantity, Share
from oremix.optimizer.lean import Column, Expression, LeanProblem, Pairs, Row

__all__ = ["Charge", "Measure", "Model"]


class Charge(NamedTuple):
    """What a unit of a column costs per year in a period; a column of none stands for a fixed sum."""

    column: Column | None
    rate: float
    category: str
    period: int
    kind: PayerKind
    facility: str
    country: str | None


@dataclass
class Measure:
    """A part and its whole, and the rows that bound it.

    Sums are per year, or over the years of the pooled periods. `bounds` are the `max` and `min` times the whole (for
    a quantity, the bounds themselves), so that the rule reads part ≤ bounds["max"], part ≥ bounds["min"].
    """

    policy: Share | Quantity | None
    countries: tuple[str, ...]
    measure: str
    material: str | None
    place: str | None
    period: int | None
    periods: list[int]
    part: Pairs
    whole: Pairs | float | None
    bounds: dict[str, Pairs | float] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    beyond: dict[str, Column] = field(default_factory=dict)


class Model:
    """A problem's LP, with its columns by kind.

    Attributes
    ----------
    taken, owed
        (supplier, period) → what is taken, as pairs, and what is paid for in any case.
    made
        (material, origin, period) → what is made there, as pairs.
    arrivals
        (material, place, period) → (origin, share that arrives, ship column).
    needs
        (material, place, period) → what is used there, as pairs with positive coefficients.
    built
        (facility, period) → capacity built and on stream, as pairs.
    charges
        Every cost, for the objective and for the plan.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.network = problem.network
        self.timeline = problem.timeline
        self.lp = LeanProblem()
        self.buy: dict[tuple[str, int, int], Column] = {}
        self.taken: dict[tuple[str, int], Pairs] = {}
        self.owed: dict[tuple[str, int], float] = {}
        self.run: dict[tuple[str, str, int], Column] = {}
        self.collect: dict[tuple[str, int], Column] = {}
        self.ship: dict[tuple[str, Origin, str, int], Column] = {}
        self.deliver: dict[tuple[str, int], Column] = {}
        self.short: dict[tuple[str, int], Column] = {}
        self.fill: dict[tuple[int, int], Column] = {}
        self.draw: dict[tuple[int, str, int], Column] = {}
        self.level: dict[tuple[int, int], Column] = {}
        self.add: dict[tuple[str, int, int], Column] = {}
        self.open: dict[tuple[str, int, int], Column] = {}
        self.surplus: dict[tuple[str, Origin, int], Column] = {}
        self.made: dict[tuple[str, Origin, int], Pairs] = defaultdict(list)
        self.arrivals: dict[tuple[str, str, int], list[tuple[Origin, float, Column]]] = defaultdict(list)
        self.needs: dict[tuple[str, str, int], Pairs] = defaultdict(list)
        self.built: dict[tuple[str, int], Pairs] = defaultdict(list)
        self.measures: list[Measure] = []
        self.charges: list[Charge] = []

    def at_most(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is at most `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintLE, rhs=rhs)

    def at_least(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is at least `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintGE, rhs=rhs)

    def equal(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintEQ, rhs=rhs)

    def charge(
        self,
        category: str,
        period: int,
        rate: float,
        column: Column | None,
        kind: PayerKind,
        facility: str,
        country: str | None,
    ) -> None:
        """Enter a cost per year; nothing is entered at a rate of 0."""
        if rate:
            self.charges.append(Charge(column, rate, category, period, kind, facility, country))

    def country(self, place: str) -> str:
        """The country of a place."""
        return self.network.geography.country(place)

    def capacity_unit(self, facility: Facility) -> str:
        """What capacity is counted in: of a plant, its product where a unit of capacity makes a unit of it."""
        if isinstance(facility, Plant):
            units = {
                self.network.materials[material].unit
                for recipe in facility.recipes
                for material, amount in recipe.outputs.items()
                if recipe.capacity_use == 1 and amount == 1
            }
            return units.pop() if len(units) == 1 else "unit of activity"
        return self.network.materials[facility.material].unit  # type: ignore[attr-defined]

    def start(self, period: int) -> int:
        """What a period is called: its first year."""
        return self.timeline.starts[period]

    def set_objective(self) -> None:
        """Minimise the discounted sum of all charges."""
        costs: dict[Column, float] = {}
        fixed = 0.0
        for column, rate, _, period, *_ in self.charges:
            discounted = rate * self.timeline.weights[period]
            if column is None:
                fixed += discounted
            else:
                costs[column] = costs.get(column, 0.0) + discounted
        self.lp.objective = Expression(costs.items(), fixed)

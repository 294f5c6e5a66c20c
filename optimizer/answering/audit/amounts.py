"""What a share or quantity counts in a period: who has how much of it, and how much there is."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from oremix.models.chain import Facility, Plant
from oremix.models.geography import Origin
from oremix.models.network import products
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.scope import Bounded, Cell, Scope, over_consumption

__all__ = ["Amounts", "weight"]

Tally = tuple[dict[str, float], float]
"""Country → its amount, and the whole."""

# What is left of a difference of equal numbers.
ROUNDING = 1e-12


def weight(book: Book, policy: Bounded, material: str, period: int) -> float:
    """What a unit of a material counts."""
    if isinstance(policy.weight, dict):
        return policy.weight.get(material, 1.0)
    if policy.weight == "value":
        return book.value(book.network.materials[material], "price", period)
    return 1.0


class Amounts:
    """Supply, production, capacity and shipments, by country or by owner, from the records of a plan."""

    def __init__(self, book: Book, scope: Scope) -> None:
        self._book, self._scope = book, scope
        self._tallies: dict[tuple[Any, ...], Tally] = {}

    def measure(self, policy: Bounded, cell: Cell, tested: frozenset[str] | None, period: int) -> tuple[float, float]:
        """The part of the countries tested (none: of all), and the whole."""
        key = (id(policy), tuple(cell.spots.items()), period)
        if key not in self._tallies:
            tally = {"supply": self._supply, "production": self._production, "capacity": self._capacity}
            self._tallies[key] = tally.get(policy.measure, self._shipments)(policy, cell, period)
        by_country, whole = self._tallies[key]
        return sum(amount for country, amount in by_country.items() if tested is None or country in tested), whole

    def _weight(self, policy: Bounded, material: str, period: int) -> float:
        return weight(self._book, policy, material, period)

    def _supply(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What arrives, by whose it is where it was last made."""
        arrived: dict[str, float] = defaultdict(float)
        for material, places in cell.spots.items():
            factor = self._weight(policy, material, period)
            for place in places:
                for origin, amount in self._book.arrived.get((material, place, period), {}).items():
                    arrived[self._book.whose(origin, policy.by)] += factor * amount
        return arrived, sum(arrived.values())

    def _production(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What is made and not left over; against what is made everywhere, or against consumption."""
        made: dict[str, float] = defaultdict(float)
        whole = 0.0
        for material in cell.spots:
            factor = self._weight(policy, material, period)
            for origin, makers in self._scope.origins(policy, material).items():
                net = factor * self._net(material, origin, period)
                whole += net
                if self._scope.counts(policy, origin, makers):
                    made[self._book.whose(origin, policy.by)] += net
        return made, self._consumption(policy, cell, period) if over_consumption(policy) else whole

    def _net(self, material: str, origin: Origin, period: int) -> float:
        """What is made of a material at an origin, less what is left as surplus."""
        key = (material, origin, period)
        made = self._book.made.get(key, 0.0)
        net = made - self._surplus.get(key, 0.0)
        return net if abs(net) > ROUNDING * made else 0.0

    @cached_property
    def _surplus(self) -> dict[tuple[str, Origin, int], float]:
        surplus: dict[tuple[str, Origin, int], float] = defaultdict(float)
        for (material, origin, period), line in self._book.surpluses.items():
            surplus[material, origin, period] += line.quantity
        return surplus

    def _capacity(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What can be made of the ratio's materials, existing in its years and built, before ramp-up."""
        capacity: dict[str, float] = defaultdict(float)
        for facility in self._book.problem.facilities:
            if policy.stages is not None and facility.stage not in policy.stages:
                continue
            size = (self._book.network.nameplate(facility)[period] or 0.0) + self._book.built.get(
                (facility.id, period), 0.0
            )
            origin = self._book.network.origins[facility.id]
            capacity[self._book.whose(origin, policy.by)] += self._factor(policy, cell, facility, period) * size
        return capacity, self._consumption(policy, cell, period) if over_consumption(policy) else 0.0

    def _factor(self, policy: Bounded, cell: Cell, facility: Facility, period: int) -> float:
        """The weighted output of a unit of capacity, of a plant with its best recipe."""
        if not isinstance(facility, Plant):
            return sum(self._weight(policy, m, period) for m in products(facility) if m in cell.spots)
        outputs = [
            sum(self._weight(policy, m, period) * amount for m, amount in recipe.outputs.items() if m in cell.spots)
            / recipe.capacity_use
            for recipe in facility.recipes
            if recipe.capacity_use
        ]
        return max(outputs, default=0.0)

    def _shipments(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What leaves on the moves counted, by whose its origin is."""
        shipped: dict[str, float] = defaultdict(float)
        for (material, origin, to, at), line in self._book.shipments.items():
            if at == period and material in cell.spots and self._scope.moves(policy, origin.place, to):
                factor = self._weight(policy, material, period)
                shipped[self._book.whose(origin, policy.by)] += factor * line.quantity
        return shipped, 0.0

    def _consumption(self, policy: Bounded, cell: Cell, period: int) -> float:
        """The quantity demanded, of the ratio's material or, where materials are pooled, of all."""
        return sum(
            self._weight(policy, demand.material, period) * self._book.value(demand, "quantity", period)
            for demand in self._scope.demands(policy)
            if cell.material in (None, demand.material)
        )

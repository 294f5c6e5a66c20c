"""What can be said of a problem's best plan without looking for it: no supply is cheaper, no demand needs more."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from oremix.models.chain import Recycler, Supplier

if TYPE_CHECKING:
    from oremix.models.chain import Facility
    from oremix.models.geography import Origin
    from oremix.models.problem import Problem

__all__ = ["Bounds"]


class Bounds:
    """Bounds that hold whatever the plan; where they would need more than the plain data they are 0 or infinite."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._network = problem.network
        self._wanted: dict[tuple[str, int], float] = {}
        self._costs: dict[tuple[str, str, int], float] = {}
        self._made: dict[tuple[str, Origin, int], float] = {}

    # ------------------------------------------------------------ demand

    def most_wanted(self, material: str, period: int) -> float:
        """The most of a material that all demand can use up in a period; infinite where a stock or a loop can."""
        key = (material, period)
        if key not in self._wanted:
            self._wanted[key] = inf  # what comes back to itself has no limit
            self._wanted[key] = self._most_wanted(material, period)
        return self._wanted[key]

    def _most_wanted(self, material: str, period: int) -> float:
        problem, read = self._problem, self._network.timeline.read
        if any(pile.material == material for pile in problem.stockpiles):
            return inf
        most = sum(
            inf if demand.quantity is None else read(demand.quantity)[period]
            for demand in problem.demands
            if demand.material == material
        )
        for plant in problem.plants:
            for recipe in plant.recipes:
                if material in recipe.inputs:
                    runs = max(self.most_wanted(name, period) / made for name, made in recipe.outputs.items())
                    most += runs * recipe.inputs[material]
        return most / (1 - max((lane.loss or 0.0 for lane in problem.lanes), default=0.0))

    # ------------------------------------------------------------ supply

    def least_cost_at(self, material: str, place: str, period: int) -> float:
        """The least that a unit of a material can cost where it is used; infinite where nothing brings it."""
        key = (material, place, period)
        if key not in self._costs:
            self._costs[key] = 0.0  # what is made out of itself may cost nothing
            self._costs[key] = self._least_cost_at(material, place, period)
        return self._costs[key]

    def _least_cost_at(self, material: str, place: str, period: int) -> float:
        if self._network.piles_serving(material, place):
            return 0.0  # what is in stock may have cost nothing, or less at another time
        least = inf
        for origin, makers in self._network.makers[material].items():
            if self._network.materials[material].local and origin.place != place:
                continue
            move = self._network.lanes.moves(material, origin.place, place)[period]
            if not move.closed:
                made = self._least_made(material, origin, makers, period)
                least = min(least, (made + move.freight + move.duty) / (1 - move.loss))
        return least

    def _least_made(self, material: str, origin: Origin, makers: list[Facility], period: int) -> float:
        """The least that a unit costs where it is made; infinite where nobody stands."""
        key = (material, origin, period)
        if key not in self._made:
            stands = any(self._network.stands(maker, period) for maker in makers)
            self._made[key] = min(self._least_of(maker, material, period) for maker in makers) if stands else inf
        return self._made[key]

    def _least_of(self, facility: Facility, material: str, period: int) -> float:
        """The least that a unit costs where a facility makes it."""
        read = self._network.timeline.read
        if isinstance(facility, Supplier):
            if facility.minimum is not None or facility.take_or_pay is not None:
                return min(0.0, self._price(facility, period))  # it is paid for already
            return self._price(facility, period)
        if isinstance(facility, Recycler):
            if facility.minimum_collection_rate:
                return 0.0
            return read(facility.collection_cost)[period] / facility.recovery + read(facility.unit_cost)[period]
        recipes = [recipe for recipe in getattr(facility, "recipes", ()) if material in recipe.outputs]
        if any(len(recipe.outputs) > 1 for recipe in recipes) or getattr(facility, "minimum_utilisation", None):
            return 0.0  # its other products may pay for it, or it has to run
        costs: list[float] = [
            (
                read(recipe.unit_cost)[period]
                + sum(amount * self.least_cost_at(name, facility.at, period) for name, amount in recipe.inputs.items())
            )
            / recipe.outputs[material]
            for recipe in recipes
        ]
        return min(costs)

    def _price(self, supplier: Supplier, period: int) -> float:
        if supplier.tiers:
            return min(tier.unit_cost for tier in supplier.tiers)
        return self._network.timeline.read_or(supplier.unit_cost, 0.0)[period]

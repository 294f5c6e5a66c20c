"""What a point is made of: who supplies and makes how much, what is built, and from which countries it comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from oremix.models.policies import Share
from oremix.models.studies.frontier import BoundBuild, Move, Moved, Supplied
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.scopes import supplies
from oremix.optimizer.lean import Key, Pairs
from oremix.optimizer.session import Point
from oremix.optimizer.studies.bounded import total

__all__ = ["MakeUp"]

# Below this part of the largest amount of a material, an amount or a change of one is rounding.
ROUNDING = 1e-6

Amounts = dict[Key, float]


class MakeUp:
    """What the points of a problem are made of.

    Parameters
    ----------
    model
        Of the problem; what is read of it, a moving bound does not change.
    materials
        The materials whose supply is told by country, beside those demanded.
    """

    def __init__(self, model: Model, materials: Iterable[str]) -> None:
        self._model = model
        self._makers = self._made()
        demanded = [demand.material for demand in model.problem.demands]
        self._supplied = list(dict.fromkeys([*demanded, *materials]))

    def builds(self, point: Point) -> list[BoundBuild]:
        """What is ordered."""
        return [
            BoundBuild(on=on, country=self._at(on), ordered=ordered, capacity=amount, unit=self._unit(on))
            for (on, ordered), amount in self._orders(point).items()
        ]

    def supply(self, point: Point) -> list[Supplied]:
        """The shares of what arrives, by the country where it was last made, over the whole horizon."""
        found = []
        for material in self._supplied:
            arrived = {country: total(pairs, point.values) for country, pairs in self._arrivals(material).items()}
            whole = sum(arrived.values())
            for country, amount in sorted(arrived.items(), key=lambda entry: -entry[1]):
                if amount > ROUNDING * whole:
                    found.append(Supplied(material=material, country=country, share=amount / whole))
        return found

    def moves(self, before: Point, after: Point) -> list[Move]:
        """What is otherwise after than before: what enters, leaves, grows and shrinks; the largest first."""
        first, second = self.amounts(before), self.amounts(after)
        largest: dict[str, float] = defaultdict(float)
        for key in first | second:
            largest[key[-1]] = max(largest[key[-1]], first.get(key, 0.0), second.get(key, 0.0))
        found = []
        for key in first | second:
            amounts = first.get(key, 0.0), second.get(key, 0.0)
            least = ROUNDING * largest[key[-1]]
            if abs(amounts[1] - amounts[0]) > least:
                found.append((abs(amounts[1] - amounts[0]) / largest[key[-1]], self._move(key, amounts, least)))
        orders = self._orders(before), self._orders(after)
        for order in orders[0] | orders[1]:
            amounts = orders[0].get(order, 0.0), orders[1].get(order, 0.0)
            most = max(amounts)
            if abs(amounts[1] - amounts[0]) > ROUNDING * most:
                key = ("build", *order, None)
                found.append((abs(amounts[1] - amounts[0]) / most, self._move(key, amounts, ROUNDING * most)))
        return [move for _, move in sorted(found, key=lambda entry: (-entry[0], entry[1].kind, entry[1].id))]

    def _move(self, key: Key, amounts: tuple[float, float], least: float) -> Move:
        kind, name, ordered, material = key
        units = self._model.network.materials
        before, after = (0.0 if amount <= least else amount for amount in amounts)
        what: Moved = "enters" if not before else "leaves" if not after else "more" if after > before else "less"
        return Move(
            what=what,
            kind=kind,
            id=name,
            country=self._at(name),
            material=material,
            ordered=ordered,
            before=before,
            after=after,
            unit=self._unit(name) if material is None else units[material].unit,
        )

    # ------------------------------------------------------------ amounts

    def amounts(self, point: Point) -> Amounts:
        """(kind, id, none, material) → what is taken or made, over the years of the horizon."""
        return {key: max(0.0, total(pairs, point.values)) for key, pairs in self._makers.items()}

    def _orders(self, point: Point) -> dict[tuple[str, int], float]:
        """(facility, year of the order) → capacity."""
        orders: dict[tuple[str, int], float] = defaultdict(float)
        for (facility, _, period), column in self._model.add.items():
            orders[facility, self._model.start(period)] += point.values.get(column.key, 0.0)
        largest = max(orders.values(), default=0.0)
        return {order: amount for order, amount in orders.items() if amount > ROUNDING**2 * largest}

    def _made(self) -> dict[Key, Pairs]:
        model, years = self._model, self._model.timeline.years
        sums: dict[Key, Pairs] = defaultdict(list)
        materials = {facility.id: getattr(facility, "material", None) for facility in model.problem.facilities}
        recoveries = {recycler.id: recycler.recovery for recycler in model.problem.recyclers}
        outputs = {(plant.id, recipe.id): recipe.outputs for plant in model.problem.plants for recipe in plant.recipes}
        for (name, period), taken in model.taken.items():
            sums["supplier", name, None, materials[name]] += [(c, amount * years[period]) for c, amount in taken]
        for (name, recipe, period), run in model.run.items():
            for material, amount in outputs[name, recipe].items():
                sums["plant", name, None, material].append((run, amount * years[period]))
        for (name, period), collect in model.collect.items():
            sums["recycler", name, None, materials[name]].append((collect, recoveries[name] * years[period]))
        return sums

    def _arrivals(self, material: str) -> dict[str, Pairs]:
        """Country → what arrives from there where the material is used, as a share of supply counts it."""
        model, years = self._model, self._model.timeline.years
        scope = Share.model_construct(id="", type="share", materials=[material])
        found: dict[str, Pairs] = defaultdict(list)
        for counted in supplies(model, scope, (), "min"):
            for places in counted.spots.values():
                for place in places:
                    for period in model.timeline:
                        for origin, arrives, ship in model.arrivals.get((material, place, period), ()):
                            found[model.country(origin.place)].append((ship, arrives * years[period]))
        return found

    def _at(self, facility: str) -> str:
        return self._model.country(self._model.network.facilities[facility].at)

    def _unit(self, facility: str) -> str:
        return self._model.capacity_unit(self._model.network.facilities[facility])

"""The numbers that nobody published and that the plan's cost rests on, by how much it moves with them.

By the envelope theorem: the plan's own flows and the duals say what the cost does when a number moves a little, and
nothing is solved again. What goes through rules on content is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from oremix.models import Problem
from oremix.models.chain import Facility, Plant
from oremix.models.fields import Part
from oremix.models.plan import Carrier
from oremix.optimizer.answering.prices import Duals
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Charge
from oremix.optimizer.lean import Column, Key

__all__ = ["carriers", "loads_of"]

# Less than this part of the total is no load.
LEAST = 1e-4

Found = dict[tuple[str, str], float]
"""(what it is the number of, field) → discounted money by which the cost rises as the number doubles."""

# Row → kind of part and the field that its right-hand side is.
ROWS = {
    "supplier_capacity": ("supplier", "capacity"),
    "supplier_minimum": ("supplier", "minimum"),
    "take_or_pay": ("supplier", "take_or_pay"),
    "reserve": ("supplier", "reserve"),
    "plant_capacity": ("plant", "capacity"),
    "utilisation": ("plant", "minimum_utilisation"),
    "recycler_capacity": ("recycler", "capacity"),
    "scrap": ("recycler", "scrap"),
    "demand": ("demand", "quantity"),
    "outlet": ("demand", "quantity"),
    "surplus_max": ("material", "surplus_max"),
}
# (category of cost, payer) → the field that is paid.
CHARGES = {
    ("purchases", "supplier"): "unit_cost",
    ("processing", "recycler"): "unit_cost",
    ("collection", "recycler"): "collection_cost",
    ("fixed", "supplier"): "fixed_cost",
    ("shortage", "demand"): "shortage_cost",
    ("sales", "demand"): "sale_price",
    ("penalties", "policy"): "penalty",
    ("footprint", "policy"): "price",
}
CAPEX = ("unit_capex", "fixed_capex", "curve", "sizes")


def carriers(values: Values, duals: Duals) -> list[Carrier]:
    """Every number marked as an assumption that carries cost, the heaviest first."""
    marked = {(label, field) for label, fields in _marked(values.model.problem) for field in fields}
    if not marked:
        return []
    loads = loads_of(values, duals)
    total = sum(abs(amount) for amount in values.by_category.values())
    found = [(label, field, amount) for (label, field), amount in loads.items() if (label, field) in marked]
    heavy = [entry for entry in found if abs(entry[2]) > LEAST * total]
    return [_carrier(values, *entry) for entry in sorted(heavy, key=lambda entry: (-abs(entry[2]), entry[:2]))]


def loads_of(values: Values, duals: Duals) -> Found:
    """What the cost rises by, to first order, as each number doubles; marked or not."""
    load = _Load(values, duals)
    load.of_charges()
    load.of_bounds()
    load.of_yields()
    return load.found


def _carrier(values: Values, label: str, field: str, amount: float) -> Carrier:
    currency = values.model.problem.currency
    way = "dearer" if amount > 0 else "cheaper"
    text = f"{field} of {label}: 1 % more makes the plan {currency} {_figure(abs(amount) / 100)} {way}"
    return Carrier.model_construct(object=label, field=field, amount=amount, text=text)


def _figure(amount: float) -> str:
    return f"{amount / 1e6:,.3g} m" if amount >= 1e6 else f"{amount:,.0f}" if amount >= 100 else f"{amount:,.3g}"


class _Load:
    """What the cost rises by, to first order, as each number doubles."""

    def __init__(self, values: Values, duals: Duals) -> None:
        self._values, self._model, self._duals = values, values.model, duals
        self._weights = values.model.timeline.weights
        self.found: Found = defaultdict(float)

    def of_charges(self) -> None:
        """What is paid goes with its price."""
        for charge in self._model.charges:
            paid = charge.rate * (1.0 if charge.column is None else self._values.value[charge.column])
            if paid:
                for label, field in self._paid_by(charge):
                    self.found[label, field] += paid * self._weights[charge.period]

    def _paid_by(self, charge: Charge) -> Iterator[tuple[str, str]]:
        key: Key = () if charge.column is None else charge.column.key
        if key and key[0] in ("add", "open", "size", "step"):
            build = self._model.network.facilities[key[1]].builds[key[2]]
            label = _build_label(charge.kind, key[1], key[2])
            names = CAPEX if charge.category == "capital" else ("fixed_cost", "fixed_cost_per_capacity")
            stated = [name for name in names if getattr(build, name) is not None]
            yield from ((label, name) for name in stated[:1])
        elif key and key[0] == "run":
            yield f"plant {key[1]} recipe {key[2]}", "unit_cost"
        elif charge.category in ("freight", "duties") and key:
            yield from self._lane(charge.category, key, charge.period)
        elif charge.category == "surplus":
            yield f"material {key[1]}", "surplus"
        elif (charge.category, charge.kind) == ("fixed", "plant"):
            plant = self._model.network.facilities[charge.facility]
            both = ("fixed_cost", "fixed_cost_per_capacity")
            yield from [(f"plant {plant.id}", name) for name in both if getattr(plant, name) is not None][:1]
        elif (charge.category, charge.kind) in CHARGES:
            yield f"{charge.kind} {charge.facility}", CHARGES[charge.category, charge.kind]

    def _lane(self, category: str, key: Key, period: int) -> Iterator[tuple[str, str]]:
        """The rule that decides what a move costs, and the price that a duty is a share of."""
        names = ("unit_cost", "cost_per_km") if category == "freight" else ("duty",)
        network = self._model.network
        position = network.lanes.decider(names, key[1], key[2].place, key[3], period)
        if position is None:
            return
        lane = self._model.problem.lanes[position]
        field = next(name for name in names if getattr(lane, name) is not None)
        yield f"lane {lane.id or position + 1}", field
        if field == "duty":
            yield f"material {key[1]}", "price"

    def of_bounds(self) -> None:
        """A bound is worth its dual for every unit of it."""
        for row, dual in self._duals.items():
            if row.key[0] in ROWS:
                kind, field = ROWS[row.key[0]]
                kind = self._model.network.facilities[row.key[1]].kind if field == "minimum_utilisation" else kind
                self.found[f"{kind} {row.key[1]}", field] += dual * -row.constant
        for measure in self._model.measures:
            for side, row in measure.rows.items():
                if measure.policy is not None and row in self._duals:
                    bound = measure.bounds.get(side, 0.0)
                    amount = self._values.sum(bound) if isinstance(bound, list) else bound
                    self.found[f"policy {measure.policy.id}", side] += self._duals[row] * amount

    def of_yields(self) -> None:
        """What goes into a unit and what comes out of it, at what the materials are worth there."""
        model, rows = self._model, self._model.lp.rows
        for plant in model.problem.plants:
            origin = model.network.origins[plant.id]
            for recipe in plant.recipes:
                label = f"plant {plant.id} recipe {recipe.id}"
                for period in model.timeline:
                    run, start = model.run.get((plant.id, recipe.id, period)), model.start(period)
                    for material in recipe.inputs if run else ():
                        self._yield(label, "inputs", rows.get(("used", material, plant.at, start)), run)
                    for material in recipe.outputs if run else ():
                        self._yield(label, "outputs", rows.get(("made", material, origin, start)), run)
        for recycler in model.problem.recyclers:
            origin = model.network.origins[recycler.id]
            for period in model.timeline:
                row = rows.get(("made", recycler.material, origin, model.start(period)))
                self._yield(f"recycler {recycler.id}", "recovery", row, model.collect.get((recycler.id, period)))

    def _yield(self, label: str, field: str, row: Any, column: Column | None) -> None:
        if row is not None and column is not None and row in self._duals:
            self.found[label, field] -= self._duals[row] * row.expr.get(column, 0.0) * self._values.value[column]


# ---------------------------------------------------------------- what is marked


def _build_label(kind: str, facility: str, number: int) -> str:
    return f"{kind} {facility} build {number + 1}"


def _marked(problem: Problem) -> Iterator[tuple[str, list[str]]]:
    """Every part of which something is marked, with the fields; inner parts with what their outer part says of them."""
    for kind in ("materials", "suppliers", "plants", "recyclers", "demands", "lanes"):
        for position, part in enumerate(getattr(problem, kind)):
            if part.assumption:
                yield f"{kind[:-1]} {part.id or position + 1}", _assumed(part)
            for recipe in part.recipes if isinstance(part, Plant) else ():
                if fields := _assumed(recipe, _covers(part, "recipes")):
                    yield f"plant {part.id} recipe {recipe.id}", fields
            for number, build in enumerate(part.builds if isinstance(part, Facility) else ()):
                if fields := _assumed(build, _covers(part, "build")):
                    yield _build_label(kind[:-1], part.id, number), fields
    for rule in problem.rules:
        if rule.assumption:
            yield f"policy {rule.id}", _assumed(rule)


def _covers(part: Part, field: str) -> bool:
    """Whether what is said of a part is said of all that a field of it holds."""
    return part.assumption is True or (isinstance(part.assumption, list) and field in part.assumption)


def _assumed(part: Part, whole: bool = False) -> list[str]:
    """The fields of a part that nobody published, or all of them; a schedule of tiers is its price."""
    if whole or part.assumption is True:
        return list(type(part).model_fields)
    named = list(part.assumption) if isinstance(part.assumption, list) else []
    return [*named, "unit_cost"] if "tiers" in named else named

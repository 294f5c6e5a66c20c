"""How much of the cost each input carries, by the plan's amounts and prices: cheap, whatever the number of inputs."""

from __future__ import annotations

import numpy as np

from oremix.models.chain import Facility, Lane, Plant
from oremix.models.inputs import Input
from oremix.optimizer.answering.carried import loads_of
from oremix.optimizer.answering.values import Values
from oremix.optimizer.session import Point

__all__ = ["Carried"]

# Fields of which the plan's prices say all or nothing; of others only solving again says anything.
KNOWN = {
    *("unit_cost", "tiers.unit_cost", "collection_cost", "fixed_cost", "shortage_cost", "sale_price", "penalty"),
    *("capacity", "minimum", "take_or_pay", "reserve", "scrap", "quantity", "recovery", "max", "min"),
    *("recipes.unit_cost", "recipes.inputs", "recipes.outputs", "build.unit_capex", "build.fixed_capex"),
    *("build.curve.capex", "build.sizes.capex"),
}
# Of these lists only some.
ONLY: dict[str, set[str]] = {"lanes": {"unit_cost", "cost_per_km", "duty"}, "stockpiles": set()}


class Carried:
    """What the cost rises by per per cent that an input rises."""

    def __init__(self, point: Point) -> None:
        model = point.model
        values = Values.of(model, np.fromiter(point.values.values(), dtype=np.float64))
        duals = dict(zip(model.lp.rows.values(), point.duals.values(), strict=False))
        self._problem, self._found = model.problem, dict(loads_of(values, duals)) if point.duals else None

    def slope(self, entry: Input) -> float | None:
        """Money, discounted; none: not known without solving again."""
        if self._found is None or entry.position is None or entry.on == "problem":
            return None
        if entry.field not in ONLY.get(entry.on, KNOWN):
            return None
        last = entry.field.rpartition(".")[2] if entry.field.startswith("recipes.") else entry.field
        last = {"tiers.unit_cost": "unit_cost"}.get(last, last).removeprefix("build.").removesuffix(".capex")
        return sum(self._found.get((label, last), 0.0) for label in self._labels(entry)) / 100

    def _labels(self, entry: Input) -> list[str]:
        """What the parts of the input are called where loads are added up."""
        part = getattr(self._problem, entry.on)[entry.position]
        kind = {"policies": "policy"}.get(entry.on, entry.on[:-1])
        if isinstance(part, Lane):
            return [f"lane {part.id or (entry.position or 0) + 1}"]
        if isinstance(part, Plant) and entry.field.startswith("recipes."):
            return [f"plant {part.id} recipe {recipe.id}" for recipe in part.recipes]
        if isinstance(part, Facility) and entry.field.startswith("build."):
            return [f"{kind} {part.id} build {number + 1}" for number in range(len(part.builds))]
        return [f"{kind} {getattr(part, 'id', None)}"]

"""Plants: the activity of each recipe, within the capacity that exists and is built."""

from __future__ import annotations

from oremix.models.chain import Plant
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs, numbered

__all__ = ["add_plants"]


def add_plants(model: Model) -> None:
    """Columns run, row plant_capacity."""
    for plant in model.problem.plants:
        existing = model.network.existing_capacity(plant)
        _fixed_costs(model, plant)
        active = [t for t in model.timeline if existing[t] != 0 or model.built[plant.id, t]]
        starts = [model.start(period) for period in active]
        recipes = [model.lp.columns_over(starts, "run", plant.id, recipe.id) for recipe in plant.recipes]
        costs = [model.timeline.read(recipe.unit_cost) for recipe in plant.recipes]
        uses = [_run(model, plant, t, runs, costs) for t, runs in zip(active, zip(*recipes, strict=True), strict=True)]
        limited = [t for t in active if existing[t] is not None]
        sums = [
            numbered(use + model.less_built(plant, t))
            for t, use in zip(active, uses, strict=True)
            if existing[t] is not None
        ]
        model.at_most_over(limited, "plant_capacity", plant.id, sums=sums, rhs=[existing[t] or 0.0 for t in limited])


def _run(model: Model, plant: Plant, period: int, runs: tuple[Column, ...], costs: list[list[float]]) -> Pairs:
    """The recipes' columns with what each takes of the capacity."""
    use: Pairs = []
    origin, country = model.network.origins[plant.id], model.country(plant.at)
    for recipe, run, cost in zip(plant.recipes, runs, costs, strict=True):
        model.run[plant.id, recipe.id, period] = run
        model.charge("processing", period, cost[period], run, "plant", plant.id, country)
        model.emit(recipe.footprint, period, 1.0, run, country)
        for material, amount in recipe.outputs.items():
            model.made[material, origin, period].append((run, amount))
        for material, amount in recipe.inputs.items():
            model.needs[material, plant.at, period].append((run, amount))
        if recipe.capacity_use:
            use.append((run, recipe.capacity_use))
    return use


def _fixed_costs(model: Model, plant: Plant) -> None:
    """What the plant costs while it stands without builds: in its years, if it has capacity of its own in any."""
    existing = model.network.nameplate(plant)
    per_year = model.timeline.read_or(plant.fixed_cost, 0.0)
    per_capacity = model.timeline.read_or(plant.fixed_cost_per_capacity, 0.0)
    if not any(capacity != 0 for capacity in existing):
        return
    for period in model.timeline:
        if model.timeline.within(period, plant.from_year, plant.until_year):
            cost = per_year[period] + per_capacity[period] * (existing[period] or 0.0)
            model.charge("fixed", period, cost, None, "plant", plant.id, model.country(plant.at))

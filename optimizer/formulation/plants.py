"""Plants: the activity of each recipe, within the capacity that exists and is built."""

from __future__ import annotations

from oremix.models.chain import Plant
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs

__all__ = ["add_plants"]


def add_plants(model: Model) -> None:
    """Columns run, row plant_capacity."""
    for plant in model.problem.plants:
        existing = model.network.existing_capacity(plant)
        _fixed_costs(model, plant)
        for period in model.timeline:
            built = model.built[plant.id, period]
            if existing[period] == 0 and not built:
                continue
            use = _run(model, plant, period)
            if existing[period] is not None:
                pairs = [*use, *model.less_built(plant, period)]
                model.at_most("plant_capacity", plant.id, model.start(period), pairs=pairs, rhs=existing[period] or 0.0)


def _run(model: Model, plant: Plant, period: int) -> Pairs:
    """The recipes' columns with what each takes of the capacity."""
    use: Pairs = []
    origin = model.network.origins[plant.id]
    for recipe in plant.recipes:
        run = model.lp.column("run", plant.id, recipe.id, model.start(period))
        model.run[plant.id, recipe.id, period] = run
        cost = model.timeline.read(recipe.unit_cost)[period]
        model.charge("processing", period, cost, run, "plant", plant.id, model.country(plant.at))
        model.emit(recipe.footprint, period, 1.0, run, model.country(plant.at))
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

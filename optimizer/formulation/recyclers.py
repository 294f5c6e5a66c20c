"""Recyclers: the scrap collected, and the material recovered from it."""

from __future__ import annotations

from oremix.optimizer.formulation.model import Model

__all__ = ["add_recyclers"]


def add_recyclers(model: Model) -> None:
    """Columns collect, rows scrap and recycler_capacity."""
    for recycler in model.problem.recyclers:
        existing = model.network.existing_capacity(recycler)
        scrap = model.timeline.read_or(recycler.scrap, 0.0)
        rate = model.timeline.read(recycler.collection_rate)
        collection = model.timeline.read(recycler.collection_cost)
        processing = model.timeline.read(recycler.unit_cost)
        country = model.country(recycler.at)
        for period in model.timeline:
            built = model.built[recycler.id, period]
            if existing[period] == 0 and not built:
                continue
            key = (recycler.id, model.start(period))
            collect = model.collect[recycler.id, period] = model.lp.column("collect", *key)
            model.charge("collection", period, collection[period], collect, "recycler", recycler.id, country)
            recovery = processing[period] * recycler.recovery
            model.charge("processing", period, recovery, collect, "recycler", recycler.id, country)
            recovered = (collect, recycler.recovery)
            model.made[recycler.material, model.network.origins[recycler.id], period].append(recovered)
            model.at_most("scrap", *key, pairs=[(collect, 1.0)], rhs=rate[period] * scrap[period])
            if existing[period] is not None:
                pairs = [recovered, *((add, -1.0) for add, _ in built)]
                model.at_most("recycler_capacity", *key, pairs=pairs, rhs=existing[period] or 0.0)

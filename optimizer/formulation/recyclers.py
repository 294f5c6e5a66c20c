"""Recyclers: the scrap collected, and the material recovered from it."""

from __future__ import annotations

from oremix.models.chain import Recycler, Return
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs

__all__ = ["add_recyclers"]


def add_recyclers(model: Model) -> None:
    """Columns collect and returned, rows scrap, collection_minimum, recycler_capacity and returns."""
    for recycler in model.problem.recyclers:
        for period in model.timeline:
            if model.network.existing_capacity(recycler)[period] != 0 or model.built[recycler.id, period]:
                _collect(model, recycler, period)
    _returns(model)
    for recycler in model.problem.recyclers:
        for period in model.timeline:
            if (recycler.id, period) in model.collect:
                _limit(model, recycler, period)


def _collect(model: Model, recycler: Recycler, period: int) -> None:
    country = model.country(recycler.at)
    collection = model.timeline.read(recycler.collection_cost)[period]
    recovery = model.timeline.read(recycler.unit_cost)[period] * recycler.recovery
    collect = model.lp.column("collect", recycler.id, model.start(period))
    model.collect[recycler.id, period] = collect
    model.charge("collection", period, collection, collect, "recycler", recycler.id, country)
    model.charge("processing", period, recovery, collect, "recycler", recycler.id, country)
    model.emit(recycler.footprint, period, recycler.recovery, collect, country)
    origin = model.network.origins[recycler.id]
    model.made[recycler.material, origin, period].append((collect, recycler.recovery))


def _limit(model: Model, recycler: Recycler, period: int) -> None:
    """Collection between its least and most share of the scrap, and within the capacity to recover."""
    key = (recycler.id, model.start(period))
    collect = model.collect[recycler.id, period]
    scrap = model.timeline.read_or(recycler.scrap, 0.0)[period]
    most = model.timeline.read(recycler.collection_rate)[period]
    least = model.timeline.read(recycler.minimum_collection_rate)[period]
    returned = [
        pair
        for number, _ in enumerate(recycler.returns or [])
        for pair in model.returned.get((recycler.id, number, period), ())
    ]
    for name, row, rate in (("scrap", model.at_most, most), ("collection_minimum", model.at_least, least)):
        if name == "scrap" or rate > 0:
            given = [(column, -rate * amount) for column, amount in returned if rate]
            row(name, *key, pairs=[(collect, 1.0), *given], rhs=rate * scrap)
    existing = model.network.existing_capacity(recycler)[period]
    if existing is not None:
        pairs = [(collect, recycler.recovery), *model.less_built(recycler, period)]
        model.at_most("recycler_capacity", *key, pairs=pairs, rhs=existing)


def _returns(model: Model) -> None:
    """Scrap from past deliveries: each is split among the recyclers that name it and stand when it comes back."""
    shared: dict[tuple[str, float, int], list[tuple[Recycler, int, Return]]] = {}
    for recycler in model.problem.recyclers:
        for number, entry in enumerate(recycler.returns or []):
            for period in model.timeline:
                if (recycler.id, period) in model.collect:
                    key = (entry.demand, entry.after_years, period)
                    shared.setdefault(key, []).append((recycler, number, entry))
    for (demand, after_years, period), takers in shared.items():
        delivered = _delivered(model, demand, after_years, period)
        if not delivered:
            continue
        if len(takers) == 1:
            recycler, number, entry = takers[0]
            model.returned[recycler.id, number, period] = [(c, entry.scrap_per_unit * n) for c, n in delivered]
            continue
        split: Pairs = []
        for recycler, number, entry in takers:
            returned = model.lp.column("returned", recycler.id, demand, after_years, model.start(period))
            model.returned[recycler.id, number, period] = [(returned, 1.0)]
            split.append((returned, 1 / entry.scrap_per_unit))
        pairs = [*split, *((column, -share) for column, share in delivered)]
        model.equal("returns", demand, after_years, model.start(period), pairs=pairs)


def _delivered(model: Model, demand: str, after_years: float, period: int) -> Pairs:
    """The mean over the period's years of what was delivered so many years before; nothing before the horizon."""
    timeline = model.timeline
    years = timeline.years[period]
    shares: dict[int, float] = {}
    for year in range(years):
        then = timeline.period_at(timeline.starts[period] + year - after_years)
        if then is not None:
            shares[then] = shares.get(then, 0.0) + 1 / years
    return [(model.deliver[demand, then], share) for then, share in shares.items()]

"""Shares by content: of what is delivered, the part that went through steps in some countries."""

from __future__ import annotations

from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.formulation.scopes import Counted, Measured, weight
from oremix.optimizer.formulation.tracing import Layer
from oremix.optimizer.lean import Sum, numbered

__all__ = ["contents"]


def contents(model: Model, rule: Measured, countries: tuple[str, ...], side: str) -> list[Counted]:
    """Deliveries to the demands in scope, with their marked part; a layer of marked flows where the rule bounds it."""
    geography = model.network.geography
    demands = [
        demand
        for demand in model.problem.demands
        if (rule.demands is None or demand.id in rule.demands)
        and (rule.materials is None or demand.material in rule.materials)
        and (rule.places is None or geography.covers(rule.places, demand.at))
    ]
    timeline = model.timeline
    active = [period for period in timeline if timeline.within(period, rule.from_year, rule.until_year)]
    layer = None
    if getattr(rule, side) is not None and demands:
        layer = Layer(model, Marking.of(rule, countries, side), {demand.material for demand in demands}, active)
        layer.add_within()
    groups: dict[tuple[str | None, str | None], dict[str, str]] = {}
    for demand in demands:
        material = None if "materials" in rule.across else demand.material
        place = demand.at if rule.each_place else None
        groups.setdefault((material, place), {})[demand.id] = demand.material
    return [_content(model, rule, layer, active, material, place, group) for (material, place), group in groups.items()]


def _content(
    model: Model,
    rule: Measured,
    layer: Layer | None,
    periods: list[int],
    material: str | None,
    place: str | None,
    demands: dict[str, str],
) -> Counted:
    timeline = model.timeline
    weights = {demand: [weight(model, rule, m, period) for period in timeline] for demand, m in demands.items()}

    def counts(period: int) -> list[tuple[str, float]]:
        return [(demand, factors[period]) for demand, factors in weights.items()]

    # worked out here, since the layer is not to be kept
    marked = (
        {}
        if layer is None
        else {
            period: [
                (column, factor * amount)
                for demand, factor in counts(period)
                for column, amount in layer.delivered(demand, period)
            ]
            for period in periods
        }
    )

    def whole(model: Model, period: int) -> Sum:
        return numbered([(model.deliver[demand, period], factor) for demand, factor in counts(period)])

    return Counted(
        material=material,
        place=place,
        spots=dict.fromkeys(demands.values(), ()),
        part=lambda _, period: numbered(marked.get(period, [])),
        whole=whole,
        traced=counts,
    )

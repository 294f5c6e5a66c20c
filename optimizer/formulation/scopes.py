"""What a share or quantity counts: which arrivals, which output, in which units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from oremix.models.geography import Origin
from oremix.models.policies import Quantity, Share
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs

__all__ = ["Counted", "Rule", "Shipped", "consumption", "production", "shipped", "supplies", "tested", "weight"]

Rule = Share | Quantity
Site = tuple[str, str]
"""A material and a place where it is used."""

Count = Callable[[str, int], Pairs]
Shipped = dict[tuple[str, int], list[tuple[Origin, Column]]]


@dataclass(frozen=True)
class Counted:
    """A part and its whole, per material and period, in units of the material."""

    materials: list[str]
    part: Count
    whole: Count
    place: str | None = None


def tested(model: Model, rule: Rule) -> list[tuple[str, ...]]:
    """The sets of countries whose part is bounded: all together, or with `each` one by one."""
    geography = model.network.geography
    if not rule.each:
        return [tuple(sorted(geography.members(rule.countries or ())))]
    if rule.countries is None:
        countries = frozenset(geography.country(origin.place) for origin in model.network.origins.values())
    else:
        countries = geography.members(rule.countries)
    return [(country,) for country in sorted(countries - geography.members(rule.except_ or ()))]


def weight(model: Model, rule: Rule, material: str, period: int) -> float:
    """What a unit of the material counts."""
    if rule.weight == "value":
        return model.timeline.read_or(model.network.materials[material].price, 0.0)[period]
    return rule.weight[material] if isinstance(rule.weight, dict) else 1.0


# ---------------------------------------------------------------- supply


def supplies(model: Model, rule: Rule, countries: tuple[str, ...], side: str) -> list[Counted]:
    """Arrivals at the sites in scope, after losses; one for all places, or with `each_place` one for each."""
    sites = _sites(model, rule, countries, side)
    if not rule.each_place:
        return [_supply(model, _with_stockpiles(model, sites), countries, None)]
    return [
        _supply(model, _with_stockpiles(model, [site for site in sites if site[1] == place]), countries, place)
        for place in dict.fromkeys(place for _, place in sites)
    ]


def _sites(model: Model, rule: Rule, countries: tuple[str, ...], side: str) -> list[Site]:
    """The sites whose arrivals are counted."""
    geography, uses = model.network.geography, model.network.uses
    demanded = {(d.material, d.at): None for d in model.problem.demands if not rule.demands or d.id in rule.demands}
    materials = rule.materials or list(dict.fromkeys(material for material, _ in demanded))
    sites = list(demanded)
    if rule.demands is None and rule.places is not None:
        sites = [(material, place) for material in materials for place in uses[material]]
    elif rule.demands is None:
        # A material that is only processed counts wherever it is used; a cap leaves out the capped country's own use.
        only_used = [material for material in materials if material not in {m for m, _ in demanded}]
        sites += [
            (material, place)
            for material in only_used
            for place in uses[material]
            if side == "min" or geography.country(place) not in countries
        ]
    return [
        (material, place)
        for material, place in sites
        if material in materials and (rule.places is None or geography.covers(rule.places, place))
    ]


def _with_stockpiles(model: Model, sites: list[Site]) -> list[Site]:
    """The sites with the places of the stockpiles that can serve them."""
    found = dict.fromkeys(sites)
    for material, place in sites:
        found |= {(material, pile.at): None for pile in model.network.piles_serving(material, place)}
    return list(found)


def _supply(model: Model, sites: list[Site], countries: tuple[str, ...], place: str | None) -> Counted:
    places: dict[str, list[str]] = defaultdict(list)
    for material, site in sites:
        places[material].append(site)

    def arriving(material: str, period: int, *, only: tuple[str, ...] | None) -> Pairs:
        return [
            (ship, arrives)
            for site in places[material]
            for origin, arrives, ship in model.arrivals.get((material, site, period), ())
            if only is None or model.country(origin.place) in only
        ]

    return Counted(
        materials=list(places),
        part=lambda material, period: arriving(material, period, only=countries),
        whole=lambda material, period: arriving(material, period, only=None),
        place=place,
    )


# ---------------------------------------------------------------- production


def shipped(model: Model) -> Shipped:
    """(material, period) → every shipment with its origin: output less what is left as surplus."""
    found: Shipped = defaultdict(list)
    for (material, origin, _, period), ship in model.ship.items():
        found[material, period].append((origin, ship))
    return found


def production(model: Model, rule: Rule, countries: tuple[str, ...], shipments: Shipped) -> Counted:
    """What is made at the stages less what is left as surplus."""
    stages = set(rule.stages or ())
    materials = [
        material
        for material, makers in model.network.makers.items()
        if (rule.materials is None or material in rule.materials)
        and any(not stages or origin.stage in stages for origin in makers)
    ]
    if isinstance(rule, Quantity) and rule.plants is not None:
        return _plants_production(model, rule, countries, materials)
    places = rule.places if isinstance(rule, Quantity) else None

    def made(material: str, period: int, *, only: tuple[str, ...]) -> Pairs:
        return [
            (ship, 1.0)
            for origin, ship in shipments.get((material, period), ())
            if (not stages or origin.stage in stages)
            and (not only or model.country(origin.place) in only)
            and (places is None or model.network.geography.covers(places, origin.place))
        ]

    return Counted(
        materials=materials,
        part=lambda material, period: made(material, period, only=countries),
        whole=lambda material, period: made(material, period, only=()),
    )


def _plants_production(model: Model, rule: Quantity, countries: tuple[str, ...], materials: list[str]) -> Counted:
    """What named plants make, surplus included: surplus is kept by origin, which plants may share."""
    recipes = [
        (plant.id, recipe)
        for plant in model.problem.plants
        if plant.id in (rule.plants or ())
        and (not countries or model.country(plant.at) in countries)
        and (rule.places is None or model.network.geography.covers(rule.places, plant.at))
        and (not rule.stages or plant.stage in rule.stages)
        for recipe in plant.recipes
    ]

    def part(material: str, period: int) -> Pairs:
        return [
            (model.run[plant, recipe.id, period], recipe.outputs[material])
            for plant, recipe in recipes
            if material in recipe.outputs and (plant, recipe.id, period) in model.run
        ]

    made = {material for _, recipe in recipes for material in recipe.outputs}
    return Counted([material for material in materials if material in made], part, whole=lambda *_: [])


def consumption(model: Model, rule: Rule, materials: list[str], period: int) -> float | None:
    """Units demanded per year, weighted; none where no demand in scope is for any of the materials.

    A ratio that pools materials has the consumption of all of them as its whole, processed or not.
    """
    amounts = [
        model.timeline.read_or(demand.quantity, 0.0)[period] * weight(model, rule, demand.material, period)
        for demand in model.problem.demands
        if ("materials" in rule.across or demand.material in materials)
        and (rule.demands is None or demand.id in rule.demands)
        and (rule.places is None or model.network.geography.covers(rule.places, demand.at))
    ]
    return sum(amounts) if amounts else None

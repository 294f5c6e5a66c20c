"""What a share or quantity counts: which arrivals, which output, in which units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from oremix.models.geography import Origin
from oremix.models.policies import Quantity, Share
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs

__all__ = ["Counted", "Rule", "Shipped", "consumption", "productions", "shipped", "supplies", "tested"]

Rule = Share | Quantity
Site = tuple[str, str]
"""A material and a place where it is used."""

Count = Callable[[int], Pairs]
Shipped = dict[tuple[str, int], list[tuple[Origin, Column]]]


@dataclass(frozen=True)
class Counted:
    """A part and its whole in each period, weighted; of one material, or of all that are pooled.

    `spots` are the materials with the places where their arrivals count (none for what is made).
    """

    material: str | None
    place: str | None
    spots: dict[str, tuple[str, ...]]
    part: Count = field(compare=False)
    whole: Count = field(compare=False)


def tested(model: Model, rule: Rule) -> list[tuple[str, ...]]:
    """The sets of countries whose part is bounded: all together, or with `each` one by one."""
    geography = model.network.geography
    if not rule.each:
        return [tuple(sorted(geography.members(rule.countries or ())))]
    countries = model.network.making_countries if rule.countries is None else geography.members(rule.countries)
    return [(country,) for country in sorted(countries - geography.members(rule.except_ or ()))]


def weight(model: Model, rule: Rule, material: str, period: int) -> float:
    """What a unit of the material counts."""
    if rule.weight == "value":
        return model.timeline.read_or(model.network.materials[material].price, 0.0)[period]
    return rule.weight[material] if isinstance(rule.weight, dict) else 1.0


# ---------------------------------------------------------------- supply


def supplies(model: Model, rule: Rule, countries: tuple[str, ...], side: str) -> list[Counted]:
    """Arrivals at the sites in scope, after losses; with `each_place` of each place on its own."""
    sites = _sites(model, rule, countries, side)
    places = dict.fromkeys(place for _, place in sites) if rule.each_place else [None]
    found = []
    for place in places:
        spots: dict[str, tuple[str, ...]] = {}
        for material, spot in _with_stockpiles(model, [site for site in sites if place in (None, site[1])]):
            spots[material] = (*spots.get(material, ()), spot)
        found += [_supply(model, rule, countries, place, group) for group in _pooled(rule, spots)]
    return found


def _pooled(rule: Rule, spots: dict[str, tuple[str, ...]]) -> list[dict[str, tuple[str, ...]]]:
    """The materials of each ratio: one by one, or all in one."""
    if "materials" in rule.across:
        return [spots] if spots else []
    return [{material: places} for material, places in spots.items()]


def _named(rule: Rule, spots: dict[str, tuple[str, ...]]) -> str | None:
    return None if "materials" in rule.across else next(iter(spots))


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


def _supply(
    model: Model, rule: Rule, countries: tuple[str, ...], place: str | None, spots: dict[str, tuple[str, ...]]
) -> Counted:
    def arriving(period: int, only: tuple[str, ...] | None) -> Pairs:
        return [
            (ship, arrives * weight(model, rule, material, period))
            for material, places in spots.items()
            for spot in places
            for origin, arrives, ship in model.arrivals.get((material, spot, period), ())
            if only is None or model.country(origin.place) in only
        ]

    return Counted(
        material=_named(rule, spots),
        place=place,
        spots=spots,
        part=lambda period: arriving(period, countries),
        whole=lambda period: arriving(period, None),
    )


# ---------------------------------------------------------------- production


def shipped(model: Model) -> Shipped:
    """(material, period) → every shipment with its origin: output less what is left as surplus."""
    found: Shipped = defaultdict(list)
    for (material, origin, _, period), ship in model.ship.items():
        found[material, period].append((origin, ship))
    return found


def productions(model: Model, rule: Rule, countries: tuple[str, ...], shipments: Shipped) -> list[Counted]:
    """What is made at the stages less what is left as surplus."""
    materials = rule.materials or [
        material
        for material, makers in model.network.makers.items()
        if any(_is_made(model, rule, material, origin) for origin in makers)
    ]
    spots: dict[str, tuple[str, ...]] = dict.fromkeys(materials, ())
    return [_production(model, rule, countries, shipments, group) for group in _pooled(rule, spots)]


def _is_made(model: Model, rule: Rule, material: str, origin: Origin) -> bool:
    """Whether the rule counts what an origin makes: by stage; a quantity also by place and plant."""
    if rule.stages is not None and origin.stage not in rule.stages:
        return False
    if not isinstance(rule, Quantity):
        return True
    if rule.places is not None and not model.network.geography.covers(rule.places, origin.place):
        return False
    makers = model.network.makers[material][origin]
    return rule.plants is None or any(maker.id in rule.plants for maker in makers)


def _production(
    model: Model,
    rule: Rule,
    countries: tuple[str, ...],
    shipments: Shipped,
    spots: dict[str, tuple[str, ...]],
) -> Counted:
    def made(period: int, only: tuple[str, ...]) -> Pairs:
        return [
            (ship, weight(model, rule, material, period))
            for material in spots
            for origin, ship in shipments.get((material, period), ())
            if _is_made(model, rule, material, origin) and (not only or model.country(origin.place) in only)
        ]

    return Counted(
        material=_named(rule, spots),
        place=None,
        spots=spots,
        part=lambda period: made(period, countries),
        whole=lambda period: made(period, ()),
    )


def consumption(model: Model, rule: Rule, counted: Counted, period: int) -> float | None:
    """Units demanded per year, weighted; none where no demand in scope is for the material.

    A ratio that pools materials has the consumption of all of them as its whole, processed or not.
    """
    amounts = [
        model.timeline.read_or(demand.quantity, 0.0)[period] * weight(model, rule, demand.material, period)
        for demand in model.problem.demands
        if counted.material in (None, demand.material)
        and (rule.demands is None or demand.id in rule.demands)
        and (rule.places is None or model.network.geography.covers(rule.places, demand.at))
    ]
    return sum(amounts) if amounts else None

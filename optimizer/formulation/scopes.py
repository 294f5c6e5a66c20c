"""What a share or quantity counts: which arrivals, output, capacity or shipments, whose, in which units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from oremix.models.chain import Demand, Facility, Plant
from oremix.models.geography import Origin
from oremix.models.history import Step
from oremix.models.network import products
from oremix.models.policies import Quantity, Share
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs, Sum, added, numbered

__all__ = [
    "Counted",
    "Measured",
    "capacities",
    "consumers",
    "consumption",
    "over_consumption",
    "productions",
    "shipments_counted",
    "supplies",
    "tested",
    "unit_of",
    "weight",
]

Measured = Share | Quantity
Site = tuple[str, str]
"""A material and a place where it is used."""

NOTHING = Sum([], [])
Count = Callable[[Model, int], Sum]
"""What there is of a model's columns in a period."""


@dataclass(frozen=True)
class Counted:
    """A part and its whole in each period, weighted; of one material, or of all that are pooled.

    `spots` are the materials with the places where their arrivals count (none for what is made). `constant` is what is
    there anyway; `traced` are the demands whose content is the part, with what a unit delivered counts.
    """

    material: str | None
    place: str | None
    spots: dict[str, tuple[str, ...]]
    part: Count = field(compare=False)
    whole: Count = field(compare=False)
    constant: Callable[[int], float] = field(default=lambda _: 0.0, compare=False)
    traced: Callable[[int], list[tuple[str, float]]] = field(default=lambda _: [], compare=False)


def tested(model: Model, rule: Measured) -> list[tuple[str, ...]]:
    """The sets of countries whose part is bounded: all together, or with `each` one by one; an empty set is all."""
    geography = model.network.geography
    if not rule.each:
        return [tuple(sorted(geography.members(rule.countries or ())))]
    countries = _acting(model, rule) if rule.countries is None else geography.members(rule.countries)
    return [(country,) for country in sorted(countries - geography.members(rule.except_ or ()))]


def _acting(model: Model, rule: Measured) -> frozenset[str]:
    """The countries that can have a part: those where something is made; of content, where a step counts.

    A floor is on every country in the model, also where nothing is made.
    """
    if rule.measure != "content":
        acting = frozenset(whose(model, rule, origin) for origin in model.network.origins.values())
        return acting if rule.min is None or rule.by == "owner" else acting | _standing(model)
    counted = (step for step in _steps(model) if rule.stages is None or step.stage in rule.stages)
    return frozenset(step.whose(rule.by) for step in counted)


def _standing(model: Model) -> frozenset[str]:
    """The countries in the model: of all that is made, used or stored, and of every place."""
    problem = model.problem
    used = {model.country(part.at) for part in (*problem.demands, *problem.stockpiles)}
    return frozenset(used | {place.country for place in problem.places})


def _steps(model: Model) -> Iterator[Step]:
    """Everything that anything here is or has been put through."""
    network = model.network
    for supplier in model.problem.suppliers:
        yield from network.history.of_supplier(supplier)
    for facility in (*model.problem.plants, *model.problem.recyclers):
        origin = network.origins[facility.id]
        yield Step(origin.stage, model.country(origin.place), origin.owner)
    for pile in model.problem.stockpiles:
        for country in pile.initial_origin or {}:
            yield from network.history.of_stock(pile.material, country)


def whose(model: Model, rule: Measured, origin: Origin) -> str:
    """The country that what is made at an origin counts for."""
    return origin.owner if rule.by == "owner" else model.country(origin.place)


def unit_of(model: Model, rule: Measured, counted: Counted) -> str:
    """The unit of the part; none where unlike units are weighted."""
    units = {model.network.materials[material].unit for material in counted.spots}
    return units.pop() if rule.weight == "quantity" and len(units) == 1 else ""


def weight(model: Model, rule: Measured, material: str, period: int) -> float:
    """What a unit of the material counts."""
    if rule.weight == "value":
        return model.timeline.read_or(model.network.materials[material].price, 0.0)[period]
    return rule.weight[material] if isinstance(rule.weight, dict) else 1.0


# ---------------------------------------------------------------- supply


def supplies(model: Model, rule: Measured, countries: tuple[str, ...], side: str) -> list[Counted]:
    """Arrivals at the sites in scope, after losses; with `each_place` of each place on its own."""
    sites = _sites(model, rule, countries, side)
    inside = {origin for origin in model.network.origins.values() if whose(model, rule, origin) in countries}
    places = dict.fromkeys(place for _, place in sites) if rule.each_place else [None]
    found = []
    for place in places:
        spots: dict[str, tuple[str, ...]] = {}
        for material, spot in _with_stockpiles(model, [site for site in sites if place in (None, site[1])]):
            spots[material] = (*spots.get(material, ()), spot)
        found += [_supply(rule, inside, place, group) for group in _pooled(rule, spots)]
    return found


def _pooled(rule: Measured, spots: dict[str, tuple[str, ...]]) -> list[dict[str, tuple[str, ...]]]:
    """The materials of each ratio: one by one, or all in one."""
    if "materials" in rule.across:
        return [spots] if spots else []
    return [{material: places} for material, places in spots.items()]


def _named(rule: Measured, spots: dict[str, tuple[str, ...]]) -> str | None:
    return None if "materials" in rule.across else next(iter(spots))


def _sites(model: Model, rule: Measured, countries: tuple[str, ...], side: str) -> list[Site]:
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


def _supply(rule: Measured, inside: set[Origin], place: str | None, spots: dict[str, tuple[str, ...]]) -> Counted:
    def arriving(model: Model, period: int, found: Callable[[str, str, int], Sum]) -> Sum:
        sums: list[Sum] = []
        for material, places in spots.items():
            factor = weight(model, rule, material, period)
            sums += [found(material, spot, period).times(factor) for spot in places]
        return added(sums)

    return Counted(
        material=_named(rule, spots),
        place=place,
        spots=spots,
        part=lambda model, period: arriving(model, period, partial(model.arriving_from, inside)),
        whole=lambda model, period: arriving(model, period, model.arriving),
    )


# ---------------------------------------------------------------- production


def productions(model: Model, rule: Measured, countries: tuple[str, ...]) -> list[Counted]:
    """What is made at the stages less what is left as surplus."""
    materials = rule.materials or [
        material
        for material, makers in model.network.makers.items()
        if any(_is_made(model, rule, material, origin) for origin in makers)
    ]
    spots: dict[str, tuple[str, ...]] = dict.fromkeys(materials, ())
    return [_production(model, rule, countries, group) for group in _pooled(rule, spots)]


def _production(model: Model, rule: Measured, countries: tuple[str, ...], spots: dict[str, tuple[str, ...]]) -> Counted:
    """Shipments of what the rule counts: output less what is left as surplus."""
    origins = {
        material: [o for o in model.network.makers[material] if _is_made(model, rule, material, o)]
        for material in spots
    }
    inside = {
        material: [o for o in counted if not countries or whose(model, rule, o) in countries]
        for material, counted in origins.items()
    }

    def made(model: Model, period: int, where: dict[str, list[Origin]]) -> Sum:
        sums: list[Sum] = []
        for material, counted in where.items():
            factor = weight(model, rule, material, period)
            sums += [model.sent(material, origin, period).times(factor) for origin in counted]
        return added(sums)

    return Counted(
        material=_named(rule, spots),
        place=None,
        spots=spots,
        part=lambda model, period: made(model, period, inside),
        whole=lambda model, period: made(model, period, origins),
    )


def _is_made(model: Model, rule: Measured, material: str, origin: Origin) -> bool:
    """Whether the rule counts what an origin makes: by stage; a quantity also by place and plant."""
    if rule.stages is not None and origin.stage not in rule.stages:
        return False
    if not isinstance(rule, Quantity):
        return True
    if rule.places is not None and not model.network.geography.covers(rule.places, origin.place):
        return False
    makers = model.network.makers[material][origin]
    return rule.plants is None or any(maker.id in rule.plants for maker in makers)


# ---------------------------------------------------------------- shipments


def shipments_counted(model: Model, rule: Quantity, countries: tuple[str, ...]) -> list[Counted]:
    """What moves between the ends that the rule names, before losses."""
    matches = model.network.lanes.matches
    moved: dict[tuple[str, int], Pairs] = defaultdict(list)
    for (material, origin, place, period), ship in model.ship.items():
        counts = rule.materials is None or material in rule.materials
        counts = counts and (not countries or whose(model, rule, origin) in countries)
        if counts and matches(rule.origins, rule.destinations, origin.place, place):
            moved[material, period].append((ship, weight(model, rule, material, period)))
    moving = [material for material in model.network.materials if any(True for _ in model.network.flows(material))]
    spots: dict[str, tuple[str, ...]] = dict.fromkeys(rule.materials or moving, ())

    def counted(group: dict[str, tuple[str, ...]]) -> Count:
        return lambda _, period: numbered([p for material in group for p in moved.get((material, period), ())])

    return [
        Counted(_named(rule, group), None, group, part=counted(group), whole=lambda *_: NOTHING)
        for group in _pooled(rule, spots)
    ]


# ---------------------------------------------------------------- capacity


def capacities(model: Model, rule: Measured, countries: tuple[str, ...]) -> list[Counted]:
    """What can be made at the stages: what exists in its years and what is built, before any ramp-up."""
    counted = [
        facility
        for facility in model.problem.facilities
        if (rule.stages is None or facility.stage in rule.stages)
        and (not countries or whose(model, rule, model.network.origins[facility.id]) in countries)
    ]
    at_stages = [f for f in model.problem.facilities if rule.stages is None or f.stage in rule.stages]
    made = dict.fromkeys(material for facility in at_stages for material in products(facility))
    spots: dict[str, tuple[str, ...]] = dict.fromkeys(rule.materials or made, ())
    return [_capacity(model, rule, counted, group) for group in _pooled(rule, spots)]


def _capacity(model: Model, rule: Measured, facilities: list[Facility], spots: dict[str, tuple[str, ...]]) -> Counted:
    def built(model: Model, period: int) -> Sum:
        pairs = [
            (model.add[facility.id, number, order], factor)
            for facility in facilities
            if (factor := _per_capacity(model, rule, facility, spots, period))
            for number, build in enumerate(facility.builds)
            for order, on_stream in model.network.orders(build).items()
            if period in on_stream
        ]
        return numbered(pairs)

    def existing(period: int) -> float:
        return sum(
            _per_capacity(model, rule, facility, spots, period) * (model.network.nameplate(facility)[period] or 0.0)
            for facility in facilities
        )

    return Counted(_named(rule, spots), None, spots, part=built, whole=lambda *_: NOTHING, constant=existing)


def _per_capacity(
    model: Model, rule: Measured, facility: Facility, spots: dict[str, tuple[str, ...]], period: int
) -> float:
    """What a unit of capacity can make at most of the ratio's materials, weighted."""
    if not isinstance(facility, Plant):
        return sum(weight(model, rule, material, period) for material in products(facility) if material in spots)
    yields = (
        sum(weight(model, rule, m, period) * amount for m, amount in recipe.outputs.items() if m in spots)
        / recipe.capacity_use
        for recipe in facility.recipes
        if recipe.capacity_use
    )
    return max(yields, default=0.0)


# ---------------------------------------------------------------- consumption


def over_consumption(rule: Measured) -> bool:
    """Whether the whole is what the demands in scope consume."""
    return isinstance(rule, Share) and (rule.of == "consumption" or rule.measure == "capacity")


def consumers(model: Model, rule: Measured, material: str | None) -> list[Demand]:
    """The demands whose quantity is the whole of a ratio: of its material, or of all where it pools materials."""
    return [
        demand
        for demand in model.problem.demands
        if material in (None, demand.material)
        and (rule.demands is None or demand.id in rule.demands)
        and (rule.places is None or model.network.geography.covers(rule.places, demand.at))
    ]


def consumption(model: Model, rule: Measured, demands: list[Demand], period: int) -> float:
    """Units demanded per year, weighted, processed or not."""
    return sum(
        model.timeline.read_or(demand.quantity, 0.0)[period] * weight(model, rule, demand.material, period)
        for demand in demands
    )

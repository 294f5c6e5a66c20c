"""Policies: a part and its whole, and the rows that bound the one by the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from oremix.models.chain import Plant
from oremix.models.geography import Origin
from oremix.models.policies import Quantity, Share
from oremix.optimizer.formulation.model import Measure, Model
from oremix.optimizer.lean import Column, Pairs, summed

__all__ = ["CHINA", "add_policies"]

CHINA = "CN"

Rule = Share | Quantity
Site = tuple[str, str]  # material, place


def add_policies(model: Model) -> None:
    """Columns beyond, rows share_max, share_min, quantity_max, quantity_min; and what is only measured."""
    shipped: dict[tuple[str, int], list[tuple[Origin, Column]]] = defaultdict(list)
    for (material, origin, _, period), ship in model.ship.items():
        shipped[material, period].append((origin, ship))
    for rule in model.problem.policies:
        assert isinstance(rule, Share | Quantity)  # others are refused before
        for measure in _measures(model, rule, shipped):
            _bound(model, rule, measure)
            model.measures.append(measure)
    for measured in ("supply", "production"):
        rule = Share.model_construct(id=CHINA, type="share", countries=[CHINA], max=1.0, measure=measured)
        for measure in _measures(model, rule, shipped):
            measure.policy = None
            measure.most = measure.least = None
            model.measures.append(measure)


def _measures(
    model: Model, rule: Rule, shipped: dict[tuple[str, int], list[tuple[Origin, Column]]]
) -> Iterable[Measure]:
    """Every ratio (or amount) the rule bounds: per country tested, scope, material and period, or pooled."""
    for countries in _tested(model, rule):
        for bounds in _bounds_alike(model, rule):
            if rule.measure == "supply":
                for place, sites in _scopes(model, rule, countries, bounds):
                    yield from _ratios(model, rule, countries, bounds, place, *_supply(model, sites, countries))
            else:
                yield from _ratios(model, rule, countries, bounds, None, *_production(model, rule, countries, shipped))


def _tested(model: Model, rule: Rule) -> list[tuple[str, ...]]:
    """The sets of countries whose part is bounded: all together, or with `each` one by one."""
    geography = model.network.geography
    if not rule.each:
        return [tuple(sorted(geography.members(rule.countries or ())))] if rule.countries else [()]
    if rule.countries is None:
        countries = {geography.country(origin.place) for origin in model.network.origins.values()}
    else:
        countries = set(geography.members(rule.countries))
    return [(country,) for country in sorted(countries - geography.members(rule.except_ or ()))]


def _bounds_alike(model: Model, rule: Rule) -> list[tuple[str, ...]]:
    """The bounds that are measured in the same scope: a `max` may leave out uses that a `min` counts."""
    stated = tuple(name for name in ("max", "min") if getattr(rule, name) is not None)
    demanded = {demand.material for demand in model.problem.demands}
    unlike = rule.measure == "supply" and rule.places is None and rule.demands is None and any(
        material not in demanded for material in rule.materials or ()
    )
    return [(name,) for name in stated] if unlike else [stated]


# ---------------------------------------------------------------- scope


def _scopes(
    model: Model, rule: Rule, countries: tuple[str, ...], bounds: tuple[str, ...]
) -> list[tuple[str | None, list[Site]]]:
    """The sites whose arrivals are counted: all together, or with `each_place` apart."""
    sites = _sites(model, rule, countries, bounds)
    if not rule.each_place:
        return [(None, _with_stockpiles(model, sites))]
    places = dict.fromkeys(place for _, place in sites)
    return [
        (place, _with_stockpiles(model, [site for site in sites if site[1] == place])) for place in places
    ]


def _sites(model: Model, rule: Rule, countries: tuple[str, ...], bounds: tuple[str, ...]) -> list[Site]:
    network = model.network
    demanded = [(d.material, d.at) for d in model.problem.demands if not rule.demands or d.id in rule.demands]
    if rule.demands is not None:
        sites = demanded
    elif rule.places is not None:
        materials = rule.materials or list(dict.fromkeys(material for material, _ in demanded))
        sites = [(material, place) for material in materials for place in network.uses[material]]
    else:
        sites = list(demanded)
        only_used = [m for m in rule.materials or () if m not in {material for material, _ in demanded}]
        for material in only_used:
            for place in network.uses[material]:
                if bounds == ("min",) or network.geography.country(place) not in countries:
                    sites.append((material, place))
    return [
        (material, place)
        for material, place in dict.fromkeys(sites)
        if (rule.materials is None or material in rule.materials)
        and (rule.places is None or network.geography.covers(rule.places, place))
    ]


def _with_stockpiles(model: Model, sites: list[Site]) -> list[Site]:
    """The sites with the places of the stockpiles that can serve them."""
    found = dict.fromkeys(sites)
    for material, place in sites:
        for pile in model.network.piles_serving(material, place):
            found[material, pile.at] = None
    return list(found)


# ---------------------------------------------------------------- what is counted

Count = Callable[[str, int], Pairs]


def _supply(model: Model, sites: list[Site], countries: tuple[str, ...]) -> tuple[list[str], Count, Count]:
    """Arrivals at the sites, after losses: those last made in the countries, and all."""
    places: dict[str, list[str]] = defaultdict(list)
    for material, place in sites:
        places[material].append(place)

    def whole(material: str, period: int) -> Pairs:
        return [
            (ship, arrives)
            for place in places[material]
            for _, arrives, ship in model.arrivals.get((material, place, period), ())
        ]

    def part(material: str, period: int) -> Pairs:
        return [
            (ship, arrives)
            for place in places[material]
            for origin, arrives, ship in model.arrivals.get((material, place, period), ())
            if model.country(origin.place) in countries
        ]

    return list(places), part, whole


def _production(
    model: Model, rule: Rule, countries: tuple[str, ...], shipped: dict[tuple[str, int], list[tuple[Origin, Column]]]
) -> tuple[list[str], Count, Count]:
    """What is made at the stages less what is left as surplus, which is what is shipped."""
    stages = set(rule.stages or ()) or None
    materials = [
        material
        for material, makers in model.network.makers.items()
        if (rule.materials is None or material in rule.materials)
        and any(stages is None or origin.stage in stages for origin in makers)
    ]
    if isinstance(rule, Quantity) and rule.plants is not None:
        return materials, _plant_outputs(model, rule, countries), lambda material, period: []

    def counted(material: str, period: int, wanted: tuple[str, ...] | None) -> Pairs:
        return [
            (ship, 1.0)
            for origin, ship in shipped.get((material, period), ())
            if (stages is None or origin.stage in stages)
            and (not wanted or model.country(origin.place) in wanted)
            and (not isinstance(rule, Quantity) or not rule.places or _in_places(model, rule, origin))
        ]

    return (
        materials,
        lambda material, period: counted(material, period, countries),
        lambda material, period: counted(material, period, None),
    )


def _in_places(model: Model, rule: Quantity, origin: Origin) -> bool:
    return model.network.geography.covers(rule.places or (), origin.place)


def _plant_outputs(model: Model, rule: Quantity, countries: tuple[str, ...]) -> Count:
    """What named plants make, surplus included: surplus is kept by origin, which plants may share."""
    plants: list[Plant] = [
        plant
        for plant in model.problem.plants
        if plant.id in (rule.plants or ())
        and (not countries or model.country(plant.at) in countries)
        and (not rule.places or model.network.geography.covers(rule.places, plant.at))
        and (not rule.stages or plant.stage in rule.stages)
    ]

    def part(material: str, period: int) -> Pairs:
        return [
            (model.run[plant.id, recipe.id, period], recipe.outputs[material])
            for plant in plants
            for recipe in plant.recipes
            if material in recipe.outputs and (plant.id, recipe.id, period) in model.run
        ]

    return part


def _consumption(model: Model, rule: Rule, material: str, period: int) -> float | None:
    """Units demanded per year in the rule's places and demands; none where nothing is demanded."""
    quantities = [
        model.timeline.read_or(demand.quantity, 0.0)[period]
        for demand in model.problem.demands
        if demand.material == material
        and (rule.demands is None or demand.id in rule.demands)
        and (rule.places is None or model.network.geography.covers(rule.places, demand.at))
    ]
    return sum(quantities) if quantities else None


def _factor(model: Model, rule: Rule, material: str, period: int) -> float:
    if rule.weight == "value":
        price = model.network.materials[material].price
        return model.timeline.read_or(price, 0.0)[period]
    return rule.weight.get(material, 0.0) if isinstance(rule.weight, dict) else 1.0


# ---------------------------------------------------------------- ratios


def _ratios(
    model: Model,
    rule: Rule,
    countries: tuple[str, ...],
    bounds: tuple[str, ...],
    place: str | None,
    materials: list[str],
    part: Count,
    whole: Count,
) -> Iterable[Measure]:
    """One measure per material and period, or fewer where they are pooled."""
    active = [t for t in model.timeline if model.timeline.within(t, rule.from_year, rule.until_year)]
    periods = [active] if "periods" in rule.across else [[period] for period in active]
    groups = [materials] if "materials" in rule.across else [[material] for material in materials]
    for group in groups:
        for pooled in periods:
            if group and pooled:
                measure = _measure(model, rule, countries, bounds, group, pooled, part, whole)
                if measure is not None:
                    measure.place = place
                    yield measure


def _measure(
    model: Model,
    rule: Rule,
    countries: tuple[str, ...],
    bounds: tuple[str, ...],
    materials: list[str],
    periods: list[int],
    part: Count,
    whole: Count,
) -> Measure | None:
    pooled = "periods" in rule.across
    measure = Measure(
        policy=rule,
        countries=countries,
        measure=rule.measure,
        material=materials[0] if "materials" not in rule.across else None,
        place=None,
        period=None if pooled else periods[0],
        periods=periods,
        part=[],
        whole=None,
    )
    wholes: list[tuple[int, Pairs | float]] = []
    for period in periods:
        years = model.timeline.years[period] if pooled else 1.0
        factors = [(material, years * _factor(model, rule, material, period)) for material in materials]
        measure.part += [(c, a * f) for m, f in factors for c, a in part(m, period)]
        if isinstance(rule, Quantity):
            wholes.append((period, years))
        elif rule.of == "consumption":
            amounts = [_consumption(model, rule, material, period) for material in _consumed(model, rule, materials)]
            stated = [amount for amount in amounts if amount is not None]
            if stated:
                total = sum(
                    (_consumption(model, rule, m, period) or 0.0) * years * _factor(model, rule, m, period)
                    for m in _consumed(model, rule, materials)
                )
                wholes.append((period, total))
        else:
            wholes.append((period, [(c, a * f) for m, f in factors for c, a in whole(m, period)]))
    if not wholes:
        return None
    if isinstance(rule, Share):
        measure.whole = _total([(1.0, amount) for _, amount in wholes])
    if not _anything(measure):
        return None
    for name in bounds:
        series = model.timeline.read(getattr(rule, name))
        total = _total([(series[period], amount) for period, amount in wholes])
        setattr(measure, "most" if name == "max" else "least", total)
    return measure


def _consumed(model: Model, rule: Rule, materials: list[str]) -> list[str]:
    """The materials whose consumption is the whole: of a pooled ratio all that are demanded."""
    return materials if "materials" not in rule.across else list(dict.fromkeys(d.material for d in model.problem.demands))


def _anything(measure: Measure) -> bool:
    """Whether there is anything to count: a ratio of nothing to nothing is no record."""
    return bool(measure.part) or bool(measure.whole) or measure.whole is None


def _total(amounts: list[tuple[float, Pairs | float]]) -> Pairs | float:
    """Σ factor · amount, as a number or as pairs."""
    numbers = [factor * amount for factor, amount in amounts if isinstance(amount, int | float)]
    if numbers:
        return sum(numbers)
    return [(c, factor * a) for factor, amount in amounts if not isinstance(amount, int | float) for c, a in amount]


def _bound(model: Model, rule: Rule, measure: Measure) -> None:
    """The rows of a measure: part ≤ most, part ≥ least, beyond which a priced rule pays."""
    label = (rule.id, measure.countries if rule.each else (), measure.material, measure.place)
    key = (*label, None if measure.period is None else model.start(measure.period))
    for side, bound, sign in (("max", measure.most, -1.0), ("min", measure.least, 1.0)):
        if bound is None:
            continue
        pairs = list(measure.part)
        rhs = 0.0
        if isinstance(bound, int | float):
            rhs = float(bound)
        else:
            pairs = [(c, a) for c, a in summed([*pairs, *((c, -a) for c, a in bound)]) if a]
        if rule.penalty is not None:
            beyond = measure.beyond[side] = model.lp.column("beyond", side, *key)
            pairs.append((beyond, sign))
            _charge(model, rule, measure, beyond)
        row = model.at_most if side == "max" else model.at_least
        measure.rows[side] = row(f"{rule.type}_{side}", *key, pairs=pairs, rhs=rhs)


def _charge(model: Model, rule: Rule, measure: Measure, beyond: Column) -> None:
    """The penalty per year; of pooled periods, spread over all their years."""
    penalty = model.timeline.read_or(rule.penalty, 0.0)
    years = 1.0 if measure.period is not None else float(sum(model.timeline.years[t] for t in measure.periods))
    for period in measure.periods:
        model.charge("penalties", period, penalty[period] / years, beyond, "policy", rule.id, None)

"""Policies: that they bound something, and state everything that they are measured by."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from oremix.models.chain import Demand, Material
from oremix.models.checks.finding import Finding, Path, ordered, under
from oremix.models.fields import Series
from oremix.models.listing import listed
from oremix.models.network import products
from oremix.models.policies import Budget, Diversify, Footprint, Quantity, Rule, Share

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["policies"]

# field → the measures that read it; elsewhere it would be ignored
READ_BY: dict[str, tuple[str, ...]] = {
    "stages": ("production", "content", "capacity"),
    "plants": ("production",),
    "carriers": ("content",),
    "from_": ("shipments",),
    "to": ("shipments",),
}


def policies(problem: Problem) -> Iterator[Finding]:
    """Faults of each policy."""
    for position, policy in enumerate(problem.policies):
        path = ("policies", position)
        if isinstance(policy, Diversify):
            yield from under(path, _diversify(policy))
        elif isinstance(policy, Footprint):
            yield from under(path, _footprint(problem, policy))
        elif isinstance(policy, Budget):
            yield from under(path, _budget(problem, policy))
        elif isinstance(policy, Share | Quantity):
            yield from under(path, _measured(problem, policy))


def _diversify(policy: Diversify) -> Iterator[Finding]:
    if policy.min is None and policy.max is None:
        yield (), "bounds nothing: state `max` or `min`", None
    if policy.min is not None and policy.max is not None and policy.min > policy.max:
        yield ("min",), f"is above the upper bound {policy.max}", policy.min
    if policy.min is not None and policy.smallest is None:
        yield ("smallest",), "is missing: the share from which a part counts towards `min`", None
    if policy.min is None and policy.smallest is not None:
        yield ("smallest",), "is read only by `min`; for `max` anything above 0 counts", policy.smallest
    if policy.of == "suppliers" and policy.places is not None:
        yield ("places",), "is read only by `of: countries`", policy.places


def _footprint(problem: Problem, policy: Footprint) -> Iterator[Finding]:
    if policy.max is None and policy.min is None and policy.price is None:
        yield (), "does nothing: state `max`, `min` or `price`", None
    if policy.penalty is not None and policy.max is None and policy.min is None:
        yield ("penalty",), "is for what is beyond a bound; state `max` or `min`, or a `price` for all of it", None
    yield from ordered(problem.timeline, "min", policy.min, policy.max)
    yield from _pooled_penalty(problem, policy)


def _budget(problem: Problem, policy: Budget) -> Iterator[Finding]:
    if "periods" in policy.across and not _is_constant(problem, policy.max):
        yield ("max",), "must be one number where periods are pooled: the budget of the whole horizon", policy.max
    yield from _pooled_penalty(problem, policy)


def _measured(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    if policy.max is None and policy.min is None:
        yield (), "bounds nothing: state `max` or `min`", None
    yield from ordered(problem.timeline, "min", policy.min, policy.max)
    yield from _whose(policy)
    yield from _unread(policy)
    yield from _weight(problem, policy)
    yield from _plants(problem, policy)
    yield from _pooled_penalty(problem, policy)


def _pooled_penalty(problem: Problem, policy: Share | Quantity | Footprint | Budget) -> Iterator[Finding]:
    if policy.penalty is not None and "periods" in policy.across and not _is_constant(problem, policy.penalty):
        yield ("penalty",), "must be one number where periods are pooled", policy.penalty


def _is_constant(problem: Problem, series: Series) -> bool:
    return (isinstance(series, list) and len(series) != len(problem.timeline)) or len(
        set(problem.timeline.read(series))
    ) == 1


def _whose(policy: Share | Quantity) -> Iterator[Finding]:
    if policy.except_ is not None and not policy.each:
        yield ("except",), "says what `each` skips; it needs `each: true`", policy.except_
    part_is_stated = (
        policy.stages is not None or getattr(policy, "plants", None) is not None or policy.measure == "shipments"
    )
    if policy.countries is None and not policy.each and not part_is_stated:
        yield ("countries",), "is missing: whose part is bounded (countries or groups), or `each: true`", None


def _unread(policy: Share | Quantity) -> Iterator[Finding]:
    """Fields that the measure does not read: refused, because they would be ignored."""
    for name, measures in READ_BY.items():
        if getattr(policy, name, None) is not None and policy.measure not in measures:
            yield (name.rstrip("_"),), f"is read only by measure {' or '.join(measures)}, not by {policy.measure}", None
    is_quantity = isinstance(policy, Quantity)
    if policy.of == "consumption" and (is_quantity or policy.measure not in ("production", "capacity")):
        yield ("of",), "`consumption` is the whole of a `share` of production or capacity only", policy.of
    arrives = policy.measure in ("supply", "content")
    if not arrives and policy.each_place:
        yield ("each_place",), f"takes places of arrival apart; {policy.measure} has none", True
    if arrives or (not is_quantity and (policy.of == "consumption" or policy.measure == "capacity")):
        return
    made_where = is_quantity and policy.measure == "production"
    for name in ("demands",) if made_where else ("demands", "places"):
        if getattr(policy, name) is not None:
            yield (name,), _not_read_there(policy), getattr(policy, name)


def _not_read_there(policy: Share | Quantity) -> str:
    if policy.measure == "shipments":
        return "is not read by measure shipments; state `from` and `to`"
    if isinstance(policy, Quantity):
        return f"limits a consumption, and a quantity of {policy.measure} is measured against none"
    return "limits only the consumption, which `of: consumption` reads"


def _weight(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    scope = _counted(problem, policy)
    if policy.weight == "value":
        for material in scope:
            if material.price is None:
                yield ("weight",), f"`value` needs the `price` of {material.id}", "value"
    elif isinstance(policy.weight, dict):
        for material in scope:
            if material.id not in policy.weight:
                yield ("weight",), f"has no factor for {material.id}; state one, or limit `materials`", None
    elif "materials" in policy.across and len({material.unit for material in scope}) > 1:
        units = listed(f"{material.id} in {material.unit}" for material in scope)
        message = f"pools unlike units ({units}); give a `weight` per material, or limit `materials`"
        yield ("across",), message, policy.across


def _plants(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    """Surplus is kept by origin: plants that share one with others cannot be told apart in what they leave over."""
    named = set(getattr(policy, "plants", None) or ())
    for material, makers in problem.network.makers.items() if named else ():
        if policy.materials is None or material in policy.materials:
            for origin, facilities in makers.items():
                ids = {facility.id for facility in facilities}
                if ids & named and ids - named:
                    others = listed(sorted(ids - named))
                    message = f"leaves out {others}, whose {material} from {origin.place} cannot be told apart"
                    yield (
                        ("plants",),
                        f"{message}; name them too, or give the plants `places` of their own",
                        sorted(named),
                    )


def _counted(problem: Problem, policy: Share | Quantity) -> list[Material]:
    """The materials that may be counted."""
    demanded = {demand.material for demand in _demands(problem, policy)}
    if policy.measure == "content":
        names = demanded
    elif policy.measure == "supply":
        names = demanded if policy.demands is not None or policy.materials is None else set(policy.materials)
    elif policy.measure == "shipments":
        names = {material.id for material in problem.materials}
    else:
        names = {material.id for material in problem.materials if _is_made(problem, policy, material.id)}
    if policy.materials is not None:
        names &= set(policy.materials)
    if _over_consumption(policy) and "materials" in policy.across:
        names |= demanded
    return [material for material in problem.materials if material.id in names]


def _demands(problem: Problem, policy: Share | Quantity) -> Iterator[Demand]:
    """The demands named; of a consumption, or of what is delivered, those in the places named."""
    for demand in problem.demands:
        named = policy.demands is None or demand.id in policy.demands
        anywhere = policy.places is None or policy.measure == "supply"
        if named and (anywhere or problem.network.geography.covers(policy.places or (), demand.at)):
            yield demand


def _is_made(problem: Problem, policy: Share | Quantity, material: str) -> bool:
    makers = problem.network.makers.get(material, {})
    return any(policy.stages is None or origin.stage in policy.stages for origin in makers)


def _over_consumption(policy: Share | Quantity) -> bool:
    return isinstance(policy, Share) and (policy.of == "consumption" or policy.measure == "capacity")


# ---------------------------------------------------------------- what can be counted


def countable(problem: Problem) -> Iterator[Finding]:
    """Rules on what has no limit, and consumption that is not stated."""
    for position, policy in enumerate(problem.policies):
        path: Path = ("policies", position)
        if isinstance(policy, Diversify):
            yield from under(path, _numbered(problem, policy))
        elif isinstance(policy, Share | Quantity):
            if policy.measure == "capacity":
                yield from under(path, _limited(problem, policy))
            if _over_consumption(policy):
                yield from under(path, _consumed(problem, policy))


def _active(problem: Problem, policy: Rule) -> list[int]:
    timeline = problem.timeline
    return [period for period in timeline if timeline.within(period, policy.from_year, policy.until_year)]


def _numbered(problem: Problem, policy: Diversify) -> Iterator[Finding]:
    """Whether something is bought is a yes/no decision, within the most that can be."""
    network = problem.network
    demanded = {demand.material for demand in problem.demands} if policy.of == "countries" else set(network.makers)
    for material, makers in network.makers.items():
        if material not in (policy.materials or demanded):
            continue
        for facility in (facility for group in makers.values() for facility in group):
            if policy.of == "suppliers" and facility.kind != "supplier":
                continue
            places = network.uses[material] if policy.of == "countries" else None
            limits = [network.most_arriving(material, [facility], places, t) for t in _active(problem, policy)]
            if not all(map(isfinite, limits)):
                message = f"needs a limit on what {facility.id} can make of {material}: state its `capacity`"
                message += " and the `max` of its builds" if facility.builds else ""
                yield ("of",), message, policy.of


def _limited(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    """Unlimited capacity is no number."""
    network = problem.network
    countries = None if policy.countries is None else network.geography.members(policy.countries)
    for facility in problem.facilities:
        origin = network.origins[facility.id]
        whose = origin.owner if policy.by == "owner" else network.geography.country(origin.place)
        counts = (policy.stages is None or facility.stage in policy.stages) and (
            countries is None or whose in countries
        )
        materials = [m for m in products(facility) if policy.materials is None or m in policy.materials]
        if not counts or not materials:
            continue
        if any(network.nameplate(facility)[period] is None for period in _active(problem, policy)):
            yield ("measure",), f"needs a limit on {facility.id}, whose capacity is counted: state it", None
        for recipe in getattr(facility, "recipes", ()):
            if recipe.capacity_use == 0 and recipe.outputs.keys() & set(materials):
                message = f"needs the `capacity_use` of recipe {recipe.id} of {facility.id}, which is 0: unlimited"
                yield ("measure",), message, None


def _consumed(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    for demand in _demands(problem, policy):
        if demand.quantity is None:
            message = f"is measured against consumption, and the outlet {demand.id} states no `quantity`"
            yield (), f"{message}; state it, or leave it out by `demands` or `places`", None

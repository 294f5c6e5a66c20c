"""Suppliers, plants, recyclers and their builds; and demands, which they serve."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from oremix.models.chain import Build, Demand, Plant, Recycler, Supplier
from oremix.models.checks.finding import Finding, Path, ordered, under
from oremix.models.fields import Series
from oremix.models.listing import listed
from oremix.models.network import products
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["builds", "facilities", "limits"]


def facilities(problem: Problem) -> Iterator[Finding]:
    """Faults of what makes something, and of what it is made for."""
    for position, supplier in enumerate(problem.suppliers):
        yield from under(("suppliers", position), _supplier(supplier, problem.timeline))
    for position, plant in enumerate(problem.plants):
        yield from under(("plants", position), _plant(plant))
    for position, recycler in enumerate(problem.recyclers):
        yield from under(("recyclers", position), _recycler(recycler, problem.timeline))
    for path, build in builds(problem):
        yield from under(path, _build(build))
    for position, demand in enumerate(problem.demands):
        yield from under(("demands", position), _demand(demand))
    yield from _stages(problem)


def builds(problem: Problem) -> Iterator[tuple[Path, Build]]:
    """Every build with its path."""
    for key in ("suppliers", "plants", "recyclers"):
        for position, facility in enumerate(getattr(problem, key)):
            for number, build in enumerate(facility.builds):
                inner: Path = ("build", number) if isinstance(facility.build, list) else ("build",)
                yield (key, position, *inner), build


def _demand(demand: Demand) -> Iterator[Finding]:
    if demand.quantity is None and demand.sale_price is None:
        yield ("quantity",), "is missing", None
    if demand.shortage_cost is not None and demand.sale_price is not None:
        message = "cannot stand with a `sale_price`: an outlet takes what it is brought, and nothing is short there"
        yield ("shortage_cost",), message, None


def _supplier(supplier: Supplier, timeline: Timeline) -> Iterator[Finding]:
    if (supplier.unit_cost is None) == (supplier.tiers is None):
        both = "both are given" if supplier.tiers is not None else "neither is given"
        yield ("unit_cost",), f"give a `unit_cost` or `tiers`, exactly one; {both}", None
    if supplier.tiers is not None:
        yield from _tiers([tier.up_to for tier in supplier.tiers])
    elif supplier.all_units:
        yield ("all_units",), "is about `tiers`, and there are none", True
    if supplier.ramp_up is not None and supplier.from_year is None and not timeline.typical:
        yield ("ramp_up",), "needs the `from_year` that it starts in", None
    if supplier.take_or_pay is not None and any(cost < 0 for cost in _prices(supplier)):
        yield ("take_or_pay",), "cannot stand with a negative price: paying more would earn money", None


def _tiers(limits: list[float | None]) -> Iterator[Finding]:
    if not limits:
        yield ("tiers",), "needs at least one tier", limits
    if any(limit is None for limit in limits[:-1]):
        yield ("tiers",), "only the last tier may be open; state `up_to` for the others", limits
    stated = [limit for limit in limits if limit is not None]
    if any(later <= earlier for earlier, later in pairwise(stated)):
        yield ("tiers",), "`up_to` is cumulative and must rise from tier to tier", limits


def _prices(supplier: Supplier) -> list[float]:
    return [tier.unit_cost for tier in supplier.tiers or []] + _numbers(supplier.unit_cost)


def _numbers(series: Series | None) -> list[float]:
    if isinstance(series, dict):
        return list(series.values())
    if isinstance(series, list):
        return series
    return [] if series is None else [series]


def _plant(plant: Plant) -> Iterator[Finding]:
    if plant.capacity is None and not plant.builds:
        for name in ("minimum_utilisation", "fixed_cost_per_capacity"):
            if getattr(plant, name) is not None:
                yield (name,), "needs a `capacity`", getattr(plant, name)
    for position, recipe in enumerate(plant.recipes):
        for material in recipe.inputs.keys() & recipe.outputs.keys():
            message = f"{material} is an input too; handing on is no transformation, state the net amount on one side"
            yield ("recipes", position, "outputs", material), message, recipe.outputs[material]


def _recycler(recycler: Recycler, timeline: Timeline) -> Iterator[Finding]:
    if recycler.scrap is None and not recycler.returns:
        yield ("scrap",), "is missing: state the scrap available per year", None
    named = [(entry.demand, entry.after_years) for entry in recycler.returns or []]
    if len(set(named)) < len(named):
        yield ("returns",), "names a demand twice with the same `after_years`; add the two up", named
    yield from ordered(timeline, "minimum_collection_rate", recycler.minimum_collection_rate, recycler.collection_rate)


def _build(build: Build) -> Iterator[Finding]:
    if build.has_capex and build.life is None:
        yield ("life",), "is missing: years over which the capex is paid", None
    if (build.is_yes_no or build.orders is not None) and build.largest_order is None:
        yield ("max",), "is missing: a yes/no build, or one whose orders are counted, needs its largest size", None
    yield from _whole_capex(build)
    if build.committed and not build.is_yes_no:
        yield ("committed",), "needs a smallest size: state `minimum`, `fixed_capex`, `curve` or `sizes`", True
    for name in ("max", "max_per_order"):
        limit = getattr(build, name)
        if build.minimum is not None and limit is not None and build.minimum > limit:
            yield ("minimum",), f"is above `{name}` {limit:g}", build.minimum


def _whole_capex(build: Build) -> Iterator[Finding]:
    """A curve or sizes: whole amounts, in place of every other way to state capex and the smallest size."""
    for name in ("curve", "sizes"):
        points = getattr(build, name)
        if points is None:
            continue
        others = ("unit_capex", "fixed_capex", "minimum", *(("sizes",) if name == "curve" else ()))
        for other in others:
            if getattr(build, other) is not None:
                yield (other,), f"cannot stand with `{name}`, which states sizes and their whole capex", None
        capacities, capexes = [p.capacity for p in points], [p.capex for p in points]
        if len(points) < (2 if name == "curve" else 1):
            yield (name,), f"needs at least {'two points' if name == 'curve' else 'one size'}", len(points)
        if any(later <= earlier for earlier, later in pairwise(capacities)):
            yield (name,), "`capacity` must rise from point to point", capacities
        if name == "curve" and any(later < earlier for earlier, later in pairwise(capexes)):
            yield (name,), "`capex` is that of the whole size and cannot fall", capexes
        if name == "sizes" and any(capacity == 0 for capacity in capacities):
            yield (name,), "a size of 0 is not built at all; leave it out", 0


def limits(problem: Problem) -> Iterator[Finding]:
    """Yes/no decisions without a limit, orders that never count, surplus that nobody can tell apart."""
    network = problem.network
    for position, supplier in enumerate(problem.suppliers):
        reason = _decision(supplier)
        if reason and not all(isfinite(network.most(supplier, period)) for period in network.timeline):
            message = f"is missing: {reason} is a yes/no decision, which needs the most that can be bought"
            message += " (and a `max` for each build)" if supplier.builds else ""
            yield ("suppliers", position, "capacity"), message, None
    for path, build in builds(problem):
        if build.committed and not network.orders(build):
            yield (*path, "committed"), "cannot be kept: no order within its years comes on stream in any period", True
    for position, plant in enumerate(problem.plants):
        yield from under(("plants", position), _own_surplus(problem, plant))


def _decision(supplier: Supplier) -> str | None:
    """What makes buying a yes/no decision, if anything does."""
    if supplier.all_units:
        return "`all_units`"
    if supplier.has_falling_price:
        return "a price that falls from tier to tier"
    return next((f"`{name}`" for name in ("minimum_order", "fixed_cost") if getattr(supplier, name) is not None), None)


def _own_surplus(problem: Problem, plant: Plant) -> Iterator[Finding]:
    """Surplus is kept by origin: a plant with terms of its own must be alone there."""
    stated = next((name for name in ("surplus", "surplus_max") if getattr(plant, name) is not None), None)
    network = problem.network
    for material in products(plant) if stated else ():
        others = sorted(maker.id for maker in network.makers[material][network.origins[plant.id]] if maker is not plant)
        if others:
            message = f"cannot be told apart from that of {listed(others)}, which makes {material} at the same place"
            yield (str(stated),), f"{message}, owner and stage; give the plant a `place` of its own", None


def _stages(problem: Problem) -> Iterator[Finding]:
    """A policy that names stages has to know every supplier's."""
    policy = next((policy for policy in problem.policies if getattr(policy, "stages", None)), None)
    if policy is None:
        return
    for position, supplier in enumerate(problem.suppliers):
        if supplier.stage is None:
            message = f"is missing: policy {getattr(policy, 'id', '')} names stages, so every supplier needs its own"
            yield ("suppliers", position, "stage"), message, None

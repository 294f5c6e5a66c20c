"""Suppliers, plants, recyclers and their builds; and demands, which they serve."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from oremix.models.chain import Build, Plant, Recycler, Supplier
from oremix.models.checks.finding import Finding, Path, ordered, under
from oremix.models.fields import Series
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["builds", "facilities"]


def facilities(problem: Problem) -> Iterator[Finding]:
    """Faults of what makes something, and of what it is made for."""
    for position, supplier in enumerate(problem.suppliers):
        yield from under(("suppliers", position), _supplier(supplier))
    for position, plant in enumerate(problem.plants):
        yield from under(("plants", position), _plant(plant))
    for position, recycler in enumerate(problem.recyclers):
        yield from under(("recyclers", position), _recycler(recycler, problem.timeline))
    for path, build in builds(problem):
        yield from under(path, _build(build))
    for position, demand in enumerate(problem.demands):
        if demand.quantity is None and demand.sale_price is None:
            yield ("demands", position, "quantity"), "is missing", None
    yield from _stages(problem)


def builds(problem: Problem) -> Iterator[tuple[Path, Build]]:
    """Every build with its path."""
    for key in ("suppliers", "plants", "recyclers"):
        for position, facility in enumerate(getattr(problem, key)):
            for number, build in enumerate(facility.builds):
                inner: Path = ("build", number) if isinstance(facility.build, list) else ("build",)
                yield (key, position, *inner), build


def _supplier(supplier: Supplier) -> Iterator[Finding]:
    if (supplier.unit_cost is None) == (supplier.tiers is None):
        both = "both are given" if supplier.tiers is not None else "neither is given"
        yield ("unit_cost",), f"give a `unit_cost` or `tiers`, exactly one; {both}", None
    if supplier.tiers is not None:
        yield from _tiers([tier.up_to for tier in supplier.tiers])
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
    yield from ordered(timeline, "minimum_collection_rate", recycler.minimum_collection_rate, recycler.collection_rate)


def _build(build: Build) -> Iterator[Finding]:
    if build.has_capex and build.life is None:
        yield ("life",), "is missing: years over which the capex is paid", None
    if build.is_yes_no and build.max is None and build.max_per_order is None:
        yield ("max",), "is missing: a yes/no build needs the largest size it may have", None
    for name in ("max", "max_per_order"):
        limit = getattr(build, name)
        if build.minimum is not None and limit is not None and build.minimum > limit:
            yield ("minimum",), f"is above `{name}` {limit:g}", build.minimum


def _stages(problem: Problem) -> Iterator[Finding]:
    """A policy that names stages has to know every supplier's."""
    policy = next((policy for policy in problem.policies if getattr(policy, "stages", None)), None)
    if policy is None:
        return
    for position, supplier in enumerate(problem.suppliers):
        if supplier.stage is None:
            message = f"is missing: policy {getattr(policy, 'id', '')} names stages, so every supplier needs its own"
            yield ("suppliers", position, "stage"), message, None

"""What is allowed in a problem and still likely to surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.policies import Share

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["warnings_of"]


def warnings_of(problem: Problem) -> Iterator[str]:
    """Sentences about the data, each naming what it is about."""
    yield from _typical_year(problem)
    yield from _loops(problem)
    yield from _capped_countries_own_demand(problem)
    yield from _surplus_worth_more(problem)
    yield from _unread(problem)


def _typical_year(problem: Problem) -> Iterator[str]:
    if problem.timeline.typical:
        late = [facility.id for facility in problem.facilities if any(build.lead_time for build in facility.builds)]
        if late:
            yield f"without `periods` there is one typical year: the lead time of {', '.join(late)} is ignored"


def _loops(problem: Problem) -> Iterator[str]:
    """Materials that can be made out of themselves."""
    makes: dict[str, set[str]] = {}
    for plant in problem.plants:
        for recipe in plant.recipes:
            for material in recipe.inputs:
                makes.setdefault(material, set()).update(recipe.outputs)
    for start, outputs in makes.items():
        reached: set[str] = set()
        frontier = set(outputs)
        while frontier - reached:
            reached |= frontier
            frontier = {output for material in frontier for output in makes.get(material, ())}
        if start in reached:
            yield (
                f"recipes make {start} out of {start}: shares of supply and production count it twice, and a loop that"
                " gains mass makes matter"
            )
            return


def _capped_countries_own_demand(problem: Problem) -> Iterator[str]:
    geography = problem.network.geography
    for policy in problem.policies:
        if not isinstance(policy, Share) or policy.measure != "supply" or policy.max is None or not policy.countries:
            continue
        capped = geography.members(policy.countries)
        for demand in problem.demands:
            in_scope = (
                (policy.demands is None or demand.id in policy.demands)
                and (policy.materials is None or demand.material in policy.materials)
                and (policy.places is None or geography.covers(policy.places, demand.at))
            )
            if in_scope and geography.country(demand.at) in capped:
                country = geography.country(demand.at)
                yield f"policy {policy.id} caps supply from {country} and counts its own demand {demand.id}"


def _surplus_worth_more(problem: Problem) -> Iterator[str]:
    for supplier in problem.suppliers:
        surplus = problem.network.materials[supplier.material].surplus
        costs = [tier.unit_cost for tier in supplier.tiers or []]
        costs += problem.timeline.read(supplier.unit_cost) if supplier.unit_cost is not None else []
        if isinstance(surplus, float) and costs and surplus > min(costs):
            yield f"a surplus of {supplier.material} fetches {surplus:g}, more than {supplier.id} asks ({min(costs):g})"


def _unread(problem: Problem) -> Iterator[str]:
    if any(supplier.history for supplier in problem.suppliers):
        yield "`history` is read by shares of content only, and no policy has one"
    if any(pile.initial_origin for pile in problem.stockpiles):
        yield "`initial_origin` is read by shares of content only, and no policy has one"

"""What is allowed in a problem and still likely to surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.contradictions import contradictions
from oremix.models.listing import listed
from oremix.models.policies import Quantity, Share
from oremix.models.slips import slips

if TYPE_CHECKING:
    from oremix.models.chain import Demand
    from oremix.models.network import Network
    from oremix.models.problem import Problem

__all__ = ["warnings_of"]


def warnings_of(problem: Problem) -> Iterator[str]:
    """Sentences about the data, each naming what it is about."""
    yield from _typical_year(problem)
    yield from _loops(problem)
    yield from _capped_countries_own_demand(problem)
    yield from _surplus_worth_more(problem)
    yield from _returns(problem)
    yield from _left_out(problem)
    yield from _rules_without_effect(problem)
    yield from _never_there(problem)
    yield from _stock(problem)
    yield from _unreachable(problem)
    yield from _overruled(problem)
    yield from contradictions(problem)
    yield from slips(problem)


def _typical_year(problem: Problem) -> Iterator[str]:
    if problem.timeline.typical:
        late = [facility.id for facility in problem.facilities if any(build.lead_time for build in facility.builds)]
        slow = [
            facility.id
            for facility in problem.facilities
            if getattr(facility, "ramp_up", None) or any(build.ramp_up for build in facility.builds)
        ]
        for what, ids in (("lead time", late), ("ramp-up", slow)):
            if ids:
                yield f"without `periods` there is one typical year: the {what} of {listed(ids)} is ignored"


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
    for policy in problem.rules:
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


def _returns(problem: Problem) -> Iterator[str]:
    """Deliveries that come back never, or twice."""
    lags: dict[str, set[float]] = {}
    for recycler in problem.recyclers:
        for entry in recycler.returns or []:
            lags.setdefault(entry.demand, set()).add(entry.after_years)
            if problem.timeline.typical and entry.after_years:
                yield f"without `periods` nothing returns to {recycler.id} from {entry.demand}: it was delivered before"
    for demand, years in lags.items():
        if len(years) > 1:
            listed = ", ".join(f"{year:g}" for year in sorted(years))
            yield (
                f"what {demand} took returns after {listed} years, each time by its own `scrap_per_unit`: what returns"
                " early is not taken off what returns late"
            )


def _left_out(problem: Problem) -> Iterator[str]:
    """Rules of presets that this problem has nothing for."""
    for place in problem.written_out:
        if place.line is not None and place.line.left_out is not None:
            yield f"rule {place.line.id} is left out: {place.line.left_out}"


def _rules_without_effect(problem: Problem) -> Iterator[str]:
    """Policies that count nothing: the commonest slip is a rule that does not bite."""
    network, timeline = problem.network, problem.timeline
    for policy in problem.rules:
        if not any(timeline.within(period, policy.from_year, policy.until_year) for period in timeline):
            yield f"policy {policy.id} is for no period: none starts in its years"
        if not isinstance(policy, Share | Quantity) or policy.measure == "content" or policy.by == "owner":
            continue
        named = network.geography.members(policy.countries or ())
        if named and not named & network.making_countries:
            yield f"policy {policy.id} counts nothing: nobody makes anything in {listed(sorted(named))}"
        if policy.stages is not None:
            for material in policy.materials or ():
                origins = network.makers.get(material, {})
                if not any(origin.stage in policy.stages for origin in origins):
                    yield f"policy {policy.id} counts no {material}: none is made at {', '.join(policy.stages)}"


def _never_there(problem: Problem) -> Iterator[str]:
    """Facilities and builds that the periods miss."""
    network = problem.network
    for facility in problem.facilities:
        for build in facility.builds:
            if not network.orders(build):
                yield f"the build of {facility.id} comes on stream in no period"
        if not any(network.stands(facility, period) for period in network.timeline):
            yield f"{facility.id} has capacity in no period"


def _stock(problem: Problem) -> Iterator[str]:
    network = problem.network
    for pile in problem.stockpiles:
        site = f"the stock of {pile.material} at {pile.at}"
        if pile.days_of_demand is not None and (pile.material, network.geography.country(pile.at)) not in (
            network.demand_by_country
        ):
            country = network.geography.country(pile.at)
            yield f"{site} has to last for days of demand, and none is stated in {country}: its minimum is 0"
        if pile.capacity is not None and pile.initial > network.timeline.read(pile.capacity)[0]:
            yield f"{site} starts above its capacity"


def _overruled(problem: Problem) -> Iterator[str]:
    """Lanes that a wider one after them makes void: the particular belongs after the general."""
    network = problem.network
    moves = [(m, origin.place, place) for m in network.materials for origin, place in network.flows(m)]
    for position, later in network.lanes.overruled(moves):
        yield (
            f"{network.lane_label(position)} decides nothing: {network.lane_label(later)}, which is wider, comes after"
            " it and states all that it does"
        )


def _unreachable(problem: Problem) -> Iterator[str]:
    """Demands that nothing can be brought to: no plan will keep them."""
    network = problem.network
    for demand in problem.demands:
        missed = [
            network.timeline.starts[period]
            for period, quantity in enumerate(network.timeline.read_or(demand.quantity, 0.0))
            if quantity > 0 and not _reached(network, demand, period)
        ]
        if missed:
            when = "" if network.timeline.typical else f" in {', '.join(map(str, missed))}"
            what = f"nothing can bring {demand.material} to demand {demand.id}{when}"
            yield f"{what}: nobody makes it, or every lane is closed"


def _reached(network: Network, demand: Demand, period: int) -> bool:
    if network.piles_serving(demand.material, demand.at):
        return True
    return any(
        not network.lanes.moves(demand.material, origin.place, demand.at)[period].closed
        and any(network.stands(maker, period) for maker in makers)
        for origin, makers in network.makers[demand.material].items()
        if not network.materials[demand.material].local or origin.place == demand.at
    )

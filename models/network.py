"""A problem read as a network: who makes what, where it is used, and on which terms it moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from oremix.models.chain import Build, Facility, Plant, Stockpile
from oremix.models.geography import Geography, Origin
from oremix.models.history import History
from oremix.models.lanes import Lanes
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["Network"]


class Network:
    """What follows from a problem's data before any decision is taken.

    Attributes
    ----------
    timeline, geography, lanes
        Periods, places and lane rules.
    materials, facilities
        By id.
    stockpiles
        In their order.
    origins
        Facility id → where its products are last made.
    makers
        Material → origin → the facilities that make it there.
    uses
        Material → places where it can be used: a recipe's input, a demand, or the filling of a stockpile.
    history
        What suppliers' materials and initial stocks went through before.
    """

    def __init__(self, problem: Problem) -> None:
        # the lists, not the problem: it holds this, and what holds each other stays until the collector comes
        self._suppliers, self._plants, self._demands = problem.suppliers, problem.plants, problem.demands
        self.stockpiles, self._lane_rules = problem.stockpiles, problem.lanes
        self.timeline = Timeline.of(problem.periods, problem.final_years, problem.discount_rate or 0.0)
        self.geography = Geography(problem.places, problem.groups)
        self.lanes = Lanes(problem.lanes, problem.materials, self.geography, self.timeline)
        self.materials = {material.id: material for material in problem.materials}
        facilities = problem.facilities
        self.facilities = {facility.id: facility for facility in facilities}
        self.origins = {facility.id: self.geography.origin(facility) for facility in facilities}
        self.makers = self._makers(facilities)
        self.consumers = self._consumers()
        self.uses = self._uses()
        self.history = History(problem, self.geography)
        self._nameplate: dict[str, list[float | None]] = {}
        self._existing: dict[str, list[float | None]] = {}
        self._served: dict[tuple[str, str], list[str]] = {}
        self._orders: dict[tuple[int | None, int | None, float, float | None], dict[int, list[int]]] = {}

    def _makers(self, facilities: list[Facility]) -> dict[str, dict[Origin, list[Facility]]]:
        makers: dict[str, dict[Origin, list[Facility]]] = {material: {} for material in self.materials}
        for facility in facilities:
            for material in products(facility):
                makers.setdefault(material, {}).setdefault(self.origins[facility.id], []).append(facility)
        return makers

    def _consumers(self) -> dict[str, list[str]]:
        """Material → places of the recipes and demands that use it."""
        consumers: dict[str, dict[str, None]] = {material: {} for material in self.materials}
        for plant in self._plants:
            for recipe in plant.recipes:
                for material in recipe.inputs:
                    consumers.setdefault(material, {})[plant.at] = None
        for demand in self._demands:
            consumers.setdefault(demand.material, {})[demand.at] = None
        return {material: list(places) for material, places in consumers.items()}

    def _uses(self) -> dict[str, list[str]]:
        uses = {material: dict.fromkeys(places) for material, places in self.consumers.items()}
        for pile in self.stockpiles:
            uses.setdefault(pile.material, {})[pile.at] = None
        return {material: list(places) for material, places in uses.items()}

    def serves(self, pile: Stockpile) -> list[str]:
        """The places a stockpile can be drawn for: every other use in its country, and its own place's consumers."""
        key = (pile.material, pile.at)
        if key not in self._served:
            self._served[key] = self._serves(pile)
        return self._served[key]

    def _serves(self, pile: Stockpile) -> list[str]:
        country = self.geography.country(pile.at)
        local = self.materials[pile.material].local
        return [
            place
            for place in self.uses[pile.material]
            if (place == pile.at if local else self.geography.country(place) == country)
            and (place != pile.at or place in self.consumers[pile.material])
        ]

    def piles_serving(self, material: str, place: str) -> list[Stockpile]:
        """The stockpiles of a material that can be drawn for a place."""
        return self._piles.get((material, place), [])

    @cached_property
    def _piles(self) -> dict[tuple[str, str], list[Stockpile]]:
        piles: dict[tuple[str, str], list[Stockpile]] = {}
        for pile in self.stockpiles:
            for place in self.serves(pile):
                piles.setdefault((pile.material, place), []).append(pile)
        return piles

    def flows(self, material: str) -> Iterator[tuple[Origin, str]]:
        """Every origin of a material with every place it may be used at."""
        local = self.materials[material].local
        for origin in self.makers[material]:
            for place in self.uses[material]:
                if not local or place == origin.place:
                    yield origin, place

    @cached_property
    def demand_by_country(self) -> dict[tuple[str, str], list[float]]:
        """(material, country) → units demanded per year in each period."""
        totals: dict[tuple[str, str], list[float]] = {}
        for demand in self._demands:
            if demand.quantity is None:
                continue
            key = (demand.material, self.geography.country(demand.at))
            values = self.timeline.read(demand.quantity)
            totals[key] = [a + b for a, b in zip(totals.get(key, [0.0] * len(values)), values, strict=True)]
        return totals

    @cached_property
    def places(self) -> frozenset[str]:
        """Every place at which something is made or used."""
        used = {place for places in self.uses.values() for place in places}
        return frozenset(used | {origin.place for origin in self.origins.values()})

    @cached_property
    def countries(self) -> frozenset[str]:
        """Every country that anything stands in, is controlled from, or came through before."""
        found = {self.geography.country(place) for place in self.places}
        found |= {origin.owner for origin in self.origins.values()}
        found |= {country for supplier in self._suppliers for country in (supplier.history or {}).values()}
        found |= {country for pile in self.stockpiles for country in pile.initial_origin or {}}
        return frozenset(found)

    @cached_property
    def making_countries(self) -> frozenset[str]:
        """The countries in which something can be made."""
        return frozenset(self.geography.country(origin.place) for origin in self.origins.values())

    def nameplate(self, facility: Facility) -> list[float | None]:
        """Capacity that exists without builds, before any ramp-up, in each period; ``None`` where unlimited.

        Outside the facility's years it is 0. Unstated, it is unlimited, or 0 where there is a build. The last
        `up_to` of a supplier's tiers limits it too. A facility that is not the problem's own is read as it is.
        """
        if self.facilities.get(facility.id) is not facility:
            return [self._stated_capacity(facility, period) for period in self.timeline]
        if facility.id not in self._nameplate:
            self._nameplate[facility.id] = [self._stated_capacity(facility, period) for period in self.timeline]
        return self._nameplate[facility.id]

    def _stated_capacity(self, facility: Facility, period: int) -> float | None:
        if not self.timeline.within(period, facility.from_year, facility.until_year):
            return 0.0
        tiers = getattr(facility, "tiers", None)
        stated = self.timeline.read(facility.capacity)[period] if facility.capacity is not None else None
        limits = [limit for limit in (stated, tiers[-1].up_to if tiers else None) if limit is not None]
        return min(limits) if limits else 0.0 if facility.builds else None

    def existing_capacity(self, facility: Facility) -> list[float | None]:
        """What can be made without builds, in each period, in units per year; ``None`` where unlimited.

        It is the nameplate, times the mean of the ramp-up over the period's years, times the availability; where that
        is 0 it is 0, without a limit too.
        """
        if self.facilities.get(facility.id) is not facility:
            return self._usable_capacity(facility)
        if facility.id not in self._existing:
            self._existing[facility.id] = self._usable_capacity(facility)
        return self._existing[facility.id]

    def _usable_capacity(self, facility: Facility) -> list[float | None]:
        capacities = self.nameplate(facility)
        ramp_up, since = getattr(facility, "ramp_up", None), facility.from_year
        if ramp_up is not None and since is not None:
            capacities = [
                capacity and capacity * self.timeline.ramped(ramp_up, since, period)
                for period, capacity in enumerate(capacities)
            ]
        available = self.timeline.read(facility.availability)
        return [
            capacity if share == 1 else 0.0 if share == 0 else capacity and capacity * share
            for capacity, share in zip(capacities, available, strict=True)
        ]

    def _on_stream(self, order: int, lead_time: float, life: float | None) -> list[int]:
        """The periods in which capacity ordered in a period counts; in a typical year lead times are ignored."""
        if self.timeline.typical:
            return [order]
        start = self.timeline.starts[order] + lead_time
        end = start + (life if life is not None else inf)
        return [period for period in self.timeline if start <= self.timeline.starts[period] < end]

    def orders(self, build: Build) -> dict[int, list[int]]:
        """The periods in which a build may be ordered, each with those in which the order counts: at least one."""
        years = (build.earliest, build.latest, build.lead_time, build.life)
        if years not in self._orders:
            self._orders[years] = {
                order: on_stream
                for order in self.timeline
                if self.timeline.within(order, build.earliest, build.latest)
                and (on_stream := self._on_stream(order, build.lead_time, build.life))
            }
        return self._orders[years]

    def built_share(self, facility: Facility, build: Build, order: int, period: int) -> float:
        """The share of a build's capacity that can be used in a period: by its ramp-up, and its host's availability."""
        ramped = self.timeline.ramped(build.ramp_up, self.timeline.starts[order] + build.lead_time, period)
        return ramped * self.timeline.read(facility.availability)[period]

    def decides(self, build: Build) -> bool:
        """Whether ordering a build is a yes/no decision: by its costs, or because its orders are counted."""
        most = build.most_orders
        return build.is_yes_no or build.committed or (most is not None and most < len(self.orders(build)))

    def most(self, facility: Facility, period: int) -> float:
        """The most a facility can make in a period of what its capacity is counted in; infinite where unlimited."""
        existing = self.existing_capacity(facility)[period]
        # ramp-ups are left out: the most may be more than can be reached, and never less
        available = max(1.0, self.timeline.read(facility.availability)[period])
        built = sum(self._most_built(build, period) for build in facility.builds) * available
        return inf if existing is None else existing + built

    def _most_built(self, build: Build, period: int) -> float:
        """The most that a build can have on stream in a period."""
        counted = [order for order, on_stream in self.orders(build).items() if period in on_stream]
        often = min(len(counted), build.most_orders or len(counted))
        each = build.largest_order
        if not often:
            return 0.0
        return min(inf if each is None else each * often, inf if build.max is None else build.max)

    def most_made(self, material: str, facility: Facility, period: int) -> float:
        """The most of a material that a facility can make in a period; infinite where unlimited."""
        most = self.most(facility, period)
        if not isinstance(facility, Plant) or most == 0:
            return most
        yields = [
            recipe.outputs[material] / recipe.capacity_use if recipe.capacity_use else inf
            for recipe in facility.recipes
            if material in recipe.outputs
        ]
        return max(yields, default=0.0) * most

    def most_used(self, material: str, place: str, period: int) -> float:
        """The most of a material that can be of use at a place in a period; infinite where unlimited.

        A stockpile at the place takes what it has room for and what it is drawn for elsewhere: what it is drawn for
        here need not arrive a second time.
        """
        used = self._most_consumed(material, place, period)
        for pile in self.stockpiles:
            if pile.material == material and pile.at == place:
                elsewhere = (other for other in self.serves(pile) if other != place)
                beyond = sum(self._most_taken_from_stock(material, other, period) for other in elsewhere)
                used += min(self._most_filled(pile, period), self._room(pile, period) + beyond)
        return used

    def _most_taken_from_stock(self, material: str, place: str, period: int) -> float:
        """What is consumed at a place, and what its own stockpiles have room for."""
        piles = [pile for pile in self.stockpiles if pile.material == material and pile.at == place]
        return self._most_consumed(material, place, period) + sum(self._room(pile, period) for pile in piles)

    def _room(self, pile: Stockpile, period: int) -> float:
        """What can be added to a stock per year."""
        if pile.capacity is None:
            return inf
        return self.timeline.read(pile.capacity)[period] / self.timeline.years[period]

    def _most_filled(self, pile: Stockpile, period: int) -> float:
        return inf if pile.fill_max is None else self.timeline.read(pile.fill_max)[period]

    def _most_consumed(self, material: str, place: str, period: int) -> float:
        """The most that demands and recipes at a place can use."""
        used = 0.0
        for demand in self._demands:
            if demand.material == material and demand.at == place:
                used += inf if demand.quantity is None else self.timeline.read(demand.quantity)[period]
        for plant in self._plants:
            taken = [recipe for recipe in plant.recipes if material in recipe.inputs] if plant.at == place else []
            if taken and (most := self.most(plant, period)):
                used += most * max(r.inputs[material] / r.capacity_use if r.capacity_use else inf for r in taken)
        return used

    def most_arriving(
        self, material: str, makers: Iterable[Facility], places: Iterable[str] | None, period: int
    ) -> float:
        """The most of a material that some makers can bring to places (none: wherever); infinite where unlimited."""
        made = sum(self.most_made(material, facility, period) for facility in makers)
        used = inf if places is None else sum(self.most_used(material, place, period) for place in places)
        return min(made, used)

    def most_of_use(self, material: str, start: str, period: int) -> float:
        """The most of a material that can leave a place and be of use in a period; infinite where unlimited."""
        local = self.materials[material].local
        places = [place for place in self.uses[material] if not local or place == start]
        moves = [(place, self.lanes.moves(material, start, place)[period]) for place in places]
        return sum(
            self.most_used(material, place, period) / (1 - move.loss) for place, move in moves if not move.closed
        )

    def most_moved(self, material: str, start: str, end: str, period: int) -> float:
        """The most of a material that can be shipped between two places in a period; infinite where unlimited."""
        move = self.lanes.moves(material, start, end)[period]
        made = sum(
            self.most_made(material, facility, period)
            for origin, facilities in self.makers[material].items()
            if origin.place == start
            for facility in facilities
        )
        used = self.most_used(material, end, period) / (1 - move.loss)
        return min(made, used, inf if move.capacity is None else move.capacity)

    def lane_label(self, position: int) -> str:
        """What a lane rule is called: its id, or its number from 1 with a name that no other rule has."""
        label = f"lane {position + 1}"
        taken = any(lane.id == label for lane in self._lane_rules)
        return self._lane_rules[position].id or (f"unnamed {label}" if taken else label)

    def is_out(self, facility: Facility, period: int) -> bool:
        """Whether nothing at all can be made at a facility in a period, whatever stands there: an outage."""
        return self.timeline.read(facility.availability)[period] == 0

    def stands(self, facility: Facility, period: int) -> bool:
        """Whether a facility has capacity in a period, or can have been built by then; in an outage it has none."""
        return self.existing_capacity(facility)[period] != 0 or (
            not self.is_out(facility, period)
            and any(period in on_stream for build in facility.builds for on_stream in self.orders(build).values())
        )

    def can_move(self, material: str, start: str, end: str, period: int) -> bool:
        """Whether a material can be made at one place and used at another in a period."""
        makers = self.makers[material].items()
        users = [plant for plant in self._plants if plant.at == end and material in inputs(plant)]
        demanded = any(demand.material == material and demand.at == end for demand in self._demands)
        stocked = any(pile.material == material and pile.at == end for pile in self.stockpiles)
        made = any(origin.place == start and any(self.stands(f, period) for f in group) for origin, group in makers)
        return made and (demanded or stocked or any(self.stands(plant, period) for plant in users))

    def minimum_stock(self, pile: Stockpile) -> list[float]:
        """The least stock at each period's end, in units."""
        if pile.days_of_demand is None:
            return self.timeline.read_or(pile.minimum, 0.0)
        country = self.geography.country(pile.at)
        demand = self.demand_by_country.get((pile.material, country), [0.0] * len(self.timeline))
        days = self.timeline.read(pile.days_of_demand)
        return [day / 365 * quantity for day, quantity in zip(days, demand, strict=True)]


def inputs(plant: Plant) -> set[str]:
    """The materials a plant can use."""
    return {material for recipe in plant.recipes for material in recipe.inputs}


def products(facility: Facility) -> list[str]:
    """The materials a facility makes."""
    if isinstance(facility, Plant):
        return list(dict.fromkeys(material for recipe in facility.recipes for material in recipe.outputs))
    return [facility.material]  # type: ignore[attr-defined]

"""What a policy is about: which materials, where they arrive, who makes them, whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oremix.models.chain import Demand, Facility
from oremix.models.geography import Origin
from oremix.models.history import Step
from oremix.models.policies import Diversify, Quantity, Rule, Share
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.marks import own_step

__all__ = ["Bounded", "Cell", "Scope", "over_consumption"]

Bounded = Share | Quantity


class Cell(NamedTuple):
    """What one ratio is over: each material with the places that count (none for what is made)."""

    material: str | None
    place: str | None
    spots: dict[str, tuple[str, ...]]


class Scope:
    """The scopes of a problem's policies."""

    def __init__(self, book: Book) -> None:
        self._book, self._problem, self._network = book, book.problem, book.network
        self._country = book.country
        self._demanded: dict[str, list[str]] = {}
        for demand in book.problem.demands:
            places = self._demanded.setdefault(demand.material, [])
            if demand.at not in places:
                places.append(demand.at)
        self._brought: dict[tuple[str, str], list[str]] = {}

    def tested(self, policy: Rule) -> Iterator[tuple[str | None, frozenset[str] | None]]:
        """The countries of each part, with the country where each is on its own; none where all count."""
        members = self._network.geography.members
        named = getattr(policy, "countries", None)
        if not isinstance(policy, Bounded) or not policy.each:
            yield None, None if named is None else members(named)
            return
        countries = self._countries(policy) if named is None else members(named)
        for country in sorted(countries - members(policy.except_ or ())):
            yield country, frozenset([country])

    def _countries(self, policy: Bounded) -> frozenset[str]:
        """Every country in the model; of content, those whose steps can mark."""
        problem = self._problem
        if policy.measure == "content":
            stages = policy.stages
            return frozenset(s.whose(policy.by) for s in self._steps() if stages is None or s.stage in stages)
        if policy.by == "owner":
            return frozenset(origin.owner for origin in self._network.origins.values())
        parts = [*problem.facilities, *problem.demands, *problem.stockpiles]
        return frozenset([*map(self._country, parts), *(place.country for place in problem.places)])

    def _steps(self) -> Iterator[Step]:
        """Everything that anything here is or has been put through."""
        history = self._network.history
        for supplier in self._problem.suppliers:
            yield from history.of_supplier(supplier)
        for facility in (*self._problem.plants, *self._problem.recyclers):
            yield own_step(self._book, facility.id)
        for pile in self._problem.stockpiles:
            for country in pile.initial_origin or ():
                yield from history.of_stock(pile.material, country)

    def cells(self, policy: Rule, tested: frozenset[str]) -> list[tuple[Cell, tuple[str, ...]]]:
        """The ratios of a policy in a period with the bounds on each, `tested` being the countries of the part.

        A `max` and a `min` are on two ratios where they are measured differently: content, how many there are, and
        the supply of a material that is not demanded, which is capped outside those countries only.
        """
        bounds = tuple(bound for bound in ("max", "min") if getattr(policy, bound, None) is not None)
        if isinstance(policy, Diversify):
            return [(cell, (bound,)) for cell in self._numbered_cells(policy) for bound in bounds]
        if not isinstance(policy, Bounded):
            return [(Cell(None, None, {}), bounds)]
        if policy.measure == "content":
            apart: list[tuple[str, ...]] = [(bound,) for bound in bounds] or [()]
            return [(cell, bound) for cell in self._content_cells(policy) for bound in apart]
        if policy.measure != "supply":
            return [(cell, bounds) for cell in self._making_cells(policy)]
        return self._cells_of_supply(policy, tested, bounds)

    def _cells_of_supply(
        self, policy: Bounded, tested: frozenset[str], bounds: tuple[str, ...]
    ) -> list[tuple[Cell, tuple[str, ...]]]:
        if len(bounds) < 2:
            outside = tested if "max" in bounds else frozenset[str]()
            return [(cell, bounds) for cell in self._supply_cells(policy, outside)]
        capped, floored = self._supply_cells(policy, tested), self._supply_cells(policy, frozenset())
        both = [(cell, bounds) for cell in capped if cell in floored]
        apart = [(cell, ("max",)) for cell in capped if cell not in floored]
        return [*both, *apart, *((cell, ("min",)) for cell in floored if cell not in capped)]

    # ------------------------------------------------------------ supply

    def _supply_cells(self, policy: Bounded, outside: frozenset[str]) -> list[Cell]:
        bases = {material: self._places(policy, material, outside) for material in self._supplied_materials(policy)}
        cells = []
        for place, there in _by_place(policy, bases):
            spots = {material: self._with_stock(material, places) for material, places in there.items()}
            cells.extend(_pooled(policy, place, spots))
        return cells

    def _supplied_materials(self, policy: Bounded) -> list[str]:
        """The materials named, of the demands named; else those demanded."""
        if policy.demands is None:
            return list(dict.fromkeys(policy.materials or self._demanded))
        named = {demand.material: None for demand in self._problem.demands if demand.id in policy.demands}
        return [material for material in named if policy.materials is None or material in policy.materials]

    def _places(self, policy: Bounded | Diversify, material: str, outside: frozenset[str]) -> list[str]:
        """The places in scope, without those of the stockpiles that serve them.

        `outside` are the countries in which a material that is not demanded does not count.
        """
        geography = self._network.geography
        places = self._network.uses[material]
        named = getattr(policy, "demands", None)
        if named is not None:
            wanted = [d for d in self._problem.demands if d.id in named and d.material == material]
            places = list(dict.fromkeys(demand.at for demand in wanted))
        elif policy.places is None and material in self._demanded:
            places = self._demanded[material]
        elif policy.places is None:
            places = [place for place in places if geography.country(place) not in outside]
        if policy.places is not None:
            places = [place for place in places if geography.covers(policy.places, place)]
        return places

    def _with_stock(self, material: str, places: list[str]) -> tuple[str, ...]:
        """The places with those of the stockpiles that can serve them, each once."""
        for place in places:
            if (material, place) not in self._brought:
                piles = self._network.piles_serving(material, place)
                self._brought[material, place] = [place, *(pile.at for pile in piles)]
        return tuple(dict.fromkeys(spot for place in places for spot in self._brought[material, place]))

    def _numbered_cells(self, policy: Diversify) -> list[Cell]:
        """Of suppliers the materials that they sell; of countries where each arrives, as for a share of supply."""
        if policy.of == "suppliers":
            sold = dict.fromkeys(supplier.material for supplier in self._problem.suppliers)
            return [Cell(material, None, {material: ()}) for material in policy.materials or sold]
        bases = {name: self._places(policy, name, frozenset()) for name in policy.materials or self._demanded}
        return [
            Cell(material, None, {material: self._with_stock(material, places)})
            for material, places in bases.items()
            if places
        ]

    # ------------------------------------------------------------ content

    def delivered(self, policy: Bounded) -> Iterator[Demand]:
        """The demands whose deliveries are traced: all that are given must hold."""
        for demand in self.demands(policy):
            if policy.materials is None or demand.material in policy.materials:
                yield demand

    def _content_cells(self, policy: Bounded) -> list[Cell]:
        bases: dict[str, list[str]] = {}
        for demand in self.delivered(policy):
            places = bases.setdefault(demand.material, [])
            if demand.at not in places:
                places.append(demand.at)
        return [
            cell
            for place, there in _by_place(policy, bases)
            for cell in _pooled(policy, place, {material: tuple(places) for material, places in there.items()})
        ]

    # ------------------------------------------------------------ production, capacity and shipments

    def _making_cells(self, policy: Bounded) -> list[Cell]:
        materials = self._shipped_materials(policy) if policy.measure == "shipments" else self._made_materials(policy)
        if over_consumption(policy):
            demanded = {demand.material for demand in self.demands(policy)}
            pooled = "materials" in policy.across
            materials = [material for material in materials if material in demanded or (pooled and demanded)]
        return _pooled(policy, None, dict.fromkeys(materials, ()))

    def _shipped_materials(self, policy: Bounded) -> list[str]:
        """The materials named; else every material that somebody makes and somebody uses."""
        if policy.materials is not None:
            return list(dict.fromkeys(policy.materials))
        return [m for m in self._network.materials if any(True for _ in self._network.flows(m))]

    def moves(self, policy: Bounded, start: str, end: str) -> bool:
        """Whether a lane with the ends of a quantity of shipments would match a move."""
        if not isinstance(policy, Quantity):
            return False
        return self._network.lanes.matches(policy.origins, policy.destinations, start, end)

    def _made_materials(self, policy: Bounded) -> list[str]:
        """The materials named; else every material made at the stages."""
        if policy.materials is not None:
            return list(dict.fromkeys(policy.materials))
        return [
            material
            for material in self._network.makers
            if any(self.counts(policy, origin, makers) for origin, makers in self.origins(policy, material).items())
        ]

    def origins(self, policy: Bounded, material: str) -> dict[Origin, list[Facility]]:
        """Where a material is made at the stages of a policy, and by whom."""
        stages = policy.stages
        makers = self._network.makers.get(material, {})
        return {origin: parts for origin, parts in makers.items() if stages is None or origin.stage in stages}

    def counts(self, policy: Bounded, origin: Origin, makers: list[Facility]) -> bool:
        """Whether what is made at an origin counts in the part; a quantity may name places and plants.

        Plants that share an origin are named all or none.
        """
        if not isinstance(policy, Quantity):
            return True
        if policy.places is not None and not self._network.geography.covers(policy.places, origin.place):
            return False
        return policy.plants is None or any(maker.id in policy.plants for maker in makers)

    def demands(self, policy: Bounded) -> Iterator[Demand]:
        """The demands whose quantity is the consumption."""
        covers = self._network.geography.covers
        for demand in self._problem.demands:
            named = policy.demands is None or demand.id in policy.demands
            if named and (policy.places is None or covers(policy.places, demand.at)):
                yield demand


def over_consumption(policy: Bounded) -> bool:
    """Whether a part is measured against what the demands in scope consume."""
    capacity = policy.measure == "capacity" and not isinstance(policy, Quantity)
    return policy.of == "consumption" or capacity


def _by_place(policy: Bounded, bases: dict[str, list[str]]) -> Iterator[tuple[str | None, dict[str, list[str]]]]:
    """Each material with its places, all together or place by place."""
    bases = {material: places for material, places in bases.items() if places}
    if not policy.each_place:
        yield None, bases
        return
    for place in dict.fromkeys(place for places in bases.values() for place in places):
        yield place, {material: [place] for material, places in bases.items() if place in places}


def _pooled(policy: Bounded, place: str | None, spots: dict[str, tuple[str, ...]]) -> list[Cell]:
    """One cell per material, or one for all."""
    if "materials" not in policy.across:
        return [Cell(material, place, {material: where}) for material, where in spots.items()]
    return [Cell(None, place, spots)] if spots else []

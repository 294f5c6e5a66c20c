"""What a policy is about: which materials, where they arrive, who makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oremix.models.chain import Demand, Facility
from oremix.models.geography import Origin
from oremix.models.policies import Quantity, Share
from oremix.optimizer.answering.audit.book import Book

__all__ = ["Bounded", "Cell", "Scope"]

Bounded = Share | Quantity


class Cell(NamedTuple):
    """What one ratio is over: each material with the places that count (none for what is made)."""

    material: str | None
    place: str | None
    spots: dict[str, tuple[str, ...]]


class Scope:
    """The scopes of a problem's policies."""

    def __init__(self, book: Book) -> None:
        self._problem, self._network = book.problem, book.network
        self._country = book.country
        self._demanded: dict[str, list[str]] = {}
        for demand in book.problem.demands:
            places = self._demanded.setdefault(demand.material, [])
            if demand.at not in places:
                places.append(demand.at)
        self._brought: dict[tuple[str, str], list[str]] = {}

    def tested(self, policy: Bounded) -> Iterator[tuple[str | None, frozenset[str] | None]]:
        """The countries of each part, with the country where each is on its own; none where all count."""
        members = self._network.geography.members
        if not policy.each:
            yield None, None if policy.countries is None else members(policy.countries)
            return
        countries = self._countries() if policy.countries is None else members(policy.countries)
        for country in sorted(countries - members(policy.except_ or ())):
            yield country, frozenset([country])

    def _countries(self) -> frozenset[str]:
        """Every country in the model."""
        problem = self._problem
        parts = [*problem.facilities, *problem.demands, *problem.stockpiles]
        return frozenset([*map(self._country, parts), *(place.country for place in problem.places)])

    def cells(self, policy: Bounded, tested: frozenset[str]) -> list[tuple[Cell, tuple[str, ...]]]:
        """The ratios of a policy in a period with the bounds on each, `tested` being the countries of the part.

        A material that is not demanded is capped outside those countries only, so that there a `max` and a `min` are
        on two ratios.
        """
        bounds = tuple(bound for bound in ("max", "min") if getattr(policy, bound) is not None)
        if policy.measure != "supply":
            return [(cell, bounds) for cell in self._production_cells(policy)]
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
        bases = {material: places for material, places in bases.items() if places}
        cells = []
        for place in dict.fromkeys(p for places in bases.values() for p in places) if policy.each_place else [None]:
            spots = {
                material: self._with_stock(material, places if place is None else [place])
                for material, places in bases.items()
                if place is None or place in places
            }
            cells.extend(_pooled(policy, place, spots))
        return cells

    def _supplied_materials(self, policy: Bounded) -> list[str]:
        """The materials named, of the demands named; else those demanded."""
        if policy.demands is None:
            return list(dict.fromkeys(policy.materials or self._demanded))
        named = {demand.material: None for demand in self._problem.demands if demand.id in policy.demands}
        return [material for material in named if policy.materials is None or material in policy.materials]

    def _places(self, policy: Bounded, material: str, outside: frozenset[str]) -> list[str]:
        """The places in scope, without those of the stockpiles that serve them.

        `outside` are the countries in which a material that is not demanded does not count.
        """
        geography = self._network.geography
        places = self._network.uses[material]
        if policy.demands is not None:
            wanted = [d for d in self._problem.demands if d.id in policy.demands and d.material == material]
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

    # ------------------------------------------------------------ production

    def _production_cells(self, policy: Bounded) -> list[Cell]:
        materials = self._made_materials(policy)
        if policy.of == "consumption":
            demanded = {demand.material for demand in self.demands(policy)}
            pooled = "materials" in policy.across
            materials = [material for material in materials if material in demanded or (pooled and demanded)]
        return _pooled(policy, None, dict.fromkeys(materials, ()))

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


def _pooled(policy: Bounded, place: str | None, spots: dict[str, tuple[str, ...]]) -> list[Cell]:
    """One cell per material, or one for all."""
    if "materials" not in policy.across:
        return [Cell(material, place, {material: where}) for material, where in spots.items()]
    return [Cell(None, place, spots)] if spots else []

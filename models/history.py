"""What a material went through before it comes into the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oremix.models.chain import Plant, Supplier
    from oremix.models.geography import Geography
    from oremix.models.problem import Problem

__all__ = ["History", "Step"]

SCRAP_STAGE = "recycling"


class Step(NamedTuple):
    """A step of the chain: its stage, the country it was done in, and the country that controlled it."""

    stage: str | None
    country: str
    owner: str

    def whose(self, by: str) -> str:
        """The country it counts for, by `location` or by `owner`."""
        return self.owner if by == "owner" else self.country


class History:
    """What suppliers and initial stocks went through.

    A supplier that states no `history` made its material in its own country, at every stage that primary material
    goes through here but those that plants here can still put it through. Scrap's stages are none of these: nothing
    is recycled unless it is said to be.
    """

    def __init__(self, problem: Problem, geography: Geography) -> None:
        self._geography = geography
        self._plants = problem.plants
        self._stages_after: dict[str, frozenset[str]] = {}
        suppliers = problem.suppliers
        stated = {supplier.stage for supplier in suppliers if supplier.stage}
        stated |= {stage for supplier in suppliers for stage in supplier.history or {}}
        stated -= {SCRAP_STAGE, *(recycler.stage for recycler in problem.recyclers if recycler.stage)}
        self._primary = frozenset(stated).union(*(self.stages_after(supplier.material) for supplier in suppliers))

    def of_supplier(self, supplier: Supplier) -> list[Step]:
        """Everything a supplier's material went through, the supplier's own step included."""
        origin = self._geography.origin(supplier)
        country = self._geography.country(supplier.at)
        own = Step(supplier.stage, country, origin.owner)
        if supplier.history is not None:
            return [own, *(Step(stage, where, where) for stage, where in supplier.history.items())]
        return [own, *self._untold(supplier.material, country, origin.owner)]

    def of_stock(self, material: str, country: str) -> list[Step]:
        """Everything that initial stock from a country went through: as if bought there, its stages untold."""
        return [Step(None, country, country), *self._untold(material, country, country)]

    def _untold(self, material: str, country: str, owner: str) -> list[Step]:
        return [Step(stage, country, owner) for stage in sorted(self._primary - self.stages_after(material))]

    def stages_after(self, material: str) -> frozenset[str]:
        """The stages of the plants here that a material can still be put through."""
        if material not in self._stages_after:
            reached = [plant.stage for plant in _downstream(self._plants, material) if plant.stage]
            self._stages_after[material] = frozenset(reached)
        return self._stages_after[material]


def _downstream(plants: Iterable[Plant], material: str) -> list[Plant]:
    """The plants that a material, or what becomes of it, can go into."""
    takers: dict[str, list[tuple[Plant, Iterable[str]]]] = {}
    for plant in plants:
        for recipe in plant.recipes:
            for taken in recipe.inputs:
                takers.setdefault(taken, []).append((plant, recipe.outputs))
    reached: dict[str, Plant] = {}
    seen, waiting = {material}, [material]
    while waiting:
        for plant, outputs in takers.get(waiting.pop(), ()):
            reached[plant.id] = plant
            new = set(outputs) - seen
            seen |= new
            waiting.extend(new)
    return list(reached.values())

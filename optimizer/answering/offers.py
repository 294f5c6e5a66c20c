"""Offers: at which price what is not used would enter, from solving the LP again with a little of it forced in.

A reduced cost would do where the plan's prices are unique; along a chain in which nothing moves they are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

from oremix.models.chain import Build, Facility, Plant, Recycler, Supplier
from oremix.models.errors import SolverFailed
from oremix.models.numerals import numeral
from oremix.models.plan import Offer, OfferKind
from oremix.models.timeline import annuity_factor
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.values import Values
from oremix.optimizer.lean import Column

__all__ = ["Offers"]

# Solves times columns that all offers of a plan may take together.
WORK = 2_000_000
# Parts of a price by which two have to differ.
SAME = 1e-9
# A price this small beside the one asked is nothing but rounding.
NOTHING = 1e-9


class Candidate(NamedTuple):
    """Something that is not used: what is asked for it, and how its first unit can be had.

    `per_unit` is what a unit of the price changes in the discounted cost of a unit of the column; `size` is how much of
    the column there might be.
    """

    kind: OfferKind
    on: str
    period: int
    material: str | None
    what: str
    price: float
    per_unit: float
    column: Column
    size: float
    unit: str


class Offers:
    """The offers of a plan.

    Attributes
    ----------
    left
        How many were not worked out, since that would have taken long.
    """

    def __init__(self, values: Values, marginals: Marginals) -> None:
        self._values, self._marginals = values, marginals
        self._model = values.model
        self._numbers = {id(column): number for number, column in enumerate(values.model.lp.variables())}
        self._solves = WORK // max(1, len(self._numbers))
        self._needed = {
            material: sum(values.sum(needs) for (m, _, _), needs in self._model.needs.items() if m == material)
            for material in self._model.network.materials
        }
        self.left = 0

    def all(self) -> Iterator[Offer]:
        """One for every build, and for every facility and lane in each period, that is not used and could be."""
        for facility in self._model.problem.facilities:
            yield from self.of_facility(facility)
        yield from self._lanes()

    def of_facility(self, facility: Facility) -> Iterator[Offer]:
        """The offers of a facility: its builds, and each period in which it stands and does nothing."""
        for number, build in enumerate(facility.builds):
            yield from self._best(self._orders(facility, number, build))
        for period in self._model.timeline:
            if self._stands(facility, period) and not self._used(facility, period):
                yield from self._best(self._doing(facility, period))

    # ------------------------------------------------------------ what could enter

    def _stands(self, facility: Facility, period: int) -> bool:
        existing = self._model.network.existing_capacity(facility)[period]
        return existing != 0 or self._values.sum(self._model.built[facility.id, period]) > 0

    def _used(self, facility: Facility, period: int) -> bool:
        model = self._model
        if isinstance(facility, Plant):
            runs = (model.run.get((facility.id, recipe.id, period)) for recipe in facility.recipes)
            return any(run is not None and self._values.value[run] > 0 for run in runs)
        if isinstance(facility, Recycler):
            collect = model.collect.get((facility.id, period))
            return collect is not None and self._values.value[collect] > 0
        return self._values.sum(model.taken.get((facility.id, period), [])) > 0

    def _doing(self, facility: Facility, period: int) -> list[Candidate]:
        """The ways in which a facility that does nothing could do something."""
        model, read = self._model, self._model.timeline.read_or
        weight = model.timeline.weights[period]
        size = model.network.most(facility, period)
        if isinstance(facility, Plant):
            return [
                self._candidate(
                    "plant", facility.id, period, None, f"recipe {recipe.id} of {facility.id}",
                    read(recipe.unit_cost, 0.0)[period], weight, run, size, "unit of activity",
                )
                for recipe in facility.recipes
                if (run := model.run.get((facility.id, recipe.id, period))) is not None
            ]  # fmt: skip
        if isinstance(facility, Recycler):
            collect = model.collect.get((facility.id, period))
            price, per_unit = read(facility.unit_cost, 0.0)[period], weight * facility.recovery
            return self._single("recycler", facility, facility.material, period, price, per_unit, collect, size)
        if isinstance(facility, Supplier):
            price = facility.tiers[0].unit_cost if facility.tiers else read(facility.unit_cost, 0.0)[period]
            buy = model.buy.get((facility.id, 0, period))
            return self._single("supplier", facility, facility.material, period, price, weight, buy, size)
        return []

    def _single(
        self,
        kind: OfferKind,
        facility: Facility,
        material: str,
        period: int,
        price: float,
        per_unit: float,
        column: Column | None,
        size: float,
    ) -> list[Candidate]:
        if column is None:
            return []
        unit = self._model.network.materials[material].unit
        return [self._candidate(kind, facility.id, period, material, facility.id, price, per_unit, column, size, unit)]

    def _orders(self, facility: Facility, number: int, build: Build) -> list[Candidate]:
        """The years in which a build that is not ordered could be: none where ordering is a yes/no decision."""
        model = self._model
        orders = model.network.orders(build)
        added = [self._values.value[model.add[facility.id, number, period]] for period in orders]
        if any(added) or build.unit_capex is None or build.life is None or model.network.decides(build):
            return []
        wacc = build.wacc if build.wacc is not None else model.problem.discount_rate or 0.0
        yearly = (1 - build.grant) * annuity_factor(wacc, build.life)
        unit = model.capacity_unit(facility)
        size = build.largest_order
        return [
            self._candidate(
                "build", facility.id, period, None, f"the build of {facility.id}",
                model.timeline.read(build.unit_capex)[period],
                yearly * sum(model.timeline.weights[later] for later in on_stream),
                model.add[facility.id, number, period], self._all() if size is None else size, f"{unit} of capacity",
            )
            for period, on_stream in orders.items()
        ]  # fmt: skip

    def _all(self) -> float:
        return max(self._needed.values(), default=1.0)

    def _lanes(self) -> Iterator[Offer]:
        """Moves between a place that makes something and one that uses it, where nothing of it moves."""
        model, value = self._model, self._values.value
        moved: dict[tuple[str, str, str, int], float] = {}
        for (material, origin, place, period), ship in model.ship.items():
            key = (material, origin.place, place, period)
            moved[key] = moved.get(key, 0.0) + value[ship]
        for (material, origin, place, period), ship in model.ship.items():
            made = self._values.sum(model.made[material, origin, period])
            needed = self._values.sum(model.needs[material, place, period])
            if moved[material, origin.place, place, period] or made <= 0 or needed <= 0:
                continue
            freight = model.network.lanes.moves(material, origin.place, place)[period].freight
            name = f"{origin.place} > {place}"
            yield from self._best(
                [
                    self._candidate(
                        "lane", name, period, material, f"moving {material} from {origin.place} to {place}",
                        freight, model.timeline.weights[period], ship, min(made, needed),
                        model.network.materials[material].unit,
                    )
                ]
            )  # fmt: skip

    def _candidate(
        self,
        kind: OfferKind,
        on: str,
        period: int,
        material: str | None,
        what: str,
        price: float,
        per_unit: float,
        column: Column,
        size: float,
        unit: str,
    ) -> Candidate:
        size = size if isfinite(size) else self._all()
        return Candidate(
            kind,
            on,
            period,
            material,
            what,
            price,
            per_unit,
            column,
            size,
            f"{self._model.problem.currency} per {unit}",
        )

    # ------------------------------------------------------------ at which price

    def _best(self, candidates: list[Candidate]) -> Iterator[Offer]:
        """Of several ways the one whose price has to fall least, the first of those that are the same."""
        found = [(enters, c) for c in candidates if (enters := self._enters_at(c)) is not None]
        if found:
            least = min(candidate.price - enters for enters, candidate in found)
            same = (pair for pair in found if pair[1].price - pair[0] <= least + SAME * abs(pair[1].price))
            enters, candidate = next(same)
            yield self._offer(candidate, enters)

    def _enters_at(self, candidate: Candidate) -> float | None:
        if self._solves <= 0:
            self.left += 1
            return None
        self._solves -= 1
        if candidate.size <= 0 or candidate.per_unit <= 0:
            return None
        try:
            gap = self._marginals.column(self._numbers[id(candidate.column)], candidate.size)
        except SolverFailed:
            gap = None
        if gap is None:
            return None
        enters = candidate.price - max(0.0, gap) / candidate.per_unit
        return 0.0 if abs(enters) <= NOTHING * abs(candidate.price) else enters

    def _offer(self, candidate: Candidate, enters: float) -> Offer:
        start = self._model.start(candidate.period)
        when = "" if self._model.timeline.typical else f" in {start}"
        if enters == 0 < candidate.price:
            would = "would not be used if it were free"
        elif enters < 0 <= candidate.price:
            would = f"would enter only if it were paid {-enters:,.4g}"
        elif abs(candidate.price - enters) <= 1e-9 * abs(candidate.price):
            would = "could enter as it is: another plan costs the same"
        else:
            would = f"would enter at {numeral(enters)}"
        return Offer.model_construct(
            kind=candidate.kind,
            on=candidate.on,
            period=start,
            material=candidate.material,
            price=candidate.price,
            enters_at=enters,
            unit=candidate.unit,
            text=f"{candidate.what}{when}: {numeral(candidate.price)} {candidate.unit}; {would}",
        )

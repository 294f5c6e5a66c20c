"""The solver's point, read through the model's index: values, and what they cost."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from oremix.models.geography import Origin
from oremix.models.plan import CategoryCost, Costs, CountryCost, FacilityCost, PayerKind, PeriodCost
from oremix.optimizer.formulation import Measure, Model, standing_report
from oremix.optimizer.lean import Column, Pairs, Sum
from oremix.optimizer.solving.arrays import Floats

__all__ = ["Values"]


class _Point:
    """Column → its value."""

    def __init__(self, x: list[float]) -> None:
        self._x = x

    def __getitem__(self, column: Column) -> float:
        return self._x[column.number]


@dataclass
class Values:
    """A point of the model.

    Attributes
    ----------
    x
        Annual rate, or level, capacity, decision, by the number of the column.
    value
        The same by the column itself.
    cost
        (number of the column, category) → money per year, undiscounted, in the column's own period.
    paid
        (kind, facility, category, period) → money per year, undiscounted.
    """

    model: Model
    x: list[float]
    cost: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    paid: dict[tuple[PayerKind, str, str, int], float] = field(default_factory=lambda: defaultdict(float))
    countries: dict[tuple[PayerKind, str], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.value = _Point(self.x)

    @classmethod
    def of(cls, model: Model, x: Floats) -> Values:
        """Read a point and enter the charges on it."""
        values = cls(model, x.tolist())
        charges = model.charges
        # of no column is the last
        amounts = charges.rates * np.append(x, 1.0)[charges.numbers]
        paid = np.flatnonzero(amounts)
        found = (some[paid].tolist() for some in (charges.numbers, amounts, charges.periods))
        for place, number, amount, period in zip(paid.tolist(), *found, strict=True):
            category, kind, facility, country = charges.payments[place]
            values.cost[number, category] += amount
            values.paid[kind, facility, category, period] += amount
            values.countries[kind, facility] = country
        return values

    def sum(self, pairs: Pairs) -> float:
        """Σ coefficient · value."""
        x = self.x
        return sum([coefficient * x[column.number] for column, coefficient in pairs])

    def amount(self, amount: Sum | float) -> float:
        """A sum by numbers, or the number that it is."""
        if not isinstance(amount, Sum):
            return float(amount)
        x = self.x
        return sum([coefficient * x[number] for number, coefficient in zip(*amount, strict=True)])

    # ------------------------------------------------------------ what is measured

    @cached_property
    def measures(self) -> list[Measure]:
        """What policies bound, and what is measured whether a policy asks for it or not."""
        return [*self.model.bounded, *standing_report(self.model)]

    def part(self, measure: Measure) -> float:
        """The part of a measure."""
        return self.amount(measure.part(self.moving)) + measure.constant

    def whole(self, measure: Measure) -> float | None:
        """What a share is of; none of anything else."""
        whole = measure.whole(self.moving)
        return None if whole is None else self.amount(whole)

    def bound(self, measure: Measure, side: str) -> float:
        """What bounds the part."""
        stated = measure.stated[side]
        if not isinstance(stated, list):
            return float(stated)
        return sum(stated[period] * self.amount(whole) for period, whole in measure.wholes(self.moving))

    def share_bound(self, measure: Measure, side: str) -> float:
        """The bound of a share whose whole is not 0: as stated, or of several periods the mean by their wholes."""
        stated = measure.stated[side]
        if isinstance(stated, list) and len(measure.periods) == 1:
            return stated[measure.periods[0]]
        return self.bound(measure, side) / (self.whole(measure) or 1.0)

    @cached_property
    def moving(self) -> Model:
        """The model with the flows that the plan has, and no others."""
        x, value, model = self.x, self.value, copy(self.model)
        model.forget_flows()
        model.flows = []
        model.flows_from, model.flows_to = defaultdict(list), defaultdict(list)
        for flow in self.model.flows:
            numbers = [number if number is not None and x[number] else None for number in flow.numbers]
            if numbers.count(None) < len(numbers):
                moving = replace(flow, numbers=numbers)
                model.flows.append(moving)
                model.flows_from[flow.material, flow.origin].append(moving)
                model.flows_to[flow.material, flow.place].append(moving)
        model.run = {key: column for key, column in model.run.items() if value[column] > 0}
        model.collect = {key: column for key, column in model.collect.items() if value[column] > 0}
        model.fill = {key: column for key, column in model.fill.items() if value[column] > 0}
        model.draw = {key: column for key, column in model.draw.items() if value[column] > 0}
        model.level = {key: column for key, column in model.level.items() if value[column] > 0}
        model.surplus = {key: column for key, column in model.surplus.items() if value[column] > 0}
        model.taken = {key: [pair for pair in pairs if value[pair[0]] > 0] for key, pairs in model.taken.items()}
        model.needs = {key: [pair for pair in pairs if value[pair[0]] > 0] for key, pairs in model.needs.items()}
        return model

    @cached_property
    def arrivals(self) -> dict[tuple[str, str, int], list[tuple[Origin, float, int]]]:
        """(material, place, period) → origin, share that arrives, number of the column: of what is shipped."""
        model = self.model
        found: dict[tuple[str, str, int], list[tuple[Origin, float, int]]] = {}
        for flow in self.moving.flows:
            for period, number in enumerate(flow.numbers):
                if number is not None:
                    ways = found.setdefault((flow.material, flow.place, period), [])
                    ways.append((flow.origin, flow.arrives[period], number))
        place_of = {id(flow): number for number, flow in enumerate(model.flows)}

        def first_made(key: tuple[str, str, int]) -> tuple[int, int]:
            material, place, period = key
            flows = model.flows_to[material, place]
            return next((place_of[id(flow)], period) for flow in flows if flow.numbers[period] is not None)

        return {key: found[key] for key in sorted(found, key=first_made)}

    @cached_property
    def by_category(self) -> CategoryCost:
        """Category of cost → money over the horizon, discounted."""
        weights = self.model.timeline.weights
        categories: CategoryCost = defaultdict(float)
        for (_, _, category, period), amount in self.paid.items():
            categories[category] += amount * weights[period]
        return dict(categories)

    def costs(self) -> Costs:
        """All costs, split by category, period, country and facility."""
        weights = self.model.timeline.weights
        annual: dict[int, CategoryCost] = {period: defaultdict(float) for period in self.model.timeline}
        facilities: dict[tuple[PayerKind, str], CategoryCost] = defaultdict(lambda: defaultdict(float))
        countries: dict[str | None, CategoryCost] = defaultdict(lambda: defaultdict(float))
        for (kind, facility, category, period), amount in self.paid.items():
            discounted = amount * weights[period]
            annual[period][category] += amount
            facilities[kind, facility][category] += discounted
            countries[self.countries[kind, facility]][category] += discounted
        return Costs.model_construct(
            by_category=self.by_category,
            by_period=[self._period_cost(period, costs) for period, costs in annual.items()],
            by_country=[
                CountryCost.model_construct(country=country, total=sum(costs.values()), by_category=dict(costs))
                for country, costs in sorted(countries.items(), key=lambda item: -sum(item[1].values()))
            ],
            by_facility=[
                FacilityCost.model_construct(
                    kind=kind,
                    id=facility,
                    country=self.countries[kind, facility],
                    total=sum(costs.values()),
                    by_category=dict(costs),
                )
                for (kind, facility), costs in sorted(facilities.items(), key=lambda item: -sum(item[1].values()))
            ],
        )

    def _period_cost(self, period: int, costs: CategoryCost) -> PeriodCost:
        timeline = self.model.timeline
        annual = sum(costs.values(), 0.0)
        return PeriodCost.model_construct(
            period=timeline.starts[period],
            years=timeline.years[period],
            weight=timeline.weights[period],
            annual=annual,
            annual_by_category=dict(costs),
            total=annual * timeline.weights[period],
        )

"""What changed statements change in an LP that is already made: its numbers, and not which rows and columns it has.

Only what studies move most; of anything else, and wherever a row or column would come or go that cannot be held at
nothing, the answer is that the LP has to be made again. The numbers are worked out as they are when it is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from oremix.models.chain import Demand, Facility, Recycler, Supplier
from oremix.models.fields import Part, Series
from oremix.models.policies import Budget, Footprint, Quantity, Rule, Share
from oremix.optimizer.formulation.charges import Charge
from oremix.optimizer.formulation.model import Measure, Model, bound_of
from oremix.optimizer.formulation.scopes import over_consumption
from oremix.optimizer.lean import Column, Pairs, Row

__all__ = ["Edits", "InPlace"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

# Decisions whose rows take no limit that was derived from capacities and demand.
PLAIN = ("open", "size", "step_reached")
# What hangs on a facility's capacity beside the row that limits it.
HANGS_ON_CAPACITY = ("minimum", "take_or_pay", "minimum_utilisation", "minimum_collection_rate")


@dataclass
class Edits:
    """New numbers, by the positions of rows and columns.

    Attributes
    ----------
    rows
        Row → its columns and their coefficients.
    bounds
        Row → its right-hand side.
    costs
        Column → its discounted cost.
    closed
        Columns to be held at 0.
    """

    rows: dict[int, tuple[Ints, Floats]] = field(default_factory=dict)
    bounds: dict[int, float] = field(default_factory=dict)
    costs: dict[int, float] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Ratio:
    """The row of a share taken apart: its columns, and their coefficients in the part and in each period's whole."""

    columns: Ints
    part: Floats
    wholes: list[tuple[int, Floats]]

    def against(self, stated: list[float]) -> tuple[Ints, Floats]:
        """The part less what is stated of the whole; what cancels is not in the row."""
        values = self.part.copy()
        for period, whole in self.wholes:
            values -= stated[period] * whole
        return self.columns[values != 0], values[values != 0]


class InPlace:
    """What changes of a problem's parts change in its model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._columns = {column: position for position, column in enumerate(model.lp.columns.values())}
        self._rows = {id(row): position for position, row in enumerate(model.lp.rows.values())}
        self._ratios: dict[int, _Ratio] = {}

    def edits(self, changes: Iterable[tuple[Part, Part]]) -> Edits | None:
        """The edits for parts of the model's problem and what became of them; none where it has to be made again."""
        edits = Edits()
        for old, new in changes:
            names = {name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)}
            if any(not self._is_readable(getattr(new, name)) for name in names):
                return None
            if not self._edit(old, new, names - {"name", "notes", "source", "assumption"}, edits):
                return None
        return edits

    def _is_readable(self, value: object) -> bool:
        """Whether a value over time fits the periods; if not, the checks will say so."""
        timeline = self._model.timeline
        return not (isinstance(value, list) and len(value) != len(timeline)) and not (
            isinstance(value, dict) and timeline.typical
        )

    def _edit(self, old: Part, new: Part, names: set[str], edits: Edits) -> bool:
        if isinstance(old, Share | Quantity | Footprint | Budget) and isinstance(new, Rule):
            return names <= {"max", "min", "penalty"} and self._rule(old, new, edits)
        if isinstance(old, Demand) and isinstance(new, Demand):
            return names <= {"quantity", "shortage_cost", "sale_price"} and self._demand(old, new, names, edits)
        if isinstance(old, Facility) and isinstance(new, Facility):
            limits = names & {"availability", "capacity"}
            return self._costs(old, new, names - limits, edits) and (not limits or self._limits(old, new, edits))
        return False

    # ------------------------------------------------------------ policies

    def _rule(self, old: Rule, new: Rule, edits: Edits) -> bool:
        """Another bound, another penalty or none."""
        sides = [side for side in ("max", "min") if getattr(old, side, None) is not None]
        if len(sides) != 1 or sides != [side for side in ("max", "min") if getattr(new, side, None) is not None]:
            return False
        if old.penalty is None and new.penalty is not None:
            return False
        stated = self._model.timeline.read(getattr(new, sides[0]))
        for measure in self._measures[id(old)]:
            for side, row in measure.rows.items():
                beyond = measure.beyond.get(side)
                if beyond is not None:
                    self._penalty(measure, beyond, new, edits)
                if any(isinstance(amount, list) for _, amount in measure.wholes):
                    edits.rows[self._rows[id(row)]] = self._ratio(measure, row, beyond).against(stated)
                else:
                    limit = bound_of(measure, stated)
                    edits.bounds[self._rows[id(row)]] = -measure.constant + limit  # type: ignore[operator]
        return True

    def _ratio(self, measure: Measure, row: Row, beyond: Column | None) -> _Ratio:
        """A share's row taken apart; what is beyond the bound stands last in it."""
        if id(row) not in self._ratios:
            wholes = [(period, whole) for period, whole in measure.wholes if isinstance(whole, list)]
            part = measure.part if beyond is None else [*measure.part, (beyond, float(row.expr[beyond]))]
            found = dict.fromkeys(
                column for pairs in (measure.part, *(w for _, w in wholes), part) for column, _ in pairs
            )
            places = {column: place for place, column in enumerate(found)}
            self._ratios[id(row)] = _Ratio(
                np.array([self._columns[column] for column in found], dtype=np.int32),
                _laid_out(part, places),
                [(period, _laid_out(whole, places)) for period, whole in wholes],
            )
        return self._ratios[id(row)]

    def _penalty(self, measure: Measure, beyond: Column, new: Rule, edits: Edits) -> None:
        if new.penalty is None:
            edits.closed.add(self._columns[beyond])
            return
        penalty = self._model.timeline.read(new.penalty)
        pooled = "periods" in getattr(new, "across", ())
        years = float(sum(self._model.timeline.years[t] for t in measure.periods)) if pooled else 1.0
        self._cost(beyond, "penalties", {period: penalty[period] / years for period in measure.periods}, edits)

    @cached_property
    def _measures(self) -> dict[int, list[Measure]]:
        measures: dict[int, list[Measure]] = defaultdict(list)
        for measure in self._model.measures:
            measures[id(measure.policy)].append(measure)
        return measures

    # ------------------------------------------------------------ what can be made

    def _limits(self, old: Facility, new: Facility, edits: Edits) -> bool:
        if (
            not self._is_as_large(old, new)
            or self._derives
            or any(getattr(old, name, None) for name in HANGS_ON_CAPACITY)
        ):
            return False
        if any(build.minimum_utilisation for build in old.builds):
            return False
        network = self._model.network
        before, after = network.existing_capacity(old), network.existing_capacity(new)
        periods = self._model.timeline
        if new.builds and any(network.is_out(old, t) and not network.is_out(new, t) for t in periods):
            return False  # an outage has no columns
        return all(self._capacity(new, period, before[period], after[period], edits) for period in periods)

    def _is_as_large(self, old: Facility, new: Facility) -> bool:
        """Whether capacity is the same, or is another number that nothing hangs on but what can be made."""
        if old.capacity == new.capacity:
            return True
        sizes = [self._model.network.nameplate(facility) for facility in (old, new)]
        is_there = [[size is None or size > 0 for size in each] for each in sizes]
        hangs = getattr(old, "fixed_cost_per_capacity", None) is not None or any(
            getattr(rule, "measure", None) == "capacity" for rule in self._model.problem.rules
        )
        return None not in (old.capacity, new.capacity) and is_there[0] == is_there[1] and not hangs

    def _capacity(self, new: Facility, period: int, before: float | None, after: float | None, edits: Edits) -> bool:
        model = self._model
        built = model.built[new.id, period]
        if before == 0 and not built:
            return after == 0
        ends = after == 0 and (not built or model.network.is_out(new, period))
        if ends and (self._keeps_minimums or getattr(new, "returns", None)):
            return False  # a minimum on a lane falls away where nothing can be moved, and so does a share of returns
        row = model.lp.rows.get((f"{new.kind}_capacity", new.id, model.start(period)))
        if ends:  # a recipe that takes no capacity is in no row
            edits.closed.update(self._columns[column] for column in self._making[new.id, model.start(period)])
        if row is None:
            return ends or after is None
        if after is None:
            return False
        number = self._rows[id(row)]
        edits.bounds[number] = after
        if built:
            pairs = [(column, amount) for column, amount in row.expr.items() if column.key[0] != "add"]
            shares = [(add, self._built_share(new, add, period)) for add, _ in built]
            pairs += [(add, -share) for add, share in shares if share]
            columns = np.array([self._columns[column] for column, _ in pairs], dtype=np.int32)
            edits.rows[number] = (columns, np.array([amount for _, amount in pairs], dtype=np.float64))
        return True

    def _built_share(self, facility: Facility, add: Column, period: int) -> float:
        _, _, number, start = add.key
        order = self._model.timeline.starts.index(start)
        return self._model.network.built_share(facility, facility.builds[number], order, period)

    @cached_property
    def _making(self) -> dict[tuple[str, int], list[Column]]:
        """(facility, start year) → the columns that make something there."""
        columns: dict[tuple[str, int], list[Column]] = defaultdict(list)
        for group in (self._model.buy, self._model.run, self._model.collect):
            for column in group.values():
                columns[column.key[1], column.key[-1]].append(column)
        return columns

    @cached_property
    def _derives(self) -> bool:
        """Whether there are decisions whose rows take limits derived from capacities and demand."""
        return any(column.cat == "Integer" and key[0] not in PLAIN for key, column in self._model.lp.columns.items())

    @cached_property
    def _keeps_minimums(self) -> bool:
        return any(key[0] in ("lane_minimum", "joint_minimum") for key in self._model.lp.rows)

    # ------------------------------------------------------------ demands and prices

    def _demand(self, old: Demand, new: Demand, names: set[str], edits: Edits) -> bool:
        if any((getattr(old, name) is None) != (getattr(new, name) is None) for name in names):
            return False
        if "quantity" in names and (self._derives or self._follows_quantities):
            return False
        model = self._model
        quantity = model.timeline.read_or(new.quantity, 0.0)
        for period in model.timeline:
            if "quantity" in names:
                row = model.lp.rows["demand" if old.sale_price is None else "outlet", old.id, model.start(period)]
                edits.bounds[self._rows[id(row)]] = quantity[period]
            if "shortage_cost" in names:
                rate = self._read(new.shortage_cost, period)
                self._cost(model.short[old.id, period], "shortage", {period: rate}, edits)
            if "sale_price" in names:
                rate = -self._read(new.sale_price, period)
                self._cost(model.deliver[old.id, period], "sales", {period: rate}, edits)
        return True

    @cached_property
    def _follows_quantities(self) -> bool:
        """Whether anything but a demand's own row moves with what is demanded."""
        problem = self._model.problem
        return any(pile.days_of_demand is not None for pile in problem.stockpiles) or any(
            isinstance(rule, Share | Quantity) and over_consumption(rule) for rule in problem.rules
        )

    def _costs(self, old: Facility, new: Facility, names: set[str], edits: Edits) -> bool:
        """What a unit bought, collected or recovered costs."""
        model = self._model
        if any(getattr(old, name) is None or getattr(new, name) is None for name in names):
            return False
        if isinstance(new, Supplier) and names <= {"unit_cost"}:
            for period in model.timeline:
                if names and (buy := model.buy.get((new.id, 0, period))) is not None:
                    self._cost(buy, "purchases", {period: self._read(new.unit_cost, period)}, edits)
            return True
        if isinstance(new, Recycler) and len(names) <= 1 and names <= {"unit_cost", "collection_cost"}:
            for period in model.timeline:
                if (collect := model.collect.get((new.id, period))) is None:
                    continue
                if "collection_cost" in names:
                    self._cost(collect, "collection", {period: self._read(new.collection_cost, period)}, edits)
                if "unit_cost" in names:
                    rate = self._read(new.unit_cost, period) * new.recovery
                    self._cost(collect, "processing", {period: rate}, edits)
            return True
        return not names

    def _read(self, series: Series | None, period: int) -> float:
        return self._model.timeline.read_or(series, 0.0)[period]

    def _cost(self, column: Column, category: str, rates: dict[int, float], edits: Edits) -> None:
        """The column's cost with other rates of one category, and what it costs beside them."""
        weights = self._model.timeline.weights
        own = [(period, rate) for period, rate in rates.items() if rate]
        others = [(c.period, c.rate) for c in self._charges[column] if c.category != category]
        edits.costs[self._columns[column]] = sum(rate * weights[period] for period, rate in [*own, *others])

    @cached_property
    def _charges(self) -> dict[Column, list[Charge]]:
        charges: dict[Column, list[Charge]] = defaultdict(list)
        for charge in self._model.charges:
            if charge.column is not None:
                charges[charge.column].append(charge)
        return charges


def _laid_out(pairs: Pairs, places: dict[Column, int]) -> Floats:
    """The coefficients at the columns' places."""
    values = np.zeros(len(places))
    for column, amount in pairs:
        values[places[column]] += amount
    return values

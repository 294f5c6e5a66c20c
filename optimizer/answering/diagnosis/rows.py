"""Which rows and bounds of the linear program say what a statement says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from oremix.models.chain import Stockpile
from oremix.optimizer.answering.diagnosis.statements import Statement
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.model import Measure
from oremix.optimizer.lean import Column, Key, Row

__all__ = ["Spot", "spots"]

Field = tuple[str, int, int | None, str]
"""A list of the problem, a position in it, the position of the build if it is of one, and the field."""


@dataclass(frozen=True)
class Spot:
    """A row, or the upper bound of a column, in a period (none: over all); of a measure if it is a policy's."""

    row: Row | None = None
    column: Column | None = None
    period: int | None = None
    measure: Measure | None = None

    @property
    def key(self) -> Key:
        """What it is called in the linear program."""
        return self.row.key if self.row is not None else self.column.key if self.column is not None else ()


def spots(model: Model, statements: list[Statement]) -> dict[Statement, list[Spot]]:
    """Statement → where it holds in the LP; those that hold by leaving columns out have none."""
    wanted: dict[Field, Statement] = {(s.on, s.position, s.build, s.field): s for s in statements}
    found: dict[Statement, list[Spot]] = defaultdict(list)
    for field, spot in _all(model):
        statement = wanted.get(field)
        if statement is not None:
            found[statement].append(spot)
    return dict(found)


def _all(model: Model) -> Iterator[tuple[Field, Spot]]:
    index = _Index(model)
    yield from _policies(model)
    for row in model.lp.rows.values():
        field = index.field_of(row)
        if field is not None:
            yield field, Spot(row=row, period=_period(model, row.key))
    yield from _bounds(model)


def _period(model: Model, key: Key) -> int | None:
    if key[0] in ("reserve", "build_max"):
        return None
    return model.timeline.starts.index(key[-1])


def _policies(model: Model) -> Iterator[tuple[Field, Spot]]:
    positions = {id(rule): position for position, rule in enumerate(model.problem.rules)}
    for measure in model.bounded:
        if measure.policy is not None:
            for side, row in measure.rows.items():
                position = positions[id(measure.policy)]
                yield ("policies", position, None, side), Spot(row=row, period=measure.period, measure=measure)


def _bounds(model: Model) -> Iterator[tuple[Field, Spot]]:
    """What limits a column by its upper bound; of a yes/no decision it is a coefficient, which no slack reaches."""
    positions = {f.id: (f"{f.kind}s", n) for kind in _kinds(model) for n, f in enumerate(kind)}
    for (name, number, period), column in model.add.items():
        build = model.network.facilities[name].builds[number]
        if not model.network.decides(build):
            for field in ("max", "max_per_order"):
                if getattr(build, field) is not None and getattr(build, field) == build.largest_order:
                    yield (*positions[name], number, field), Spot(column=column, period=period)
                    break
    for (number, period), column in model.fill.items():
        if model.problem.stockpiles[number].fill_max is not None:
            yield ("stockpiles", number, None, "fill_max"), Spot(column=column, period=period)


def _kinds(model: Model) -> Iterator[list]:  # type: ignore[type-arg]
    yield from (model.problem.suppliers, model.problem.plants, model.problem.recyclers)


# Rows that say the same as one field of the facility whose id they bear.
FACILITY_ROWS = {
    "supplier_minimum": "minimum",
    "order_least": "minimum_order",
    "reserve": "reserve",
    "plant_capacity": "capacity",
    "recycler_capacity": "capacity",
    "scrap": "scrap",
    "collection_minimum": "minimum_collection_rate",
}


class _Index:
    """From the key of a row to the field that it comes from."""

    def __init__(self, model: Model) -> None:
        self.model = model
        problem = model.problem
        self.facilities = {f.id: (f"{f.kind}s", n) for kind in _kinds(model) for n, f in enumerate(kind)}
        self.demands = {demand.id: n for n, demand in enumerate(problem.demands)}
        self.materials = {material.id: n for n, material in enumerate(problem.materials)}
        self.piles = {(pile.material, pile.at): n for n, pile in enumerate(problem.stockpiles)}
        self.lanes = {model.network.lane_label(n): n for n in range(len(problem.lanes))}

    def field_of(self, row: Row) -> Field | None:
        kind, *names = row.key
        if kind == "demand":
            return "demands", self.demands[names[0]], None, "quantity"
        if kind in ("joint_capacity", "joint_minimum"):
            return "lanes", self.lanes[names[0]], None, kind.removeprefix("joint_")
        if kind in ("lane_capacity", "lane_minimum"):
            return self._lane(kind.removeprefix("lane_"), row.key)
        if kind in ("stock_minimum", "stock_capacity", "draw_max"):
            return self._stock(kind, row)
        if kind in ("surplus_max", "plant_surplus_max"):
            owner = ("materials", self.materials[names[0]]) if kind == "surplus_max" else self.facilities[names[0]]
            return *owner, None, "surplus_max"
        return self._facility(kind, row)

    def _facility(self, kind: str, row: Row) -> Field | None:
        if kind == "build_max":
            return *self.facilities[row.key[1]], row.key[2], "max"
        if kind == "utilisation":
            return self._utilisation(row)
        if kind == "supplier_capacity":
            return self._supplier_capacity(row)
        if kind not in FACILITY_ROWS:
            return None
        field = FACILITY_ROWS[kind]
        limits_nothing = field == "capacity" and row.constant == 0  # out of its years, or what is not built
        if limits_nothing or (kind == "scrap" and not self._collects(row)):
            return None
        return *self.facilities[row.key[1]], None, field

    def _collects(self, row: Row) -> bool:
        """Whether more scrap would be more that may be collected."""
        recycler = self.model.network.facilities[row.key[1]]
        period = self.model.timeline.starts.index(row.key[-1])
        return self.model.timeline.read(recycler.collection_rate)[period] > 0  # type: ignore[attr-defined]

    def _supplier_capacity(self, row: Row) -> Field | None:
        if row.constant == 0:
            return None
        supplier = self.model.network.facilities[row.key[1]]
        period = self.model.timeline.starts.index(row.key[-1])
        tiers = getattr(supplier, "tiers", None)
        last = tiers[-1].up_to if tiers else None
        stated = None if supplier.capacity is None else self.model.timeline.read(supplier.capacity)[period]
        own = last is None or (stated is not None and stated < last)
        if last is not None and stated == last:
            return None  # neither alone is what limits
        return *self.facilities[row.key[1]], None, "capacity" if own else "up_to"

    def _utilisation(self, row: Row) -> Field | None:
        """Of the capacity that exists; what the builds add to it is another statement."""
        facility = self.model.network.facilities[row.key[1]]
        if any(build.minimum_utilisation for build in facility.builds):
            return None
        return *self.facilities[row.key[1]], None, "minimum_utilisation"

    def _stock(self, kind: str, row: Row) -> Field:
        number = self.piles[row.key[1], row.key[2]]
        if kind != "stock_minimum":
            return "stockpiles", number, None, kind.removeprefix("stock_")
        return "stockpiles", number, None, self._floor(self.model.problem.stockpiles[number], row)

    def _floor(self, pile: Stockpile, row: Row) -> str:
        """Which of the fields that keep a stock is the one that does."""
        last = row.key[-1] == self.model.timeline.starts[-1]
        least = self.model.network.minimum_stock(pile)[-1]
        if last and pile.final is not None and pile.final > least:
            return "final"
        return "days_of_demand" if pile.days_of_demand is not None else "minimum"

    def _lane(self, field: str, key: Key) -> Field | None:
        """The last rule that matches and states it."""
        _, material, start, end, year = key
        network = self.model.network
        period = network.timeline.starts.index(year)
        for number, lane in reversed(list(enumerate(self.model.problem.lanes))):
            if (
                getattr(lane, field) is not None
                and (lane.materials is None or material in lane.materials)
                and network.timeline.within(period, lane.from_year, lane.until_year)
                and network.lanes.matches(lane.origins, lane.destinations, start, end)
            ):
                return "lanes", number, None, field
        return None

"""A plan's records by the ids and periods of the problem, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from oremix.models import plan as records
from oremix.models.chain import Build, Demand, Facility, Plant, Recycler, Stockpile, Supplier
from oremix.models.fields import Location, Part
from oremix.models.geography import Origin
from oremix.models.lanes import Move
from oremix.models.plan import Plan, Record
from oremix.models.problem import Problem
from oremix.models.stated import is_stated, stated
from oremix.optimizer.answering.audit.gauge import At

__all__ = ["Book", "Order"]

Line = TypeVar("Line", bound=Record)
Placed = tuple[tuple[Any, ...], dict[str, Any]] | None
"""A record's key and what its labels should say; none where it refers to what the problem does not have."""


@dataclass(frozen=True, slots=True)
class Order:
    """A build record with what the contract makes of it.

    `counts` are the periods in which its capacity counts, from the problem's lead time and life.
    """

    record: records.Build
    facility: Facility
    build: Build
    period: int
    on_stream: float
    until: float | None
    counts: tuple[int, ...]


class Book:
    """The records of a plan, each under its ids and the position of its period.

    Records that refer to nothing, stand twice or carry a wrong label are noted in `faults`; those of builds in
    `build_faults`.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.network, self.timeline = problem.network, problem.timeline
        self.faults: list[At] = []
        self.build_faults: list[At] = []
        self._values: dict[tuple[int, str], list[float]] = {}
        self._name_parts()
        enter = self._enter
        self.purchases = enter("purchases", self._purchase, "purchase from {0.supplier} in {0.period}")
        self.runs = enter("production", self._run, "recipe {0.recipe} of plant {0.plant} in {0.period}")
        self.recycling = enter("recycling", self._recycling, "recycler {0.recycler} in {0.period}")
        self.shipments = enter(
            "shipments", self._shipment, "shipment of {0.material} from {0.from_} to {0.to} in {0.period}"
        )
        self.stocks = enter("stocks", self._stock, "stock of {0.material} at {0.place} in {0.period}")
        self.deliveries = enter("deliveries", self._delivery, "delivery to {0.demand} in {0.period}")
        self.surpluses = enter("surpluses", self._surplus, "surplus of {0.material} from {0.from_} in {0.period}")
        self.footprints = enter("footprints", self._footprint, "footprint {0.of} in {0.country} in {0.period}")
        self.orders = self._orders()

    def _name_parts(self) -> None:
        problem = self.problem
        self.period_of = {start: period for period, start in enumerate(self.timeline.starts)}
        self.suppliers = {supplier.id: supplier for supplier in problem.suppliers}
        self.plants = {plant.id: plant for plant in problem.plants}
        self.recyclers = {recycler.id: recycler for recycler in problem.recyclers}
        self.recipes = {(plant.id, recipe.id): recipe for plant in problem.plants for recipe in plant.recipes}
        self.demands = {demand.id: demand for demand in problem.demands}
        self.piles = {(pile.at, pile.material): pile for pile in problem.stockpiles}
        self.facilities: dict[str, Facility] = {facility.id: facility for facility in problem.facilities}

    # ------------------------------------------------------------ entering records

    def _enter(self, of: str, place: Callable[[Line], Placed], name: str) -> dict[tuple[Any, ...], Line]:
        table: dict[tuple[Any, ...], Line] = {}
        lines: Iterable[Line] = stated(self.plan, of) or ()
        for line in lines:
            placed = place(line)
            if placed is None or line.period not in self.period_of:  # type: ignore[attr-defined]
                self.faults.append((name + ": the problem has no such thing", line))
                continue
            key = (*placed[0], self.period_of[line.period])  # type: ignore[attr-defined]
            if key in table:
                self.faults.append((name + " stands twice", line))
                continue
            table[key] = line
            told = line.__dict__
            for label, value in placed[1].items():
                if label in told and told[label] != value and label in line.model_fields_set:
                    self.faults.append((name + ": its {1} should be {2}", line, label, value))
        return table

    def unit(self, material: str) -> str:
        """The unit of a material."""
        return self.network.materials[material].unit

    def country(self, part: Location) -> str:
        """The country something stands in."""
        return self.network.geography.country(part.at)

    def _labels(self, part: Supplier | Recycler | Demand) -> dict[str, str]:
        where = {"country": self.country(part), "place": part.at}
        return where | {"material": part.material, "unit": self.unit(part.material)}

    def _purchase(self, line: records.Purchase) -> Placed:
        supplier = self.suppliers.get(line.supplier)
        if supplier is None:
            return None
        return (line.supplier,), self._labels(supplier)

    def _run(self, line: records.Production) -> Placed:
        if (line.plant, line.recipe) not in self.recipes:
            return None
        plant = self.plants[line.plant]
        return (line.plant, line.recipe), {"country": self.country(plant), "place": plant.at, "stage": plant.stage}

    def _recycling(self, line: records.Recycling) -> Placed:
        recycler = self.recyclers.get(line.recycler)
        if recycler is None:
            return None
        return (line.recycler,), self._labels(recycler)

    def _origin(self, line: records.Shipment | records.Surplus) -> Origin | None:
        origin = Origin(line.from_, line.owner, line.stage)
        return origin if origin in self.network.makers.get(line.material, ()) else None

    @cached_property
    def _used_at(self) -> dict[str, frozenset[str]]:
        return {material: frozenset(places) for material, places in self.network.uses.items()}

    def _shipment(self, line: records.Shipment) -> Placed:
        origin = self._origin(line)
        if origin is None or line.to not in self._used_at[line.material]:
            return None
        return (line.material, origin, line.to), {"unit": self.unit(line.material)}

    def _stock(self, line: records.Stock) -> Placed:
        site = (line.place, line.material)
        return (site, {"unit": self.unit(line.material)}) if site in self.piles else None

    def _delivery(self, line: records.Delivery) -> Placed:
        demand = self.demands.get(line.demand)
        if demand is None:
            return None
        return (line.demand,), self._labels(demand)

    def _surplus(self, line: records.Surplus) -> Placed:
        origin = self._origin(line)
        return ((line.material, origin), {"unit": self.unit(line.material)}) if origin else None

    def _footprint(self, line: records.FootprintRecord) -> Placed:
        return (line.of, line.country), {}

    # ------------------------------------------------------------ builds

    def _orders(self) -> list[Order]:
        name = "build {0.build} of {0.on} ordered in {0.ordered}"
        orders: dict[tuple[str, int, int], Order] = {}
        for line in stated(self.plan, "builds") or ():
            facility = self.facilities.get(line.on)
            key = (line.on, line.build, line.ordered)
            known = facility is not None and 0 <= line.build < len(facility.builds)
            if facility is None or not known or line.ordered not in self.period_of:
                self.build_faults.append((name + ": the problem has no such thing", line))
            elif key in orders:
                self.build_faults.append((name + " stands twice", line))
            else:
                orders[key] = self._order(line, facility)
        return list(orders.values())

    def _order(self, line: records.Build, facility: Facility) -> Order:
        build = facility.builds[line.build]
        on_stream = line.ordered + (0.0 if self.timeline.typical else build.lead_time)
        until = None if build.life is None else on_stream + build.life
        counts = tuple(
            period
            for period, start in enumerate(self.timeline.starts)
            if on_stream <= start and (until is None or start < until)
        )
        return Order(line, facility, build, self.period_of[line.ordered], on_stream, until, counts)

    @cached_property
    def built(self) -> dict[tuple[str, int], float]:
        """(facility, period) → built capacity that counts, before any ramp-up."""
        built: dict[tuple[str, int], float] = defaultdict(float)
        for order in self.orders:
            for period in order.counts:
                built[order.facility.id, period] += order.record.capacity
        return built

    def usable(self, order: Order, period: int) -> float:
        """What an order's capacity can make in a period, by its ramp-up and its host's availability."""
        return order.record.capacity * self.network.built_share(order.facility, order.build, order.period, period)

    @cached_property
    def built_usable(self) -> dict[tuple[str, int], float]:
        """(facility, period) → what built capacity can make."""
        usable: dict[tuple[str, int], float] = defaultdict(float)
        for order in self.orders:
            for period in order.counts:
                usable[order.facility.id, period] += self.usable(order, period)
        return usable

    # ------------------------------------------------------------ what the data says

    def value(self, part: Part, field: str, period: int) -> float:
        """A value over time of a part in a period; 0 where nothing is stated."""
        key = (id(part), field)
        if key not in self._values:
            self._values[key] = self.timeline.read_or(getattr(part, field), 0.0)
        return self._values[key][period]

    def limit(self, part: Part, field: str, period: int) -> float | None:
        """As `value`, with none where nothing is stated."""
        return None if getattr(part, field) is None else self.value(part, field, period)

    @cached_property
    def _existing(self) -> dict[str, list[float | None]]:
        return {facility.id: self.network.existing_capacity(facility) for facility in self.problem.facilities}

    def existing(self, facility: str, period: int) -> float | None:
        """Capacity that exists without builds, after any ramp-up; none where unlimited."""
        return self._existing[facility][period]

    def obligation(self, supplier: Supplier, field: str, period: int) -> float:
        """A supplier's `minimum` or `take_or_pay`, cut to the capacity that exists in the period."""
        existing = self.existing(supplier.id, period)
        stated = self.value(supplier, field, period)
        return stated if existing is None else min(stated, existing)

    # ------------------------------------------------------------ what follows from the records

    @cached_property
    def made(self) -> dict[tuple[str, Origin, int], float]:
        """(material, origin, period) → units made per year."""
        made: dict[tuple[str, Origin, int], float] = defaultdict(float)
        for (_, material, origin, period), amount in self.made_by.items():
            made[material, origin, period] += amount
        return made

    @cached_property
    def made_by(self) -> dict[tuple[str, str, Origin, int], float]:
        """(facility, material, origin, period) → units made per year."""
        made: dict[tuple[str, str, Origin, int], float] = defaultdict(float)
        origins = self.network.origins
        for (supplier, period), line in self.purchases.items():
            made[supplier, self.suppliers[supplier].material, origins[supplier], period] += line.quantity
        for (plant, recipe, period), run in self.runs.items():
            for material, amount in self.recipes[plant, recipe].outputs.items():
                made[plant, material, origins[plant], period] += amount * run.activity
        for (recycler, period), collected in self.recycling.items():
            part = self.recyclers[recycler]
            made[recycler, part.material, origins[recycler], period] += part.recovery * collected.scrap
        return made

    @cached_property
    def arrived(self) -> dict[tuple[str, str, int], dict[Origin, float]]:
        """(material, place, period) → origin where it was last made → units that arrive per year."""
        arrived: dict[tuple[str, str, int], dict[Origin, float]] = defaultdict(dict)
        for (material, origin, to, period), line in self.shipments.items():
            arrived[material, to, period][origin] = line.quantity * (1 - self.terms[material, origin, to, period].loss)
        return arrived

    @cached_property
    def terms(self) -> dict[tuple[str, Origin, str, int], Move]:
        """(material, origin, to, period) → on which terms what is shipped moves."""
        moves = self.network.lanes.moves
        return {key: moves(key[0], key[1].place, key[2])[key[3]] for key in self.shipments}

    @cached_property
    def shipped(self) -> dict[tuple[str, str, str, int], float]:
        """(material, from, to, period) → units shipped per year, whoever made them."""
        shipped: dict[tuple[str, str, str, int], float] = defaultdict(float)
        for (material, origin, to, period), line in self.shipments.items():
            shipped[material, origin.place, to, period] += line.quantity
        return shipped

    def whose(self, origin: Origin, by: str) -> str:
        """The country that what an origin makes counts for, by `location` or by `owner`."""
        return origin.owner if by == "owner" else self.network.geography.country(origin.place)

    def drawn(self, line: records.Stock) -> float:
        """Units taken out of a stockpile per year: as stated, else the sum of its draws."""
        return line.draw if is_stated(line, "draw") else sum(entry.quantity for entry in line.draws)

    def taken(self, supplier: str, period: int) -> float:
        """Units taken from a supplier per year."""
        line = self.purchases.get((supplier, period))
        return line.quantity if line else 0.0

    def is_something(self, material: str, amount: float) -> bool:
        """Whether an amount bought or moved is more than what a solver leaves behind instead of a zero."""
        largest = self.largest
        return amount > max(1e-8 * largest.get(material, 0.0), 1e-12 * max(largest.values(), default=0.0))

    @cached_property
    def largest(self) -> dict[str, float]:
        """Material → the largest amount bought or shipped per year."""
        amounts = [(self.suppliers[name].material, line.quantity) for (name, _), line in self.purchases.items()]
        amounts += [(line.material, line.quantity) for line in self.shipments.values()]
        largest: dict[str, float] = {}
        for material, amount in amounts:
            largest[material] = max(largest.get(material, 0.0), amount)
        return largest

    def own_terms(self, material: str, origin: Origin) -> Plant | None:
        """The plant at an origin that states terms of its own for what it leaves over, if there is one."""
        for maker in self.network.makers[material][origin]:
            if isinstance(maker, Plant) and (maker.surplus is not None or maker.surplus_max is not None):
                return maker
        return None

    @cached_property
    def usage(self) -> dict[tuple[str, int], float]:
        """(facility, period) → what its capacity is used for."""
        usage: dict[tuple[str, int], float] = defaultdict(float)
        for (facility, _, _, period), amount in self.made_by.items():
            if facility not in self.plants:
                usage[facility, period] += amount
        for (plant, recipe, period), line in self.runs.items():
            usage[plant, period] += self.recipes[plant, recipe].capacity_use * line.activity
        return usage

    def level_before(self, pile: Stockpile, period: int) -> float:
        """Stock at the start of a period."""
        if period == 0:
            return pile.initial
        line = self.stocks.get((pile.at, pile.material, period - 1))
        return line.level if line else 0.0

    def exists(self, plant: Plant, period: int) -> bool:
        """Whether a plant stands without builds: in its years, if it has capacity of its own in any period."""
        capacity = (0.0 if plant.builds else None) if plant.capacity is None else plant.capacity
        stands = capacity is None or any(self.timeline.read(capacity))
        return stands and self.timeline.within(period, plant.from_year, plant.until_year)

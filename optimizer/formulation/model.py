"""The linear program under construction, and the index that leads from it back to the user's ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pulp

from oremix.models import Problem
from oremix.models.chain import Facility, Plant
from oremix.models.fields import Series
from oremix.models.geography import Origin
from oremix.models.plan import PayerKind
from oremix.models.policies import Rule
from oremix.optimizer.formulation.charges import Charges, Payment
from oremix.optimizer.formulation.marking import Traced
from oremix.optimizer.lean import Column, LeanProblem, Pairs, Row, Sum, added

__all__ = ["Emission", "Flow", "Measure", "Model", "bound_of", "total"]


@dataclass(slots=True)
class Flow:
    """What is shipped of a material from an origin to a place.

    In each period the number of its column, none where nothing can move, and the share of it that arrives.
    """

    material: str
    origin: Origin
    place: str
    numbers: Sequence[int | None]
    arrives: list[float]


class Emission(NamedTuple):
    """What a unit of a column emits or uses up per year in a period, and where."""

    column: Column
    rate: float
    name: str
    period: int
    country: str


@dataclass
class Measure:
    """A part and its whole, and the rows that bound it.

    Sums are per year, or over the years of the pooled periods. Made when asked for, of a model's columns: `part` and
    `wholes`, by what the bound of each period is multiplied; of a share the whole is their sum, of anything else there
    is none. The rule reads part + constant ≤ its `max` (≥ its `min`), which `stated` has by period or as one number.

    Two parts are not what the columns of `part` say, which a bound may leave room: of content, `traced` says whose it
    is, and it is the least (or most) that the plan's flows allow; of numbers, `sources` says what comes from whom.
    """

    policy: Rule | None
    countries: tuple[str, ...]
    measure: str
    material: str | None
    place: str | None
    period: int | None
    periods: list[int]
    part: Callable[[Model], Sum]
    wholes: Callable[[Model], list[tuple[int, Sum | float]]]
    is_share: bool = False
    constant: float = 0.0
    unit: str = ""
    traced: Traced | None = None
    sources: dict[str, Pairs] | None = None
    stated: dict[str, list[float] | float] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    beyond: dict[str, Column] = field(default_factory=dict)

    def whole(self, model: Model) -> Sum | float | None:
        """What a share is of."""
        return total([(1.0, amount) for _, amount in self.wholes(model)]) if self.is_share else None

    def bound(self, model: Model, side: str) -> Sum | float:
        """What the part is bounded by: of a share a sum of columns, of anything else a number."""
        stated = self.stated[side]
        return bound_of(self.wholes(model), stated) if isinstance(stated, list) else stated


def total(amounts: list[tuple[float, Sum | float]]) -> Sum | float:
    """The sum of factor · amount, as a number or as a sum of columns."""
    sums = [amount.times(factor) for factor, amount in amounts if isinstance(amount, Sum)]
    number = sum(factor * amount for factor, amount in amounts if not isinstance(amount, Sum))
    return added(sums) if sums else number


def bound_of(wholes: list[tuple[int, Sum | float]], stated: list[float]) -> Sum | float:
    """What bounds a part, by what is stated in each period."""
    return total([(stated[period], amount) for period, amount in wholes])


def _in_period(numbers: Sequence[int | None], coefficients: Sequence[float]) -> Sum:
    """Those columns that there are."""
    if None in numbers:
        pairs = [(n, amount) for n, amount in zip(numbers, coefficients, strict=True) if n is not None]
        return Sum([number for number, _ in pairs], [amount for _, amount in pairs])
    return Sum(list(numbers), list(coefficients))  # type: ignore[arg-type]


class Model:
    """A problem's LP, with its columns by kind.

    Attributes
    ----------
    taken, owed
        (supplier, period) → what is taken, as pairs, and what is paid for in any case.
    made
        (material, origin, period) → what is made there, as pairs.
    needs
        (material, place, period) → what is used there, as pairs with positive coefficients.
    built
        (facility, period) → what builds on stream can make, after their ramp-up, as pairs.
    opened, capex
        (facility, build, period of the order) → the decisions to order, and the whole capex, as pairs.
    returned
        (recycler, position of the return, period) → scrap from past deliveries, as pairs.
    follows
        (demand, period) → rows whose bound moves with the quantity demanded, and by how much per unit of it.
    bounded
        What policies bound.
    flows, flows_from, flows_to
        What is shipped; by (material, origin) where from, and by (material, place) where to.
    charges, emissions
        Every cost, for the objective and for the plan; every footprint.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.network = problem.network
        self.timeline = problem.timeline
        self.lp = LeanProblem()
        self.buy: dict[tuple[str, int, int], Column] = {}
        self.taken: dict[tuple[str, int], Pairs] = {}
        self.owed: dict[tuple[str, int], float] = {}
        self.run: dict[tuple[str, str, int], Column] = {}
        self.collect: dict[tuple[str, int], Column] = {}
        self.flows: list[Flow] = []
        self.flows_from: dict[tuple[str, Origin], list[Flow]] = defaultdict(list)
        self.flows_to: dict[tuple[str, str], list[Flow]] = defaultdict(list)
        self.deliver: dict[tuple[str, int], Column] = {}
        self.short: dict[tuple[str, int], Column] = {}
        self.fill: dict[tuple[int, int], Column] = {}
        self.draw: dict[tuple[int, str, int], Column] = {}
        self.level: dict[tuple[int, int], Column] = {}
        self.add: dict[tuple[str, int, int], Column] = {}
        self.opened: dict[tuple[str, int, int], Pairs] = {}
        self.capex: dict[tuple[str, int, int], Pairs] = {}
        self.returned: dict[tuple[str, int, int], Pairs] = {}
        self.surplus: dict[tuple[str, Origin, int], Column] = {}
        self.made: dict[tuple[str, Origin, int], Pairs] = defaultdict(list)
        self.needs: dict[tuple[str, str, int], Pairs] = defaultdict(list)
        self.built: dict[tuple[str, int], Pairs] = defaultdict(list)
        self.follows: dict[tuple[str, int], list[tuple[Row, float]]] = defaultdict(list)
        self._sent: dict[tuple[str, Origin], list[Sum]] = {}
        self._arriving: dict[tuple[str, str], list[Sum]] = {}
        self.bounded: list[Measure] = []
        self.charges = Charges(self.lp)
        self._payments: dict[tuple[str, PayerKind, str, str | None], Payment] = {}
        self.emissions: list[Emission] = []

    def at_most(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is at most `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintLE, rhs=rhs)

    def at_least(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is at least `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintGE, rhs=rhs)

    def only_if(self, *key: Any, pairs: Pairs, decision: Column, most: float) -> Row:
        """A row: the sum is nothing unless decided; then it has no limit here, and `most` is more than it needs."""
        row = self.at_most(*key, pairs=[*pairs, (decision, -most)])
        row.gate = True
        return row

    def equal(self, *key: Any, pairs: Pairs, rhs: float = 0.0) -> Row:
        """A row: the sum is `rhs`."""
        return self.lp.row(*key, pairs=pairs, sense=pulp.LpConstraintEQ, rhs=rhs)

    def at_most_over(self, periods: list[int], *key: Any, sums: list[Sum], rhs: list[float]) -> list[Row]:
        """A row for each period, as `at_most`."""
        return self._over(periods, *key, sums=sums, sense=pulp.LpConstraintLE, rhs=rhs)

    def equal_over(self, periods: list[int], *key: Any, sums: list[Sum], rhs: list[float] | None = None) -> list[Row]:
        """A row for each period, as `equal`."""
        return self._over(periods, *key, sums=sums, sense=pulp.LpConstraintEQ, rhs=rhs or [0.0] * len(periods))

    def _over(self, periods: list[int], *key: Any, sums: list[Sum], sense: int, rhs: list[float]) -> list[Row]:
        return self.lp.rows_over([self.start(t) for t in periods], *key, sums=sums, sense=sense, rhs=rhs)

    def charge(
        self,
        category: str,
        period: int,
        rate: float,
        column: Column | None,
        kind: PayerKind,
        facility: str,
        country: str | None,
    ) -> None:
        """Enter a cost per year; nothing is entered at a rate of 0."""
        if rate:
            self.charges.add(column, rate, period, self.payment(category, kind, facility, country))

    def payment(self, category: str, kind: PayerKind, facility: str, country: str | None) -> Payment:
        """What is paid for and where, the same object each time."""
        key = (category, kind, facility, country)
        known = self._payments.get(key)
        if known is None:
            known = self._payments[key] = Payment(*key)
        return known

    def charge_penalty(self, rule: Rule, periods: list[int], beyond: Column) -> None:
        """The penalty per year for what is beyond a bound; of pooled periods, spread over all their years."""
        penalty = self.timeline.read_or(rule.penalty, 0.0)
        pooled = "periods" in getattr(rule, "across", ())
        years = float(sum(self.timeline.years[t] for t in periods)) if pooled else 1.0
        for period in periods:
            self.charge("penalties", period, penalty[period] / years, beyond, "policy", rule.id, None)

    def emit(
        self, footprint: Mapping[str, Series] | None, period: int, factor: float, column: Column, country: str
    ) -> None:
        """Enter `factor` times what each footprint of a facility is per unit."""
        for name, series in (footprint or {}).items():
            rate = factor * self.timeline.read(series)[period]
            if rate:
                self.emissions.append(Emission(column, rate, name, period, country))

    def emit_at(self, footprint: Mapping[str, float], period: int, column: Column, country: str) -> None:
        """Enter each footprint of a move at its rate."""
        for name, rate in footprint.items():
            if rate:
                self.emissions.append(Emission(column, rate, name, period, country))

    @cached_property
    def ship(self) -> dict[tuple[str, Origin, str, int], Column]:
        """(material, origin, place, period) → column; made once, when all of them are known."""
        return {
            (flow.material, flow.origin, flow.place, period): self.lp.at(number)
            for flow in self.flows
            for period, number in enumerate(flow.numbers)
            if number is not None
        }

    def sent(self, material: str, origin: Origin, period: int) -> Sum:
        """What is shipped from an origin; made once, when all of it is known."""
        key = (material, origin)
        if key not in self._sent:
            self._sent[key] = self._over_time(self.flows_from.get(key, []), losses=False)
        return self._sent[key][period]

    def arriving(self, material: str, place: str, period: int) -> Sum:
        """What arrives at a place; made once, when all of it is known."""
        key = (material, place)
        if key not in self._arriving:
            self._arriving[key] = self._over_time(self.flows_to.get(key, []), losses=True)
        return self._arriving[key][period]

    def arriving_from(self, origins: Container[Origin], material: str, place: str, period: int) -> Sum:
        """What arrives at a place from some origins."""
        sum_ = Sum([], [])
        for flow in self.flows_to.get((material, place), ()):
            number = flow.numbers[period]
            if number is not None and flow.origin in origins:
                sum_.numbers.append(number)
                sum_.coefficients.append(flow.arrives[period])
        return sum_

    def _over_time(self, flows: list[Flow], *, losses: bool) -> list[Sum]:
        """Flows together in each period."""
        if not flows:
            return [Sum([], [])] * len(self.timeline)
        numbers = zip(*[flow.numbers for flow in flows], strict=True)
        if not losses:
            return [_in_period(shipped, [1.0] * len(flows)) for shipped in numbers]
        arrives = zip(*[flow.arrives for flow in flows], strict=True)
        return [_in_period(shipped, shares) for shipped, shares in zip(numbers, arrives, strict=True)]

    def less_built(self, facility: Facility, period: int) -> Pairs:
        """What builds add to a facility's capacity in a period, to be taken off what is used."""
        return [(add, -share) for add, share in self.built[facility.id, period] if share]

    def country(self, place: str) -> str:
        """The country of a place."""
        return self.network.geography.country(place)

    def capacity_unit(self, facility: Facility) -> str:
        """What capacity is counted in: of a plant, its product where a unit of capacity makes a unit of it."""
        if isinstance(facility, Plant):
            units = {
                self.network.materials[material].unit
                for recipe in facility.recipes
                for material, amount in recipe.outputs.items()
                if recipe.capacity_use == 1 and amount == 1
            }
            return units.pop() if len(units) == 1 else "unit of activity"
        return self.network.materials[facility.material].unit  # type: ignore[attr-defined]

    def start(self, period: int) -> int:
        """What a period is called: its first year."""
        return self.timeline.starts[period]

    def settle(self) -> None:
        """Put columns and rows in order, and minimise the discounted sum of all charges."""
        numbers = self.lp.put_in_order()
        self.charges.settle(numbers)
        places = numbers.tolist()
        for flow in self.flows:
            if isinstance(flow.numbers, range):  # which stays together
                first = places[flow.numbers[0]] if flow.numbers else 0
                flow.numbers = range(first, first + len(flow.numbers))
            else:
                flow.numbers = [None if number is None else places[number] for number in flow.numbers]
        self.forget_flows()
        amounts = self.charges.rates * np.array(self.timeline.weights)[self.charges.periods]
        costs = np.bincount(self.charges.numbers + 1, amounts, minlength=1 + len(numbers)).astype(np.float64)
        self.lp.minimise(costs[1:], float(costs[0]))

    def forget_flows(self) -> None:
        """Work out anew what is sent, what arrives and the columns of both."""
        self.__dict__.pop("ship", None)
        self._sent, self._arriving = {}, {}

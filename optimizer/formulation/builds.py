"""Builds: capacity ordered, when it counts, and what it costs a year."""

from __future__ import annotations

from dataclasses import dataclass

from oremix.models.chain import Build, Facility, Plant, Recycler
from oremix.models.plan import PayerKind
from oremix.models.timeline import annuity_factor
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.formulation.steps import fill_in_order
from oremix.optimizer.lean import Column, Key, Pairs

__all__ = ["add_builds", "add_utilisation"]


@dataclass(frozen=True, slots=True)
class _Terms:
    """A build's terms, the same for each of its orders, or in each period.

    `annuity` is what a unit of capex costs a year.
    """

    build: Build
    host: Facility
    facility: str
    number: int
    largest: float | None
    decided: bool
    payer: tuple[PayerKind, str, str]
    annuity: float
    unit_capex: list[float]
    fixed_capex: list[float]
    per_capacity: list[float]
    fixed: list[float]
    available: list[float]

    @classmethod
    def of(cls, model: Model, facility: Facility, number: int, build: Build) -> _Terms:
        """Read the terms of a build."""
        read = model.timeline.read_or
        annuity = 0.0
        if build.has_capex and build.life is not None:
            wacc = build.wacc if build.wacc is not None else model.problem.discount_rate or 0.0
            annuity = (1 - build.grant) * annuity_factor(wacc, build.life)
        return cls(
            build=build,
            host=facility,
            facility=facility.id,
            number=number,
            largest=build.largest_order,
            decided=model.network.decides(build),
            payer=(facility.kind, facility.id, model.country(facility.at)),
            annuity=annuity,
            unit_capex=read(build.unit_capex, 0.0),
            fixed_capex=read(build.fixed_capex, 0.0),
            per_capacity=read(build.fixed_cost_per_capacity, 0.0),
            fixed=read(build.fixed_cost, 0.0),
            available=model.timeline.read(facility.availability),
        )


def add_builds(model: Model) -> None:
    """Columns add, open, size, step, step_reached; rows build_… and step_…."""
    for facility in model.problem.facilities:
        for number, build in enumerate(facility.builds):
            terms = _Terms.of(model, facility, number, build)
            orders = model.network.orders(build)
            starts = [model.start(period) for period in orders]
            adds = model.lp.columns_over(starts, "add", facility.id, number)
            for (period, on_stream), add in zip(orders.items(), adds, strict=True):
                if terms.largest is not None:
                    add.limit(terms.largest)
                _order(model, terms, period, on_stream, add)
            _limit_orders(model, facility, number, build, list(orders))


def _order(model: Model, terms: _Terms, period: int, on_stream: list[int], add: Column) -> None:
    build = terms.build
    index = (terms.facility, terms.number, period)
    key = (terms.facility, terms.number, model.start(period))
    model.add[index] = add
    opened: Pairs = []
    if build.sizes:
        opened, capex = _choose_size(model, key, build, add)
    else:
        if terms.decided:
            opened = _open(model, key, terms, add)
        capex = _follow_curve(model, key, build, add, opened) if build.curve else [(add, terms.unit_capex[period])]
        capex += [(column, terms.fixed_capex[period]) for column, _ in opened]
    model.opened[index] = opened
    model.capex[index] = [pair for pair in capex if pair[1]]
    built: dict[float, tuple[Column, float]] = {}
    for later in on_stream:
        if terms.available[later] != 0:
            share = terms.available[later]
            if build.ramp_up is not None:
                share = model.network.built_share(terms.host, build, period, later)
            model.built[terms.facility, later].append(built.setdefault(share, (add, share)))
    _charge(model, terms, on_stream, add, opened, capex)


def _open(model: Model, key: Key, terms: _Terms, add: Column) -> Pairs:
    """The yes/no decision to order, and the smallest and largest order."""
    opened = model.lp.column("open", *key, upper=1.0, integer=True)
    model.at_most("build_size", *key, pairs=[(add, 1.0), (opened, -(terms.largest or 0.0))])
    if terms.build.minimum:
        model.at_least("build_minimum", *key, pairs=[(add, 1.0), (opened, -terms.build.minimum)])
    return [(opened, 1.0)]


def _choose_size(model: Model, key: Key, build: Build, add: Column) -> tuple[Pairs, Pairs]:
    """At most one of the sizes; what is ordered is that size. Their decisions, and their capex."""
    sizes = build.sizes or []
    chosen = [model.lp.column("size", *key, number + 1, upper=1.0, integer=True) for number in range(len(sizes))]
    capacities = [(column, -point.capacity) for column, point in zip(chosen, sizes, strict=True)]
    model.equal("build_sizes", *key, pairs=[(add, 1.0), *capacities])
    opened = [(column, 1.0) for column in chosen]
    model.at_most("build_once", *key, pairs=opened, rhs=1.0)
    return opened, [(column, point.capex) for column, point in zip(chosen, sizes, strict=True)]


def _follow_curve(model: Model, key: Key, build: Build, add: Column, opened: Pairs) -> Pairs:
    """What is ordered is the smallest size and the steps above it, filled in order. Their capex."""
    first = (build.curve or [])[0]
    widths, rates = zip(*build.steps, strict=True)
    steps = [
        model.lp.column("step", *key, number + 1, upper=None if opened else width)
        for number, width in enumerate(widths)
    ]
    smallest: Pairs = [(column, -first.capacity) for column, _ in opened if first.capacity]
    model.equal("build_curve", *key, pairs=[(add, 1.0), *((step, -1.0) for step in steps), *smallest])
    for column, _ in opened:
        for number, (step, width) in enumerate(zip(steps, widths, strict=True)):
            model.at_most("step_open", *key, number + 1, pairs=[(step, 1.0), (column, -width)])
    fill_in_order(model, "step", key, steps, widths, rates)
    return [*zip(steps, rates, strict=True), *((column, first.capex) for column, _ in opened)]


def _charge(model: Model, terms: _Terms, on_stream: list[int], add: Column, opened: Pairs, capex: Pairs) -> None:
    """The annuity of the capex, as of the year of the order, and the fixed costs of each year itself."""
    charges, capital, fixed = (
        model.charges,
        model.payment("capital", *terms.payer),
        model.payment("fixed", *terms.payer),
    )
    annuities = [(column, rate) for column, money in capex if (rate := money * terms.annuity)]
    for later in on_stream:
        for column, rate in annuities:
            charges.add(column, rate, later, capital)
        if terms.per_capacity[later]:
            charges.add(add, terms.per_capacity[later], later, fixed)
        for column, _ in opened if terms.fixed[later] else ():
            charges.add(column, terms.fixed[later], later, fixed)


def _limit_orders(model: Model, facility: Facility, number: int, build: Build, periods: list[int]) -> None:
    key = (facility.id, number)
    decisions = [pair for period in periods for pair in model.opened[*key, period]]
    if build.committed:
        model.at_least("build_committed", *key, pairs=decisions, rhs=1.0)
    if len(periods) < 2:
        return
    if build.max is not None:
        pairs = [(model.add[*key, period], 1.0) for period in periods]
        model.at_most("build_max", *key, pairs=pairs, rhs=build.max)
    if decisions and build.most_orders is not None:
        model.at_most("build_orders", *key, pairs=decisions, rhs=float(build.most_orders))


def add_utilisation(model: Model) -> None:
    """Row utilisation: what is made of capacity, at least the stated share of what exists and of what was built."""
    for facility in model.problem.facilities:
        shares = [build.minimum_utilisation for build in facility.builds]
        series = getattr(facility, "minimum_utilisation", None)
        if series is None and not any(shares):
            continue
        existing = model.network.existing_capacity(facility)
        stated = model.timeline.read_or(series, 0.0)
        for period in model.timeline:
            if existing[period] == 0 and not model.built[facility.id, period]:
                continue
            built = [
                (add, -part * shares[add.key[2]])
                for add, part in model.built[facility.id, period]
                if part * shares[add.key[2]]
            ]
            least = stated[period] * (existing[period] or 0.0)
            if least > 0 or built:
                pairs = [*_use(model, facility, period), *built]
                model.at_least("utilisation", facility.id, model.start(period), pairs=pairs, rhs=least)


def _use(model: Model, facility: Facility, period: int) -> Pairs:
    """What a facility takes of its capacity."""
    if isinstance(facility, Plant):
        uses = ((recipe.id, recipe.capacity_use) for recipe in facility.recipes)
        return [(model.run[facility.id, recipe, period], float(use)) for recipe, use in uses if use]
    if isinstance(facility, Recycler):
        return [(model.collect[facility.id, period], facility.recovery)]
    return model.taken[facility.id, period]

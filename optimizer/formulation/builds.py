"""Builds: capacity ordered, when it counts, and what it costs a year."""

from __future__ import annotations

from oremix.models.chain import Build, Facility, Plant, Recycler
from oremix.models.timeline import annuity_factor
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.formulation.steps import fill_in_order
from oremix.optimizer.lean import Column, Key, Pairs

__all__ = ["add_builds", "add_utilisation"]


def add_builds(model: Model) -> None:
    """Columns add, open, size, step, step_reached; rows build_… and step_…."""
    for facility in model.problem.facilities:
        for number, build in enumerate(facility.builds):
            orders = model.network.orders(build)
            for period, on_stream in orders.items():
                _order(model, facility, number, build, period, on_stream)
            _limit_orders(model, facility, number, build, list(orders))


def _order(model: Model, facility: Facility, number: int, build: Build, period: int, on_stream: list[int]) -> None:
    key = (facility.id, number, model.start(period))
    add = model.add[facility.id, number, period] = model.lp.column("add", *key, upper=build.largest_order)
    if build.sizes:
        opened, capex = _choose_size(model, key, build, add)
    else:
        opened = _open(model, key, build, add)
        capex = (
            _follow_curve(model, key, build, add, opened) if build.curve else _plain_capex(model, build, period, add)
        )
        capex += [(column, model.timeline.read_or(build.fixed_capex, 0.0)[period]) for column, _ in opened]
    model.opened[facility.id, number, period] = opened
    model.capex[facility.id, number, period] = [(column, money) for column, money in capex if money]
    for later in on_stream:
        model.built[facility.id, later].append((add, model.network.built_share(facility, build, period, later)))
        _charge(model, facility, build, later, add, opened, capex)


def _plain_capex(model: Model, build: Build, period: int, add: Column) -> Pairs:
    return [(add, model.timeline.read_or(build.unit_capex, 0.0)[period])]


def _open(model: Model, key: Key, build: Build, add: Column) -> Pairs:
    """The yes/no decision to order, and the smallest and largest order; nothing where there is none to take."""
    if not model.network.decides(build):
        return []
    opened = model.lp.column("open", *key, upper=1.0, integer=True)
    model.at_most("build_size", *key, pairs=[(add, 1.0), (opened, -(build.largest_order or 0.0))])
    if build.minimum:
        model.at_least("build_minimum", *key, pairs=[(add, 1.0), (opened, -build.minimum)])
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


def _charge(
    model: Model, facility: Facility, build: Build, later: int, add: Column, opened: Pairs, capex: Pairs
) -> None:
    """The annuity of the capex, as of the year of the order, and the fixed costs of the year itself."""
    read = model.timeline.read_or
    payer = (facility.kind, facility.id, model.country(facility.at))
    if build.has_capex and build.life is not None:
        wacc = build.wacc if build.wacc is not None else model.problem.discount_rate or 0.0
        yearly = (1 - build.grant) * annuity_factor(wacc, build.life)
        for column, money in capex:
            model.charge("capital", later, money * yearly, column, *payer)
    model.charge("fixed", later, read(build.fixed_cost_per_capacity, 0.0)[later], add, *payer)
    for column, _ in opened:
        model.charge("fixed", later, read(build.fixed_cost, 0.0)[later], column, *payer)


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

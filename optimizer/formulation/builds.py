"""Builds: capacity ordered, when it counts, and what it costs a year."""

from __future__ import annotations

from oremix.models.chain import Build, Facility, Plant, Recycler
from oremix.models.timeline import annuity_factor
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs

__all__ = ["add_builds", "add_utilisation"]


def add_builds(model: Model) -> None:
    """Columns add and open, rows build_max, build_size, build_minimum and build_orders."""
    for facility in model.problem.facilities:
        for number, build in enumerate(facility.builds):
            orders = model.network.orders(build)
            for period, on_stream in orders.items():
                _order(model, facility, number, build, period, on_stream)
            _limit_orders(model, facility, number, build, list(orders))


def _order(model: Model, facility: Facility, number: int, build: Build, period: int, on_stream: list[int]) -> None:
    key = (facility.id, number, model.start(period))
    largest = _largest_order(build)
    add = model.add[facility.id, number, period] = model.lp.column("add", *key, upper=largest)
    opened = None
    if build.is_yes_no:
        opened = model.open[facility.id, number, period] = model.lp.column("open", *key, upper=1.0, integer=True)
        model.at_most("build_size", *key, pairs=[(add, 1.0), (opened, -(largest or 0.0))])
        if build.minimum:
            model.at_least("build_minimum", *key, pairs=[(add, 1.0), (opened, -build.minimum)])
    for later in on_stream:
        model.built[facility.id, later].append((add, 1.0))
        _charge(model, facility, build, period, later, add, opened)


def _largest_order(build: Build) -> float | None:
    limits = [limit for limit in (build.max, build.max_per_order) if limit is not None]
    return min(limits) if limits else None


def _charge(
    model: Model,
    facility: Facility,
    build: Build,
    period: int,
    later: int,
    add: Column,
    opened: Column | None,
) -> None:
    """The annuity of the capex, as of the year of the order, and the fixed costs of the year itself."""
    read = model.timeline.read_or
    country = model.country(facility.at)
    kind = facility.kind
    yearly = 0.0
    if build.has_capex and build.life is not None:
        wacc = build.wacc if build.wacc is not None else model.problem.discount_rate or 0.0
        yearly = (1 - build.grant) * annuity_factor(wacc, build.life)
    per_capacity = read(build.fixed_cost_per_capacity, 0.0)[later]
    model.charge("capital", later, read(build.unit_capex, 0.0)[period] * yearly, add, kind, facility.id, country)
    model.charge("fixed", later, per_capacity, add, kind, facility.id, country)
    if opened is not None:
        model.charge(
            "capital",
            later,
            read(build.fixed_capex, 0.0)[period] * yearly,
            opened,
            kind,
            facility.id,
            country,
        )
        model.charge("fixed", later, read(build.fixed_cost, 0.0)[later], opened, kind, facility.id, country)


def _limit_orders(model: Model, facility: Facility, number: int, build: Build, periods: list[int]) -> None:
    key = (facility.id, number)
    if len(periods) < 2:
        return
    if build.max is not None:
        pairs = [(model.add[*key, period], 1.0) for period in periods]
        model.at_most("build_max", *key, pairs=pairs, rhs=build.max)
    if build.is_yes_no:
        pairs = [(model.open[*key, period], 1.0) for period in periods]
        model.at_most("build_orders", *key, pairs=pairs, rhs=1.0)


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
            built = [(add, -shares[add.key[2]]) for add, _ in model.built[facility.id, period] if shares[add.key[2]]]
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

"""Suppliers: what is bought in each tier, what is paid for and not taken."""

from __future__ import annotations

from oremix.models.chain import Supplier
from oremix.models.fields import Series
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs

__all__ = ["add_suppliers"]


def add_suppliers(model: Model) -> None:
    """Columns buy and untaken, rows supplier_capacity, supplier_minimum and take_or_pay."""
    for supplier in model.problem.suppliers:
        existing = model.network.existing_capacity(supplier)
        tiers = _tiers(model, supplier)
        minimum = _obligation(model, supplier.minimum, existing)
        take_or_pay = _obligation(model, supplier.take_or_pay, existing)
        for period in model.timeline:
            built = model.built[supplier.id, period]
            if existing[period] == 0 and not built:
                continue
            bought: Pairs = [(column, 1.0) for column in _buy(model, supplier, tiers, period)]
            taken = model.taken[supplier.id, period] = list(bought)
            owed = take_or_pay[period]
            if owed > 0:
                # what is bought is at least what is owed, so what is taken is never less than nothing
                key = (supplier.id, model.start(period))
                taken.append((model.lp.column("untaken", *key, upper=owed), -1.0))
                model.at_least("take_or_pay", *key, pairs=bought, rhs=owed)
                model.owed[supplier.id, period] = owed
            _limit(model, supplier, period, bought, taken, existing[period], minimum[period])
            origin = model.network.origins[supplier.id]
            model.made[supplier.material, origin, period].extend(taken)


def _obligation(model: Model, series: Series | None, existing: list[float | None]) -> list[float]:
    """A minimum or take-or-pay in each period: cut to the existing capacity, so 0 outside the supplier's years."""
    stated = model.timeline.read_or(series, 0.0)
    return [value if limit is None else min(value, limit) for value, limit in zip(stated, existing, strict=True)]


def _tiers(model: Model, supplier: Supplier) -> list[tuple[float | None, list[float]]]:
    """Width of each tier (the last is open: the capacity limits it) and its price in each period."""
    if supplier.tiers is None:
        return [(None, model.timeline.read_or(supplier.unit_cost, 0.0))]
    lower = 0.0
    tiers: list[tuple[float | None, list[float]]] = []
    for tier in supplier.tiers[:-1]:
        upper = tier.up_to or 0.0
        tiers.append((upper - lower, model.timeline.read(tier.unit_cost)))
        lower = upper
    tiers.append((None, model.timeline.read(supplier.tiers[-1].unit_cost)))
    return tiers


def _buy(model: Model, supplier: Supplier, tiers: list[tuple[float | None, list[float]]], period: int) -> list[Column]:
    columns = []
    country = model.country(supplier.at)
    for number, (width, price) in enumerate(tiers):
        column = model.lp.column("buy", supplier.id, number + 1, model.start(period), upper=width)
        model.buy[supplier.id, number, period] = column
        model.charge("purchases", period, price[period], column, "supplier", supplier.id, country)
        columns.append(column)
    return columns


def _limit(
    model: Model,
    supplier: Supplier,
    period: int,
    bought: Pairs,
    taken: Pairs,
    existing: float | None,
    minimum: float,
) -> None:
    key = (supplier.id, model.start(period))
    built = model.built[supplier.id, period]
    if existing is not None:
        model.at_most("supplier_capacity", *key, pairs=[*bought, *((add, -1.0) for add, _ in built)], rhs=existing)
    if minimum > 0:
        model.at_least("supplier_minimum", *key, pairs=taken, rhs=minimum)

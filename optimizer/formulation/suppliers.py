"""Suppliers: what is bought in each tier, what is paid for and not taken."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from oremix.models.chain import Supplier
from oremix.models.fields import Series
from oremix.models.policies import Diversify, Footprint
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.formulation.steps import fill_in_order
from oremix.optimizer.lean import Column, Key, Pairs, Sum, numbered

__all__ = ["add_suppliers"]


@dataclass(frozen=True, slots=True)
class _Terms:
    """A supplier's terms in each period; of each tier its width (none: open) and its price."""

    existing: list[float | None]
    minimum: list[float]
    take_or_pay: list[float]
    smallest: list[float]
    fixed: list[float]
    widths: list[float | None]
    prices: list[list[float]]
    falling: bool
    country: str

    @classmethod
    def of(cls, model: Model, supplier: Supplier) -> _Terms:
        """Read the terms of a supplier; the last tier is open, since the capacity limits it."""
        read = model.timeline.read_or
        existing = model.network.existing_capacity(supplier)
        tiers = supplier.tiers
        return cls(
            existing=existing,
            minimum=_obligation(model, supplier.minimum, existing),
            take_or_pay=_obligation(model, supplier.take_or_pay, existing),
            smallest=read(supplier.minimum_order, 0.0),
            fixed=read(supplier.fixed_cost, 0.0),
            widths=[None] if tiers is None else [None] * len(tiers) if supplier.all_units else _widths(supplier),
            prices=[
                read(cost, 0.0) for cost in ([supplier.unit_cost] if tiers is None else [t.unit_cost for t in tiers])
            ],
            falling=supplier.has_falling_price,
            country=model.country(supplier.at),
        )


def add_suppliers(model: Model) -> None:
    """Columns buy, untaken, order, tier, …; rows supplier_…, take_or_pay, reserve, order_… and tier_…."""
    for supplier in model.problem.suppliers:
        terms = _Terms.of(model, supplier)
        origin = model.network.origins[supplier.id]
        active = [t for t in model.timeline if terms.existing[t] != 0 or model.built[supplier.id, t]]
        sums: list[Sum] = []
        for period, columns in zip(active, _columns(model, supplier, terms, active), strict=True):
            bought = _buy(model, supplier, terms, period, columns)
            taken = model.taken[supplier.id, period] = list(bought)
            if terms.take_or_pay[period] > 0:
                taken += _owe(model, supplier, period, bought, terms.take_or_pay[period])
            if terms.existing[period] is not None:
                sums.append(numbered(bought + model.less_built(supplier, period)))
            if terms.minimum[period] > 0:
                key = (supplier.id, model.start(period))
                model.at_least("supplier_minimum", *key, pairs=taken, rhs=terms.minimum[period])
            if terms.smallest[period] or terms.fixed[period]:
                _decide(model, supplier, terms, period, taken)
            if supplier.footprint:
                for column, sign in taken:
                    model.emit(supplier.footprint, period, sign, column, terms.country)
            model.made[supplier.material, origin, period].extend(taken)
        limited = [(period, limit) for period in active if (limit := terms.existing[period]) is not None]
        periods, limits = [period for period, _ in limited], [limit for _, limit in limited]
        model.at_most_over(periods, "supplier_capacity", supplier.id, sums=sums, rhs=limits)
        _reserve(model, supplier)


def _columns(model: Model, supplier: Supplier, terms: _Terms, periods: list[int]) -> list[tuple[Column, ...]]:
    """What is bought in each tier, period by period."""
    tiers = []
    for number, width in enumerate(terms.widths):
        columns = model.lp.columns_over([model.start(t) for t in periods], "buy", supplier.id, number + 1)
        for column in columns if width is not None else ():
            column.limit(width or 0.0)
        tiers.append(columns)
    return list(zip(*tiers, strict=True))


def _obligation(model: Model, series: Series | None, existing: list[float | None]) -> list[float]:
    """A minimum or take-or-pay in each period: cut to the existing capacity, so 0 outside the supplier's years."""
    stated = model.timeline.read_or(series, 0.0)
    if series is None:
        return stated
    return [value if limit is None else min(value, limit) for value, limit in zip(stated, existing, strict=True)]


def _buy(model: Model, supplier: Supplier, terms: _Terms, period: int, columns: tuple[Column, ...]) -> Pairs:
    """What is paid for in each tier."""
    for number, (column, prices) in enumerate(zip(columns, terms.prices, strict=True)):
        model.buy[supplier.id, number, period] = column
        model.charge("purchases", period, prices[period], column, "supplier", supplier.id, terms.country)
    if supplier.all_units:
        _one_tier(model, supplier, period, columns)
    elif terms.falling:
        most = model.network.most(supplier, period)
        rates = [prices[period] for prices in terms.prices]
        fill_in_order(model, "tier", (supplier.id, model.start(period)), columns, terms.widths, rates, most)
    return [(column, 1.0) for column in columns]


def _widths(supplier: Supplier) -> list[float | None]:
    """How much fits into each tier; the last is open."""
    return [*(upper - lower for lower, upper in pairwise(_ends(supplier))), None]


def _ends(supplier: Supplier) -> list[float]:
    """Where each tier starts."""
    return [0.0, *(tier.up_to or 0.0 for tier in (supplier.tiers or [])[:-1])]


def _one_tier(model: Model, supplier: Supplier, period: int, columns: tuple[Column, ...]) -> None:
    """All that is paid for is paid for in one tier: the one that the whole amount lies in."""
    ends = _ends(supplier)
    ends.append(max(ends[-1], model.network.most(supplier, period)))
    chosen: Pairs = []
    for number, column in enumerate(columns):
        key = (supplier.id, number + 1, model.start(period))
        tier = model.lp.column("tier", *key, upper=1.0, integer=True)
        most = model.at_most("tier_most", *key, pairs=[(column, 1.0), (tier, -ends[number + 1])])
        most.gate = number + 1 == len(columns)
        if ends[number]:
            model.at_least("tier_least", *key, pairs=[(column, 1.0), (tier, -ends[number])])
        chosen.append((tier, 1.0))
    model.at_most("tier_one", supplier.id, model.start(period), pairs=chosen, rhs=1.0)


def _owe(model: Model, supplier: Supplier, period: int, bought: Pairs, owed: float) -> Pairs:
    """What is paid for is at least what is owed, so what is taken is never less than nothing."""
    key = (supplier.id, model.start(period))
    untaken = model.lp.column("untaken", *key, upper=owed)
    model.at_least("take_or_pay", *key, pairs=bought, rhs=owed)
    model.owed[supplier.id, period] = owed
    if supplier.all_units:
        # more than is owed is paid for only where all of it is taken: else it would be paid for the price it reaches
        beyond = model.lp.column("beyond_owed", *key, upper=1.0, integer=True)
        most = max(owed, model.network.most(supplier, period))
        model.at_most("owed_left", *key, pairs=[(untaken, 1.0), (beyond, owed)], rhs=owed)
        model.at_most("paid_beyond", *key, pairs=[*bought, (beyond, owed - most)], rhs=owed).gate = True
    return [(untaken, -1.0)]


def _decide(model: Model, supplier: Supplier, terms: _Terms, period: int, taken: Pairs) -> None:
    """Whether anything is taken, where a smallest order or a fixed cost hangs on it."""
    key: Key = (supplier.id, model.start(period))
    smallest = terms.smallest[period]
    order = model.lp.column("order", *key, upper=1.0, integer=True)
    most = max(_most_ordered(model, supplier, period), terms.minimum[period], smallest)
    model.only_if("order_most", *key, pairs=taken, decision=order, most=most)
    if smallest:
        model.at_least("order_least", *key, pairs=[*taken, (order, -smallest)])
    model.charge("fixed", period, terms.fixed[period], order, "supplier", supplier.id, terms.country)


def _most_ordered(model: Model, supplier: Supplier, period: int) -> float:
    """What a supplier can make; no more than can be of use, where nobody gains by taking more than that."""
    most = model.network.most(supplier, period)
    if _wastes_nothing(model, supplier, period):
        return min(most, model.network.most_of_use(supplier.material, supplier.at, period))
    return most


def _wastes_nothing(model: Model, supplier: Supplier, period: int) -> bool:
    """Whether what is left over costs at least what it is worth: it could be taken less of, and all rules be kept."""
    surplus = model.network.materials[supplier.material].surplus
    return (
        supplier.tiers is None
        and model.timeline.read_or(supplier.unit_cost, 0.0)[period] >= 0
        and (isinstance(surplus, str) or surplus <= 0)
        and not any(build.minimum_utilisation for build in supplier.builds)
        and not any(isinstance(rule, Diversify | Footprint) for rule in model.problem.rules)
    )


def _reserve(model: Model, supplier: Supplier) -> None:
    """What can be taken over the whole horizon."""
    if supplier.reserve is None:
        return
    pairs = [
        (column, sign * model.timeline.years[period])
        for period in model.timeline
        for column, sign in model.taken.get((supplier.id, period), ())
    ]
    if pairs:
        model.at_most("reserve", supplier.id, pairs=pairs, rhs=supplier.reserve)

"""Policies: a part and its whole, and the rows that bound the one by the other."""

from __future__ import annotations

from collections.abc import Iterator

import pulp

from oremix.models.policies import Budget, Diversify, Footprint, Quantity, Rule, Share
from oremix.optimizer.formulation.amounts import budgets, footprints, price_footprint
from oremix.optimizer.formulation.content import contents
from oremix.optimizer.formulation.diversify import add_diversity
from oremix.optimizer.formulation.marking import Marking, Traced
from oremix.optimizer.formulation.model import Measure, Model, bound_of
from oremix.optimizer.formulation.scopes import (
    Counted,
    Measured,
    capacities,
    consumers,
    consumption,
    over_consumption,
    productions,
    shipments_counted,
    supplies,
    tested,
    unit_of,
    weight,
)
from oremix.optimizer.lean import Sum, added, difference

__all__ = ["add_policies", "standing_report"]

CHINA = "CN"
STANDING_REPORT = [
    Share.model_construct(id=CHINA, type="share", countries=[CHINA], measure=measure)
    for measure in ("supply", "production", "content")
]
"""China's shares."""


def add_policies(model: Model) -> None:
    """Columns beyond, rows share_max, share_min, quantity_max, …."""
    for rule in model.problem.rules:
        if isinstance(rule, Diversify):
            add_diversity(model, rule)
            continue
        if isinstance(rule, Footprint):
            price_footprint(model, rule)
        for measure in _measures(model, rule):
            part, wholes = measure.part(model), measure.wholes(model)
            if isinstance(rule, Footprint | Budget) or _is_counted(measure, part, wholes):
                _bound(model, rule, measure, part, wholes)
                model.bounded.append(measure)


def standing_report(model: Model) -> Iterator[Measure]:
    """What is measured whether a policy asks for it or not."""
    for rule in STANDING_REPORT:
        for measure in _measures(model, rule):
            part = measure.part(model)
            if part.numbers or _is_counted(measure, part, measure.wholes(model)):
                measure.policy = None
                yield measure


def _measures(model: Model, rule: Rule) -> Iterator[Measure]:
    """Every ratio or amount that the rule bounds: per country tested, scope, material and period, or pooled."""
    active = [period for period in model.timeline if model.timeline.within(period, rule.from_year, rule.until_year)]
    pools = [active] if "periods" in getattr(rule, "across", ()) else [[period] for period in active]
    pools = [periods for periods in pools if periods]
    if isinstance(rule, Footprint):
        yield from footprints(model, rule, pools)
    elif isinstance(rule, Budget):
        yield from budgets(model, rule, pools)
    elif isinstance(rule, Share | Quantity):
        for countries in tested(model, rule):
            for counted, sides in _counted(model, rule, countries):
                for periods in pools:
                    if measure := _measure(model, rule, countries, counted, periods, sides):
                        yield measure


def _counted(model: Model, rule: Measured, countries: tuple[str, ...]) -> list[tuple[Counted, tuple[str, ...]]]:
    """What is counted, with the bounds on it.

    A cap on the supply of a material that is only processed leaves out uses that a floor counts, and content marked
    at least is not content marked at most: then there is one ratio for each bound.
    """
    sides = tuple(side for side in ("max", "min") if getattr(rule, side) is not None)
    if rule.measure == "content":
        found = [(side, contents(model, rule, countries, side)) for side in sides or ("max",)]
        return [(counted, (side,) if sides else ()) for side, group in found for counted in group]
    if rule.measure == "production":
        return [(counted, sides) for counted in productions(model, rule, countries)]
    if rule.measure == "capacity":
        return [(counted, sides) for counted in capacities(model, rule, countries)]
    if isinstance(rule, Quantity) and rule.measure == "shipments":
        return [(counted, sides) for counted in shipments_counted(model, rule, countries)]
    if len(sides) < 2:
        return [(counted, sides) for counted in supplies(model, rule, countries, sides[0] if sides else "max")]
    capped, floored = (supplies(model, rule, countries, side) for side in sides)
    return [
        *((counted, sides if counted in floored else ("max",)) for counted in capped),
        *((counted, ("min",)) for counted in floored if counted not in capped),
    ]


def _measure(
    model: Model,
    rule: Measured,
    countries: tuple[str, ...],
    counted: Counted,
    periods: list[int],
    sides: tuple[str, ...],
) -> Measure | None:
    """The ratio over a period or a pool; none where nobody consumes what it is a share of."""
    if over_consumption(rule) and not consumers(model, rule, counted.material):
        return None
    years = {period: _years(model, rule, period) for period in periods}

    def part(model: Model) -> Sum:
        return added(counted.part(model, period).times(years[period]) for period in periods)

    measure = Measure(
        policy=rule,
        countries=countries,
        measure=rule.measure,
        material=counted.material,
        place=counted.place,
        period=None if "periods" in rule.across else periods[0],
        periods=periods,
        part=part,
        wholes=lambda model: [(period, _whole(model, rule, counted, period)) for period in periods],
        is_share=isinstance(rule, Share),
        constant=sum(years[period] * counted.constant(period) for period in periods),
        unit=unit_of(model, rule, counted),
    )
    if rule.measure == "content":
        deliveries = [(d, period, amount * years[period]) for period in periods for d, amount in counted.traced(period)]
        measure.traced = Traced(Marking.of(rule, countries, "min" if sides == ("min",) else "max"), deliveries)
    for side in sides:
        measure.stated[side] = model.timeline.read(getattr(rule, side))
    return measure


def _years(model: Model, rule: Measured, period: int) -> float:
    """What a period counts in a pool: its years; alone, one."""
    return float(model.timeline.years[period]) if "periods" in rule.across else 1.0


def _is_counted(measure: Measure, part: Sum, wholes: list[tuple[int, Sum | float]]) -> bool:
    """Whether there is anything to count."""
    amounts = [amount for _, amount in wholes]
    there = (bool(amount.numbers) if isinstance(amount, Sum) else amount != 0 for amount in amounts)
    return bool(part.numbers or measure.constant) or any(there)


def _whole(model: Model, rule: Measured, counted: Counted, period: int) -> Sum | float:
    """What the bound of a period is multiplied with: for a share the whole, for a quantity one (or the years)."""
    years = _years(model, rule, period)
    if isinstance(rule, Quantity):
        return years
    if over_consumption(rule):
        return years * consumption(model, rule, consumers(model, rule, counted.material), period)
    return counted.whole(model, period).times(years)


def _bound(model: Model, rule: Rule, measure: Measure, part: Sum, wholes: list[tuple[int, Sum | float]]) -> None:
    """The rows of a measure: part ≤ max, part ≥ min, beyond which a priced rule pays.

    Where nothing is consumed there is no share, and the rule holds.
    """
    if measure.is_share and not any(isinstance(amount, Sum) or amount for _, amount in wholes):
        return
    whose = measure.countries if getattr(rule, "each", False) else ()
    when = None if measure.period is None else model.start(measure.period)
    key = (rule.id, whose, measure.material, measure.place, when)
    for side, stated in measure.stated.items():
        limit = bound_of(wholes, stated) if isinstance(stated, list) else stated
        sum_, rhs = part, -measure.constant
        if isinstance(limit, Sum):
            sum_ = difference(part, limit)
        else:
            rhs += limit
        if rule.penalty is not None:
            beyond = measure.beyond[side] = model.lp.column("beyond", side, *key)
            sum_ = added((sum_, Sum([beyond.number], [-1.0 if side == "max" else 1.0])))
            model.charge_penalty(rule, measure.periods, beyond)
        sense = pulp.LpConstraintLE if side == "max" else pulp.LpConstraintGE
        name = (f"{rule.type}_{side}", *key[:-1])
        (measure.rows[side],) = model.lp.rows_over(key[-1:], *name, sums=[sum_], sense=sense, rhs=[rhs])
        if isinstance(rule, Share) and over_consumption(rule):
            _follow(model, rule, measure, side)


def _follow(model: Model, rule: Share, measure: Measure, side: str) -> None:
    """The bound moves with every quantity demanded that it is a share of."""
    stated = model.timeline.read(getattr(rule, side))
    for demand in consumers(model, rule, measure.material):
        for period in measure.periods:
            rate = stated[period] * weight(model, rule, demand.material, period) * _years(model, rule, period)
            model.follows[demand.id, period].append((measure.rows[side], rate))

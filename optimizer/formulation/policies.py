"""Policies: a part and its whole, and the rows that bound the one by the other."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.policies import Quantity, Share
from oremix.optimizer.formulation.model import Measure, Model
from oremix.optimizer.formulation.scopes import (
    Counted,
    Rule,
    Shipped,
    consumption,
    productions,
    shipped,
    supplies,
    tested,
)
from oremix.optimizer.lean import Column, Pairs, summed

__all__ = ["add_policies"]

CHINA = "CN"


def add_policies(model: Model) -> None:
    """Columns beyond, rows share_max, share_min, quantity_max, quantity_min; and what is only measured."""
    shipments = shipped(model)
    for rule in model.problem.rules:
        if isinstance(rule, Share | Quantity):
            for measure in _measures(model, rule, shipments):
                _bound(model, rule, measure)
                model.measures.append(measure)
    for measured in ("supply", "production"):
        rule = Share.model_construct(id=CHINA, type="share", countries=[CHINA], measure=measured)
        for measure in _measures(model, rule, shipments):
            measure.policy = None
            model.measures.append(measure)


def _measures(model: Model, rule: Rule, shipments: Shipped) -> Iterator[Measure]:
    """Every ratio (or amount) the rule bounds: per country tested, scope, material and period, or pooled."""
    active = [period for period in model.timeline if model.timeline.within(period, rule.from_year, rule.until_year)]
    pools = [active] if "periods" in rule.across else [[period] for period in active]
    for countries in tested(model, rule):
        for counted, sides in _counted(model, rule, countries, shipments):
            for periods in pools:
                if periods and (measure := _measure(model, rule, countries, counted, periods, sides)):
                    yield measure


def _counted(
    model: Model, rule: Rule, countries: tuple[str, ...], shipments: Shipped
) -> list[tuple[Counted, tuple[str, ...]]]:
    """What is counted, with the bounds on it.

    A cap on the supply of a material that is only processed leaves out uses that a floor counts: then there is one
    ratio for each bound.
    """
    sides = tuple(side for side in ("max", "min") if getattr(rule, side) is not None)
    if rule.measure == "production":
        return [(counted, sides) for counted in productions(model, rule, countries, shipments)]
    if len(sides) < 2:
        return [(counted, sides) for counted in supplies(model, rule, countries, sides[0] if sides else "max")]
    capped, floored = (supplies(model, rule, countries, side) for side in sides)
    return [
        *((counted, sides if counted in floored else ("max",)) for counted in capped),
        *((counted, ("min",)) for counted in floored if counted not in capped),
    ]


def _measure(
    model: Model, rule: Rule, countries: tuple[str, ...], counted: Counted, periods: list[int], sides: tuple[str, ...]
) -> Measure | None:
    """The ratio over a period or a pool; none where there is nothing to count."""
    wholes = _wholes(model, rule, counted, periods)
    measure = Measure(
        policy=rule,
        countries=countries,
        measure=rule.measure,
        material=counted.material,
        place=counted.place,
        period=None if "periods" in rule.across else periods[0],
        periods=periods,
        part=[
            (column, amount * _years(model, rule, period))
            for period in periods
            for column, amount in counted.part(period)
        ],
        whole=_total([(1.0, amount) for _, amount in wholes]) if isinstance(rule, Share) else None,
    )
    if not wholes or not (measure.part or any(amount for _, amount in wholes)):
        return None
    for side in sides:
        bound = model.timeline.read(getattr(rule, side))
        measure.bounds[side] = _total([(bound[period], amount) for period, amount in wholes])
    return measure


def _years(model: Model, rule: Rule, period: int) -> float:
    """What a period counts in a pool: its years; alone, one."""
    return float(model.timeline.years[period]) if "periods" in rule.across else 1.0


def _wholes(model: Model, rule: Rule, counted: Counted, periods: list[int]) -> list[tuple[int, Pairs | float]]:
    """What the bound of each period is multiplied with: for a share the whole, for a quantity one (or the years)."""
    wholes: list[tuple[int, Pairs | float]] = []
    for period in periods:
        years = _years(model, rule, period)
        if isinstance(rule, Quantity):
            wholes.append((period, years))
        elif rule.of == "consumption":
            demanded = consumption(model, rule, counted, period)
            if demanded is not None:
                wholes.append((period, years * demanded))
        else:
            wholes.append((period, [(column, amount * years) for column, amount in counted.whole(period)]))
    return wholes


def _total(amounts: list[tuple[float, Pairs | float]]) -> Pairs | float:
    """The sum of factor · amount, as a number or as pairs."""
    pairs: Pairs = []
    number = 0.0
    for factor, amount in amounts:
        if isinstance(amount, list):
            pairs += [(column, factor * coefficient) for column, coefficient in amount]
        else:
            number += factor * amount
    return pairs if any(isinstance(amount, list) for _, amount in amounts) else number


def _bound(model: Model, rule: Rule, measure: Measure) -> None:
    """The rows of a measure: part ≤ max, part ≥ min, beyond which a priced rule pays.

    Where nothing is consumed there is no share, and the rule holds.
    """
    if measure.whole == 0:
        return
    whose = measure.countries if rule.each else ()
    when = None if measure.period is None else model.start(measure.period)
    key = (rule.id, whose, measure.material, measure.place, when)
    for side, bound in measure.bounds.items():
        pairs, rhs = list(measure.part), 0.0
        if isinstance(bound, list):
            pairs = [(c, a) for c, a in summed([*pairs, *((c, -a) for c, a in bound)]) if a]
        else:
            rhs = bound
        if rule.penalty is not None:
            beyond = measure.beyond[side] = model.lp.column("beyond", side, *key)
            pairs.append((beyond, -1.0 if side == "max" else 1.0))
            _charge(model, rule, measure, beyond)
        row = model.at_most if side == "max" else model.at_least
        measure.rows[side] = row(f"{rule.type}_{side}", *key, pairs=pairs, rhs=rhs)


def _charge(model: Model, rule: Rule, measure: Measure, beyond: Column) -> None:
    """The penalty per year; of pooled periods, spread over all their years."""
    penalty = model.timeline.read_or(rule.penalty, 0.0)
    years = 1.0 if measure.period is not None else float(sum(model.timeline.years[t] for t in measure.periods))
    for period in measure.periods:
        model.charge("penalties", period, penalty[period] / years, beyond, "policy", rule.id, None)

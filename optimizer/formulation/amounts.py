"""Rules on amounts that no flow is: what is emitted or used up, and what is spent on builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oremix.models.policies import Budget, Footprint
from oremix.optimizer.formulation.model import Emission, Measure, Model
from oremix.optimizer.lean import Pairs, Sum, numbered

__all__ = ["budgets", "footprints", "price_footprint"]


def footprints(model: Model, rule: Footprint, pools: list[list[int]]) -> Iterator[Measure]:
    """What is emitted or used up in the rule's countries, per year or over the years of all periods."""
    pooled = "periods" in rule.across
    for periods in pools:
        years = {period: float(model.timeline.years[period]) if pooled else 1.0 for period in periods}
        part = [(e.column, e.rate * years[e.period]) for e in _counted(model, rule) if e.period in years]
        wholes: list[tuple[int, Sum | float]] = list(years.items())
        measure = Measure(
            policy=rule,
            countries=_countries(model, rule),
            measure="footprint",
            material=None,
            place=None,
            period=None if pooled else periods[0],
            periods=periods,
            part=_summed(part),
            wholes=_always(wholes),
            unit=rule.of,
        )
        for side in ("max", "min"):
            if (stated := getattr(rule, side)) is not None:
                measure.stated[side] = model.timeline.read(stated)
        yield measure


def price_footprint(model: Model, rule: Footprint) -> None:
    """What is paid for every unit of it."""
    if rule.price is None:
        return
    price = model.timeline.read(rule.price)
    for emission in _counted(model, rule):
        if model.timeline.within(emission.period, rule.from_year, rule.until_year):
            money = price[emission.period] * emission.rate
            model.charge("footprint", emission.period, money, emission.column, "policy", rule.id, None)


def _counted(model: Model, rule: Footprint) -> list[Emission]:
    countries = _countries(model, rule)
    return [e for e in model.emissions if e.name == rule.of and (not countries or e.country in countries)]


def budgets(model: Model, rule: Budget, pools: list[list[int]]) -> Iterator[Measure]:
    """Capex less grants of what is ordered, in full in the period of the order, undiscounted."""
    pooled = "periods" in rule.across
    spent = _spent(model, rule)
    for periods in pools:
        wholes: list[tuple[int, Sum | float]] = [(periods[0], 1.0)]
        measure = Measure(
            policy=rule,
            countries=_countries(model, rule),
            measure="budget",
            material=None,
            place=None,
            period=None if pooled else periods[0],
            periods=periods,
            part=_summed([pair for period in periods for pair in spent.get(period, ())]),
            wholes=_always(wholes),
            unit=model.problem.currency,
        )
        measure.stated["max"] = model.timeline.read(rule.max)
        yield measure


def _always(wholes: list[tuple[int, Sum | float]]) -> Callable[[Model], list[tuple[int, Sum | float]]]:
    """The same of every model."""
    return lambda _: wholes


def _summed(pairs: Pairs) -> Callable[[Model], Sum]:
    """The same columns of every model, whatever number they have by then."""
    return lambda _: numbered(pairs)


def _spent(model: Model, rule: Budget) -> dict[int, Pairs]:
    """Period → what is spent on the orders of the period."""
    countries = _countries(model, rule)
    spent: dict[int, Pairs] = {}
    for (name, number, period), capex in model.capex.items():
        facility = model.network.facilities[name]
        if not countries or model.country(facility.at) in countries:
            own = 1 - facility.builds[number].grant
            spent.setdefault(period, []).extend((column, own * money) for column, money in capex if own)
    return spent


def _countries(model: Model, rule: Footprint | Budget) -> tuple[str, ...]:
    """The countries that count; none named: all."""
    return tuple(sorted(model.network.geography.members(rule.countries or ())))

"""Plan A or plan B: the difference by cause. It is read off the two plans, and nothing is solved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from oremix.models.errors import InvalidOption
from oremix.models.numerals import numeral
from oremix.models.plan import FacilityCost, PayerKind, Plan
from oremix.models.studies.comparison import (
    BuildDifference,
    Cause,
    Comparison,
    Reason,
    ShareDifference,
    Side,
    Split,
)

__all__ = ["compare"]

# Parts of a difference below this share of either cost, and shares nearer to each other than this, are rounding.
ROUNDING = 1e-9
SAME_SHARE = 1e-6

Payer = tuple[PayerKind, str]


def compare(first: Plan, second: Plan) -> Comparison:
    """What the second plan costs more than the first, by cause, and what it does otherwise.

    Returns
    -------
    Comparison
        Its causes add up to the difference.

    Raises
    ------
    InvalidOption
        One of the two has no cost or records of a period that has none, or they count in different money.
    """
    for name, plan in (("first", first), ("second", second)):
        if plan.total_cost is None:
            raise InvalidOption(f"the {name} plan is {plan.status}: it has no cost to be compared")
        if others := _paid(plan) - {entry.period for entry in plan.costs.by_period}:
            raise InvalidOption(f"the {name} plan has records of period {min(others)}, which its costs do not know")
    if (first.currency, first.price_year) != (second.currency, second.price_year):
        money = [f"{plan.currency}{f' of {plan.price_year}' if plan.price_year else ''}" for plan in (first, second)]
        raise InvalidOption(f"the plans count in different money: {money[0]} and {money[1]}")
    causes = sorted(_causes(first, second), key=lambda cause: (-abs(cause.difference), cause.category, cause.id))
    return Comparison(
        currency=first.currency,
        first=_side(first),
        second=_side(second),
        difference=(second.total_cost or 0.0) - (first.total_cost or 0.0),
        causes=causes,
        by_category=_splits(first, second, lambda plan: plan.costs.by_category),
        by_country=_splits(first, second, lambda plan: {entry.country: entry.total for entry in plan.costs.by_country}),
        by_period=_by_period(first, second),
        builds=list(_builds(first, second)),
        shares=list(_shares(first, second)),
        notes=list(_notes(first, second)),
    )


def _paid(plan: Plan) -> set[int]:
    """Every period in which something is paid for."""
    records = (plan.purchases, plan.production, plan.recycling, plan.shipments, plan.deliveries, plan.surpluses)
    return {entry.period for entries in records for entry in entries}


def _side(plan: Plan) -> Side:
    return Side(
        problem=plan.problem,
        problem_hash=plan.problem_hash,
        status=plan.status,
        total_cost=plan.total_cost or 0.0,
    )


# ---------------------------------------------------------------- causes


def _causes(first: Plan, second: Plan) -> Iterator[Cause]:
    """Each payer's categories of cost, where they differ."""
    before, after = _payers(first), _payers(second)
    amounts = _quantities(first), _quantities(second)
    smallest = ROUNDING * max(abs(first.total_cost or 0.0), abs(second.total_cost or 0.0))
    for payer in before | after:
        country = (after.get(payer) or before[payer]).country
        costs = [side[payer].by_category if payer in side else {} for side in (before, after)]
        for category in costs[0] | costs[1]:
            money = costs[0].get(category, 0.0), costs[1].get(category, 0.0)
            quantities = amounts[0].get((payer, category)), amounts[1].get((payer, category))
            for reason, difference in _reasons(money, quantities):
                if abs(difference) > smallest:
                    yield _cause(payer, country, category, reason, difference, first.currency)


def _payers(plan: Plan) -> dict[Payer, FacilityCost]:
    return {(entry.kind, entry.id): entry for entry in plan.costs.by_facility}


def _reasons(
    money: tuple[float, float], quantities: tuple[float | None, float | None]
) -> Iterator[tuple[Reason, float]]:
    """What the difference of a cost is made of: it adds up to it."""
    first, second = money
    before, after = quantities
    if not second and not after:
        yield "only in the first", -first
    elif not first and not before:
        yield "only in the second", second
    elif before and after:
        units = first / before, second / after
        yield "quantity", (after - before) * (units[0] + units[1]) / 2
        yield "unit cost", (units[1] - units[0]) * (before + after) / 2
    else:
        yield "amount", second - first


def _quantities(plan: Plan) -> dict[tuple[Payer, str], float]:
    """(payer, category) → the quantity that is paid for, each period weighted like its money."""
    weights = {entry.period: entry.weight for entry in plan.costs.by_period}
    totals: dict[tuple[Payer, str], float] = defaultdict(float)

    def add(kind: PayerKind, entry: str, category: str, period: int, quantity: float) -> None:
        totals[(kind, entry), category] += weights[period] * quantity

    for bought in plan.purchases:
        add("supplier", bought.supplier, "purchases", bought.period, bought.paid)
    for run in plan.production:
        add("plant", run.plant, "processing", run.period, run.activity)
    for line in plan.recycling:
        add("recycler", line.recycler, "processing", line.period, line.quantity)
        add("recycler", line.recycler, "collection", line.period, line.scrap)
    for move in plan.shipments:
        if move.freight:
            add("lane", move.to, "freight", move.period, move.quantity)
        if move.duty:
            add("lane", move.to, "duties", move.period, move.quantity)
    for met in plan.deliveries:
        add("demand", met.demand, "shortage", met.period, met.shortage)
        add("demand", met.demand, "sales", met.period, met.quantity)
    for left in plan.surpluses:
        add("surplus", left.from_, "surplus", left.period, left.quantity)
    return totals


WHERE: dict[PayerKind, str] = {"lane": "to", "surplus": "at"}
WORDS: dict[Reason, str] = {
    "only in the first": "{what}, which the second plan does without",
    "only in the second": "{what}, which the first plan does without",
    "quantity": "{what}: {more} of it",
    "unit cost": "{what}: {dearer} by the unit",
    "amount": "{what}",
}


def _cause(payer: Payer, country: str | None, category: str, reason: Reason, difference: float, money: str) -> Cause:
    kind, name = payer
    rises = difference > 0
    what = f"{category} {WHERE.get(kind, f'of {kind}')} {name}"
    said = WORDS[reason].format(what=what, more="more" if rises else "less", dearer="dearer" if rises else "cheaper")
    text = f"{money} {numeral(abs(difference))} {'dearer' if rises else 'cheaper'}: {said}"
    return Cause(
        category=category,
        kind=kind,
        id=name,
        country=country,
        reason=reason,
        difference=difference,
        text=text,
    )


# ---------------------------------------------------------------- side by side


def _splits(first: Plan, second: Plan, costs: Callable[[Plan], dict[Any, float]]) -> list[Split]:
    before, after = costs(first), costs(second)
    splits = [
        Split(
            of=key,
            first=before.get(key, 0.0),
            second=after.get(key, 0.0),
            difference=after.get(key, 0.0) - before.get(key, 0.0),
        )
        for key in before | after
    ]
    return sorted(splits, key=lambda split: (-abs(split.difference), str(split.of)))


def _by_period(first: Plan, second: Plan) -> list[Split]:
    if _periods(first) != _periods(second):
        return []
    splits = _splits(first, second, lambda plan: {entry.period: entry.total for entry in plan.costs.by_period})
    return sorted(splits, key=lambda split: int(split.of or 0))


def _periods(plan: Plan) -> list[tuple[int, int, float]]:
    return [(entry.period, entry.years, entry.weight) for entry in plan.costs.by_period]


def _builds(first: Plan, second: Plan) -> Iterator[BuildDifference]:
    before, after = _ordered(first), _ordered(second)
    for on, ordered in sorted(before | after):
        sizes = before.get((on, ordered), (0.0, ""))[0], after.get((on, ordered), (0.0, ""))[0]
        if abs(sizes[1] - sizes[0]) > SAME_SHARE * max(sizes):
            unit = (after.get((on, ordered)) or before[on, ordered])[1]
            yield BuildDifference(on=on, ordered=ordered, first=sizes[0], second=sizes[1], unit=unit)


def _ordered(plan: Plan) -> dict[tuple[str, int], tuple[float, str]]:
    """(facility, year of the order) → capacity and its unit."""
    found: dict[tuple[str, int], tuple[float, str]] = {}
    for build in plan.builds:
        so_far, _ = found.get((build.on, build.ordered), (0.0, ""))
        found[build.on, build.ordered] = so_far + build.capacity, build.unit
    return found


def _shares(first: Plan, second: Plan) -> Iterator[ShareDifference]:
    before, after = _measured(first), _measured(second)
    for key in before | after:
        values = before.get(key), after.get(key)
        if None not in values and abs((values[1] or 0.0) - (values[0] or 0.0)) <= SAME_SHARE * _size(values):
            continue
        if values[0] == values[1]:
            continue
        policy, countries, material, place, period, measure = key
        yield ShareDifference(
            policy=policy,
            countries=list(countries),
            material=material,
            place=place,
            period=period,
            measure=measure,
            first=values[0],
            second=values[1],
        )


def _size(values: Iterable[float | None]) -> float:
    return max(1.0, *(abs(value or 0.0) for value in values))


def _measured(plan: Plan) -> dict[tuple[Any, ...], float | None]:
    return {(s.policy, tuple(s.countries), s.material, s.place, s.period, s.measure): s.achieved for s in plan.shares}


def _notes(first: Plan, second: Plan) -> Iterator[str]:
    if _periods(first) != _periods(second):
        yield "the plans have other periods or another discounting: their costs are not of the same years"
    if first.problem_hash != second.problem_hash:
        yield "the plans answer different problems: the difference is of data and decisions together"
    doubtful = [name for name, plan in (("first", first), ("second", second)) if not plan.certificate.verified]
    if doubtful:
        yield f"not verified: {', '.join(doubtful)}"

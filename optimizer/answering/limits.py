"""What the last unit of each limit is worth: what one unit more of room saves, what one unit less costs.

Undiscounted, per year of the period that the limit is of. Exact, with the range over which it holds, where the LP was
solved again for it; else the dual, which the next unit saves at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isinf
from typing import NamedTuple

from oremix.models.errors import SolverFailed
from oremix.models.plan import Limit, LimitKind
from oremix.models.policies import Budget, Rule, Share
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.prices import Duals
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Measure
from oremix.optimizer.lean import Key, Row

__all__ = ["limits"]

POINT = "percentage point"
# What is left of a difference of equal numbers.
ROUNDING = 1e-12

# Row → kind of limit, and what one unit of room in it is.
ROWS: dict[str, tuple[LimitKind, str]] = {
    "supplier_capacity": ("capacity", "more from"),
    "plant_capacity": ("capacity", "more of capacity at"),
    "recycler_capacity": ("capacity", "more of capacity at"),
    "supplier_minimum": ("obligation", "less that must be taken from"),
    "take_or_pay": ("obligation", "less that must be paid for at"),
    "utilisation": ("obligation", "less that must run at"),
    "lane_capacity": ("lane", "more on"),
    "lane_minimum": ("obligation", "less that must move on"),
    "scrap": ("scrap", "more scrap for"),
    "stock_minimum": ("stockpile", "less to be kept in"),
    "stock_capacity": ("stockpile", "more room in"),
    "draw_max": ("stockpile", "more that may be drawn from"),
    "build_max": ("build", "more that may be built at"),
    "surplus_max": ("surplus", "more that may be left over of"),
    "plant_surplus_max": ("surplus", "more that may be left over of"),
    "reserve": ("capacity", "more in the reserve of"),
    "outlet": ("outlet", "more that may be sold to"),
    "joint_capacity": ("lane", "more on"),
    "joint_minimum": ("obligation", "less that must move on"),
    "collection_minimum": ("obligation", "less scrap that must be collected by"),
}


class LastUnit(NamedTuple):
    """What a unit of a limit is worth, in money per year, and between which bounds it is; exact or only the most."""

    saving: float
    cost: float | None
    at: float
    lower: float | None
    upper: float | None
    exact: bool


class Scale(NamedTuple):
    """How a row's own units become the user's: row units and bound units per unit, and the weight of its years."""

    row: float
    bound: float
    weight: float


def limits(values: Values, duals: Duals, marginals: Marginals | None) -> Iterator[Limit]:
    """Every limit whose last unit is worth something, policies first, then the dearest."""
    places = {id(row): number for number, row in enumerate(values.model.lp.rows.values())}
    found = [*_policies(values, duals, marginals, places), *_rows(values, duals, marginals, places)]
    worth = [limit for limit in found if limit.price or limit.tightening or limit.tightening is None]
    yield from sorted(worth, key=lambda limit: (limit.kind != "policy", -max(limit.price, limit.tightening or 0.0)))


def _worth(
    row: Row, dual: float, scale: Scale, at: float, marginals: Marginals | None, places: dict[int, int], whole: bool
) -> LastUnit:
    """Of a row: upper bounds are loosened upwards, lower bounds downwards."""
    looser = 1 if row.sense < 0 else -1
    per_unit = scale.row / scale.weight
    unsure = LastUnit(-looser * dual * per_unit, None, at, None, None, exact=False)
    if marginals is None:
        return unsure
    number = places[id(row)]
    try:
        loose, tight = (marginals.row(number, way, whole=whole) for way in (looser, -looser))
    except SolverFailed:
        return unsure
    saving = 0.0 if loose is None else max(0.0, -loose.value * per_unit)
    cost = None if tight is None else max(0.0, tight.value * per_unit)
    ways = {
        looser: inf if saving == 0 or loose is None else loose.reach,
        -looser: 0.0 if tight is None else tight.reach,
    }
    lower, upper = (at + way * ways[way] * scale.bound / scale.row for way in (-1, 1))
    if at >= 0 and lower <= ROUNDING * at:
        # a basis may hold for bounds below nothing, which mean nothing
        lower = 0.0
    return LastUnit(saving, cost, at, None if isinf(lower) else lower, None if isinf(upper) else upper, exact=True)


# ---------------------------------------------------------------- policies


def _policies(values: Values, duals: Duals, marginals: Marginals | None, places: dict[int, int]) -> Iterator[Limit]:
    for measure in values.model.bounded:
        # a number of sources is a matter of decisions, and prices hold with those as they are
        if measure.policy is not None and measure.sources is None:
            for side, row in measure.rows.items():
                if row in duals and _counts(values, measure):
                    yield _policy_limit(values, measure.policy, measure, side, duals[row], marginals, places)


def _counts(values: Values, measure: Measure) -> bool:
    """Whether there is anything that a share could be of; a percentage point of nothing is worth nothing."""
    return not isinstance(measure.policy, Share) or bool(_whole(values, measure))


def _whole(values: Values, measure: Measure) -> float:
    return values.whole(measure) or 0.0


def _policy_limit(
    values: Values,
    rule: Rule,
    measure: Measure,
    side: str,
    dual: float,
    marginals: Marginals | None,
    places: dict[int, int],
) -> Limit:
    """The worth of loosening the bound in all periods of the measure, by one point or one unit."""
    model = values.model
    pooled, once = measure.period is None, isinstance(rule, Budget)
    horizon = pooled and once
    weight = 1.0 if horizon else sum(model.timeline.weights[t] for t in measure.periods)
    if isinstance(rule, Share):
        whole = _whole(values, measure)
        scale, per, at = Scale(whole / 100, 0.01, weight), POINT, values.share_bound(measure, side)
    else:
        years = float(sum(model.timeline.years[t] for t in measure.periods)) if pooled and not once else 1.0
        scale, per, at = Scale(years, 1.0, weight), measure.unit or _unit(rule), values.bound(measure, side) / years
    worth = _worth(measure.rows[side], dual, scale, at, marginals, places, whole=True)
    more = ("more", "less") if side == "max" else ("less", "more")
    what = "" if measure.material is None else f" of {measure.material}"
    when = "" if horizon else " in every period" if pooled else _when(values, model.start(measure.periods[0]))
    return _limit(
        values,
        worth,
        kind="policy",
        on=rule.id,
        period=None if pooled else model.start(measure.periods[0]),
        material=measure.material,
        per=per,
        words=(f"one {per} {more[0]} {_whose(measure)}{what}{when}", f"one {more[1]}"),
        span="over the horizon, discounted" if horizon else "a year",
    )


MOST_NAMED = 5

# How the part of a measure belongs to its countries.
WHOSE = {
    "content": ("that went through", "of this content"),
    "capacity": ("of capacity in", "of this capacity"),
    "footprint": ("in", "everywhere"),
    "budget": ("of budget for", "of budget"),
    "shipments": ("shipped from", "of these shipments"),
}


def _whose(measure: Measure) -> str:
    words, without = WHOSE.get(measure.measure, ("from", "from this part"))
    named = list(measure.countries)
    listed = ", ".join(named if len(named) <= MOST_NAMED else [*named[:3], f"and {len(named) - 3} more"])
    return f"{words} {listed}" if named else without


def _unit(rule: Rule) -> str:
    return "unit" if getattr(rule, "weight", "quantity") == "quantity" else "unit of weight"


# ---------------------------------------------------------------- rows


def _rows(values: Values, duals: Duals, marginals: Marginals | None, places: dict[int, int]) -> Iterator[Limit]:
    for row, dual in duals.items():
        # Where there is no capacity yet, more of it is what the build is for.
        if row.key[0] in ROWS and not (ROWS[row.key[0]][0] == "capacity" and row.constant == 0):
            yield _row_limit(values, row, dual, marginals, places)


def _row_limit(values: Values, row: Row, dual: float, marginals: Marginals | None, places: dict[int, int]) -> Limit:
    model, key = values.model, row.key
    name = key[0]
    kind, words = ROWS[name]
    start = None if name in ("build_max", "reserve") else key[-1]
    weight = 1.0 if start is None else model.timeline.weights[model.timeline.starts.index(start)]
    material, on = _subject(values, row)
    unit = model.network.materials[material].unit if material else _capacity_unit(values, key)
    return _limit(
        values,
        _worth(row, dual, Scale(1.0, 1.0, weight), -row.constant, marginals, places, whole=False),
        kind=kind,
        on=on,
        period=start,
        material=material,
        per=unit,
        words=(
            f"one {unit} {words} {on}{'' if start is None else _when(values, start)}",
            "one less" if row.sense < 0 else "one more",
        ),
        span="over the horizon, discounted" if start is None else "a year",
    )


def _limit(
    values: Values,
    worth: LastUnit,
    *,
    kind: LimitKind,
    on: str,
    period: int | None,
    material: str | None,
    per: str,
    words: tuple[str, str],
    span: str,
) -> Limit:
    return Limit.model_construct(
        kind=kind,
        on=on,
        period=period,
        material=material,
        price=worth.saving,
        tightening=worth.cost,
        at=worth.at,
        from_=worth.lower,
        to=worth.upper,
        per=per,
        text=_text(values, worth, words, span, per),
    )


def _text(values: Values, worth: LastUnit, words: tuple[str, str], span: str, per: str) -> str:
    """What one more saves and one less costs, each said where it is not the same."""
    more, less = words
    if not worth.exact:
        return f"{more} would save up to {_money(values, worth.saving)} {span}"
    if worth.cost is None:
        return f"{more} would save {_money(values, worth.saving)} {span}; {less} is not possible"
    if worth.saving and abs(worth.cost - worth.saving) <= 1e-6 * worth.cost:
        return f"{more} would save {_money(values, worth.saving)} {span}{_between(worth, per)}"
    saves = _money(values, worth.saving) if worth.saving else "nothing"
    return f"{more} would save {saves}; {less} would cost {_money(values, worth.cost)} {span}"


def _between(worth: LastUnit, per: str) -> str:
    """The bounds between which a price holds."""
    ends = ((word, end) for word, end in (("from", worth.lower), ("to", worth.upper)) if end is not None)
    text = " ".join(f"{word} {100 * end:.3g} %" if per == POINT else f"{word} {_figure(end)}" for word, end in ends)
    return f" ({text})" if text else ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def _subject(values: Values, row: Row) -> tuple[str | None, str]:
    """The material whose unit the limit is in, and whose limit it is."""
    key = row.key
    name = key[0]
    if name in ("joint_capacity", "joint_minimum", "outlet"):
        # what moves together, or is delivered, is of one unit: that of the first
        return _material(values, next(iter(row.terms)).key), str(key[1])
    if name.startswith("lane"):
        return key[1], f"the lane {key[2]} to {key[3]}"
    if name.startswith("stock") or name == "draw_max":
        return key[1], f"the stock of {key[1]} at {key[2]}"
    if name in ("surplus_max", "plant_surplus_max"):
        return key[-2], " at ".join(key[-2:0:-1])
    return getattr(values.model.network.facilities[key[1]], "material", None), key[1]


def _material(values: Values, column: Key) -> str:
    """The material of a shipment or a delivery."""
    if column[0] == "ship":
        return str(column[1])
    return next(demand.material for demand in values.model.problem.demands if demand.id == column[1])


def _capacity_unit(values: Values, key: Key) -> str:
    facility = values.model.network.facilities.get(key[1])
    return values.model.capacity_unit(facility) if facility is not None else "unit"


def _when(values: Values, start: int) -> str:
    return "" if values.model.timeline.typical else f" in {start}"


def _money(values: Values, amount: float) -> str:
    currency = values.model.problem.currency
    for size, word in ((1e9, " bn"), (1e6, " m")):
        if abs(amount) >= size:
            return f"{currency} {amount / size:,.3g}{word}"
    return f"{currency} {amount:,.0f}" if abs(amount) >= 1000 else f"{currency} {amount:,.4g}"

"""What one more unit would cost, and what the last unit of each limit is worth, from the verified duals.

Prices are undiscounted, per year of the period they fall in: the dual divided by the period's weight. A price is
positive where one unit more of room saves money.
"""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.plan import Limit, LimitKind, Price
from oremix.models.policies import Budget, Rule, Share
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Measure
from oremix.optimizer.lean import Key, Row
from oremix.optimizer.solving import Outcome

__all__ = ["limits", "prices"]

Duals = dict[Row, float]

# A dual this small beside the largest is the solver's rounding.
NOISE = 1e-9

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


def duals_of(values: Values, outcome: Outcome) -> Duals:
    """Row → dual in discounted money, without the solver's rounding."""
    if outcome.duals is None:
        return {}
    floor = NOISE * max(map(abs, outcome.duals.tolist()), default=0.0)
    return {
        row: dual
        for row, dual in zip(values.model.lp.rows.values(), outcome.duals.tolist(), strict=False)
        if abs(dual) > floor
    }


def prices(values: Values, duals: Duals) -> Iterator[Price]:
    """What one more unit of each demand would cost; an outlet's limit is among the limits."""
    model = values.model
    for demand in (demand for demand in model.problem.demands if demand.sale_price is None):
        for period in model.timeline:
            row = model.lp.rows["demand", demand.id, model.start(period)]
            yield Price.model_construct(
                demand=demand.id,
                period=model.start(period),
                price=duals.get(row, 0.0) / model.timeline.weights[period],
                unit=f"{model.problem.currency} per {model.network.materials[demand.material].unit}",
            )


def limits(values: Values, duals: Duals) -> Iterator[Limit]:
    """Every limit whose last unit is worth something, the dearest first."""
    found = [*_policies(values, duals), *_rows(values, duals)]
    yield from sorted(found, key=lambda limit: (limit.kind != "policy", -abs(limit.price)))


def _policies(values: Values, duals: Duals) -> Iterator[Limit]:
    for measure in values.model.measures:
        # a number of sources is a matter of decisions, and duals hold with those as they are
        if measure.policy is not None and measure.sources is None:
            for side, row in measure.rows.items():
                if row in duals:
                    yield _policy_limit(values, measure.policy, measure, side, duals[row])


def _policy_limit(values: Values, rule: Rule, measure: Measure, side: str, dual: float) -> Limit:
    """The saving from loosening the bound in all periods of the measure, by one point or one unit."""
    model = values.model
    saving = -dual if side == "max" else dual
    pooled, once = measure.period is None, isinstance(rule, Budget)
    if isinstance(rule, Share):
        whole = measure.whole if isinstance(measure.whole, int | float) else values.sum(measure.whole or [])
        loosened, per = whole / 100, "percentage point"
    else:
        years = sum(model.timeline.years[period] for period in measure.periods)
        loosened, per = float(years) if pooled and not once else 1.0, measure.unit or _unit(rule)
    horizon = pooled and once
    price = saving * loosened / (1.0 if horizon else sum(model.timeline.weights[t] for t in measure.periods))
    more = "more" if side == "max" else "less"
    what = "" if measure.material is None else f" of {measure.material}"
    when = "" if horizon else " in every period" if pooled else _when(values, model.start(measure.periods[0]))
    span = "over the horizon, discounted" if horizon else "a year"
    return Limit.model_construct(
        kind="policy",
        on=rule.id,
        period=None if pooled else model.start(measure.periods[0]),
        material=measure.material,
        price=price,
        per=per,
        text=f"one {per} {more} {_whose(measure)}{what}{when} would save up to {_money(values, price)} {span}",
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


def _rows(values: Values, duals: Duals) -> Iterator[Limit]:
    for row, dual in duals.items():
        # Where there is no capacity yet, more of it is what the build is for.
        if row.key[0] in ROWS and not (ROWS[row.key[0]][0] == "capacity" and row.constant == 0):
            yield _row_limit(values, row, -dual if row.sense < 0 else dual)


def _row_limit(values: Values, row: Row, saving: float) -> Limit:
    model, key = values.model, row.key
    name = key[0]
    kind, words = ROWS[name]
    start = None if name in ("build_max", "reserve") else key[-1]
    weight = 1.0 if start is None else model.timeline.weights[model.timeline.starts.index(start)]
    material, on = _subject(values, row)
    unit = model.network.materials[material].unit if material else _capacity_unit(values, key)
    price = saving / weight
    span = "over the horizon, discounted" if start is None else "a year"
    when = "" if start is None else _when(values, start)
    return Limit.model_construct(
        kind=kind,
        on=on,
        period=start,
        material=material,
        price=price,
        per=unit,
        text=f"one {unit} {words} {on}{when} would save up to {_money(values, price)} {span}",
    )


def _subject(values: Values, row: Row) -> tuple[str | None, str]:
    """The material whose unit the limit is in, and whose limit it is."""
    key = row.key
    name = key[0]
    if name in ("joint_capacity", "joint_minimum", "outlet"):
        # what moves together, or is delivered, is of one unit: that of the first
        return _material(values, next(iter(row.expr)).key), str(key[1])
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

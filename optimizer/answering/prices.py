"""What one more unit of a demand costs, and what a material is worth where it is used.

Undiscounted, per year of the period they fall in: the slope of the cost divided by the period's weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from oremix.models.errors import SolverFailed
from oremix.models.plan import Price, Worth
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Model
from oremix.optimizer.lean import Row
from oremix.optimizer.solving import Outcome

__all__ = ["Duals", "duals_of", "prices", "worths"]

Duals = dict[Row, float]

# A dual this small beside the largest is the solver's rounding.
NOISE = 1e-9


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


def prices(values: Values, duals: Duals, marginals: Marginals | None) -> Iterator[Price]:
    """What one more unit of each demand would cost, with what it moves; an outlet's limit is among the limits."""
    model = values.model
    places = {id(row): number for number, row in enumerate(model.lp.rows.values())}
    for demand in (demand for demand in model.problem.demands if demand.sale_price is None):
        unit = f"{model.problem.currency} per {model.network.materials[demand.material].unit}"
        for period in model.timeline:
            row = model.lp.rows["demand", demand.id, model.start(period)]
            weight = model.timeline.weights[period]
            dual, start = _dual(model, duals, row, demand.id, period), model.start(period)
            price = Price.model_construct(demand=demand.id, period=start, price=dual / weight, unit=unit)
            if marginals is not None:
                others = {places[id(other)]: rate for other, rate in model.follows.get((demand.id, period), ())}
                price = _sided(price, marginals, places[id(row)], others, weight)
            yield price


def _dual(model: Model, duals: Duals, row: Row, demand: str, period: int) -> float:
    """The dual of the demand, and of the bounds that move with it."""
    moved = model.follows.get((demand, period), ())
    return duals.get(row, 0.0) + sum(rate * duals.get(other, 0.0) for other, rate in moved)


def _sided(price: Price, marginals: Marginals, row: int, others: dict[int, float], weight: float) -> Price:
    """The price of the next unit and of the last one, and the quantities between which they hold.

    Shares of consumption and days of demand move with the quantity: then how far the prices hold is not worked out.
    """
    quantity = marginals.bound(row)
    sides = (1, -1) if quantity else (1,)
    try:
        slopes = [marginals.along({row: 1.0, **others}, way) if others else marginals.row(row, way) for way in sides]
    except SolverFailed:
        return price
    more, less = slopes[0], slopes[1] if len(slopes) > 1 else None
    prices = {
        "price": None if more is None else more.value / weight,
        "less": None if less is None else -less.value / weight,
    }
    if not others:
        prices["from_"] = quantity if less is None else max(0.0, quantity - less.reach)
        prices["to"] = quantity if more is None else None if isinf(more.reach) else quantity + more.reach
    return price.model_copy(update=prices)


def worths(values: Values, duals: Duals) -> Iterator[Worth]:
    """What a unit more of each material would be worth at each place where it is used."""
    model = values.model
    for (material, place, period), needs in model.needs.items():
        row = model.lp.rows.get(("used", material, place, model.start(period)))
        if row is not None and any(values.x[column.number] for column, _ in needs):
            yield Worth.model_construct(
                material=material,
                place=place,
                period=model.start(period),
                price=duals.get(row, 0.0) / model.timeline.weights[period],
                unit=f"{model.problem.currency} per {model.network.materials[material].unit}",
            )

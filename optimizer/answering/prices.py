"""What one more unit of a demand costs, and what a material is worth where it is used.

Undiscounted, per year of the period they fall in: the slope of the cost divided by the period's weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf

from oremix.models.plan import Price, Worth
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.values import Values
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
    """What one more unit of each demand would cost; an outlet's limit is among the limits."""
    model = values.model
    places = {id(row): number for number, row in enumerate(model.lp.rows.values())}
    for demand in (demand for demand in model.problem.demands if demand.sale_price is None):
        unit = f"{model.problem.currency} per {model.network.materials[demand.material].unit}"
        for period in model.timeline:
            row = model.lp.rows["demand", demand.id, model.start(period)]
            weight = model.timeline.weights[period]
            price = Price.model_construct(
                demand=demand.id, period=model.start(period), price=duals.get(row, 0.0) / weight, unit=unit
            )
            yield price if marginals is None else _sided(price, marginals, places[id(row)], weight)


def _sided(price: Price, marginals: Marginals, row: int, weight: float) -> Price:
    """The price of the next unit and of the last one, and the quantities between which they hold."""
    more, less = (marginals.row(row, way) for way in (1, -1))
    quantity = marginals.bound(row)
    return price.model_copy(
        update={
            "price": None if more is None else more.value / weight,
            "less": None if less is None or not quantity else -less.value / weight,
            "from_": quantity if less is None else max(0.0, quantity - less.reach),
            "to": quantity if more is None else None if isinf(more.reach) else quantity + more.reach,
        }
    )


def worths(values: Values, duals: Duals) -> Iterator[Worth]:
    """What a unit more of each material would be worth at each place where it is used."""
    model = values.model
    for (material, place, period), needs in model.needs.items():
        row = model.lp.rows.get(("used", material, place, model.start(period)))
        if row is not None and any(values.value[column] for column, _ in needs):
            yield Worth.model_construct(
                material=material,
                place=place,
                period=model.start(period),
                price=duals.get(row, 0.0) / model.timeline.weights[period],
                unit=f"{model.problem.currency} per {model.network.materials[material].unit}",
            )

"""Numbers so far apart that the solver cannot see the smaller beside the larger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Charge
from oremix.optimizer.lean import Key

__all__ = ["ranges"]

# From here on the small one is lost: measured on two chains side by side, right at 1e9 and wrong at 1e10.
RATIO = 1e9
# HiGHS takes a row for kept that is off by this much.
TOLERANCE = 1e-7
SEEN = 10 * TOLERANCE

# Row → the field that its right-hand side is; columns' bounds are those of what they are called.
FIELDS = {
    "demand": "quantity",
    "outlet": "quantity",
    "supplier_capacity": "capacity",
    "plant_capacity": "capacity",
    "recycler_capacity": "capacity",
    "supplier_minimum": "minimum",
    "stock": "initial",
    "stock_minimum": "minimum",
    "stock_capacity": "capacity",
    "quantity_max": "max",
    "quantity_min": "min",
    "footprint_max": "max",
    "footprint_min": "min",
    "budget_max": "max",
    "add": "max",
    "buy": "capacity",
    "fill": "fill_max",
}


def ranges(values: Values) -> Iterator[str]:
    """A sentence where the quantities, or the money per unit, span too much."""
    quantities = _quantities(values)
    if quantities:
        low, high = min(number for number, _ in quantities), max(number for number, _ in quantities)
        if high >= RATIO * low or low < SEEN:
            small = min(_words(key) for number, key in quantities if number == low)
            large = max(_words(key) for number, key in quantities if number == high)
            yield (
                f"{small}, {low:g}, is too small beside {large}, {high:g}: HiGHS scales rows and columns by itself, but"
                f" takes {TOLERANCE:g} of a unit for nothing, and its numbers have 16 digits; choose a larger unit of"
                " the one or a smaller of the other, or leave the small one out"
            )
    charges = values.model.charges
    penalties = np.array([payment.category == "penalties" for payment in charges.payments], dtype=np.bool_)
    rates = np.abs(charges.rates[(charges.numbers >= 0) & ~penalties])
    if len(rates):
        low, high = float(rates.min()), float(rates.max())
        if high >= RATIO * low:
            priced = [charge for charge in charges if charge.column is not None and charge.category != "penalties"]
            small = min(_paid(charge) for charge in priced if abs(charge.rate) == low)
            large = max(_paid(charge) for charge in priced if abs(charge.rate) == high)
            yield (
                f"{small}, {low:g} per unit, is lost beside {large}, {high:g} per unit: a difference in cost of less"
                f" than {TOLERANCE:g} per unit decides nothing"
            )


def _quantities(values: Values) -> list[tuple[float, Key]]:
    """What is stated in units, where it is not 0."""
    model = values.model
    found = [(abs(row.constant), row.key) for row in model.lp.rows.values() if row.constant and row.key[0] in FIELDS]
    bounded = chain(model.add.values(), model.buy.values(), model.fill.values())
    return found + [(abs(column.upBound), column.key) for column in bounded if column.upBound]


def _paid(charge: Charge) -> str:
    return f"what {charge.category} cost at {charge.facility}"


def _words(key: Key) -> str:
    """The field, whose it is, and when."""
    ids = [part for part in key[1:] if isinstance(part, str)]
    when = f" in {key[-1]}" if isinstance(key[-1], int) and key[-1] >= 1000 else ""
    return f"the {FIELDS[key[0]]} of {' at '.join(ids)}{when}"

"""Numbers so far apart that the solver cannot see the smaller beside the larger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oremix.optimizer.answering.values import Values
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
        low, high = _ends(quantities)
        if high >= RATIO * low or low < SEEN:
            small = min(_words(key) for number, key in quantities if number == low)
            large = max(_words(key) for number, key in quantities if number == high)
            yield (
                f"{small}, {low:g}, is too small beside {large}, {high:g}: HiGHS scales rows and columns by itself, but"
                f" takes {TOLERANCE:g} of a unit for nothing, and its numbers have 16 digits; choose a larger unit of"
                " the one or a smaller of the other, or leave the small one out"
            )
    money = _money(values)
    if money:
        low, high = _ends(money)
        if high >= RATIO * low:
            small = min(_paid(*whom) for number, whom in money if number == low)
            large = max(_paid(*whom) for number, whom in money if number == high)
            yield (
                f"{small}, {low:g} per unit, is lost beside {large}, {high:g} per unit: a difference in cost of less"
                f" than {TOLERANCE:g} per unit decides nothing"
            )


def _ends(found: list[tuple[float, Any]]) -> tuple[float, float]:
    numbers = [number for number, _ in found]
    return min(numbers), max(numbers)


def _quantities(values: Values) -> list[tuple[float, Key]]:
    """What is stated in units, where it is not 0."""
    lp = values.model.lp
    found = [(abs(row.constant), row.key) for row in lp.rows.values() if row.key[0] in FIELDS]
    found += [(abs(c.upBound), c.key) for c in lp.columns.values() if c.upBound and c.key[0] in FIELDS]
    return [(number, key) for number, key in found if number]


def _money(values: Values) -> list[tuple[float, tuple[str, str]]]:
    """What a unit costs, where it is not 0, with the category and who is paid."""
    return [
        (abs(charge.rate), (charge.category, charge.facility))
        for charge in values.model.charges
        if charge.column is not None and charge.category != "penalties"
    ]


def _paid(category: str, facility: str) -> str:
    return f"what {category} cost at {facility}"


def _words(key: Key) -> str:
    """The field, whose it is, and when."""
    ids = [part for part in key[1:] if isinstance(part, str)]
    when = f" in {key[-1]}" if isinstance(key[-1], int) and key[-1] >= 1000 else ""
    return f"the {FIELDS[key[0]]} of {' at '.join(ids)}{when}"

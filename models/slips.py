"""Numbers so unlike their kind that a slip of the unit is likelier than a fact."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from oremix.models.numerals import numeral

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["slips"]

# A price per kg beside prices per t, or dollars beside thousands of them.
UNIT = 1000.0
# No real rate of return is asked above this; 8 for 8 % is refused, 0.8 is not.
HIGH_RATE = 0.3


def slips(problem: Problem) -> Iterator[str]:
    """Sentences about them, each naming what it is about."""
    yield from _prices(problem)
    yield from _rates(problem)


def _prices(problem: Problem) -> Iterator[str]:
    """What sellers ask and the material's own price, a thousand times apart from the others of the material."""
    read = problem.timeline.read
    for material in problem.materials:
        asked: dict[str, float] = {}
        for supplier in problem.suppliers:
            if supplier.material == material.id:
                prices = [tier.unit_cost for tier in supplier.tiers or ()]
                prices += read(supplier.unit_cost) if supplier.unit_cost is not None else []
                asked[f"the unit_cost of {supplier.id}"] = median(prices)
        if material.price is not None:
            asked[f"the price of {material.id}"] = median(read(material.price))
        asked = {what: price for what, price in asked.items() if price > 0}
        for what, price in asked.items():
            others = [other for name, other in asked.items() if name != what]
            if others and len(asked) > 2 and (price >= UNIT * max(others) or price * UNIT <= min(others)):
                yield (
                    f"{what}, {numeral(price)}, is a thousand times or more from what others ask for {material.id}"
                    f" ({numeral(min(others))} to {numeral(max(others))}): is it per {material.unit}?"
                )
        if len(asked) == 2:
            (one, low), (other, high) = sorted(asked.items(), key=lambda item: item[1])
            if high >= UNIT * low:
                yield (
                    f"{one}, {numeral(low)}, and {other}, {numeral(high)}, are a thousand times or more apart:"
                    f" are both per {material.unit}?"
                )


def _rates(problem: Problem) -> Iterator[str]:
    rates = [("the discount_rate", problem.discount_rate)]
    rates += [(f"the wacc of the build of {f.id}", build.wacc) for f in problem.facilities for build in f.builds]
    for what, rate in rates:
        if rate is not None and rate >= HIGH_RATE:
            yield f"{what} is {100 * rate:g} % a year: 0.08 is 8 %"

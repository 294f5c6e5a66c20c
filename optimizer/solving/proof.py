"""What a returned point, multiplier or ray proves, computed from the arrays and never taken from a solver.

Whatever may cancel is added up wider than in doubles (see `wide`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.wide import Wide, dot

__all__ = [
    "TOLERANCE",
    "Checked",
    "Proof",
    "a_row_cannot_hold",
    "checked_in_doubles",
    "cost_of",
    "dual_proof",
    "money_scale",
    "primal_residual",
    "proves_infeasible",
    "proves_unbounded",
    "without_rounding",
]

TOLERANCE = 1e-6

# Below this part of what a row adds up, a value is the solver's rounding.
ROUNDING = 1e-10

# What a double is rounded by, at most, as a part of it.
UNIT = float(np.finfo(np.float64).eps)

# Below this part of the largest number of a vector, a number is noise.
NOISE = 1e-9


@dataclass(frozen=True)
class Proof:
    """A lower bound on the cost of any point, and how far its multipliers are from being feasible."""

    residual: float
    bound: float


def cost_of(arrays: Arrays, x: Floats) -> float:
    """The cost of a point."""
    return float(dot(arrays.cost, x) + arrays.offset)


def money_scale(arrays: Arrays, x: Floats, objective: float) -> float:
    """What a difference in cost is measured by: the money that changes hands, or what would be noise in it."""
    turnover = np.abs(arrays.cost * x)
    largest = float(np.max(np.abs(arrays.cost), initial=0.0)) * float(np.max(np.abs(x), initial=0.0))
    return max(abs(objective), float(np.sum(turnover)), NOISE * largest, 1e-30)


def primal_residual(arrays: Arrays, x: Floats) -> float:
    """The largest violation of a row, bound or integrality, relative to the numbers it is made of.

    Rows and bounds of tiny numbers are measured by a ten-thousandth of the largest value of any column, but by no more
    than one unit: what is small beside something else may still be all there is of it.
    """
    if not np.all(np.isfinite(x)):
        return float("inf")
    activity = arrays.activity(x)
    rows = np.maximum(arrays.lower - activity, activity - arrays.upper)
    row_scale = np.maximum(arrays.magnitude(x), _nearest(arrays.lower, arrays.upper))
    return max(
        _largest(rows / np.maximum(row_scale, _floor(x))),
        _largest(_beyond_bounds(arrays, x)),
        _largest(np.abs(x - np.round(x))[arrays.integer]),
    )


def _floor(x: Floats) -> float:
    """What the smallest numbers of a point are measured by."""
    return min(max(1e-4 * _largest(np.abs(x)), 1e-30), 1.0)


def _beyond_bounds(arrays: Arrays, x: Floats) -> Floats:
    """How far each column is beyond its bounds, relative to its size and theirs."""
    beyond = np.maximum(arrays.low - x, x - arrays.high)
    return beyond / np.maximum(np.maximum(np.abs(x), _nearest(arrays.low, arrays.high)), _floor(x))


def without_rounding(arrays: Arrays, x: Floats) -> Floats:
    """The point with 0 for what a solver left behind instead.

    That is less than a ten-billionth of what any of a column's rows adds up, in the column's own units.
    """
    sums = np.asarray(arrays.magnitude(x), dtype=np.float64)[arrays.row_of]
    sizes = np.abs(arrays.coefficients)
    least = np.full(len(x), np.inf)
    used = sizes > 0
    np.minimum.at(least, arrays.columns[used], sums[used] / sizes[used])
    least[np.isinf(least)] = 0.0
    return np.where(np.abs(x) <= ROUNDING * least, 0.0, x)


def _nearest(low: Floats, high: Floats) -> Floats:
    """The smaller of two bounds in size, 0 where there is none."""
    nearest = np.minimum(np.abs(low), np.abs(high))
    return np.where(np.isfinite(nearest), nearest, 0.0)


def _largest(values: Floats | Wide) -> float:
    return max(0.0, float(values.max(initial=0.0)))


def dual_proof(arrays: Arrays, x: Floats, duals: Floats) -> Proof:
    """The bound that row duals prove: Σ over rows and columns of multiplier · the bound it presses on.

    A multiplier that presses on no bound at all is a residual, measured against the largest cost.
    """
    reduced = arrays.reduced_costs(duals)
    rows = np.where(duals > 0, arrays.lower, arrays.upper)
    columns = np.where(reduced > 0, arrays.low, arrays.high)
    # A reduced cost that presses on nothing would cost this much at the point itself.
    loose = ~np.isfinite(columns)
    scale = max(float(np.max(np.abs(arrays.cost), initial=0.0)), 1e-30)
    residual = max(_largest(np.abs(reduced[loose])), _largest(np.abs(duals[~np.isfinite(rows)]))) / scale
    columns = np.where(loose, x, columns)
    rows = np.where(np.isfinite(rows), rows, 0.0)
    return Proof(residual, float(dot(rows, duals) + np.sum(columns * reduced) + arrays.offset))


class Checked(NamedTuple):
    """What a point and its multipliers are off by at most, and the columns' reduced costs, 0 where they may be 0."""

    worst: float
    reduced: Floats


def checked_in_doubles(arrays: Arrays, x: Floats, duals: Floats, objective: float, scale: float) -> Checked:
    """The largest of primal residual, dual residual and gap, with all that rounding to doubles may hide added to it.

    Where that is little a point is proved as well as in wide sums, in a fraction of the time. A sum of n products is
    off by no more than n + 1 units in the last place of the sum of their sizes; no row has more than all columns.
    """
    width, height, _ = arrays.shape
    products = arrays.coefficients * x[arrays.columns]
    activity, magnitude = arrays.row_sums(products), arrays.row_sums(np.abs(products))
    size = np.maximum(magnitude, _nearest(arrays.lower, arrays.upper))
    beyond = np.maximum(arrays.lower - activity, activity - arrays.upper) + (width + 1) * UNIT * magnitude
    primal = np.concatenate((beyond / np.maximum(size, _floor(x)), _beyond_bounds(arrays, x)))

    products = arrays.coefficients * duals[arrays.row_of]
    reduced = arrays.cost - arrays.column_sums(products)
    hidden = (height + 2) * UNIT * (np.abs(arrays.cost) + arrays.column_sums(np.abs(products)))
    rows = np.where(duals > 0, arrays.lower, arrays.upper)
    columns = np.where(reduced > 0, arrays.low, arrays.high)
    loose, free = ~np.isfinite(columns), ~np.isfinite(rows)
    dearest = max(_largest(np.abs(arrays.cost)), 1e-30)
    dual = np.concatenate((np.where(loose, np.abs(reduced), 0.0) + hidden, np.abs(duals[free]))) / dearest
    ends = np.maximum(_finite(arrays.low), _finite(arrays.high))
    paid = np.concatenate((np.where(loose, x, columns) * reduced, np.where(free, 0.0, rows) * duals))
    bound = float(np.sum(paid)) + arrays.offset
    doubt = float(np.sum(np.maximum(ends, np.abs(x)) * hidden)) + len(paid) * UNIT * float(np.sum(np.abs(paid)))
    # whatever is no number makes this none
    worst = float(np.concatenate((primal, dual, [0.0, (objective - bound + doubt) / scale])).max())
    return Checked(worst, np.where(np.abs(reduced) <= hidden, 0.0, reduced))


def _finite(bounds: Floats) -> Floats:
    """How large bounds are; 0 where there is none."""
    return np.where(np.isfinite(bounds), np.abs(bounds), 0.0)


def a_row_cannot_hold(arrays: Arrays) -> bool:
    """Whether one row alone proves that there is no point: its columns' bounds leave it no room.

    What is missing is measured by the row's bound and by what its columns can bring, so that neither noise around a
    bound of 0 proves anything, nor a small part of a large sum.
    """
    positive = arrays.coefficients > 0
    used = arrays.coefficients != 0
    high = np.where(used, arrays.high[arrays.columns], 0.0)
    low = np.where(used, arrays.low[arrays.columns], 0.0)
    most, least = np.where(positive, high, low), np.where(positive, low, high)
    above, below = arrays.lower - arrays.row_products(most), arrays.row_products(least) - arrays.upper
    return _is_beyond(arrays, above, most, arrays.lower) or _is_beyond(arrays, below, least, arrays.upper)


def _is_beyond(arrays: Arrays, missing: Wide, values: Floats, bound: Floats) -> bool:
    """Whether what is missing in any row is more than a rounding error of what it is made of."""
    size = np.maximum(np.abs(bound), arrays.row_sums(np.abs(arrays.coefficients * values)))
    return bool(np.any(np.isfinite(size) & (missing > TOLERANCE * size)))


def proves_infeasible(arrays: Arrays, ray: Floats) -> int:
    """On how many rows the multipliers are a Farkas proof: no point within the bounds can satisfy their combination.

    0: they prove nothing.
    """
    size = float(np.max(np.abs(ray), initial=0.0))
    if not np.isfinite(size) or size == 0:
        return 0
    for sign in (1.0, -1.0):
        multipliers = sign * np.where(np.abs(ray) <= NOISE * size, 0.0, ray) / size
        if _contradicts(arrays, multipliers):
            return int(np.count_nonzero(multipliers))
    return 0


def _contradicts(arrays: Arrays, ray: Floats) -> bool:
    """Whether Σ ray·row ≥ demanded, while the columns allow no more than less than that."""
    demanded = np.where(ray > 0, arrays.lower, arrays.upper)
    if np.any(~np.isfinite(demanded[ray != 0])):
        return False
    demanded = np.where(ray != 0, demanded, 0.0)
    combined = arrays.combined(ray)
    magnitude = arrays.column_sums(np.abs(arrays.coefficients * ray[arrays.row_of]))
    most = np.where(combined > 0, arrays.high, arrays.low)
    # What a column without a bound adds has to cancel, as far as multipliers in doubles can.
    loose = ~np.isfinite(most) & (combined != 0)
    if np.any(np.abs(combined[loose]) > NOISE * magnitude[loose]):
        return False
    allowed = np.where(np.isfinite(most), most, 0.0) * combined
    scale = float(np.sum(np.abs(demanded * ray))) + float(np.sum(np.abs(allowed)))
    return bool(dot(demanded, ray) - np.sum(allowed) > NOISE * scale)


def proves_unbounded(arrays: Arrays, ray: Floats) -> bool:
    """Whether moving along the ray breaks no row or bound and earns money for ever."""
    size = float(np.max(np.abs(ray), initial=0.0))
    if not np.isfinite(size) or size == 0:
        return False
    ray = ray / size
    slope = float(dot(arrays.cost, ray))
    activity = arrays.activity(ray)
    noise = TOLERANCE * np.maximum(arrays.magnitude(ray), 1e-3)
    stays = (
        np.all((activity >= -noise) | np.isneginf(arrays.lower))
        and np.all((activity <= noise) | np.isposinf(arrays.upper))
        and np.all((ray >= -TOLERANCE) | np.isneginf(arrays.low))
        and np.all((ray <= TOLERANCE) | np.isposinf(arrays.high))
    )
    return bool(stays) and slope < -TOLERANCE * float(np.sum(np.abs(arrays.cost * ray)))

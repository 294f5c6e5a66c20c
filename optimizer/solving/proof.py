"""What a returned point, multiplier or ray proves, computed from the arrays and never taken from a solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oremix.optimizer.solving.arrays import Arrays, Floats

__all__ = [
    "TOLERANCE",
    "Proof",
    "a_row_cannot_hold",
    "dual_proof",
    "primal_residual",
    "proves_infeasible",
    "proves_unbounded",
]

TOLERANCE = 1e-6

# Below this part of the largest number of a vector, a number is noise.
NOISE = 1e-9


@dataclass(frozen=True)
class Proof:
    """A lower bound on the cost of any point, and how far its multipliers are from being feasible."""

    residual: float
    bound: float


def primal_residual(arrays: Arrays, x: Floats) -> float:
    """The largest violation of a row, bound or integrality, relative to the numbers it is made of.

    Rows and bounds of tiny numbers are measured by a ten-thousandth of the largest value of any column.
    """
    if not np.all(np.isfinite(x)):
        return float("inf")
    floor = max(1e-4 * float(np.max(np.abs(x), initial=0.0)), 1e-30)
    activity = arrays.activity(x)
    rows = np.maximum(arrays.lower - activity, activity - arrays.upper)
    row_scale = np.maximum(arrays.magnitude(x), _nearest(arrays.lower, arrays.upper))
    bounds = np.maximum(arrays.low - x, x - arrays.high)
    bound_scale = np.maximum(np.abs(x), _nearest(arrays.low, arrays.high))
    return max(
        _largest(rows / np.maximum(row_scale, floor)),
        _largest(bounds / np.maximum(bound_scale, floor)),
        _largest(np.abs(x - np.round(x))[arrays.integer]),
    )


def _nearest(low: Floats, high: Floats) -> Floats:
    """The smaller of two bounds in size, 0 where there is none."""
    nearest = np.minimum(np.abs(low), np.abs(high))
    return np.where(np.isfinite(nearest), nearest, 0.0)


def _largest(values: Floats) -> float:
    return max(0.0, float(np.max(values, initial=0.0)))


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
    return Proof(residual, float(np.sum(rows * duals) + np.sum(columns * reduced)) + arrays.offset)


def a_row_cannot_hold(arrays: Arrays) -> bool:
    """Whether one row alone proves that there is no point: its columns' bounds leave it no room."""
    positive = arrays.coefficients > 0
    used = arrays.coefficients != 0
    high = np.where(used, arrays.high[arrays.columns], 0.0)
    low = np.where(used, arrays.low[arrays.columns], 0.0)
    most = arrays.row_sums(arrays.coefficients * np.where(positive, high, low))
    least = arrays.row_sums(arrays.coefficients * np.where(positive, low, high))
    slack = -TOLERANCE * np.maximum(_nearest(arrays.lower, arrays.upper), 1e-30)
    return bool(np.any(most - arrays.lower < slack) or np.any(arrays.upper - least < slack))


def proves_infeasible(arrays: Arrays, ray: Floats) -> bool:
    """Whether the row multipliers are a Farkas proof: no point within the bounds can satisfy their combination."""
    size = float(np.max(np.abs(ray), initial=0.0))
    if not np.isfinite(size) or size == 0:
        return False
    for sign in (1.0, -1.0):
        if _contradicts(arrays, sign * np.where(np.abs(ray) <= NOISE * size, 0.0, ray) / size):
            return True
    return False


def _contradicts(arrays: Arrays, ray: Floats) -> bool:
    """Whether Σ ray·row ≥ demanded, while the columns allow no more than less than that."""
    demanded = np.where(ray > 0, arrays.lower, arrays.upper)
    if np.any(~np.isfinite(demanded[ray != 0])):
        return False
    weighted = arrays.coefficients * ray[arrays.row_of]
    combined = arrays.column_sums(weighted)
    magnitude = arrays.column_sums(np.abs(weighted))
    combined = np.where(np.abs(combined) <= NOISE * magnitude, 0.0, combined)
    most = np.where(combined > 0, arrays.high, arrays.low)
    used = combined != 0
    if np.any(~np.isfinite(most[used])):
        return False
    needed = float(np.sum(demanded[ray != 0] * ray[ray != 0]))
    allowed = float(np.sum(most[used] * combined[used]))
    scale = float(np.sum(np.abs(demanded[ray != 0] * ray[ray != 0]))) + float(
        np.sum(np.abs(most[used] * combined[used]))
    )
    return needed - allowed > NOISE * scale


def proves_unbounded(arrays: Arrays, ray: Floats) -> bool:
    """Whether moving along the ray breaks no row or bound and earns money for ever."""
    size = float(np.max(np.abs(ray), initial=0.0))
    if not np.isfinite(size) or size == 0:
        return False
    ray = ray / size
    slope = float(arrays.cost @ ray)
    activity = arrays.activity(ray)
    noise = TOLERANCE * np.maximum(arrays.magnitude(ray), 1e-3)
    stays = (
        np.all((activity >= -noise) | np.isneginf(arrays.lower))
        and np.all((activity <= noise) | np.isposinf(arrays.upper))
        and np.all((ray >= -TOLERANCE) | np.isneginf(arrays.low))
        and np.all((ray <= TOLERANCE) | np.isposinf(arrays.high))
    )
    return bool(stays) and slope < -TOLERANCE * float(np.sum(np.abs(arrays.cost * ray)))

"""What a changed problem would cost more if amounts and prices stayed as they are: first-order, nothing is solved."""

from __future__ import annotations

import numpy as np

from oremix.optimizer.session.state import State
from oremix.optimizer.solving.arrays import Floats

__all__ = ["first_order"]

# A dual this small beside the largest is the solver's rounding.
NOISE = 1e-9


def first_order(before: State, x: Floats, duals: Floats, after: State) -> float | None:
    """The difference of the Lagrangians of two LPs at one point: the cost's own to first order in the numbers changed.

    Columns and rows are matched by key; what is new is at nothing, and nothing is asked for it. None where a bound that
    has a price is taken away.

    Parameters
    ----------
    x, duals
        The optimum of the first, and the duals of its rows.
    """
    duals = np.where(np.abs(duals) > NOISE * np.abs(duals).max(initial=0.0), duals, 0.0)
    amounts, prices = _matched(before.columns, after.columns, x), _matched(before.rows, after.rows, duals)
    old = _lagrangian(before, x, duals)
    new = _lagrangian(after, amounts, prices)
    moved = _bounds_moved(before, duals, after)
    if old is None or new is None or moved is None:
        return None
    return new - old + moved


def _matched(old: dict[tuple[object, ...], int], new: dict[tuple[object, ...], int], values: Floats) -> Floats:
    """The values in the order of the new keys; 0 for keys that are new."""
    if old is new:
        return values
    places = np.array([old.get(key, -1) for key in new], dtype=np.int64)
    return np.where(places >= 0, values[places], 0.0)


def _lagrangian(state: State, x: Floats, duals: Floats) -> float | None:
    """Cost, and at its dual what each row leaves of its bound."""
    arrays = state.arrays
    bounds = np.where(duals > 0, arrays.lower, arrays.upper)
    priced = duals != 0
    if not np.isfinite(bounds[priced]).all():
        return None
    activity = arrays.row_sums(arrays.coefficients * x[arrays.columns])
    left = duals[priced] * (bounds[priced] - activity[priced])
    return float(arrays.offset + arrays.cost @ x + left.sum())


def _bounds_moved(before: State, duals: Floats, after: State) -> float | None:
    """What bounds of columns are worth that have moved, at their reduced costs."""
    old, new = before.arrays, after.arrays
    reduced = old.reduced_costs(duals).astype(np.float64)
    places = np.arange(len(reduced))
    if before.columns is not after.columns:
        places = np.array([after.columns.get(key, -1) for key in before.columns], dtype=np.int64)
    there = (places >= 0) & (old.low != old.high)
    ends = (
        np.where(reduced > 0, old.low, old.high)[there],
        np.where(reduced > 0, new.low[places], new.high[places])[there],
    )
    moved = (ends[0] != ends[1]) & (reduced[there] != 0)
    if not np.isfinite(ends[0][moved]).all() or not np.isfinite(ends[1][moved]).all():
        return None
    return float((reduced[there][moved] * (ends[1][moved] - ends[0][moved])).sum())

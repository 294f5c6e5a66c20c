"""A first plan from the LP's: its fractions of decisions are made whole, a few at a time, and the LP solved again."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Arrays, Floats

__all__ = ["rounded"]

# In each round the most used tenth is decided on, and whatever is nearly whole.
SHARE, NEARLY = 0.1, 0.9

# What is used less than this is not used: much less than a solver's own tolerance, as little of a decision may let
# much pass.
UNUSED = 1e-9

Columns = NDArray[np.int64]


def rounded(solver: Any, arrays: Arrays, clock: Clock) -> Floats | None:
    """A point with whole decisions, not far from the LP's; none where none was found.

    What is used most is decided on first: then it is there as a whole, and others are used the less. Rules on
    decisions, such as budgets and numbers of orders, are rows of the LP like any other: where they leave no room for
    a decision, it is taken back.

    Parameters
    ----------
    solver
        HiGHS as it stands after solving the LP without whole decisions. Its bounds of the decisions are changed.
    """
    solver.setOptionValue("time_limit", highspy.kHighsInf)
    undecided = np.flatnonzero(arrays.integer)
    x = _values(solver)
    while x is not None and len(undecided := _fractions(x, undecided)):
        if clock.is_over() or clock.left() == 0:
            return None
        chosen = _most_used(x, undecided)
        x = _solved(solver, chosen, np.ceil(x[chosen]))
        if x is None:
            _free(solver, arrays, chosen)
            chosen = chosen[:1]
            x = _either_way(solver, arrays, chosen)
        undecided = np.setdiff1d(undecided, chosen)
    decisions = np.flatnonzero(arrays.integer)
    return None if x is None else _whole(_solved(solver, decisions, np.round(x[decisions])), decisions)


def _fractions(x: Floats, decisions: Columns) -> Columns:
    return decisions[np.abs(x[decisions] - np.round(x[decisions])) > UNUSED]


def _most_used(x: Floats, undecided: Columns) -> Columns:
    """The largest fractions first."""
    fractions = x[undecided] - np.floor(x[undecided])
    order = np.argsort(-fractions, kind="stable")
    count = max(1, int(SHARE * len(order)), int(np.count_nonzero(fractions >= NEARLY)))
    return undecided[order[:count]]


def _either_way(solver: Any, arrays: Arrays, one: Columns) -> Floats | None:
    """The LP with a decision taken, else with it not taken."""
    for value in (arrays.high[one], arrays.low[one]):
        x = _solved(solver, one, value)
        if x is not None:
            return x
    return None


def _solved(solver: Any, decisions: Columns, values: Floats) -> Floats | None:
    """The LP with these decisions; none where it has no point."""
    solver.changeColsBounds(len(decisions), decisions.astype(np.int32), values, values)
    solver.run()
    return _values(solver)


def _free(solver: Any, arrays: Arrays, decisions: Columns) -> None:
    low, high = arrays.low[decisions], arrays.high[decisions]
    solver.changeColsBounds(len(decisions), decisions.astype(np.int32), low, high)


def _values(solver: Any) -> Floats | None:
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)


def _whole(x: Floats | None, decisions: Columns) -> Floats | None:
    if x is not None:
        x[decisions] = np.round(x[decisions])
    return x

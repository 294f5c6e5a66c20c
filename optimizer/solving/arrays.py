"""A PuLP problem as arrays: min c·x + offset, lower ≤ A x ≤ upper, low ≤ x ≤ high."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from oremix.optimizer.lean import rows_of
from oremix.optimizer.solving.wide import Wide, group_sums

__all__ = ["Arrays", "Floats", "arrays_of", "with_decisions", "without_decisions"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Arrays:
    """A minimisation in arrays; A is stored by rows (`starts`, `columns`, `coefficients`).

    `sign` is −1 where the PuLP problem maximises: `cost` and `offset` are then its negative.
    """

    cost: Floats
    offset: float
    low: Floats
    high: Floats
    integer: NDArray[np.bool_]
    starts: Ints
    columns: Ints
    coefficients: Floats
    lower: Floats
    upper: Floats
    sign: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Columns, rows and nonzeros."""
        return len(self.cost), len(self.lower), len(self.coefficients)

    @cached_property
    def row_of(self) -> NDArray[np.int64]:
        """The row of each nonzero."""
        return np.repeat(np.arange(len(self.lower)), np.diff(self.starts))

    @cached_property
    def _by_column(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The nonzeros column by column, and where each column begins in that order."""
        order = np.argsort(self.columns, kind="stable")
        lengths = np.bincount(self.columns, minlength=len(self.cost))
        return order, np.concatenate(([0], np.cumsum(lengths)))

    def row_sums(self, values: Floats) -> Floats:
        """The sum over each row of values given per nonzero, in doubles: for sizes."""
        return np.bincount(self.row_of, values, minlength=len(self.lower)).astype(np.float64, copy=False)

    def column_sums(self, values: Floats) -> Floats:
        """The sum over each column of values given per nonzero, in doubles: for sizes."""
        return np.bincount(self.columns, values, minlength=len(self.cost)).astype(np.float64, copy=False)

    def row_products(self, values: Floats) -> Wide:
        """The sum over each row of its coefficients times values given per nonzero, wider than in doubles."""
        return group_sums(self.starts.astype(np.int64), self.coefficients, values)

    def activity(self, x: Floats) -> Wide:
        """The rows' values at x, A x, wider than in doubles."""
        return self.row_products(x[self.columns])

    def magnitude(self, x: Floats) -> Floats:
        """How large the terms of each row are, |A| |x|."""
        return self.row_sums(np.abs(self.coefficients * x[self.columns]))

    def combined(self, duals: Floats) -> Wide:
        """The columns' coefficients in the rows added up with these weights, Aᵀ y, wider than in doubles."""
        order, starts = self._by_column
        return group_sums(starts, self.coefficients[order], duals[self.row_of[order]])

    def reduced_costs(self, duals: Floats) -> Wide:
        """Cost less what the rows pay, c − Aᵀ y, wider than in doubles."""
        return self.cost - self.combined(duals)


def with_decisions(arrays: Arrays, x: Floats) -> Arrays:
    """The LP in which the whole decisions are as in a point."""
    if not arrays.integer.any():
        return arrays
    low = np.where(arrays.integer, np.round(x), arrays.low)
    high = np.where(arrays.integer, np.round(x), arrays.high)
    return replace(arrays, low=low, high=high)


def without_decisions(arrays: Arrays, x: Floats) -> Arrays:
    """The LP in which the whole decisions are as in a point, and nothing else has to be whole."""
    return replace(with_decisions(arrays, x), integer=np.zeros_like(arrays.integer))


def arrays_of(problem: pulp.LpProblem) -> tuple[Arrays, list[Any], list[Any]]:
    """The arrays of a PuLP problem, with its variables and constraints in the same order."""
    variables = list(problem.variables())  # PuLP may add to its own list while it solves
    rows = rows_of(problem)
    index = {variable: position for position, variable in enumerate(variables)}
    lengths = [len(row.expr) for row in rows]
    nonzeros = sum(lengths)
    columns = np.fromiter((index[v] for v in chain.from_iterable(row.expr for row in rows)), np.int32, nonzeros)
    coefficients = np.fromiter(chain.from_iterable(row.expr.values() for row in rows), np.float64, nonzeros)
    bounds = np.array([-row.constant for row in rows], dtype=np.float64)
    senses = np.array([row.sense for row in rows], dtype=np.int8)
    sign = -1.0 if problem.sense == pulp.LpMaximize else 1.0
    cost = np.zeros(len(variables))
    objective = problem.objective if problem.objective is not None else {}
    for variable, coefficient in objective.items():
        cost[index[variable]] = sign * coefficient
    arrays = Arrays(
        cost=cost,
        offset=sign * float(getattr(objective, "constant", 0.0)),
        low=np.array([-np.inf if v.lowBound is None else v.lowBound for v in variables], dtype=np.float64),
        high=np.array([np.inf if v.upBound is None else v.upBound for v in variables], dtype=np.float64),
        integer=np.array([v.cat == pulp.LpInteger for v in variables], dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=columns,
        coefficients=coefficients,
        lower=np.where(senses == pulp.LpConstraintLE, -np.inf, bounds),
        upper=np.where(senses == pulp.LpConstraintGE, np.inf, bounds),
        sign=sign,
    )
    return arrays, variables, rows

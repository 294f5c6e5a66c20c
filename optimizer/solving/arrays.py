"""A PuLP problem as arrays: min c·x + offset, lower ≤ A x ≤ upper, low ≤ x ≤ high."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from oremix.optimizer.lean import LeanProblem, Matrix, Row, ends_of, rows_of
from oremix.optimizer.solving.wide import Wide, group_sums

__all__ = [
    "Arrays",
    "Floats",
    "Ints",
    "arrays_of",
    "with_bounds",
    "with_decisions",
    "with_rows",
    "without_decisions",
    "without_integers",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Arrays:
    """A minimisation in arrays; A is stored by rows (`starts`, `columns`, `coefficients`).

    `sign` is −1 where the PuLP problem maximises: `cost` and `offset` are then its negative. `gates` are the rows that
    say nothing for one answer to their yes/no decision (see `lean.Row`).
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
    gates: NDArray[np.bool_]
    sign: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Columns, rows and nonzeros."""
        return len(self.cost), len(self.lower), len(self.coefficients)

    @cached_property
    def row_of(self) -> NDArray[np.int64]:
        """The row of each nonzero."""
        return np.repeat(np.arange(len(self.lower)), self.starts[1:] - self.starts[:-1])

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
    """The LP in which the whole decisions are as in a point, without the gates that they open.

    What a gate allows when it is open is no limit of the problem: it would take the value of the next unit for its own.
    """
    if not arrays.integer.any():
        return arrays
    decisions = np.round(x)
    low = np.where(arrays.integer, decisions, arrays.low)
    high = np.where(arrays.integer, decisions, arrays.high)
    opened = _open_gates(arrays, decisions)
    lower, upper = np.where(opened, -np.inf, arrays.lower), np.where(opened, np.inf, arrays.upper)
    return replace(arrays, low=low, high=high, lower=lower, upper=upper)


def with_wider_gates(arrays: Arrays, room: float) -> Arrays:
    """The LP whose gates allow so much more where they are open, and where they are shut what they did."""
    place, yes_gives_room = _gates(arrays)
    row = arrays.row_of[place]
    sign = np.where(np.isfinite(arrays.upper[row]), 1.0, -1.0)
    lower, upper, coefficients = arrays.lower.copy(), arrays.upper.copy(), arrays.coefficients.copy()
    coefficients[place] += np.where(yes_gives_room, -sign, sign) * room
    no = row[~yes_gives_room]
    lower[no], upper[no] = lower[no] - room, upper[no] + room
    return replace(arrays, lower=lower, upper=upper, coefficients=coefficients)


def _gates(arrays: Arrays) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where gates have their decisions, and whether it is yes that gives the more room."""
    place = np.flatnonzero(arrays.gates[arrays.row_of] & arrays.integer[arrays.columns] & (arrays.coefficients != 0))
    row = arrays.row_of[place]
    yes_gives_room: NDArray[np.bool_] = (arrays.coefficients[place] < 0) == np.isfinite(arrays.upper[row])
    return place, yes_gives_room


def _open_gates(arrays: Arrays, decisions: Floats) -> NDArray[np.bool_]:
    """The gates whose decision is the one that leaves them the more room."""
    place, yes_gives_room = _gates(arrays)
    row, decided = arrays.row_of[place], decisions[arrays.columns[place]] > 0
    opened = np.zeros(len(arrays.gates), dtype=np.bool_)
    opened[row[decided == yes_gives_room]] = True
    return opened


def with_rows(arrays: Arrays, rows: dict[int, tuple[Ints, Floats]]) -> Arrays:
    """The LP with other columns and coefficients in some of its rows."""
    if not rows:
        return arrays
    numbers = np.array(list(rows))
    stays = ~np.isin(arrays.row_of, numbers)
    lengths = [len(columns) for columns, _ in rows.values()]
    row_of = np.concatenate((arrays.row_of[stays], np.repeat(numbers, lengths)))
    columns = np.concatenate((arrays.columns[stays], *(columns for columns, _ in rows.values())))
    coefficients = np.concatenate((arrays.coefficients[stays], *(values for _, values in rows.values())))
    order = np.argsort(row_of, kind="stable")
    return replace(
        arrays,
        starts=np.searchsorted(row_of[order], np.arange(len(arrays.lower) + 1)).astype(np.int32),
        columns=columns[order].astype(np.int32),
        coefficients=coefficients[order],
    )


def with_bounds(arrays: Arrays, bounds: dict[int, float]) -> Arrays:
    """The LP with other right-hand sides in some of its rows."""
    rows = list(bounds)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    for side in (lower, upper):
        side[rows] = np.where(np.isfinite(side[rows]), list(bounds.values()), side[rows])
    return replace(arrays, lower=lower, upper=upper)


def without_decisions(arrays: Arrays, x: Floats) -> Arrays:
    """The LP in which the whole decisions are as in a point, and nothing else has to be whole."""
    return without_integers(with_decisions(arrays, x))


def without_integers(arrays: Arrays) -> Arrays:
    """The LP in which decisions may be fractions."""
    return replace(arrays, integer=np.zeros_like(arrays.integer))


def arrays_of(problem: pulp.LpProblem) -> Arrays:
    """The arrays of a PuLP problem, its variables and constraints in its own order."""
    rows = rows_of(problem)
    matrix = problem.matrix() if isinstance(problem, LeanProblem) else None
    if matrix is None:
        matrix = _read(problem, rows)
    bounds = np.array([-row.constant for row in rows], dtype=np.float64)
    senses = np.array([row.sense for row in rows], dtype=np.int8)
    sign = -1.0 if problem.sense == pulp.LpMaximize else 1.0
    return Arrays(
        cost=sign * matrix.cost,
        offset=sign * matrix.constant,
        low=np.where(np.isnan(matrix.low), -np.inf, matrix.low),
        high=np.where(np.isnan(matrix.high), np.inf, matrix.high),
        integer=matrix.integer,
        starts=matrix.starts,
        columns=matrix.columns,
        coefficients=matrix.coefficients,
        lower=np.where(senses == pulp.LpConstraintLE, -np.inf, bounds),
        upper=np.where(senses == pulp.LpConstraintGE, np.inf, bounds),
        gates=np.array([getattr(row, "gate", False) for row in rows], dtype=np.bool_),
        sign=sign,
    )


def _read(problem: pulp.LpProblem, rows: list[Any]) -> Matrix:
    """The numbers in the expressions of a PuLP problem."""
    variables = list(problem.variables())
    position = dict(zip(variables, range(len(variables)), strict=True)).__getitem__
    terms = [row.terms if isinstance(row, Row) else row.expr for row in rows]
    lengths = [len(row) for row in terms]
    cost = np.zeros(len(variables))
    objective = problem.objective if problem.objective is not None else {}
    priced = np.fromiter(map(position, objective), np.int32, len(objective))
    cost[priced] = np.fromiter(objective.values(), np.float64, len(objective))
    return Matrix(
        cost=cost,
        constant=float(getattr(objective, "constant", 0.0)),
        low=ends_of(variables, "lowBound"),
        high=ends_of(variables, "upBound"),
        integer=np.array([variable.cat == pulp.LpInteger for variable in variables], dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=np.fromiter(map(position, chain.from_iterable(terms)), np.int32, sum(lengths)),
        coefficients=np.fromiter(chain.from_iterable(row.values() for row in terms), np.float64, sum(lengths)),
    )

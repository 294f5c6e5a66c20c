"""An LP kept in HiGHS: changed in place, and solved from where it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving.arrays import Arrays, Floats, with_decisions
from oremix.optimizer.solving.highs import SAID, Claim, Quiet, claim_of, highs_model
from oremix.optimizer.solving.proof import TOLERANCE, checked_in_doubles, cost_of, dual_proof, primal_residual

__all__ = ["Hot", "Point", "Rooms"]

# What changes by less than this per unit stands still: HiGHS's own tolerance.
STANDS = 1e-9
# What HiGHS calls the primal simplex method.
PRIMAL = 4


@dataclass(frozen=True)
class Point:
    """An optimum, verified: its values, its row duals, the reduced costs of its columns, and its cost."""

    x: Floats
    duals: Floats
    reduced: Floats
    objective: float


class Rooms(NamedTuple):
    """Between which values bounds can be moved while a basis stays optimal; NaN where it does not say.

    Of each row's bound the lowest and the highest, within which its dual stays; of the bound that a column is at the
    highest, up to which its reduced cost does.
    """

    down: Floats
    up: Floats
    columns: Floats


class Hot:
    """An LP that is solved again and again after small changes; integers are taken as they are in `fixed`.

    Parameters
    ----------
    arrays
        The LP; it is copied.
    fixed
        A point whose integer columns are kept; required where there are integers.
    solver
        HiGHS as it stands after solving this LP; else a new one is filled.

    Attributes
    ----------
    arrays
        The LP as it stands after the changes.
    """

    def __init__(self, arrays: Arrays, fixed: Floats | None = None, *, solver: Any = None) -> None:
        self.arrays = _copied(arrays if fixed is None else with_decisions(arrays, fixed))
        self.solver: Any = Quiet() if solver is None else solver
        # a limit on the first solve would go on counting
        self.solver.setOptionValue("time_limit", highspy.kHighsInf)
        if solver is None:
            self.solver.passModel(highs_model(self.arrays, None, is_mip=False))

    def copy(self) -> Arrays:
        """The LP as it stands, for keeps."""
        return _copied(self.arrays)

    def prefer_primal(self) -> None:
        """Take the primal simplex method from now on: a point stays one when costs change."""
        self.solver.setOptionValue("simplex_strategy", PRIMAL)

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """Change the bounds of a row."""
        self.arrays.lower[row], self.arrays.upper[row] = lower, upper
        self.solver.changeRowBounds(row, lower, upper)

    def bound_column(self, column: int, low: float, high: float) -> None:
        """Change the bounds of a column."""
        self.arrays.low[column], self.arrays.high[column] = low, high
        self.solver.changeColBounds(column, low, high)

    def price_column(self, column: int, cost: float) -> None:
        """Change the cost of a column."""
        self.arrays.cost[column] = cost
        self.solver.changeColCost(column, cost)

    def become(self, arrays: Arrays) -> None:
        """Take over the numbers of an LP with the same columns and rows; what is the same is not touched."""
        old, self.arrays = self.arrays, _copied(arrays)
        if not (np.array_equal(old.starts, arrays.starts) and np.array_equal(old.columns, arrays.columns)):
            basis = self.solver.getBasis()
            self.solver.passModel(highs_model(self.arrays, None, is_mip=False))
            self.solver.setBasis(basis)
            return
        columns = _where(old.low != arrays.low, old.high != arrays.high)
        self.solver.changeColsBounds(len(columns), columns, arrays.low[columns], arrays.high[columns])
        rows = _where(old.lower != arrays.lower, old.upper != arrays.upper)
        self.solver.changeRowsBounds(len(rows), rows, arrays.lower[rows], arrays.upper[rows])
        columns = _where(old.cost != arrays.cost)
        self.solver.changeColsCost(len(columns), columns, arrays.cost[columns])
        self.solver.changeObjectiveOffset(arrays.offset)
        places = _where(old.coefficients != arrays.coefficients)
        new = (arrays.row_of[places], arrays.columns[places], arrays.coefficients[places])
        for row, column, coefficient in zip(*(part.tolist() for part in new), strict=True):
            self.solver.changeCoeff(row, column, coefficient)

    def refill(self, arrays: Arrays, columns: list[int], rows: list[int]) -> None:
        """Take over another LP, with the basis of what it has in common with the one before.

        Parameters
        ----------
        columns, rows
            Where each column and row of the new LP was in the old one; −1 where it was not.
        """
        self.arrays = _copied(arrays)
        old, basis = self.solver.getBasis(), highspy.HighsBasis()
        lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
        was = (old.col_status, old.row_status)
        self.solver.passModel(highs_model(self.arrays, None, is_mip=False))
        if not old.valid:
            return
        basis.col_status = [was[0][position] if position >= 0 else lower for position in columns]
        basis.row_status = [was[1][position] if position >= 0 else basic for position in rows]
        basis.valid = basis.alien = True  # what is left of a basis need not be one: HiGHS completes it
        self.solver.setBasis(basis)

    def claim(self, time_limit: float | None = None) -> Claim:
        """Solve from where the last solve ended; nothing of the answer is checked.

        Raises
        ------
        SolverFailed
            HiGHS broke off for a reason that says nothing about the LP.
        """
        limit = highspy.kHighsInf if time_limit is None else self.solver.getRunTime() + max(time_limit, 0.0)
        self.solver.setOptionValue("time_limit", limit)
        return claim_of(self.solver, is_mip=False)

    def solve(self) -> Point | None:
        """The optimum; none where the LP has no point.

        Raises
        ------
        SolverFailed
            HiGHS ended without an optimum and without saying that there is none, or its optimum did not hold.
        """
        self.solver.run()
        status = SAID.get(self.solver.getModelStatus(), "broken off")
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            self.solver.setOptionValue("presolve", "off")
            self.solver.run()
            status = SAID.get(self.solver.getModelStatus(), "broken off")
        if status == "infeasible":
            return None
        if status != "optimal":
            words = self.solver.modelStatusToString(self.solver.getModelStatus())
            raise SolverFailed(f"HiGHS broke off while solving again: {words}")
        solution = self.solver.getSolution()
        x = np.clip(np.array(solution.col_value), self.arrays.low, self.arrays.high)
        return self._verified(x, np.array(solution.row_dual))

    def rooms(self) -> Rooms:
        """How far the bounds of rows and columns can go before the basis of the last solve changes."""
        status, ranging = self.solver.getRanging()
        basic = np.zeros(len(self.arrays.lower), dtype=np.bool_)
        found, basics = self.solver.getBasicVariables()
        basic[-1 - basics[basics < 0]] = True
        if highspy.HighsStatus.kOk not in (status, found):
            basic[:] = True
        down, up = np.array(ranging.row_bound_dn.value_), np.array(ranging.row_bound_up.value_)
        down[basic] = up[basic] = np.nan
        columns = np.array(ranging.col_bound_up.value_)
        columns[basics[basics >= 0]] = np.nan
        return Rooms(down, up, columns)

    def room(self, row: int, point: Point) -> tuple[float, float]:
        """As `rooms`, of one row: where the first of the basic columns and rows would meet a bound of its own.

        `point` is the last solve's.
        """
        arrays = self.arrays
        found, basics = self.solver.getBasicVariables()
        status, change = self.solver.getBasisInverseCol(row)
        if highspy.HighsStatus.kError in (found, status) or -1 - row in basics:
            return np.nan, np.nan
        is_row = basics < 0
        rows, columns = -1 - basics[is_row], basics[~is_row]
        activity = arrays.row_sums(arrays.coefficients * point.x[arrays.columns])
        low = np.concatenate((arrays.lower[rows], arrays.low[columns]))
        high = np.concatenate((arrays.upper[rows], arrays.high[columns]))
        values = np.clip(np.concatenate((activity[rows], point.x[columns])), low, high)
        rates = np.concatenate((-change[is_row], change[~is_row]))
        bound = float(arrays.upper[row]) if np.isfinite(arrays.upper[row]) else float(arrays.lower[row])
        return bound - _way(values, low, high, -rates), bound + _way(values, low, high, rates)

    def _verified(self, x: Floats, duals: Floats) -> Point:
        """The optimum, checked in doubles; where these cannot tell, in wide sums."""
        arrays, objective = self.arrays, cost_of(self.arrays, x)
        scale = max(abs(objective), float(np.sum(np.abs(arrays.cost * x))), 1e-30)
        worst, reduced = checked_in_doubles(arrays, x, duals, objective, scale)
        if not worst <= TOLERANCE:
            proof = dual_proof(arrays, x, duals)
            worst = max(primal_residual(arrays, x), proof.residual, (objective - proof.bound) / scale)
        if worst > TOLERANCE:
            raise SolverFailed(f"the optimum of a changed problem did not hold when checked: off by {worst:.1e}")
        return Point(x, duals, reduced, objective)


def _way(values: Floats, low: Floats, high: Floats, rates: Floats) -> float:
    """How far numbers that move at these rates can go until the first meets a bound."""
    moves = np.abs(rates) > STANDS
    ends = np.where(rates > 0, high, low)[moves]
    return float(np.min((ends - values[moves]) / rates[moves], initial=np.inf))


def _where(*differs: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Where any of these is so."""
    return np.flatnonzero(np.logical_or.reduce(differs)).astype(np.int32)


def _copied(arrays: Arrays) -> Arrays:
    """The LP with arrays of its own, and without integers."""
    return replace(
        arrays,
        low=arrays.low.copy(),
        high=arrays.high.copy(),
        cost=arrays.cost.copy(),
        lower=arrays.lower.copy(),
        upper=arrays.upper.copy(),
        integer=np.zeros_like(arrays.integer),
    )

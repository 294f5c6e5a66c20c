"""An LP kept in HiGHS: changed in place, and solved from where it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import highspy
import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving.arrays import Arrays, Floats, with_decisions
from oremix.optimizer.solving.highs import SAID, Quiet, highs_model
from oremix.optimizer.solving.proof import TOLERANCE, checked_in_doubles, cost_of, dual_proof, primal_residual

__all__ = ["Hot", "Point", "Rooms"]

# What changes by less than this per unit stands still: HiGHS's own tolerance.
STANDS = 1e-9


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

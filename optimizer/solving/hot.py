"""An LP kept in HiGHS: changed in place, and solved from where it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving.arrays import Arrays, Floats, with_decisions
from oremix.optimizer.solving.highs import SAID, Quiet, highs_model
from oremix.optimizer.solving.proof import TOLERANCE, cost_of, dual_proof, primal_residual

__all__ = ["Hot", "Point"]


@dataclass(frozen=True)
class Point:
    """An optimum, verified: its values, its row duals, the reduced costs of its columns, and its cost."""

    x: Floats
    duals: Floats
    reduced: Floats
    objective: float


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
        self.solver = Quiet() if solver is None else solver
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
        duals = np.array(solution.row_dual)
        reduced = np.array(solution.col_dual)
        return self._verified(Point(x, duals, reduced, cost_of(self.arrays, x)))

    def rooms(self) -> tuple[Floats, Floats]:
        """The values of each row's bound between which its dual stays; from NaN to NaN where the basis does not say."""
        status, ranging = self.solver.getRanging()
        basic = np.array(
            [s == highspy.HighsBasisStatus.kBasic for s in self.solver.getBasis().row_status], dtype=np.bool_
        )
        if status != highspy.HighsStatus.kOk:
            basic[:] = True
        down, up = np.array(ranging.row_bound_dn.value_), np.array(ranging.row_bound_up.value_)
        down[basic] = up[basic] = np.nan
        return down, up

    def _verified(self, point: Point) -> Point:
        proof = dual_proof(self.arrays, point.x, point.duals)
        turnover = float(np.sum(np.abs(self.arrays.cost * point.x)))
        scale = max(abs(point.objective), turnover, 1e-30)
        worst = max(primal_residual(self.arrays, point.x), proof.residual, (point.objective - proof.bound) / scale)
        if worst > TOLERANCE:
            raise SolverFailed(f"the optimum of a changed problem did not hold when checked: off by {worst:.1e}")
        return point


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

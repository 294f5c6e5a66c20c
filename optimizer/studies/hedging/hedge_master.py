"""The LP that decides what is common, with what is known of the branches' costs by cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Floats
from oremix.optimizer.solving.highs import NEAR, SAID, Quiet, listen
from oremix.optimizer.studies.hedging.later import Cut
from oremix.optimizer.studies.hedging.whole import Whole, risk_terms

__all__ = ["Master", "Proposal", "Weighed"]


@dataclass(frozen=True)
class Proposal:
    """Decisions, the cost of each part as far as cuts say it, and what no decisions can cost less than."""

    status: str
    decisions: Floats
    costs: list[float]
    bound: float


@dataclass(frozen=True)
class Weighed:
    """Multipliers of the last optimum: of the rows of common columns alone, of each cut, of what risk needs."""

    head: Floats
    cuts: list[tuple[Cut, float]]
    risk: Floats | None


class Master:
    """Common columns and their rows, a cost for each part of a branch, what risk needs of these; in the whole's unit.

    Parameters
    ----------
    branches
        The branch of each part.
    """

    def __init__(self, whole: Whole, branches: list[int]) -> None:
        self._whole, self._width, self._parts = whole, whole.width, len(branches)
        self._cuts: list[Cut] = []
        self._is_whole = False
        self._duals: Floats | None = None
        self._solver: Any = Quiet()
        self._add_columns(branches)
        self._add_rows()
        self._risk_rows = self._add_risk(branches)

    def _add_columns(self, branches: list[int]) -> None:
        arrays, weights, unit = self._whole.arrays, self._whole.risk.weights, self._whole.unit
        for column in range(self._width):
            self._solver.addCol(arrays.cost[column], arrays.low[column], arrays.high[column], 0, [], [])
        for branch in branches:
            self._solver.addCol(weights[branch] * unit, -highspy.kHighsInf, highspy.kHighsInf, 0, [], [])
        self._solver.changeObjectiveOffset(arrays.offset)

    def _add_rows(self) -> None:
        arrays = self._whole.arrays
        for row in range(self._whole.head):
            span = slice(arrays.starts[row], arrays.starts[row + 1])
            columns, values = arrays.columns[span], arrays.coefficients[span]
            self._solver.addRow(arrays.lower[row], arrays.upper[row], len(columns), columns, values)

    def _add_risk(self, branches: list[int]) -> int:
        """What each branch costs, in the columns that risk needs; how many rows these are."""
        whole, first = self._whole, self._width + self._parts
        terms = risk_terms(whole.risk, whole.unit)
        if terms is None:
            return 0
        for cost, low in zip(terms.cost, terms.low, strict=True):
            self._solver.addCol(cost, low, highspy.kHighsInf, 0, [], [])
        part_of = np.array(branches)
        for number, (place, entries) in enumerate(zip(whole.places, terms.entries, strict=True)):
            paid, mine = np.flatnonzero(place.of_common), self._width + np.flatnonzero(part_of == number)
            columns = np.concatenate((paid, mine, [first + column for column, _ in entries])).astype(np.int32)
            costs = place.of_common[paid] / whole.unit
            values = np.concatenate((costs, np.ones(len(mine)), [entry for _, entry in entries]))
            self._solver.addRow(-highspy.kHighsInf, -place.offset / whole.unit, len(columns), columns, values)
        return len(whole.places)

    def add(self, cut: Cut) -> None:
        """What multipliers say of a part."""
        columns = np.flatnonzero(cut.slope).astype(np.int32)
        slope, constant = cut.slope[columns], cut.constant
        if cut.is_limit:
            self._solver.addRow(-highspy.kHighsInf, -constant, len(columns), columns, slope)
        else:
            unit = self._whole.unit
            columns = np.append(columns, self._width + cut.part).astype(np.int32)
            values = np.append(-slope / unit, 1.0)
            self._solver.addRow(constant / unit, highspy.kHighsInf, len(columns), columns, values)
        self._cuts.append(cut)

    def make_whole(self) -> None:
        """From now on yes/no decisions are no fractions."""
        self._is_whole = True
        places = np.flatnonzero(self._whole.arrays.integer[: self._width]).astype(np.int32)
        kinds = np.full(len(places), highspy.HighsVarType.kInteger)
        self._solver.changeColsIntegrality(len(places), places, kinds)
        self._solver.setOptionValue("mip_rel_gap", NEAR)
        self._solver.setOptionValue("mip_abs_gap", 0.0)

    def solve(self, clock: Clock) -> Proposal:
        """The decisions that cost least as far as cuts say."""
        solver, left = self._solver, clock.left()
        solver.setOptionValue("time_limit", highspy.kHighsInf if left is None else solver.getRunTime() + left)
        if clock.stop is not None:
            listen(solver, clock.stop)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            solver.setOptionValue("presolve", "off")
            solver.run()
        status = SAID.get(solver.getModelStatus(), "limit")
        if status not in ("optimal", "infeasible"):
            status = "limit"
        if status != "optimal":
            return Proposal(status, np.zeros(self._width), [], -np.inf)
        solution = solver.getSolution()
        values = np.array(solution.col_value)
        self._duals = np.array(solution.row_dual) if solution.dual_valid and not self._is_whole else None
        low, high = self._whole.arrays.low[: self._width], self._whole.arrays.high[: self._width]
        decisions = np.clip(values[: self._width], low, high)
        if self._is_whole:
            decisions = np.where(self._whole.arrays.integer[: self._width], np.round(decisions), decisions)
        costs = (values[self._width : self._width + self._parts] * self._whole.unit).tolist()
        info = solver.getInfo()
        bound = float(info.mip_dual_bound if self._is_whole else info.objective_function_value)
        return Proposal(status, decisions, costs, bound)

    def duals(self) -> Weighed | None:
        """Of the last LP; of a search for yes/no decisions there are none."""
        duals = self._duals
        if duals is None:
            return None
        head, first = self._whole.head, self._whole.head + self._risk_rows
        cuts = [
            (cut, -float(dual) if cut.is_limit else float(dual) / self._whole.unit)
            for cut, dual in zip(self._cuts, duals[first:], strict=False)
            if dual
        ]
        return Weighed(duals[:head], cuts, duals[head:first] if self._risk_rows else None)

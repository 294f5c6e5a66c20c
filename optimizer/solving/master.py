"""The small LP that mixes the pieces' points so that the rows they share hold: Dantzig and Wolfe's master."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import Quiet

__all__ = ["Master", "Mix"]

# A shared row that is missed by less than this part of its size holds.
HOLDS = 1e-9


@dataclass(frozen=True)
class Mix:
    """How much of each point, at what cost, the prices of the shared rows, and what each piece's mix costs at them.

    `own` are the columns that no piece has; `missing` says by how much each shared row is missed, as a part of its size.
    """

    own: Floats
    weights: Floats
    cost: float
    prices: Floats
    levels: Floats
    missing: Floats

    @property
    def holds(self) -> bool:
        """Whether every shared row holds."""
        return bool(np.all(self.missing <= HOLDS))


class Master:
    """Mixes of points of pieces: each piece's weights add up to 1, the shared rows hold or are missed at a fine.

    Parameters
    ----------
    own
        The shared rows with the columns that no piece has.
    size
        Of what each shared row adds up.
    money
        The size of the whole cost.
    pieces
        How many there are.
    """

    def __init__(self, own: Arrays, size: Floats, money: float, pieces: int) -> None:
        self._size, self._money = size, money
        self._shared, self._own = len(size), len(own.cost)
        self.fines = np.ones(self._shared)
        self._solver = Quiet()
        for low, high in zip(own.lower / size, own.upper / size, strict=True):
            self._solver.addRow(low, high, 0, [], [])
        for _ in range(pieces):
            self._solver.addRow(1.0, 1.0, 0, [], [])
        for row in range(self._shared):
            for sign in (1.0, -1.0):
                self._solver.addCol(self.fines[row], 0.0, highspy.kHighsInf, 1, [row], [sign])
        for column in range(self._own):
            mine = own.columns == column
            rows = own.row_of[mine]
            self._solver.addCol(
                own.cost[column] / money,
                own.low[column],
                own.high[column],
                len(rows),
                rows.astype(np.int32),
                own.coefficients[mine] / size[rows],
            )

    def add(self, cost: float, uses: Floats, piece: int) -> None:
        """A point of a piece."""
        rows = np.flatnonzero(uses)
        entries = np.append(uses[rows] / self._size[rows], 1.0)
        where = np.append(rows, self._shared + piece).astype(np.int32)
        self._solver.addCol(cost / self._money, 0.0, highspy.kHighsInf, len(where), where, entries)

    def raise_fines(self, missing: Floats, times: float) -> None:
        """Missing costs more where rows are missed."""
        for row in np.flatnonzero(missing > HOLDS):
            self.fines[row] *= times
            for column in (2 * row, 2 * row + 1):
                self._solver.changeColCost(int(column), self.fines[row])

    def solve(self) -> Mix:
        """The cheapest mix.

        Raises
        ------
        SolverFailed
            HiGHS found no optimum.
        """
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            status = self._solver.modelStatusToString(self._solver.getModelStatus())
            raise SolverFailed(f"HiGHS broke off while mixing pieces: {status}")
        solution = self._solver.getSolution()
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        missing, own, weights = np.split(values, [2 * self._shared, 2 * self._shared + self._own])
        return Mix(
            own=own,
            weights=np.maximum(weights, 0.0),
            cost=float(self._solver.getInfo().objective_function_value) * self._money,
            prices=duals[: self._shared] * self._money / self._size,
            levels=duals[self._shared :] * self._money,
            missing=missing.reshape(-1, 2).sum(axis=1),
        )

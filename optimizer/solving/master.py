"""The small LP that mixes the pieces' points so that the rows they share hold: Dantzig and Wolfe's master."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import Quiet

__all__ = ["Master", "Mix"]

# A shared row that is missed by less than this part of its size holds.
HOLDS = 1e-9
# HiGHS takes a ten-millionth of a price for nothing, which is to be less than a billionth of the whole cost.
DIGITS = 1e3
# By how much the prices may go further, each time that they ask to.
FURTHER = 2.0
# No row is worth more than so many times the whole cost: with prices beyond, it cannot hold.
DEAREST = 1e6


@dataclass(frozen=True)
class Mix:
    """How much of each point, at what cost, the prices of the shared rows, and what each piece's mix costs at them.

    `own` are the columns that no piece has; `missing` says by how much each shared row is missed, as a part of its
    size.
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

    Fines keep the prices near a centre: what is missing costs as much as the highest of them, what is beyond as the
    lowest.

    Parameters
    ----------
    shared
        The shared rows with the columns that no piece has.
    size
        Of what each shared row adds up.
    money
        The size of the whole cost.
    pieces
        How many there are.
    centre, width
        Prices may be so much above and below.
    """

    def __init__(self, shared: Arrays, size: Floats, money: float, pieces: int, centre: Floats, width: Floats) -> None:
        self._size, self._money = size, money / DIGITS
        self._shared, self._own = len(size), len(shared.cost)
        self._centre, self._width = centre, width
        self._solver = Quiet()
        for low, high in zip(shared.lower / size, shared.upper / size, strict=True):
            self._solver.addRow(low, high, 0, [], [])
        for _ in range(pieces):
            self._solver.addRow(1.0, 1.0, 0, [], [])
        for row in range(self._shared):
            for sign in (1.0, -1.0):
                self._solver.addCol(0.0, 0.0, highspy.kHighsInf, 1, [row], [sign])
        for column in range(self._own):
            mine = shared.columns == column
            rows = shared.row_of[mine]
            entries = shared.coefficients[mine] / size[rows]
            low, high, cost = shared.low[column], shared.high[column], shared.cost[column] / self._money
            self._solver.addCol(cost, low, high, len(rows), rows.astype(np.int32), entries)
        self._fine()

    def add(self, cost: float, uses: Floats, piece: int | None) -> None:
        """A point of a piece; of none, a ray, of which there may be any amount."""
        rows = np.flatnonzero(uses)
        entries = uses[rows] / self._size[rows]
        if piece is not None:
            rows, entries = np.append(rows, self._shared + piece), np.append(entries, 1.0)
        self._solver.addCol(cost / self._money, 0.0, highspy.kHighsInf, len(rows), rows.astype(np.int32), entries)

    def widen(self, missing: Floats) -> bool:
        """Let the prices of the rows that were missed go further, and say whether they still may."""
        self._width = np.where(missing > HOLDS, FURTHER * self._width, self._width)
        self._fine()
        return bool(np.all(self._width * self._size <= DEAREST * DIGITS * self._money))

    def _fine(self) -> None:
        scale = self._size / self._money
        fines = np.column_stack([self._width + self._centre, self._width - self._centre]) * scale[:, None]
        every = np.arange(2 * self._shared, dtype=np.int32)
        self._solver.changeColsCost(len(every), every, fines.ravel())

    def solve(self) -> Mix | None:
        """The cheapest mix, with the prices let further where rays ask for that; none where HiGHS finds none."""
        self._solver.run()
        while self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            if not self.widen(np.ones(self._shared)):
                return None
            self._solver.run()
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

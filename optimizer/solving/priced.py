"""A piece of an LP, solved again and again as the prices of what it shares with other pieces change."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import Any

import highspy
import numpy as np

from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.basis import Basis
from oremix.optimizer.solving.highs import SAID, Quiet, highs_model, listen
from oremix.optimizer.solving.pieces import Ints, Piece

__all__ = ["Answer", "Job", "PricedPiece", "answered"]


_NO_OPTIMUM = (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible)


@dataclass(frozen=True)
class Answer:
    """What HiGHS says of a piece at some prices; `value` is its cost at them.

    Of an unbounded piece, `x` is a ray.
    """

    status: str
    x: Floats
    duals: Floats
    value: float
    basis: Basis


class PricedPiece:
    """A piece, and its part of the rows that it shares; HiGHS is kept with it, but does not travel.

    Every solve depends on nothing but prices and basis, so that it ends alike wherever it is done.
    """

    def __init__(self, piece: Piece, rows: Ints, columns: Ints, coefficients: Floats, number_of_rows: int) -> None:
        self.piece = piece
        self.rows, self.columns, self.coefficients = rows, columns, coefficients
        self.number_of_rows = number_of_rows
        self._solver: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_solver": None}

    @property
    def arrays(self) -> Arrays:
        """The piece's own LP."""
        return self.piece.arrays

    def uses(self, x: Floats) -> Floats:
        """What a point of the piece adds to each shared row."""
        return self._by_row(self.coefficients * x[self.columns])

    def moves(self, x: Floats) -> Floats:
        """How much a point of the piece moves in each shared row, whatever the signs."""
        return self._by_row(np.abs(self.coefficients * x[self.columns]))

    def _by_row(self, values: Floats) -> Floats:
        return np.bincount(self.rows, values, self.number_of_rows).astype(np.float64, copy=False)

    def cost_at(self, prices: Floats) -> Floats:
        """The columns' costs less what the shared rows pay them."""
        paid = np.bincount(self.columns, self.coefficients * prices[self.rows], len(self.arrays.cost))
        return self.arrays.cost - paid

    def solve(self, prices: Floats, basis: Basis | None, time_limit: float | None, stop: Event | None) -> Answer:
        """The optimum at these prices, from a basis where there is one."""
        cost = self.cost_at(prices)
        solver = self._at(cost, basis)
        solver.setOptionValue("time_limit", highspy.kHighsInf if time_limit is None else max(time_limit, 0.0))
        if stop is not None:
            listen(solver, stop)
        solver.run()
        if solver.getModelStatus() in _NO_OPTIMUM:
            # Presolve says that there is no optimum, but only the simplex method says why.
            solver.setOptionValue("presolve", "off")
            solver.run()
            solver.setOptionValue("presolve", "choose")
        status = SAID.get(solver.getModelStatus(), "broken off")
        solution = solver.getSolution()
        if status == "unbounded":
            x = np.array(solver.getPrimalRay()[-1])
        else:
            x = np.clip(np.array(solution.col_value), self.arrays.low, self.arrays.high)
        return Answer(status, x, np.array(solution.row_dual), float(cost @ x), Basis(solver.getBasis()))

    def _at(self, cost: Floats, basis: Basis | None) -> Any:
        if self._solver is None:
            self._solver = Quiet()
            self._solver.passModel(highs_model(self.arrays, None, is_mip=False))
        else:
            self._solver.clearSolver()
            self._solver.suit_thread()
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        if basis is not None:
            self._solver.setBasis(basis.kept)
        return self._solver


@dataclass(frozen=True)
class Job:
    """A piece to be solved at some prices."""

    piece: PricedPiece
    prices: Floats
    basis: Basis | None
    time_limit: float | None
    stop: Event | None


def answered(job: Job) -> Answer:
    """The job done."""
    return job.piece.solve(job.prices, job.basis, job.time_limit, job.stop)

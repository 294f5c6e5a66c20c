"""The least of sums of columns over one LP: piece by piece, and without a solver where the equations alone say it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import Quiet, highs_model
from oremix.optimizer.solving.pieces import Ints, components, cut

__all__ = ["Sum", "least_of", "leasts"]

Sum = dict[int, float]
"""Column → coefficient."""

# Beyond this size HiGHS is quicker than a factorisation.
MOST_WORK = 1e5
# Parts of the sum of a sum's coefficients within which its least and its most are the same number.
SAME = 1e-9


def leasts(arrays: Arrays, tight: NDArray[np.bool_], sums: list[Sum]) -> list[float]:
    """The least of each sum over the points of an LP that has some, with columns from 0 to 1.

    Columns that no row connects are apart, and each piece of the LP is asked by itself. Where a sum is a combination
    of a piece's equations all points give the same, which is read from their right-hand sides: no solver is needed.

    Parameters
    ----------
    tight
        Inequalities that may be taken for equations: where a sum is the least, one of its points keeps them exactly.

    Raises
    ------
    SolverFailed
        HiGHS found no optimum.
    """
    piece_of, position, pieces = _split(arrays, tight)
    found = [0.0] * len(sums)
    asked: list[list[tuple[int, Floats]]] = [[] for _ in pieces]
    for number, terms in enumerate(sums):
        objectives: dict[int, Floats] = {}
        for column, coefficient in terms.items():
            piece = int(piece_of[column])
            if piece not in objectives:
                objectives[piece] = np.zeros(len(pieces[piece].arrays.cost))
            objectives[piece][position[column]] = coefficient
        for piece, objective in objectives.items():
            least = pieces[piece].settled(objective)
            if least is None:
                asked[piece].append((number, objective))
            else:
                found[number] += least
    solver = Quiet() if any(asked) else None
    for part, questions in zip(pieces, asked, strict=True):
        if questions:
            answers = _solved(solver, part.arrays, [objective for _, objective in questions])
            for (number, _), least in zip(questions, answers, strict=True):
                found[number] += least
    return found


def least_of(arrays: Arrays, objectives: list[Floats]) -> list[float]:
    """The least of each objective over the same bounded LP.

    Raises
    ------
    SolverFailed
        HiGHS found no optimum.
    """
    return _solved(Quiet(), arrays, objectives)


def _solved(solver: Any, arrays: Arrays, objectives: list[Floats]) -> list[float]:
    """The least of each objective, each solved from where the one before ended."""
    solver.passModel(highs_model(arrays, None, is_mip=False))
    every = np.arange(len(arrays.cost), dtype=np.int32)
    found = []
    for objective in objectives:
        solver.changeColsCost(len(every), every, objective)
        solver.run()
        status = solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"HiGHS broke off: {solver.modelStatusToString(status)}")
        found.append(float(solver.getInfo().objective_function_value))
    return found


@dataclass(frozen=True)
class _Piece:
    """Columns and rows that are connected with each other, and with no others.

    `low` and `high` are what a row's sum is between where it may be taken for an equation, not finite where it may not.
    """

    arrays: Arrays
    low: Floats
    high: Floats

    def settled(self, objective: Floats) -> float | None:
        """The least of a sum that is a combination of equations; none where it is not."""
        width, height, _ = self.arrays.shape
        floor = float(np.minimum(objective, 0.0).sum())
        if not height:
            return floor
        if width * height * min(width, height) > MOST_WORK:
            return None
        weights = self._weights(objective)
        if weights is None:
            return None
        low, high = (np.where(self._equal, ends, 0.0) * weights for ends in (self.low, self.high))
        least, most = float(np.minimum(low, high).sum()), float(np.maximum(low, high).sum())
        missed = float(np.abs(objective - weights @ self._equations).sum())
        return max(least, floor) if most - least + missed <= SAME * float(np.abs(objective).sum()) else None

    def _weights(self, objective: Floats) -> Floats | None:
        """The weights of the equations in the sum that is nearest to the objective."""
        matrix = self._equations
        if len(matrix) == 1:
            size = float(matrix[0] @ matrix[0])
            return matrix @ objective / size if size else None
        try:
            return np.asarray(np.linalg.lstsq(matrix.T, objective, rcond=None)[0], dtype=np.float64)
        except np.linalg.LinAlgError:
            return None

    @cached_property
    def _equal(self) -> NDArray[np.bool_]:
        return np.isfinite(self.low) & np.isfinite(self.high)

    @cached_property
    def _equations(self) -> Floats:
        """The coefficients of the equations; of other rows, nothing."""
        width, height, _ = self.arrays.shape
        matrix = np.zeros((height, width))
        matrix[self.arrays.row_of, self.arrays.columns] = self.arrays.coefficients
        matrix[~self._equal] = 0.0
        return matrix


def _split(arrays: Arrays, tight: NDArray[np.bool_]) -> tuple[Ints, Ints, list[_Piece]]:
    """The piece of each column, its position there, and the pieces."""
    every_row = np.ones(len(arrays.lower), dtype=np.bool_)
    of_column = components(arrays, every_row)
    low = np.where(tight & np.isinf(arrays.lower), arrays.upper, arrays.lower)
    high = np.where(tight & np.isinf(arrays.upper), arrays.lower, arrays.upper)
    position = np.empty(len(of_column), dtype=np.int64)
    pieces = cut(arrays, of_column, every_row)
    for piece in pieces:
        position[piece.columns] = np.arange(len(piece.columns))
    return of_column, position, [_Piece(piece.arrays, low[piece.rows], high[piece.rows]) for piece in pieces]

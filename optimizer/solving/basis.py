"""Bases of HiGHS that can be kept, sent to another process, and put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import highspy
import numpy as np

from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import Quiet, highs_model
from oremix.optimizer.solving.pieces import Piece

__all__ = ["Basis", "solver_at"]


class Basis:
    """A basis as HiGHS ended with it; it travels as bytes, and is made out again only where HiGHS is to have it."""

    def __init__(self, kept: highspy.HighsBasis) -> None:
        self._kept: highspy.HighsBasis | None = kept
        self._bytes: tuple[bytes, bytes] | None = None

    @property
    def kept(self) -> Any:
        """What HiGHS takes."""
        if self._kept is None and self._bytes is not None:
            columns, rows = self._bytes
            self._kept = _basis(map(highspy.HighsBasisStatus, columns), map(highspy.HighsBasisStatus, rows))
            self._kept.alien = self._kept.was_alien = False  # HiGHS made it: else it would begin otherwise from it
        return self._kept

    def __getstate__(self) -> dict[str, Any]:
        if self._bytes is None:
            self._bytes = bytes(map(int, self.kept.col_status)), bytes(map(int, self.kept.row_status))
        return {"_kept": None, "_bytes": self._bytes}


def _basis(columns: Iterable[Any], rows: Iterable[Any]) -> highspy.HighsBasis:
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = list(columns), list(rows)
    basis.valid = True
    return basis


def solver_at(arrays: Arrays, pieces: list[Piece], bases: list[Basis]) -> Any:
    """HiGHS with the whole LP, to start from its pieces' bases; rows that no piece has are basic."""
    columns = np.full(len(arrays.cost), highspy.HighsBasisStatus.kLower, dtype=object)
    rows = np.full(len(arrays.lower), highspy.HighsBasisStatus.kBasic, dtype=object)
    for piece, basis in zip(pieces, bases, strict=True):
        columns[piece.columns] = basis.kept.col_status
        rows[piece.rows] = basis.kept.row_status
    solver = Quiet()
    solver.passModel(highs_model(arrays, None, is_mip=False))
    solver.setBasis(_basis(columns.tolist(), rows.tolist()))
    return solver

"""Bases of HiGHS that can be kept, sent to another process, and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import highspy
import numpy as np

from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import Quiet, highs_model
from oremix.optimizer.solving.pieces import Piece

__all__ = ["Basis", "solver_at"]


class Basis:
    """A basis as HiGHS ended with it."""

    def __init__(self, kept: highspy.HighsBasis) -> None:
        self.kept = kept

    def __reduce__(self) -> tuple[Callable[[bytes, bytes], Basis], tuple[bytes, bytes]]:
        return _from_bytes, (bytes(map(int, self.kept.col_status)), bytes(map(int, self.kept.row_status)))


def _from_bytes(columns: bytes, rows: bytes) -> Basis:
    return Basis(_basis(map(highspy.HighsBasisStatus, columns), map(highspy.HighsBasisStatus, rows)))


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

"""Random linear programs in blocks, as arrays; all numbers are whole, so that a difference is a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from oremix.optimizer.solving.arrays import Arrays

Floats = NDArray[np.float64]


@dataclass
class Rows:
    """Rows over all columns, dense, with their bounds."""

    matrix: Floats
    lower: Floats
    upper: Floats

    @staticmethod
    def stacked(several: list[Rows]) -> Rows:
        return Rows(
            np.vstack([rows.matrix for rows in several]),
            np.concatenate([rows.lower for rows in several]),
            np.concatenate([rows.upper for rows in several]),
        )


def lp(rows: Rows, cost: Floats, high: Floats, integer: NDArray[np.bool_] | None = None) -> Arrays:
    """The arrays of an LP whose columns are at least 0."""
    filled = rows.matrix != 0
    return Arrays(
        cost=cost,
        offset=7.0,
        low=np.zeros(len(cost)),
        high=high,
        integer=np.zeros(len(cost), dtype=np.bool_) if integer is None else integer,
        starts=np.concatenate(([0], np.cumsum(filled.sum(axis=1)))).astype(np.int32),
        columns=np.nonzero(filled)[1].astype(np.int32),
        coefficients=rows.matrix[filled],
        lower=rows.lower,
        upper=rows.upper,
        gates=np.zeros(len(rows.lower), dtype=np.bool_),
        sign=1.0,
    )


def around(random: Generator, matrix: Floats, point: Floats) -> Rows:
    """Rows of all kinds that a point satisfies: at most, at least, equal, between; some of them just so."""
    value = matrix @ point
    slack = random.integers(0, 3, len(value))
    kind = random.integers(0, 4, len(value))
    lower = np.where(kind == 0, -np.inf, value - np.where(kind == 2, 0, slack))
    upper = np.where(kind == 1, np.inf, value + np.where(kind == 2, 0, slack))
    return Rows(matrix, lower, upper)


def sparse(random: Generator, rows: int, columns: int) -> Floats:
    return np.where(random.random((rows, columns)) < 0.6, random.integers(-2, 5, (rows, columns)), 0).astype(np.float64)


def in_blocks(random: Generator, blocks: int, shared: int = 0, own: int = 0) -> Arrays:
    """An LP in blocks of some four columns and three rows, with rows that all share and columns only of these.

    It is feasible by a point that it is built around, and bounded, as every cost is positive.
    """
    sizes = random.integers(2, 6, blocks)
    columns = int(sizes.sum()) + own
    point = random.integers(0, 4, columns).astype(np.float64)
    rows, at = [], 0
    for size in sizes:
        matrix = np.zeros((3, columns))
        matrix[:, at : at + size] = sparse(random, 3, int(size))
        matrix[0, at : at + size] = np.maximum(matrix[0, at : at + size], 1)  # it holds the block together
        rows.append(around(random, matrix, point))
        at += int(size)
    if shared:
        rows.append(around(random, sparse(random, shared, columns), point))
    high = np.where(random.random(columns) < 0.3, point + 2, np.inf)
    return lp(Rows.stacked(rows), random.integers(1, 10, columns).astype(np.float64), high)

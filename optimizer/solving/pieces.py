"""An LP's arrays cut into pieces that share no row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.solving.arrays import Arrays

__all__ = ["Flags", "Ints", "Piece", "by_number", "components", "cut", "grouped"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """A part of an LP as an LP of its own, and which columns and rows of the whole it has."""

    columns: Ints
    rows: Ints
    arrays: Arrays


def components(arrays: Arrays, kept: Flags) -> Ints:
    """The component of each column, numbered by first column, where columns hang together through the rows kept."""
    lengths = np.diff(arrays.starts)
    nonzero = kept[arrays.row_of]
    columns, lengths = arrays.columns[nonzero], lengths[kept & (lengths > 0)]
    starts = np.cumsum(lengths) - lengths
    label = np.arange(len(arrays.cost))
    while len(columns):
        least = np.repeat(np.minimum.reduceat(label[columns], starts), lengths)
        lower = label.copy()
        np.minimum.at(lower, label[columns], least)  # the whole component so far goes over, not only the column
        np.minimum.at(lower, columns, least)
        lower = lower[lower]
        if np.array_equal(lower, label):
            break
        label = lower
    first = label == np.arange(len(label))
    return np.asarray((np.cumsum(first) - 1)[label])


def grouped(component: Ints, worth: Ints, least: int) -> Ints:
    """The group of each column: neighbouring components together until they are worth `least`."""
    group: Ints = np.unique((np.cumsum(worth) - worth) // least, return_inverse=True)[1]
    return group[component]


def cut(arrays: Arrays, piece_of: Ints, kept: Flags) -> list[Piece]:
    """One LP for each number in `piece_of`, which has the columns' pieces; rows not kept are left out.

    A row without any column goes with the last piece.
    """
    count = int(piece_of.max(initial=0)) + 1
    filled = np.diff(arrays.starts) > 0
    of_row = np.full(len(arrays.lower), count - 1)
    of_row[filled] = piece_of[arrays.columns[arrays.starts[:-1][filled]]]
    of_row[~kept] = count
    columns, nonzeros = by_number(piece_of, count), by_number(of_row[arrays.row_of], count)
    place = np.empty(len(arrays.cost), dtype=np.int32)
    for mine in columns:
        place[mine] = np.arange(len(mine))
    return [
        Piece(mine, rows, _restricted(arrays, mine, rows, held, place))
        for mine, rows, held in zip(columns, by_number(of_row, count), nonzeros, strict=True)
    ]


def by_number(numbers: Ints, count: int) -> list[Ints]:
    """The positions of each number from 0, in order."""
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=count)).tolist()
    return [order[start:end] for start, end in zip([0, *ends], ends[:count], strict=False)]


def _restricted(arrays: Arrays, columns: Ints, rows: Ints, nonzeros: Ints, place: NDArray[np.int32]) -> Arrays:
    lengths = np.diff(arrays.starts)[rows]
    return Arrays(
        cost=arrays.cost[columns],
        offset=0.0,
        low=arrays.low[columns],
        high=arrays.high[columns],
        integer=arrays.integer[columns],
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=place[arrays.columns[nonzeros]],
        coefficients=arrays.coefficients[nonzeros],
        lower=arrays.lower[rows],
        upper=arrays.upper[rows],
        gates=arrays.gates[rows],
        sign=arrays.sign,
    )

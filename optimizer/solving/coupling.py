"""Which few rows hold the pieces of an LP together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.pieces import Ints, components

__all__ = ["coupling"]

# An LP splits well where no piece has more than this part of its columns, without more rows than one for so many columns.
LARGEST = 0.25
COLUMNS_PER_ROW = 500


def coupling(arrays: Arrays) -> tuple[NDArray[np.bool_], Ints] | None:
    """The rows without which the LP falls into pieces, and the piece of each column; none where it does not.

    Rows that many pieces share are long: the longest are left out, twice as many each time, until it falls apart.
    """
    lengths = np.diff(arrays.starts)
    longest = np.sort(lengths)[::-1]
    number, most = 1, len(arrays.cost) // COLUMNS_PER_ROW
    while number <= min(most, len(lengths)):
        kept = lengths < longest[number - 1]
        left_out = int(np.count_nonzero(~kept))
        if left_out > most:
            return None
        number = 2 * left_out
        piece_of = components(arrays, kept)
        if np.bincount(piece_of).max(initial=0) <= LARGEST * len(piece_of):
            return _shared(arrays, kept, piece_of), piece_of
    return None


def _shared(arrays: Arrays, kept: NDArray[np.bool_], piece_of: Ints) -> NDArray[np.bool_]:
    """Of the rows not kept, those that do not lie within one piece."""
    filled = np.diff(arrays.starts) > 0
    pieces = piece_of[arrays.columns]
    low, high = (np.zeros(len(kept), dtype=np.int64) for _ in range(2))
    low[filled] = np.minimum.reduceat(pieces, arrays.starts[:-1][filled])
    high[filled] = np.maximum.reduceat(pieces, arrays.starts[:-1][filled])
    return np.asarray(~kept & (low < high))

"""The few rows that hold an LP together, and the pieces that are left without them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.pieces import Flags, Ints, by_number, components, cut, grouped
from oremix.optimizer.solving.priced import PricedPiece

__all__ = ["Separated", "separated"]

# An LP splits well where no piece has more than this part of its columns, without more rows than one for so many.
LARGEST = 0.25
COLUMNS_PER_ROW = 500


@dataclass(frozen=True)
class Separated:
    """An LP as pieces and the rows that they share.

    `shared` has these rows, with the columns that no piece has: those in shared rows only, `own` of the whole.
    """

    rows: Ints
    pieces: list[PricedPiece]
    own: Ints
    shared: Arrays

    def sample(self, step: int, part: Floats) -> Separated:
        """Every so many pieces, with a part of what each row has."""
        lower, upper = (
            np.where(np.isfinite(side), part * np.nan_to_num(side), side)
            for side in (self.shared.lower, self.shared.upper)
        )
        return replace(self, pieces=self.pieces[::step], shared=replace(self.shared, lower=lower, upper=upper))


def separated(arrays: Arrays, smallest: int) -> Separated | None:
    """The pieces, small ones together; none where the LP does not fall apart without few rows."""
    found = _coupling(arrays)
    if found is None:
        return None
    is_shared, component = found
    in_shared = is_shared[arrays.row_of]
    columns, coefficients = arrays.columns[in_shared], arrays.coefficients[in_shared]
    rows = (np.cumsum(is_shared) - 1)[arrays.row_of[in_shared]]
    is_own = np.zeros(len(arrays.cost), dtype=np.bool_)
    is_own[columns] = True
    is_own[arrays.columns[~in_shared]] = False
    piece_of = grouped(component, np.bincount(component), smallest) + 1
    piece_of[is_own] = 0
    piece_of = np.unique(np.append(0, piece_of), return_inverse=True)[1][1:]
    place = np.empty(len(arrays.cost), dtype=np.int64)
    cuts = cut(arrays, piece_of, ~is_shared)
    for piece in cuts:
        place[piece.columns] = np.arange(len(piece.columns))
    entries = by_number(piece_of[columns], len(cuts))
    own, *pieces = [
        PricedPiece(piece, rows[mine], place[columns[mine]], coefficients[mine], int(is_shared.sum()))
        for piece, mine in zip(cuts, entries, strict=True)
    ]
    numbers = np.flatnonzero(is_shared)
    return Separated(numbers, pieces, own.piece.columns, _shared(own, arrays.lower[numbers], arrays.upper[numbers]))


def _shared(own: PricedPiece, lower: Floats, upper: Floats) -> Arrays:
    """The shared rows with their own columns; their nonzeros come in the order of the rows."""
    lengths = np.bincount(own.rows, minlength=len(lower))
    return replace(
        own.arrays,
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=own.columns.astype(np.int32),
        coefficients=own.coefficients,
        lower=lower,
        upper=upper,
    )


def _coupling(arrays: Arrays) -> tuple[Flags, Ints] | None:
    """The rows without which the LP falls into components, and the component of each column.

    Rows that many components share are long: the longest are left out, some twice as many each time, until it falls
    apart.
    """
    lengths = np.diff(arrays.starts)
    longer = np.cumsum(np.bincount(lengths)[::-1])[::-1]  # how many rows are at least so long
    most = len(arrays.cost) // COLUMNS_PER_ROW
    left_out = 0
    for length in range(len(longer) - 1, 0, -1):
        is_last = length == 1 or longer[length - 1] > max(2 * left_out, longer[length])
        if longer[length] == left_out or not is_last:
            continue
        left_out = int(longer[length])
        if left_out > most:
            break
        kept = lengths < length
        component = components(arrays, kept)
        if np.bincount(component).max() <= LARGEST * len(component):
            return ~kept & _across(arrays, component), component
    return None


def _across(arrays: Arrays, component: Ints) -> NDArray[np.bool_]:
    """The rows with columns of more than one component."""
    filled = np.flatnonzero(np.diff(arrays.starts))
    of_nonzero, starts = component[arrays.columns], arrays.starts[:-1][filled]
    across = np.zeros(len(arrays.lower), dtype=np.bool_)
    across[filled] = np.minimum.reduceat(of_nonzero, starts) < np.maximum.reduceat(of_nonzero, starts)
    return across

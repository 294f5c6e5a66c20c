"""All branches as one linear program: their LPs side by side, with the columns that are common once.

Where the worst branches count, rows say what each branch costs: with Rockafellar and Uryasev, CVaR is the least over
`edge` of edge + Σ probability · beyond / (1 − alpha), beyond ≥ cost − edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.lean import Key
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.studies.hedging.first_stage import Common
from oremix.optimizer.studies.hedging.risk import Risk

__all__ = ["Place", "Whole", "risk_terms", "tied", "unit_of", "whole_of"]

Ints = NDArray[np.int64]

# Costs are in rows as parts of the money that changes hands, with so many digits before the point;
DIGITS = 1e4
# but no cost is so small there that HiGHS would drop it.
SMALLEST = 1e-7
# By how much of itself what was made least may be more, where the mean is made least after it.
SAME = 1e-11


@dataclass(frozen=True)
class Place:
    """Where a branch is in the whole: each of its columns, its own columns and rows, and its costs in its order.

    `own_rows` are these rows among its own.
    """

    where: Ints
    columns: slice
    rows: slice
    own_rows: Ints
    cost: Floats
    offset: float
    width: int

    @cached_property
    def of_common(self) -> Floats:
        """What a unit of each common column costs in this branch."""
        cost, is_common = np.zeros(self.width), self.where < self.width
        cost[self.where[is_common]] = self.cost[is_common]
        return cost

    def common_cost(self, decisions: Floats) -> float:
        """What common decisions cost by themselves in this branch."""
        return float(self.of_common @ decisions)


@dataclass(frozen=True)
class Whole:
    """The LP: common columns first, rows of these alone first; then branch after branch; then what risk needs.

    `unit` is what money is counted in, in rows.
    """

    arrays: Arrays
    common: Common
    places: list[Place]
    head: int
    unit: float
    risk: Risk

    @property
    def width(self) -> int:
        """How many columns are common."""
        return len(self.common.keys)

    @property
    def decides_later(self) -> bool:
        """Whether yes/no decisions are left to the branches."""
        return bool(self.arrays.integer[self.width :].any())

    def stage(self, x: Floats) -> dict[Key, float]:
        """The common decisions of a point."""
        return dict(zip(self.common.keys, x[: self.width].tolist(), strict=True))


def whole_of(branches: Sequence[tuple[Arrays, list[Key]]], common: Common, risk: Risk, money: float) -> Whole:
    """The branches' LPs together."""
    width = len(common.keys)
    position = {key: number for number, key in enumerate(common.keys)}
    places, blocks, head = [], [], _Head()
    column = width
    for arrays, keys in branches:
        where = np.array([position.get(key, -1) for key in keys], dtype=np.int64)
        own = np.flatnonzero(where < 0)
        where[own] = np.arange(column, column + len(own))
        block = _Block(arrays, where, width)
        head.take(block)
        columns = slice(column, column + len(own))
        places.append(
            Place(where, columns, slice(0), np.flatnonzero(~block.is_head), arrays.cost, arrays.offset, width)
        )
        blocks.append(block)
        column += len(own)
    parts, row = [head.rows()], head.number
    for number, block in enumerate(blocks):
        rows = block.rows(~block.is_head)
        places[number] = replace(places[number], rows=slice(row, row + rows.number))
        parts.append(rows)
        row += rows.number
    unit = unit_of([place.cost for place in places], money)
    together = _joined(parts, [arrays for arrays, _ in branches], places, common, column, risk.weights)
    return Whole(_with_risk(together, places, risk, unit), common, places, head.number, unit, risk)


def unit_of(costs: Sequence[Floats], money: float) -> float:
    """What money is counted in, in rows."""
    sizes = np.concatenate([np.abs(cost[cost != 0]) for cost in costs])
    if not len(sizes):
        return 1.0
    return min(max(money, float(sizes.max())) / DIGITS, float(sizes.min()) / SMALLEST)


# ---------------------------------------------------------------- rows


@dataclass(frozen=True)
class _Rows:
    """Some rows of the whole."""

    lengths: Ints
    columns: Ints
    coefficients: Floats
    lower: Floats
    upper: Floats
    gates: NDArray[np.bool_]

    @property
    def number(self) -> int:
        return len(self.lower)


class _Block:
    """A branch's rows with the whole's columns."""

    def __init__(self, arrays: Arrays, where: Ints, width: int) -> None:
        self.arrays = arrays
        self.columns = where[arrays.columns]
        own = np.bincount(arrays.row_of, self.columns >= width, len(arrays.lower))
        self.is_head = own == 0

    def rows(self, kept: NDArray[np.bool_]) -> _Rows:
        arrays, nonzero = self.arrays, kept[self.arrays.row_of]
        return _Rows(
            np.diff(arrays.starts)[kept].astype(np.int64),
            self.columns[nonzero],
            arrays.coefficients[nonzero],
            arrays.lower[kept],
            arrays.upper[kept],
            arrays.gates[kept],
        )


class _Head:
    """Rows of common columns alone, each once."""

    def __init__(self) -> None:
        self._known: set[tuple[bytes, bytes, float, float]] = set()
        self._kept: list[tuple[Ints, Floats, float, float, bool]] = []

    @property
    def number(self) -> int:
        return len(self._kept)

    def take(self, block: _Block) -> None:
        arrays = block.arrays
        for row in np.flatnonzero(block.is_head).tolist():
            span = slice(arrays.starts[row], arrays.starts[row + 1])
            order = np.argsort(block.columns[span], kind="stable")
            columns, coefficients = block.columns[span][order], arrays.coefficients[span][order]
            lower, upper = float(arrays.lower[row]), float(arrays.upper[row])
            same = (columns.tobytes(), coefficients.tobytes(), lower, upper)
            if same not in self._known:
                self._known.add(same)
                self._kept.append((columns, coefficients, lower, upper, bool(arrays.gates[row])))

    def rows(self) -> _Rows:
        return _Rows(
            np.array([len(row[0]) for row in self._kept], dtype=np.int64),
            np.concatenate([row[0] for row in self._kept] or [np.array([], dtype=np.int64)]),
            np.concatenate([row[1] for row in self._kept] or [np.array([], dtype=np.float64)]),
            np.array([row[2] for row in self._kept], dtype=np.float64),
            np.array([row[3] for row in self._kept], dtype=np.float64),
            np.array([row[4] for row in self._kept], dtype=np.bool_),
        )


# ---------------------------------------------------------------- columns


def _joined(
    parts: list[_Rows],
    branches: list[Arrays],
    places: list[Place],
    common: Common,
    number: int,
    weights: list[float],
) -> Arrays:
    cost, low = np.zeros(number), np.zeros(number)
    high, integer = np.full(number, np.inf), np.zeros(number, dtype=np.bool_)
    for arrays, place, weight in zip(branches, places, weights, strict=True):
        cost[place.where] += weight * arrays.cost
        low[place.where] = np.maximum(low[place.where], arrays.low)
        high[place.where] = np.minimum(high[place.where], arrays.high)
        integer[place.where] |= arrays.integer
    for position, key in enumerate(common.keys):
        if key in common.impossible:
            high[position] = 0.0
    return Arrays(
        cost=cost,
        offset=float(sum(weight * place.offset for weight, place in zip(weights, places, strict=True))),
        low=low,
        high=high,
        integer=integer,
        starts=np.concatenate(([0], np.cumsum(np.concatenate([part.lengths for part in parts])))).astype(np.int32),
        columns=np.concatenate([part.columns for part in parts]).astype(np.int32),
        coefficients=np.concatenate([part.coefficients for part in parts]),
        lower=np.concatenate([part.lower for part in parts]),
        upper=np.concatenate([part.upper for part in parts]),
        gates=np.concatenate([part.gates for part in parts]),
        sign=1.0,
    )


# ---------------------------------------------------------------- the worst branches


@dataclass(frozen=True)
class RiskTerms:
    """The columns that risk needs: their costs and least values; and for each branch its row's entries in them."""

    cost: Floats
    low: Floats
    entries: list[list[tuple[int, float]]]


def risk_terms(risk: Risk, unit: float) -> RiskTerms | None:
    """Of the worst one column; of CVaR its edge, and what each branch is beyond it; none where neither counts.

    A branch's row is its cost + Σ entries · columns ≤ 0, all in `unit`.
    """
    number = risk.number
    if risk.is_worst:
        return RiskTerms(np.array([unit]), np.array([-np.inf]), [[(0, -1.0)] for _ in range(number)])
    if not risk.has_tail:
        return None
    beyond = [risk.weight * probability / (1 - risk.alpha) * unit for probability in risk.means]
    return RiskTerms(
        np.array([risk.weight * unit, *beyond]),
        np.array([-np.inf, *[0.0] * number]),
        [[(0, -1.0), (1 + branch, -1.0)] for branch in range(number)],
    )


def _with_risk(arrays: Arrays, places: list[Place], risk: Risk, unit: float) -> Arrays:
    terms = risk_terms(risk, unit)
    if terms is None:
        return arrays
    first = len(arrays.cost)
    columns, coefficients, upper = [], [], []
    for place, entries in zip(places, terms.entries, strict=True):
        paid = np.flatnonzero(place.cost)
        columns.append(np.concatenate((place.where[paid], [first + column for column, _ in entries])))
        coefficients.append(np.concatenate((place.cost[paid] / unit, [entry for _, entry in entries])))
        upper.append(-place.offset / unit)
    more = len(terms.cost)
    return _with_rows(
        replace(
            arrays,
            cost=np.concatenate((arrays.cost, terms.cost)),
            low=np.concatenate((arrays.low, terms.low)),
            high=np.concatenate((arrays.high, np.full(more, np.inf))),
            integer=np.concatenate((arrays.integer, np.zeros(more, dtype=np.bool_))),
        ),
        columns,
        coefficients,
        upper,
    )


def _with_rows(arrays: Arrays, columns: list[Ints], coefficients: list[Floats], upper: list[float]) -> Arrays:
    """With rows after the others that are at most something."""
    ends = arrays.starts[-1] + np.cumsum([len(row) for row in columns])
    return replace(
        arrays,
        starts=np.concatenate((arrays.starts, ends)).astype(np.int32),
        columns=np.concatenate((arrays.columns, *columns)).astype(np.int32),
        coefficients=np.concatenate((arrays.coefficients, *coefficients)),
        lower=np.concatenate((arrays.lower, np.full(len(columns), -np.inf))),
        upper=np.concatenate((arrays.upper, upper)),
        gates=np.concatenate((arrays.gates, np.zeros(len(columns), dtype=np.bool_))),
    )


def tied(whole: Whole, value: float) -> Arrays:
    """The LP that makes the mean least where what was made least is no more than a value."""
    arrays, means = whole.arrays, whole.risk.means
    aimed = np.flatnonzero(arrays.cost)
    cost = np.zeros_like(arrays.cost)
    for place, mean in zip(whole.places, means, strict=True):
        cost[place.where] += mean * place.cost
    most = value - arrays.offset
    limited = _with_rows(
        arrays, [aimed], [arrays.cost[aimed] / whole.unit], [(most + SAME * max(abs(most), whole.unit)) / whole.unit]
    )
    offset = sum(mean * place.offset for mean, place in zip(means, whole.places, strict=True))
    return replace(limited, cost=cost, offset=float(offset))

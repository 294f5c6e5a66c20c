"""A problem's LP in numbers, which changes give others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oremix.models import InvalidProblem, Problem
from oremix.models.errors import Fault
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.formulation.in_place import Edits
from oremix.optimizer.lean import Key
from oremix.optimizer.solving.arrays import Arrays, arrays_of, with_bounds, with_rows

__all__ = ["Held", "State", "Weights"]

Held = float | tuple[float, float]
"""What a column is held at: a value, or the least and the most."""

Weights = Mapping[Key, float]
"""A sum of columns: their keys, and what a unit of each counts in it."""


@dataclass(frozen=True)
class State:
    """A problem's LP: its numbers, and where each column and row is. After a change in place the model is the old."""

    model: Model
    arrays: Arrays
    columns: dict[Key, int]
    rows: dict[Key, int]

    @property
    def is_open(self) -> bool:
        """Whether there are yes/no decisions to be taken."""
        return bool((self.arrays.integer & (self.arrays.low != self.arrays.high)).any())

    @classmethod
    def of(cls, problem: Problem) -> State:
        model = build_model(problem)
        arrays = arrays_of(model.lp)
        columns = {key: position for position, key in enumerate(model.lp.columns)}
        return cls(model, arrays, columns, {key: position for position, key in enumerate(model.lp.rows)})

    def edited(self, edits: Edits) -> State:
        """The same LP with other numbers."""
        arrays = with_bounds(with_rows(self.arrays, edits.rows), edits.bounds)
        cost, high = arrays.cost.copy(), arrays.high.copy()
        cost[list(edits.costs)] = list(edits.costs.values())
        high[list(edits.closed)] = 0.0
        return replace(self, arrays=replace(arrays, cost=cost, high=high))

    def held(self, fixed: Mapping[Key, Held]) -> State:
        """With columns held at values, or between two; those that there are none of are nothing."""
        unknown = [key for key, value in fixed.items() if key not in self.columns and np.min(value) > 0]
        if unknown:
            message = f"there is no column {unknown[0]} to be held at {np.min(fixed[unknown[0]]):g}"
            raise InvalidProblem([Fault(("fixed",), message, str(unknown[0]))])
        known = {self.columns[key]: value for key, value in fixed.items() if key in self.columns}
        if not known:
            return self
        places = list(known)
        ends = np.array([value if isinstance(value, tuple) else (value, value) for value in known.values()])
        ends = np.where(self.arrays.integer[places, None], np.round(ends), ends)
        low, high = self.arrays.low.copy(), self.arrays.high.copy()
        low[places], high[places] = ends.T
        return replace(self, arrays=replace(self.arrays, low=low, high=high))

    def within(self, limits: Sequence[tuple[Weights, float]]) -> State:
        """With a row after the others for each sum and the most that it may be."""
        arrays, rows = self.arrays, dict(self.rows)
        sums = [self._summed(weights) for weights, _ in limits]
        for number, _ in enumerate(sums):
            rows["within", number] = len(rows)
        ends = arrays.starts[-1] + np.cumsum([len(places) for places, _ in sums])
        arrays = replace(
            arrays,
            starts=np.concatenate([arrays.starts, ends]).astype(np.int32),
            columns=np.concatenate([arrays.columns, *(places for places, _ in sums)]).astype(np.int32),
            coefficients=np.concatenate([arrays.coefficients, *(values for _, values in sums)]),
            lower=np.concatenate([arrays.lower, np.full(len(sums), -np.inf)]),
            upper=np.concatenate([arrays.upper, [most for _, most in limits]]),
            gates=np.concatenate([arrays.gates, np.zeros(len(sums), dtype=np.bool_)]),
        )
        return replace(self, arrays=arrays, rows=rows)

    def aimed(self, objective: Weights) -> State:
        """With a sum to be made as small as can be in place of the cost; 1 is added, to measure what is nothing by."""
        cost = np.zeros_like(self.arrays.cost)
        places, values = self._summed(objective)
        cost[places] = values
        return replace(self, arrays=replace(self.arrays, cost=cost, offset=1.0))

    def _summed(self, weights: Weights) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """The columns of a sum and what each counts; what there is no column of is nothing."""
        known = {self.columns[key]: weight for key, weight in weights.items() if weight and key in self.columns}
        return np.array(list(known), dtype=np.int32), np.array(list(known.values()), dtype=np.float64)

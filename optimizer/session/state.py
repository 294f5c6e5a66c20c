"""A problem's LP in numbers, which changes give others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from oremix.models import InvalidProblem, Problem
from oremix.models.errors import Fault
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.formulation.in_place import Edits
from oremix.optimizer.lean import Key
from oremix.optimizer.solving.arrays import Arrays, arrays_of, with_bounds, with_rows

__all__ = ["State"]


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
        arrays, _, _ = arrays_of(model.lp)
        columns = {key: position for position, key in enumerate(model.lp.columns)}
        return cls(model, arrays, columns, {key: position for position, key in enumerate(model.lp.rows)})

    def edited(self, edits: Edits) -> State:
        """The same LP with other numbers."""
        arrays = with_bounds(with_rows(self.arrays, edits.rows), edits.bounds)
        cost, high = arrays.cost.copy(), arrays.high.copy()
        cost[list(edits.costs)] = list(edits.costs.values())
        high[list(edits.closed)] = 0.0
        return replace(self, arrays=replace(arrays, cost=cost, high=high))

    def held(self, fixed: Mapping[Key, float]) -> State:
        """With columns held at values; those that there are none of are nothing."""
        unknown = [key for key, value in fixed.items() if key not in self.columns and value]
        if unknown:
            message = f"there is no column {unknown[0]} to be held at {fixed[unknown[0]]:g}"
            raise InvalidProblem([Fault(("fixed",), message, str(unknown[0]))])
        places = [self.columns[key] for key in fixed if key in self.columns]
        values = [value for key, value in fixed.items() if key in self.columns]
        low, high = self.arrays.low.copy(), self.arrays.high.copy()
        low[places] = high[places] = np.where(self.arrays.integer[places], np.round(values), values)
        return replace(self, arrays=replace(self.arrays, low=low, high=high))

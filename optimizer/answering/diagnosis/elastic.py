"""A linear program that always has a point: what statements limit may be exceeded, at a price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf

import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.answering.diagnosis.loosening import roomy
from oremix.optimizer.answering.diagnosis.rows import Spot
from oremix.optimizer.answering.diagnosis.statements import Statement
from oremix.optimizer.clock import Clock, OutOfTime
from oremix.optimizer.formulation import Model
from oremix.optimizer.lean import Key, rows_of
from oremix.optimizer.solving.arrays import Arrays, Floats, arrays_of, with_wider_gates
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.hot import Hot

__all__ = ["NOTHING", "Elastic", "has_point"]

# Below this part of its limit, what is beyond it is rounding.
NOTHING = 1e-7


class Elastic:
    """An LP with a slack column for each spot of some statements.

    Parameters
    ----------
    model
        What the LP is of; its costs do not matter.
    spots
        Statement → its rows and bounds in the model.
    limits
        Key of a row or column → its limit, where that is not the model's own.
    whole
        Whether yes/no decisions are taken as such; else they may lie between.

    Attributes
    ----------
    slacks
        (statement, spot) in the order of the slack columns.
    """

    def __init__(
        self,
        model: Model,
        spots: Mapping[Statement, list[Spot]],
        clock: Clock,
        *,
        limits: Mapping[Key, float] | None = None,
        whole: bool = False,
    ) -> None:
        self.model = model
        arrays, variables, rows = arrays_of(model.lp), model.lp.variables(), rows_of(model.lp)
        self.slacks = [(statement, spot) for statement, found in spots.items() for spot in found]
        self.first = len(arrays.cost)
        self.column = {variable: number for number, variable in enumerate(variables)}
        self._clock = clock
        numbers = {row: number for number, row in enumerate(rows)}
        self.arrays = _with_slacks(arrays, [spot for _, spot in self.slacks], numbers, self.column, limits or {})
        self.scale = self._scales(model)
        self.whole = whole and bool(arrays.integer.any())
        self._hot: Hot | None = None
        if self.whole:  # what an open gate allows was derived from limits that may be exceeded
            self.arrays = with_wider_gates(self.arrays, roomy(model.problem, decisions=True))
        else:
            self.arrays = replace(self.arrays, integer=np.zeros_like(self.arrays.integer))

    def _scales(self, model: Model) -> Floats:
        """What a slack is measured by: its limit; where that is 0, the largest demand."""
        sizes = [
            max(model.timeline.read(demand.quantity), default=0.0)
            for demand in model.problem.demands
            if demand.quantity is not None
        ]
        usual = max([*sizes, 1e-9]) or 1.0
        limits = []
        for _, spot in self.slacks:
            limit = abs(spot.row.constant) if spot.row is not None else float(spot.column.upBound or 0.0)  # type: ignore[union-attr]
            limits.append(limit if limit > 0 else usual)
        return np.array(limits)

    def least(self, prices: Floats) -> tuple[Floats, Floats | None] | None:
        """The point with the least Σ price · slack / scale, and the row duals; infinite prices allow no slack.

        None where there is no point.

        Raises
        ------
        OutOfTime
            Before it was found.
        SolverFailed
            The solver broke off.
        """
        allowed = np.isfinite(prices)
        cost = np.where(allowed, prices, 0.0) / self.scale
        if self.whole:
            return self._branch(cost, allowed)
        if self._hot is None:
            zero = np.zeros(self.first)
            # the offset: what proofs of an optimum of nothing are measured by
            self._hot = Hot(replace(self.arrays, cost=np.concatenate([zero, cost]), offset=1.0))
        hot = self._hot
        left = self._clock.demand()
        hot.solver.setOptionValue("time_limit", inf if left is None else hot.solver.getRunTime() + left)
        for number in range(len(cost)):
            column = self.first + number
            if hot.arrays.cost[column] != cost[number]:
                hot.price_column(column, float(cost[number]))
            high = np.inf if allowed[number] else 0.0
            if hot.arrays.high[column] != high:
                hot.bound_column(column, 0.0, high)
        try:
            point = hot.solve()
        except SolverFailed:
            self._clock.demand()
            raise
        return None if point is None else (point.x, point.duals)

    def _branch(self, cost: Floats, allowed: Floats) -> tuple[Floats, None] | None:
        high = self.arrays.high.copy()
        high[self.first :] = np.where(allowed, np.inf, 0.0)
        arrays = replace(self.arrays, cost=np.concatenate([np.zeros(self.first), cost]), offset=0.0, high=high)
        claim = run_highs(arrays, time_limit=self._clock.demand(), gap=1e-6, stop=self._clock.stop)
        if claim.status == "infeasible":
            return None
        if claim.x is None or claim.status != "optimal":
            raise OutOfTime
        return claim.x, None

    def beyond(self, point: Floats) -> Floats:
        """The slacks of a point, without rounding."""
        slack = point[self.first : self.first + len(self.slacks)]
        return np.where(slack > NOTHING * self.scale, slack, 0.0)


def _with_slacks(
    arrays: Arrays,
    spots: Iterable[Spot],
    rows: Mapping[object, int],
    columns: Mapping[object, int],
    limits: Mapping[Key, float],
) -> Arrays:
    """A column for each spot, that takes what is beyond its limit; a bound becomes a row of its own."""
    spots = list(spots)
    first, count = len(arrays.cost), len(arrays.lower)
    lower, upper, high = arrays.lower.copy(), arrays.upper.copy(), arrays.high.copy()
    more: list[tuple[int, int, float]] = []
    new_upper: list[float] = []
    for number, spot in enumerate(spots):
        slack = first + number
        if spot.row is not None:
            row = rows[spot.row]
            at_most = np.isinf(lower[row])
            more.append((row, slack, -1.0 if at_most else 1.0))
            if spot.key in limits:
                (upper if at_most else lower)[row] = limits[spot.key]
        else:
            column = columns[spot.column]
            row = count + len(new_upper)
            new_upper.append(limits.get(spot.key, float(high[column])))
            high[column] = np.inf
            more += [(row, column, 1.0), (row, slack, -1.0)]
    row_of = np.concatenate([arrays.row_of, np.array([row for row, _, _ in more], dtype=np.int64)])
    order = np.argsort(row_of, kind="stable")
    added = len(spots)
    total = count + len(new_upper)
    return replace(
        arrays,
        cost=np.concatenate([arrays.cost, np.zeros(added)]),
        low=np.concatenate([arrays.low, np.zeros(added)]),
        high=np.concatenate([high, np.full(added, np.inf)]),
        integer=np.concatenate([arrays.integer, np.zeros(added, dtype=np.bool_)]),
        starts=np.concatenate(([0], np.cumsum(np.bincount(row_of, minlength=total)))).astype(np.int32),
        columns=np.concatenate([arrays.columns, np.array([c for _, c, _ in more], dtype=np.int32)])[order],
        coefficients=np.concatenate([arrays.coefficients, np.array([a for _, _, a in more], dtype=np.float64)])[order],
        lower=np.concatenate([lower, np.full(len(new_upper), -np.inf)]),
        upper=np.concatenate([upper, np.array(new_upper, dtype=np.float64)]),
        gates=np.concatenate([arrays.gates, np.zeros(len(new_upper), dtype=np.bool_)]),
    )


def has_point(model: Model, clock: Clock) -> bool:
    """Whether a model has any plan at all.

    Raises
    ------
    OutOfTime
        Before it was known.
    """
    arrays = arrays_of(model.lp)
    free = replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0)
    claim = run_highs(free, time_limit=clock.demand(), stop=clock.stop)
    if claim.status == "limit" and claim.x is None:
        raise OutOfTime
    return claim.status != "infeasible"

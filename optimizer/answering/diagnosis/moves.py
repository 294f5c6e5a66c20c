"""From what is beyond a limit to what the statement would have to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from oremix.models import Problem
from oremix.models.policies import Budget, Diversify, Share
from oremix.optimizer.answering.diagnosis.edits import OVER_TIME, Edit, outward, said
from oremix.optimizer.answering.diagnosis.elastic import Elastic
from oremix.optimizer.answering.diagnosis.rows import Spot
from oremix.optimizer.answering.diagnosis.statements import Statement
from oremix.optimizer.formulation.model import Measure
from oremix.optimizer.lean import Column, Key, Sum
from oremix.optimizer.solving.arrays import Floats

__all__ = ["AMOUNTS", "LIMITS", "Beyond", "moved"]

# Fields that bound from above, and those that bound from below.
LIMITS = {
    *("capacity", "up_to", "reserve", "scrap", "surplus_max", "fill_max", "draw_max", "max", "max_per_order"),
}
FLOORS = {
    *("quantity", "minimum", "minimum_order", "minimum_utilisation", "minimum_collection_rate", "days_of_demand"),
    *("final", "min"),
}
AMOUNTS = LIMITS | FLOORS

# What a share is rounded to: a tenth of a percentage point.
SHARE_STEP = 0.001
SHARES = ("minimum_utilisation", "minimum_collection_rate")


@dataclass(frozen=True)
class Beyond:
    """A point of an elastic model, with what its loosened rows (up to `room`) were limited to."""

    problem: Problem
    elastic: Elastic
    point: Floats
    limits: Mapping[Key, float]
    room: float

    def value(self, column: Column) -> float:
        """A column's value."""
        return float(self.point[self.elastic.column[column]])

    def sum(self, sum_: Sum) -> float:
        """A sum of columns."""
        return sum(amount * self.value(column) for column, amount in self.elastic.model.lp.pairs(sum_))


def moved(beyond: Beyond, *, strict: bool) -> Iterator[Edit]:
    """What each statement would have to say, rounded outward; only what has to move."""
    targets: dict[tuple[Statement, int | None], float] = {}
    slacks = beyond.elastic.beyond(beyond.point).tolist()
    for (statement, spot), slack in zip(beyond.elastic.slacks, slacks, strict=True):
        if slack > 0:
            further = max if statement.field in LIMITS else min
            for period, value in _targets(beyond, statement, spot, slack):
                key = (statement, period)
                targets[key] = further(targets.get(key, value), value)
    for (statement, period), value in targets.items():
        was = said(beyond.problem, statement, period)
        yield Edit(statement, period, _rounded(beyond.problem, statement, value, was, strict=strict))


def _rounded(problem: Problem, statement: Statement, value: float, was: float | None, *, strict: bool) -> float:
    rule = problem.rules[statement.position] if statement.on == "policies" else None
    if isinstance(rule, Diversify):
        return ceil(value - 1e-6) if statement.field == "max" else int(value + 1e-6)
    is_share = isinstance(rule, Share) or statement.field in SHARES
    rounded = outward(value, was or 0.0, least=SHARE_STEP if is_share else 0.0, strict=strict)
    return min(max(rounded, 0.0), 1.0) if is_share else max(rounded, 0.0)


def _targets(beyond: Beyond, statement: Statement, spot: Spot, slack: float) -> Iterator[tuple[int | None, float]]:
    """What the statement would have to say for one spot, by period."""
    if spot.measure is not None:
        yield from _of_policy(beyond, statement, spot.measure, slack)
        return
    period = spot.period if statement.field in OVER_TIME and statement.build is None else None
    limit = beyond.limits.get(spot.key, _limit(spot))
    if statement.field in LIMITS:
        yield period, (limit + slack) / _per_unit(beyond, statement, spot, limit)
    else:
        yield period, _lowered(beyond, statement, spot, limit, slack)


def _per_unit(beyond: Beyond, statement: Statement, spot: Spot, limit: float) -> float:
    """How much of a limit one stated unit is: of scrap what can be collected, of capacity what ramp-up leaves."""
    problem = beyond.problem
    if statement.field == "scrap":
        return problem.timeline.read(problem.recyclers[statement.position].collection_rate)[spot.period or 0]
    if statement.field != "capacity" or statement.on in ("stockpiles", "lanes"):
        return 1.0
    if spot.key in beyond.limits:
        return _limit(spot) / beyond.room
    was = said(problem, statement, spot.period)
    return limit / was if limit and was else 1.0


def _lowered(beyond: Beyond, statement: Statement, spot: Spot, limit: float, slack: float) -> float:
    was = float(said(beyond.problem, statement, spot.period))
    if statement.field in ("minimum_utilisation", "days_of_demand"):
        return was * max(limit - slack, 0.0) / limit
    if statement.field == "minimum_collection_rate" and spot.row is not None:
        collected = sum(beyond.value(column) for column in spot.row.terms if column.key[0] == "collect")
        return was * collected / (collected + slack)
    return (was if statement.field == "minimum_order" else limit) - slack


def _limit(spot: Spot) -> float:
    if spot.row is not None:
        return -float(spot.row.constant)
    return float(spot.column.upBound or 0.0)  # type: ignore[union-attr]


def _of_policy(
    beyond: Beyond, statement: Statement, measure: Measure, slack: float
) -> Iterator[tuple[int | None, float]]:
    """A bound moved by what is beyond it: of a share by its part of the whole, of a pool in all its periods."""
    problem = beyond.problem
    sign = 1.0 if statement.field == "max" else -1.0
    rule = measure.policy
    if isinstance(rule, Diversify):
        yield None, said(problem, statement, None) + sign * ceil(slack - 1e-6)
        return
    pooled = measure.period is None
    if isinstance(rule, Share):
        whole = measure.whole(beyond.elastic.model)
        size = beyond.sum(whole) if isinstance(whole, Sum) else whole or 0.0
        by = np.inf if size <= 0 else slack / size
    elif pooled and not isinstance(rule, Budget):
        by = slack / sum(problem.timeline.years[period] for period in measure.periods)
    else:
        by = slack
    if pooled and isinstance(rule, Budget):
        yield None, said(problem, statement, measure.periods[0]) + sign * by
        return
    for period in measure.periods:
        yield period, float(min(max(said(problem, statement, period) + sign * by, 0.0), 1e15))

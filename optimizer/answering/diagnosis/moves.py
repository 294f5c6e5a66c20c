"""From what is beyond a limit to what the statement would have to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any

import numpy as np

from oremix.models import Problem
from oremix.models.policies import Budget, Diversify, Share
from oremix.optimizer.answering.diagnosis.edits import OVER_TIME, Edit, outward, said
from oremix.optimizer.answering.diagnosis.elastic import Elastic
from oremix.optimizer.answering.diagnosis.rows import Spot
from oremix.optimizer.answering.diagnosis.statements import Statement
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.model import Measure
from oremix.optimizer.lean import Key
from oremix.optimizer.solving.arrays import Floats

__all__ = ["AMOUNTS", "LIMITS", "moved"]

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

Value = Callable[[Any], float]


def moved(
    problem: Problem,
    model: Model,
    elastic: Elastic,
    point: Floats,
    limits: Mapping[Key, float],
    room: float,
    *,
    strict: bool,
) -> Iterator[Edit]:
    """What each statement would have to say, rounded outward; only what has to move.

    `limits` are those of rows that were loosened to `room`.
    """
    targets: dict[tuple[Statement, int | None], float] = {}
    for (statement, spot), slack in zip(elastic.slacks, elastic.beyond(point).tolist(), strict=True):
        if slack > 0:
            for period, value in _targets(problem, model, elastic, point, statement, spot, slack, limits, room):
                key = (statement, period)
                further = max if statement.field in LIMITS else min
                targets[key] = further(targets.get(key, value), value)
    for (statement, period), value in targets.items():
        was = said(problem, statement, period)
        yield Edit(statement, period, _rounded(problem, statement, value, was, strict=strict))


def _rounded(problem: Problem, statement: Statement, value: float, was: float | None, *, strict: bool) -> float:
    rule = problem.rules[statement.position] if statement.on == "policies" else None
    if isinstance(rule, Diversify):
        return ceil(value - 1e-6) if statement.field == "max" else int(value + 1e-6)
    is_share = isinstance(rule, Share) or statement.field in SHARES
    rounded = outward(value, was or 0.0, least=SHARE_STEP if is_share else 0.0, strict=strict)
    return min(max(rounded, 0.0), 1.0) if is_share else max(rounded, 0.0)


def _targets(
    problem: Problem,
    model: Model,
    elastic: Elastic,
    point: Floats,
    statement: Statement,
    spot: Spot,
    slack: float,
    limits: Mapping[Key, float],
    room: float,
) -> Iterator[tuple[int | None, float]]:
    def value(column: Any) -> float:
        return float(point[elastic.column[column]])

    if spot.measure is not None:
        yield from _of_policy(problem, statement, spot.measure, slack, value)
        return
    period = spot.period if statement.field in OVER_TIME and statement.build is None else None
    was = said(problem, statement, spot.period)
    limit = limits.get(spot.key, _limit(spot))
    if statement.field in LIMITS:
        share = 1.0
        if statement.field == "scrap":
            share = problem.timeline.read(problem.recyclers[statement.position].collection_rate)[spot.period or 0]
        elif statement.field == "capacity" and statement.on != "stockpiles" and spot.key in limits:
            share = _limit(spot) / room if statement.on != "lanes" else 1.0  # what ramp-up leaves of it
        elif statement.field == "capacity" and limit and was and statement.on not in ("stockpiles", "lanes"):
            share = limit / was
        yield period, (limit + slack) / share
    elif statement.field in ("minimum_utilisation", "days_of_demand"):
        yield period, was * max(limit - slack, 0.0) / limit
    elif statement.field == "minimum_collection_rate":
        collected = sum(value(column) for column in spot.row.expr if column.key[0] == "collect")  # type: ignore[union-attr]
        yield period, was * collected / (collected + slack)
    elif statement.field == "minimum_order":
        yield period, was - slack
    else:
        yield period, limit - slack


def _limit(spot: Spot) -> float:
    if spot.row is not None:
        return -float(spot.row.constant)
    return float(spot.column.upBound or 0.0)  # type: ignore[union-attr]


def _of_policy(
    problem: Problem, statement: Statement, measure: Measure, slack: float, value: Value
) -> Iterator[tuple[int | None, float]]:
    """A bound moved by what is beyond it: of a share by its part of the whole, of a pool in all its periods."""
    sign = 1.0 if statement.field == "max" else -1.0
    rule = measure.policy
    if isinstance(rule, Diversify):
        yield None, said(problem, statement, None) + sign * ceil(slack - 1e-6)
        return
    pooled = measure.period is None
    if isinstance(rule, Share):
        whole = measure.whole
        size = sum(amount * value(c) for c, amount in whole) if isinstance(whole, list) else whole or 0.0
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

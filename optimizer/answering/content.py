"""Content as the plan has it: the least (for a floor the most) marked that its flows allow.

The layer of marked flows is that of the formulation, laid over the plan's own flows. Each column is a fraction of its
flow and each row is relative to what passes through it, so that a tolerance means the same for small and large flows.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.tracing import Layer
from oremix.optimizer.lean import Column, LeanProblem, Pairs
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import least_of

__all__ = ["contents"]

# What real flows are out of balance by, at least, relative to what passes through.
ROUNDING = 1e-12


def contents(values: Values) -> dict[int, float]:
    """The marked part of every measure of content, by its position among the model's measures."""
    groups: dict[Marking, list[int]] = defaultdict(list)
    for position, measure in enumerate(values.model.measures):
        if measure.traced is not None:
            groups[measure.traced.marking].append(position)
    found: dict[int, float] = {}
    for marking, positions in groups.items():
        found |= _of_layer(values, marking, positions)
    return found


def _of_layer(values: Values, marking: Marking, positions: list[int]) -> dict[int, float]:
    model = values.model
    asked_after = {position: model.measures[position].traced for position in positions}
    traced = {position: found.deliveries for position, found in asked_after.items() if found is not None}
    material = {demand.id: demand.material for demand in model.problem.demands}
    wanted = {material[demand] for group in traced.values() for demand, _, _ in group}
    periods = sorted({period for group in traced.values() for _, period, _ in group})
    lp = LeanProblem()
    layer = Layer(model, marking, wanted, periods, lp, lambda column: values.value[column] > 0)
    parts = {
        position: [
            (column, factor * amount)
            for demand, period, factor in group
            for column, amount in layer.delivered(demand, period)
        ]
        for position, group in traced.items()
    }
    known = {p: float(values.sum([pair for pair in part if pair[0] in values.value])) for p, part in parts.items()}
    if not layer.within:
        return known
    costs = {position: [p for p in part if p[0] not in values.value] for position, part in parts.items()}
    asked = [position for position in positions if costs[position]]
    sign = 1.0 if marking.side == "max" else -1.0
    amounts = _solved(values, layer, lp, [costs[position] for position in asked], sign)
    return known | {position: known[position] + amount for position, amount in zip(asked, amounts, strict=True)}


def _solved(values: Values, layer: Layer, lp: LeanProblem, costs: list[Pairs], sign: float) -> list[float]:
    """The least of each sum (with a sign of −1 the most), all over the same marked flows."""
    columns = {column: number for number, column in enumerate(layer.within)}
    flows = np.array([values.sum(flow) for flow in layer.within.values()])
    objectives = []
    for cost in costs:
        objective = np.zeros(len(columns))
        for column, amount in cost:
            objective[columns[column]] += sign * amount * flows[columns[column]]
        objectives.append(objective)
    arrays = _arrays(values, layer, lp, columns, flows)
    return [sign * least for least in least_of(arrays, objectives)]


def _arrays(values: Values, layer: Layer, lp: LeanProblem, columns: dict[Column, int], flows: Floats) -> Arrays:
    leaks = {row: _imbalance(values, key) for key, row in layer.balances.items()}
    starts, index, coefficients, lower, upper = [0], [], [], [], []
    for row in lp.rows.values():
        known = sum(amount * values.value[column] for column, amount in row.expr.items() if column in values.value)
        terms = [(columns[column], amount) for column, amount in row.expr.items() if column in columns]
        if not terms:
            continue
        through = max([abs(known), abs(row.constant), *(abs(amount) * flows[number] for number, amount in terms)])
        if through == 0:
            continue  # nothing goes through, marked or not
        index += [number for number, _ in terms]
        coefficients += [amount * flows[number] / through for number, amount in terms]
        starts.append(len(index))
        rhs = (-row.constant - known) / through
        leak = leaks.get(row, 0.0) / through + ROUNDING
        lower.append(-np.inf if row.sense < 0 else rhs - leak)
        upper.append(np.inf if row.sense > 0 else rhs + leak)
    size = len(columns)
    return Arrays(
        cost=np.zeros(size),
        offset=0.0,
        low=np.zeros(size),
        high=np.ones(size),
        integer=np.zeros(size, dtype=np.bool_),
        starts=np.array(starts, dtype=np.int32),
        columns=np.array(index, dtype=np.int32),
        coefficients=np.array(coefficients, dtype=np.float64),
        lower=np.array(lower, dtype=np.float64),
        upper=np.array(upper, dtype=np.float64),
        gates=np.zeros(len(lower), dtype=np.bool_),
        sign=1.0,
    )


def _imbalance(values: Values, key: tuple[object, ...]) -> float:
    """By how much the plan's own flows miss a balance: a solver keeps it within a tolerance."""
    row = values.model.lp.rows[key]
    return abs(values.sum(list(row.expr.items())) + row.constant)

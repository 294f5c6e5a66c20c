"""Content as the plan has it: the least (for a floor the most) marked that its flows allow.

The layer of marked flows is that of the formulation, laid over the plan's own flows. Each column is a fraction of its
flow and each row is relative to what passes through it, so that a tolerance means the same for small and large flows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from copy import copy

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.tracing import Layer
from oremix.optimizer.lean import Column, Key, LeanProblem, Pairs
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.least import Sum, leasts

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
    layer = Layer(_moving(values), marking, wanted, periods, lp)
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


def _moving(values: Values) -> Model:
    """The model with the flows that the plan has, and no others."""
    value, model = values.value, copy(values.model)
    model.run = {key: column for key, column in model.run.items() if value[column] > 0}
    model.collect = {key: column for key, column in model.collect.items() if value[column] > 0}
    model.ship = {
        (material, origin, place, period): ship
        for (material, place, period), ways in values.arrivals.items()
        for origin, _, ship in ways
    }
    model.arrivals = values.arrivals
    model.draw = {key: column for key, column in model.draw.items() if value[column] > 0}
    model.level = {key: column for key, column in model.level.items() if value[column] > 0}
    model.surplus = {key: column for key, column in model.surplus.items() if value[column] > 0}
    model.taken = {key: [pair for pair in pairs if value[pair[0]] > 0] for key, pairs in model.taken.items()}
    model.needs = {key: [pair for pair in pairs if value[pair[0]] > 0] for key, pairs in model.needs.items()}
    return model


def _solved(values: Values, layer: Layer, lp: LeanProblem, costs: list[Pairs], sign: float) -> list[float]:
    """The least of each sum (with a sign of −1 the most), all over the same marked flows."""
    columns = {column: number for number, column in enumerate(layer.within)}
    flows = [values.sum(flow) for flow in layer.within.values()]
    sums: list[Sum] = []
    for cost in costs:
        total: Sum = defaultdict(float)
        for column, amount in cost:
            total[columns[column]] += sign * amount * flows[columns[column]]
        sums.append(total)
    return [sign * least for least in leasts(*_arrays(values, layer, lp, columns, flows), sums)]


def _arrays(
    values: Values, layer: Layer, lp: LeanProblem, columns: dict[Column, int], flows: list[float]
) -> tuple[Arrays, NDArray[np.bool_]]:
    """The layer as an LP, with the rows that may be taken for equations.

    Where one material alone hands on its mark, a run carries just that: more helps no cap, less helps no floor.
    """
    balances = {row: key for key, row in layer.balances.items()}
    carriers = Counter(_run_of(row.key) for row in lp.rows.values() if row.key[0] == "marked_step")
    starts, index, coefficients, lower, upper, tight = [0], [], [], [], [], []
    for row in lp.rows.values():
        known = sum(amount * values.value[column] for column, amount in row.terms.items() if column in values.value)
        terms = [(columns[column], amount) for column, amount in row.terms.items() if column in columns]
        if not terms:
            continue
        through = max([abs(known), abs(row.constant), *(abs(amount) * flows[number] for number, amount in terms)])
        if through == 0:
            continue  # nothing goes through, marked or not
        index += [number for number, _ in terms]
        coefficients += [amount * flows[number] / through for number, amount in terms]
        starts.append(len(index))
        rhs = (-row.constant - known) / through
        leak = (_imbalance(values, balances[row]) if row in balances else 0.0) / through + ROUNDING
        lower.append(-np.inf if row.sense < 0 else rhs - leak)
        upper.append(np.inf if row.sense > 0 else rhs + leak)
        tight.append(carriers[_run_of(row.key)] == 1)
    size = len(columns)
    arrays = Arrays(
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
    return arrays, np.array(tight, dtype=np.bool_)


def _run_of(step: Key) -> Key:
    """The key of a step's row without the material that is handed on."""
    return (*step[:-2], step[-1])


def _imbalance(values: Values, key: tuple[object, ...]) -> float:
    """By how much the plan's own flows miss a balance: a solver keeps it within a tolerance."""
    row = values.model.lp.rows[key]
    return abs(values.sum(list(row.terms.items())) + row.constant)

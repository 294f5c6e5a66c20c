"""Content as the plan has it: the least (for a floor the most) marked that its flows allow.

The layer of marked flows is that of the formulation, laid over the plan's own flows. Each column is a fraction of its
flow and each row is relative to what passes through it, so that a tolerance means the same for small and large flows.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from oremix.optimizer.answering.overlay import Overlay, PlanLayer
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.lean import Key, Pairs
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.least import Sum, leasts

__all__ = ["contents"]

# What real flows are out of balance by, at least, relative to what passes through.
ROUNDING = 1e-12


def contents(values: Values) -> dict[int, float]:
    """The marked part of every measure of content, by its position among the model's measures."""
    groups: dict[Marking, list[int]] = defaultdict(list)
    for position, measure in enumerate(values.measures):
        if measure.traced is not None:
            groups[measure.traced.marking].append(position)
    found: dict[int, float] = {}
    for marking, positions in groups.items():
        found |= _of_layer(values, marking, positions)
    return found


def _of_layer(values: Values, marking: Marking, positions: list[int]) -> dict[int, float]:
    model = values.model
    asked_after = {position: values.measures[position].traced for position in positions}
    traced = {position: found.deliveries for position, found in asked_after.items() if found is not None}
    material = {demand.id: demand.material for demand in model.problem.demands}
    wanted = {material[demand] for group in traced.values() for demand, _, _ in group}
    periods = sorted({period for group in traced.values() for _, period, _ in group})
    overlay = Overlay(model)
    layer = PlanLayer(values.moving, marking, wanted, periods, overlay)
    parts = {
        position: [
            (column, factor * amount)
            for demand, period, factor in group
            for column, amount in layer.delivered(demand, period)
        ]
        for position, group in traced.items()
    }
    known = {p: float(values.sum([pair for pair in part if pair[0].number >= 0])) for p, part in parts.items()}
    if not layer.within:
        return known
    costs = {position: [p for p in part if p[0].number < 0] for position, part in parts.items()}
    asked = [position for position in positions if costs[position]]
    sign = 1.0 if marking.side == "max" else -1.0
    amounts = _solved(values, layer, overlay, [costs[position] for position in asked], sign)
    return known | {position: known[position] + amount for position, amount in zip(asked, amounts, strict=True)}


def _solved(values: Values, layer: PlanLayer, overlay: Overlay, costs: list[Pairs], sign: float) -> list[float]:
    """The least of each sum (with a sign of −1 the most), all over the same marked flows."""
    flows = [values.sum(flow) for flow in layer.within.values()]
    sums: list[Sum] = []
    for cost in costs:
        total: Sum = defaultdict(float)
        for column, amount in cost:
            total[~column.number] += sign * amount * flows[~column.number]
        sums.append(total)
    return [sign * least for least in leasts(*_arrays(values, layer, overlay, flows), sums)]


def _arrays(values: Values, layer: PlanLayer, overlay: Overlay, flows: list[float]) -> tuple[Arrays, NDArray[np.bool_]]:
    """The layer as an LP, with the rows that may be taken for equations.

    Where one material alone hands on its mark, a run carries just that: more helps no cap, less helps no floor.
    """
    balances = {id(row): key for key, row in layer.balances.items()}
    carriers = Counter(_run_of(row.key) for row in overlay.rows if row.key[0] == "marked_step")
    starts, index, coefficients, lower, upper, tight = [0], [], [], [], [], []
    for row in overlay.rows:
        known = sum(amount * values.value[column] for column, amount in row.pairs if column.number >= 0)
        terms = [(~column.number, amount) for column, amount in row.pairs if column.number < 0]
        if not terms:
            continue
        through = max([abs(known), abs(row.rhs), *(abs(amount) * flows[number] for number, amount in terms)])
        if through == 0:
            continue  # nothing goes through, marked or not
        index += [number for number, _ in terms]
        coefficients += [amount * flows[number] / through for number, amount in terms]
        starts.append(len(index))
        rhs = (row.rhs - known) / through
        leak = (_imbalance(values, balances[id(row)]) if id(row) in balances else 0.0) / through + ROUNDING
        lower.append(-np.inf if row.sense < 0 else rhs - leak)
        upper.append(np.inf if row.sense > 0 else rhs + leak)
        tight.append(carriers[_run_of(row.key)] == 1)
    size = overlay.size
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

"""The linear program of what is left free of the marked parts of a plan's flows."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, nan
from typing import NamedTuple

import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.answering.audit.marks import Marks
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.least import leasts

__all__ = ["Bound", "Program", "parts_of"]


class Bound(NamedTuple):
    """A sum of marked flows that has to be within a room, or beyond it by an amount that costs `price` a unit.

    `size` is what a unit is measured by.
    """

    part: dict[int, float]
    room: float
    price: float
    size: float


class _Row(NamedTuple):
    """`alone`: of a run with one carrier, which carries just its mark, since no bound is helped by more (or less)."""

    terms: dict[int, float]
    low: float
    high: float
    alone: bool = False


def parts_of(marks: Marks) -> list[list[int]]:
    """The free flows, as independent of each other: none of a part runs into what another runs into."""
    leader = {flow: flow for flow, fraction in enumerate(marks.known) if fraction is None}

    def find(flow: int) -> int:
        while leader[flow] != flow:
            leader[flow] = leader[leader[flow]]
            flow = leader[flow]
        return flow

    trace = marks.trace
    groups = [[flow for flow, _ in (*into, *out)] for into, out in zip(trace.into, trace.out_of, strict=True)]
    groups += [[run, *uses] for run, uses in marks.carried.items()]
    for group in groups:
        free = [flow for flow in group if flow in leader]
        for flow in free[1:]:
            leader[find(flow)] = find(free[0])
    parts: dict[int, list[int]] = {}
    for flow in leader:
        parts.setdefault(find(flow), []).append(flow)
    return list(parts.values())


class Program:
    """The marked fractions that a plan's flows allow some free flows.

    At each node what is marked of what runs in is marked of what runs out, within what the plan's own records are out
    of balance there; each row is a fraction of what runs through.
    """

    def __init__(self, marks: Marks, flows: Iterable[int]) -> None:
        self.flows = list(flows)
        self._column = {flow: column for column, flow in enumerate(self.flows)}
        self._most = marks.layer.most
        self._rows = [*self._balances(marks), *self._handings_on(marks)]

    def _balances(self, marks: Marks) -> Iterable[_Row]:
        trace = marks.trace
        for node in dict.fromkeys(node for flow in self.flows for node in trace.ends[flow]):
            into, out_of = trace.into[node], trace.out_of[node]
            arrives, leaves = (sum(amount for _, amount in side) for side in (into, out_of))
            through, leak = max(arrives, leaves), arrives - leaves
            terms, known = {}, 0.0
            for sign, side in ((1, into), (-1, out_of)):
                for flow, amount in side:
                    fraction = marks.known[flow]
                    if fraction is None:
                        terms[self._column[flow]] = sign * amount / through
                    else:
                        known += sign * amount * fraction
            low, high = min(leak, 0.0) - known, max(leak, 0.0) - known
            yield _Row(terms, low / through, high / through)

    def _handings_on(self, marks: Marks) -> Iterable[_Row]:
        """What a run carries of each carrier's mark: of a cap's no less, of a floor's no more."""
        for run in self.flows:
            carried = marks.carried.get(run, ())
            for use in carried:
                known = marks.known[use]
                terms = {self._column[run]: 1.0}
                if known is None:
                    terms[self._column[use]] = -1.0
                low, high = (-np.inf, known or 0.0) if self._most else (known or 0.0, np.inf)
                yield _Row(terms, low, high, alone=len(carried) == 1)

    def extremes(self, sums: list[dict[int, float]]) -> list[float]:
        """The least (of a floor's mark: the most) of weighted sums of the fractions; NaN where it was not found."""
        sign, free = -1.0 if self._most else 1.0, len(self.flows)
        sizes = [sum(weights.values()) for weights in sums]
        wanted = [
            {self._column[flow]: sign * weight / size for flow, weight in weights.items()}
            for weights, size in zip(sums, sizes, strict=True)
        ]
        arrays = _arrays(self._rows, np.zeros(free), np.ones(free))
        alone = np.array([row.alone for row in self._rows], dtype=np.bool_)
        try:
            return [sign * size * least for size, least in zip(sizes, leasts(arrays, alone, wanted), strict=True)]
        except SolverFailed:
            return [nan] if len(sums) == 1 else [self.extremes([weights])[0] for weights in sums]

    def beyond(self, bounds: list[Bound]) -> list[float]:
        """By how much each bound is broken where the price of all that is the least; NaN where it was not found."""
        free, sign = len(self.flows), -1.0 if self._most else 1.0
        rows, prices = list(self._rows), [bound.price * bound.size for bound in bounds]
        if not all(map(isfinite, prices)):
            return [nan] * len(bounds)
        for number, bound in enumerate(bounds):
            terms = {self._column[flow]: sign * weight / bound.size for flow, weight in bound.part.items()}
            rows.append(_Row({**terms, free + number: -1.0}, -np.inf, sign * bound.room / bound.size))
        cost = np.concatenate([np.zeros(free), np.array(prices) / max(prices)])
        high = np.concatenate([np.ones(free), np.full(len(bounds), np.inf)])
        claim = run_highs(_arrays(rows, cost, high))
        if claim.status != "optimal" or claim.x is None:
            return [nan] * len(bounds)
        return [float(value) * bound.size for value, bound in zip(claim.x[free:], bounds, strict=True)]


def _arrays(rows: list[_Row], cost: Floats, high: Floats) -> Arrays:
    return Arrays(
        cost=cost,
        offset=0.0,
        low=np.zeros(len(cost)),
        high=high,
        integer=np.zeros(len(cost), dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum([len(row.terms) for row in rows]))).astype(np.int32),
        columns=np.array([column for row in rows for column in row.terms], dtype=np.int32),
        coefficients=np.array([value for row in rows for value in row.terms.values()], dtype=np.float64),
        lower=np.array([row.low for row in rows], dtype=np.float64),
        upper=np.array([row.high for row in rows], dtype=np.float64),
        gates=np.zeros(len(rows), dtype=np.bool_),
        sign=1.0,
    )

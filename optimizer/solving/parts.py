"""Independent parts of an LP: found, solved apart, and put together as if the whole had been solved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import numpy as np

from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.solving.arrays import Arrays, Floats, with_decisions
from oremix.optimizer.solving.basis import Basis, solver_at
from oremix.optimizer.solving.highs import Claim, run_highs
from oremix.optimizer.solving.pieces import Piece, components, cut, grouped
from oremix.optimizer.solving.proof import cost_of

__all__ = ["SMALLEST", "run_apart"]

# Columns: smaller parts are solved together, which costs less (measured from 0.1k to 100k).
SMALLEST = 2_000
# How much sooner yes/no decisions are worth solving apart: those of different parts in one search multiply.
DECIDING = 40


def run_apart(
    arrays: Arrays,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    fixed: Floats | None = None,
    stop: Event | None = None,
) -> Claim:
    """As `run_highs`, with independent parts solved apart.

    Whether and how the LP is split depends on nothing but the LP.
    """
    pieces = _independent(arrays, decides=fixed is None)
    if len(pieces) < 2:
        return run_highs(arrays, time_limit=time_limit, gap=gap, fixed=fixed, stop=stop)
    deadline = None if time_limit is None else time.time() + time_limit
    jobs = [
        _Job(
            piece.arrays,
            deadline=deadline,
            waiting=len(pieces) - number,
            gap=gap,
            fixed=None if fixed is None else fixed[piece.columns],
            stop=stop if shares_memory() else None,
        )
        for number, piece in enumerate(pieces)
    ]
    parts = spread(_run, jobs)
    claim = _joined(arrays, pieces, [part.claim for part in parts])
    if claim.status == "optimal" and claim.duals is not None:
        lp = arrays if fixed is None else with_decisions(arrays, fixed)
        claim.solver = partial(solver_at, lp, pieces, [part.basis for part in parts if part.basis is not None])
    claim.options = {"time_limit": time_limit, **({"gap": gap} if gap is not None else {}), "parts": len(pieces)}
    return claim


@dataclass(frozen=True)
class _Job:
    """A part to be solved, and how many wait with it."""

    arrays: Arrays
    deadline: float | None
    waiting: int
    gap: float | None
    fixed: Floats | None
    stop: Event | None

    def time_limit(self) -> float | None:
        """What is left; a search for decisions takes no more than its share, an LP is worth nothing before its end."""
        if self.deadline is None:
            return None
        left = max(0.0, self.deadline - time.time())
        return left / self.waiting if self.arrays.integer.any() and self.fixed is None else left


@dataclass(frozen=True)
class _Part:
    """What HiGHS says of a part, and the basis it ended with."""

    claim: Claim
    basis: Basis | None


def _run(job: _Job) -> _Part:
    claim = run_highs(job.arrays, time_limit=job.time_limit(), gap=job.gap, fixed=job.fixed, stop=job.stop)
    basis = None if claim.solver is None else Basis(claim.solver().getBasis())
    return _Part(replace(claim, solver=None), basis)


def _independent(arrays: Arrays, *, decides: bool) -> list[Piece]:
    """The parts, those with the fewest yes/no decisions first: what these leave of the time is for the others."""
    decides = decides and bool(arrays.integer.any())
    if len(arrays.cost) * (DECIDING if decides else 1) < 2 * SMALLEST:
        return []
    every_row = np.ones(len(arrays.lower), dtype=np.bool_)
    component = components(arrays, every_row)
    worth = np.bincount(component)
    if decides:
        worth[np.bincount(component, arrays.integer) > 0] *= DECIDING
    group = grouped(component, worth, SMALLEST)
    if group.max(initial=0) == 0:
        return []
    return sorted(cut(arrays, group, every_row), key=lambda piece: int(piece.arrays.integer.sum()))


def _joined(arrays: Arrays, pieces: list[Piece], claims: list[Claim]) -> Claim:
    """What the parts' claims say of the whole."""
    status = next((s for s in ("infeasible", "limit", "unbounded") if any(c.status == s for c in claims)), "optimal")
    piece, deciding = next((p, c) for p, c in zip(pieces, claims, strict=True) if c.status == status)
    claim = Claim(status, deciding.words, version=deciding.version)
    if status == "infeasible" and deciding.ray is not None:
        claim.ray = _extended(len(arrays.lower), [piece.rows], [deciding.ray])
    if status == "unbounded" and deciding.ray is not None:
        claim.ray = _extended(len(arrays.cost), [piece.columns], [deciding.ray])
    if status in ("optimal", "limit"):
        claim.x = _extended(len(arrays.cost), [p.columns for p in pieces], [c.x for c in claims])
        claim.bound = _bound(arrays, pieces, claims)
        if claim.bound is None:
            claim.duals = _extended(len(arrays.lower), [p.rows for p in pieces], [c.duals for c in claims])
    return claim


def _extended(length: int, where: list[np.ndarray], values: list[Floats | None]) -> Floats | None:
    """The parts' values in the order of the whole, 0 elsewhere; none where a part has none."""
    whole = np.zeros(length)
    for positions, value in zip(where, values, strict=True):
        if value is None:
            return None
        whole[positions] = value
    return whole


def _bound(arrays: Arrays, pieces: list[Piece], claims: list[Claim]) -> float | None:
    """Where some decide, the sum of what is proved of each part; none where a part has no proof."""
    if all(claim.bound is None for claim in claims):
        return None
    total = arrays.offset
    for piece, claim in zip(pieces, claims, strict=True):
        if claim.bound is not None:
            total += claim.bound
        elif claim.status == "optimal" and claim.x is not None:
            total += cost_of(piece.arrays, claim.x)
        else:
            return None
    return total

"""Independent parts of an LP: found, solved apart, and put together as if the whole had been solved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import numpy as np

from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.solving.arrays import Arrays, Floats, without_decisions
from oremix.optimizer.solving.basis import Basis, solver_at
from oremix.optimizer.solving.coupled import run_coupled
from oremix.optimizer.solving.coupling import Separated, separated
from oremix.optimizer.solving.highs import Claim, run_highs
from oremix.optimizer.solving.pieces import Piece, components, cut, grouped
from oremix.optimizer.solving.proof import cost_of

__all__ = ["run_apart"]

# Columns: smaller parts are solved together, which costs less (measured from 0.1k to 100k).
SMALLEST = 2_000
# How much sooner yes/no decisions are worth solving apart: those of different parts in one search multiply.
DECIDING = 40
# Columns from which on it is worth looking for a few rows that hold an LP together.
LARGE = 100_000


def run_apart(
    arrays: Arrays,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    fixed: Floats | None = None,
    stop: Event | None = None,
) -> Claim:
    """As `run_highs`, with independent parts solved apart, and large LPs whose parts share few rows by pricing these.

    Whether and how the LP is split depends on nothing but the LP.
    """
    lp = arrays if fixed is None else without_decisions(arrays, fixed)
    pieces = _independent(lp)
    if len(pieces) < 2:
        return _solved(lp, _separated(lp), time_limit, gap, stop)
    deadline = None if time_limit is None else time.time() + time_limit
    jobs = [
        _Job(piece.arrays, _separated(piece.arrays), deadline, len(pieces) - number, gap, stop)
        for number, piece in enumerate(pieces)
    ]
    parts = _done(jobs)
    claim = _joined(lp, pieces, [part.claim for part in parts])
    if claim.status == "optimal" and claim.duals is not None:
        claim.solver = partial(solver_at, lp, pieces, [part.basis for part in parts if part.basis is not None])
    claim.options = {"time_limit": time_limit, **({"gap": gap} if gap is not None else {}), "parts": len(pieces)}
    return claim


def _separated(arrays: Arrays) -> Separated | None:
    """The pieces of a large LP that shares few rows."""
    if arrays.integer.any() or len(arrays.cost) < LARGE:
        return None
    return separated(arrays, SMALLEST)


def _solved(
    arrays: Arrays, parts: Separated | None, time_limit: float | None, gap: float | None, stop: Event | None
) -> Claim:
    if parts is None:
        return run_highs(arrays, time_limit=time_limit, gap=gap, stop=stop)
    started = time.time()
    claim = run_coupled(arrays, parts, time_limit=time_limit, gap=gap, stop=stop)
    left = None if time_limit is None else time_limit - (time.time() - started)
    if claim.status == "optimal" or (left is not None and left <= 0) or (stop is not None and stop.is_set()):
        return claim
    whole = run_highs(arrays, time_limit=left, gap=gap, stop=stop)
    whole.options["time_limit"] = time_limit
    return claim if whole.status == "limit" and claim.x is not None else whole


@dataclass(frozen=True)
class _Job:
    """A part to be solved, and how many wait with it."""

    arrays: Arrays
    parts: Separated | None
    deadline: float | None
    waiting: int
    gap: float | None
    stop: Event | None

    def time_limit(self) -> float | None:
        """What is left; a search for decisions takes no more than its share, an LP is worth nothing before its end."""
        if self.deadline is None:
            return None
        left = max(0.0, self.deadline - time.time())
        return left / self.waiting if self.arrays.integer.any() else left


@dataclass(frozen=True)
class _Part:
    """What HiGHS says of a part, and the basis it ended with."""

    claim: Claim
    basis: Basis | None


def _done(jobs: list[_Job]) -> list[_Part]:
    """The jobs spread, but for those that spread their own work."""
    if not shares_memory():
        jobs = [replace(job, stop=None) for job in jobs]
    alone = iter(spread(_run, [job for job in jobs if job.parts is None]))
    return [next(alone) if job.parts is None else _run(job) for job in jobs]


def _run(job: _Job) -> _Part:
    claim = _solved(job.arrays, job.parts, job.time_limit(), job.gap, job.stop)
    basis = None if claim.solver is None else Basis(claim.solver().getBasis())
    return _Part(replace(claim, solver=None), basis)


def _independent(arrays: Arrays) -> list[Piece]:
    """The parts, those with the fewest yes/no decisions first: what these leave of the time is for the others."""
    decides = bool(arrays.integer.any())
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

"""Independent parts of an LP: found, solved apart, and put together as if the whole had been solved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import numpy as np

from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.basis import Basis, solver_at
from oremix.optimizer.solving.coupled import run_coupled
from oremix.optimizer.solving.coupling import Separated, separated
from oremix.optimizer.solving.highs import Claim, Watch, run_highs
from oremix.optimizer.solving.mip import Listener, Progress, Search, Together, branch_and_bound
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
    clock: Clock,
    *,
    gap: float | None = None,
    listener: Listener | None = None,
    watch: Watch | None = None,
) -> Claim:
    """Solve with HiGHS: independent parts apart, and large LPs whose parts share few rows by pricing these.

    Whether and how the LP is split depends on nothing but the LP.

    Parameters
    ----------
    listener
        Is told how far the search for yes/no decisions is; of searches in other processes it hears nothing.
    watch
        Of an LP: is asked whether to end, in place of the clock's stop.
    """
    pieces = _independent(arrays)
    if len(pieces) < 2:
        return _solved(arrays, _separated(arrays), clock, gap, watch, listener)
    deadline = None if clock.limit is None else time.time() + (clock.left() or 0.0)
    told = None if listener is None else Together(listener, clock, len(pieces))
    jobs = [
        _Job(
            arrays=piece.arrays,
            parts=_separated(piece.arrays),
            deadline=deadline,
            waiting=len(pieces) - number,
            gap=gap,
            stop=clock.stop,
            watch=watch,
            listener=None if told is None else told.listener_of(number),
        )
        for number, piece in enumerate(pieces)
    ]
    parts = _done(jobs)
    claim = _joined(arrays, pieces, [part.claim for part in parts])
    if claim.status == "optimal" and claim.duals is not None:
        claim.solver = partial(solver_at, arrays, pieces, [part.basis for part in parts if part.basis is not None])
    claim.options = {"parts": len(pieces)}
    return claim


def _separated(arrays: Arrays) -> Separated | None:
    """The pieces of a large LP that shares few rows."""
    if arrays.integer.any() or len(arrays.cost) < LARGE:
        return None
    return separated(arrays, SMALLEST)


def _solved(
    arrays: Arrays,
    parts: Separated | None,
    clock: Clock,
    gap: float | None,
    watch: Watch | None,
    listener: Listener | None = None,
) -> Claim:
    if arrays.integer.any():
        return branch_and_bound(Search(arrays, clock, gap, listener))
    if parts is not None:
        claim = run_coupled(arrays, parts, time_limit=clock.left(), gap=gap, stop=clock.stop)
        if claim.status == "optimal" or clock.left() == 0 or clock.is_stopped():
            return claim
        whole = run_highs(arrays, time_limit=clock.left(), stop=clock.stop, watch=watch)
        return claim if whole.status == "limit" and claim.x is not None else whole
    return run_highs(arrays, time_limit=clock.left(), stop=clock.stop, watch=watch)


@dataclass(frozen=True)
class _Job:
    """A part to be solved, and how many wait with it."""

    arrays: Arrays
    parts: Separated | None
    deadline: float | None
    waiting: int
    gap: float | None
    stop: Event | None
    watch: Watch | None
    listener: Listener | None

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
        jobs = [replace(job, stop=None, watch=None, listener=None) for job in jobs]
    alone = iter(spread(_run, [job for job in jobs if job.parts is None]))
    return [next(alone) if job.parts is None else _run(job) for job in jobs]


def _run(job: _Job) -> _Part:
    claim = _solved(job.arrays, job.parts, Clock(job.time_limit(), job.stop), job.gap, job.watch, job.listener)
    if job.listener is not None and claim.status == "optimal" and claim.x is not None:
        value = cost_of(job.arrays, claim.x)
        job.listener(Progress(0.0, value, value, 0.0))
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

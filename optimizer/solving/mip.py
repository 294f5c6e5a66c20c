"""Yes/no decisions: the LP, its plan rounded, and branch and bound from there, so that a plan is soon in hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock, Thread
from typing import Any

import numpy as np

from oremix.models.errors import SolverFailed
from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Arrays, Floats, without_integers
from oremix.optimizer.solving.highs import NEAR, Claim, run_highs
from oremix.optimizer.solving.proof import TOLERANCE, cost_of, dual_proof, money_scale, primal_residual
from oremix.optimizer.solving.rounding import rounded

__all__ = ["LEFT", "Listener", "Progress", "Search", "Together", "branch_and_bound"]

# A listener is told again after this many seconds.
BETWEEN = 0.2

# Seconds that HiGHS is given to end when it is told to, and how often it is looked at.
PATIENCE, OFTEN = 0.5, 0.05

# What threads are called in which HiGHS may have been left.
LEFT = "HiGHS"


@dataclass(frozen=True)
class Progress:
    """How far the search for a plan is.

    `cost` is that of the best plan so far, `bound` what no plan can cost less than, `gap` what is between them as a
    part of the money that changes hands; none where there is none yet.
    """

    seconds: float
    cost: float | None
    bound: float | None
    gap: float | None


Listener = Callable[[Progress], None]


class Together:
    """Searches that go on at once, told of as one: there is a plan, and a bound, where each of them has one."""

    def __init__(self, listener: Listener, clock: Clock, number: int) -> None:
        self._listener, self._clock = listener, clock
        self._last: list[Progress | None] = [None] * number
        self._telling = Lock()

    def listener_of(self, number: int) -> Listener:
        """What one of the searches tells."""
        return partial(self._tell, number)

    def _tell(self, number: int, progress: Progress) -> None:
        with self._telling:
            self._last[number] = progress
            self._listener(self._sum())

    def _sum(self) -> Progress:
        seconds, known = self._clock.seconds(), [one for one in self._last if one is not None]
        costs = [one.cost for one in known if one.cost is not None]
        bounds = [one.bound for one in known if one.bound is not None]
        cost = sum(costs) if len(costs) == len(self._last) else None
        bound = sum(bounds) if len(bounds) == len(self._last) else None
        if cost is None or bound is None:
            return Progress(seconds, cost, bound, None)
        money = sum(_money(one) for one in known)
        return Progress(seconds, cost, bound, max(0.0, cost - bound) / money if money else 0.0)


def _money(progress: Progress) -> float:
    """What a gap is a part of, as far as it can be told."""
    cost, bound = progress.cost or 0.0, progress.bound or 0.0
    return (cost - bound) / progress.gap if progress.gap else abs(cost)


class Search:
    """The best plan so far and the bound on all others, and whether that is enough."""

    def __init__(self, arrays: Arrays, clock: Clock, gap: float | None, listener: Listener | None) -> None:
        self.arrays, self.clock, self.gap_wanted = arrays, clock, gap
        self._listener = listener
        self._enough = NEAR if gap is None else gap
        self._told = -BETWEEN
        self.x: Floats | None = None
        self.cost = self.scale = np.inf
        self.bound = -np.inf
        self.failed: Exception | None = None
        self.is_over = False  # nobody waits for it any more

    def take(self, x: Floats | None) -> bool:
        """Keep a point, its decisions made whole, if it is cheaper than the best so far; whether it holds as such."""
        if x is None:
            return False
        x = np.where(self.arrays.integer, np.round(x), x)
        holds = primal_residual(self.arrays, x) <= TOLERANCE
        cost = cost_of(self.arrays, x)
        if holds and cost < self.cost:
            self.x, self.cost, self.scale = x, cost, money_scale(self.arrays, x, cost)
        return holds

    def raise_bound(self, bound: float | None) -> None:
        """Take note of what was proved of all plans."""
        if bound is not None and np.isfinite(bound):
            self.bound = max(self.bound, bound)

    @property
    def gap(self) -> float | None:
        """As certificates have it; none where there is no plan or no bound."""
        known = self.x is not None and np.isfinite(self.bound)
        return max(0.0, self.cost - self.bound) / self.scale if known else None

    def is_near_enough(self) -> bool:
        """Whether the gap asked for is reached."""
        return self.gap is not None and self.gap <= self._enough

    def tell(self) -> None:
        """Let the listener know, unless it has just been told."""
        seconds = self.clock.seconds()
        if self._listener is not None and seconds - self._told >= BETWEEN:
            self._told = seconds
            cost = None if self.x is None else self.cost
            self._listener(Progress(seconds, cost, self.bound if np.isfinite(self.bound) else None, self.gap))

    def watch(self, so_far: Any) -> bool:
        """Follow HiGHS, and have it end where that is enough."""
        try:
            return self.is_over or self._follow(so_far)
        except Exception as error:  # noqa: BLE001 - HiGHS would lose it; it is raised when that has ended
            self.failed = error
            return True

    def _follow(self, so_far: Any) -> bool:
        point = np.array(so_far.mip_solution)
        if len(point):
            self.take(point)
        self.raise_bound(so_far.mip_dual_bound)
        self.tell()
        return self.clock.is_stopped() or self.is_near_enough()


Run = Callable[[float, Floats | None], Claim]
"""Search the tree, with so many seconds kept for later and from this point, and say what was found."""


def branch_and_bound(search: Search, run: Run | None = None) -> Claim:
    """Solve with whole decisions; what there is when it ends is the best plan so far, with a bound on all others.

    Parameters
    ----------
    run
        What searches the tree; HiGHS, if none is given.
    """
    relaxed = _first_plan(search)
    if relaxed.status in ("infeasible", "limit"):
        return replace(relaxed, x=None, duals=None, solver=None)
    clock = search.clock
    if clock.is_stopped() or clock.left() == 0 or (run is None and search.is_near_enough()):
        claim = Claim("limit", "stopped", version=relaxed.version)
    else:
        # the last LP, which says what everything is worth, takes about as long as the first
        kept = min(relaxed.seconds, 0.5 * (clock.left() or 0.0))
        run = partial(_searched, search, run or partial(_by_highs, search))
        claim = run(kept, search.x)
        _note(search, claim)
        if claim.status == "optimal" and not search.is_near_enough() and search.x is not None:
            # its plan is dearer than it says: presolve may have lost the way back from a point it was given
            claim = run(kept, None)
            _note(search, claim)
        if claim.status == "unbounded":
            return claim
    claim.version = claim.version or relaxed.version
    if search.x is not None:
        claim.x, claim.bound = search.x, search.bound if np.isfinite(search.bound) else None
        claim.status = "limit" if claim.status == "infeasible" else claim.status
    return claim


def _searched(search: Search, run: Run, kept: float, start: Floats | None) -> Claim:
    """The claim of what searches the tree; where it breaks off and a plan is in hand, that is not lost."""
    try:
        return run(kept, start)
    except SolverFailed as error:
        if search.x is None:
            raise
        return Claim("limit", str(error))


def _by_highs(search: Search, kept: float, start: Floats | None) -> Claim:
    """HiGHS in a thread of its own: amid a heuristic it hears nothing for seconds, and is left to end by itself."""
    outcome: Future[Claim] = Future()
    left = search.clock.left(kept)

    def run() -> None:
        try:
            claim = run_highs(search.arrays, time_limit=left, gap=search.gap_wanted, start=start, watch=search.watch)
            outcome.set_result(claim)
        except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            outcome.set_exception(error)

    Thread(target=run, name=LEFT).start()
    try:
        while not wait([outcome], OFTEN).done:
            if _is_out_of_patience(search.clock):
                search.is_over = True
                return Claim("limit", "stopped amid a heuristic")
    except BaseException:
        search.is_over = True
        raise
    if search.failed is not None:
        raise search.failed
    return outcome.result()


def _is_out_of_patience(clock: Clock) -> bool:
    """Whether HiGHS has been told to end for long enough."""
    return clock.left() == 0 or clock.since_stop() >= PATIENCE


def _note(search: Search, claim: Claim) -> None:
    """Take over what was found and proved; where the point only holds with other flows, those."""
    if claim.x is not None and not search.take(claim.x):
        left = search.clock.left_for_the_last()
        search.take(run_highs(search.arrays, time_limit=left, fixed=claim.x, watch=search.clock.is_over).x)
    if claim.bound is not None:
        search.raise_bound(claim.bound)
    elif claim.status == "optimal" and search.gap_wanted is None:
        search.raise_bound(search.cost)


def _first_plan(search: Search) -> Claim:
    """The claim about the LP without whole decisions; its bound and its plan rounded go to the search."""
    arrays, clock = without_integers(search.arrays), search.clock
    began = clock.seconds()
    relaxed = run_highs(arrays, time_limit=clock.left(), watch=clock.is_over)
    relaxed.seconds = clock.seconds() - began
    if relaxed.x is not None and relaxed.duals is not None and relaxed.solver is not None:
        proof = dual_proof(arrays, relaxed.x, relaxed.duals)
        search.raise_bound(proof.bound if proof.residual <= TOLERANCE else None)
        search.tell()
        search.take(rounded(relaxed.solver(), search.arrays, clock))
        search.tell()
    return relaxed

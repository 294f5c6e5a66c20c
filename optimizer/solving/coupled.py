"""A large LP whose pieces share few rows: the rows are priced, the pieces solved apart, their points mixed.

Dantzig and Wolfe's decomposition. At any prices of the shared rows, what the pieces cost apart is a bound on the cost of
the whole; the master mixes the points that they answered with into one for which the shared rows hold, and its own
prices are the next. They are drawn to those of the best bound so far, without which they would swing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from threading import Event

import numpy as np

from oremix.optimizer.engine import shares_memory, spread
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.basis import solver_at
from oremix.optimizer.solving.coupling import coupling
from oremix.optimizer.solving.highs import Claim
from oremix.optimizer.solving.master import Master, Mix
from oremix.optimizer.solving.pieces import Ints, components, cut, grouped
from oremix.optimizer.solving.priced import Answer, Job, PricedPiece, answered

__all__ = ["run_coupled"]

SMALLEST = 2_000
DRAWN = 0.5
ROUNDS = 60
MM=1e3
import os
DRAWN=float(os.environ.get("DRAWN",.5))
SMALLEST=int(os.environ.get("SMALLEST",2000))


@dataclass(frozen=True)
class Best:
    bound: float
    prices: Floats
    duals: list[Floats]


@dataclass(frozen=True)
class Point:
    """A piece's answer as the master mixes it: x without its zeros."""

    piece: int
    columns: Ints
    values: Floats


class Decomposition:
    def __init__(self, arrays: Arrays, shared: np.ndarray, piece_of: Ints) -> None:
        self.arrays = arrays
        self.rows = np.flatnonzero(shared)
        in_shared = shared[arrays.row_of]
        held = np.bincount(arrays.columns[~in_shared], minlength=len(arrays.cost)) > 0
        used = np.bincount(arrays.columns[in_shared], minlength=len(arrays.cost)) > 0
        self.own = np.flatnonzero(used & ~held)
        piece_of = piece_of + 1
        piece_of[self.own] = 0
        component = np.unique(np.append(0, piece_of), return_inverse=True)[1][1:]
        worth = np.bincount(component)
        worth[0] = max(worth[0], SMALLEST)
        group = grouped(component, worth, SMALLEST)
        group[self.own] = 0
        every = cut(arrays, group, ~shared)
        # columns of shared rows
        place = np.empty(len(arrays.cost), dtype=np.int64)
        for piece in every:
            place[piece.columns] = np.arange(len(piece.columns))
        number = np.cumsum(shared) - 1
        r, c, v = number[arrays.row_of[in_shared]], arrays.columns[in_shared], arrays.coefficients[in_shared]
        g = group[c]
        self.pieces = [
            PricedPiece(piece, r[g == k], place[c[g == k]], v[g == k], len(self.rows))
            for k, piece in enumerate(every)
            if k
        ]
        m = g == 0
        order = np.argsort(r[m], kind="stable")
        self.own_arrays = Arrays(
            cost=arrays.cost[self.own], offset=0.0, low=arrays.low[self.own], high=arrays.high[self.own],
            integer=arrays.integer[self.own],
            starts=np.concatenate(([0], np.cumsum(np.bincount(r[m], minlength=len(self.rows))))).astype(np.int32),
            columns=place[c[m]][order].astype(np.int32), coefficients=v[m][order],
            lower=arrays.lower[self.rows], upper=arrays.upper[self.rows], sign=1.0)


def run_coupled(arrays, *, gap, time_limit=None, stop=None, log=print):
    t0 = time.time(); c0 = time.process_time()
    found = coupling(arrays)
    if found is None:
        return None
    d = Decomposition(arrays, *found)
    log("pieces", len(d.pieces), "rows", len(d.rows), "own", len(d.own), "cpu", round(time.process_time() - c0, 2))
    own = d.own_arrays
    prices = np.zeros(len(d.rows))
    bases = [None] * len(d.pieces)
    best = None
    master = None
    points = []
    mixcost = np.inf
    tm = 0.0
    for round_ in range(ROUNDS):
        answers = spread(answered, [Job(p, prices, b, None, None) for p, b in zip(d.pieces, bases, strict=True)])
        if any(a.status != "optimal" for a in answers):
            log([a.status for a in answers]); return None
        bases = [a.basis for a in answers]
        pressed = np.where(prices > 0, own.lower, own.upper)
        pressed = np.where(prices != 0, pressed, 0.0)
        red = own.cost - np.bincount(own.columns, own.coefficients * prices[own.row_of], len(own.cost))
        end = np.where(red >= 0, own.low, own.high)
        own_v = float(np.sum(np.where(red != 0, end, 0.0) * red))
        bound = sum(a.value for a in answers) + float(pressed @ prices) + own_v
        if best is None or bound > best.bound:
            best = Best(bound, prices, [a.duals for a in answers])
        if master is None:
            uses = np.array([p.uses(np.abs(a.x)) for p, a in zip(d.pieces, answers)])
            size = np.maximum(np.abs(uses).sum(axis=0), np.where(np.isfinite(own.upper), np.abs(own.upper), 0))
            size[size == 0] = 1
            master = Master(own, size, abs(bound)/MM , len(d.pieces))
            mix = None
            master.fines[:]=float(os.environ.get('FINE','1'))*MM
            for r in range(len(d.rows)):
                for c in (2*r,2*r+1): master._solver.changeColCost(c,master.fines[r])
        new = 0
        for k, (p, a) in enumerate(zip(d.pieces, answers)):
            cost = float(p.arrays.cost @ a.x); u = p.uses(a.x)
            if mix is None or cost - u @ mix.prices - mix.levels[k] < -1e-9 * abs(bound)/len(d.pieces):
                nz = np.flatnonzero(a.x)
                points.append(Point(k, nz, a.x[nz])); new += 1
                master.add(cost, u, k)
        c = time.process_time()
        mix = master.solve()
        tm += time.process_time() - c
        if mix.holds: mixcost = min(mixcost, mix.cost)
        else: master.raise_fines(mix.missing, float(os.environ.get("TIMES","4")))
        log(round_, "bound", f"{best.bound:.8g} {bound:.8g}", "mix", f"{mix.cost:.8g}", mix.holds, mix.missing.max(), "gap", f"{(mixcost-best.bound)/abs(best.bound):.2e}", "new", new, "cpu", round(time.process_time() - c0, 2), "master", round(tm, 2), "wall", round(time.time()-t0, 2))
        if mixcost - best.bound <= gap * abs(best.bound): break
        prices = (1 - DRAWN) * mix.prices + DRAWN * best.prices
    return best

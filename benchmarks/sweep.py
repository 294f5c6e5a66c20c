"""A sweep of China's caps through one session, against solving each cap from nothing: CPU seconds, as a ratio."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean
from time import process_time
from typing import Any

from benchmarks.families import SIZES, problem
from oremix.models import read_problem
from oremix.optimizer.decide import solve
from oremix.optimizer.session import Point, Session

__all__ = ["Swept", "caps", "sweep"]

CAPPED = ("china_oxide", "china_ore")
LOOSE, TIGHT = 0.6, 0.2


@dataclass(frozen=True)
class Swept:
    """What a sweep took, in CPU seconds.

    Attributes
    ----------
    cold
        The mean of the cold solves it was compared with, from the document to the plan.
    opened
        Making the session, and its first solve.
    points
        All points of the sweep after it, verified.
    apart
        The largest relative difference in cost between a point and the cold solve of the same caps.
    """

    cold: float
    opened: float
    points: float
    apart: float

    @property
    def ratio(self) -> float:
        """How many cold solves the whole sweep took."""
        return (self.opened + self.points) / self.cold


def caps(number: int) -> list[float]:
    """Caps from loose to tight: each is solved from the one before."""
    return [LOOSE + (TIGHT - LOOSE) * step / (number - 1) for step in range(number)]


def sweep(size: str, number: int = 50, compared: int = 5, *, coupled: bool = True, seed: int = 1) -> Swept:
    """Sweep both caps together, and solve some of the points from nothing.

    Raises
    ------
    RuntimeError
        A point was not verified as optimal.
    """
    document = problem(size, coupled=coupled, seed=seed)
    bounds = caps(number)
    session, made = _timed(lambda: Session(read_problem(document)))
    _, first = _timed(session.solve)
    points, hot = _timed(lambda: [_point(session, bound) for bound in bounds])
    chosen = sorted({round(step * (number - 1) / max(compared - 1, 1)) for step in range(compared)})
    cold, apart = [], []
    for place in chosen:
        changed = _with_caps(document, bounds[place])
        plan, seconds = _timed(lambda changed=changed: solve(changed, detail="plan"))
        cold.append(seconds)
        apart.append(abs((points[place].total_cost or 0.0) / (plan.total_cost or 1.0) - 1))
    return Swept(mean(cold), made + first, hot, max(apart))


def _point(session: Session, bound: float) -> Point:
    point = session.solve([change for policy in CAPPED for change in session.bound(policy, bound)])
    if point.status != "optimal" or not point.verified:
        raise RuntimeError(f"the point at {bound:g} is {point.status}: {point.reason}")
    return point


def _with_caps(document: dict[str, Any], bound: float) -> dict[str, Any]:
    policies = [policy | {"max": bound} if policy["id"] in CAPPED else policy for policy in document["policies"]]
    return document | {"policies": policies}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = process_time()
    result = work()
    return result, process_time() - started


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["1k", "10k", "100k"])
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--compared", type=int, default=5, help="how many points are also solved from nothing")
    parser.add_argument("--uncoupled", action="store_true", help="without the budget that couples the minerals")
    given = parser.parse_args()
    print(f"| size | cold, s | session, s | {given.points} points, s | in cold solves | apart |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size in given.sizes:
        swept = sweep(size, given.points, given.compared, coupled=not given.uncoupled)
        seconds = f"{swept.cold:.3g} | {swept.opened:.3g} | {swept.points:.3g}"
        print(f"| {size} | {seconds} | {swept.ratio:.3g} | {swept.apart:.1e} |")


if __name__ == "__main__":
    _main()

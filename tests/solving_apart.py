"""LPs solved apart where they fall into parts: what is claimed of them, and what of that holds."""

from __future__ import annotations

from threading import Event
from typing import Any

from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import Claim
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.solve import _verdict

__all__ = ["solved_apart", "verdict"]


def solved_apart(
    arrays: Arrays, time_limit: float | None = None, stop: Event | None = None, gap: float | None = None
) -> Claim:
    return run_apart(arrays, Clock(time_limit, stop), gap=gap)


def verdict(arrays: Arrays, **options: Any) -> dict[str, Any]:
    return _verdict(arrays, solved_apart(arrays, **options), Clock())

"""How long a solve may still go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from threading import Event

__all__ = ["Clock"]

# Seconds that a stop leaves: for a first plan where there is none yet, and for what the last one is worth.
GRACE = 1.0

# Part of a time limit by which the last step may go beyond it.
BEYOND = 0.05


class Clock:
    """The time since a solve began, its limit, and whether somebody wants it stopped.

    Parameters
    ----------
    limit
        Seconds; none: no limit.
    stop
        Set by anybody, it ends the solve.
    now
        What tells the time, in seconds.
    """

    def __init__(
        self, limit: float | None = None, stop: Event | None = None, now: Callable[[], float] = time.perf_counter
    ) -> None:
        self.limit = limit
        self.stop, self._now = stop, now
        self._began = now()
        self._stopped: float | None = None

    def seconds(self) -> float:
        """Since the solve began."""
        return self._now() - self._began

    def left(self, kept: float = 0.0) -> float | None:
        """Seconds until the limit, less what is kept for later; none without a limit."""
        return None if self.limit is None else max(0.0, self.limit - kept - self.seconds())

    def left_for_the_last(self) -> float | None:
        """Seconds for the last step of a solve, which may end a little beyond the limit."""
        left = self.left()
        return left if left is None or self.limit is None else max(left, BEYOND * self.limit)

    def is_stopped(self) -> bool:
        """Whether somebody wants it stopped."""
        if self._stopped is None and self.stop is not None and self.stop.is_set():
            self._stopped = self._now()
        return self._stopped is not None

    def is_over(self, _: object = None) -> bool:
        """Whether even the last step must end: what a stop leaves, or what may go beyond the limit, has passed."""
        return self.is_beyond() or self.since_stop() >= GRACE

    def since_stop(self) -> float:
        """Seconds since it was stopped; less than none where it was not."""
        return self._now() - (self._stopped or 0.0) if self.is_stopped() else -inf

    def is_beyond(self) -> bool:
        """Whether the limit and what may go beyond it have passed."""
        return self.limit is not None and self.seconds() >= self.limit * (1 + BEYOND)

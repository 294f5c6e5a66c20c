"""The time of a solve, a diagnosis or a study: how much is left, whether somebody ended it, and who is told of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from threading import Event

__all__ = ["BEYOND", "GRACE", "Clock", "OutOfTime", "Progress"]

Progress = Callable[[int, int, str], None]
"""Called with how much is done, how much there is as far as is known, and a word on it."""

# Seconds that a stop leaves: for a first plan where there is none yet, and for what the last one is worth.
GRACE = 1.0

# Part of a time limit by which the last step may go beyond it.
BEYOND = 0.05


class OutOfTime(Exception):
    """The time is up, or somebody wants it stopped."""


class Clock:
    """The time since something began, its limit, and whether somebody wants it stopped.

    Sent to another process it keeps its end; whoever set its stop, and whoever is told, stay behind.

    Parameters
    ----------
    limit
        Seconds; none: no limit.
    stop
        Set by anybody, from any thread, it ends everything.
    progress
        Who is told how far it is.
    now
        What tells the time, in seconds.
    """

    def __init__(
        self,
        limit: float | None = None,
        stop: Event | None = None,
        progress: Progress | None = None,
        *,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.limit = limit
        self.stop, self._progress, self._now = stop, progress, now
        self._began = now()
        self._stopped: float | None = None

    def tell(self, done: int, total: int, text: str) -> None:
        """Say how far it is."""
        if self._progress is not None:
            self._progress(done, total, text)

    def seconds(self) -> float:
        """Since it began."""
        return self._now() - self._began

    # ------------------------------------------------------------ until the end

    def left(self, kept: float = 0.0) -> float | None:
        """Seconds until the limit, less what is kept for later; none without a limit."""
        return None if self.limit is None else max(0.0, self.limit - kept - self.seconds())

    def is_up(self) -> bool:
        """Whether nothing more is to be begun: the limit has come, or somebody wants it stopped."""
        return self.is_stopped() or self.left() == 0

    def demand(self) -> float | None:
        """What is left, as `left` says it.

        Raises
        ------
        OutOfTime
            Nothing is left, or somebody wants it stopped.
        """
        if self.is_up():
            raise OutOfTime
        return self.left()

    # ------------------------------------------------------------ what is under way at the end

    def left_for_the_last(self) -> float | None:
        """Seconds for the last step, which may end a little beyond the limit."""
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

    # ------------------------------------------------------------ sent to another process

    def __reduce__(self) -> tuple[Callable[..., Clock], tuple[float | None, float]]:
        return _sent, (self.limit, time.time() - self.seconds())


def _sent(limit: float | None, began: float) -> Clock:
    """A clock that began at this time of day."""
    arrived, passed = time.perf_counter(), time.time() - began
    clock = Clock(limit)
    clock._began = arrived - passed  # noqa: SLF001 - its own
    return clock

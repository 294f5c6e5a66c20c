"""How long a diagnosis may take."""

from __future__ import annotations

import time
from threading import Event

__all__ = ["Clock", "OutOfTime"]


class OutOfTime(Exception):
    """The time is up, or somebody wants it stopped."""


class Clock:
    """The seconds that are left.

    Attributes
    ----------
    stop
        Set by anybody, it ends everything.
    """

    def __init__(self, seconds: float, stop: Event | None = None) -> None:
        self._end = time.perf_counter() + seconds
        self.stop = stop

    def left(self) -> float:
        """What is left.

        Raises
        ------
        OutOfTime
            Nothing is left.
        """
        left = self._end - time.perf_counter()
        if left <= 0 or (self.stop is not None and self.stop.is_set()):
            raise OutOfTime
        return left

"""The time of a study: how much is left, whether somebody ended it, and who is told how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

__all__ = ["Clock", "Progress"]

Progress = Callable[[int, int, str], None]
"""Called with how much is done, how much there is as far as is known, and a word on it."""


class Clock:
    """The time of one study, from now on."""

    def __init__(self, time_limit: float | None, stop: Event | None, progress: Progress | None) -> None:
        self.stop = stop
        self._progress = progress
        self._started = time.perf_counter()
        self.limit = time_limit

    def passed(self) -> float:
        """Seconds since the study began."""
        return time.perf_counter() - self._started

    def left(self) -> float | None:
        """Seconds that are left; none where there is no limit."""
        return None if self.limit is None else max(0.0, self.limit - self.passed())

    @property
    def is_over(self) -> bool:
        """Whether the study has to end."""
        return (self.stop is not None and self.stop.is_set()) or self.left() == 0

    def tell(self, done: int, total: int, text: str) -> None:
        """Say how far the study is."""
        if self._progress is not None:
            self._progress(done, total, text)

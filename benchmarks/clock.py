"""Wall and CPU seconds by phase, each without the phases inside it."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

__all__ = ["Clock"]


def _now() -> tuple[float, float]:
    """Wall seconds; CPU seconds of this process and of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), time.process_time() + ended.ru_utime + ended.ru_stime


class Clock:
    """What was spent in each phase, without the phases inside it.

    What other threads do belongs to the phase that is open in the thread that made the clock.

    Attributes
    ----------
    wall, cpu
        Seconds by phase.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._open: list[str] = []
        self.restart()

    def restart(self) -> None:
        """Count from nothing; what is watched stays so."""
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._since = (0.0, 0.0)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what happens inside as this phase."""
        if threading.get_ident() != self._thread:
            yield
            return
        self._tick()
        self._open.append(name)
        try:
            yield
        finally:
            self._tick()
            self._open.pop()

    def go_on_as(self, name: str) -> None:
        """The rest of the phase that is open counts as another."""
        self._tick()
        self._open[-1] = name

    def _tick(self) -> None:
        """Count what has passed since the last time as the phase that is open."""
        now = _now()
        if self._open:
            name = self._open[-1]
            for total, after, before in zip((self.wall, self.cpu), now, self._since, strict=True):
                total[name] = total.get(name, 0.0) + after - before
        self._since = now

    def watch(self, owner: Any, attribute: str, phase: str) -> None:
        """Count every call of a function or method, found by its name, as a phase."""
        function: Callable[..., Any] = getattr(owner, attribute)

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.phase(phase):
                return function(*args, **kwargs)

        setattr(owner, attribute, timed)

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
    """What was spent in each phase, in order of their first end; what other threads do belongs to this one's phase.

    Attributes
    ----------
    wall, cpu
        Seconds by phase.
    """

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self.restart()

    def restart(self) -> None:
        """Count from nothing; what is watched stays so."""
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._inner: list[list[float]] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what happens inside as this phase; what inner phases take is not counted twice."""
        if threading.get_ident() != self._thread:
            yield
            return
        started = _now()
        self._inner.append([0.0, 0.0])
        try:
            yield
        finally:
            spent = [now - then for now, then in zip(_now(), started, strict=True)]
            inner = self._inner.pop()
            for total, all_of_it, others in zip((self.wall, self.cpu), spent, inner, strict=True):
                total[name] = total.get(name, 0.0) + all_of_it - others
            if self._inner:
                self._inner[-1] = [a + b for a, b in zip(self._inner[-1], spent, strict=True)]

    def move(self, seconds: float, before: str, after: str) -> None:
        """Count so many wall seconds of one phase, and as large a part of its CPU seconds, as another's."""
        part = seconds / self.wall[before]
        for total in (self.wall, self.cpu):
            moved = part * total[before]
            total[before] -= moved
            total[after] = total.get(after, 0.0) + moved

    def watch(self, owner: Any, attribute: str, phase: str) -> None:
        """Count every call of a function or method, found by its name, as a phase."""
        function: Callable[..., Any] = getattr(owner, attribute)

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.phase(phase):
                return function(*args, **kwargs)

        setattr(owner, attribute, timed)

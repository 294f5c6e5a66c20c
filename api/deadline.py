"""A deadline for a request: whatever it is doing, Python code stops when its time is over."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from oremix.api.errors import Refusal

__all__ = ["Expired", "alarm", "deadline", "sooner"]


class Expired(BaseException):
    """Time is over. No `Exception`, so that nobody on the way takes it for one of theirs."""


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise Expired


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise `Expired` inside the block after some seconds, and again each second until it is left.

    A signal reaches the main thread only, which is where a sync worker works; elsewhere there is no alarm.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def sooner(seconds: float) -> Iterator[None]:
    """Inside an alarm, raise `Expired` after fewer seconds; afterwards the alarm goes on as it was."""
    left, again = signal.getitimer(signal.ITIMER_REAL)
    if left == 0 or threading.current_thread() is not threading.main_thread():
        yield
        return
    started = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, min(seconds, left), again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001), again)


@contextmanager
def deadline(seconds: float, *, is_set: bool = True) -> Iterator[None]:
    """Refuse a request that takes longer than some seconds; `is_set` says whether the operator sets them."""
    try:
        with alarm(seconds):
            yield
    except Expired:
        if not is_set:
            detail = f"This server found no answer within {seconds:g} s; its database may be away."
            raise Refusal(503, detail, {"Retry-After": "10"}) from None
        limit = {"name": "seconds", "most": seconds, "variable": "OREMIX_MAX_OVERHEAD_SECONDS"}
        detail = f"The request took longer than this server's limit of {seconds:g} s, the solver's time included."
        raise Refusal(503, detail, {"Retry-After": "60"}, limit=limit) from None

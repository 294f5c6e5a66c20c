"""Python's garbage collector, kept out of the way while many objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect_if_due", "collector_off"]

ENOUGH = 500_000
"""Objects: a process that answers small questions grows by some tens of megabytes before it collects."""


class _Passed:
    """How many objects were made out of the collector's sight since it was called, and how many there were then."""

    made = 0
    alive = 0


@contextmanager
def collector_off() -> Iterator[None]:
    """No garbage collection inside; nor does the first one after it go through all that was made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                # by way of the permanent generation into the oldest, which is seldom gone through
                _Passed.made += gc.get_count()[0]
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def collect_if_due() -> None:
    """Collect the garbage of earlier questions, if it may be as much as all else.

    The collector does not come to it by itself: what is made with it off counts for nothing afterwards.
    """
    if gc.isenabled() and _Passed.made > max(ENOUGH, _Passed.alive):
        gc.collect()
        _Passed.made, _Passed.alive = 0, len(gc.get_objects())

"""Python's garbage collector, kept out of the way while many objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_off"]


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
                gc.freeze()
                gc.unfreeze()
            gc.enable()

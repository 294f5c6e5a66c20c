"""How a worker bears with a database that comes and goes."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import TypeVar

from oremix.api.jobs.queue import Queue
from oremix.api.storage import StorageError

__all__ = ["Patience"]

Result = TypeVar("Result")
STEP = 0.1
LONGEST = 4.0
"""The longest wait before a lost database is tried again: well within a lease, so that jobs stay with who has them."""

log = logging.getLogger(__name__)


class Patience:
    """What a worker waits with, until it is told to end or its parent is gone.

    Parameters
    ----------
    queue, worker
        Where, and under which name, it says that it is there.
    every
        Seconds between these signs.
    parent
        The process without which it ends; none: it goes on by itself.
    """

    def __init__(self, queue: Queue, worker: str, every: float, parent: int | None) -> None:
        self._queue, self._worker, self._every, self._parent = queue, worker, every, parent
        self._next_sign = 0.0
        self._over = False

    def end(self) -> None:
        """Wait for nothing any more."""
        self._over = True

    def is_over(self) -> bool:
        """Whether the worker shall end."""
        return self._over or (self._parent is not None and os.getppid() != self._parent)

    def rest(self, seconds: float) -> None:
        """Do nothing for some seconds, or until the end."""
        until = time.monotonic() + seconds
        while not self.is_over() and (left := until - time.monotonic()) > 0:
            time.sleep(min(STEP, left))

    def sign(self, job: str | None) -> None:
        """Say now and then that the worker is there."""
        if time.monotonic() >= self._next_sign:
            self._next_sign = time.monotonic() + self._every
            self._queue.sign_in(self._worker, job)

    def once(self, work: Callable[[], Result]) -> Result | None:
        """Do something with the database; none where there is none at present."""
        try:
            return work()
        except StorageError as error:
            log.warning("storage: %s", error)
            return None

    def until_done(self, work: Callable[[], Result]) -> Result | None:
        """Do something with the database, however long that is away; none where the worker shall end first."""
        pause = STEP
        while True:
            try:
                return work()
            except StorageError as error:
                log.warning("storage: %s", error)
            if self.is_over():
                return None
            self.rest(pause)
            pause = min(2 * pause, LONGEST)

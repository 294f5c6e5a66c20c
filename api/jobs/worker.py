"""A worker: takes jobs one after the other, has each done in a process of its own, and looks after what others left."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import time
from types import FrameType

from oremix.api.jobs.attempt import Attempt
from oremix.api.jobs.patience import Patience
from oremix.api.jobs.process import warm_up
from oremix.api.jobs.queue import Claim, Queue
from oremix.api.jobs.watch import Watch
from oremix.api.logs import about
from oremix.api.settings import Settings

__all__ = ["Worker"]

POLL = 0.5
"""Seconds between looks for work."""
CLEANING = 600.0
"""Seconds between looks for what has expired."""

log = logging.getLogger(__name__)


class Worker:
    """One worker; `run` returns when it is told to end.

    Parameters
    ----------
    settings
        Where the jobs are, and the limits.
    parent
        The process without which it ends; none: it goes on by itself.
    """

    def __init__(self, settings: Settings, parent: int | None = None) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._settings = settings
        self._queue = Queue(settings.open_database())
        self._patience = Patience(self._queue, self.name, settings.lease_seconds / 3, parent)
        self._watch = Watch(settings.lease_seconds)
        self._next_cleaning = 0.0

    def run(self) -> None:
        """Work until told to end by SIGTERM or SIGINT; the job in hand is then given back."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        about.begin(worker=self.name)
        log.info("worker %s, jobs in %s", self.name, self._queue.database)
        warm_up()
        while not self._patience.is_over():
            claim = self._patience.once(self._next)
            if claim is None:
                self._patience.rest(POLL)
            else:
                with about.adding(job=claim.id, kind=claim.kind, attempt=claim.attempt):
                    log.info("job %s: %s, attempt %d", claim.id, claim.kind, claim.attempt)
                    Attempt(claim, self._queue, self._settings, self._patience).see_to_its_end()
        self._patience.once(lambda: self._queue.sign_out(self.name))
        self._queue.database.close()
        log.info("worker %s has ended", self.name)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._patience.end()

    def _next(self) -> Claim | None:
        self._patience.sign(None)
        self._watch.look(self._queue)
        if time.monotonic() >= self._next_cleaning:
            self._next_cleaning = time.monotonic() + CLEANING
            if count := self._queue.expire(self._settings.keep_days):
                log.info("%d runs and jobs had been kept for %g days and are deleted", count, self._settings.keep_days)
        return self._queue.claim(self.name)

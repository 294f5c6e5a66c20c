"""One attempt at a job: its process, and what the queue has to know of it."""

from __future__ import annotations

import logging
import time
from typing import Any

from oremix.api.jobs.patience import Patience
from oremix.api.jobs.process import JobProcess
from oremix.api.jobs.queue import Claim, Queue
from oremix.api.jobs.work import Work
from oremix.api.settings import Settings
from oremix.api.storage import StorageError

__all__ = ["Attempt"]

TICK = 0.1
"""Seconds between looks at the process."""
LOOK = 0.4
"""Seconds between looks whether the job shall end."""
EMPTY_HANDED = 0.5
"""Seconds that a job that shall end has for it where no answer is known that would be lost."""
WRITE_UP = 15.0
"""As above where one is: for writing it up."""
NOTHING = "it was cancelled before it had an answer"

log = logging.getLogger(__name__)


class Attempt:
    """A job in the hands of this worker."""

    def __init__(self, claim: Claim, queue: Queue, settings: Settings, patience: Patience) -> None:
        self._claim, self._queue, self._settings, self._patience = claim, queue, settings, patience
        most = settings.max_job_seconds
        columns = int(settings.max_job_columns)
        self._process = JobProcess(
            Work(claim.id, claim.kind, claim.question, claim.options, most, columns, settings.log)
        )
        moment = time.monotonic()
        limit = min(claim.options.get("time_limit") or most, most)
        # The solver keeps to its limit by itself; this is for all else, and for a solver that does not.
        self._overdue = moment + 1.25 * limit + settings.max_overhead_seconds
        self._next_look = moment + LOOK
        self._next_beat = moment + settings.lease_seconds / 8
        self._progress: dict[str, Any] | None = None
        self._has_answer = False
        self._cancelled = False
        self._end_by: float | None = None

    def see_to_its_end(self) -> None:
        """Watch over the process until the job has ended, or is no longer ours."""
        try:
            while not self._patience.is_over():
                heard = self._process.hear(TICK)
                if heard is not None and heard[0] != "progress":
                    return self._write_down(*heard)
                if heard is not None:
                    self._note(heard[1])
                if not self._goes_on():
                    return None
            log.info("job %s is given back", self._claim.id)
            self._patience.once(lambda: self._queue.give_back(self._claim))
        finally:
            self._process.end()
        return None

    def _note(self, progress: dict[str, Any]) -> None:
        self._progress = progress
        self._has_answer = progress.get("cost") is not None or bool(progress.get("done"))

    def _goes_on(self) -> bool:
        """Keep the limits and the queue up to date; false where the attempt is over."""
        moment = time.monotonic()
        most = self._settings.max_job_memory_mb
        if self._process.megabytes() > most:
            return self._give_up(f"it took more memory than this server's limit of {most:g} MB")
        if moment > self._overdue and self._end_by is None:
            self._end_soon(moment)
        if self._end_by is not None and moment > self._end_by:
            return self._give_up(NOTHING if self._cancelled else "it took longer than its limit, all in all")
        if moment < self._next_look:
            return True
        try:
            return self._keep_in_touch(moment)
        except StorageError as error:
            log.warning("storage: %s", error)
            self._next_look = time.monotonic() + 1.0
            return True

    def _keep_in_touch(self, moment: float) -> bool:
        self._next_look = moment + LOOK
        if self._progress is not None or moment >= self._next_beat:
            self._next_beat = moment + self._settings.lease_seconds / 8
            progress, self._progress = self._progress, None
            if not self._queue.beat(self._claim, progress):
                return self._is_lost()
        self._patience.sign(self._claim.id)
        wish = self._queue.wish(self._claim)
        if wish is None:
            return self._is_lost()
        if wish and not self._cancelled:
            self._cancelled = True
            self._end_soon(moment)
        return True

    def _end_soon(self, moment: float) -> None:
        self._process.stop()
        self._end_by = moment + (WRITE_UP if self._has_answer else EMPTY_HANDED)

    def _is_lost(self) -> bool:
        log.warning("job %s has been taken from this worker", self._claim.id)
        return False

    def _give_up(self, reason: str) -> bool:
        self._process.end()
        self._patience.until_done(lambda: self._queue.fail(self._claim, reason, cancelled=self._cancelled))
        return False

    def _write_down(self, outcome: str, what: Any) -> None:
        """Tell the queue what came of it, as soon as there is a database to tell."""
        claim, queue, cancelled = self._claim, self._queue, self._cancelled
        if outcome == "answer" and cancelled and what["status"] == "no_answer":
            outcome, what = "failed", NOTHING
        if outcome == "answer":
            kept = self._patience.until_done(lambda: queue.finish(claim, what, cancelled=cancelled))
        elif outcome == "failed":
            kept = self._patience.until_done(lambda: queue.fail(claim, what, cancelled=cancelled))
        else:
            log.warning("job %s: %s", claim.id, what)
            kept = self._patience.until_done(lambda: queue.died(claim, what))
        if kept:
            log.info("job %s: %s", claim.id, outcome)
        else:
            self._is_lost()

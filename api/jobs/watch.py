"""Looking after the jobs of other workers, by this process's own steady clock."""

from __future__ import annotations

import logging
import time

from oremix.api.jobs.queue import Queue, Sighting

__all__ = ["Watch"]

log = logging.getLogger(__name__)


class Watch:
    """Sightings of the jobs that run, and since when each has been unchanged."""

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self._since: dict[Sighting, float] = {}
        self._looked = 0.0

    def look(self, queue: Queue) -> None:
        """Take back the jobs of workers that gave no sign of life for the time of a lease."""
        moment = time.monotonic()
        if moment - self._looked > self._lease / 2:
            self._since = {}  # nobody was looking: all may have been without a database, or without a processor
        self._looked = moment
        self._since = {seen: self._since.get(seen, moment) for seen in queue.running()}
        for seen, since in self._since.items():
            if moment - since > self._lease and queue.lapse(seen):
                log.warning("job number %d: its worker gave no sign of life for %.0f s", seen.number, self._lease)

"""The workers that a service keeps beside it: processes of their own, started again when they die."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress

__all__ = ["Hands"]

SOON = 10.0
"""A worker that ends sooner after its start is not replaced at once, for its successor may do the same."""
PAUSE = 3.0
LAST = 15.0


class Hands:
    """Some workers of the same database.

    Parameters
    ----------
    number
        How many.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._started: dict[subprocess.Popen[bytes], float] = {}
        self._not_before = 0.0

    def keep(self) -> None:
        """Start those that are missing."""
        moment = time.monotonic()
        for process, started in list(self._started.items()):
            if process.poll() is not None:
                del self._started[process]
                if moment - started < SOON:
                    self._not_before = moment + PAUSE
        while len(self._started) < self._number and moment >= self._not_before:
            command = [sys.executable, "-m", "oremix", "worker", "--parent", str(os.getpid())]
            self._started[subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2)] = moment  # noqa: S603

    def renew(self) -> None:
        """Let each end after what it is doing is given back; `keep` starts others."""
        for process in self._started:
            with suppress(ProcessLookupError):
                process.terminate()

    def stop(self) -> None:
        """Let all end, and start no others."""
        self._number = 0
        self.renew()

    def wait(self) -> None:
        """Wait until all have ended; who does not is ended."""
        until = time.monotonic() + LAST
        for process in self._started:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started = {}

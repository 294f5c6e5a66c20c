"""The process of a job, as its worker sees it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from oremix.api.jobs.work import HOME, STOP, Work, begin

__all__ = ["JobProcess", "warm_up"]

PAGE = os.sysconf("SC_PAGE_SIZE")
# A fork of a process that has imported everything and solved nothing: a solver that ran before a fork may hang after.
_FORKS = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Import what the processes of jobs are forked with, so that the first job need not wait for it."""
    _FORKS.set_forkserver_preload([HOME])
    first = _FORKS.Process(target=int)
    first.start()
    first.join()
    first.close()


class JobProcess:
    """A process that works on one question from now on."""

    def __init__(self, work: Work) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = _FORKS.Process(target=begin, args=(theirs, work))
        self._process.start()
        theirs.close()

    def hear(self, seconds: float) -> tuple[str, Any] | None:
        """What it says within some seconds: progress, answer, failed, or died with how."""
        try:
            if not self._pipe.poll(seconds):
                return None
            message: tuple[str, Any] = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            return "died", _how(self._process.exitcode)
        return message

    def stop(self) -> None:
        """Let it come to its end with the best answer so far."""
        with suppress(OSError):
            self._pipe.send_bytes(STOP)

    def megabytes(self) -> float:
        """The memory that it takes; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError, ValueError):
            return 0.0
        return pages * PAGE / 1e6

    def end(self) -> None:
        """End it and what it started, whatever it is doing."""
        if self._pipe.closed:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


def _how(code: int | None) -> str:
    if code is None or code >= 0:
        return f"its process ended with code {code}"
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process was ended by signal {-code}"

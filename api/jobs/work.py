"""What passes between a worker and the process of a job."""

# Nothing that the work itself needs is imported here: the worker needs none of it.
from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["HOME", "STOP", "Work", "begin"]

HOME = "oremix.api.jobs.prepared"
"""The module with which the process is forked."""
STOP = b"stop"


@dataclass(frozen=True)
class Work:
    """What is to be done: it goes from the worker to the process."""

    id: str
    kind: str
    question: bytes
    options: dict[str, Any]
    most_seconds: float
    max_columns: int
    log: str = "auto"


def begin(pipe: Connection, work: Work) -> None:
    """Do the work, in this process."""
    from oremix.api.jobs.child import run  # noqa: PLC0415 - it is there already, see `warm_up`

    run(pipe, work)

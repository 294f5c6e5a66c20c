"""The service as a process: gunicorn with sync workers, and the workers of jobs beside them."""

from __future__ import annotations

import os
import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from oremix.api.app import NAMES, OPERATIONS, create_app
from oremix.api.door import MEMORY, Door
from oremix.api.jobs.hands import Hands
from oremix.api.keys import has_valid
from oremix.api.keys.access import is_loopback
from oremix.api.logs.access import log_in
from oremix.api.logs.lines import start
from oremix.api.metrics.layout import new_counts
from oremix.api.settings import Settings
from oremix.api.worker import TimedWorker

__all__ = ["Service", "default_job_workers", "default_workers", "guarded", "has_keys", "is_loopback", "probe"]

LAST_RESORT_SECONDS = 30
GENERATIONS = 4
"""How many sets of workers may be there at once, old ones ending while new ones start."""
NO_KEYS = (
    "{host} can be reached from other machines, and there is no key. Make one with: oremix keys new NAME (where the "
    "service keeps its data: with the same OREMIX_DATABASE_URL, in a container with the same volume). Or let anybody "
    "in with OREMIX_KEYS=off, where something else keeps others out: a proxy with a password, a port published on "
    "127.0.0.1 only."
)


class Service(BaseApplication):  # type: ignore[misc]
    """The application under gunicorn; `run` returns when it is stopped.

    Nothing is solved before the workers are forked: a solver that has run in the parent can hang in its children.

    Parameters
    ----------
    settings
        The limits of the service.
    host, port
        Where to listen; port 0 takes a free one.
    workers
        Processes, each serving one request at a time.
    job_workers
        Processes beside them, each working on one job at a time.
    """

    def __init__(self, settings: Settings, host: str, port: int, workers: int, job_workers: int = 0) -> None:
        self.settings = settings
        self.hands = Hands(job_workers)
        self.bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.workers = workers
        super().__init__()

    def run(self) -> None:
        """Serve until stopped."""
        bodies = frozenset(op.path for op in OPERATIONS if op.body is not None and not op.solves)
        self.door = Door(self.workers, bodies)
        self.counts = new_counts(NAMES, GENERATIONS * self.workers)
        _Master(self).run()

    def load_config(self) -> None:
        """Hand the configuration to gunicorn."""
        for name, value in self.configuration().items():
            self.cfg.set(name, value)

    def configuration(self) -> dict[str, Any]:
        """Gunicorn's settings."""
        seconds = int(self.settings.max_request_seconds) + LAST_RESORT_SECONDS
        return {
            "bind": self.bind,
            "workers": self.workers,
            "worker_class": TimedWorker,
            "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,  # a heartbeat must not wait for a disk
            "preload_app": False,
            "timeout": seconds,  # a worker ends its requests itself well before
            "graceful_timeout": seconds,
            "control_socket_disable": True,
            "accesslog": "-",
            "logger_class": log_in(self.settings.log),
            "post_fork": _keep_standard_output_clean,
            "post_worker_init": self._log,
        }

    def load(self) -> Flask:
        """The application of one worker."""
        return create_app(self.settings, self.counts)

    def _log(self, _worker: Any) -> None:
        start(self.settings.log)


class _Master(Arbiter):  # type: ignore[misc]
    """Gunicorn's first process, which keeps the workers of jobs too."""

    def manage_workers(self) -> None:
        """See that as many run as there should."""
        super().manage_workers()
        self.app.hands.keep()

    def reload(self) -> None:
        """Start anew."""
        super().reload()
        self.app.hands.renew()

    def stop(self, graceful: bool = True) -> None:
        """End all; jobs that are worked on are given back."""
        self.app.hands.stop()
        super().stop(graceful)
        self.app.hands.wait()


def _keep_standard_output_clean(_server: Any, _worker: Any) -> None:
    os.dup2(2, 1)  # solvers print there, from C


def default_workers() -> int:
    """Two workers per processor that may be used, so that some can answer while others solve."""
    return max(4, 2 * len(os.sched_getaffinity(0)))


def default_job_workers() -> int:
    """One per processor that may be used: what they do is nothing but solving."""
    return len(os.sched_getaffinity(0))


def guarded(settings: Settings, host: str) -> Settings:
    """The settings with what holds for keys at an address.

    Raises
    ------
    ValueError
        Others could reach the service, and neither is there a key nor was it said that none is needed.
    StorageError
        The database that has the keys cannot be used.
    """
    local = is_loopback(host)
    if settings.keys == "auto" and not local and not has_keys(settings):
        raise ValueError(NO_KEYS.format(host=host))
    return settings.with_keys("local" if local else "on")


def has_keys(settings: Settings) -> bool:
    """Whether there is a key that is valid.

    Raises
    ------
    StorageError
        The database that has them cannot be used.
    """
    database = settings.open_database()
    try:
        return has_valid(database)
    finally:
        database.close()


def probe(host: str, port: int) -> None:
    """Try the address before any process is started.

    Raises
    ------
    OSError
        Nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))

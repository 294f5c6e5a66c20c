"""What an operator can set, each by an environment variable, and why it is what it is by default."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from oremix.api.logs.lines import STYLES
from oremix.api.storage import Database, default_url

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The limits of the service. Each is read from the variable of its name in capitals behind `OREMIX_`.

    Parameters
    ----------
    max_body_mb
        OREMIX_MAX_BODY_MB: megabytes (10⁶ bytes) of a request's body. 16 hold about 100,000 suppliers, more than
        can be solved within the other limits.
    max_entries
        OREMIX_MAX_ENTRIES: entries of any one list or object of a problem. Reading takes memory and time in
        proportion to it, before anything is known about the number of columns.
    max_columns
        OREMIX_MAX_COLUMNS: columns of the linear program, counted before it is built. 100,000 take HiGHS about
        10 s and the time grows faster than the size, so that what is larger than 250,000 would seldom end within
        `max_seconds`, while it takes most of a gigabyte of its worker.
    max_seconds
        OREMIX_MAX_SECONDS: the longest the solver may run for one request.
    max_overhead_seconds
        OREMIX_MAX_OVERHEAD_SECONDS: the longest a request may take beside the solver: to arrive, to be checked,
        built, audited and written.
    max_wait_seconds
        OREMIX_MAX_WAIT_SECONDS: the longest a request waits while all workers that may take it are busy; then it is
        told to come back.
    max_job_seconds
        OREMIX_MAX_JOB_SECONDS: the longest the solver may run for one job.
    max_job_columns
        OREMIX_MAX_JOB_COLUMNS: columns of a job's linear program; it holds a process of its own, and nobody waits.
    max_job_memory_mb
        OREMIX_MAX_JOB_MEMORY_MB: megabytes (10⁶ bytes) that the process of a job may take before it is ended.
    max_waiting
        OREMIX_MAX_WAITING: jobs that may wait in all.
    max_waiting_per_key
        OREMIX_MAX_WAITING_PER_KEY: jobs of one key that may wait.
    lease_seconds
        OREMIX_LEASE_SECONDS: how long the worker of a job may give no sign of life before another takes the job.
    max_streams
        OREMIX_MAX_STREAMS: streams of events that one process serves at once.
    database_url
        OREMIX_DATABASE_URL: where jobs, runs and keys are kept, as `oremix.api.storage.Database` takes it; an SQLite
        file of the user by default. SQLite serves one machine, PostgreSQL any number.
    keep_days
        OREMIX_KEEP_DAYS: how long runs and finished jobs are kept.
    keys
        OREMIX_KEYS: `on`, every request needs a key; `off`, none does; `auto`, none does where only this machine can
        reach the service. Only who starts it knows that: settings made in code are `off` unless they say `on`.
    log
        OREMIX_LOG: how log lines are written: `json`, one object for each; `text`; `auto`, text on a terminal.
    """

    max_body_mb: float = 16.0
    max_entries: float = 20_000
    max_columns: float = 250_000
    max_seconds: float = 60.0
    max_overhead_seconds: float = 30.0
    max_wait_seconds: float = 5.0
    max_job_seconds: float = 3600.0
    max_job_columns: float = 1_000_000
    max_job_memory_mb: float = 4000.0
    max_waiting: float = 1000
    max_waiting_per_key: float = 200
    lease_seconds: float = 15.0
    max_streams: float = 100
    database_url: str = ""
    keep_days: float = 90.0
    keys: str = "auto"
    log: str = "auto"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every setting that the environment states.

        Raises
        ------
        ValueError
            Naming the variable that holds no positive number or no address, or that is no setting.
        """
        names = {field.name: f"OREMIX_{field.name.upper()}" for field in fields(cls)}
        for name in environment:
            if name.startswith("OREMIX_MAX_") and name not in names.values():
                raise ValueError(f"{name} is no setting; there are: {', '.join(names.values())}")
        given = {key: name for key, name in names.items() if name in environment}
        return cls(**{key: READERS.get(key, _positive)(name, environment[name]) for key, name in given.items()})

    def open_database(self) -> Database:
        """The database; nothing is connected to yet."""
        return Database(self.database_url or default_url())

    def with_keys(self, otherwise: str) -> Settings:
        """The settings with `auto` replaced."""
        return replace(self, keys=otherwise) if self.keys == "auto" else self

    @property
    def max_body_bytes(self) -> int:
        """The body limit in bytes."""
        return int(self.max_body_mb * 1e6)

    @property
    def max_request_seconds(self) -> float:
        """The longest that any request may take."""
        return self.max_seconds + self.max_overhead_seconds


def _address(name: str, text: str) -> str:
    try:
        Database(text)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
    return text


def _positive(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"{name} should be a positive number, not {text!r}")
    return number


def _one_of(*words: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in words:
            raise ValueError(f"{name} should be {', '.join(words[:-1])} or {words[-1]}, not {text!r}")
        return text

    return read


READERS: dict[str, Callable[[str, str], Any]] = {
    "database_url": _address,
    "keys": _one_of("on", "off", "auto"),
    "log": _one_of(*STYLES),
}

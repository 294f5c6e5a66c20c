"""Counts of what became of jobs, kept in the database in the same transaction: exact on any number of hosts.

They stay when jobs expire, so that what Prometheus reads never falls.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from oremix.api.storage import jobs, now, tallies

__all__ = ["BOUNDS", "COLUMNS", "ENDED", "Tally", "note", "note_end", "tallied"]

ENDED = ("done", "failed", "cancelled")
BOUNDS = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0)
"""Seconds."""
COLUMNS = (jobs.c.kind, jobs.c.state, jobs.c.submitted, jobs.c.started, jobs.c.finished)
"""What has to be known of a job after a change of it."""

Tally = dict[tuple[str, ...], list[float]]
"""Kind and outcome → how many in each bucket, and the seconds of all."""


def note(connection: Connection, job: Row[Any], outcome: str) -> None:
    """An attempt at a job has ended, and perhaps the job. The last thing in a transaction: others wait for it."""
    _add(connection, "attempt", job.kind, outcome, _seconds(job.started, now()))
    if job.state in ENDED:
        note_end(connection, job.kind, job.state, job.submitted, job.finished)


def note_end(connection: Connection, kind: str, state: str, submitted: str, finished: str) -> None:
    """A job has ended."""
    _add(connection, "job", kind, state, _seconds(submitted, finished))


def _seconds(start: str, end: str) -> float:
    """By the wall clocks of hosts, which may disagree: never less than none."""
    between = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return max(between.total_seconds(), 0.0)


def _add(connection: Connection, measure: str, kind: str, outcome: str, seconds: float) -> None:
    which = bisect_left(BOUNDS, seconds)
    up_to = BOUNDS[which] if which < len(BOUNDS) else math.inf
    row = {"measure": measure, "kind": kind, "outcome": outcome, "up_to": up_to, "count": 1, "seconds": seconds}
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(tallies)
    more = {"count": tallies.c.count + 1, "seconds": tallies.c.seconds + seconds}
    connection.execute(insert.values(row).on_conflict_do_update(index_elements=list(tallies.primary_key), set_=more))


def tallied(connection: Connection, measure: str) -> Tally:
    """What was counted of attempts or jobs."""
    found: Tally = {}
    asked = select(tallies.c.kind, tallies.c.outcome, tallies.c.up_to, tallies.c.count, tallies.c.seconds)
    for kind, outcome, up_to, count, seconds in connection.execute(asked.where(tallies.c.measure == measure)):
        numbers = found.setdefault((kind, outcome), [0.0] * (len(BOUNDS) + 2))
        numbers[bisect_left(BOUNDS, up_to)] += count
        numbers[-1] += seconds
    return found

"""The operations for who operates the service: is it ready, and its metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app
from sqlalchemy import Connection, func, select

from oremix import __version__
from oremix.api.answers import json_answer
from oremix.api.errors import Refusal
from oremix.api.jobs.kinds import KINDS
from oremix.api.jobs.queue import Queue
from oremix.api.jobs.tally import tallied
from oremix.api.metrics import families
from oremix.api.metrics.counts import COUNTS, Counts
from oremix.api.metrics.family import Family, written
from oremix.api.operation import Call, Operation
from oremix.api.storage import StorageError, database_clock, jobs

__all__ = ["OPERATIONS"]

MEDIA = "text/plain; version=0.0.4"
STATES = ("waiting", "running")

Metrics = dict[tuple[str, ...], list[float]]


def _ready(call: Call) -> Response:
    alive = Queue(call.database).alive(call.settings.lease_seconds)
    if alive == 0:
        raise Refusal(503, "No worker is alive: jobs would wait. Start one: oremix worker.", {"Retry-After": "5"})
    return json_answer({"status": "ready", "workers": alive})


def _metrics(call: Call) -> Response:
    counts: Counts = current_app.config[COUNTS]
    found = _of_database(call) | {families.INFO: {(__version__,): [1.0]}}
    return Response(written([*counts.read(), *found.items()]), content_type=f"{MEDIA}; charset=utf-8")


def _of_database(call: Call) -> dict[Family, Metrics]:
    """What the database tells; where it is away, that."""
    try:
        alive = Queue(call.database).alive(call.settings.lease_seconds)
        with call.database.reading() as connection:
            found: dict[Family, Metrics] = {
                families.WORKERS: {(): [alive]},
                families.QUEUE: _queue(connection),
                families.OLDEST: {(): [_oldest(connection)]},
                families.JOBS: tallied(connection, "job"),
                families.ATTEMPTS: tallied(connection, "attempt"),
            }
    except StorageError:
        return {families.DATABASE: {(): [0.0]}}
    return found | {families.DATABASE: {(): [1.0]}}


def _queue(connection: Connection) -> Metrics:
    """How many jobs of each kind wait and run; none is said too."""
    asked = select(jobs.c.kind, jobs.c.state, func.count()).where(jobs.c.state.in_(STATES))
    found: Metrics = {(kind, state): [0.0] for kind in KINDS for state in STATES}
    for kind, state, count in connection.execute(asked.group_by(jobs.c.kind, jobs.c.state)):
        found[kind, state] = [float(count)]
    return found


def _oldest(connection: Connection) -> float:
    """Seconds since the submission of the job that waits longest, by the database's clock; 0 where none waits."""
    asked = select(jobs.c.submitted, database_clock()).where(jobs.c.state == "waiting").order_by(jobs.c.number).limit(1)
    row: Any = connection.execute(asked).one_or_none()
    if row is None:
        return 0.0
    return max((datetime.fromisoformat(row[1]) - datetime.fromisoformat(row[0])).total_seconds(), 0.0)


READY = {
    "type": "object",
    "properties": {"status": {"const": "ready"}, "workers": {"type": "integer", "minimum": 1}},
    "required": ["status", "workers"],
}

OPERATIONS = (
    Operation(
        "ready", "GET", "/readyz", _ready, "Whether the database answers and a worker is alive.", READY, public=True
    ),
    Operation(
        "metrics",
        "GET",
        "/metrics",
        _metrics,
        "Metrics of the service, in the text format of Prometheus.",
        {"type": "string"},
        media="text/plain",
        needs="metrics",
    ),
)

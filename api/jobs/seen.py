"""Jobs as who asked for them sees them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, true

from oremix.api.jobs.tally import ENDED
from oremix.api.operation import Call
from oremix.api.storage import jobs, runs

__all__ = ["JOB", "STATES", "described", "has_ended", "listed", "looked_up", "query"]

STATES = ("waiting", "running", *ENDED)
COLUMNS = (
    jobs.c.number,
    jobs.c.id,
    jobs.c.run,
    jobs.c.kind,
    jobs.c.state,
    jobs.c.submitted,
    jobs.c.started,
    jobs.c.finished,
    jobs.c.attempt,
    jobs.c.deaths,
    jobs.c.change,
    jobs.c.cancel,
    jobs.c.progress,
    jobs.c.reason,
    runs.c.problem_hash,
    runs.c.status,
)

MOMENT = {"type": ["string", "null"], "format": "date-time"}
AMOUNT = {"type": ["number", "null"]}
JOB = {
    "description": "A job: what became of a question that was submitted.",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string", "description": "solve, or the name of a study"},
        "state": {"enum": list(STATES)},
        "cancelling": {"type": "boolean", "description": "it was asked to end, and has not yet"},
        "problem_hash": {"type": ["string", "null"]},
        "submitted": MOMENT,
        "started": MOMENT | {"description": "when the present or last attempt began"},
        "finished": MOMENT,
        "attempt": {"type": "integer", "description": "how often a worker took it"},
        "deaths": {
            "type": "integer",
            "description": "how many attempts ended by a death; three fail it",
        },
        "progress": {
            "description": "of a solve: seconds, cost of the best plan, bound, gap; of a study: done, total, text",
            "type": ["object", "null"],
            "properties": {
                "seconds": {"type": "number"},
                "cost": AMOUNT,
                "bound": AMOUNT,
                "gap": AMOUNT,
                "done": {"type": "integer"},
                "total": {"type": "integer"},
                "text": {"type": "string"},
            },
        },
        "reason": {"type": ["string", "null"], "description": "why it failed, or how its last attempt ended"},
        "status": {"type": ["string", "null"], "description": "what the answer says of itself, such as optimal"},
        "run": {"type": "string", "description": "its id in the record"},
        "result": {"type": ["string", "null"], "description": "where the answer is, where there is one"},
        "events": {"type": "string", "description": "where its progress can be followed"},
    },
    "required": ["id", "kind", "state", "cancelling", "submitted", "attempt", "deaths", "run", "result", "events"],
}


def query() -> Select[Any]:
    """Jobs with what is shown of them."""
    return select(*COLUMNS).join(runs, jobs.c.run == runs.c.id)


def _own(call: Call) -> ColumnElement[bool]:
    return true() if call.sees_all else jobs.c.key == call.key


def looked_up(connection: Connection, call: Call, job: str) -> Row[Any] | None:
    """A job that the caller may see."""
    if not (job.isascii() and job.isalnum()):
        return None  # no id, and nothing that every database takes as text
    return connection.execute(query().where(jobs.c.id == job, _own(call))).one_or_none()


def listed(connection: Connection, call: Call, state: str | None, limit: int, before: str | None) -> list[Row[Any]]:
    """The jobs that the caller may see, the newest first."""
    asked = query().where(_own(call)).order_by(jobs.c.number.desc()).limit(limit)
    if state is not None:
        asked = asked.where(jobs.c.state == state)
    if before is not None:
        asked = asked.where(jobs.c.number < select(jobs.c.number).where(jobs.c.id == before).scalar_subquery())
    return list(connection.execute(asked))


def has_ended(job: Row[Any]) -> bool:
    """Whether nothing more will happen to a job."""
    return job.state in ENDED


def described(job: Row[Any]) -> dict[str, Any]:
    """A job as JSON."""
    address = f"/v1/jobs/{job.id}"
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "cancelling": job.cancel and not has_ended(job),
        "problem_hash": job.problem_hash,
        "submitted": job.submitted,
        "started": job.started,
        "finished": job.finished,
        "attempt": job.attempt,
        "deaths": job.deaths,
        "progress": None if job.progress is None else json.loads(job.progress),
        "reason": job.reason,
        "status": job.status,
        "run": job.run,
        "result": None if job.status is None else f"{address}/result",
        "events": f"{address}/events",
    }

"""The operations on jobs: submit, list, look at, follow, fetch the result, cancel."""

from __future__ import annotations

import logging
from typing import Any

from flask import Response, current_app
from sqlalchemy import Row

from oremix.api import body, record
from oremix.api.answers import json_answer
from oremix.api.errors import Refusal, invalid, too_large
from oremix.api.jobs import submitted
from oremix.api.jobs.queue import OtherBody, Queue, submit
from oremix.api.jobs.room import refuse_if_full
from oremix.api.jobs.seen import STATES, described, has_ended, listed, looked_up
from oremix.api.jobs.stream import HANDOVER, Feed, Streams, generated
from oremix.api.logs import about
from oremix.api.operation import EXAMPLE, Call, Header, Operation
from oremix.api.options import Option
from oremix.models import TooLarge
from oremix.optimizer.decide import refuse_if_too_large

__all__ = ["OPERATIONS"]

LONGEST_KEY = 200
MOST_LISTED = 1000

log = logging.getLogger(__name__)


def _submit(call: Call) -> Response:
    question = submitted.read(body.read_object(call.request, call.settings))
    if question.problem_hash is not None:
        most = call.settings.max_job_columns
        try:
            refuse_if_too_large(question.arguments["problem"], int(most))
        except TooLarge as error:
            raise too_large(error, most, "OREMIX_MAX_JOB_COLUMNS") from None
    try:
        job = submit(
            Queue(call.database),
            question,
            call.key,
            _idempotency(call),
            lambda connection: refuse_if_full(connection, call.settings, call.key),
        )
    except OtherBody:
        message = "came with another body before; a new job needs a new one"
        raise invalid("the headers", [{"parameter": IDEMPOTENCY.name, "message": message, "value": None}]) from None
    about.note(job=job)
    log.info("job %s is submitted", job)
    response = json_answer(described(_found(call, job)))
    response.status_code = 202
    response.headers["Location"] = f"/v1/jobs/{job}"
    return response


def _idempotency(call: Call) -> str | None:
    given = call.request.headers.get(IDEMPOTENCY.name)
    if given is not None and not (0 < len(given) <= LONGEST_KEY and given.isprintable()):
        message = f"should be 1 to {LONGEST_KEY} characters that can be printed"
        raise invalid("the headers", [{"parameter": IDEMPOTENCY.name, "message": message, "value": given[:100]}])
    return given


def _found(call: Call, job: str | None = None) -> Row[Any]:
    with call.database.reading() as connection:
        found = looked_up(connection, call, job or call.path["id"])
    if found is None:
        raise Refusal(404, "There is no such job; jobs that ended are kept for a time only.")
    return found


def _job(call: Call) -> Response:
    return json_answer(described(_found(call)))


def _jobs(call: Call) -> Response:
    asked = call.options
    with call.database.reading() as connection:
        found = listed(connection, call, asked.get("state"), asked.get("limit", 100), asked.get("before"))
    return json_answer({"jobs": [described(job) for job in found]})


def _result(call: Call) -> Response:
    job = _found(call)
    with call.database.reading() as connection:
        answer = record.text_of(connection, job.run)
    if answer is not None:
        response = json_answer(answer.decode())
        response.headers["Oremix-Run"] = job.run
        return response
    if has_ended(job):
        raise Refusal(409, f"There is no result: the job is {job.state}{': ' if job.reason else ''}{job.reason or ''}.")
    raise Refusal(409, f"There is no result yet: the job is {job.state}.", {"Retry-After": "1"})


def _cancel(call: Call) -> Response:
    _found(call)
    Queue(call.database).cancel(call.path["id"])
    return json_answer(described(_found(call)))


def _events(call: Call) -> Response:
    job = _found(call)
    given = call.request.headers.get(LAST.name, "")
    last = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    if has_ended(job) and last == job.change:
        return Response(status=204)  # what ends an EventSource for good
    if call.request.method == "HEAD":
        return Response(content_type=EVENTS)
    streams: Streams = current_app.config["OREMIX_STREAMS"]
    handed = call.request.environ.get(HANDOVER)
    feed = Feed(job.id, last)
    if handed is None:
        return Response(generated(call.database, feed), content_type=EVENTS)
    if streams.are_full:
        raise Refusal(
            503, "Too many streams of events are open; the job itself can be asked for.", {"Retry-After": "5"}
        )
    handed.append(feed)
    return Response(content_type=EVENTS)


def _state(text: str) -> str:
    if text not in STATES:
        raise ValueError(f"should be one of {', '.join(STATES)}")
    return text


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_LISTED):
        raise ValueError(f"should be a whole number from 1 to {MOST_LISTED}")
    return int(text)


def _id(text: str) -> str:
    if len(text) != 32 or not text.isalnum():
        raise ValueError("should be the id of a job")
    return text


EVENTS = "text/event-stream"
IDEMPOTENCY = Header(
    "Idempotency-Key",
    "any text of the client's own: the same one with the same body gives the same job, however often it is sent",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
)
LAST = Header("Last-Event-ID", "id of the last event seen: what followed is sent", {"type": "string"})
STATE = Option("state", "only jobs in this state", {"enum": list(STATES)}, _state)
LIMIT = Option(
    "limit", "how many at most", {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": 100}, _limit
)
BEFORE = Option("before", "id of a job: only older ones", {"type": "string", "pattern": "^[0-9a-zA-Z]{32}$"}, _id)
ID = {"id": "id of the job"}
JOB = {"$ref": "#/components/schemas/Job"}
JOBS = {"type": "object", "properties": {"jobs": {"type": "array", "items": JOB}}, "required": ["jobs"]}

OPERATIONS = (
    Operation(
        "submit",
        "POST",
        "/v1/jobs",
        _submit,
        "Submit a problem or a study to be worked on later; what the record can answer is done at once.",
        JOB,
        body=submitted.SUBMITTED,
        example={"kind": "solve", "problem": EXAMPLE},
        headers=(IDEMPOTENCY,),
        status=202,
        errors=(429,),
    ),
    Operation("jobs", "GET", "/v1/jobs", _jobs, "The jobs, the newest first.", JOBS, options=(STATE, LIMIT, BEFORE)),
    Operation("job", "GET", "/v1/jobs/{id}", _job, "One job: its state and progress.", JOB, path_parameters=ID),
    Operation(
        "result",
        "GET",
        "/v1/jobs/{id}/result",
        _result,
        "The answer of a job, as the operation of its kind gives it.",
        {"type": "object"},
        path_parameters=ID,
        errors=(409,),
    ),
    Operation(
        "events",
        "GET",
        "/v1/jobs/{id}/events",
        _events,
        "Follow a job by server-sent events: each `job` event holds the whole job; the stream ends with the job.",
        {"description": f"`event: job`, `id` the number of the change, `data` the job as JSON: `{JOB['$ref']}`"},
        path_parameters=ID,
        headers=(LAST,),
        media=EVENTS,
        empty="The job has ended, and its last event is known.",
    ),
    Operation(
        "cancel",
        "DELETE",
        "/v1/jobs/{id}",
        _cancel,
        "End a job with the best answer so far; one that has ended stays as it is.",
        JOB,
        path_parameters=ID,
    ),
)

"""Questions that are answered at once: read, looked up in the record, answered, put on record."""

from __future__ import annotations

import time

from flask import Response, current_app

from oremix.api import body, record
from oremix.api.answers import json_answer
from oremix.api.kind import Kind, Question, as_recorded
from oremix.api.metrics.counts import COUNTS, Counts
from oremix.api.metrics.families import RECORDED, SOLVES
from oremix.api.operation import Call

__all__ = ["answered", "asked"]


def asked(call: Call, kind: Kind) -> Question:
    """The question in a call's body.

    Raises
    ------
    Refusal, InvalidProblem
        With every fault of the body.
    """
    text, data = body.receive(call.request, call.settings)
    return Question.read(kind, text, data, call.options)


def answered(call: Call, question: Question) -> Response:
    """The answer, from the record where it has a final one and nobody asks for another."""
    counts: Counts = current_app.config[COUNTS]
    row = record.row_of(question, call.key)
    found = None
    if not call.request.cache_control.no_cache:
        with call.database.reading() as connection:
            found = record.find(connection, question.digest)
    if found is not None:
        text, row = found.text, record.repeat(row, found)
        counts.add(RECORDED, (question.kind.name,))
    else:
        limits = call.limits
        started = time.perf_counter()
        answer = question.answered(limits)
        text = answer.to_json(indent=None)
        row |= as_recorded(answer, text, limits, time.perf_counter() - started)
        counts.add(SOLVES, (question.kind.name, row["status"]), row["seconds"])
    response = json_answer(text)
    response.headers["Oremix-Run"] = record.put(call.database, row)
    if found is not None:
        response.headers["Oremix-Recorded"] = found.asked
    return response

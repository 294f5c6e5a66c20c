"""The record as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, tuple_

from oremix.api.storage import Database, runs, unpack

__all__ = ["lines"]

BATCH = 50


def lines(database: Database, since: str = "") -> Iterator[str]:
    """Every run asked from a moment on, the oldest first, each as one line of JSON with its line break.

    What is written is what holds when its line is reached; the database is not held meanwhile.
    """
    earlier = runs.alias()
    asked = (
        select(
            *(column for column in runs.c if column.name not in ("question", "answer", "reusable")),
            func.coalesce(earlier.c.question, runs.c.question).label("question"),
            func.coalesce(earlier.c.answer, runs.c.answer).label("answer"),
        )
        .outerjoin(earlier, runs.c.source == earlier.c.id)
        .order_by(runs.c.asked, runs.c.id)
        .limit(BATCH)
    )
    after = (since, "")
    while True:
        with database.reading() as connection:
            found = connection.execute(asked.where(tuple_(runs.c.asked, runs.c.id) > after)).all()
        yield from (_line(run) for run in found)
        if len(found) < BATCH:
            return
        after = (found[-1].asked, found[-1].id)


def _line(run: Any) -> str:
    known = {
        name: getattr(run, name)
        for name in ("id", "key", "asked", "kind", "problem_hash", "digest", "version", "solver", "status", "seconds")
    }
    known |= {"source": run.source, "options": json.loads(run.options)}
    head = json.dumps(known, ensure_ascii=False).removesuffix("}")
    return f'{head}, "question": {_document(run.question)}, "answer": {_document(run.answer)}}}\n'


def _document(packed: bytes | None) -> str:
    """A stored document on one line: a line break in JSON stands between its parts only."""
    return unpack(packed).decode().replace("\n", " ").replace("\r", " ") if packed else "null"

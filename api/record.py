"""The record: every question that was answered, by whom, when, in how long, by what versions; and the answer.

A question with the digest of one that has a final answer on record is answered with that.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update

from oremix import __version__
from oremix.api.storage import Database, now, pack, runs, unpack

if TYPE_CHECKING:
    from oremix.api.kind import Question

__all__ = ["Recorded", "complete", "find", "new_id", "put", "repeat", "row_of", "text_of"]


@dataclass(frozen=True)
class Recorded:
    """A run whose answer can be given again."""

    id: str
    asked: str
    status: str
    solver: str
    packed: bytes

    @property
    def text(self) -> str:
        """Its answer, as JSON."""
        return unpack(self.packed).decode()


_INSERT = insert(runs)
_FIND = (
    select(runs.c.id, runs.c.asked, runs.c.status, runs.c.solver, runs.c.answer)
    .where(runs.c.digest == bindparam("digest"), runs.c.reusable)
    .limit(1)
)
_ANSWER = select(runs.c.answer, runs.c.source).where(runs.c.id == bindparam("run"))


def new_id() -> str:
    """An id that nobody can guess."""
    return uuid.uuid4().hex


def find(connection: Connection, digest: str) -> Recorded | None:
    """A run with this digest and a final answer."""
    row = connection.execute(_FIND, {"digest": digest}).one_or_none()
    return None if row is None else Recorded(*row)


def row_of(question: Question, key: str | None) -> dict[str, Any]:
    """A run that is not answered yet, as it is stored."""
    return {
        "id": new_id(),
        "key": key,
        "asked": now(),
        "kind": question.kind.name,
        "problem_hash": question.problem_hash,
        "digest": question.digest,
        "options": json.dumps(question.options),
        "question": pack(question.text),
        "version": __version__,
        "solver": None,
        "status": None,
        "seconds": None,
        "answer": None,
        "reusable": False,
        "source": None,
    }


def put(database: Database, row: dict[str, Any]) -> str:
    """Store a run; gives its id."""
    with database.begin() as connection:
        connection.execute(_INSERT, row)
    return str(row["id"])


def repeat(row: dict[str, Any], found: Recorded) -> dict[str, Any]:
    """A run that is answered with an earlier one's answer, as it is stored: the question and the answer stand there."""
    return row | {
        "question": b"",
        "solver": found.solver,
        "status": found.status,
        "seconds": 0.0,
        "source": found.id,
    }


def complete(connection: Connection, run: str, answer: dict[str, Any]) -> None:
    """Add the answer to a run."""
    connection.execute(update(runs).where(runs.c.id == run).values(answer))


def text_of(connection: Connection, run: str) -> bytes | None:
    """The answer of a run, where it has one, wherever it stands."""
    row = connection.execute(_ANSWER, {"run": run}).one_or_none()
    if row is not None and row.source is not None:
        row = connection.execute(_ANSWER, {"run": row.source}).one_or_none()
    return None if row is None or row.answer is None else unpack(row.answer)

"""The queue: what can happen to a job, each in one transaction.

A job that runs belongs to one attempt of one worker: whatever the worker says of it later holds only while it still
does. Whether a worker lives is seen by a counter that it moves, so that no clock can lose a job or double it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    null,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from oremix.api import record
from oremix.api.jobs import tally
from oremix.api.jobs.tally import ENDED
from oremix.api.storage import Database, database_clock, days_ago, jobs, now, runs, unpack, workers

if TYPE_CHECKING:
    from oremix.api.kind import Question

__all__ = ["TRIES", "Claim", "OtherBody", "Queue", "Sighting", "submit"]

TRIES = 3
"""How many attempts may end by the death of who worked."""
BATCH = 200
LONGEST = 2000
"""Characters of a reason."""
_MOVED = {"beat": jobs.c.beat + 1, "change": jobs.c.change + 1}


class OtherBody(Exception):
    """The same Idempotency-Key came with another body before."""


@dataclass(frozen=True)
class Claim:
    """A job in the hands of a worker, for one attempt."""

    number: int
    id: str
    run: str
    kind: str
    worker: str
    attempt: int
    question: bytes
    options: dict[str, Any]

    @property
    def holds(self) -> ColumnElement[bool]:
        """Whether it still is in these hands."""
        mine = (jobs.c.worker == self.worker) & (jobs.c.attempt == self.attempt)
        return (jobs.c.number == self.number) & mine & (jobs.c.state == "running")


@dataclass(frozen=True)
class Sighting:
    """A running job as it was seen: it has a worker that lives if the next sighting differs."""

    number: int
    attempt: int
    beat: int


class Queue:
    """The jobs of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # ------------------------------------------------------------ who asks

    def submit(
        self,
        connection: Connection,
        question: Question,
        key: str | None,
        idempotency: str | None,
        check: Callable[[Connection], None] | None = None,
    ) -> str:
        """Add a job, in the caller's transaction; one that the record can answer is done at once. Gives its id.

        `check` is called before a job is added that has to wait; what it raises is raised.

        Raises
        ------
        OtherBody
            The same Idempotency-Key came with another body before.
        IntegrityError
            The same Idempotency-Key came at the same moment: try again.
        """
        secret = None if idempotency is None else _digest(f"{key or ''}\n{idempotency}".encode())
        body = _digest(json.dumps([question.kind.name, question.options]).encode() + question.text)
        if secret is not None and (same := _same(connection, secret, body)):
            return same
        run = record.row_of(question, key)
        found = record.find(connection, question.digest)
        if found is None and check is not None:
            check(connection)
        connection.execute(insert(runs), run if found is None else record.repeat(run, found))
        job = {
            "id": record.new_id(),
            "run": run["id"],
            "key": key,
            "kind": question.kind.name,
            "state": "waiting" if found is None else "done",
            "submitted": run["asked"],
            "started": None,
            "finished": None if found is None else run["asked"],
            "attempt": 0,
            "deaths": 0,
            "beat": 0,
            "change": 0,
            "cancel": False,
            "idempotency": secret,
            "body": body,
        }
        connection.execute(insert(jobs), job)
        if found is not None:
            tally.note_end(connection, question.kind.name, "done", run["asked"], run["asked"])
        return str(job["id"])

    def cancel(self, job: str) -> None:
        """Wish a job to end with the best answer so far; one that waits ends at once, one that has ended stays so."""
        waits = jobs.c.state == "waiting"
        with self.database.begin() as connection:
            wished = {
                "cancel": true(),
                "change": jobs.c.change + 1,
                "state": case((waits, "cancelled"), else_=jobs.c.state),
                "finished": case((waits, _at_end()), else_=jobs.c.finished),
            }
            goes_on = (jobs.c.id == job) & jobs.c.state.not_in(ENDED) & (jobs.c.cancel == false())
            row = _changed(connection, goes_on, wished)
            if row is not None and row.state in ENDED:
                tally.note_end(connection, row.kind, row.state, row.submitted, row.finished)

    # ------------------------------------------------------------ who works

    def claim(self, worker: str) -> Claim | None:
        """The job that has waited longest, now this worker's; none where none waits."""
        first = (
            select(jobs.c.number)
            .where(jobs.c.state == "waiting")
            .order_by(jobs.c.number)
            .limit(1)
            .with_for_update(skip_locked=True)  # SQLite has one writer at a time anyway
        )
        taken = (
            update(jobs)
            .where(jobs.c.number == first.scalar_subquery(), jobs.c.state == "waiting")
            .values(
                state="running", worker=worker, attempt=jobs.c.attempt + 1, started=now(), progress=null(), **_MOVED
            )
            .returning(jobs.c.number, jobs.c.id, jobs.c.run, jobs.c.kind, jobs.c.attempt)
        )
        with self.database.begin() as connection:
            row = connection.execute(taken).one_or_none()
            if row is None:
                return None
            run = connection.execute(select(runs.c.question, runs.c.options).where(runs.c.id == row.run)).one()
        held = (row.number, row.id, row.run, row.kind, worker, row.attempt)
        return Claim(*held, question=unpack(run.question), options=json.loads(run.options))

    def beat(self, claim: Claim, progress: dict[str, Any] | None = None) -> bool:
        """Say that the worker lives, and how far it is; false where the job is no longer its own."""
        moved: dict[str, Any] = {"beat": jobs.c.beat + 1}
        if progress is not None:
            moved |= _MOVED | {"progress": json.dumps(progress, allow_nan=False)}
        with self.database.begin() as connection:
            return connection.execute(update(jobs).where(claim.holds).values(moved)).rowcount == 1

    def wish(self, claim: Claim) -> bool | None:
        """Whether the job shall end; none where it is no longer this worker's."""
        with self.database.reading() as connection:
            return connection.scalar(select(jobs.c.cancel).where(claim.holds))

    def finish(self, claim: Claim, answer: dict[str, Any], *, cancelled: bool = False) -> bool:
        """End a job with an answer, as `kind.as_recorded` gives it; false where it is no longer this worker's."""
        state = "cancelled" if cancelled else "done"
        ended = {"state": state, "finished": _at_end(), "reason": null(), **_MOVED}
        with self.database.begin() as connection:
            row = _changed(connection, claim.holds, ended)
            if row is None:
                return False
            record.complete(connection, claim.run, answer)
            tally.note(connection, row, state)
        return True

    def fail(self, claim: Claim, reason: str, *, cancelled: bool = False) -> bool:
        """End a job without an answer; false where it is no longer this worker's."""
        state = "cancelled" if cancelled else "failed"
        ended = {"state": state, "finished": _at_end(), "reason": _plain(reason), **_MOVED}
        return self._ended(claim.holds, ended, state)

    def give_back(self, claim: Claim) -> bool:
        """Let another worker have the job, as if this one had not taken it."""
        return self._ended(claim.holds, _released(null()), "returned")

    def died(self, claim: Claim, reason: str) -> bool:
        """Say that who worked on the job died of it, or so it seems."""
        return self._ended(claim.holds, _tried_once_more(reason), "died")

    def _ended(self, which: ColumnElement[bool], values: dict[str, Any], outcome: str) -> bool:
        """End an attempt; false where it was over already."""
        with self.database.begin() as connection:
            row = _changed(connection, which, values)
            if row is not None:
                tally.note(connection, row, outcome)
        return row is not None

    # ------------------------------------------------------------ who looks after the others

    def running(self) -> list[Sighting]:
        """Every job that runs."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(jobs.c.number, jobs.c.attempt, jobs.c.beat).where(jobs.c.state == "running")
            )
            return [Sighting(*row) for row in found]

    def lapse(self, seen: Sighting) -> bool:
        """Take a job from a worker that gave no sign of life since; false where it did, or another was quicker."""
        unchanged = (jobs.c.number == seen.number) & (jobs.c.attempt == seen.attempt) & (jobs.c.beat == seen.beat)
        silent = _tried_once_more("its worker gave no sign of life")
        return self._ended(unchanged & (jobs.c.state == "running"), silent, "lost")

    def sign_in(self, worker: str, job: str | None) -> None:
        """Say that a worker is there, and what it works on."""
        with self.database.begin() as connection:
            seen = {"seen": database_clock(), "job": job}
            if connection.execute(update(workers).where(workers.c.id == worker).values(seen)).rowcount == 0:
                connection.execute(insert(workers).values(id=worker, started=now(), **seen))

    def alive(self, seconds: float) -> int:
        """How many workers gave a sign of life within so many seconds."""
        with self.database.reading() as connection:
            asked = select(func.count()).select_from(workers).where(workers.c.seen >= database_clock(seconds))
            return connection.scalar(asked) or 0

    def sign_out(self, worker: str) -> None:
        """Say that a worker is gone."""
        with self.database.begin() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker))

    def expire(self, keep_days: float) -> int:
        """Delete jobs that ended, and runs that were asked, longer ago; a batch in each transaction. Gives how many.

        A run is kept while its job has not ended, and while a younger one is answered with it.
        """
        moment = days_ago(keep_days)
        old_jobs = select(jobs.c.number).where(jobs.c.finished < moment).limit(BATCH)
        of_job = exists().where(jobs.c.run == runs.c.id)
        younger = runs.alias()
        of_younger = exists().where(younger.c.source == runs.c.id, younger.c.asked >= moment)
        old_runs = select(runs.c.id).where(runs.c.asked < moment, ~of_job, ~of_younger).limit(BATCH)
        count = self._delete(delete(jobs).where(jobs.c.number.in_(old_jobs)))
        count += self._delete(delete(runs).where(runs.c.id.in_(old_runs)))
        self._delete(delete(workers).where(workers.c.seen < days_ago(1)))
        return count

    def _delete(self, statement: Any) -> int:
        count = 0
        while True:
            with self.database.begin() as connection:
                gone = connection.execute(statement).rowcount
            count += gone
            if gone < BATCH:
                return count


def submit(
    queue: Queue,
    question: Question,
    key: str | None = None,
    idempotency: str | None = None,
    check: Callable[[Connection], None] | None = None,
) -> str:
    """Add a job in a transaction of its own; see `Queue.submit`."""
    for _ in range(2):
        try:
            with queue.database.begin() as connection:
                return queue.submit(connection, question, key, idempotency, check)
        except IntegrityError:
            continue
    with queue.database.begin() as connection:
        return queue.submit(connection, question, key, idempotency, check)


def _changed(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> Row[Any] | None:
    """Change one job; gives what it is then, or none where there is none of these."""
    return connection.execute(update(jobs).where(which).values(values).returning(*tally.COLUMNS)).one_or_none()


def _same(connection: Connection, secret: str, body: str) -> str | None:
    row = connection.execute(select(jobs.c.id, jobs.c.body).where(jobs.c.idempotency == secret)).one_or_none()
    if row is not None and row.body != body:
        raise OtherBody
    return None if row is None else str(row.id)


def _released(reason: Any) -> dict[str, Any]:
    """A job whose attempt is over: it waits again, unless it was wished to end."""
    return {
        "state": case((jobs.c.cancel, "cancelled"), else_="waiting"),
        "finished": case((jobs.c.cancel, _at_end()), else_=null()),
        "worker": null(),
        "progress": null(),
        "reason": reason,
        **_MOVED,
    }


def _tried_once_more(reason: str) -> dict[str, Any]:
    """A job whose attempt ended by a death: it waits again, unless that was the last one that it may have."""
    last = jobs.c.deaths + 1 >= TRIES
    return _released(reason) | {
        "reason": case(
            (last, f"given up after {TRIES} attempts that came to no end; the last: {reason}"), else_=reason
        ),
        "state": case((jobs.c.cancel, "cancelled"), (last, "failed"), else_="waiting"),
        "finished": case((jobs.c.cancel | last, _at_end()), else_=null()),
        "deaths": jobs.c.deaths + 1,
    }


def _at_end() -> ColumnElement[str]:
    """The present moment; by a clock that is late, the moment of submission: no job is taken for older than it is."""
    moment = now()
    return case((jobs.c.submitted > moment, jobs.c.submitted), else_=moment)


def _plain(reason: str) -> str:
    """A reason as every database takes it, and nobody minds to read it."""
    return reason.replace("\0", "")[:LONGEST]


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()

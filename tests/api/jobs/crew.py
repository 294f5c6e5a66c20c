"""Worker processes of the tests, and a book that the database itself keeps of what became of jobs."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, select, text

from oremix.api.jobs.tally import ENDED
from oremix.api.storage import Database, StorageError, jobs

ROOT = Path(__file__).parents[3]
ENTRY = Path(__file__).with_name("entry.py")
BOOK = {
    True: [
        "CREATE TABLE book (job TEXT, state TEXT)",
        """CREATE TRIGGER keep_book AFTER UPDATE OF state ON jobs WHEN NEW.state IN ('done', 'failed', 'cancelled')
           BEGIN INSERT INTO book VALUES (NEW.id, NEW.state); END""",
    ],
    False: [
        "CREATE TABLE book (job TEXT, state TEXT)",
        """CREATE FUNCTION keep_book() RETURNS trigger AS $$
           BEGIN INSERT INTO book VALUES (NEW.id, NEW.state); RETURN NEW; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER keep_book AFTER UPDATE OF state ON jobs FOR EACH ROW
           WHEN (NEW.state IN ('done', 'failed', 'cancelled')) EXECUTE FUNCTION keep_book()""",
    ],
}


def keep_book(database: Database) -> None:
    """From now on the database notes each time that a job comes to an end."""
    with database.begin() as connection:
        for statement in BOOK[database.is_sqlite]:
            connection.execute(text(statement))


def endings(database: Database) -> Counter[str]:
    """How often each job has come to an end."""
    with database.reading() as connection:
        return Counter(connection.scalars(text("SELECT job FROM book")))


def states(database: Database) -> dict[str, int]:
    """How many jobs are in which state."""
    with database.reading() as connection:
        rows = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
        return {row[0]: row[1] for row in rows}


def job_of(database: Database, identity: str) -> Any:
    """The row of a job."""
    with database.reading() as connection:
        return connection.execute(select(jobs).where(jobs.c.id == identity)).one()


def wait_until(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that has to come true; a database that is away is waited for too."""
    until = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except StorageError:
            pass
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)


def all_have_ended(database: Database) -> bool:
    """Whether nothing waits or runs."""
    return not set(states(database)) - set(ENDED)


def environment(database: Database, **more: str) -> dict[str, str]:
    """What worker processes are started with."""
    url = database.url.render_as_string(hide_password=False)
    return (
        os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "OREMIX_DATABASE_URL": url,
            "OMP_NUM_THREADS": "1",
        }
        | more
    )


class Crew:
    """Some workers, with the kinds of `entry`; `within` is a command that starts commands elsewhere."""

    def __init__(self, database: Database, number: int, log: Path, within: tuple[str, ...] = (), **more: str) -> None:
        self._within = within
        self._environment = environment(database, **more)
        self._log = log.open("ab")
        self.workers = [self._start() for _ in range(number)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._within, sys.executable, ENTRY], env=self._environment, stderr=self._log, start_new_session=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.wait(timeout=30)
        self._log.close()

    def kill(self, *numbers: int) -> None:
        """End some workers at once, and nothing but them."""
        for number in numbers:
            self.workers[number].kill()
            self.workers[number].wait()

    def renew(self) -> None:
        """Start others in place of those that have ended."""
        self.workers = [self._start() if worker.poll() is not None else worker for worker in self.workers]

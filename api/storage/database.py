"""One database behind a URL: SQLite or PostgreSQL, with the same code on both."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from oremix.api.storage.errors import translated
from oremix.api.storage.outage import Outage
from oremix.api.storage.upgrading import upgrade

__all__ = ["Database", "default_url"]

BUSY_SECONDS = 5.0
CONNECT_SECONDS = 5
# A network that is cut says nothing: who hears nothing for so long takes it for lost, well within a lease.
LOST = {"tcp_user_timeout": 8000, "keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 3}
# And the server lets go of what a client holds that it does not hear of.
ORPHANED = "-c idle_in_transaction_session_timeout=10s -c lock_timeout=10s -c tcp_keepalives_idle=5"
READS = "oremix_reads"


class Database:
    """A database of the service. Making one connects to nothing; its first use brings the tables to their present form.

    It may be shared by threads, not by processes: make it after a fork, not before.

    Parameters
    ----------
    url
        `sqlite:////var/lib/oremix/oremix.db` or `postgresql://user:password@host/name`.

    Raises
    ------
    ValueError
        It is no such URL, or what it needs is not installed. The text holds no password.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _read(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _of_sqlite(self.url) if self.is_sqlite else _of_postgresql(self.url)
        how: dict[str, Any] = {READS: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self.reader = self.engine.execution_options(**how)
        finalize(self, self.engine.dispose)  # who lets go of a database need not think of its connections
        self._outage = None if self.is_sqlite else Outage(self.engine)
        self._upgrading = Lock()
        self._upgraded = False

    def __str__(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write: all of it holds when the block ends, or nothing.

        On SQLite nobody else writes meanwhile, so keep it short.

        Raises
        ------
        StorageUnavailable, StorageFull, NewerSchema
        """
        with self._used(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading; each statement sees what holds when it is run.

        Raises
        ------
        StorageUnavailable, StorageFull, NewerSchema
        """
        with self._used(), self.reader.connect() as connection:
            yield connection

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._outage.watched() if self._outage else nullcontext():
            self.upgrade()
            with translated():
                yield

    def upgrade(self) -> None:
        """Bring the tables to their present form, once; any number of processes may do so at the same time.

        Raises
        ------
        StorageUnavailable, StorageFull, NewerSchema
        """
        if self._upgraded:
            return
        with self._upgrading, translated():
            upgrade(self.engine, self.reader)
            self._upgraded = True

    def close(self) -> None:
        """Close the connections that are open."""
        self.engine.dispose()


def default_url() -> str:
    """Where the service keeps its data unless told otherwise: an SQLite file of the user."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return f"sqlite:///{Path(home) / 'oremix' / 'oremix.db'}"


def _read(text: str | URL) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("should be like sqlite:////path/to/file.db or postgresql://user:password@host/name") from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise ValueError("should name a file: a database in memory is not shared between processes")
        return url.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise ValueError(f"should begin with sqlite: or postgresql:, not {backend}:")


def _of_sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "do_connect", _make_file)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_to_write)
    return engine


def _make_file(_dialect: Any, _record: Any, arguments: list[Any], _options: dict[str, Any]) -> None:
    path = Path(arguments[0])
    if not path.exists():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)  # problems and plans are nobody else's business; SQLite's other files follow
        except OSError as error:
            raise sqlite3.OperationalError(f"cannot make {path}: {error.strerror}") from None


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, see `_begin_to_write`
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_to_write(connection: Connection) -> None:
    # At once for writing: a transaction that reads first and then finds another writer would fail without waiting.
    if READS not in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _of_postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            hide_parameters=True,  # an error that is logged must not quote what was to be stored
            pool_pre_ping=True,  # a database that was restarted costs a new connection, not an error
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "oremix",
                **LOST,
                "options": ORPHANED,
            },
        )
    except ModuleNotFoundError:
        raise ValueError("needs the PostgreSQL driver: pip install 'oremix[postgres]'") from None

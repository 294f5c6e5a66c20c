"""Server-sent events of jobs: one thread of a process writes all its streams, so that none holds a worker.

A stream sends the whole job each time that something visible of it has changed; the id of an event is the number of
the change, so that a client that comes back with the last one misses nothing.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Condition, Thread
from typing import Any

from sqlalchemy import Row

from oremix.api.jobs.seen import described, has_ended, query
from oremix.api.storage import Database, StorageError, jobs

__all__ = ["HANDOVER", "Feed", "Handed", "Streams", "generated", "handing_over"]

HANDOVER = "oremix.handover"
"""Where in a WSGI environment a view puts the feed that the connection is to be handed to."""
POLL = 0.3
HEARTBEAT = 15.0
STUCK = 20.0
"""Seconds after which a client that takes nothing is left."""
OPENING = b"retry: 2000\n\n"

log = logging.getLogger(__name__)


class Handed(StopIteration):
    """The connection is in other hands: the server leaves it alone. What gunicorn ends a request by without a word."""


class Feed:
    """What one client has seen of a job, and what it is told next."""

    def __init__(self, job: str, last: int | None) -> None:
        self.job = job
        self.has_ended = False
        self._last = last

    def told(self, row: Row[Any] | None) -> bytes:
        """What is new; nothing where nothing is. A job that is gone has ended."""
        self.has_ended = row is None or has_ended(row)
        if row is None or row.change == self._last:
            return b""
        self._last = row.change
        return f"id: {row.change}\nevent: job\ndata: {json.dumps(described(row))}\n\n".encode()


def _rows(database: Database, wanted: Iterable[str]) -> dict[str, Row[Any]]:
    with database.reading() as connection:
        return {row.id: row for row in connection.execute(query().where(jobs.c.id.in_(set(wanted))))}


def generated(database: Database, feed: Feed) -> Iterator[bytes]:
    """A stream for a server that gives each request a thread of its own, or a test."""
    yield OPENING
    while not feed.has_ended:
        if told := feed.told(_rows(database, [feed.job]).get(feed.job)):
            yield told
        if not feed.has_ended:
            time.sleep(POLL)


class _Stream:
    """A connection in our hands."""

    def __init__(self, connection: socket.socket, head: bytes, feed: Feed) -> None:
        connection.setblocking(False)
        self._connection, self.feed = connection, feed
        self._pending = head + OPENING
        self._moved = self._spoke = time.monotonic()
        self.is_over = False

    def tell(self, row: Row[Any] | None) -> None:
        """Add what is new, unless the client has not even taken what was."""
        if self._pending:
            return
        self._pending = self.feed.told(row)
        if not self._pending and time.monotonic() - self._spoke > HEARTBEAT:
            self._pending = b": \n\n"

    def move(self) -> None:
        """Send what the client takes now; the stream is over when all is said, or the client is gone."""
        moment = time.monotonic()
        try:
            with suppress(BlockingIOError):
                if self._connection.recv(4096) == b"":
                    self.is_over = True
            while self._pending:
                self._pending = self._pending[self._connection.send(self._pending) :]
                self._moved = self._spoke = moment
        except BlockingIOError:
            self.is_over = moment - self._moved > STUCK
        except OSError:
            self.is_over = True
        self.is_over = self.is_over or (self.feed.has_ended and not self._pending)

    def close(self) -> None:
        """Let the client know that this was all."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self._connection.close()


class Streams:
    """All streams of a process.

    Parameters
    ----------
    database
        Where the jobs are.
    most
        How many there may be.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most
        self._streams: list[_Stream] = []
        self._changed = Condition()
        self._thread: Thread | None = None

    @property
    def are_full(self) -> bool:
        """Whether no more can be taken."""
        return len(self._streams) >= self._most

    def take(self, connection: socket.socket, head: bytes, feed: Feed) -> None:
        """Serve a connection from now on."""
        with self._changed:
            self._streams.append(_Stream(connection, head, feed))
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._serve, name="events", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._streams)
                streams = list(self._streams)
            self._round(streams)
            with self._changed:
                self._streams = [stream for stream in self._streams if not stream.is_over]
            time.sleep(POLL)

    def _round(self, streams: list[_Stream]) -> None:
        try:
            rows = _rows(self._database, [stream.feed.job for stream in streams])
        except StorageError as error:
            log.warning("storage: %s", error)
            rows = None
        for stream in streams:
            stream.move()
            if rows is not None and not stream.is_over:
                stream.tell(rows.get(stream.feed.job))
                stream.move()
            if stream.is_over:
                stream.close()


WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def handing_over(application: WSGI, streams: Streams) -> WSGI:
    """The application under gunicorn: where its answer is a feed, the connection leaves the worker.

    Raises
    ------
    Handed
        In place of an answer, when the connection is in other hands.
    """

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        feeds: list[Feed] = []
        heads: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            heads.append(_head(status, headers))
            return start_response(status, headers, *more)

        answer = application(environ | {HANDOVER: feeds}, start)
        if not feeds or not heads[-1].startswith(b"HTTP/1.1 200 "):
            return answer
        if hasattr(answer, "close"):
            answer.close()
        connection: socket.socket = environ["gunicorn.socket"]
        streams.take(socket.socket(fileno=connection.detach()), heads[-1], feeds[0])
        raise Handed

    return served


def _head(status: str, headers: list[tuple[str, str]]) -> bytes:
    kept = [f"{name}: {value}" for name, value in headers if name.lower() not in ("content-length", "connection")]
    return "\r\n".join([f"HTTP/1.1 {status}", *kept, "Connection: close", "", ""]).encode("latin-1")

"""How many requests of a kind are served at once, over all workers of a service, and where the others wait."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import struct
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import unquote

__all__ = ["MEMORY", "Connection", "Door", "Places", "Queue", "Work", "work_of"]

MEMORY = Path("/dev/shm")  # noqa: S108 - only files without a name, or gunicorn's own for its heartbeat
LIGHT = (b"GET", b"HEAD", b"OPTIONS", b"DELETE")
BODY = re.compile(rb"\n(content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)
LARGE = re.compile(r"/v1/jobs(/[^/]*/result)?")
MESSAGE = struct.Struct("db")


class Work(Enum):
    """What a request asks of a worker."""

    LIGHT = 0
    """It has no body, or its head is not there yet, and its answer is small: it takes no time."""
    BODY = 1
    """It has a body, which may be long in arriving, or a large answer, which may be long in leaving."""
    SOLVE = 2
    """It has a body, and may be solved for a minute."""


def work_of(head: bytes, bodies: frozenset[str]) -> Work:
    """What a request asks for, by its head; `bodies` are the paths that take a body but do not solve."""
    method, _, rest = head.partition(b" ")
    path = unquote(rest.split(b" ", 1)[0].split(b"?", 1)[0].decode("latin-1"))
    if method not in LIGHT:
        return Work.BODY if path in bodies else Work.SOLVE
    return Work.BODY if BODY.search(head) or LARGE.fullmatch(path) else Work.LIGHT


class Places:
    """Places shared by processes, each held by one; who dies frees theirs.

    Make it before the fork. They are locks on the bytes of a file without a name.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._file = tempfile.TemporaryFile(dir=MEMORY if MEMORY.is_dir() else None)  # noqa: SIM115 - it stays open

    def close(self) -> None:
        """Give all of them up."""
        self._file.close()

    def take(self) -> int | None:
        """A place, or none."""
        for place in range(self.count):
            with suppress(BlockingIOError, PermissionError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                return place
        return None

    def free(self, place: int) -> None:
        """Give a place back."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


@dataclass
class Connection:
    """A client, until when it waits by the machine's monotonic clock, and what for."""

    client: socket.socket
    until: float
    work: Work = Work.LIGHT


class Queue:
    """Connections that any worker may serve. Make it before the fork: the kernel keeps them, not a process."""

    def __init__(self) -> None:
        self._back, self._front = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._back.setblocking(False)
        self._front.setblocking(False)

    def fileno(self) -> int:
        """What becomes readable when somebody waits."""
        return self._front.fileno()

    def close(self) -> None:
        """Forget whoever waits."""
        self._back.close()
        self._front.close()

    def put(self, connection: Connection) -> bool:
        """Leave a connection to whoever comes; false where there is no more room."""
        try:
            message = MESSAGE.pack(connection.until, connection.work.value)
            socket.send_fds(self._back, [message], [connection.client.fileno()])
        except OSError:
            return False
        connection.client.close()
        return True

    def first(self) -> tuple[float, Work] | None:
        """Until when the first waits, and for what; none where nobody does."""
        try:
            until, work = MESSAGE.unpack(self._front.recv(MESSAGE.size, socket.MSG_PEEK))
        except BlockingIOError:
            return None
        return until, Work(work)

    def get(self) -> Connection | None:
        """The first; none where nobody waits."""
        try:
            message, descriptors, _, _ = socket.recv_fds(self._front, MESSAGE.size, 1)
        except BlockingIOError:
            return None
        client = socket.socket(fileno=descriptors[0])
        os.set_inheritable(client.fileno(), False)
        until, work = MESSAGE.unpack(message)
        return Connection(client, until, Work(work))


class Door:
    """What the workers of a service share, so that one of them is always free for what takes no time.

    Parameters
    ----------
    workers
        How many there are.
    bodies
        The paths that take a body but do not solve.
    """

    def __init__(self, workers: int, bodies: frozenset[str]) -> None:
        self.bodies = bodies
        self.arriving = Queue()
        self.waiting = Queue()
        self._bodies = Places(max(1, workers - 1))
        self._solves = Places(max(1, workers - 2))

    def close(self) -> None:
        """Forget whoever waits."""
        for part in (self.arriving, self.waiting, self._bodies, self._solves):
            part.close()

    def enter(self, work: Work) -> tuple[int | None, int | None] | None:
        """The places for some work; none while there are none."""
        if work is Work.LIGHT:
            return None, None
        if (body := self._bodies.take()) is None:
            return None
        if work is Work.BODY:
            return body, None
        if (solve := self._solves.take()) is None:
            self._bodies.free(body)
            return None
        return body, solve

    def leave(self, places: tuple[int | None, int | None]) -> None:
        """Give places back."""
        for kind, place in zip((self._bodies, self._solves), places, strict=True):
            if place is not None:
                kind.free(place)

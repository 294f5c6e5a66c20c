"""Gunicorn's sync worker, with an end to everything that a client can make it wait for.

A request is served when its whole head is there, and if it has a body when there is a place for it (see `Door`). Until
then its connection costs nobody anything: one whose head is still to come stays with the worker that accepted it, one
that waits for a place is left to whichever worker has one first.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from contextlib import suppress
from typing import Any

from gunicorn.http import errors, get_parser
from gunicorn.workers.sync import StopWaiting, SyncWorker
from werkzeug.http import HTTP_STATUS_CODES

from oremix.api.deadline import Expired, alarm
from oremix.api.door import Connection, Work, work_of
from oremix.api.errors import MEDIA_TYPE, body_of
from oremix.api.headers import SECURITY
from oremix.api.jobs.stream import Handed, handing_over
from oremix.api.logs import about
from oremix.api.logs.access import WAITED
from oremix.api.metrics.families import REFUSALS, REQUESTS, WAITS
from oremix.api.metrics.layout import NOWHERE

__all__ = ["TimedWorker"]

HEADER_SECONDS = 10.0
LEAVING_SECONDS = 2.0
POLL_SECONDS = 0.02
MOST_HEAD = 65_536
SEND_BUFFER = 4_000_000
MOST_ARRIVING = 200
MOST_LEAVING = 200
BUSY = "Every worker of this server is busy."
STOPPING = "This server is being stopped or started anew."
SLOW = "The head of the request did not arrive in time."
LONG = f"The head of the request is longer than {MOST_HEAD:,} bytes."
REFUSED = {BUSY: "busy", STOPPING: "stopping", SLOW: "slow head", LONG: "long head"}
ENDINGS = {408: "slow head", 503: "stopping", 500: "failed"}
STATUSES: tuple[tuple[type[BaseException], int], ...] = (
    (Expired, 408),
    (SystemExit, 503),
    (errors.InvalidResponseHeader, 500),
    (errors.ConfigurationProblem, 500),
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ExpectationFailed, 417),
    (errors.UnsupportedTransferCoding, 501),
    (errors.ForbiddenProxyRequest, 403),
    (errors.ParseException, 400),
)


class TimedWorker(SyncWorker):  # type: ignore[misc]
    """A sync worker that neither a slow sender nor a slow reader can hold, and whose own errors are problem details.

    An alarm ends the wait for the header; the application sets its own for the body and the work.
    """

    def run(self) -> None:
        """Serve until told to stop."""
        self.door = self.app.door
        self.arriving: deque[Connection] = deque()
        self.leaving: deque[Connection] = deque()
        self.waited = 0.0
        for listener in self.sockets:
            listener.setblocking(False)
        while self.alive and self.is_parent_alive():
            self.notify()
            self._see_off()
            if not (self._serve_waiting() or self._serve_arriving() or self._welcome()):
                with suppress(StopWaiting):
                    self._rest()
        self._close()

    # ------------------------------------------------------------ who comes

    def _welcome(self) -> bool:
        """Take in whoever knocks, or whom a worker left that had no more time; false where nobody does."""
        found = self.door.arriving.get()
        if found is None:
            found = next((new for listener in self.sockets if (new := _accepted(listener))), None)
        if found is None:
            return False
        self.arriving.append(found)
        if len(self.arriving) > MOST_ARRIVING:
            self._refuse(self.arriving.popleft(), 408, SLOW)
        return True

    def _serve_arriving(self) -> bool:
        """Serve one whose head is there; false where there is none."""
        for _ in range(len(self.arriving)):
            connection = self.arriving.popleft()
            head = _head(connection.client)
            if head is None:
                connection.client.close()
            elif b"\r\n\r\n" in head:
                until = time.monotonic() + self.app.settings.max_wait_seconds
                self._place(Connection(connection.client, until, work_of(head, self.door.bodies)))
                return True
            elif len(head) >= MOST_HEAD:
                self._refuse(connection, 431, LONG)
            elif time.monotonic() > connection.until:
                self._refuse(connection, 408, SLOW)
            else:
                self.arriving.append(connection)
        return False

    def _place(self, connection: Connection) -> None:
        """Serve a request, or let it wait until there is a place for it."""
        if (places := self.door.enter(connection.work)) is not None:
            self._serve(connection, places)
        elif not self.door.waiting.put(connection):
            self._refuse(connection, 503, BUSY)

    def _serve_waiting(self) -> bool:
        """Serve the one who waits longest, if there is a place, or tell them that there was none; false if neither."""
        if (first := self.door.waiting.first()) is None:
            return False
        until, work = first
        late = time.monotonic() > until
        places = None if late else self.door.enter(work)
        if places is None and not late:
            return False
        # Another worker may have been quicker: then this is the next one, who waits for as much or comes back.
        connection = self.door.waiting.get()
        if places is not None:
            self.door.leave(places)
        if connection is None:
            return True
        if time.monotonic() > connection.until:
            self._refuse(connection, 503, BUSY)
        else:
            self._place(connection)
        return True

    def _serve(self, connection: Connection, places: tuple[int | None, int | None]) -> None:
        if connection.work is not Work.LIGHT:  # others need not wait for this one to end
            while self.arriving and self.door.arriving.put(self.arriving[0]):
                self.arriving.popleft()
        self.waited = time.monotonic() - connection.until + self.app.settings.max_wait_seconds
        self.app.counts.add(WAITS, (), self.waited)
        try:
            address = connection.client.getpeername()
        except OSError:
            connection.client.close()
        else:
            self.handle(self.sockets[0], connection.client, address)
        finally:
            self.door.leave(places)

    def _rest(self) -> None:
        """Sleep until something happens that is worth a look."""
        silent = [c.client for c in self.arriving if not _head(c.client)]
        impatient = len(silent) < len(self.arriving) or self.leaving or self.door.waiting.first() is not None
        self.wait_fds = [*self.sockets, self.PIPE[0], self.door.arriving, *silent]
        if not impatient:
            self.wait_fds.append(self.door.waiting)
        self.wait(POLL_SECONDS if impatient else 1.0)

    # ------------------------------------------------------------ one request
    def load_wsgi(self) -> None:
        """Take the application, such that streams of events leave this worker free."""
        super().load_wsgi()
        application: Any = self.app.wsgi()
        served = handing_over(application, application.config["OREMIX_STREAMS"])

        def timed(environ: dict[str, Any], start: Any) -> Any:
            environ[WAITED] = self.waited  # in place: the log of requests reads it there
            return served(environ, start)

        self.wsgi = timed

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection. Who goes on to use it elsewhere detaches the socket."""
        client.settimeout(self.app.settings.max_overhead_seconds)
        about.begin(request=about.identified(None))  # until its own name for it is known
        try:
            with alarm(HEADER_SECONDS):
                request = next(get_parser(self.cfg, client, addr))
                self.handle_request(listener, request, client, addr)
        except Handed:
            self.log.info("a stream of events is open")
        except (errors.NoMoreData, StopIteration, OSError):
            self.log.debug("a client went away, or does not read")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the client is answered
            self.handle_error(None, client, addr, error)
        finally:
            about.end()
        self._leave(client)

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: BaseException) -> None:
        """Answer what went wrong outside the application."""
        status = next((status for kind, status in STATUSES if isinstance(exc, kind)), 500)
        if status == 500:
            self.log.error("request failed outside the application", exc_info=exc)
        detail = str(exc) if isinstance(exc, errors.ParseException) and status < 500 else ""
        self._count_refusal(status, ENDINGS.get(status, "no HTTP"))
        with suppress(OSError):
            client.sendall(_response(status, detail or HTTP_STATUS_CODES[status]))

    # ------------------------------------------------------------ who goes

    def _count_refusal(self, status: int, reason: str) -> None:
        self.app.counts.add(REQUESTS, (NOWHERE, str(status)), 0.0)
        self.app.counts.add(REFUSALS, (reason,))

    def _refuse(self, connection: Connection, status: int, detail: str) -> None:
        retry = max(1, round(self.app.settings.max_wait_seconds))
        self._count_refusal(status, REFUSED[detail])
        with about.adding(request=about.identified(None)):
            with suppress(OSError):
                connection.client.setblocking(False)
                connection.client.send(_response(status, detail, retry if status == 503 else None))
            self.log.info("refused a request with %s: %s", status, detail)
        self._leave(connection.client)

    def _leave(self, client: socket.socket) -> None:
        """Close a connection once the client has closed it, or soon: at once, it might not get to read its answer."""
        try:
            client.shutdown(socket.SHUT_WR)
            client.setblocking(False)
        except OSError:
            client.close()
            return
        self.leaving.append(Connection(client, time.monotonic() + LEAVING_SECONDS))
        if len(self.leaving) > MOST_LEAVING:
            self.leaving.popleft().client.close()

    def _see_off(self) -> None:
        for _ in range(len(self.leaving)):
            connection = self.leaving.popleft()
            if time.monotonic() > connection.until or _is_over(connection.client):
                connection.client.close()
            else:
                self.leaving.append(connection)

    def _close(self) -> None:
        """Leave nobody without an answer; who is still sending the head is left to the other workers."""
        self._serve_arriving()
        while self.arriving and self.door.arriving.put(self.arriving[0]):
            self.arriving.popleft()
        while (connection := self.door.waiting.get()) is not None:
            self._refuse(connection, 503, STOPPING)


def _accepted(listener: Any) -> Connection | None:
    try:
        client, _ = listener.accept()
    except (BlockingIOError, ConnectionAbortedError, InterruptedError):
        return None
    client.setblocking(False)
    # An answer that fits is gone at once, however slowly it is read. The system has its own limit below this.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return Connection(client, time.monotonic() + HEADER_SECONDS)


def _head(client: socket.socket) -> bytes | None:
    """What has arrived so far, left where it is; none where nothing can come any more."""
    try:
        return client.recv(MOST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None


def _is_over(client: socket.socket) -> bool:
    """Read and throw away; whether the client has closed its side."""
    try:
        while client.recv(MOST_HEAD):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _response(status: int, detail: str, retry: int | None = None) -> bytes:
    body = body_of(status, detail)
    headers = {
        "Connection": "close",
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        about.HEADER: about.request_id(),
    } | SECURITY
    if retry is not None:
        headers["Retry-After"] = str(retry)
    lines = [f"HTTP/1.1 {status} {HTTP_STATUS_CODES[status]}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

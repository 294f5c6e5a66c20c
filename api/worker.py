"""Gunicorn's sync worker, with an end to everything that a client can make it wait for."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.sync import SyncWorker
from werkzeug.http import HTTP_STATUS_CODES

from oremix.api.deadline import Expired, alarm
from oremix.api.errors import MEDIA_TYPE, body_of
from oremix.api.jobs.stream import handing_over

__all__ = ["TimedWorker"]

HEADER_SECONDS = 10.0
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

    The alarm set here ends the wait for the header; the application sets its own for the body and the work.
    """

    def load_wsgi(self) -> None:
        """Take the application, such that streams of events leave this worker free."""
        super().load_wsgi()
        application: Any = self.app.wsgi()
        self.wsgi = handing_over(application, application.config["OREMIX_STREAMS"])

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection."""
        client.settimeout(self.app.settings.max_overhead_seconds)
        with suppress(Expired), alarm(HEADER_SECONDS):
            super().handle(listener, client, addr)

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: BaseException) -> None:
        """Answer what went wrong outside the application."""
        status = next((status for kind, status in STATUSES if isinstance(exc, kind)), 500)
        if status == 500:
            self.log.error("request failed outside the application", exc_info=exc)
        detail = str(exc) if isinstance(exc, errors.ParseException) and status < 500 else ""
        with suppress(OSError):
            client.sendall(_response(status, detail or HTTP_STATUS_CODES[status]))


def _response(status: int, detail: str) -> bytes:
    body = body_of(status, detail)
    head = (
        f"HTTP/1.1 {status} {HTTP_STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body

"""Errors as RFC 9457 problem details: one shape for every status."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.http import HTTP_STATUS_CODES

from oremix.api.logs import about
from oremix.api.settings import Settings
from oremix.api.storage import StorageError, StorageFull
from oremix.models import Fault, InvalidOption, InvalidProblem, MissingExtra, TooLarge, UnknownSolver

__all__ = ["MEDIA_TYPE", "Refusal", "body_of", "handle_errors", "invalid", "too_large"]

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 10_000
RETRY = {"Retry-After": "10"}
DETAILS = {
    404: "There is nothing at this address; /openapi.json lists what there is.",
    405: "This address takes other methods; the header Allow lists them.",
}

log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request that is answered with an error.

    Parameters
    ----------
    status
        The HTTP status.
    detail
        What is wrong and what to do about it.
    headers
        HTTP headers of the answer.
    members
        Further members of the problem details.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.members = members


def invalid(what: str, faults: list[dict[str, Any]]) -> Refusal:
    """A refusal with every fault of what was sent."""
    count = "1 error" if len(faults) == 1 else f"{len(faults):,} errors"
    shown = "" if len(faults) <= MOST_FAULTS else f"; the first {MOST_FAULTS:,} are shown"
    return Refusal(422, f"{count} in {what}{shown}", errors=faults[:MOST_FAULTS])


def _missing(error: MissingExtra) -> Refusal:
    return Refusal(501, f"This server is installed without what this needs: {error}.")


def too_large(error: TooLarge, most: float, variable: str) -> Refusal:
    """A refusal of a problem with more columns than the operator allows."""
    limit = {"name": "columns", "most": int(most), "variable": variable}
    return Refusal(413, f"The problem is too large for this server: {error}", limit=limit)


def body_of(status: int, detail: str, **members: Any) -> bytes:
    """Problem details as they are sent."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return json.dumps(document, allow_nan=False).encode()


def _answer(refusal: Refusal) -> Response:
    if "limit" in refusal.members:
        g.limit = refusal.members["limit"]["name"]  # to be counted
    body = body_of(refusal.status, refusal.detail, **refusal.members)
    return Response(body, refusal.status, refusal.headers, content_type=MEDIA_TYPE)


def handle_errors(app: Flask, settings: Settings) -> None:
    """Answer whatever is raised in the app with problem details."""
    app.register_error_handler(Refusal, _answer)
    app.register_error_handler(InvalidProblem, lambda error: _answer(invalid("the problem", _as_dicts(error.errors))))
    app.register_error_handler(InvalidOption, lambda error: _answer(_refused_together(error)))
    app.register_error_handler(UnknownSolver, lambda error: _answer(_unknown_solver(error)))
    app.register_error_handler(
        TooLarge, lambda error: _answer(too_large(error, settings.max_columns, "OREMIX_MAX_COLUMNS"))
    )
    app.register_error_handler(MissingExtra, lambda error: _answer(_missing(error)))
    app.register_error_handler(RequestEntityTooLarge, lambda _: _answer(_too_many_bytes(settings)))
    app.register_error_handler(ClientDisconnected, lambda _: _answer(Refusal(408, "The body did not arrive whole.")))
    app.register_error_handler(HTTPException, lambda error: _answer(_of_http(error)))
    app.register_error_handler(StorageError, lambda error: _answer(_storage(error)))
    app.register_error_handler(MemoryError, lambda _: _answer(_out_of_memory()))
    app.register_error_handler(Exception, lambda error: _answer(_our_fault(error)))


def _as_dicts(faults: list[Fault]) -> list[dict[str, Any]]:
    return [fault.as_dict() for fault in faults]


def _refused_together(error: InvalidOption) -> Refusal:
    return invalid("what was asked", [{"pointer": "", "message": str(error), "value": None}])


def _unknown_solver(error: UnknownSolver) -> Refusal:
    fault = {"parameter": "solver", "message": str(error), "value": request.args.get("solver")}
    return invalid("the query parameters", [fault])


def _too_many_bytes(settings: Settings) -> Refusal:
    limit = {"name": "bytes", "most": settings.max_body_bytes, "variable": "OREMIX_MAX_BODY_MB"}
    return Refusal(
        413, f"The body is larger than this server's limit of {settings.max_body_bytes:,} bytes.", limit=limit
    )


def _of_http(error: HTTPException) -> Refusal:
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return Refusal(error.code or 500, DETAILS.get(error.code or 500) or error.description or "", headers)


def _out_of_memory() -> Refusal:
    return Refusal(503, "This server has too little memory for the request at present.", {"Retry-After": "60"})


def _storage(error: StorageError) -> Refusal:
    log.error("storage: %s", error)
    if isinstance(error, StorageFull):
        return Refusal(507, "This server has no room left to keep anything; its operator has to make some.", RETRY)
    return Refusal(503, "This server's database does not answer at present.", RETRY)


def _our_fault(error: Exception) -> Refusal:
    reference = about.request_id()
    log.error("request failed, id %s", reference, exc_info=error)
    return Refusal(500, "The server failed; its log has the reason under this id.", id=reference)

"""The body of a request: its type, its size, its JSON or workbook."""

from __future__ import annotations

import json
from codecs import BOM_UTF8 as BOM
from contextlib import suppress
from typing import Any

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from oremix.api.deadline import Expired, alarm, sooner
from oremix.api.errors import Refusal
from oremix.api.settings import Settings
from oremix.models import Fault, InvalidProblem, Problem, parse_json, read_problem
from oremix.models.workbook import Limits, Stated, Unpacked, read_stated

__all__ = ["JSON", "WORKBOOK", "discard", "read", "read_object", "receive"]

RECEIVE_SECONDS = 15.0
DISCARD_BYTES = 64_000_000
DISCARD_SECONDS = 5.0
HOLDERS = (dict, list)
JSON = "application/json"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read(request: Request, settings: Settings) -> tuple[bytes, Problem]:
    """The problem in a request's body, JSON or a workbook, and its text as JSON.

    Raises
    ------
    Refusal
        As `receive`; or it is declared as a workbook and cannot be read as one.
    InvalidProblem
        It can be read but is no valid problem.
    """
    if request.mimetype != WORKBOOK:
        text, data = receive(request, settings, f"{JSON}, {WORKBOOK}")
        return text, read_problem(data)
    found = _sheets(_within_limits(request, settings), settings)
    _check_entries(found.document, int(settings.max_entries))
    problem = found.problem()
    return json.dumps(found.document).encode(), problem


def _sheets(data: bytes, settings: Settings) -> Stated:
    """What a workbook states, read within the server's limits."""
    # a sheet of one entry per row, its headers and remarks; and a file ten times as large when it is unpacked
    most = int(settings.max_entries)
    limits = Limits(unpacked=10 * settings.max_body_bytes, cells=50 * most, rows=most + 1000)
    try:
        return read_stated(data, limits)
    except Unpacked as error:
        name, variable = ("bytes", "MAX_BODY_MB") if error.what == "unpacked" else ("entries", "MAX_ENTRIES")
        limit = {"name": name, "most": error.most, "variable": f"OREMIX_{variable}"}
        raise Refusal(413, f"This server does not take so much: {error}.", limit=limit) from None
    except InvalidProblem as error:
        faults = [fault.as_dict() for fault in error.errors]
        raise Refusal(400, f"The body {error.errors[0].message}.", errors=faults) from None


def read_object(request: Request, settings: Settings) -> dict[str, Any]:
    """The JSON object in a request's body; raises as `receive`."""
    return receive(request, settings)[1]


def receive(request: Request, settings: Settings, taken: str = JSON) -> tuple[bytes, dict[str, Any]]:
    """The text of a request's body, and the JSON object that it is; `taken` are the types that it may have had.

    Raises
    ------
    Refusal
        The body is not declared as JSON, is not JSON, or has too many entries in one place.
    InvalidProblem
        It is JSON but no object.
    """
    _check_type(request, taken)
    body = _within_limits(request, settings)
    data = _parse(body)
    if not isinstance(data, dict):
        raise InvalidProblem([Fault((), "should be a JSON object", type(data).__name__)])
    _check_entries(data, int(settings.max_entries))
    return body.removeprefix(BOM), data


def _within_limits(request: Request, settings: Settings) -> bytes:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(415, "The body should have no Content-Encoding.", {"Accept-Encoding": "identity"})
    body = _receive(request)
    if len(body) > settings.max_body_bytes:
        raise RequestEntityTooLarge
    return body


def _receive(request: Request) -> bytes:
    """The body, or a refusal of one that does not arrive in time: a slow sender may not hold a worker."""
    try:
        with sooner(RECEIVE_SECONDS):
            return request.get_data(cache=False)
    except Expired:
        raise Refusal(408, f"The body did not arrive within {RECEIVE_SECONDS:g} s.") from None
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001 - the server's own, for a transfer coding that is broken
        raise Refusal(400, f"The body could not be received: {error}") from None


def _check_type(request: Request, taken: str) -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != JSON or charset not in ("utf-8", "utf8"):
        given = request.headers.get("Content-Type", "nothing")[:100]
        other = ", or that of an .xlsx workbook" if WORKBOOK in taken else ""
        detail = f"The body should have the Content-Type application/json in UTF-8{other}, not {given}."
        raise Refusal(415, detail, {"Accept-Post": taken})


def _parse(body: bytes) -> Any:
    try:
        return parse_json(body)
    except InvalidProblem as error:
        faults = [fault.as_dict() for fault in error.errors]
        raise Refusal(400, f"The body {error.errors[0].message}.", errors=faults) from None


def _check_entries(data: Any, most: int) -> None:
    waiting = [data]
    while waiting:
        part = waiting.pop()
        if len(part) > most:
            limit = {"name": "entries", "most": most, "variable": "OREMIX_MAX_ENTRIES"}
            detail = f"A list or object of the problem has {len(part):,} entries; this server's limit is {most:,}."
            raise Refusal(413, detail, limit=limit)
        inner = part.values() if isinstance(part, dict) else part
        waiting += [entry for entry in inner if isinstance(entry, HOLDERS)]


def discard(request: Request) -> None:
    """Read on and throw away, within bounds: a client that is still sending would not see its answer otherwise."""
    stream = request.environ.get("wsgi.input")
    if stream is None or not request.environ.get("wsgi.input_terminated"):
        return
    left = DISCARD_BYTES
    with suppress(Expired, OSError, ValueError), alarm(DISCARD_SECONDS):
        while left > 0 and (chunk := stream.read(65_536)):
            left -= len(chunk)

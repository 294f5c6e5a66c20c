"""What the operations of the OpenAPI document share: errors, headers, keys."""

from __future__ import annotations

from typing import Any

from oremix.api.errors import MEDIA_TYPE
from oremix.api.keys import SCOPES

__all__ = ["ANSWER_HEADERS", "ERRORS", "PREFIX", "SCHEMAS", "SECURITY_SCHEMES", "responses"]

PREFIX = "#/components/schemas/"
FAULT = {
    "description": "One thing wrong: in the body at `pointer` (RFC 6901), or with a query `parameter`; in a workbook at"
    " `cell`, and the pointer is into the problem that it states.",
    "type": "object",
    "properties": {
        "pointer": {"type": "string"},
        "parameter": {"type": "string"},
        "cell": {"type": "string", "description": "sheet and cell, as suppliers!D7"},
        "message": {"type": "string"},
        "value": {"description": "what was given, shortened"},
    },
    "required": ["message", "value"],
    "oneOf": [{"required": ["pointer"]}, {"required": ["parameter"]}],
}
LIMIT = {
    "description": "The limit that was passed, and the variable by which the server's operator sets it.",
    "type": "object",
    "properties": {"name": {"type": "string"}, "most": {"type": "number"}, "variable": {"type": "string"}},
    "required": ["name", "most", "variable"],
}
ERROR = {
    "description": "Problem details (RFC 9457).",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": PREFIX + "Fault"}},
        "limit": {"$ref": PREFIX + "ExceededLimit"},
        "scope": {"type": "string", "description": "what the key lacks"},
        "id": {"type": "string", "description": "under which the server's log has the reason"},
    },
    "required": ["type", "title", "status", "detail"],
}
ERRORS = {
    400: "The body is not JSON, or no workbook; the detail says where or why.",
    401: "A key is needed, and none is sent, or one that is unknown, expired or revoked.",
    403: "The key lacks the scope that this needs.",
    404: "No such example, preset or job.",
    408: "The body did not arrive in time.",
    409: "The job has no result, or none yet.",
    413: "The body, a list in it, or the linear program is above the server's limit.",
    415: "The body is not declared as what is taken.",
    421: "Without keys only requests to this machine by its own name are answered.",
    422: "The problem or a query parameter is wrong; `errors` has every fault.",
    429: "Too many jobs of this key wait.",
    500: "The server failed.",
    501: "The server is installed without what this needs; the detail says what.",
    503: "The server is busy, too slow, short of memory, without its database, or being stopped.",
    507: "The server has no room left to keep anything.",
}
ERROR_HEADERS = {
    401: ("WWW-Authenticate", "`Bearer`, and what was wrong"),
    403: ("WWW-Authenticate", "`Bearer`, and the scope that is missing"),
    415: ("Accept-Post", "what is taken"),
    429: ("Retry-After", "seconds after which to try again"),
    503: ("Retry-After", "seconds after which to try again"),
    507: ("Retry-After", "seconds after which to try again"),
}
ANSWER_HEADERS = {
    "ETag": "stands for the answer; of `solve` for the problem and how it was solved",
    "Oremix-Run": "id of the run in the record",
    "Oremix-Recorded": "when the question was first asked, where the answer is from the record",
    "Location": "where the job is",
    "X-Request-ID": "what the log calls the request: the client's own name for it, if it sent one that can stand there",
}
SCHEMAS = {"Error": ERROR, "Fault": FAULT, "ExceededLimit": LIMIT}
SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key with scopes: " + "; ".join(f"`{scope}`: {text}" for scope, text in SCOPES.items()) + ".",
    }
}


def responses() -> dict[str, Any]:
    """The errors by their statuses, and any other."""
    named = {f"Error{status}": _error(text, ERROR_HEADERS.get(status)) for status, text in ERRORS.items()}
    return named | {"Error": _error("Any other error, in the same shape.", None)}


def _error(description: str, header: tuple[str, str] | None) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": PREFIX + "Error"}}}
    described: dict[str, Any] = {"description": description, "content": content}
    if header is not None:
        name, text = header
        described["headers"] = {name: {"description": text, "schema": {"type": "string"}}}
    return described

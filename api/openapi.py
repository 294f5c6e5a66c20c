"""The OpenAPI 3.1 document, made of the same table of operations as the routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oremix.api.errors import MEDIA_TYPE
from oremix.api.jobs.seen import JOB
from oremix.api.operation import Operation
from oremix.models.schema import DIALECT, definitions

__all__ = ["document"]

PREFIX = "#/components/schemas/"
FAULT = {
    "description": "One thing wrong: in the body at `pointer` (RFC 6901), or with a query `parameter`.",
    "type": "object",
    "properties": {
        "pointer": {"type": "string"},
        "parameter": {"type": "string"},
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
        "id": {"type": "string", "description": "under which the server's log has the reason"},
    },
    "required": ["type", "title", "status", "detail"],
}
ERRORS = {
    400: "The body is not JSON; the detail says where.",
    404: "No such example, preset or job.",
    408: "The body did not arrive in time.",
    409: "The job has no result, or none yet.",
    413: "The body, a list in it, or the linear program is above the server's limit.",
    415: "The body is not declared as JSON.",
    422: "The problem or a query parameter is wrong; `errors` has every fault.",
    500: "The server failed.",
    503: "The request took too long, or the server is short of memory, or its database does not answer.",
    507: "The server has no room left to keep anything.",
}
TAGGED = {"solve", "examples", "example", "presets", "preset", "schema", "openapi"}
ON_RECORD = {"solve", "compare", "frontier", "stress", "surface"}
HEADERS = {
    "ETag": ("stands for the problem and how it was solved", TAGGED),
    "Oremix-Run": ("id of the run in the record", ON_RECORD | {"result"}),
    "Oremix-Recorded": ("when the question was first asked, where the answer is from the record", ON_RECORD),
    "Location": ("where the job is", {"submit"}),
}
OF_BODY = (400, 408, 413, 415)


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI document of some operations."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Oremix",
            "version": version,
            "description": "The lowest-cost mix of partner supply, new capacity and recycling under supply policies.",
        },
        "jsonSchemaDialect": DIALECT,
        "paths": paths,
        "components": {
            "schemas": definitions(PREFIX) | {"Error": ERROR, "Fault": FAULT, "ExceededLimit": LIMIT, "Job": JOB},
            "responses": {f"Error{status}": _error(text) for status, text in ERRORS.items()}
            | {"Error": _error("Any other error, in the same shape.")},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if parameters := [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)]:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json(operation.body)}
    return described | {"responses": _responses(operation)}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in operation.path_parameters.items()
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": option.name, "in": "query", "description": option.description, "schema": option.schema}
        for option in operation.options
    ]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": header.name, "in": "header", "description": header.description, "schema": header.schema}
        for header in operation.headers
    ]


def _responses(operation: Operation) -> dict[str, Any]:
    statuses = [
        422,
        500,
        503,
        *(OF_BODY if operation.body is not None else ()),
        *([404] if operation.path_parameters else ()),
        *([507] if operation.method == "POST" else ()),
        *operation.errors,
    ]
    content = {operation.media: {"schema": operation.answer}}
    answer = {"description": operation.summary, "headers": _headers(operation), "content": content}
    answers = {str(operation.status): answer}
    if operation.empty is not None:
        answers["204"] = {"description": operation.empty}
    errors = {str(status): {"$ref": f"#/components/responses/Error{status}"} for status in sorted(statuses)}
    return answers | errors | {"default": {"$ref": "#/components/responses/Error"}}


def _headers(operation: Operation) -> dict[str, Any]:
    return {
        name: {"description": text, "schema": {"type": "string"}}
        for name, (text, operations) in HEADERS.items()
        if operation.name in operations
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _error(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": PREFIX + "Error"}}}}

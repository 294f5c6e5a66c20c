"""The OpenAPI 3.1 document, made of the same table of operations as the routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oremix.api.body import JSON, WORKBOOK
from oremix.api.components import ANSWER_HEADERS, ERRORS, PREFIX, SCHEMAS, SECURITY_SCHEMES, responses
from oremix.api.jobs.seen import JOB
from oremix.api.operation import Operation
from oremix.models.schema import DIALECT, definitions

__all__ = ["ERRORS", "document"]

OF_BODY = (400, 408, 413, 415)
OF_KEY = (401, 403, 421)
TEXT = {"type": "string"}
TAG = {"name": "If-None-Match", "in": "header", "description": "an `ETag` that is still held", "schema": TEXT}
ANEW = {
    "name": "Cache-Control",
    "in": "header",
    "description": "`no-cache`: answer anew, not from the record",
    "schema": TEXT,
}
LINKS = {
    name: {"operationId": name, "parameters": {"id": "$response.body#/id"}}
    for name in ("job", "result", "events", "cancel")
}
TAGS = {
    "problems": "Problems and plans: solved, checked, explained.",
    "studies": "Questions about more than one plan.",
    "jobs": "Questions that take their time.",
    "reference": "What is shipped, and what the service says of itself.",
}


def document(operations: Iterable[Operation], version: str, *, keys: bool = False) -> dict[str, Any]:
    """The OpenAPI document of some operations, for a server that asks for keys or for one that does not."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, keys)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Oremix",
            "version": version,
            "description": "The lowest-cost mix of partner supply, new capacity and recycling under supply policies.",
        },
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": definitions(PREFIX) | SCHEMAS | {"Job": JOB},
            "responses": responses(),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _operation(operation: Operation, keys: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [_tag(operation)],
        "security": _security(operation, keys),
    }
    if parameters := [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)]:
        described["parameters"] = parameters
    if operation.body is not None:
        workbook = {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}} if operation.workbook else {}
        described["requestBody"] = {"required": True, "content": {JSON: _body(operation)} | workbook}
    return described | {"responses": _responses(operation)}


def _tag(operation: Operation) -> str:
    if operation.path.startswith(("/v1/jobs", "/v1/studies")):
        return operation.path.split("/")[2]
    return "reference" if operation.method == "GET" else "problems"


def _security(operation: Operation, keys: bool) -> list[dict[str, list[str]]]:
    """A key with its scope; or none, where there is nothing to guard."""
    if operation.scope is None:
        return []
    needed = [{"key": [operation.scope]}]
    return needed if keys else [{}, *needed]


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": text, "schema": TEXT}
        for name, text in operation.path_parameters.items()
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": option.name, "in": "query", "description": option.description, "schema": option.schema}
        for option in operation.options
    ]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    read = [
        {"name": header.name, "in": "header", "description": header.description, "schema": header.schema}
        for header in operation.headers
    ]
    return read + [TAG] * operation.kept + [ANEW] * operation.recorded


def _responses(operation: Operation) -> dict[str, Any]:
    statuses = [
        422,
        500,
        503,
        *(OF_BODY if operation.body is not None else ()),
        *(OF_KEY if operation.scope is not None else ()),
        *([404] if operation.path_parameters else ()),
        *([507] if operation.method == "POST" else ()),
        *operation.errors,
    ]
    content = {operation.media: {"schema": operation.answer}}
    content |= {media: {"schema": {"type": "string", "format": "binary"}} for media in operation.others}
    answer = {"description": operation.summary, "headers": _headers(operation), "content": content}
    if operation.name == "submit":
        answer["links"] = LINKS
    answers: dict[str, Any] = {str(operation.status): answer}
    if operation.empty is not None:
        answers["204"] = {"description": operation.empty}
    if operation.kept:
        answers["304"] = {"description": "It is as it was: see `If-None-Match`.", "headers": _headers(operation)}
    errors = {str(status): {"$ref": f"#/components/responses/Error{status}"} for status in sorted(statuses)}
    return answers | errors | {"default": {"$ref": "#/components/responses/Error"}}


def _headers(operation: Operation) -> dict[str, Any]:
    names = [
        *(["ETag"] if operation.kept or operation.name == "solve" else ()),
        *(["Oremix-Run", "Oremix-Recorded"] if operation.recorded else ()),
        *(["Oremix-Run"] if operation.name == "result" else ()),
        *(["Location"] if operation.name == "submit" else ()),
        "X-Request-ID",
    ]
    return {name: {"description": ANSWER_HEADERS[name], "schema": TEXT} for name in names}


def _body(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {"schema": operation.body}
    if operation.example is not None:
        described["example"] = operation.example
    return described

"""The operations that need no problem: examples, schema, the OpenAPI document, health."""

from __future__ import annotations

from flask import Response, current_app

from oremix import __version__
from oremix.api.answers import cacheable, json_answer
from oremix.api.errors import Refusal
from oremix.api.operation import Call, Operation
from oremix.models.examples import example, examples
from oremix.models.schema import schema

__all__ = ["OPERATIONS"]


def _examples(call: Call) -> Response:
    entries = [{"name": name, "title": title} for name, title in examples().items()]
    return cacheable(json_answer({"examples": entries}), call.request)


def _example(call: Call) -> Response:
    name = call.path["name"]
    names = examples()
    if name not in names:
        raise Refusal(404, f"There is no example of this name; there are: {', '.join(names)}.")
    return cacheable(json_answer(example(name)), call.request)


def _schema(call: Call) -> Response:
    return cacheable(json_answer(schema()), call.request)


def _openapi(call: Call) -> Response:
    return cacheable(json_answer(current_app.config["OREMIX_OPENAPI"]), call.request)


def _health(_call: Call) -> Response:
    response = json_answer({"status": "ok", "version": __version__})
    response.headers["Cache-Control"] = "no-store"
    return response


EXAMPLES = {
    "type": "object",
    "properties": {
        "examples": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
                "required": ["name", "title"],
            },
        }
    },
    "required": ["examples"],
}
HEALTH = {
    "type": "object",
    "properties": {"status": {"const": "ok"}, "version": {"type": "string"}},
    "required": ["status", "version"],
}
ANY_OBJECT = {"type": "object"}

OPERATIONS = (
    Operation("examples", "GET", "/v1/examples", _examples, "The problems shipped as examples.", EXAMPLES),
    Operation(
        "example",
        "GET",
        "/v1/examples/{name}",
        _example,
        "One example, as a problem.",
        {"$ref": "#/components/schemas/Problem"},
        path_parameters={"name": "name of the example"},
    ),
    Operation("schema", "GET", "/v1/schema", _schema, "JSON Schema 2020-12 of problem and plan.", ANY_OBJECT),
    Operation("openapi", "GET", "/openapi.json", _openapi, "This document.", ANY_OBJECT),
    Operation("health", "GET", "/healthz", _health, "Whether the process answers.", HEALTH),
)

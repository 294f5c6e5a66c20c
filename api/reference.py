"""The operations that need no problem: examples, schema, the OpenAPI document, health."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from oremix import __version__
from oremix.api.answers import cacheable, json_answer
from oremix.api.errors import Refusal
from oremix.api.operation import Call, Operation
from oremix.models.examples import example, examples
from oremix.models.presets import preset, presets
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


def _presets(call: Call) -> Response:
    entries = [{"name": name, "title": title} for name, title in presets().items()]
    return cacheable(json_answer({"presets": entries}), call.request)


def _preset(call: Call) -> Response:
    name = call.path["name"]
    if name not in presets():
        raise Refusal(404, f"There is no preset of this name; there are: {', '.join(presets())}.")
    return cacheable(json_answer(preset(name).to_json(indent=None)), call.request)


def _schema(call: Call) -> Response:
    return cacheable(json_answer(schema()), call.request)


def _openapi(call: Call) -> Response:
    return cacheable(json_answer(current_app.config["OREMIX_OPENAPI"]), call.request)


def _health(_call: Call) -> Response:
    response = json_answer({"status": "ok", "version": __version__})
    response.headers["Cache-Control"] = "no-store"
    return response


def _named(key: str) -> dict[str, Any]:
    """The schema of a list of names and titles."""
    entry = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
        "required": ["name", "title"],
    }
    return {"type": "object", "properties": {key: {"type": "array", "items": entry}}, "required": [key]}


HEALTH = {
    "type": "object",
    "properties": {"status": {"const": "ok"}, "version": {"type": "string"}},
    "required": ["status", "version"],
}
ANY_OBJECT = {"type": "object"}

OPERATIONS = (
    Operation(
        "examples", "GET", "/v1/examples", _examples, "The problems shipped as examples.", _named("examples"), kept=True
    ),
    Operation(
        "example",
        "GET",
        "/v1/examples/{name}",
        _example,
        "One example, as a problem.",
        {"$ref": "#/components/schemas/Problem"},
        path_parameters={"name": "name of the example"},
        kept=True,
    ),
    Operation("presets", "GET", "/v1/presets", _presets, "The policy presets shipped.", _named("presets"), kept=True),
    Operation(
        "preset",
        "GET",
        "/v1/presets/{name}",
        _preset,
        "One preset, with its rules, its source and what it leaves out.",
        {"$ref": "#/components/schemas/ShippedPreset"},
        path_parameters={"name": "name of the preset"},
        kept=True,
    ),
    Operation(
        "schema", "GET", "/v1/schema", _schema, "JSON Schema 2020-12 of what goes in and out.", ANY_OBJECT, kept=True
    ),
    Operation("openapi", "GET", "/openapi.json", _openapi, "This document.", ANY_OBJECT, kept=True, public=True),
    Operation("health", "GET", "/healthz", _health, "Whether the process answers.", HEALTH, public=True),
)

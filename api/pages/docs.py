"""The page on the API, made of the OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Response, current_app
from jinja2 import Environment, FunctionLoader, StrictUndefined

from oremix.api.answers import cacheable
from oremix.api.operation import Call, Operation
from oremix.api.pages.in_words import rows, shapes, typed, words

__all__ = ["OPERATIONS", "page"]


def _docs(call: Call) -> Response:
    document = current_app.config["OREMIX_OPENAPI"]
    kept = current_app.extensions.setdefault("oremix.docs", [])
    if not kept:
        kept.append(page(document))
    return cacheable(Response(kept[0], content_type="text/html; charset=utf-8"), call.request)


def _style(call: Call) -> Response:
    return cacheable(Response(_text("docs.css"), content_type="text/css; charset=utf-8"), call.request)


@cache
def _text(name: str) -> str:
    return (files("oremix.api.pages") / name).read_text(encoding="utf-8")


def page(document: dict[str, Any]) -> str:
    """The page on an OpenAPI document."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(_text))
    environment.filters |= {"typed": typed, "rows": rows, "shapes": shapes, "words": words, "json": _json}
    environment.trim_blocks = environment.lstrip_blocks = True
    operations = list(_operations(document))
    groups = [(tag, [one for one in operations if one["tags"] == [tag["name"]]]) for tag in document["tags"]]
    return environment.get_template("docs.html").render(
        document=document, groups=groups, schemas=document["components"]["schemas"]
    )


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation with its method and path, and its answers written out."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = {status: _answer(document, found) for status, found in operation["responses"].items()}
            scopes = [scope for need in operation["security"] for scope in need.get("key", ())]
            yield NOTHING | operation | {"method": method.upper(), "path": path, "answers": answers, "scopes": scopes}


def _answer(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return {"headers": {}, "content": {}} | answer


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


NOTHING: dict[str, Any] = {"parameters": [], "requestBody": None}
TEXT = {"type": "string"}
OPERATIONS = (
    Operation("docs", "GET", "/docs", _docs, "This API as a page.", TEXT, media="text/html", kept=True, public=True),
    Operation(
        "style",
        "GET",
        "/docs/style.css",
        _style,
        "How that page looks.",
        TEXT,
        media="text/css",
        kept=True,
        public=True,
    ),
)

"""JSON Schema as people read it: what a value is in a few words, and the fields of an object as rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

__all__ = ["Row", "Shape", "rows", "shapes", "typed", "words"]

CODE = re.compile("`([^`]+)`")

NAMES = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "null": "null"}
LIMITS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "like {}",
    "format": "{}",
}


@dataclass(frozen=True)
class Row:
    """A field of an object; that of an object inside it has its name behind a dot."""

    name: str
    type: Markup
    required: bool
    description: str


@dataclass(frozen=True)
class Shape:
    """One form that something may have."""

    type: Markup
    rows: list[Row]


def words(text: str) -> Markup:
    """A text in which what stands between backticks is code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def typed(schema: Any) -> Markup:
    """What a value is; names of schemas lead to their sections."""
    if not isinstance(schema, dict):
        return Markup("anything")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return Markup(" or ").join(map(_code, schema["enum"]))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _or(typed(one) for one in schema[choice])
    kinds = schema.get("type", [])
    return _or(_of_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or Markup("anything")


def _or(choices: Iterator[Markup]) -> Markup:
    return Markup(" or ").join(dict.fromkeys(choices))


def _of_kind(kind: str, schema: dict[str, Any]) -> Markup:
    if kind == "array":
        what = Markup("list of {}").format(typed(schema.get("items")))
    elif kind == "object":
        what = _of_object(schema)
    else:
        what = Markup(NAMES[kind])  # noqa: S704 - one of ours
    limits = [escape(text.format(schema[name])) for name, text in LIMITS.items() if name in schema and kind != "null"]
    return Markup("{} ({})").format(what, Markup(", ").join(limits)) if limits else what


def _of_object(schema: dict[str, Any]) -> Markup:
    values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    values = [value for value in values if isinstance(value, dict)]
    return Markup("object of {}").format(_or(map(typed, values))) if values else Markup("object")


def _code(value: Any) -> Markup:
    return Markup("<code>{}</code>").format(json.dumps(value, ensure_ascii=False))


def rows(schema: dict[str, Any], before: str = "") -> list[Row]:
    """The fields of an object, and of the objects that are described inside it."""
    found = []
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        found.append(Row(before + name, typed(field), required, _description(field)))
        found += rows(field, f"{before}{name}.")
    return found


def _description(field: dict[str, Any]) -> str:
    text = str(field.get("description", ""))
    default = field.get("default")
    return f"{text} (default {json.dumps(default, ensure_ascii=False)})".strip() if default is not None else text


def shapes(schema: dict[str, Any]) -> list[Shape]:
    """The forms that something may have, each with its fields."""
    return [Shape(typed(one), rows(one)) for one in schema.get("oneOf", [schema])]

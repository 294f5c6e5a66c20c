"""Writes docs/reference.md from the models and docs/api.md from OpenAPI: `python docs/site/reference.py`.

A test holds both pages against what the code says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oremix.api import Settings, create_app
from oremix.models.fields import LONGEST_ID
from oremix.models.schema import schema

DOCS = Path(__file__).parents[1]
KINDS = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "null": "null"}
BOUNDS = (
    ("minimum", "≥ {:,g}"),
    ("exclusiveMinimum", "> {:,g}"),
    ("maximum", "≤ {:,g}"),
    ("exclusiveMaximum", "< {:,g}"),
)
SIZES = (("minItems", "at least {}"), ("maxItems", "at most {}"))
LARGEST = 1e15  # said once, at the top
COMMON = ("name", "notes", "source", "assumption")
YEARS = "^[1-9][0-9]{3}$"
COUNTRY = "^[A-Z]{2}$"

PROBLEM = """\
# Every field

The fields of a problem and of a plan, as the models have them: this page is written by a program
(`docs/site/reference.py`) and tested against them. How fields are to be read where two readings would give two numbers
stands in [the format](format.md).

- **Units.** Quantities are in the material's `unit`, and capacities, limits and flows per year; money is in the
  problem's `currency`, prices per unit, in constant prices. Shares are from 0 to 1.
- **~ over time**: one number, a list with one number per period, or a map year → number. Limits hold for each number.
- A default of — means that the field may be left out; what is meant then stands in its description.
- An *id* is 1 to 100 characters on one line, a *country* two letters (ISO 3166-1 alpha-2), a *year* four digits.
- Numbers lie within ±1e15. Unknown fields are errors.
- **Everything may have** `name` and `notes` (texts for people; they change no number), `source` (ids of the problem's
  `sources`) and `assumption` (true, or a list of this object's fields, where nobody published the numbers). The tables
  leave these out.

# A problem
"""
PLAN = """\
# A plan

What `oremix solve --json` and `POST /v1/solve` give. Quantities and costs in records are per year and undiscounted, but
for `level` and `builds`.
"""
API = """\
# The API

Every call of `oremix serve`. This page is written from the service's own OpenAPI document (`docs/site/reference.py`)
and tested against it; `http://127.0.0.1:8000/docs` is the same with every schema, and `/openapi.json` is for machines.
How to use them, with curl and Python: [the service](service.md). What the fields mean: [every field](reference.md).

Bodies and answers are JSON, errors `application/problem+json` (RFC 9457) with every fault at its place. Where the
service asks for keys, `Authorization: Bearer …` carries one of the scope that the call needs
([keys](security.md#keys)).
"""


# ---------------------------------------------------------------- what a value is


def typed(described: dict[str, Any], link: str) -> str:
    """What a value is, in a few words."""
    if "$ref" in described:
        name = described["$ref"].rpartition("/")[2]
        return link.format(name, name.lower())
    if "const" in described:
        return f"`{json.dumps(described['const'])}`"
    if "enum" in described:
        return " or ".join(f"`{json.dumps(one)}`" for one in described["enum"])
    choices = described.get("anyOf") or described.get("oneOf")
    if choices:
        return _choices(choices, link)
    kinds = described.get("type", [])
    told = [_of_kind(kind, described, link) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(told) or "anything"


def _choices(choices: list[dict[str, Any]], link: str) -> str:
    if any(YEARS in one.get("patternProperties", ()) for one in choices):
        return f"{typed(choices[0], link)} ~"
    told = dict.fromkeys(typed(one, link) for one in choices if one.get("type") != "null")
    return " or ".join(told)


def _of_kind(kind: str, described: dict[str, Any], link: str) -> str:
    if described.get("pattern") == COUNTRY:
        return "country"
    if (described.get("minLength"), described.get("maxLength")) == (1, LONGEST_ID):
        return "id"
    if (described.get("minimum"), described.get("maximum")) == (1000, 9999):
        return "year"
    what = KINDS.get(kind, "")
    if kind == "array":
        what = f"list of {typed(described.get('items', {}), link)}"
    elif kind == "object":
        values = [*described.get("patternProperties", {}).values(), described.get("additionalProperties")]
        inside = [typed(one, link) for one in values if isinstance(one, dict)]
        what = f"map to {' or '.join(inside)}" if inside else "map"
    limits = _limits(described)
    return f"{what} ({', '.join(limits)})" if limits else what


def _limits(described: dict[str, Any]) -> list[str]:
    bounds = [text.format(described[name]) for name, text in BOUNDS if abs(described.get(name, LARGEST)) < LARGEST]
    sizes = [text.format(described[name]) for name, text in SIZES if name in described]
    if "maxLength" in described:
        sizes.append(f"{described.get('minLength', 0)} to {described['maxLength']:,} characters")
    return bounds + sizes


# ---------------------------------------------------------------- tables


def cell(text: str) -> str:
    """A text within a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def default(name: str, described: dict[str, Any], needed: list[str]) -> str:
    """What a field is if it is left out."""
    if name in needed:
        return "required"
    value = described.get("default")
    if value is None:
        return "none" if described.get("type") in ("array", "object") else "—"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def fields(described: dict[str, Any], link: str, *, defaults: bool) -> Iterator[str]:
    """A table of the fields of an object."""
    needed = described.get("required", [])
    yield "| field | is | default | means |" if defaults else "| field | is | means |"
    yield "|---|---|---|---|" if defaults else "|---|---|---|"
    for name, field in described.get("properties", {}).items():
        if defaults and name in COMMON and described.get("title") != "Problem":
            continue
        row = [f"`{name}`", cell(typed(field, link))]
        row += [default(name, field, needed)] if defaults else []
        yield f"| {' | '.join([*row, cell(field.get('description', ''))])} |"


def objects(whole: dict[str, Any], prefix: str, *, defaults: bool) -> Iterator[str]:
    """A section for each object that a document is made of."""
    link = f"[{{0}}](#{prefix}{{1}})"
    yield from (*fields(whole, link, defaults=defaults), "")
    for name in in_order(whole):
        described = whole["$defs"][name]
        title = described.get("description", "").split("\n\n")[0].replace("\n", " ")
        yield from (f"({prefix}{name.lower()})=", f"## {name}", "", title, "")
        if "properties" in described:
            yield from (*fields(described, link, defaults=defaults), "")
        else:
            yield from (typed(described, link), "")


def in_order(whole: dict[str, Any]) -> list[str]:
    """The names of the objects as the fields first lead to them."""
    found: dict[str, None] = {}

    def follow(described: dict[str, Any]) -> None:
        for name in re.findall(r'"#/\$defs/(\w+)"', json.dumps(described)):
            if name not in found:
                found[name] = None
                follow(whole["$defs"][name])

    follow({key: value for key, value in whole.items() if key != "$defs"})
    return list(found)


def problem_and_plan() -> str:
    """docs/reference.md."""
    lines = [PROBLEM, *objects(schema("problem"), "problem-", defaults=True)]
    lines += [PLAN, *objects(schema("plan"), "plan-", defaults=False)]
    return "\n".join(lines).rstrip() + "\n"


# ---------------------------------------------------------------- the API


def document() -> dict[str, Any]:
    """The OpenAPI document of a service that asks for keys."""
    found: dict[str, Any] = create_app(Settings()).config["OREMIX_OPENAPI"]
    return found


def api() -> str:
    """docs/api.md."""
    whole = document()
    operations = [(path, method, one) for path, methods in whole["paths"].items() for method, one in methods.items()]
    lines = [API]
    for tag in whole["tags"]:
        lines += [f"## {tag['name'].capitalize()}", "", tag["description"], ""]
        for path, method, one in operations:
            if one["tags"] == [tag["name"]]:
                lines += [*operation(whole, path, method, one)]
    lines += errors(whole, [one for _, _, one in operations])
    return "\n".join(lines).rstrip() + "\n"


def operation(whole: dict[str, Any], path: str, method: str, one: dict[str, Any]) -> Iterator[str]:
    """A call: what it takes and what it gives."""
    yield from (f"### {method.upper()} {path}", "", one["summary"], "")
    parameters = one.get("parameters", [])
    if parameters:
        yield from ("| parameter | in | is | means |", "|---|---|---|---|")
        for each in parameters:
            means = f"{each.get('description', '')}{_by_default(each['schema'])}"
            yield f"| `{each['name']}` | {each['in']} | {cell(typed(each['schema'], '`{0}`'))} | {cell(means)} |"
        yield ""
    if "requestBody" in one:
        bodies = one["requestBody"]["content"].values()
        yield from (f"Body: {', or '.join(_shape(body['schema']) for body in bodies)}", "")
    given = [f"{status} {_given(whole, answer)}" for status, answer in one["responses"].items() if status < "4"]
    errors = [status for status in one["responses"] if "4" <= status < "6"]
    scopes = [f"`{scope}`" for need in one["security"] for scope in need.get("key", ())]
    key = f" Scope of the key: {', '.join(scopes)}." if scopes else " Needs no key."
    yield from (f"Answers: {'; '.join(given)}. Errors: {', '.join(errors)}.{key}", "")


def _given(whole: dict[str, Any], answer: dict[str, Any]) -> str:
    """What an answer that is no error holds."""
    content = _resolved(whole, answer).get("content", {})
    told = [_shape(body["schema"]) if media == "application/json" else f"`{media}`" for media, body in content.items()]
    return " or ".join(told) or "without a body"


def _by_default(described: dict[str, Any]) -> str:
    return f" (default `{json.dumps(described['default'])}`)" if described.get("default") is not None else ""


def _shape(described: dict[str, Any]) -> str:
    if "properties" in described:
        inside = [f"`{name}`: {typed(field, '`{0}`')}" for name, field in described["properties"].items()]
        return f"an object of {', '.join(inside)}"
    return typed(described, "`{0}`")


def _resolved(whole: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    name: str = answer.get("$ref", "").rpartition("/")[2]
    return whole["components"]["responses"][name] if name else answer


def errors(whole: dict[str, Any], operations: list[dict[str, Any]]) -> Iterator[str]:
    """What each status says, for all calls that answer with it."""
    found: dict[str, dict[str, None]] = {}
    for one in operations:
        for status, answer in one["responses"].items():
            if "4" <= status < "6":
                said = re.sub(r"\s+", " ", _resolved(whole, answer)["description"])
                found.setdefault(status, {})[said] = None
    yield from ("## Errors", "", "| status | says |", "|---|---|")
    for status, said in sorted(found.items()):
        yield f"| {status} | {cell(' Or: '.join(said))} |"


def pages() -> dict[Path, str]:
    """Each page that is written here, by its file."""
    return {DOCS / "reference.md": problem_and_plan(), DOCS / "api.md": api()}


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")

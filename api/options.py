"""The options of a request: its query parameters, every fault of them at once."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from oremix.api.errors import invalid
from oremix.models import Fault

__all__ = ["CHEAPEST", "DETAIL", "GAP", "SOLVER", "TIME_LIMIT", "Option", "read_options", "read_values"]

NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?", re.ASCII)
SOLVERS = ("highs", "cbc")
WORDS = {"boolean": "true or false", "number": "a number", "string": "text"}


@dataclass(frozen=True)
class Option:
    """A query parameter: its name, what it means, its JSON Schema, and how it is read (ValueError: what is wrong)."""

    name: str
    description: str
    schema: dict[str, Any]
    read: Callable[[str], Any]


def _number(text: str) -> float:
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError("should be a number, not negative")
    return number


def _seconds(text: str) -> float:
    if (seconds := _number(text)) == 0:
        raise ValueError("should be above 0")
    return seconds


def _share(text: str) -> float:
    if (share := _number(text)) > 1:
        raise ValueError("should be from 0 to 1")
    return share


def _detail(text: str) -> str:
    if text not in ("auto", "full", "plan"):
        raise ValueError("should be one of auto, full, plan")
    return text


def _solver(text: str) -> str:
    if text not in SOLVERS:
        raise ValueError(f"should be one of {', '.join(SOLVERS)}")
    return text


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("should be true or false")
    return text == "true"


TIME_LIMIT = Option(
    "time_limit",
    "seconds for the solver; the server's own limit holds too",
    {"type": "number", "exclusiveMinimum": 0},
    _seconds,
)
CHEAPEST = Option(
    "cheapest",
    "true: the problem is solved too, and the plan verified beside the proven bound on its cost",
    {"type": "boolean", "default": False},
    _yes_or_no,
)
DETAIL = Option(
    "detail",
    "full: every price with its range and every unused offer; plan: without; auto: full up to 20,000 columns",
    {"enum": ["auto", "full", "plan"]},
    _detail,
)
GAP = Option(
    "gap",
    "relative distance to the best possible cost at which the solver may stop",
    {"type": "number", "minimum": 0, "maximum": 1},
    _share,
)
SOLVER = Option("solver", "what solves", {"enum": list(SOLVERS), "default": "highs"}, _solver)


def read_options(known: tuple[Option, ...], given: MultiDict[str, str]) -> dict[str, Any]:
    """The options given, read.

    Raises
    ------
    Refusal
        With every parameter that is unknown, stands twice or has a wrong value.
    """
    options = {option.name: option for option in known}
    values: dict[str, Any] = {}
    faults = []
    for name, texts in given.lists():
        try:
            values[name] = _read(options, name, texts)
        except ValueError as error:
            faults.append({"parameter": name, "message": str(error), "value": texts[0][:100]})
    if faults:
        raise invalid("the query parameters", faults)
    return values


def read_values(known: tuple[Option, ...], given: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """The options that stand in a JSON object; what is wrong with them is added to the faults, under `options`."""
    options = {option.name: option for option in known}
    values = {}
    for name, value in given.items():
        try:
            values[name] = _read(options, name, [_as_text(options.get(name), value)])
        except ValueError as error:
            faults.append(Fault(("options", name), str(error), value))
    return values


def _as_text(option: Option | None, value: Any) -> str:
    """A value of JSON as it would stand in a query; ValueError where it is of another type."""
    kind = option.schema.get("type", "string") if option is not None else "string"
    if kind == "boolean" and isinstance(value, bool):
        return str(value).lower()
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value)) if abs(value) < sys.float_info.max else "inf"
    if kind == "string" and isinstance(value, str):
        return value
    if option is None:
        return ""
    choice = option.schema.get("enum")
    raise ValueError(f"should be one of {', '.join(choice)}" if choice else f"should be {WORDS[kind]}")


def _read(options: dict[str, Option], name: str, texts: list[str]) -> Any:
    if name not in options:
        raise ValueError(f"is not known here; there are: {', '.join(options) or 'none'}")
    if len(texts) > 1:
        raise ValueError("should be given once")
    return options[name].read(texts[0])

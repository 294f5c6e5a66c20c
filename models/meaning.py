"""What a problem says, however it is written: the same for two problems that say the same.

Without what states a default; numbers in one form, values over time as one number where they never change, else one
per period; lists in one order where their order says nothing.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from oremix.models.fields import Part, Series
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["meaning"]

# Lists whose order says something: later lanes win, and the others are counted from the first.
ORDERED = ("lanes", "tiers", "build", "curve", "sizes", "ramp_up", "set")
# What may be one thing or a list of them.
ONE_OR_MORE = ("from_", "to", "source", "build")
OVER_TIME = str(Series)


def meaning(problem: Problem) -> dict[str, Any]:
    """The problem as JSON, in one form."""
    return _part(problem, problem.timeline)


class _Field(NamedTuple):
    """What a field is called, whether it is a value over time, and what it says where nothing is stated."""

    key: str
    over_time: bool
    required: bool
    default: Any


@cache
def _fields(kind: type[Part]) -> dict[str, _Field]:
    return {
        name: _Field(
            field.alias or name,
            OVER_TIME in str(field.annotation) and name != "footprint",
            field.is_required(),
            None if field.is_required() else field.get_default(call_default_factory=True),
        )
        for name, field in kind.model_fields.items()
    }


def _part(part: Part, timeline: Timeline) -> dict[str, Any]:
    """What the part states beyond the defaults; of a preset, null is a statement too."""
    found = {}
    for name, field in _fields(type(part)).items():
        if name not in part.model_fields_set:
            continue
        value = _value(name, field, getattr(part, name), timeline)
        nulled = hasattr(part, "preset") and value is None
        if field.required or nulled or value != _value(name, field, field.default, timeline):
            found[field.key] = value
    return found


def _value(name: str, field: _Field, value: Any, timeline: Timeline) -> Any:
    if value is None:
        return None
    if name == "footprint":
        return {key: _series(series, timeline) for key, series in value.items()}
    if field.over_time:
        return _series(value, timeline)
    if name in ONE_OR_MORE and not isinstance(value, list):
        value = [value]
    return _plain(name, value, timeline)


def _series(series: Series, timeline: Timeline) -> float | list[float]:
    numbers = [number + 0.0 for number in timeline.read(series)]
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _plain(name: str, value: Any, timeline: Timeline) -> Any:
    if isinstance(value, Part):
        return _part(value, timeline)
    if isinstance(value, dict):
        return {str(key): _plain(str(key), entry, timeline) for key, entry in value.items()}
    if isinstance(value, list):
        entries = [_plain(name, entry, timeline) for entry in value]
        numbers = any(isinstance(entry, int | float) for entry in value)
        return entries if name in ORDERED or numbers else sorted(entries, key=lambda e: json.dumps(e, sort_keys=True))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) + 0.0  # -0.0 is 0
    return value

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


class _Kind(NamedTuple):
    """The fields of a class of parts; of a preset, null is a statement too."""

    fields: dict[str, _Field]
    is_preset: bool


# What a default means is the same in any year.
ANY_YEAR = Timeline.of(None, None, 0.0)
in_order = json.JSONEncoder(sort_keys=True).encode


@cache
def _kind(kind: type[Part]) -> _Kind:
    fields = {}
    for name, field in kind.model_fields.items():
        over_time = OVER_TIME in str(field.annotation) and name != "footprint"
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        meant = _value(name, over_time, default, ANY_YEAR)
        fields[name] = _Field(field.alias or name, over_time, field.is_required(), meant)
    return _Kind(fields, "preset" in fields)


def _part(part: Part, timeline: Timeline) -> dict[str, Any]:
    """What the part states beyond the defaults."""
    found = {}
    fields, is_preset = _kind(type(part))
    said = part.__dict__
    for name in part.model_fields_set:
        field = fields[name]
        value = _value(name, field.over_time, said[name], timeline)
        if field.required or (is_preset and value is None) or value != field.default:
            found[field.key] = value
    return found


def _value(name: str, over_time: bool, value: Any, timeline: Timeline) -> Any:
    if value is None:
        return None
    if name == "footprint":
        return {key: _series(series, timeline) for key, series in value.items()}
    if over_time:
        return _series(value, timeline)
    if name in ONE_OR_MORE and not isinstance(value, list):
        value = [value]
    return _plain(name, value, timeline)


def _series(series: Series, timeline: Timeline) -> float | list[float]:
    if isinstance(series, int | float):
        return series + 0.0
    numbers = [number + 0.0 for number in timeline.read(series)]
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _plain(name: str, value: Any, timeline: Timeline) -> Any:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, Part):
        return _part(value, timeline)
    if isinstance(value, dict):
        return {str(key): _plain(str(key), entry, timeline) for key, entry in value.items()}
    if isinstance(value, list):
        entries = [entry if isinstance(entry, str) else _plain(name, entry, timeline) for entry in value]
        if len(entries) < 2 or name in ORDERED or any(isinstance(entry, int | float) for entry in value):
            return entries
        return sorted(entries, key=in_order)
    return float(value) + 0.0 if isinstance(value, int | float) else value  # -0.0 is 0

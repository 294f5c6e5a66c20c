"""What a problem says, however it is written: the same for two problems that say the same.

Without what states a default; numbers in one form, values over time as one number where they never change, else one
per period; lists in one order where their order says nothing.
"""

from __future__ import annotations

from functools import cache
from json.encoder import encode_basestring_ascii as quoted
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


def meaning(problem: Problem) -> str:
    """The problem as JSON, in one form: keys in order, no spaces."""
    return _part(problem, problem.timeline)


class _Field(NamedTuple):
    """A field's key as text, what it can hold, and the text of what it says where nothing is stated."""

    key: str
    over_time: bool
    one_or_more: bool
    required: bool
    default: str


class _Kind(NamedTuple):
    """The fields of a class of parts; of a preset, null is a statement too."""

    fields: dict[str, _Field]
    is_preset: bool


# What a default means is the same in any year.
ANY_YEAR = Timeline.of(None, None, 0.0)
CONSTANTS = {None: "null", True: "true", False: "false"}
NUMBERS = (int, float)


@cache
def _kind(kind: type[Part]) -> _Kind:
    fields = {}
    for name, field in kind.model_fields.items():
        key, over_time = quoted(field.alias or name) + ":", OVER_TIME in str(field.annotation) and name != "footprint"
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        meant = _value(name, over_time, default, ANY_YEAR)
        fields[name] = _Field(key, over_time, name in ONE_OR_MORE, field.is_required(), meant)
    return _Kind(fields, "preset" in fields)


def _part(part: Part, timeline: Timeline) -> str:
    """What the part states beyond the defaults."""
    found = []
    fields, is_preset = _kind(type(part))
    said = part.__dict__
    for name in part.__pydantic_fields_set__:
        key, over_time, one_or_more, required, default = fields[name]
        value = said[name]
        if type(value) is float:
            text = repr(value + 0.0)
        elif type(value) is str:
            text = "[" + quoted(value) + "]" if one_or_more else quoted(value)
        else:
            text = _value(name, over_time, value, timeline)
        if text != default or required or (is_preset and value is None):
            found.append(key + text)
    found.sort()
    return "{" + ",".join(found) + "}"


def _value(name: str, over_time: bool, value: Any, timeline: Timeline) -> str:
    if value is None:
        return "null"
    if name == "footprint":
        return _object({key: _series(series, timeline) for key, series in value.items()})
    if over_time:
        return _series(value, timeline)
    if name in ONE_OR_MORE and not isinstance(value, list):
        value = [value]
    return _plain(name, value, timeline)


def _series(series: Series, timeline: Timeline) -> str:
    if isinstance(series, int | float):
        return repr(series + 0.0)
    numbers = [repr(number + 0.0) for number in timeline.read(series)]
    return numbers[0] if len(set(numbers)) == 1 else _list(numbers)


def _plain(name: str, value: Any, timeline: Timeline) -> str:
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return CONSTANTS[value]
    if isinstance(value, Part):
        return _part(value, timeline)
    if isinstance(value, dict):
        return _object({str(key): _plain(str(key), entry, timeline) for key, entry in value.items()})
    if isinstance(value, list):
        entries = [
            _part(entry, timeline) if isinstance(entry, Part) else _plain(name, entry, timeline) for entry in value
        ]
        counted = len(entries) < 2 or name in ORDERED or any(isinstance(entry, NUMBERS) for entry in value)
        return _list(entries if counted else sorted(entries))
    return repr(float(value) + 0.0)  # -0.0 is 0


def _list(texts: list[str]) -> str:
    return "[" + ",".join(texts) + "]"


def _object(texts: dict[str, str]) -> str:
    return "{" + ",".join(quoted(key) + ":" + texts[key] for key in sorted(texts)) + "}"

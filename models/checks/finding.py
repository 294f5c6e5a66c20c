"""What a check finds: where, what, and the value as given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

from oremix.models.errors import InvalidProblem
from oremix.models.fields import Part, Series
from oremix.models.timeline import Timeline

__all__ = ["Finding", "Path", "in_short", "ordered", "parts", "under"]

SHOWN = 3

Path = tuple[str | int, ...]
Finding = tuple[Path, str, Any]


def under(path: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of a part, with the part's own path before theirs."""
    for inner, message, value in findings:
        yield (*path, *inner), message, value


def in_short(error: InvalidProblem) -> str:
    """The first of many faults, in a line."""
    said = "; ".join(f"{fault.pointer}: {fault.message}" for fault in error.errors[:SHOWN])
    return said + (f", and {len(error.errors) - SHOWN} more" if len(error.errors) > SHOWN else "")


def parts(part: Part, path: Path = ()) -> list[tuple[Path, Part]]:
    """A part and all parts inside it, with their paths."""
    found = [(path, part)]
    for name, key in _holders(type(part)):
        value = getattr(part, name)
        if isinstance(value, list):
            for position, entry in enumerate(value):
                if isinstance(entry, Part):
                    found += parts(entry, (*path, key, position))
        elif isinstance(value, Part):
            found += parts(value, (*path, key))
    return found


@cache
def _holders(kind: type[Part]) -> list[tuple[str, str]]:
    """The fields of a kind of part that can hold parts, with their keys."""
    return [
        (name, field.alias or name)
        for name, field in kind.model_fields.items()
        if any(isinstance(held, type) and issubclass(held, Part) for held in _within(field.annotation))
    ]


def _within(annotation: Any) -> Iterator[Any]:
    """A type and all types that it is made of."""
    yield annotation
    for inner in get_args(annotation):
        yield from _within(inner)


def ordered(timeline: Timeline, name: str, low: Series | None, high: Series | None) -> Iterator[Finding]:
    """A lower bound above its upper bound, in any period where both can be read."""
    if low is None or high is None or any(isinstance(s, list) and len(s) != len(timeline) for s in (low, high)):
        return
    for start, least, most in zip(timeline.starts, timeline.read(low), timeline.read(high), strict=True):
        if least > most:
            when = "" if timeline.typical else f" in {start}"
            yield (name,), f"is above the upper bound {most:g}{when}", least
            return

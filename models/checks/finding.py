"""What a check finds: where, what, and the value as given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from oremix.models.fields import Part, Series
from oremix.models.timeline import Timeline

__all__ = ["Finding", "Path", "ordered", "parts", "under"]

Path = tuple[str | int, ...]
Finding = tuple[Path, str, Any]


def under(path: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of a part, with the part's own path before theirs."""
    for inner, message, value in findings:
        yield (*path, *inner), message, value


def parts(part: Part, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """A part and all parts inside it, with their paths."""
    yield path, part
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        key = field.alias or name
        if isinstance(value, Part):
            yield from parts(value, (*path, key))
        elif isinstance(value, list) and value and isinstance(value[0], Part):
            for position, entry in enumerate(value):
                yield from parts(entry, (*path, key, position))


def ordered(timeline: Timeline, name: str, low: Series | None, high: Series | None) -> Iterator[Finding]:
    """A lower bound above its upper bound, in any period where both can be read."""
    if low is None or high is None or any(isinstance(s, list) and len(s) != len(timeline) for s in (low, high)):
        return
    for start, least, most in zip(timeline.starts, timeline.read(low), timeline.read(high), strict=True):
        if least > most:
            when = "" if timeline.typical else f" in {start}"
            yield (name,), f"is above the upper bound {most:g}{when}", least
            return

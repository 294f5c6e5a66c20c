"""The numbers of a problem that its user stated, one input for each part and field, and the changes that move them."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

from oremix.models.chain import Facility, Lane
from oremix.models.changes import changed_parts
from oremix.models.errors import InvalidProblem
from oremix.models.fields import Part
from oremix.models.problem import Problem
from oremix.models.scenarios import Change

__all__ = ["RATE", "Input", "Moved", "inputs_of", "moved"]

LISTS: tuple[str, ...] = get_args(Change.model_fields["on"].annotation)
RATE = "discount_rate"
# Years, which periods step over: inputs only where they are named as assumptions.
DURATIONS = {"lead_time", "life", "after_years"}
# What says how something is measured, and is no datum.
MEASURES = {"weight"}
# The most that a share, or a loss, can be.
CEILINGS = (1.0, 0.99999999)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Input:
    """A field of a part, with all numbers in it: of a series all years, of a list every entry.

    Attributes
    ----------
    on
        The list that the part is in; `problem`: the discount rate.
    where
        What tells the part from all others, as a change has it.
    field
        As a change has it.
    label
        What people call it.
    values
        Its numbers as stated.
    marked
        Whether any of them is marked as an assumption.
    position
        Of the part in its list; none: a group of parts, moved as a scenario moves them.
    years
        Between which a group moves.
    """

    on: str
    where: dict[str, Any]
    field: str
    label: str
    values: tuple[float, ...]
    marked: bool
    position: int | None = 0
    years: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """An input that was moved: the changes, or the discount rate that it is now; `clipped` says what kept it back."""

    changes: tuple[Change, ...] = ()
    rate: float | None = None
    clipped: str | None = None


def inputs_of(problem: Problem, *, defaults: bool = False) -> list[Input]:
    """Every input, in the order of the lists.

    Numbers that are 0 do not move by per cent and are none, nor are years. Parts that nothing tells apart are one.

    Parameters
    ----------
    defaults
        Whether numbers that are not stated, such as a recovery of 1, are inputs too.
    """
    found: dict[tuple[str, str], Input] = {}
    for entry in _all(problem, defaults):
        known = found.get((entry.on, entry.label))
        if known is None:
            found[entry.on, entry.label] = entry
        elif known.where == entry.where:
            both = replace(known, values=known.values + entry.values, marked=known.marked or entry.marked)
            found[entry.on, entry.label] = both
        else:
            label = f"{entry.label} [{(entry.position or 0) + 1}]"
            found[entry.on, label] = replace(entry, label=label)
    return list(found.values())


def _all(problem: Problem, defaults: bool) -> Iterator[Input]:
    for name in LISTS:
        entries: list[Part] = getattr(problem, name)
        for position, (part, alike) in enumerate(zip(entries, _alike(entries), strict=True)):
            where = _told_apart(part, alike)
            for path, numbers in _merged(_numbers(part, (), _Marks(), defaults)).items():
                if any(numbers.values):
                    label = f"{'.'.join(path)} of {_called(problem, part, position)}"
                    yield Input(name, where, ".".join(path), label, tuple(numbers.values), numbers.marked, position)
    if problem.discount_rate:
        marked = problem.assumption is True or (isinstance(problem.assumption, list) and RATE in problem.assumption)
        yield Input("problem", {}, RATE, "the discount rate", (problem.discount_rate,), marked)


def _called(problem: Problem, part: Part, position: int) -> str:
    """A name for people: the id, with the country where it stands."""
    if isinstance(part, Lane):
        ends = ", ".join(part.origins) + " to " + ", ".join(part.destinations)
        what = f" for {', '.join(part.materials)}" if part.materials else ""
        return f"lane {part.id}" if part.id else f"lane {ends}{what}"
    name = getattr(part, "id", None) or getattr(part, "preset", None)
    at = getattr(part, "at", None)
    if at is None:
        return str(name or position + 1)
    country = problem.network.geography.country(at)
    return f"{name} ({country})" if name else f"stock of {getattr(part, 'material', '')} ({at})"


# ---------------------------------------------------------------- the numbers within a part


@dataclass
class _Numbers:
    values: list[float] = dataclasses.field(default_factory=list)
    marked: bool = False


@dataclass(frozen=True)
class _Marks:
    """Whether what is looked at is marked as an assumption, and by the name of its field."""

    marked: bool = False
    named: bool = False

    def within(self, part: Part, name: str) -> _Marks:
        named = isinstance(part.assumption, list) and name in part.assumption
        return _Marks(self.marked or named or part.assumption is True, self.named or named)


Found = Iterator[tuple[Path, list[float], _Marks]]


def _merged(found: Found) -> dict[Path, _Numbers]:
    """Path → its numbers, wherever they stand: recipes, builds and tiers together."""
    paths: dict[Path, _Numbers] = {}
    for path, values, marks in found:
        numbers = paths.setdefault(path, _Numbers())
        numbers.values += values
        numbers.marked = numbers.marked or marks.marked
    return paths


def _numbers(part: Part, path: Path, marks: _Marks, defaults: bool) -> Found:
    for name, info in type(part).model_fields.items():
        inner = marks.within(part, name)
        if name in MEASURES or (name in DURATIONS and not inner.named):
            continue
        if name in part.model_fields_set or defaults:
            yield from _of_value(getattr(part, name), (*path, info.alias or name), inner, defaults)


def _of_value(value: Any, path: Path, marks: _Marks, defaults: bool) -> Found:
    if isinstance(value, float):
        yield path, [value], marks
    elif isinstance(value, Part):
        yield from _numbers(value, path, marks, defaults)
    elif isinstance(value, list):
        for entry in value:
            yield from _of_value(entry, path, marks, defaults)
    elif isinstance(value, dict):
        for key, entry in value.items():
            inner = (*path, key) if path[-1] == "footprint" else path
            yield from _of_value(entry, inner, marks, defaults)


# ---------------------------------------------------------------- which part

# What a part without an id is about, most of it.
ABOUT = ("preset", "from_", "to", "materials", "country", "place", "material", "from_year", "until_year")


def _alike(entries: list[Part]) -> list[list[Part]]:
    """For each part those that have its id, or without one are about the same."""
    keys = [repr(getattr(part, "id", None) or [getattr(part, name, None) for name in ABOUT]) for part in entries]
    groups: dict[str, list[Part]] = defaultdict(list)
    for key, part in zip(keys, entries, strict=True):
        groups[key].append(part)
    return [groups[key] for key in keys]


def _told_apart(part: Part, alike: list[Part]) -> dict[str, Any]:
    """Fields that no other part of the list has alike: the id, else what it is about, else all that it states."""
    if getattr(part, "id", None):
        return {"id": part.id}  # type: ignore[attr-defined]
    keys = {name: info.alias or name for name, info in type(part).model_fields.items()}
    chosen = [name for name in ABOUT if name in keys]
    stated = [name for name in part.model_fields_set if not isinstance(getattr(part, name), dict)]
    for name in sorted(set(stated) - set(chosen)):
        if len(alike) == 1:
            break
        chosen.append(name)
        alike = [other for other in alike if getattr(other, name) == getattr(part, name)]
    return {keys[name]: getattr(part, name) for name in chosen if _selects(part, name)}


def _selects(part: Part, name: str) -> bool:
    """Whether a field can be told in a change: where a part stands is one of two fields."""
    return getattr(part, name) is not None or name not in ("country", "place", "preset")


# ---------------------------------------------------------------- moving them


def moved(problem: Problem, entry: Input, factor: float) -> Moved:
    """The changes that multiply an input, or as much of it as can be.

    Raises
    ------
    InvalidProblem
        It cannot be moved at all: what would be wrong.
    """
    if entry.on == "problem":
        rate = min(entry.values[0] * factor, 1.0)
        return Moved(rate=rate, clipped=None if rate < 1 else "kept at 1, the most there can be")
    if factor == 1:
        return Moved()
    changes = _changes(problem, entry, factor)
    try:
        changed_parts(problem, list(changes))
    except InvalidProblem:
        clipped = _clipped(problem, entry, factor)
        if clipped is None:
            raise
        return clipped
    return Moved(changes)


def _changes(problem: Problem, entry: Input, factor: float) -> tuple[Change, ...]:
    part = None if entry.position is None else getattr(problem, entry.on)[entry.position]
    if isinstance(part, Facility) and entry.field == "capacity":
        return tuple(_of_capacity(problem, entry, part, factor))
    return (_change(entry, times=factor),)


def _change(entry: Input, **what: Any) -> Change:
    return Change.model_validate({"on": entry.on, "where": entry.where, "field": entry.field, **entry.years, **what})


def _of_capacity(problem: Problem, entry: Input, part: Facility, factor: float) -> Iterator[Change]:
    """A scenario's `times` would be of what is built too: this is of the number stated."""
    timeline = problem.timeline
    stated = timeline.read(part.capacity or 0.0)
    if len(set(stated)) == 1:
        yield _change(entry, plus=(factor - 1) * stated[0])
        return
    for start, capacity in zip(timeline.starts, stated, strict=True):
        if capacity:
            yield _change(entry, plus=(factor - 1) * capacity, from_year=start, until_year=start)


def _clipped(problem: Problem, entry: Input, factor: float) -> Moved | None:
    """As far as shares can go: every number by itself, of fields within fields all by the same factor."""
    for ceiling in CEILINGS if entry.position is not None else ():
        if not max(entry.values) <= ceiling < max(entry.values) * factor:
            continue
        if "." in entry.field:
            most = ceiling / max(entry.values)
            while max(entry.values) * most > ceiling:
                most = math.nextafter(most, 0.0)
            change = _change(entry, times=most)
        else:
            value = getattr(getattr(problem, entry.on)[entry.position], entry.field)
            change = _change(entry, set=_up_to(value, factor, ceiling))
        try:
            changed_parts(problem, [change])
        except InvalidProblem:
            continue
        return Moved((change,), clipped=f"kept at {ceiling:g}, the most there can be")
    return None


def _up_to(value: Any, factor: float, ceiling: float) -> Any:
    if isinstance(value, list):
        return [_up_to(entry, factor, ceiling) for entry in value]
    if isinstance(value, dict):
        return {key: _up_to(entry, factor, ceiling) for key, entry in value.items()}
    return min(value * factor, ceiling)

"""A problem with its data changed: what a scenario says, written into the document and checked like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oremix.models.chain import Build, CurvePoint, Facility, Recipe, Return, Tier
from oremix.models.fields import Location, Part, Series, Triple, faults_error, is_over_time
from oremix.models.scenarios import Change

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["changed", "changed_document"]

Document = dict[str, Any]

INNER: dict[str, type[Part]] = {
    "build": Build,
    "recipes": Recipe,
    "tiers": Tier,
    "returns": Return,
    "curve": CurvePoint,
    "sizes": CurvePoint,
}


def changed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem after changes, made in their order; it has no scenarios of its own.

    Raises
    ------
    pydantic.ValidationError
        A change cannot be made, or what comes out is no valid problem.
    """
    document, findings = changed_document(problem, changes)
    if findings:
        raise faults_error("changes", findings)
    return type(problem).model_validate(document)


def changed_document(problem: Problem, changes: Iterable[Change]) -> tuple[Document, list[Triple]]:
    """The document after changes, unchecked, and what is wrong with the changes, each under its number."""
    editor = _Editor(problem)
    findings: list[Triple] = []
    for number, change in enumerate(changes):
        findings += [((number, *path), message, value) for path, message, value in editor.apply(change)]
    return editor.document, findings


@dataclass(frozen=True)
class _Target:
    """A field to be changed: the object that holds it, its key, its class's default, whether it varies over time."""

    holder: Document
    key: str
    default: Any
    over_time: bool

    @property
    def value(self) -> Any:
        """What it says now."""
        return self.holder.get(self.key, self.default)


class _Editor:
    """A document under change."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.timeline = problem.timeline
        self.document: Document = problem.model_dump(by_alias=True, exclude_unset=True, exclude={"scenarios"})

    def apply(self, change: Change) -> Iterator[Triple]:
        if change.add is not None:
            self.document.setdefault(change.on, []).append(change.add)
            return
        if self.timeline.typical and (change.from_year is not None or change.until_year is not None):
            yield ("from_year",), "is a year, but the problem has no `periods`", change.from_year or change.until_year
            return
        periods = [t for t in self.timeline if self.timeline.within(t, change.from_year, change.until_year)]
        wrong = [name for name in change.where if not any(_has(part, name) for part in self._parts(change))]
        for name in wrong if self._parts(change) else ():
            yield ("where", name), f"is no field of {change.on}", change.where[name]
        found = [] if wrong else [n for n, part in enumerate(self._parts(change)) if self._matches(part, change)]
        if not found and not wrong:
            yield ("where",), f"matches none of the {change.on}", change.where
        if not periods:
            yield ("from_year",), "holds in no period: none starts within these years", change.from_year
            return
        for number in reversed(found):  # a lane's closure is added after it
            yield from self._change(change, number, periods)

    def _parts(self, change: Change) -> list[Any]:
        parts: list[Any] = getattr(self.problem, change.on)
        return parts

    # ---------------------------------------------------------------- which parts

    def _matches(self, part: Part, change: Change) -> bool:
        return all(self._is(part, name, value) for name, value in change.where.items())

    def _is(self, part: Part, name: str, wanted: Any) -> bool:
        """Whether a part has a value, or one of a list of them; a country may stand for a place, a group for it."""
        network = self.problem.network
        if name == "country" and isinstance(part, Location):
            return network.geography.covers(_listed(wanted), part.at)
        if name == "owner" and isinstance(part, Facility):
            members = network.geography.members(_listed(wanted))
            return network.origins[part.id].owner in members
        stated = getattr(part, _attribute(part, name), None)
        if isinstance(stated, list):
            return sorted(map(str, stated)) == sorted(map(str, _listed(wanted)))
        return stated in wanted if isinstance(wanted, list) else bool(stated == wanted)

    # ---------------------------------------------------------------- what changes

    def _change(self, change: Change, number: int, periods: list[int]) -> Iterator[Triple]:
        part, entry = self._parts(change)[number], self.document[change.on][number]
        limited = len(periods) < len(self.timeline)
        field = str(change.field)
        if field == "id":
            yield ("field",), "cannot change: other parts name it", field
        elif field == "capacity" and isinstance(part, Facility):
            yield from self._make_less(part, entry, change, periods)
        elif field == "closed" and limited:
            span = {"from_year": change.from_year, "until_year": change.until_year}
            rule = {name: entry[name] for name in ("from", "to", "materials") if name in entry}
            years = {name: year for name, year in span.items() if year is not None}
            self.document["lanes"].insert(number + 1, {**rule, **years, "closed": change.set})
        else:
            targets = list(_targets(entry, type(part), field.split(".")))
            if not targets:
                label = getattr(part, "id", None) or f"{change.on} {number + 1}"
                yield ("field",), f"is no field that {label} has", field
            for target in targets:
                yield from self._write(target, change, periods)

    def _make_less(self, part: Facility, entry: Document, change: Change, periods: list[int]) -> Iterator[Triple]:
        """What can be made, existing and built: a factor on both; a sum on what exists; a value for both together."""
        capacity = _Target(entry, "capacity", 0.0 if part.builds else None, over_time=True)
        holders = [entry, *_listed(entry.get("build"))]
        shares = [_Target(holder, "availability", 1.0, over_time=True) for holder in holders]
        if change.times is not None:
            for share in shares:
                yield from self._write(share, change, periods)
        elif capacity.value is not None or change.plus is None:
            yield from self._write(capacity, change, periods)
            for number, share in enumerate(shares if change.plus is None else ()):
                self._set(share, 0.0 if number else 1.0, periods)

    def _write(self, target: _Target, change: Change, periods: list[int]) -> Iterator[Triple]:
        value = target.value
        limited = len(periods) < len(self.timeline)
        if limited and not target.over_time:
            yield ("from_year",), f"`{target.key}` is one value for all years; leave the years out", change.field
        elif change.times is None and change.plus is None:
            if limited and value is None:
                yield ("field",), f"`{target.key}` is not stated for the other years; state it in the problem", None
            else:
                self._set(target, change.set, periods)
        elif value is None:
            yield ("field",), f"`{target.key}` is not stated where it should change; use `set`", change.field
        elif isinstance(value, list | dict) and not target.over_time:
            yield ("field",), f"`{target.key}` is no number; name a field within it, as build.unit_capex", change.field
        elif isinstance(value, bool) or not isinstance(value, int | float | list | dict):
            yield ("field",), f"`{target.key}` is no number; use `set`", value
        else:
            old = self.timeline.read(value) if target.over_time or isinstance(value, list | dict) else [value]
            factor, amount = (1.0, change.plus) if change.times is None else (change.times, 0.0)
            new = [value * factor + (amount or 0.0) for value in old]
            target.holder[target.key] = _merged(old, new, periods if target.over_time else [0])

    def _set(self, target: _Target, value: Any, periods: list[int]) -> None:
        if len(periods) == len(self.timeline):
            target.holder[target.key] = value
        else:
            new = self.timeline.read(_readable(value))
            target.holder[target.key] = _merged(self.timeline.read(target.value), new, periods)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _readable(value: Any) -> Series:
    """A value over time as it may be set; whatever else it is, the check of the document will say."""
    if isinstance(value, dict):
        return {int(year): number for year, number in sorted(value.items())}
    return value  # type: ignore[no-any-return]


def _merged(old: list[float], new: list[float], periods: list[int]) -> float | list[float]:
    merged = [new[t] if t in periods else value for t, value in enumerate(old)]
    return merged[0] if len(set(merged)) == 1 else merged


def _attribute(part: Part, key: str) -> str:
    """The attribute that a key of the document is read into."""
    fields = type(part).model_fields
    return next((name for name, field in fields.items() if (field.alias or name) == key), key)


def _has(part: Part, key: str) -> bool:
    return _attribute(part, key) in type(part).model_fields


def _targets(holder: Document, kind: type[Part], steps: list[str]) -> Iterator[_Target]:
    """Every place that a dotted name leads to: `unit_cost`, `build.unit_capex`, `footprint.co2e_t`."""
    fields = {field.alias or name: field for name, field in kind.model_fields.items()}
    first, rest = steps[0], steps[1:]
    field = fields.get(first)
    if field is None:
        return
    if not rest:
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        yield _Target(holder, first, default, is_over_time(field) and first != "footprint")
        return
    inner = holder.get(first)
    if isinstance(inner, dict) and first not in INNER:
        if len(rest) == 1 and rest[0] in inner:
            yield _Target(inner, rest[0], None, is_over_time(field))
        return
    for entry in _listed(inner):
        yield from _targets(entry, INNER.get(first, Part), rest)

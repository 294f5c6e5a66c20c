"""Changes to a problem's data: which parts one is about, and what it makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from oremix.models.chain import Facility, Lane
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.fields import Part, Series
from oremix.models.files import checked
from oremix.models.problem import Problem
from oremix.models.scenarios import Change
from oremix.models.timeline import Timeline

__all__ = ["Parts", "at_rate", "changed", "changed_parts", "read_changes"]

Parts = dict[str, list[Part]]
"""Lists of a problem, by their keys."""

OVER_TIME = str(Series)
# What a plan is made without.
FOR_STUDIES = ("scenarios", "uncertainties")
# Where nothing is stated there is no limit, and none of no limit is nothing.
LIMITS = ("capacity", "quantity", "fill_max", "draw_max", "surplus_max", "reserve")


def read_changes(data: Iterable[Change | dict[str, Any]]) -> list[Change]:
    """Make changes of dicts.

    Raises
    ------
    InvalidProblem
        With every fault found, under `changes`.
    """
    changes: list[Change] = []
    faults: list[Fault] = []
    for number, entry in enumerate(data):
        try:
            changes.append(entry if isinstance(entry, Change) else checked(Change, entry))
        except InvalidProblem as error:
            faults += [Fault(("changes", number, *fault.path), fault.message, fault.value) for fault in error.errors]
    if faults:
        raise InvalidProblem(faults)
    return changes


def changed(problem: Problem, changes: Iterable[Change | dict[str, Any]]) -> Problem:
    """The problem with changes made one after the other, checked like any other.

    Raises
    ------
    InvalidProblem
        A change that is about nothing or cannot be made, or what is wrong with the problem that it makes.
    """
    parts = changed_parts(problem, read_changes(changes))
    return problem if not parts else with_parts(problem, parts)


def with_parts(problem: Problem, parts: Parts) -> Problem:
    """The problem with lists replaced, and without scenarios and uncertainties of its own.

    Raises
    ------
    InvalidProblem
        What is wrong with it.
    """
    lists = {
        name: [part.model_dump(by_alias=True, exclude_unset=True) for part in entries]
        for name, entries in parts.items()
    }
    return _anew(problem, lists)


def at_rate(problem: Problem, rate: float) -> Problem:
    """The problem with another discount rate, and without scenarios and uncertainties of its own.

    Raises
    ------
    InvalidProblem
        What is wrong with it.
    """
    return _anew(problem, {"discount_rate": rate})


def _anew(problem: Problem, changed: dict[str, Any]) -> Problem:
    stated = problem.model_dump(by_alias=True, exclude_unset=True, exclude={*changed, *FOR_STUDIES})
    return checked(Problem, stated | changed)


def changed_parts(problem: Problem, changes: list[Change]) -> Parts:
    """The lists with the parts that changes are about; each part is checked by itself, not yet beside the others.

    Raises
    ------
    InvalidProblem
        A change that is about nothing, or that cannot be made.
    """
    parts: Parts = {}
    faults: list[Fault] = []
    for number, change in enumerate(changes):
        entries = parts.get(change.on) or list(getattr(problem, change.on))
        try:
            parts[change.on] = _made(problem, entries, change)
        except InvalidProblem as error:
            faults += [Fault(("changes", number, *fault.path), fault.message, fault.value) for fault in error.errors]
    if faults:
        raise InvalidProblem(faults)
    return parts


def _made(problem: Problem, entries: list[Part], change: Change) -> list[Part]:
    """The parts after one change."""
    if change.add is not None:
        return [*entries, *_added(change)]
    if problem.timeline.typical and (change.from_year is not None or change.until_year is not None):
        raise _wrong("from_year", "is of no use without `periods`: there is one typical year", change.from_year)
    chosen = _chosen(problem, entries, change)
    if not _during(change, problem.timeline):
        raise _wrong("from_year", "leaves no period: none starts in these years", change.from_year)
    result: list[Part] = []
    for entry in entries:
        is_meant = any(entry is other for other in chosen) and _reaches(entry, change.field)
        result += _changed(entry, change, problem.timeline) if is_meant else [entry]
    is_same = len(result) == len(entries) and all(a is b for a, b in zip(result, entries, strict=True))
    if is_same and "set" not in change.model_fields_set and not any(_states(entry, change.field) for entry in chosen):
        raise _wrong("field", f"is stated by none of these {change.on}, so nothing would change", change.field)
    return result


def _chosen(problem: Problem, entries: list[Part], change: Change) -> list[Part]:
    """The parts that a change is about, of which some have its field."""
    chosen = [entry for entry in entries if _is_meant(problem, entry, change)]
    unknown = [key for key in change.where if entries and not any(_named(entry, key) for entry in entries)]
    if unknown:
        raise _wrong("where", f"names no field of {change.on}: {', '.join(unknown)}", change.where)
    if not chosen:
        raise _wrong("where", f"fits none of the {change.on}", change.where)
    if change.field == "id":
        raise _wrong("field", "cannot change: other parts name it", change.field)
    if not any(_named(entry, change.field) for entry in chosen):
        raise _wrong("field", f"is no field of these {change.on}", change.field)
    if not any(_reaches(entry, change.field) for entry in chosen):
        raise _wrong("field", f"is no field that {_called(chosen[0])} has", change.field)
    return chosen


def _added(change: Change) -> list[Part]:
    """The part that a change puts after the others."""
    try:
        return list(_reader(change.on).validate_python([change.add]))
    except ValidationError as error:
        lines = [(tuple(line["loc"])[1:], str(line["msg"]), line["input"]) for line in error.errors(include_url=False)]
        raise InvalidProblem([Fault(("add", *path), message, value) for path, message, value in lines]) from None


@cache
def _reader(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(Problem.model_fields[kind].rebuild_annotation())


def _wrong(field: str, message: str, value: Any) -> InvalidProblem:
    return InvalidProblem([Fault((field,), message, value)])


# ---------------------------------------------------------------- which parts


def _named(part: Part, field: str) -> str | None:
    """The attribute that a document's key, or the first of its steps, stands for; none where there is no such field."""
    fields = type(part).model_fields
    return next((name for name, info in fields.items() if field.partition(".")[0] == (info.alias or name)), None)


def _reaches(part: Part, field: str) -> bool:
    """Whether a part has a field, or one within what it states in a field."""
    name, rest = _named(part, field), field.partition(".")[2]
    value = getattr(part, name) if name and rest else None
    if not rest or name is None:
        return name is not None
    if isinstance(value, list):
        return any(isinstance(entry, Part) and _reaches(entry, rest) for entry in value)
    return rest in value if isinstance(value, dict) else isinstance(value, Part) and _reaches(value, rest)


def _called(part: Part) -> str:
    return getattr(part, "id", None) or getattr(part, "name", None) or "the part"


def _states(part: Part, field: str) -> bool:
    """Whether a part has a value to be changed in a field; of capacity what can be used of it."""
    name = _named(part, field)
    return name is not None and (getattr(part, name) is not None or (name == "capacity" and isinstance(part, Facility)))


def _is_meant(problem: Problem, part: Part, change: Change) -> bool:
    return all(_fits(problem, part, field, wanted) for field, wanted in change.where.items())


def _fits(problem: Problem, part: Part, field: str, wanted: Any) -> bool:
    """Whether a part has a value, or one of a list of them.

    `country` is the one it stands in and `owner` the one that controls it, stated or not; both may be groups.
    """
    geography = problem.network.geography
    listed = wanted if isinstance(wanted, list) else [wanted]
    if field == "country" and hasattr(part, "at"):
        return geography.country(part.at) in geography.members(map(str, listed))
    if field == "owner" and isinstance(part, Facility):
        return geography.origin(part).owner in geography.members(map(str, listed))
    name = _named(part, field)
    if name is None:
        return False
    value = getattr(part, name)
    return bool(value == wanted) or (not isinstance(value, list) and value in listed)


# ---------------------------------------------------------------- what becomes of one


def _changed(part: Part, change: Change, timeline: Timeline) -> list[Part]:
    """The part with its field changed; of a lane, for some years, with a rule after it that says so."""
    if isinstance(part, Facility) and change.field == "capacity":
        return [_of_capacity(part, change, timeline)]
    if "." in change.field:
        return [_changed_within(part, change, timeline)]
    name = _named(part, change.field) or ""
    old = getattr(part, name)
    during = _during(change, timeline)
    over_time = OVER_TIME in str(type(part).model_fields[name].annotation) and name != "footprint"
    if len(during) == len(timeline):
        return [_with(part, change.field, old, _new(old, change, name))]
    if isinstance(part, Lane) and (not over_time or old is None):
        return _for_some_years(part, change, name)
    if not over_time:
        raise _wrong("from_year", f"cannot be: `{change.field}` is one value for the whole horizon", change.from_year)
    if old is None and _new(old, change, name) is not None:
        message = f"cannot be: outside these years no `{change.field}` is stated; state one for the whole horizon"
        raise _wrong("from_year", message, change.from_year)
    return [part if old is None else _with(part, change.field, old, _some_periods(old, change, name, timeline))]


def _changed_within(part: Part, change: Change, timeline: Timeline) -> Part:
    """The part with a field of its fields changed: build.unit_capex, tiers.unit_cost, footprint.co2e_t."""
    first, _, rest = change.field.partition(".")
    old = getattr(part, _named(part, first) or "")
    inner = change.model_copy(update={"field": rest})
    new: Any
    if isinstance(old, dict) and rest in old:
        whole = len(_during(change, timeline)) == len(timeline)
        value = old[rest]
        changed_value = _new(value, change, "") if whole else _some_periods(value, change, "", timeline)
        new = {**old, rest: changed_value}
    elif isinstance(old, Part):
        new = _changed(old, inner, timeline)[0]
    else:
        new = [_changed(entry, inner, timeline)[0] if _reaches(entry, rest) else entry for entry in old]
    return _with(part, first, old, new)


def _during(change: Change, timeline: Timeline) -> list[int]:
    """The periods in which a change holds."""
    return [period for period in timeline if timeline.within(period, change.from_year, change.until_year)]


def _some_periods(old: Series, change: Change, name: str, timeline: Timeline) -> list[Any]:
    """The value in each period, changed in those of the change."""
    values: list[Any] = list(timeline.read(old))
    new = _new(old, change, name)
    news = timeline.read(new) if isinstance(new, int | float | list | dict) else [new] * len(timeline)
    for period in _during(change, timeline):
        values[period] = news[period]
    return values


def _new(old: Any, change: Change, name: str) -> Any:
    """What a value becomes: of a series every number, of what is not stated nothing but by `set`."""
    if "set" in change.model_fields_set:
        return change.set
    if old is None:
        return 0.0 if change.times == 0 and name in LIMITS else None
    if isinstance(old, list):
        return [_new(entry, change, name) for entry in old]
    if isinstance(old, dict):
        return {key: _new(entry, change, name) for key, entry in old.items()}
    if isinstance(old, bool) or not isinstance(old, int | float):
        raise _wrong("field", f"`{change.field}` is no number here; give what it should be as `set`", change.field)
    new = old * change.times if change.times is not None else old + (change.plus or 0.0)
    return int(new) if isinstance(old, int) and new == int(new) else new


def _with(part: Part, field: str, old: Any, new: Any) -> Part:
    """The part with another value, checked."""
    if new is old or (new == old and type(new) is type(old)):
        return part
    stated = part.model_dump(by_alias=True, exclude_unset=True)
    try:
        return type(part).model_validate({**stated, field: new})
    except ValidationError as error:
        messages = ", or ".join(dict.fromkeys(str(line["msg"]) for line in error.errors(include_url=False)))
        raise _wrong("field", f"`{field}` of {_called(part)} would be wrong: {messages}", new) from None


def _of_capacity(facility: Facility, change: Change, timeline: Timeline) -> Part:
    """What can be made, existing and built: a factor is one of availability, and so is an outage.

    Any other amount is of the capacity that exists, so that there must be no builds that it would not reach.
    """
    outage = change.times is None and change.set == 0 and "set" in change.model_fields_set
    if change.times is not None or outage:
        factor = change.model_dump(exclude_unset=True, exclude={"set"})
        factor |= {"field": "availability", "times": change.times or 0.0}
        return _changed(facility, Change.model_validate(factor), timeline)[0]
    if facility.builds and "set" in change.model_fields_set:
        message = "of what can also be built can be changed by `times` or `plus`; change its `build` for anything else"
        raise _wrong("field", message, facility.id)
    during = _during(change, timeline)
    old = 0.0 if facility.capacity is None and facility.builds else facility.capacity
    if len(during) == len(timeline):
        return _with(facility, "capacity", old, _new(old, change, "capacity"))
    if old is not None:
        return _with(facility, "capacity", old, _some_periods(old, change, "capacity", timeline))
    if "set" not in change.model_fields_set:
        return facility
    message = f"cannot be: outside these years {facility.id} has no limit; state a `capacity`"
    raise _wrong("from_year", message, change.from_year)


def _for_some_years(lane: Lane, change: Change, name: str) -> list[Part]:
    """The rule, and after it one for the same moves that states the changed field for these years alone."""
    new = _new(getattr(lane, name), change, name)
    if new is None:
        return [lane]
    ends = lane.model_dump(by_alias=True, include={"from_", "to", "materials", "joint"}, exclude_unset=True)
    starts = [year for year in (lane.from_year, change.from_year) if year is not None]
    lasts = [year for year in (lane.until_year, change.until_year) if year is not None]
    if starts and lasts and max(starts) > min(lasts):
        return [lane]
    years = ({"from_year": max(starts)} if starts else {}) | ({"until_year": min(lasts)} if lasts else {})
    return [lane, _with(Lane.model_validate({**ends, **years}), change.field, None, new)]

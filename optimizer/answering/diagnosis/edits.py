"""Moving a statement: what it would say instead, and the problem that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from oremix.models import Problem
from oremix.models.diagnosis import Change
from oremix.models.policies import Preset
from oremix.optimizer.answering.diagnosis.statements import Statement, part_of, path_of, stated
from oremix.optimizer.answering.diagnosis.wording import unit_of

__all__ = ["OVER_TIME", "Edit", "as_changes", "edited", "outward", "said"]

# Fields that hold one value per period; all others hold one.
OVER_TIME = {
    *("max", "min", "quantity", "capacity", "minimum", "minimum_order", "minimum_utilisation", "scrap"),
    *("minimum_collection_rate", "collection_rate", "surplus_max", "fill_max", "draw_max", "days_of_demand"),
}


@dataclass(frozen=True)
class Edit:
    """A statement that says something else, in one period or (none) throughout."""

    statement: Statement
    period: int | None
    value: Any


def said(problem: Problem, statement: Statement, period: int | None) -> Any:
    """What a statement says in a period; of one that holds no value over time, what it says."""
    value = stated(problem, statement)
    if not _over_time(problem, statement) or value is None:
        return value
    return problem.timeline.read(value)[period or 0]


def _over_time(problem: Problem, statement: Statement) -> bool:
    if statement.build is not None or statement.field not in OVER_TIME:
        return False
    return statement.on != "policies" or part_of(problem, statement).type != "diversify"


def outward(value: float, was: float, *, least: float = 0.0, strict: bool = False) -> float:
    """The value, rounded away from what it was to three digits of the move, or to `least`."""
    move = abs(value - was)
    if move == 0:
        return value
    step = max(10.0 ** (floor(log10(move)) - 2), least)
    slip = 0.0 if strict else 1e-6
    steps = ceil(value / step - slip) if value > was else floor(value / step + slip)
    return float(f"{steps * step:.12g}")


def edited(problem: Problem, edits: Iterable[Edit]) -> Problem:
    """The problem with the edits, checked like any other.

    Raises
    ------
    pydantic.ValidationError
        It would be no valid problem.
    """
    grouped: dict[Statement, dict[int | None, Any]] = defaultdict(dict)
    for edit in edits:
        grouped[edit.statement][edit.period] = edit.value
    lists: dict[str, list[Any]] = {}
    for statement, values in grouped.items():
        entries = lists.setdefault(statement.on, list(getattr(problem, statement.on)))
        if statement.on == "policies":
            _edit_policy(problem, entries, statement, _new(problem, statement, values))
        else:
            entry = entries[statement.position]
            entries[statement.position] = _with(entry, statement, _new(problem, statement, values))
    return problem.model_copy(update=lists)


def _new(problem: Problem, statement: Statement, values: dict[int | None, Any]) -> Any:
    """The field's new value: a number where it is one throughout, else one per period."""
    if None in values or not _over_time(problem, statement):
        return next(iter(values.values()))
    series = [values[t] if t in values else said(problem, statement, t) or 0.0 for t in problem.timeline]
    return series[0] if problem.timeline.typical else series


def _with(entry: Any, statement: Statement, value: Any) -> Any:
    if statement.build is not None:
        builds = [
            build.model_copy(update={statement.field: value}) if number == statement.build else build
            for number, build in enumerate(entry.builds)
        ]
        return entry.model_copy(update={"build": builds if isinstance(entry.build, list) else builds[0]})
    if statement.field == "up_to":
        return entry.model_copy(
            update={"tiers": [*entry.tiers[:-1], entry.tiers[-1].model_copy(update={"up_to": value})]}
        )
    return entry.model_copy(update={statement.field: value})


def _edit_policy(problem: Problem, entries: list[Any], statement: Statement, value: Any) -> None:
    """In the policy itself; of a preset's rule, in what the preset's entry says of that rule."""
    place = [found for found in problem.written_out if found.rule is not None][statement.position]
    entry = entries[place.position]
    if isinstance(entry, Preset) and place.line is not None:
        name = place.line.shipped.id
        own = entry.rules.get(name) or {}
        entries[place.position] = entry.model_copy(
            update={"rules": {**entry.rules, name: {**own, statement.field: value}}}
        )
    else:
        entries[place.position] = entry.model_copy(update={statement.field: value})


def as_changes(problem: Problem, edits: Iterable[Edit]) -> list[Change]:
    """The edits as the answer states them."""
    return [
        Change.model_validate(
            {
                "on": edit.statement.on,
                "id": edit.statement.id,
                "field": path_of(problem, edit.statement),
                "period": None if edit.period is None else problem.timeline.starts[edit.period],
                "from": said(problem, edit.statement, edit.period),
                "to": edit.value,
                "unit": unit_of(problem, edit.statement),
            }
        )
        for edit in edits
    ]

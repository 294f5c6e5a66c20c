"""Periods, years, and values over time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from oremix.models.checks.facilities import builds
from oremix.models.checks.finding import Finding, Path
from oremix.models.checks.known import Known
from oremix.models.fields import Part, Series
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["time"]

SPANS = (("from_year", "until_year"), ("earliest", "latest"))
OVER_TIME = str(Series)


def time(problem: Problem, parts: list[tuple[Path, Part]], known: Known) -> Iterator[Finding]:
    """Faults of the periods, and of everything that is read in them."""
    yield from _periods(problem)
    if not known.states("discount_rate"):
        yield from _discounting(problem)
    timeline = problem.timeline
    for path, part in parts:
        series, spans = _fields(type(part))
        stated, said = part.__pydantic_fields_set__, part.__dict__
        varying = [name for name in stated if name in series and type(said[name]) is not float]
        for name in sorted(varying, key=list(series).index) if varying else ():
            yield from _read(path, series[name], said[name], timeline)
        for first, last in spans:
            if first in stated or last in stated:
                yield from _span(path, first, getattr(part, first), last, getattr(part, last), timeline)


def _periods(problem: Problem) -> Iterator[Finding]:
    periods = problem.periods
    if periods and any(later <= earlier for earlier, later in pairwise(periods)):
        yield ("periods",), "should be start years in ascending order", periods
    if periods is None and problem.final_years is not None:
        yield ("final_years",), "needs `periods`; without them there is one typical year", problem.final_years


def _discounting(problem: Problem) -> Iterator[Finding]:
    if problem.periods is not None and len(problem.periods) > 1:
        yield ("discount_rate",), "is missing: required with more than one period (0 is allowed)", None
    for path, build in builds(problem):
        if build.has_capex and build.wacc is None:
            yield path, "has capex but neither a `wacc` nor the problem's `discount_rate`; state one", None


@cache
def _fields(kind: type[Part]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The fields of a kind of part that are values over time, with their keys; and its spans of years."""
    fields = kind.model_fields
    series = {name: field.alias or name for name, field in fields.items() if OVER_TIME in str(field.annotation)}
    return series, [span for span in SPANS if span[0] in fields]


def _read(path: Path, key: str, value: list[Any] | dict[Any, Any], timeline: Timeline) -> Iterator[Finding]:
    if key == "footprint" and isinstance(value, dict):
        for footprint, amount in value.items():
            yield from _readable((*path, key, footprint), amount, timeline)
    else:
        yield from _readable((*path, key), value, timeline)


def _readable(path: Path, value: Any, timeline: Timeline) -> Iterator[Finding]:
    if isinstance(value, list) and len(value) != len(timeline):
        count = "1 period" if len(timeline) == 1 else f"{len(timeline)} periods"
        yield path, f"has {len(value)} numbers for {count}; give one per period", value
    elif isinstance(value, dict) and timeline.typical:
        yield path, "is a map of years, but the problem has no `periods`", value


def _span(
    path: Path, first: str, start: int | None, last: str, end: int | None, timeline: Timeline
) -> Iterator[Finding]:
    if start is not None and end is not None and start > end:
        yield (*path, first), f"is after `{last}` {end}", start
    for name, year in ((first, start), (last, end)):
        if timeline.typical and year is not None:
            yield (*path, name), "is a year, but the problem has no `periods`", year

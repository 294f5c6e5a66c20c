"""Everything that can be wrong with a problem, found in one pass.

An entry that is malformed is set aside and the rest is checked without it, so that one fault hides no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ModelWrapValidatorHandler, ValidationError

from oremix.models.checks.facilities import facilities, limits
from oremix.models.checks.finding import Finding, parts
from oremix.models.checks.known import STAND_IN, Known
from oremix.models.checks.lanes import lanes, unlimited
from oremix.models.checks.policies import countable, policies
from oremix.models.checks.presets import faults_of_policies
from oremix.models.checks.references import identities, references, references_in_malformed
from oremix.models.checks.scenarios import scenarios
from oremix.models.checks.stockpiles import stockpiles
from oremix.models.checks.time import time
from oremix.models.fields import Part, faults_error

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["check_all"]

LISTS = (
    "places",
    "materials",
    "suppliers",
    "plants",
    "recyclers",
    "demands",
    "lanes",
    "stockpiles",
    "policies",
    "scenarios",
    "sources",
)
# What stands in for a list of which no entry is sound, so that the rest can still be checked.
STAND_INS: dict[str, dict[str, Any]] = {
    "materials": {"id": STAND_IN, "unit": "-"},
    "demands": {"id": STAND_IN, "country": "AQ", "material": STAND_IN, "quantity": 0},
}


def check_all(data: Any, handler: ModelWrapValidatorHandler[Problem]) -> Problem:
    """Make a problem of the data, or raise one error with every fault found.

    Raises
    ------
    pydantic.ValidationError
        With the path of each entry that is wrong.
    """
    if isinstance(data, dict):
        data = {key: _written_out(value) for key, value in data.items()}
    try:
        problem = handler(data)
    except ValidationError as error:
        if not isinstance(data, dict):
            raise
        findings = [(tuple(e["loc"]), str(e["msg"]), e["input"]) for e in error.errors(include_url=False)]
        rest, positions = _set_aside(data, findings)
        known = Known(data)
        findings += references_in_malformed(data, positions, known)
        try:
            sound = handler(rest)
        except ValidationError:
            raise faults_error("Problem", findings) from None
        findings += _restored(_between_entries(sound, known), positions)
    else:
        findings = list(_between_entries(problem, Known(problem)))
        if not findings:
            return problem
    raise faults_error("Problem", findings)


def _written_out(value: Any) -> Any:
    """A list's parts as they would be written: one that was made or copied in Python is checked like any other."""
    if not isinstance(value, list):
        return value
    return [
        entry.model_dump(by_alias=True, exclude_unset=True) if isinstance(entry, Part) else entry for entry in value
    ]


def _set_aside(data: dict[str, Any], findings: list[Finding]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The data without its malformed entries, and where the entries that stay stood."""
    faulty: dict[str, set[int] | None] = {}
    for path, _, _ in findings:
        key = str(path[0]) if path else ""
        if len(path) > 1 and isinstance(path[1], int) and isinstance(data.get(key), list):
            entries = faulty.setdefault(key, set())
            if entries is not None:
                entries.add(path[1])
        else:
            faulty[key] = None
    rest: dict[str, Any] = {}
    positions: dict[str, list[int]] = {}
    for key, value in data.items():
        entries = faulty.get(key, set())
        if entries is None:
            continue
        rest[key] = value
        if isinstance(value, list) and key in LISTS:
            positions[key] = [position for position in range(len(value)) if position not in entries]
            rest[key] = [value[position] for position in positions[key]]
    for key, stand_in in STAND_INS.items():
        if not rest.get(key):
            rest[key] = [stand_in]
    return rest, positions


def _restored(findings: Iterable[Finding], positions: dict[str, list[int]]) -> Iterator[Finding]:
    """The findings with list positions as in the document, without those about stand-ins."""
    for path, message, value in findings:
        if len(path) > 1 and path[0] in positions and isinstance(path[1], int):
            kept = positions[str(path[0])]
            if path[1] < len(kept):
                yield (path[0], kept[path[1]], *path[2:]), message, value
        elif STAND_IN not in f"{message}{value}":
            yield path, message, value


def _between_entries(problem: Problem, known: Known) -> Iterator[Finding]:
    """Faults that only show between entries."""
    yield from identities(known)
    yield from faults_of_policies(problem, known, of_parts_and_rules)


def of_parts_and_rules(problem: Problem, known: Known) -> Iterator[Finding]:
    """Faults between the parts of a problem in which every policy is a rule."""
    walked = parts(problem)
    wrong_references = list(references(problem, walked, known))
    yield from wrong_references
    wrong_times = list(time(problem, walked, known))
    yield from wrong_times
    yield from facilities(problem)
    yield from stockpiles(problem)
    yield from policies(problem)
    if not wrong_references and not wrong_times:
        wrong_lanes = list(lanes(problem))
        yield from wrong_lanes
        if not wrong_lanes:
            yield from limits(problem)
            yield from unlimited(problem)
            yield from countable(problem)
            yield from scenarios(problem)

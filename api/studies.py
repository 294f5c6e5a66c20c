"""The operations of the studies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from oremix.api.answering import answered, asked
from oremix.api.kind import Kind, by_library
from oremix.api.operation import EXAMPLE, PROBLEM, Operation, or_null
from oremix.api.options import GAP, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidProblem, Problem, read_plan, read_problem
from oremix.models.files import checked, checked_exactly
from oremix.models.studies.frontier_options import FrontierOptions, SurfaceOptions
from oremix.models.studies.outages import StressOptions, outages_of
from oremix.optimizer.studies.asked import frontier_faults, surface_faults
from oremix.optimizer.studies.compare import compare
from oremix.optimizer.studies.frontier import frontier
from oremix.optimizer.studies.stress import stress
from oremix.optimizer.studies.surface import surface

__all__ = ["KINDS", "OPERATIONS"]


def _read_compare(parts: Parts) -> dict[str, Any]:
    first, second = parts.read("first", read_plan), parts.read("second", read_plan)
    parts.refuse()
    return {"first": first, "second": second}


def _read_frontier(parts: Parts) -> dict[str, Any]:
    return _asked(parts, FrontierOptions, frontier_faults)


def _read_surface(parts: Parts) -> dict[str, Any]:
    return _asked(parts, SurfaceOptions, surface_faults)


def _read_stress(parts: Parts) -> dict[str, Any]:
    problem, plan = parts.read("problem", read_problem), parts.read("plan", read_plan)
    options = parts.read("options", lambda data: checked(StressOptions, data)) or StressOptions()
    if problem is not None and not parts.faults:
        parts.faults += _unfit(problem, options)
    parts.refuse()
    return {"problem": problem, "plan": plan, "options": options}


Options = TypeVar("Options", bound=BaseModel)


def _asked(parts: Parts, kind: type[Options], faults: Callable[[Problem, Options], list[Fault]]) -> dict[str, Any]:
    """A problem and the options of a study on it, each fault at its pointer."""
    problem = parts.read("problem", read_problem)
    options = parts.read("options", lambda data: checked_exactly(kind, data))
    if parts.get("options") is None:
        options = _without(kind, parts)
    if problem is not None and options is not None:
        found = faults(problem, options)
        parts.faults += [Fault(("options", *fault.path), fault.message, fault.value) for fault in found]
    parts.refuse()
    assert options is not None  # noqa: S101 - else there were faults
    return {"problem": problem} | options.model_dump(exclude_unset=True)


def _without(kind: type[Options], parts: Parts) -> Options | None:
    """The options where none were sent; none where some are required."""
    try:
        return checked_exactly(kind, {})
    except InvalidProblem as error:
        parts.faults += [Fault(("options", *fault.path), fault.message) for fault in error.errors]
        return None


def _body(kind: type[BaseModel], *required: str) -> dict[str, Any]:
    options = kind.model_json_schema()
    return {
        "type": "object",
        "properties": {"problem": PROBLEM, "options": options if "options" in required else or_null(options)},
        "required": ["problem", *required],
        "additionalProperties": False,
    }


def _unfit(problem: Problem, options: StressOptions) -> list[Fault]:
    """What of the options does not fit the problem."""
    try:
        outages_of(problem, options)
    except InvalidProblem as error:
        return [Fault(("options", *fault.path), fault.message, fault.value) for fault in error.errors]
    return []


PLANS = {
    "type": "object",
    "properties": {"first": {"$ref": "#/components/schemas/Plan"}, "second": {"$ref": "#/components/schemas/Plan"}},
    "required": ["first", "second"],
    "additionalProperties": False,
}

STRESSED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "plan": or_null({"$ref": "#/components/schemas/Plan"}, "absent: the problem is solved first"),
        "options": or_null({"$ref": "#/components/schemas/StressOptions"}),
    },
    "required": ["problem"],
    "additionalProperties": False,
}

KINDS = (
    Kind(
        "compare",
        ("first", "second"),
        ("first", "second"),
        _read_compare,
        lambda arguments, _limits: compare(**arguments),
        PLANS,
    ),
    Kind(
        "frontier",
        ("problem", "options"),
        ("problem",),
        _read_frontier,
        by_library(frontier),
        _body(FrontierOptions),
        (TIME_LIMIT, GAP),
    ),
    Kind(
        "surface",
        ("problem", "options"),
        ("problem",),
        _read_surface,
        by_library(surface),
        _body(SurfaceOptions, "options"),
        (TIME_LIMIT, GAP),
    ),
    Kind(
        "stress",
        ("problem", "plan", "options"),
        ("problem",),
        _read_stress,
        by_library(stress),
        STRESSED,
        (TIME_LIMIT, GAP),
    ),
)
SUMMARIES = {
    "compare": "Say what the second of two plans costs more than the first, by cause, and what it does otherwise.",
    "frontier": (
        "Say what a policy costs at every bound, with every kink and the price of a percentage point on either side."
    ),
    "surface": "Say what two policies cost together, on a grid of both bounds.",
    "stress": (
        "Put a plan to outages: what goes short, what it costs, who takes over; without a plan the problem is solved."
    ),
}
ANSWERS = {"compare": "Comparison", "frontier": "Frontier", "surface": "Surface", "stress": "Stress"}


def _operation(kind: Kind) -> Operation:
    return Operation(
        kind.name,
        "POST",
        f"/v1/studies/{kind.name}",
        lambda call: answered(call, asked(call, kind)),
        SUMMARIES[kind.name],
        {"$ref": f"#/components/schemas/{ANSWERS[kind.name]}"},
        body=kind.schema,
        example={"problem": EXAMPLE} if kind.schema["required"] == ["problem"] else None,
        solves=bool(kind.options),
        options=kind.options,
        recorded=True,
    )


OPERATIONS = tuple(_operation(kind) for kind in KINDS)

"""The operations of the studies."""

from __future__ import annotations

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import PROBLEM, Call, Operation
from oremix.api.options import GAP, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidProblem, Problem, read_plan, read_problem
from oremix.models.files import checked
from oremix.models.studies.outages import StressOptions, outages_of
from oremix.optimizer.studies.compare import compare
from oremix.optimizer.studies.stress import stress

__all__ = ["OPERATIONS"]


def _compare(call: Call) -> Response:
    parts = Parts(call, ("first", "second"), required=("first", "second"))
    first, second = parts.read("first", read_plan), parts.read("second", read_plan)
    parts.refuse()
    assert first is not None  # noqa: S101 - it is required
    assert second is not None  # noqa: S101 - it is required
    return json_answer(compare(first, second).to_json(indent=None))


def _stress(call: Call) -> Response:
    parts = Parts(call, ("problem", "plan", "options"), required=("problem",))
    problem, plan = parts.read("problem", read_problem), parts.read("plan", read_plan)
    options = parts.read("options", lambda data: checked(StressOptions, data)) or StressOptions()
    if problem is not None and not parts.faults:
        parts.faults += _unfit(problem, options)
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    most = call.settings.max_seconds
    limits = call.options | {"time_limit": min(call.options.get("time_limit") or most, most)}
    found = stress(problem, plan, options=options, max_columns=int(call.settings.max_columns), **limits)
    return json_answer(found.to_json(indent=None))


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
        "plan": {"$ref": "#/components/schemas/Plan", "description": "absent: the problem is solved first"},
        "options": {"$ref": "#/components/schemas/StressOptions"},
    },
    "required": ["problem"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(
        "compare",
        "POST",
        "/v1/studies/compare",
        _compare,
        "Say what the second of two plans costs more than the first, by cause, and what it does otherwise.",
        {"$ref": "#/components/schemas/Comparison"},
        body=PLANS,
    ),
    Operation(
        "stress",
        "POST",
        "/v1/studies/stress",
        _stress,
        "Put a plan to outages: what goes short, what it costs, who takes over; without a plan the problem is solved.",
        {"$ref": "#/components/schemas/Stress"},
        body=STRESSED,
        solves=True,
        options=(TIME_LIMIT, GAP),
    ),
)

"""The operation on a problem and its plan: how it stands against the presets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response

from oremix.api import body
from oremix.api.answers import json_answer
from oremix.api.operation import PROBLEM, Call, Operation
from oremix.api.options import GAP, SOLVER, TIME_LIMIT
from oremix.api.solving import solved
from oremix.models import Fault, InvalidProblem, Problem, read_plan, read_problem
from oremix.models.policies import Preset
from oremix.optimizer.answering.compliance import asked, compliance

__all__ = ["OPERATIONS"]

Part = TypeVar("Part")
PARTS = ("problem", "plan", "presets")


def _compliance(call: Call) -> Response:
    data = body.read_object(call.request, call.settings)
    faults = [Fault((key,), f"is no known key here; there are: {', '.join(PARTS)}") for key in data if key not in PARTS]
    if "problem" not in data:
        faults.append(Fault(("problem",), "is missing"))
    problem = _read(data, "problem", read_problem, faults)
    plan = _read(data, "plan", read_plan, faults)
    presets = _presets(problem, data.get("presets"), faults)
    if faults or problem is None:
        raise InvalidProblem(faults)
    return json_answer(compliance(problem, plan or solved(problem, call)[0], presets).to_json(indent=None))


def _presets(problem: Problem | None, given: Any, faults: list[Fault]) -> list[Preset] | None:
    if given is not None and not isinstance(given, list):
        message = "should be a list of names, or of entries as in a problem's policies"
        faults.append(Fault(("presets",), message, type(given).__name__))
        return None
    try:
        return asked(problem, given) if problem is not None else None
    except InvalidProblem as error:
        faults += error.errors
        return None


def _read(data: dict[str, Any], key: str, read: Callable[[Any], Part], faults: list[Fault]) -> Part | None:
    """A part of the body; its faults are added to the others', under its key."""
    if data.get(key) is None:
        return None
    if not isinstance(data[key], dict):
        faults.append(Fault((key,), "should be a JSON object", type(data[key]).__name__))
        return None
    try:
        return read(data[key])
    except InvalidProblem as error:
        faults += [Fault((key, *fault.path), fault.message, fault.value) for fault in error.errors]
        return None


ASKED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "plan": {"$ref": "#/components/schemas/Plan", "description": "absent: the problem is solved first"},
        "presets": {
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Preset"}]},
            "description": "names, or entries as in a problem's policies; absent: all that are shipped",
        },
    },
    "required": ["problem"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(
        "compliance",
        "POST",
        "/v1/compliance",
        _compliance,
        "Measure a plan against the presets, each rule met or missed; without a plan the problem is solved first.",
        {"$ref": "#/components/schemas/Compliance"},
        body=ASKED,
        solves=True,
        options=(TIME_LIMIT, GAP, SOLVER),
    ),
)

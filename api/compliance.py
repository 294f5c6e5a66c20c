"""The operation on a problem and its plan: how it stands against the presets."""

from __future__ import annotations

from typing import Any

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation, or_null
from oremix.api.options import GAP, SOLVER, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.api.solving import solved
from oremix.models import Fault, InvalidProblem, Problem, read_plan, read_problem
from oremix.models.policies import Preset
from oremix.optimizer.answering.compliance import asked, compliance

__all__ = ["OPERATIONS"]

PARTS = ("problem", "plan", "presets")


def _compliance(call: Call) -> Response:
    parts = Parts(call, PARTS, required=("problem",))
    problem = parts.read("problem", read_problem)
    plan = parts.read("plan", read_plan)
    presets = _presets(problem, parts.get("presets"), parts.faults)
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    return json_answer(
        compliance(problem, plan or solved(problem, call, detail="plan")[0], presets).to_json(indent=None)
    )


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


ASKED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "plan": or_null({"$ref": "#/components/schemas/Plan"}, "absent: the problem is solved first"),
        "presets": or_null(
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Preset"}]}},
            "names, or entries as in a problem's policies; absent: all that are shipped",
        ),
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
        example={"problem": EXAMPLE},
        solves=True,
        options=(TIME_LIMIT, GAP, SOLVER),
    ),
)

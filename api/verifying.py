"""The operation on a problem and anybody's plan: whether the plan is what it says."""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation
from oremix.api.options import CHEAPEST, GAP, SOLVER, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.api.solving import solved
from oremix.models import Plan, Problem, read_problem
from oremix.models.stated import identified, read_stated
from oremix.optimizer.verify import verified

__all__ = ["OPERATIONS"]


def _verify(call: Call) -> Response:
    parts = Parts(call, ("problem", "plan"), required=("problem", "plan"))
    problem = parts.read("problem", read_problem)
    plan = parts.read("plan", read_stated if problem is None else lambda data: identified(problem, read_stated(data)))
    parts.refuse()
    assert problem is not None  # noqa: S101 - they are required
    assert plan is not None  # noqa: S101
    return json_answer(verified(problem, plan, _best(problem, call)).to_json(indent=None))


def _best(problem: Problem, call: Call) -> Plan | None:
    """The problem solved, where that is asked for."""
    options = dict(call.options)
    if not options.pop("cheapest", False):
        return None
    return solved(problem, replace(call, options=options), detail="plan")[0]


ASKED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "plan": {
            "$ref": "#/components/schemas/StatedPlan",
            "description": "what it does not state is listed in the answer, and not taken for right",
        },
    },
    "required": ["problem", "plan"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(
        "verify",
        "POST",
        "/v1/verify",
        _verify,
        "Check anybody's plan against its problem: everything it states is recomputed; a wrong plan is an answer too.",
        {"$ref": "#/components/schemas/Verification"},
        body=ASKED,
        example={"problem": EXAMPLE, "plan": {"total_cost": 348_700_000}},
        solves=True,
        options=(CHEAPEST, TIME_LIMIT, GAP, SOLVER),
    ),
)

"""The operation that makes a repair of an infeasible problem."""

from __future__ import annotations

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidProblem, read_problem
from oremix.models.diagnosis import Repair
from oremix.models.files import checked_exactly
from oremix.optimizer.answering.diagnosis.repaired import repaired

__all__ = ["OPERATIONS"]


def _repair(call: Call) -> Response:
    parts = Parts(call, ("problem", "repair"), required=("problem", "repair"))
    problem = parts.read("problem", read_problem)
    repair = parts.read("repair", lambda data: checked_exactly(Repair, data))
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    assert repair is not None  # noqa: S101 - as above
    try:
        return json_answer(repaired(problem, repair).to_json(indent=None))
    except InvalidProblem as error:
        raise InvalidProblem(
            [Fault(("repair", *fault.path), fault.message, fault.value) for fault in error.errors]
        ) from None


ASKED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "repair": {"$ref": "#/components/schemas/PlanRepair", "description": "as the plan's diagnosis states it"},
    },
    "required": ["problem", "repair"],
    "additionalProperties": False,
}
MOVE = {"on": "policies", "id": "china_cap", "field": "max", "period": None, "from": 0.4, "to": 0.5, "unit": "share"}

OPERATIONS = (
    Operation(
        "repair",
        "POST",
        "/v1/repair",
        _repair,
        "Make a repair that the diagnosis of an infeasible problem offers; the answer is the problem with it.",
        PROBLEM,
        body=ASKED,
        example={
            "problem": EXAMPLE,
            "repair": {"text": "raise the cap", "changes": [MOVE], "total_cost": 340e6, "cost": 0, "checked": True},
        },
    ),
)

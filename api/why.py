"""The operation that says why something is used, or not."""

from __future__ import annotations

from typing import Any

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.errors import invalid
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation
from oremix.api.options import SOLVER, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidOption, read_problem
from oremix.optimizer.why import SOLVES, why

__all__ = ["OPERATIONS"]


def _why(call: Call) -> Response:
    parts = Parts(call, ("problem", "id"), required=("problem", "id"))
    problem = parts.read("problem", read_problem)
    identity = parts.get("id")
    if identity is not None and not isinstance(identity, str):
        parts.faults.append(Fault(("id",), "should be text: the id of something in the problem", identity))
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    try:
        found = why(problem, identity, max_columns=int(call.settings.max_columns), **_options(call))
    except InvalidOption as error:
        fault = {"pointer": "/id", "message": str(error), "value": identity}
        raise invalid("the question", [fault]) from None
    return json_answer(found.to_json(indent=None))


def _options(call: Call) -> dict[str, Any]:
    """All solves together stay within the server's limit."""
    most = call.settings.max_seconds / SOLVES
    return call.options | {"time_limit": min(call.options.get("time_limit") or most, most)}


ASKED = {
    "type": "object",
    "properties": {
        "problem": PROBLEM,
        "id": {
            "type": "string",
            "description": "of a supplier, plant, recycler, demand, lane, stockpile or policy of the problem",
        },
    },
    "required": ["problem", "id"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(
        "why",
        "POST",
        "/v1/why",
        _why,
        "Say why something is used, or not: at which price it would enter, and what forcing it in or out would cost.",
        {"$ref": "#/components/schemas/Why"},
        body=ASKED,
        example={"problem": EXAMPLE, "id": EXAMPLE["suppliers"][1]["id"]},
        solves=True,
        options=(TIME_LIMIT, SOLVER),
    ),
)

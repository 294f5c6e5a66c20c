"""The operations of the studies."""

from __future__ import annotations

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import Call, Operation
from oremix.api.parts import Parts
from oremix.models import read_plan
from oremix.optimizer.studies.compare import compare

__all__ = ["OPERATIONS"]


def _compare(call: Call) -> Response:
    parts = Parts(call, ("first", "second"), required=("first", "second"))
    first, second = parts.read("first", read_plan), parts.read("second", read_plan)
    parts.refuse()
    assert first is not None  # noqa: S101 - it is required
    assert second is not None  # noqa: S101 - it is required
    return json_answer(compare(first, second).to_json(indent=None))


PLANS = {
    "type": "object",
    "properties": {"first": {"$ref": "#/components/schemas/Plan"}, "second": {"$ref": "#/components/schemas/Plan"}},
    "required": ["first", "second"],
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
)

"""The operation that draws a plan: figures as plain data, for Plotly."""

from __future__ import annotations

import json

from flask import Response

from oremix.api.answers import json_answer
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation, or_null
from oremix.api.parts import Parts
from oremix.models import read_plan, read_problem
from oremix.models.figures import NAMES, figures_of

__all__ = ["OPERATIONS"]


def _figures(call: Call) -> Response:
    parts = Parts(call, ("plan", "problem"), required=("plan",))
    plan, problem = parts.read("plan", read_plan), parts.read("problem", read_problem)
    parts.refuse()
    assert plan is not None  # noqa: S101 - it is required
    return json_answer(json.dumps(figures_of(plan, problem), ensure_ascii=False, allow_nan=False))


ASKED = {
    "type": "object",
    "properties": {
        "plan": {"$ref": "#/components/schemas/Plan"},
        "problem": or_null(PROBLEM, "with it things are called by their names"),
    },
    "required": ["plan"],
    "additionalProperties": False,
}
TEXT = {"type": "string"}
TABLE = {
    "type": "object",
    "description": "the numbers of the figure, in full precision",
    "properties": {
        "columns": {"type": "array", "items": TEXT},
        "rows": {"type": "array", "items": {"type": "array", "items": {"type": ["string", "number", "null"]}}},
    },
    "required": ["columns", "rows"],
    "additionalProperties": False,
}
FIGURE = {
    "type": "object",
    "properties": {
        "title": TEXT,
        "note": {"type": "string", "description": "how it is to be read"},
        "data": {"type": "array", "items": {"type": "object"}, "description": "traces, as Plotly takes them"},
        "layout": {"type": "object", "description": "as Plotly takes it"},
        "table": TABLE,
    },
    "required": ["title", "note", "data", "layout", "table"],
    "additionalProperties": False,
}
ANSWER = {
    "type": "object",
    "description": "name → figure; those with nothing to show are left out",
    "propertyNames": {"enum": list(NAMES)},
    "additionalProperties": FIGURE,
}
PLAN = {
    "status": "no_answer",
    "total_cost": None,
    "currency": EXAMPLE.get("currency", "USD"),
    "problem_hash": "",
    "version": "",
    "certificate": {"verified": False},
    "solver": {
        "name": "HiGHS", "version": "", "seconds": 0, "options": {}, "columns": 0, "rows": 0, "nonzeros": 0,
    },
}  # fmt: skip

OPERATIONS = (
    Operation(
        "figures",
        "POST",
        "/v1/figures",
        _figures,
        "Draw a plan: its figures for Plotly, each with its numbers as a table.",
        ANSWER,
        body=ASKED,
        example={"plan": PLAN},
    ),
)

"""The operations on a problem: solve it, check it."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response

from oremix.api import body
from oremix.api.answers import json_answer
from oremix.api.operation import PROBLEM, Call, Operation
from oremix.api.options import DETAIL, GAP, SOLVER, TIME_LIMIT
from oremix.models import Plan, Problem
from oremix.optimizer.decide import solve

__all__ = ["OPERATIONS", "solved"]


def _solve(call: Call) -> Response:
    plan, options = solved(body.read(call.request, call.settings), call)
    response = json_answer(plan.to_json(indent=None))
    response.set_etag(_tag(plan, options), weak=True)  # weak: the seconds in it differ from run to run
    return response


def solved(problem: Problem, call: Call, **more: Any) -> tuple[Plan, dict[str, Any]]:
    """The plan within the server's limits, and the options that it was solved with."""
    asked = call.options.get("time_limit")
    options = call.options | more | {"time_limit": min(asked or call.settings.max_seconds, call.settings.max_seconds)}
    plan = solve(problem, max_columns=int(call.settings.max_columns), **options)
    return _noted(plan, asked, options["time_limit"]), options


def _noted(plan: Plan, asked: float | None, limit: float) -> Plan:
    """The plan, saying which time limit held where it is not the one asked for."""
    if asked == limit:
        return plan
    options = plan.solver.options | {"time_limit": limit, "time_limit_of": "server", "time_limit_asked": asked}
    return plan.model_copy(update={"solver": plan.solver.model_copy(update={"options": options})})


def _tag(plan: Plan, options: dict[str, Any]) -> str:
    how = repr((plan.version, sorted(options.items())))
    return f"{plan.problem_hash}-{hashlib.sha256(how.encode()).hexdigest()[:8]}"


def _check(call: Call) -> Response:
    problem = body.read(call.request, call.settings)
    return json_answer({"valid": True, "warnings": problem.warnings, "problem_hash": problem.hash})


CHECKED = {
    "type": "object",
    "properties": {
        "valid": {"const": True},
        "warnings": {"type": "array", "items": {"type": "string"}},
        "problem_hash": {"type": "string"},
    },
    "required": ["valid", "warnings", "problem_hash"],
    "additionalProperties": False,
}

OPERATIONS = (
    Operation(
        "solve",
        "POST",
        "/v1/solve",
        _solve,
        "Solve a problem; an infeasible one is answered too, with status `infeasible`.",
        {"$ref": "#/components/schemas/Plan"},
        body=PROBLEM,
        solves=True,
        options=(TIME_LIMIT, GAP, SOLVER, DETAIL),
    ),
    Operation(
        "check",
        "POST",
        "/v1/check",
        _check,
        "Check a problem without solving it; every error at once.",
        CHECKED,
        body=PROBLEM,
    ),
)

"""The operations on a problem: solve it, check it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from flask import Response

from oremix import __version__
from oremix.api import body
from oremix.api.answering import answered
from oremix.api.answers import json_answer
from oremix.api.kind import Kind, Question
from oremix.api.limits import Limits
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation
from oremix.api.options import DETAIL, GAP, SOLVER, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.models import Plan, Problem, read_problem
from oremix.optimizer.decide import solve

__all__ = ["OPERATIONS", "SOLVE", "solved"]


def _solve(call: Call) -> Response:
    text, problem = body.read(call.request, call.settings)
    question = Question(SOLVE, {"problem": problem}, b'{"problem":' + text + b"}", {}, call.options)
    response = answered(call, question)
    response.set_etag(_tag(problem, call), weak=True)  # weak: the seconds in it differ from run to run
    return response


def _read(parts: Parts) -> dict[str, Any]:
    problem = parts.read("problem", read_problem)
    parts.refuse()
    return {"problem": problem}


def _plan(arguments: dict[str, Any], limits: Limits) -> Plan:
    tell = limits.tell
    plan = solve(
        arguments["problem"],
        **(limits.options | {"time_limit": limits.seconds}),
        max_columns=limits.max_columns,
        stop=limits.stop,
        progress=None if tell is None else lambda found: tell(asdict(found)),
    )
    return _noted(plan, limits.options.get("time_limit"), limits.seconds)


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


def _tag(problem: Problem, call: Call) -> str:
    options = call.options | {"time_limit": call.limits.seconds}
    how = repr((__version__, sorted(options.items())))
    return f"{problem.hash}-{hashlib.sha256(how.encode()).hexdigest()[:8]}"


def _check(call: Call) -> Response:
    _, problem = body.read(call.request, call.settings)
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

SOLVE = Kind(
    "solve",
    ("problem",),
    ("problem",),
    _read,
    _plan,
    {"type": "object", "properties": {"problem": PROBLEM}, "required": ["problem"]},
    (TIME_LIMIT, GAP, SOLVER, DETAIL),
)

OPERATIONS = (
    Operation(
        "solve",
        "POST",
        "/v1/solve",
        _solve,
        "Solve a problem; an infeasible one is answered too, with status `infeasible`.",
        {"$ref": "#/components/schemas/Plan"},
        body=PROBLEM,
        workbook=True,
        example=EXAMPLE,
        solves=True,
        options=SOLVE.options,
        recorded=True,
    ),
    Operation(
        "check",
        "POST",
        "/v1/check",
        _check,
        "Check a problem without solving it; every error at once.",
        CHECKED,
        body=PROBLEM,
        workbook=True,
        example=EXAMPLE,
    ),
)

"""The operations of the studies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response
from pydantic import BaseModel

from oremix.api.answers import json_answer
from oremix.api.operation import PROBLEM, Call, Operation
from oremix.api.options import GAP, TIME_LIMIT
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidProblem, Problem, read_plan, read_problem
from oremix.models.files import checked
from oremix.models.studies.alternatives_options import AlternativesOptions
from oremix.models.studies.frontier_options import FrontierOptions, SurfaceOptions
from oremix.models.studies.hedge_options import HedgeOptions, branches_of
from oremix.models.studies.outages import StressOptions, outages_of
from oremix.models.studies.sensitivity_options import SensitivityOptions, sensitivity_faults
from oremix.optimizer.studies.alternatives import alternatives
from oremix.optimizer.studies.alternatives_asked import alternatives_faults
from oremix.optimizer.studies.asked import frontier_faults, surface_faults
from oremix.optimizer.studies.compare import compare
from oremix.optimizer.studies.frontier import frontier
from oremix.optimizer.studies.hedge import hedge
from oremix.optimizer.studies.sensitivity import sensitivity
from oremix.optimizer.studies.stress import stress
from oremix.optimizer.studies.surface import surface

__all__ = ["OPERATIONS"]


def _compare(call: Call) -> Response:
    parts = Parts(call, ("first", "second"), required=("first", "second"))
    first, second = parts.read("first", read_plan), parts.read("second", read_plan)
    parts.refuse()
    assert first is not None  # noqa: S101 - it is required
    assert second is not None  # noqa: S101 - it is required
    return json_answer(compare(first, second).to_json(indent=None))


def _frontier(call: Call) -> Response:
    problem, options = _asked(call, FrontierOptions, frontier_faults)
    return json_answer(frontier(problem, **_stated(options), **_limits(call)).to_json(indent=None))


def _surface(call: Call) -> Response:
    problem, options = _asked(call, SurfaceOptions, surface_faults)
    return json_answer(surface(problem, **_stated(options), **_limits(call)).to_json(indent=None))


def _alternatives(call: Call) -> Response:
    problem, options = _asked(call, AlternativesOptions, alternatives_faults)
    return json_answer(alternatives(problem, **_stated(options), **_limits(call)).to_json(indent=None))


Options = TypeVar("Options", bound=BaseModel)


def _asked(
    call: Call, kind: type[Options], faults: Callable[[Problem, Options], list[Fault]]
) -> tuple[Problem, Options]:
    """A problem and the options of a study on it, each fault at its pointer."""
    parts = Parts(call, ("problem", "options"), required=("problem",))
    problem = parts.read("problem", read_problem)
    options = parts.read("options", lambda data: checked(kind, data))
    if parts.get("options") is None:
        options = _without(kind, parts)
    if problem is not None and options is not None:
        found = faults(problem, options)
        parts.faults += [Fault(("options", *fault.path), fault.message, fault.value) for fault in found]
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    assert options is not None  # noqa: S101 - else there were faults
    return problem, options


def _without(kind: type[Options], parts: Parts) -> Options | None:
    """The options where none were sent; none where some are required."""
    try:
        return checked(kind, {})
    except InvalidProblem as error:
        parts.faults += [Fault(("options", *fault.path), fault.message) for fault in error.errors]
        return None


def _sensitivity(call: Call) -> Response:
    problem, options = _asked(call, SensitivityOptions, sensitivity_faults)
    return json_answer(sensitivity(problem, options=options, **_limits(call)).to_json(indent=None))


def _stated(options: BaseModel) -> dict[str, Any]:
    return options.model_dump(exclude_unset=True)


def _limits(call: Call) -> dict[str, Any]:
    """The server's limits hold for a study as for a plan."""
    most = call.settings.max_seconds
    limit = min(call.options.get("time_limit") or most, most)
    return call.options | {"time_limit": limit, "max_columns": int(call.settings.max_columns)}


def _body(kind: type[BaseModel]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"problem": PROBLEM, "options": kind.model_json_schema()},
        "required": ["problem"],
        "additionalProperties": False,
    }


def _stress(call: Call) -> Response:
    parts = Parts(call, ("problem", "plan", "options"), required=("problem",))
    problem, plan = parts.read("problem", read_problem), parts.read("plan", read_plan)
    options = parts.read("options", lambda data: checked(StressOptions, data)) or StressOptions()
    if problem is not None and not parts.faults:
        parts.faults += _unfit(problem, options)
    parts.refuse()
    assert problem is not None  # noqa: S101 - it is required
    return json_answer(stress(problem, plan, options=options, **_limits(call)).to_json(indent=None))


def _hedge(call: Call) -> Response:
    problem, options = _asked(call, HedgeOptions, _hedge_faults)
    return json_answer(hedge(problem, options=options, **_limits(call)).to_json(indent=None))


def _hedge_faults(problem: Problem, options: HedgeOptions) -> list[Fault]:
    try:
        branches_of(problem, options)
    except InvalidProblem as error:
        return error.errors
    return []


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

MOVED = {
    "type": "object",
    "properties": {"problem": PROBLEM, "options": {"$ref": "#/components/schemas/SensitivityOptions"}},
    "required": ["problem"],
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

HEDGED = {
    "type": "object",
    "properties": {"problem": PROBLEM, "options": {"$ref": "#/components/schemas/HedgeOptions"}},
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
        "frontier",
        "POST",
        "/v1/studies/frontier",
        _frontier,
        "Say what a policy costs at every bound, with every kink and the price of a percentage point on either side.",
        {"$ref": "#/components/schemas/Frontier"},
        body=_body(FrontierOptions),
        solves=True,
        options=(TIME_LIMIT, GAP),
    ),
    Operation(
        "surface",
        "POST",
        "/v1/studies/surface",
        _surface,
        "Say what two policies cost together, on a grid of both bounds.",
        {"$ref": "#/components/schemas/Surface"},
        body=_body(SurfaceOptions) | {"required": ["problem", "options"]},
        solves=True,
        options=(TIME_LIMIT, GAP),
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
    Operation(
        "sensitivity",
        "POST",
        "/v1/studies/sensitivity",
        _sensitivity,
        "Say which numbers carry the answer: each moved alone, and on request all that is uncertain drawn together.",
        {"$ref": "#/components/schemas/Sensitivity"},
        body=MOVED,
        solves=True,
        options=(TIME_LIMIT, GAP),
    ),
    Operation(
        "alternatives",
        "POST",
        "/v1/studies/alternatives",
        _alternatives,
        "Say what else is nearly as cheap: other plans, as different as can be found, and what each decision can be.",
        {"$ref": "#/components/schemas/Alternatives"},
        body=_body(AlternativesOptions),
        solves=True,
        options=(TIME_LIMIT, GAP),
    ),
    Operation(
        "hedge",
        "POST",
        "/v1/studies/hedge",
        _hedge,
        "Decide what is common to all scenarios before it is known which comes true, and say what that costs in each.",
        {"$ref": "#/components/schemas/Hedge"},
        body=HEDGED,
        solves=True,
        options=(TIME_LIMIT, GAP),
    ),
)

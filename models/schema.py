"""The contract as JSON Schema 2020-12: what a problem may hold and what a plan holds."""

from __future__ import annotations

from typing import Any

from oremix.models.compliance import Compliance
from oremix.models.plan import Plan
from oremix.models.presets import ShippedPreset
from oremix.models.problem import Problem
from oremix.models.stated import stated_model
from oremix.models.studies import OPTIONS, STUDIES
from oremix.models.verification import Verification
from oremix.models.why import Why

__all__ = ["DIALECT", "definitions", "schema"]

DOCUMENTS = ("Problem", "Plan", "Compliance", "Why", "Verification", *(study.__name__ for study in STUDIES))
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def definitions(prefix: str) -> dict[str, dict[str, Any]]:
    """`Problem`, `Plan`, the other answers and all they are made of, by name; references start with `prefix`.

    A plan's records are named `Plan…`, since a problem has a `Build` too; those of a plan to be verified `Stated…`,
    those of a study as the study.
    """
    problem = Problem.model_json_schema(ref_template=prefix + "{model}")
    plan = Plan.model_json_schema(mode="serialization", ref_template=prefix + "Plan{model}")
    parts: dict[str, dict[str, Any]] = problem.pop("$defs")
    records = {f"Plan{name}": record for name, record in plan.pop("$defs").items()}
    reasons = Why.model_json_schema(mode="serialization", ref_template=prefix + "Plan{model}")
    records |= {f"Plan{name}": record for name, record in reasons.pop("$defs").items()}
    verified = Verification.model_json_schema(mode="serialization", ref_template=prefix + "Plan{model}")
    records |= {f"Plan{name}": record for name, record in verified.pop("$defs").items()}
    answers: dict[str, dict[str, Any]] = {"Why": reasons, "Verification": verified}
    for answer in (Compliance, ShippedPreset):
        described = answer.model_json_schema(mode="serialization", ref_template=prefix + "{model}")
        answers |= described.pop("$defs") | {answer.__name__: described}
    return {"Problem": problem, "Plan": plan} | parts | records | answers | _studies(prefix) | _stated(prefix)


def _studies(prefix: str) -> dict[str, dict[str, Any]]:
    """The studies' options and answers; what one is made of has its name before its own."""
    found: dict[str, dict[str, Any]] = {}
    for model in (*OPTIONS, *STUDIES):
        name, mode = model.__name__, "serialization" if model in STUDIES else "validation"
        described = model.model_json_schema(mode=mode, ref_template=f"{prefix}{name}{{model}}")  # type: ignore[arg-type]
        found |= {f"{name}{part}": entry for part, entry in described.pop("$defs").items()} | {name: described}
    return found


def _stated(prefix: str) -> dict[str, dict[str, Any]]:
    """A plan of anybody, of which only what is required has to be stated."""
    plan = stated_model(Plan).model_json_schema(ref_template=prefix + "Stated{model}")
    records = {f"Stated{name}": record for name, record in plan.pop("$defs").items()}
    return {"StatedPlan": plan} | records


def schema(of: str | None = None) -> dict[str, Any]:
    """The JSON Schema of a `problem`, a `plan`, another answer (`compliance`, `why`, …), or of any."""
    parts = definitions("#/$defs/")
    if of is None:
        root: dict[str, Any] = {"title": "Oremix", "anyOf": [{"$ref": f"#/$defs/{name}"} for name in DOCUMENTS]}
    else:
        root = parts.pop(of.capitalize())
        parts = _reached(root, parts)
    return {"$schema": DIALECT} | root | {"$defs": parts}


def _reached(root: dict[str, Any], parts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The parts that the root refers to, directly or through others."""
    reached: dict[str, dict[str, Any]] = {}
    waiting: list[Any] = [root]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            waiting.extend(here.values())
            name = _referred(here)
            if name in parts and name not in reached:
                reached[name] = parts[name]
                waiting.append(parts[name])
    return dict(sorted(reached.items()))


def _referred(part: dict[str, Any]) -> str:
    return str(part.get("$ref", "")).rpartition("/")[2]

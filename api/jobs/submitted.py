"""What is submitted as a job: a kind, its parts, and the options of study and solver together."""

from __future__ import annotations

import json
from typing import Any

from oremix.api.jobs.kinds import KINDS
from oremix.api.kind import Kind, Question
from oremix.api.operation import or_null
from oremix.api.options import read_values
from oremix.models import Fault, InvalidProblem

__all__ = ["SUBMITTED", "read"]


def read(data: dict[str, Any]) -> Question:
    """The question that is submitted.

    Raises
    ------
    InvalidProblem
        With every fault of it.
    """
    name = data.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        what = "is missing" if name is None else "should be the name of one"
        raise InvalidProblem([Fault(("kind",), f"{what}; there are: {', '.join(KINDS)}", name)])
    kind = KINDS[name]
    faults: list[Fault] = []
    of_solver, of_study = _options(kind, data.get("options"), faults)
    options = read_values(kind.options, of_solver, faults)
    parts = {key: part for key, part in data.items() if key not in ("kind", "options")}
    if of_study:
        parts["options"] = of_study
    try:
        question = Question.read(kind, json.dumps(parts, ensure_ascii=False).encode(), parts, options)
    except InvalidProblem as error:
        raise InvalidProblem([*faults, *error.errors]) from None
    if faults:
        raise InvalidProblem(faults)
    return question


def _options(kind: Kind, given: Any, faults: list[Fault]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of the solver, and those of the study; where there is no study, all are the solver's."""
    if given is None:
        return {}, {}
    if not isinstance(given, dict):
        faults.append(Fault(("options",), "should be a JSON object", type(given).__name__))
        return {}, {}
    if "options" not in kind.parts:
        return given, {}
    names = {option.name for option in kind.options}
    return (
        {name: value for name, value in given.items() if name in names},
        {name: value for name, value in given.items() if name not in names},
    )


def _schema(kind: Kind) -> dict[str, Any]:
    options: dict[str, Any] = {
        "type": "object",
        "description": f"of the solver, and those of {kind.name}" if "options" in kind.parts else "of the solver",
        "properties": {option.name: option.schema | {"description": option.description} for option in kind.options},
        "additionalProperties": "options" in kind.parts,
    }
    if "options" not in kind.schema["required"]:
        options = or_null(options)
    return {
        "type": "object",
        "properties": {"kind": {"const": kind.name}} | kind.schema["properties"] | {"options": options},
        "required": ["kind", *kind.schema["required"]],
        "additionalProperties": False,
    }


SUBMITTED = {"oneOf": [_schema(kind) for kind in KINDS.values()]}

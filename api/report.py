"""The operations that make files for people: a plan as a report, a problem as a workbook, and back."""

from __future__ import annotations

from typing import Any

from flask import Response

from oremix.api import body
from oremix.api.answers import json_answer
from oremix.api.body import JSON, WORKBOOK
from oremix.api.operation import EXAMPLE, PROBLEM, Call, Operation, or_null
from oremix.api.options import Option
from oremix.api.parts import Parts
from oremix.models import Fault, InvalidProblem, read_plan, read_problem
from oremix.models.report import report
from oremix.models.studies.reading import read_study
from oremix.models.studies.study import Study
from oremix.models.workbook import workbook
from oremix.models.workbook.plan_book import plan_workbook

__all__ = ["OPERATIONS"]

HTML = "text/html"


def _report(call: Call) -> Response:
    parts = Parts(call, ("plan", "problem", "studies"), required=("plan",))
    plan, problem, studies = parts.read("plan", read_plan), parts.read("problem", read_problem), _studies(parts)
    parts.refuse()
    assert plan is not None  # noqa: S101 - it is required
    if call.options.get("format") == "xlsx":
        return _file(plan_workbook(plan), WORKBOOK, "plan.xlsx")
    return _file(report(plan, problem, studies).encode(), f"{HTML}; charset=utf-8", "plan.html")


def _studies(parts: Parts) -> list[Study]:
    given = parts.get("studies") or []
    if not isinstance(given, list):
        parts.faults.append(Fault(("studies",), "should be a list of answers of studies", type(given).__name__))
        return []
    found = []
    for number, study in enumerate(given):
        try:
            found.append(read_study(study))
        except InvalidProblem as error:
            parts.faults += [
                Fault(("studies", number, *fault.path), fault.message, fault.value) for fault in error.errors
            ]
    return found


def _convert(call: Call) -> Response:
    _, problem = body.read(call.request, call.settings)
    if call.options.get("format") == "xlsx":
        return _file(workbook(problem), WORKBOOK, "problem.xlsx")
    return json_answer(problem.to_json(indent=None))


def _file(content: bytes, media: str, name: str) -> Response:
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _format(*known: str) -> Option:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"should be one of {', '.join(known)}")
        return text

    return Option("format", "of the answer", {"enum": list(known), "default": known[0]}, read)


ASKED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "plan": {"$ref": "#/components/schemas/Plan"},
        "problem": or_null(PROBLEM, "with it things are called by their names, and sources are listed"),
        "studies": or_null(
            {"type": "array", "items": {"type": "object"}}, "answers of studies, to be shown too (not in a workbook)"
        ),
    },
    "required": ["plan"],
    "additionalProperties": False,
}
TEXT = {"type": "string"}

OPERATIONS = (
    Operation(
        "report",
        "POST",
        "/v1/report",
        _report,
        "Make a plan into one page that works offline and prints, or into a workbook.",
        TEXT,
        body=ASKED,
        options=(_format("html", "xlsx"),),
        media=HTML,
        others=(WORKBOOK,),
        errors=(501,),
    ),
    Operation(
        "convert",
        "POST",
        "/v1/convert",
        _convert,
        "Make a problem into JSON or a workbook, whichever it is; nothing is lost.",
        PROBLEM,
        body=PROBLEM,
        workbook=True,
        example=EXAMPLE,
        options=(_format("json", "xlsx"),),
        media=JSON,
        others=(WORKBOOK,),
        errors=(501,),
    ),
)

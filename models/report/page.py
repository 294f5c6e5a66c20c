"""A plan as one HTML page that works without a network, and prints."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from oremix.models.figures import figures_of
from oremix.models.figures.drawing import Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.of_study import study_figure
from oremix.models.files import read_plan, read_problem
from oremix.models.needed import needed
from oremix.models.plan import Plan
from oremix.models.problem import Problem
from oremix.models.report.decision import decision
from oremix.models.report.facts import STATUS, assumed, certificate, facts, offers, rules, sources
from oremix.models.report.numbers import cell
from oremix.models.studies.reading import read_study
from oremix.models.studies.study import Study

__all__ = ["report"]

WHAT, EXTRA = "an HTML report", "'oremix[report]'"
MOST_ROWS = 1000
"""Of a table on the page: more is for a spreadsheet."""


def report(
    plan: Plan | dict[str, Any] | str | bytes,
    problem: Problem | dict[str, Any] | str | bytes | None = None,
    studies: Iterable[Study | dict[str, Any] | str | bytes] = (),
) -> str:
    """One self-contained HTML page: the decision, its pictures and numbers, what it rests on, and its proof.

    Parameters
    ----------
    plan
        A plan of any status, or its JSON.
    problem
        What it answers; with it things are called by their names, and sources are listed.
    studies
        Answers of studies to show too, or their JSON.

    Raises
    ------
    InvalidProblem
        One of them cannot be read.
    MissingExtra
        Plotly or Jinja2 is not installed.
    """
    answer = read_plan(plan)
    question = None if problem is None else read_problem(problem)
    asked = [read_study(study) for study in studies]
    environment = needed("jinja2", EXTRA, WHAT).Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["cell"] = cell
    markup = needed("markupsafe", EXTRA, WHAT).Markup
    scripts = [needed("plotly.offline", EXTRA, WHAT).get_plotlyjs(), _file("page.js")]
    page: str = environment.from_string(_file("page.html")).render(
        _content(answer, question, asked),
        style=markup(_file("page.css")),
        scripts=[markup(script) for script in scripts],
        policy=_policy(scripts),
        as_script=lambda data: markup(_as_script(data)),
        most_rows=MOST_ROWS,
    )
    return page


def _content(plan: Plan, problem: Problem | None, studies: list[Study]) -> dict[str, Any]:
    labels = Labels(plan, problem)
    figures = figures_of(plan, problem)
    told = [_study(number, study) for number, study in enumerate(studies, 1)]
    drawn: dict[str, Figure] = figures | {entry["name"]: entry["figure"] for entry in told if entry["figure"]}
    return {
        "plan": plan,
        "title": plan.problem or "Plan",
        "about": None if problem is None else problem.notes,
        "status": STATUS[plan.status],
        "sentences": decision(plan, labels),
        "facts": facts(plan, labels),
        "diagnosis": plan.diagnosis,
        "figures": figures,
        "plotted": {name: {"data": entry["data"], "layout": entry["layout"]} for name, entry in drawn.items()},
        "rules": rules(plan, labels),
        "limits": plan.limits,
        "offers": offers(plan, labels),
        "studies": told,
        "assumed": assumed(plan, labels),
        "sources": [] if problem is None else sources(problem),
        "certificate": certificate(plan),
        "typical": labels.typical,
    }


def _study(number: int, study: Study) -> dict[str, Any]:
    kind = type(study).__name__
    return {
        "name": f"study-{number}",
        "kind": kind,
        "problem_hash": getattr(study, "problem_hash", None),
        "figure": study_figure(study),
        "text": str(study),
    }


@cache
def _file(name: str) -> str:
    return (files("oremix.models.report") / name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    """What the page may do: run these scripts and no others, and ask nobody for anything."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )


def _as_script(data: Any) -> str:
    """JSON that ends no script element and opens no comment, whatever stands in it."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

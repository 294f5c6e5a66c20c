"""Scenarios: that their changes can be made, that what comes out is a problem, and that it can be true at all."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import TYPE_CHECKING

from pydantic import ValidationError

from oremix.models.changes import changed_document
from oremix.models.checks.finding import Finding, under

if TYPE_CHECKING:
    from oremix.models.problem import Problem
    from oremix.models.scenarios import Scenario

__all__ = ["scenarios"]

SHOWN = 3
# Probabilities are often thirds and the like.
SLACK = 1e-9


def scenarios(problem: Problem) -> Iterator[Finding]:
    """Faults of the scenarios, each solved for itself."""
    for number, scenario in enumerate(problem.scenarios):
        yield from under(("scenarios", number), _of_one(problem, scenario))
    total = fsum(scenario.probability or 0.0 for scenario in problem.scenarios)
    if total > 1 + SLACK:
        yield ("scenarios",), "have probabilities that add up to more than 1", total


def _of_one(problem: Problem, scenario: Scenario) -> Iterator[Finding]:
    document, findings = changed_document(problem, scenario.changes)
    yield from under(("changes",), findings)
    if findings:
        return
    try:
        type(problem).model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        said = [f"{'/'.join(map(str, fault['loc']))} {fault['msg']}" for fault in faults[:SHOWN]]
        more = f", and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        yield ("changes",), f"make the problem wrong: {'; '.join(said)}{more}", scenario.id

"""Scenarios: that their changes can be made, that what comes out is a problem, and that they can come true together."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding, in_short, under
from oremix.models.errors import InvalidProblem

if TYPE_CHECKING:
    from oremix.models.problem import Problem
    from oremix.models.scenarios import Scenario

__all__ = ["scenarios"]

# Probabilities are often thirds and the like.
SLACK = 1e-9


def scenarios(problem: Problem) -> Iterator[Finding]:
    """Faults of the scenarios, each by itself."""
    for number, scenario in enumerate(problem.scenarios):
        yield from under(("scenarios", number), _of_one(problem, scenario))
    total = fsum(scenario.probability or 0.0 for scenario in problem.scenarios)
    if total > 1 + SLACK:
        yield ("scenarios",), "have probabilities that add up to more than 1", total


def _of_one(problem: Problem, scenario: Scenario) -> Iterator[Finding]:
    from oremix.models.changes import changed_parts, with_parts  # noqa: PLC0415 - they need the class made here

    try:
        parts = changed_parts(problem, scenario.changes)
    except InvalidProblem as error:
        yield from ((fault.path, fault.message, fault.value) for fault in error.errors)
        return
    try:
        with_parts(problem, parts)
    except InvalidProblem as error:
        yield ("changes",), f"make the problem wrong: {in_short(error)}", scenario.id

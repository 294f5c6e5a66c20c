"""Uncertainties: that what is drawn can be made of the problem, at both ends, and that a problem comes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding, in_short, under
from oremix.models.checks.known import Known
from oremix.models.errors import InvalidProblem

if TYPE_CHECKING:
    from oremix.models.problem import Problem
    from oremix.models.uncertainties import Uncertainty

__all__ = ["uncertainties"]


def uncertainties(problem: Problem, known: Known) -> Iterator[Finding]:
    """Faults of the uncertainties, each by itself; what is about a list with malformed entries is let be."""
    whole = [
        (number, uncertainty)
        for number, uncertainty in enumerate(problem.uncertainties)
        if uncertainty.on == "problem" or len(known.entries(uncertainty.on)) == len(getattr(problem, uncertainty.on))
    ]
    for number, uncertainty in whole:
        yield from under(("uncertainties", number), _of_one(problem, uncertainty))


def _of_one(problem: Problem, uncertainty: Uncertainty) -> Iterator[Finding]:
    if uncertainty.on == "problem":
        yield from _of_rate(problem, uncertainty)
        return
    operation = "times" if uncertainty.times is not None else "plus"
    for value in dict.fromkeys(uncertainty.distribution.ends):
        found = list(_at(problem, uncertainty, value, operation))
        yield from found
        if found:  # the other end is most likely wrong in the same way
            return


def _at(problem: Problem, uncertainty: Uncertainty, value: float, operation: str) -> Iterator[Finding]:
    from oremix.models.changes import changed_parts, with_parts  # noqa: PLC0415 - they need the class made here

    try:
        parts = changed_parts(problem, [uncertainty.change(value)])
    except InvalidProblem as error:
        for fault in error.errors:
            yield fault.path[2:], f"{fault.message} (with {operation} {value:g})", fault.value
        return
    try:
        with_parts(problem, parts)
    except InvalidProblem as error:
        yield (operation,), f"makes the problem wrong at {value:g}: {in_short(error)}", value


def _of_rate(problem: Problem, uncertainty: Uncertainty) -> Iterator[Finding]:
    if problem.discount_rate is None:
        yield ("field",), "is not stated by the problem; state a `discount_rate`", uncertainty.field
        return
    for value in uncertainty.distribution.ends:
        rate = uncertainty.rate(problem.discount_rate, value)
        if not 0 <= rate <= 1:
            yield (), f"makes the discount rate {rate:g} at {value:g}; it should be from 0 to 1", value
            return

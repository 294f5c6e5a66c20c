"""A problem with a repair of its diagnosis made."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models import Problem, read_problem
from oremix.models.diagnosis import Change, Repair
from oremix.models.errors import Fault, InvalidProblem
from oremix.optimizer.answering.diagnosis.edits import Edit, edited
from oremix.optimizer.answering.diagnosis.statements import Statement, path_of, statements_of

__all__ = ["repaired"]


def repaired(problem: Problem, repair: Repair) -> Problem:
    """Make the changes of a repair, as the diagnosis of an infeasible problem states them.

    Parameters
    ----------
    problem
        The problem that was diagnosed.
    repair
        One of `plan.diagnosis.repairs`.

    Raises
    ------
    InvalidProblem
        A change names no statement of the problem, or the problem would not be valid with them.
    """
    changes = repair.changes
    named: dict[tuple[str, str | None, str], Statement] = {}
    for statement in statements_of(problem):
        named.setdefault((statement.on, statement.id, path_of(problem, statement)), statement)
    if faults := list(_faults(problem, changes, set(named))):
        raise InvalidProblem(faults)
    starts = problem.timeline.starts
    edits = [
        Edit(
            named[change.on, change.id, change.field],
            None if change.period is None else starts.index(change.period),
            change.to,
        )
        for change in changes
    ]
    return read_problem(edited(problem, edits).model_dump(mode="json", by_alias=True, exclude_unset=True))


def _faults(problem: Problem, changes: list[Change], named: set[tuple[str, str | None, str]]) -> Iterator[Fault]:
    for number, change in enumerate(changes):
        if (change.on, change.id, change.field) not in named:
            message = f"names no statement of the problem: {change.on} has none called {change.id} with this field"
            yield Fault(("changes", number, "field"), message, change.field)
        if change.period is not None and change.period not in problem.timeline.starts:
            there = ", ".join(map(str, problem.timeline.starts))
            yield Fault(
                ("changes", number, "period"), f"is no first year of a period; there are: {there}", change.period
            )

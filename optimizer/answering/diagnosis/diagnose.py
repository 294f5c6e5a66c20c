"""The diagnosis of a problem that has no plan."""

from __future__ import annotations

from threading import Event

from oremix.models.diagnosis import Conflicting, Diagnosis, Repair
from oremix.models.errors import SolverFailed
from oremix.optimizer.answering.diagnosis.conflict import Conflict, smallest_conflict
from oremix.optimizer.answering.diagnosis.repairs import repairs
from oremix.optimizer.answering.diagnosis.statements import Statement, path_of
from oremix.optimizer.answering.diagnosis.wording import describe
from oremix.optimizer.clock import Clock, OutOfTime
from oremix.optimizer.formulation import Model

__all__ = ["SECONDS", "conflicting", "diagnose"]

# Where nobody says how long it may take.
SECONDS = 120.0


def diagnose(
    model: Model, seconds: float | None = None, *, gap: float | None = None, stop: Event | None = None
) -> Diagnosis:
    """Which statements of an infeasible problem conflict, and what would give a plan.

    Parameters
    ----------
    seconds
        How long it may take; none: two minutes.
    gap
        Relative gap at which the yes/no decisions of a repaired problem may stop.
    stop
        Set by anybody, it ends with what was found.
    """
    clock = Clock(SECONDS if seconds is None else seconds, stop)
    try:
        conflict = smallest_conflict(model, clock)
    except (OutOfTime, SolverFailed):
        conflict = Conflict([], {}, smallest=False)
    found = repairs(model, conflict, clock, gap)
    return Diagnosis(
        text=_text(model, conflict, found),
        conflict=conflicting(model, conflict),
        smallest=conflict.smallest,
        repairs=found,
    )


def conflicting(model: Model, conflict: Conflict) -> list[Conflicting]:
    """The statements in words."""
    problem = model.problem
    found = []
    for statement in conflict.statements:
        periods = conflict.periods.get(statement, [])
        found.append(
            Conflicting(
                id=statement.id,
                kind=statement.kind,
                on=statement.on,
                field=path_of(problem, statement),
                period=model.start(periods[0]) if len(periods) == 1 else None,
                firm=statement.firm,
                text=describe(problem, statement, periods),
            )
        )
    return found


def _text(model: Model, conflict: Conflict, found: list[Repair]) -> str:
    if not conflict.statements:
        return "time ran out before it was known which statements conflict; a longer time limit may tell"
    count = len(conflict.statements)
    if not conflict.smallest:
        text = f"among these {count} statements some cannot hold together; time ran out before it was known which"
    elif count == 1:
        text = _alone(model, conflict.statements[0])
    else:
        text = f"these {count} statements cannot hold together; without any one of them the others can"
    if not found:
        firm = all(statement.firm for statement in conflict.statements)
        text += "; " + ("none of them may move" if firm else "no repair was found")
    return text


def _alone(model: Model, statement: Statement) -> str:
    """Why one statement by itself cannot hold."""
    if statement.kind != "demand":
        return f"{statement.id} cannot hold by itself, whatever else is changed"
    demand = model.problem.demands[statement.position]
    if not model.network.makers[demand.material] and not model.network.piles_serving(demand.material, demand.at):
        return f"{demand.id} cannot be met: nobody makes {demand.material}"
    return f"{demand.id} cannot be met: whatever else is changed, {demand.material} cannot be made and brought there"

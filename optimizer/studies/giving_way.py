"""What has to give where an outage leaves no plan although every demand may go short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from pydantic import ValidationError

from oremix.models import Problem
from oremix.models.diagnosis import Conflicting
from oremix.models.errors import SolverFailed
from oremix.models.studies.stress import Broken
from oremix.optimizer.answering.diagnosis.conflict import conflict_where_held, hold
from oremix.optimizer.answering.diagnosis.diagnose import conflicting
from oremix.optimizer.answering.diagnosis.edits import Edit, as_changes, edited, said
from oremix.optimizer.answering.diagnosis.elastic import Elastic
from oremix.optimizer.answering.diagnosis.moves import AMOUNTS, Beyond, moved
from oremix.optimizer.answering.diagnosis.rows import spots
from oremix.optimizer.answering.diagnosis.statements import Statement, statements_of
from oremix.optimizer.answering.diagnosis.wording import move
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.lean import Key
from oremix.optimizer.session.state import Held

__all__ = ["broken", "conflict_of", "given_way"]

# Commercial terms give way before policies do.
PRICES = {"policy": 1000.0, "obligation": 1.0}
ATTEMPTS = 4


def given_way(problem: Problem, held: Mapping[Key, Held], clock: Clock) -> list[Edit] | None:
    """The least that obligations, and policies only where these are not enough, must be moved by; none: it won't do.

    Raises
    ------
    OutOfTime
        Before it was known.
    """
    values: dict[tuple[Statement, int | None], float] = {}
    changed = problem
    for attempt in range(ATTEMPTS):
        more = _least(_model(changed, held), clock, strict=attempt > 0)
        if more is None:
            return None
        if not more:
            return [Edit(statement, period, value) for (statement, period), value in values.items()]
        values |= {(edit.statement, edit.period): edit.value for edit in more}
        try:
            changed = edited(problem, [Edit(statement, period, value) for (statement, period), value in values.items()])
        except ValidationError:  # a floor above its cap, or the like
            return None
    return None


def _model(problem: Problem, held: Mapping[Key, Held]) -> Model:
    model = build_model(problem)
    hold(model, held)
    return model


def _least(model: Model, clock: Clock, *, strict: bool) -> list[Edit] | None:
    problem = model.problem
    moving = [s for s in statements_of(problem) if s.kind in PRICES and s.field in AMOUNTS and not s.firm]
    decides = any(column.cat != "Continuous" for column in model.lp.columns.values())
    elastic = Elastic(model, spots(model, moving), clock, whole=decides)
    try:
        answer = elastic.least(np.array([PRICES[statement.kind] for statement, _ in elastic.slacks]))
    except SolverFailed:
        return None
    return None if answer is None else list(moved(Beyond(problem, elastic, answer[0], {}, 1.0), strict=strict))


def broken(problem: Problem, edits: list[Edit]) -> list[Broken]:
    """The edits, those of one statement together, in words."""
    together: dict[Statement, list[Edit]] = defaultdict(list)
    for edit in edits:
        together[edit.statement].append(edit)
    return [
        Broken(id=statement.id, text=_text(problem, statement, group), changes=as_changes(problem, group))
        for statement, group in together.items()
    ]


def _text(problem: Problem, statement: Statement, edits: list[Edit]) -> str:
    was = [said(problem, statement, edit.period) for edit in edits]
    periods = [edit.period for edit in edits if edit.period is not None]
    return move(problem, statement, was, [edit.value for edit in edits], periods)


def conflict_of(problem: Problem, held: Mapping[Key, Held], clock: Clock) -> tuple[Conflicting, ...]:
    """What cannot hold together, as far as rows say it."""
    model = _model(problem, held)
    try:
        return tuple(conflicting(model, conflict_where_held(model, clock)))
    except SolverFailed:
        return ()

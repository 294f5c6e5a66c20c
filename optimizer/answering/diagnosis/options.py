"""What a statement that is no amount could say instead, from the least move to the greatest."""

from __future__ import annotations

from typing import Any

from oremix.models import Problem
from oremix.optimizer.answering.diagnosis.statements import Statement, stated

__all__ = ["options"]

STEPS = 20


def options(problem: Problem, statement: Statement) -> list[Any]:
    """Other values for a field, each a greater move than the one before."""
    was = stated(problem, statement)
    starts = list(problem.timeline.starts)
    field = statement.field
    found: dict[str, list[Any]] = {"closed": [False], "committed": [False], "surplus": ["free"]}
    if field in ("from_year", "earliest"):
        return [start for start in reversed(starts) if start < was]
    if field in ("until_year", "latest"):
        return [start for start in starts if start > was]
    if field == "lead_time":
        gaps = {float(later - order) for order in starts for later in starts if 0 <= later - order < was}
        return sorted(gaps | {0.0}, reverse=True)
    if field == "orders":
        return list(range(was + 1, len(starts) + 1))
    if field in ("collection_rate", "minimum_utilisation"):
        return _steps(problem, was, 1.0 if field == "collection_rate" else 0.0)
    return found[field]


def _steps(problem: Problem, was: Any, end: float) -> list[float]:
    """Shares in steps of 5 points, from what is stated at most (or at least) to the end."""
    values = problem.timeline.read(was)
    start = max(values) if end else min(values)
    steps = [number / STEPS for number in range(STEPS + 1)]
    return [step for step in steps if step > start] if end else [step for step in reversed(steps) if step < start]

"""The smallest set of statements that cannot hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pulp

from oremix.models.errors import SolverFailed
from oremix.optimizer.answering.diagnosis.elastic import NOTHING, Elastic, has_point
from oremix.optimizer.answering.diagnosis.loosening import loosened, roomy
from oremix.optimizer.answering.diagnosis.part import part_about
from oremix.optimizer.answering.diagnosis.rows import spots
from oremix.optimizer.answering.diagnosis.statements import Statement, stated, statements_of
from oremix.optimizer.clock import Clock, OutOfTime
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.lean import Key
from oremix.optimizer.solving.arrays import Floats

__all__ = ["Conflict", "conflict_where_held", "hold", "smallest_conflict"]


@dataclass(frozen=True)
class Conflict:
    """Statements that cannot hold together, and the periods each is needed in (none: not told apart).

    `smallest` is false where time ran out before each was found to be needed.
    """

    statements: list[Statement]
    periods: dict[Statement, list[int]]
    smallest: bool


def smallest_conflict(model: Model, clock: Clock) -> Conflict:
    """The conflict: first by the rows of the LP alone, then by the data that leaves columns out of it."""
    statements = statements_of(model.problem)
    try:
        found = _by_rows(model, statements, clock)
    except SolverFailed:
        found = None
    rows, periods = found if found is not None else (statements, {})
    search = _Search(model, statements, clock)
    try:
        chosen = search.run(rows if found is not None else None)
    except OutOfTime:
        return Conflict(rows, periods, smallest=False)
    return Conflict(chosen, {s: periods[s] for s in chosen if s in periods}, smallest=True)


def hold(model: Model, held: Mapping[Key, float | tuple[float, float]]) -> None:
    """Have columns be what they are held at, or between two values."""
    for key, value in held.items():
        if key in model.lp.columns:
            column = model.lp.columns[key]
            low, high = value if isinstance(value, tuple) else (value, value)
            column.limit(high)
            column.lowBound = low  # type: ignore[misc]  # into its dict


def conflict_where_held(model: Model, clock: Clock) -> Conflict:
    """The conflict of a model whose columns are held, by rows alone; no statements where rows show none."""
    found = _by_rows(model, statements_of(model.problem), clock)
    return Conflict([], {}, smallest=False) if found is None else Conflict(*found, smallest=True)


# ---------------------------------------------------------------- by rows


def _by_rows(
    model: Model, statements: list[Statement], clock: Clock
) -> tuple[list[Statement], dict[Statement, list[int]]] | None:
    """A smallest set of statements whose rows conflict, without decisions; none where rows alone do not.

    One LP gives multipliers: rows without one are not needed. A few more solves, each from where the last one ended,
    try each of the others.
    """
    elastic = Elastic(model, spots(model, statements), clock)
    every = set(range(len(elastic.slacks)))
    proof = _needed(elastic, every)
    if proof is None:
        return None
    order = {statement: number for number, statement in enumerate(statements)}

    def of_statement(number: int) -> tuple[int, ...]:
        return (order[elastic.slacks[number][0]],)

    def of_period(number: int) -> tuple[int, ...]:
        period = elastic.slacks[number][1].period
        return (*of_statement(number), -1 if period is None else period)

    whole = _filtered(elastic, _grouped(every, of_statement), proof)
    needed = _filtered(elastic, _grouped(whole, of_period), whole)
    periods: dict[Statement, list[int]] = {}
    for number in sorted(needed):
        statement, spot = elastic.slacks[number]
        held = [spot.period] if spot.period is not None else []
        periods[statement] = sorted({*periods.get(statement, []), *held})
    return sorted(periods, key=order.__getitem__), periods


def _grouped(slacks: set[int], key: Callable[[int], tuple[int, ...]]) -> list[set[int]]:
    """Slacks of one key together; what is rather named in a conflict comes last."""
    groups: dict[tuple[int, ...], set[int]] = {}
    for number in sorted(slacks):
        groups.setdefault(key(number), set()).add(number)
    return [groups[name] for name in sorted(groups, reverse=True)]


def _needed(elastic: Elastic, kept: Iterable[int]) -> set[int] | None:
    """Of the slacks that cost something those whose rows carry the proof; none where they carry none."""
    prices = np.zeros(len(elastic.slacks))
    kept = set(kept)
    prices[list(kept)] = 1.0
    found = elastic.least(prices)
    if found is None:
        return None
    point, duals = found
    if float(np.sum(prices * elastic.beyond(point) / elastic.scale)) <= NOTHING or duals is None:
        return None
    weights = _multipliers(elastic, duals)
    return {number for number in kept if weights[number] > 1e-9}


def _multipliers(elastic: Elastic, duals: Floats) -> Floats:
    """How much of its price each slack's row uses up, from 0 to 1."""
    reduced = elastic.arrays.column_sums(elastic.arrays.coefficients * duals[elastic.arrays.row_of])
    weights: Floats = np.abs(reduced[elastic.first :]) * elastic.scale
    return weights


def _filtered(elastic: Elastic, groups: list[set[int]], proof: set[int]) -> set[int]:
    """What is left of those a proof needs, when every group that the rest can do without is left out, whole."""
    left = [group for group in groups if group & proof]
    for group in list(left):
        others = [other for other in left if other is not group]
        if group not in left or not others:
            continue
        still = _needed(elastic, set().union(*others))
        if still is not None:
            left = [other for other in others if other & still]
    return set().union(*left)


# ---------------------------------------------------------------- by data


class _Search:
    """Conflicts found by formulating the problem without statements, and asking whether it has any plan."""

    def __init__(self, model: Model, statements: list[Statement], clock: Clock) -> None:
        self.model = model
        self.problem = model.problem
        self.statements = statements
        self.clock = clock
        self.decisions = any(column.cat != pulp.LpContinuous for column in model.lp.columns.values())
        self.room = roomy(model.problem, decisions=self.decisions)

    def run(self, rows: list[Statement] | None) -> list[Statement]:
        """The smallest conflict within the rows' one and what no row says; without one of rows, within everything."""
        if rows is None:
            return self._ordered(self._smallest([], self.statements))
        part = part_about(self.problem, rows)
        if part is None:
            return self._within(rows, self.statements)
        back = {replace(s, position=0): s for s in self.statements}
        inner = statements_of(part)
        there = {back[replace(s, position=0)]: s for s in inner}
        self.problem = part
        found = self._within([there[s] for s in rows], inner)
        self.problem = self.model.problem
        return self._ordered([back[replace(s, position=0)] for s in found])

    def _within(self, rows: list[Statement], statements: list[Statement]) -> list[Statement]:
        everything, self.statements = self.statements, statements
        try:
            told = self._told()
            rest = [statement for statement in statements if statement not in told and statement not in rows]
            found = [*rows, *self._untold_ones(rows, rest)]
            return self._ordered(self._needed_of(found, []) if self._is_fragile(rest) else found)
        finally:
            self.statements = everything

    def _is_fragile(self, rest: list[Statement]) -> bool:
        """Whether what rows needed may not be needed of the data: for rows say less than what the data leaves out."""
        lanes = any(lane.minimum is not None for lane in self.problem.lanes)  # hold where anything can move
        return self.decisions or lanes or bool(self._untold() & set(rest))

    def _needed_of(self, found: list[Statement], background: list[Statement]) -> list[Statement]:
        """What is left of a conflict with a background when everything that it can do without is left out."""
        needed = list(found)
        for statement in reversed(found):
            fewer = [other for other in needed if other != statement]
            if (fewer or background) and self._conflict([*background, *fewer]):
                needed = fewer
        return needed

    def _untold_ones(self, kept: list[Statement], rest: list[Statement]) -> list[Statement]:
        """What no row says and is needed: rather of the entries that rows are about, which are tried first."""
        if not rest or self._conflict(kept):
            return []
        entries = {(statement.on, statement.position) for statement in kept}
        near = [statement for statement in rest if (statement.on, statement.position) in entries]
        if near and self._conflict([*kept, *near]):
            return self._needed_of(near, kept)
        return self._halved(kept, [*near, *rest_of(rest, near)], fresh=False)

    def _told(self) -> set[Statement]:
        """Statements that rows say all of. Of a yes/no decision limits are coefficients too, which no slack reaches."""
        model = self.model if self.problem is self.model.problem else build_model(self.problem)
        told = set(spots(model, self.statements)) - self._untold()
        limits = ("capacity", "build", "scrap", "lane", "stockpile", "surplus")
        return {statement for statement in told if not (self.decisions and statement.kind in limits)}

    def _untold(self) -> set[Statement]:
        """Statements that leave columns out in some period: a capacity of nothing."""
        return {
            statement
            for statement in self.statements
            if statement.build is None
            and statement.on in ("suppliers", "plants", "recyclers")
            and statement.field == "capacity"
            and 0.0 in self.problem.timeline.read(stated(self.problem, statement))
        }

    def _ordered(self, found: list[Statement]) -> list[Statement]:
        return [statement for statement in self.statements if statement in set(found)]

    def _conflict(self, kept: list[Statement]) -> bool:
        others = rest_of(self.statements, kept)
        return not has_point(build_model(loosened(self.problem, others, self.room)), self.clock)

    def _smallest(self, background: list[Statement], candidates: list[Statement]) -> list[Statement]:
        """The smallest set of candidates that conflicts with the background, halving what need not be looked at."""
        if not candidates or self._conflict(background):
            return []
        return self._halved(background, candidates, fresh=False)

    def _halved(self, background: list[Statement], candidates: list[Statement], *, fresh: bool) -> list[Statement]:
        if fresh and self._conflict(background):
            return []
        if len(candidates) == 1:
            return candidates
        middle = len(candidates) // 2
        first, second = candidates[:middle], candidates[middle:]
        late = self._halved([*background, *first], second, fresh=True)
        early = self._halved([*background, *late], first, fresh=bool(late))
        return [*early, *late]


def rest_of(statements: list[Statement], some: Iterable[Statement]) -> list[Statement]:
    """The statements but some."""
    taken = set(some)
    return [statement for statement in statements if statement not in taken]

"""What would give a plan: the least move of one statement, or of a few, solved again before it is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from pydantic import ValidationError

from oremix.models import Problem
from oremix.models.diagnosis import Repair
from oremix.models.errors import SolverFailed
from oremix.optimizer.answering.diagnosis.conflict import Conflict
from oremix.optimizer.answering.diagnosis.edits import Edit, as_changes, edited, said
from oremix.optimizer.answering.diagnosis.elastic import Elastic, has_point
from oremix.optimizer.answering.diagnosis.loosening import loosened, roomy
from oremix.optimizer.answering.diagnosis.moves import AMOUNTS, LIMITS, Beyond, moved
from oremix.optimizer.answering.diagnosis.options import options
from oremix.optimizer.answering.diagnosis.rows import spots
from oremix.optimizer.answering.diagnosis.statements import Statement, statements_of
from oremix.optimizer.answering.diagnosis.wording import move
from oremix.optimizer.clock import Clock, OutOfTime
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.lean import Key
from oremix.optimizer.solving import solve_lp

__all__ = ["repairs"]

# How many statements that move at once are named in words.
SHOWN = 4

# How many statements of one kind that are no amounts are tried.
OPTIONS = 2

# How often a move may be followed by another: it may change what it is measured against.
ATTEMPTS = 4

# Several statements together: which kinds are rather moved than others.
RATHER = (("policy",), ("demand",), ("capacity", "build", "obligation", "scrap", "lane", "stockpile", "surplus"))


@dataclass(frozen=True)
class _Found:
    edits: list[Edit]
    total_cost: float


def repairs(model: Model, conflict: Conflict, clock: Clock, gap: float | None = None) -> list[Repair]:
    """Every repair found in time: those that keep every demand first, the cheapest first."""
    workshop = _Workshop(model, clock, gap)
    found: list[_Found] = []
    try:
        for repair in workshop.all(conflict):
            if all(set(_fields(repair)) != set(_fields(other)) for other in found):
                found.append(repair)
    except OutOfTime:
        pass
    found.sort(key=lambda repair: (any(s.on == "demands" for s in _fields(repair)), repair.total_cost))
    first = found[0].total_cost if found else 0.0
    problem = model.problem
    return [
        Repair(
            text=_text(problem, repair.edits),
            changes=as_changes(problem, repair.edits),
            total_cost=repair.total_cost,
            cost=repair.total_cost - first,
            checked=True,
        )
        for repair in found
    ]


def _fields(repair: _Found) -> Iterator[Statement]:
    yield from (edit.statement for edit in repair.edits)


def _text(problem: Problem, edits: list[Edit]) -> str:
    """The edits in words, those of one statement together."""
    together: dict[Statement, list[Edit]] = defaultdict(list)
    for edit in edits:
        together[edit.statement].append(edit)
    moves = []
    for statement, group in together.items():
        was = [said(problem, statement, edit.period) for edit in group]
        periods = [edit.period for edit in group if edit.period is not None]
        moves.append(move(problem, statement, was, [edit.value for edit in group], periods))
    more = len(moves) - SHOWN
    return ", and ".join(moves[:SHOWN]) + (f", and {more} more such moves" if more > 0 else "")


class _Workshop:
    """Tries moves on one problem."""

    def __init__(self, model: Model, clock: Clock, gap: float | None) -> None:
        self.model = model
        self.problem = model.problem
        self.clock = clock
        self.gap = gap
        self.decisions = any(column.cat != "Continuous" for column in model.lp.columns.values())
        self.room = roomy(model.problem, decisions=self.decisions)
        self._shared: Elastic | None = None

    def all(self, conflict: Conflict) -> Iterator[_Found]:
        """One statement of the conflict at a time; where that is not enough, several at once."""
        alike: dict[tuple[str, bool, str], list[Statement]] = defaultdict(list)
        for statement in conflict.statements:
            if not statement.firm:
                alike[statement.on, statement.build is None, statement.field].append(statement)
        stuck = []
        for group in alike.values():
            if (found := self._one_of(group)) is not None:
                yield found
            else:
                stuck.append(group)
        few = len(alike) - len(stuck) < 2
        kinds_stuck = {group[0].kind for group in stuck}
        for kinds in RATHER:
            if (few or kinds_stuck & set(kinds) & {"policy", "demand"}) and (found := self._several(kinds)) is not None:
                yield found
        if few:
            for group in stuck:
                if group[0].field not in AMOUNTS and (found := self._several((), group[0])) is not None:
                    yield found

    def _one_of(self, group: list[Statement]) -> _Found | None:
        """The least move of statements of one kind: of one of them if that is enough, else of all together."""
        try:
            if group[0].field in AMOUNTS:
                return self._amount(group)
            return next((found for statement in group[:OPTIONS] if (found := self._option(statement))), None)
        except SolverFailed:
            return None

    # ------------------------------------------------------------ amounts

    def _several(self, kinds: tuple[str, ...], first: Statement | None = None) -> _Found | None:
        """Several amounts, of some kinds rather than of others; with the greatest move of another statement first."""
        movable = [s for s in statements_of(self.problem) if not s.firm and s.field in AMOUNTS]
        choices = options(self.problem, first) if first is not None else []
        given = [] if first is None else [Edit(first, None, value) for value in choices[-1:]]
        try:
            return self._amount(movable, kinds, given)
        except SolverFailed:
            return None

    def _amount(
        self, statements: list[Statement], rather: tuple[str, ...] = (), given: list[Edit] | None = None
    ) -> _Found | None:
        """The least move, made; and again from there as long as it was not enough."""
        values: dict[tuple[Statement, int | None], Any] = {(e.statement, e.period): e.value for e in given or []}
        problem = self.problem
        if given:
            try:
                problem = edited(problem, given)
            except ValidationError:
                return None
        for attempt in range(ATTEMPTS):
            more = self._least(problem, statements, rather, strict=attempt > 0)
            if not more:
                return None
            values |= {(edit.statement, edit.period): edit.value for edit in more}
            edits = [Edit(statement, period, value) for (statement, period), value in values.items()]
            try:
                problem = edited(self.problem, edits)
            except ValidationError:
                return None
            cost = self._cost(problem)
            if cost is not None:
                return _Found(edits, cost)
        return None

    def _least(
        self, problem: Problem, statements: list[Statement], rather: tuple[str, ...], *, strict: bool
    ) -> list[Edit] | None:
        """How far statements must move at least, all else as it is; none where that does not help."""
        elastic, limits = self._elastic(problem, statements)
        moving = set(statements)
        prices = [
            inf if s not in moving else 1.0 if not rather or s.kind in rather else 1000.0 for s, _ in elastic.slacks
        ]
        if not any(price < inf for price in prices):
            return None
        answer = elastic.least(np.array(prices))
        if answer is None:
            return None
        return list(moved(Beyond(problem, elastic, answer[0], limits, self.room), strict=strict))

    def _elastic(self, problem: Problem, statements: list[Statement]) -> tuple[Elastic, dict[Key, float]]:
        """A model whose rows can be exceeded where the statements limit them; the limits that it has lost.

        Without decisions, and where rows say all of the statements, it is the same one every time.
        """
        model = self.model if problem is self.problem else build_model(problem)
        kinds = {(statement.on, statement.build is None, statement.field) for statement in statements}
        alone = len(kinds) == 1 and statements[0].field in LIMITS - {"scrap"} and statements[0].on != "policies"
        if alone and (self.decisions or self._leaves_out(model, statements)):
            base = build_model(loosened(problem, statements, self.room))
            limits = _limits(model, base, statements)
            return Elastic(base, spots(base, statements), self.clock, limits=limits, whole=True), limits
        if self.decisions or problem is not self.problem:
            return Elastic(model, spots(model, statements), self.clock, whole=True), {}
        if self._shared is None:
            self._shared = Elastic(model, spots(model, statements_of(problem)), self.clock)
        return self._shared, {}

    def _leaves_out(self, model: Model, statements: list[Statement]) -> bool:
        """Whether a statement leaves columns out somewhere, so that no row says all of it."""
        found = spots(model, statements)
        count = 1 if statements[0].field in ("reserve", "up_to", "max", "max_per_order") else len(model.timeline)
        return any(len(found.get(statement, ())) < count for statement in statements)

    def _cost(self, problem: Problem) -> float | None:
        """The cost of the cheapest plan of a changed problem, verified; none where there is none."""
        lp = build_model(problem).lp
        outcome = solve_lp(lp, time_limit=self.clock.demand(), gap=self.gap, stop=self.clock.stop)
        if outcome.status == "no_answer":
            self.clock.demand()
        proved = outcome.status in ("optimal", "feasible") and outcome.verified
        return outcome.objective if proved else None

    # ------------------------------------------------------------ options

    def _option(self, statement: Statement) -> _Found | None:
        """The first of the options, from the least move on, that gives a plan."""
        choices = [(value, self._with(statement, value)) for value in options(self.problem, statement)]
        valid = [(value, problem) for value, problem in choices if problem is not None]
        low, high = 0, len(valid) - 1
        if not valid or (high > 0 and not self._feasible(valid[high][1])):
            return None
        while low < high:
            middle = (low + high) // 2
            if self._feasible(valid[middle][1]):
                high = middle
            else:
                low = middle + 1
        value, problem = valid[low]
        cost = self._cost(problem)
        return None if cost is None else _Found([Edit(statement, None, value)], cost)

    def _with(self, statement: Statement, value: Any) -> Problem | None:
        try:
            return edited(self.problem, [Edit(statement, None, value)])
        except ValidationError:
            return None

    def _feasible(self, problem: Problem) -> bool:
        return has_point(build_model(problem), self.clock)


def _limits(model: Model, base: Model, statements: list[Statement]) -> dict[Key, float]:
    """What the rows and bounds of loosened statements limit without being loosened; nothing where they are not."""
    limits: dict[Key, float] = {}
    for spot in (spot for found in spots(base, statements).values() for spot in found):
        if spot.row is not None:
            row = model.lp.rows.get(spot.key)
            limits[spot.key] = 0.0 if row is None else -row.constant
        else:
            column = model.lp.columns.get(spot.key)
            bound = None if column is None else column.upBound
            limits[spot.key] = 0.0 if column is None else inf if bound is None else bound
    return limits

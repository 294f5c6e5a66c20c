"""What do two policies cost together? A grid of both bounds, and where there is no plan."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import Any

from oremix.models import Problem, read_problem
from oremix.models.errors import InvalidOption
from oremix.models.studies.frontier import Edge, Surface, SurfacePoint
from oremix.models.studies.frontier_options import SurfaceOptions
from oremix.optimizer.clock import Clock, OutOfTime, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.engine import spread_as_done
from oremix.optimizer.session import Point, Session
from oremix.optimizer.studies.asked import options_of, refuse, side_of, surface_faults
from oremix.optimizer.studies.bounded import Bounded, Side, Tightest, Undecided, freed

__all__ = ["surface"]


def surface(
    problem: Problem | dict[str, Any] | str | bytes,
    policy: str,
    second_policy: str,
    *,
    side: str | None = None,
    second_side: str | None = None,
    from_year: int | None = None,
    until_year: int | None = None,
    points: int = 7,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
) -> Surface:
    """Cost against the bounds of two policies, each from where it binds at all to the tightest it can be by itself.

    Parameters
    ----------
    policy, second_policy, side, second_side
        As of a frontier.
    points
        Bounds of each policy.
    problem, from_year, until_year, time_limit, gap, max_columns, stop, progress
        As of a frontier.

    Raises
    ------
    InvalidProblem, InvalidOption, TooLarge, SolverFailed
        As `frontier`.
    """
    check_options(time_limit, gap, "plan")
    problem = read_problem(problem)
    stated = {"policy": policy, "second_policy": second_policy, "side": side, "second_side": second_side}
    years = {"from_year": from_year, "until_year": until_year}
    options = options_of(SurfaceOptions, {**stated, **years, "points": points})
    refuse(surface_faults(problem, options))
    refuse_if_too_large(problem, max_columns)
    return _Study(problem, options, Clock(time_limit, stop, progress), gap).answer()


class _Pair:
    """A problem in which the bounds of two policies move."""

    def __init__(self, session: Session, sides: tuple[tuple[str, Side], tuple[str, Side]], clock: Clock) -> None:
        self.session, self.clock = session, clock
        self._sides = sides
        self.first, self.second = (Bounded(session, *side) for side in sides)

    def twin(self) -> _Pair:
        """Another for another thread; sent to another process, it is made anew."""
        return _Pair(self.session.twin(), self._sides, self.clock)

    def __reduce__(self) -> tuple[type[_Pair], tuple[Any, ...]]:
        return type(self), (self.session, self._sides, self.clock)

    def begin(self) -> Point:
        """The point at both loosest bounds, from which all others are looked for."""
        loose = self.solved(self.first, self.first.ends[1])
        self.session.keep()
        return loose

    def solved(self, bounded: Bounded, bound: float) -> Point:
        """The point at a bound.

        Raises
        ------
        Undecided
            Time is over.
        """
        if self.clock.is_up():
            raise Undecided
        self.session.time_limit = self.clock.left()
        point = bounded.solve(bound)
        if point.status == "no_answer":
            raise Undecided
        return point

    def rewind(self, bound: float) -> None:
        """Go back to where it began, with the first bound at a value."""
        self.session.rewind()
        self.second.others = self.first.changes(bound)


@dataclass(frozen=True)
class _Row:
    """What is known at one bound of the first policy; not `decided` where time ended before all of it was."""

    points: list[SurfacePoint]
    edge: float | None
    decided: bool


def _loosest(pair: _Pair, bound: float) -> float | None:
    """What the second policy comes to at a bound of the first where it is free; none where there is no plan."""
    pair.rewind(bound)
    try:
        point = pair.solved(pair.second, pair.second.ends[1])
    except Undecided:
        raise OutOfTime from None
    return None if point.total_cost is None else pair.second.achieved(point)


def _row(pair: _Pair, row: tuple[float, list[float]]) -> _Row:
    """Every bound of the second policy beside one of the first, and the tightest there."""
    bound, columns = row
    pair.rewind(bound)
    points: list[Point] = []
    tightest: Tightest | None = None
    try:
        points.extend(pair.solved(pair.second, other) for other in columns)
        if points[0].total_cost is not None:
            tightest = pair.second.tightest(points[0])
        decided = True
    except Undecided:
        decided = False
    told = [_point(pair, bound, other, point) for other, point in zip(columns, points, strict=False)]
    return _Row(told, None if tightest is None else tightest.bound, decided)


def _point(pair: _Pair, bound: float, other: float, point: Point) -> SurfacePoint:
    return SurfacePoint(
        bound=bound,
        second_bound=other,
        status=point.status,
        verified=point.verified,
        total_cost=point.total_cost,
        marginal=point.marginal(pair.first.policy),
        second_marginal=point.marginal(pair.second.policy),
    )


class _Study:
    """One surface, from the options to the answer."""

    def __init__(self, problem: Problem, options: SurfaceOptions, clock: Clock, gap: float | None) -> None:
        self.problem, self.options, self.clock = problem, options, clock
        first, first_side = side_of(problem, options.policy, options.side)
        second, second_side = side_of(problem, options.second_policy, options.second_side)
        base = problem
        for rule, side in ((first, first_side), (second, second_side)):
            base = freed(base, rule.id, side, options.from_year, options.until_year)
        session = Session(base, gap=gap, stop=clock.stop)
        self.pair = _Pair(session, ((first.id, first_side), (second.id, second_side)), clock)
        self.first, self.second = self.pair.first, self.pair.second
        for bounded in (self.first, self.second):
            if not bounded.measures:
                raise InvalidOption(f"`policy` {bounded.policy} bounds nothing here: there is nothing that it counts")
        self.complete = True
        self.notes: list[str] = []

    def answer(self) -> Surface:
        """The whole study."""
        rows: dict[int, _Row] = {}
        bounds: list[float] = []
        try:
            bounds, columns = self._grid()
            items = [(bound, columns) for bound in bounds]
            for number, row in spread_as_done(_row, items, make=self.pair.twin, clock=self.clock):
                rows[number] = row
                done = sum(len(one.points) for one in rows.values())
                self.clock.tell(done, len(bounds) * len(columns), "pairs of bounds solved")
            self.complete = len(rows) == len(bounds) and all(row.decided for row in rows.values())
        except Undecided:
            self.complete = False
        if not self.complete:
            self.notes.append("The study ended before its end: a limit was reached.")
        points = [point for number in sorted(rows) for point in rows[number].points]
        edge = [Edge(bound=bounds[number], tightest=row.edge) for number, row in sorted(rows.items()) if row.decided]
        if not points and self.complete:
            self.notes.append("There is no plan even at the loosest bounds; `oremix solve` says why.")
        return self._told(points, edge)

    def _grid(self) -> tuple[list[float], list[float]]:
        """The bounds of both: each from the loosest that binds beside some bound of the other to the tightest."""
        loose = self.pair.begin()
        if loose.total_cost is None:
            return [], []
        ends = [self._tightest(bounded, loose) for bounded in (self.first, self.second)]
        self.first.others = self.second.changes(ends[1].bound)
        beside = [loose, self.pair.solved(self.first, self.first.ends[1])]
        self.first.others = []
        achieved = [self.first.achieved(point) for point in beside if point.total_cost is not None]
        rows = self._between(self.first, achieved, ends[0].bound)
        found = dict(spread_as_done(_loosest, rows, make=self.pair.twin, clock=self.clock))
        if len(found) < len(rows):
            raise Undecided
        return rows, self._between(self.second, [found[number] for number in range(len(rows))], ends[1].bound)

    def _tightest(self, bounded: Bounded, loose: Point) -> Tightest:
        found = bounded.tightest(loose)
        if found is None:
            raise InvalidOption(f"the {bounded.side} of {bounded.policy} can be tightened for ever: it has no surface")
        return found

    def _between(self, bounded: Bounded, achieved: list[float | None], end: float) -> list[float]:
        """Bounds from the loosest that is achieved to an end."""
        start = bounded.sign * max(bounded.sign * bound for bound in [end, *achieved] if bound is not None)
        start = bounded.sign * min(bounded.sign * start, bounded.sign * bounded.ends[1])
        step = (end - start) / (self.options.points - 1)
        return list(dict.fromkeys([start + number * step for number in range(self.options.points - 1)] + [end]))

    def _told(self, points: list[SurfacePoint], edge: list[Edge]) -> Surface:
        self.clock.tell(len(points), len(points), "done")
        return Surface(
            problem=self.problem.name,
            problem_hash=self.problem.hash,
            currency=self.problem.currency,
            policy=self.first.policy,
            side=self.first.side,
            per=self.first.per,
            second_policy=self.second.policy,
            second_side=self.second.side,
            second_per=self.second.per,
            from_year=self.options.from_year,
            until_year=self.options.until_year,
            complete=self.complete,
            points=points,
            edge=edge,
            seconds=self.clock.seconds(),
            notes=self.notes,
        )

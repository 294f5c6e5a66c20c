"""What do two policies cost together? A grid of both bounds, and where there is no plan."""

from __future__ import annotations

from threading import Event
from typing import Any

from oremix.models import Problem, read_problem
from oremix.models.errors import InvalidOption
from oremix.models.studies.frontier import Edge, Surface, SurfacePoint
from oremix.models.studies.frontier_options import SurfaceOptions
from oremix.optimizer.clock import Clock, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.session import Point, Session
from oremix.optimizer.studies.asked import options_of, refuse, side_of, surface_faults
from oremix.optimizer.studies.bounded import Bounded, Tightest, Undecided, freed

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


class _Study:
    """One surface, from the options to the answer."""

    def __init__(self, problem: Problem, options: SurfaceOptions, clock: Clock, gap: float | None) -> None:
        self.problem, self.options, self.clock = problem, options, clock
        rules = (
            side_of(problem, options.policy, options.side),
            side_of(problem, options.second_policy, options.second_side),
        )
        base = problem
        for rule, side in rules:
            base = freed(base, rule.id, side, options.from_year, options.until_year)
        session = Session(base, time_limit=clock.left(), gap=gap, stop=clock.stop)
        self.first, self.second = (Bounded(session, rule.id, side) for rule, side in rules)
        for bounded in (self.first, self.second):
            if not bounded.measures:
                raise InvalidOption(f"`policy` {bounded.policy} bounds nothing here: there is nothing that it counts")
        self.complete = True
        self.notes: list[str] = []

    def answer(self) -> Surface:
        """The whole study."""
        points: list[SurfacePoint] = []
        edge: list[Edge] = []
        try:
            rows, columns = self._grid()
            for bound in rows:
                self.second.others = self.first.changes(bound)
                loose: Point | None = None
                for other in columns:
                    self.clock.tell(len(points), len(rows) * len(columns), "pairs of bounds solved")
                    point = self._solved(self.second, other)
                    loose = loose or point
                    points.append(self._point(bound, other, point))
                edge.append(Edge(bound=bound, tightest=self._edge(loose)))
        except Undecided:
            self.complete = False
            self.notes.append("The study ended before its end: a limit was reached.")
        if not points and self.complete:
            self.notes.append("There is no plan even at the loosest bounds; `oremix solve` says why.")
        return self._told(points, edge)

    def _grid(self) -> tuple[list[float], list[float]]:
        """The bounds of both: each from the loosest that binds beside some bound of the other to the tightest."""
        loose = self._solved(self.first, self.first.ends[1])
        if loose.total_cost is None:
            return [], []
        ends = [self._tightest(bounded, loose) for bounded in (self.first, self.second)]
        self.first.others = self.second.changes(ends[1].bound)
        beside = [loose, self._solved(self.first, self.first.ends[1])]
        self.first.others = []
        rows = self._between(self.first, beside, ends[0].bound)
        beside = []
        for bound in rows:
            self.second.others = self.first.changes(bound)
            beside.append(self._solved(self.second, self.second.ends[1]))
        return rows, self._between(self.second, beside, ends[1].bound)

    def _tightest(self, bounded: Bounded, loose: Point) -> Tightest:
        found = bounded.tightest(loose)
        if found is None:
            raise InvalidOption(f"the {bounded.side} of {bounded.policy} can be tightened for ever: it has no surface")
        return found

    def _between(self, bounded: Bounded, points: list[Point], end: float) -> list[float]:
        """Bounds from the loosest that any of these points comes to, to an end."""
        achieved = [bounded.achieved(point) for point in points if point.total_cost is not None]
        start = bounded.sign * max(bounded.sign * bound for bound in [end, *achieved] if bound is not None)
        start = bounded.sign * min(bounded.sign * start, bounded.sign * bounded.ends[1])
        step = (end - start) / (self.options.points - 1)
        return list(dict.fromkeys([start + number * step for number in range(self.options.points - 1)] + [end]))

    def _solved(self, bounded: Bounded, bound: float) -> Point:
        """The point at a bound.

        Raises
        ------
        Undecided
            Time is over.
        """
        if self.clock.is_up():
            raise Undecided
        bounded.session.time_limit = self.clock.left()
        point = bounded.solve(bound)
        if point.status == "no_answer":
            raise Undecided
        return point

    def _edge(self, loose: Point | None) -> float | None:
        if loose is None or loose.total_cost is None:
            return None
        found = self.second.tightest(loose)
        return None if found is None else found.bound

    def _point(self, bound: float, other: float, point: Point) -> SurfacePoint:
        return SurfacePoint(
            bound=bound,
            second_bound=other,
            status=point.status,
            verified=point.verified,
            total_cost=point.total_cost,
            marginal=point.marginal(self.first.policy),
            second_marginal=point.marginal(self.second.policy),
        )

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

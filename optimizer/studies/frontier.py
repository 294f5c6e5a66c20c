"""What does a policy cost at every bound? Cost from where it begins to bind to the tightest bound that can be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Event
from typing import Any

from oremix.models import Problem, read_problem
from oremix.models.errors import InvalidOption
from oremix.models.plan import Status
from oremix.models.policies import Share
from oremix.models.studies.frontier import Frontier, FrontierPoint, Ratio, Refusal
from oremix.models.studies.frontier_options import FrontierOptions
from oremix.optimizer.clock import Clock, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.engine import spread_as_done
from oremix.optimizer.formulation.scopes import over_consumption
from oremix.optimizer.session import Point, Session
from oremix.optimizer.studies.asked import frontier_faults, options_of, refuse, side_of
from oremix.optimizer.studies.bounded import Bounded, Tightest, Undecided, decided, freed
from oremix.optimizer.studies.curve import NARROW_DECISIONS, Curve, Node
from oremix.optimizer.studies.make_up import MakeUp
from oremix.optimizer.studies.stops import Stop, stops_of

__all__ = ["frontier"]

# Costs nearer to each other than these parts of the largest are the same, without and with yes/no decisions.
SAME_COST = 1e-9
SAME_COST_SEARCHED = 1e-6
# How many bounds are looked at first where decisions may change anywhere.
GRID = 12
# How many pieces of a frontier with yes/no decisions are looked into at once, and how many listed bounds of one without
# are solved one from the other's basis; the same however many workers there are.
TOGETHER = 8
CHAIN = 8
# Where the slope at the tightest bound is read, in parts of the range: there itself it has no upper end.
INWARD = 1e-7

NO_PLAN = "There is no plan even at the loosest bound: the reason lies elsewhere, and `oremix solve` says where."
SEARCHED = (
    "With yes/no decisions the cost may jump and need not be convex: it was looked at on a grid of"
    f" {GRID} bounds, and nearer wherever decisions change, to {100 * NARROW_DECISIONS:g} % of the range; decisions"
    " that change and change back between two bounds may be missed. Marginals hold with the decisions as they are."
)
CURVED = (
    "What the share is of can itself move with the bound, so that the cost may be curved between kinks: it was found to"
    " within the tolerance. Points without a kink lie on such a curve."
)


def frontier(
    problem: Problem | dict[str, Any] | str | bytes,
    policy: str | None = None,
    *,
    side: str | None = None,
    from_: float | None = None,
    to: float | None = None,
    bounds: list[float] | None = None,
    from_year: int | None = None,
    until_year: int | None = None,
    max_points: int = 500,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
) -> Frontier:
    """Cost against a policy's bound, every kink found, with the price of a percentage point on either side of it.

    The bound takes the place of the policy's own in every period, and of any penalty.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    policy
        Id of a policy (of a preset, one of its rules); absent: the only share policy that has a `max`.
    side
        ``max`` or ``min``: which bound moves; absent: the `max`, unless the policy has a `min` alone.
    from_, to
        The loosest and the tightest bound of interest; absent: where the bound begins to cost, and the tightest that
        can be kept. Shares are from 0 to 1.
    bounds
        These bounds alone, in place of a search.
    from_year, until_year
        In which years the bound moves; in others the policy holds as stated.
    max_points
        How many bounds may be solved.
    time_limit
        Seconds for the whole study.
    gap
        Relative gap at which yes/no decisions may stop.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends the study with what it has.
    progress
        Called with how many bounds are solved, how many are expected as yet, and a word on it.

    Raises
    ------
    InvalidProblem, InvalidOption, TooLarge, SolverFailed
        As `oremix.solve`; with every fault of the options.
    """
    check_options(time_limit, gap, "plan")
    problem = read_problem(problem)
    stated = {"from": from_, "to": to, "bounds": bounds, "from_year": from_year, "until_year": until_year}
    options = options_of(FrontierOptions, {"policy": policy, "side": side, "max_points": max_points, **stated})
    refuse(frontier_faults(problem, options))
    refuse_if_too_large(problem, max_columns)
    return _Study(problem, options, Clock(time_limit, stop, progress), gap).answer()


@dataclass(frozen=True)
class _Chain:
    """Bounds that are solved one after the other."""

    bounds: list[float]
    clock: Clock


def _chained(bounded: Bounded, chain: _Chain) -> list[Point]:
    """The points at these bounds, as far as there is time."""
    bounded.session.rewind()
    points: list[Point] = []
    for bound in chain.bounds:
        if (point := _within(bounded, bound, chain.clock)) is None:
            break
        points.append(point.to_send())
    return points


def _within(bounded: Bounded, bound: float, clock: Clock) -> Point | None:
    """The point at a bound; none where there is no time for it."""
    if clock.is_up():
        return None
    bounded.session.time_limit = clock.left()
    return bounded.solve(bound)


class _Study:
    """One frontier, from the options to the answer."""

    def __init__(self, problem: Problem, options: FrontierOptions, clock: Clock, gap: float | None) -> None:
        self.problem, self.options, self.clock = problem, options, clock
        rule, side = side_of(problem, options.policy, options.side)
        base = freed(problem, rule.id, side, options.from_year, options.until_year)
        self.session = Session(base, gap=gap, stop=clock.stop)
        self.bounded = Bounded(self.session, rule.id, side)
        if not self.bounded.measures:
            raise InvalidOption(f"`policy` {rule.id} bounds nothing here: there is nothing that it counts")
        model = self.bounded.model
        self.make_up = MakeUp(model, getattr(rule, "materials", None) or ())
        self.columns = list(model.lp.columns.values())
        self.searched = any(column.cat == "Integer" for column in self.columns)
        self.points: dict[float, Point] = {}
        self.complete = True
        self.solves = 0
        self.tolerance = 0.0
        self.notes: list[str] = []

    def answer(self) -> Frontier:
        """The whole study."""
        loose = self._solve(self._loosest)
        self.session.keep()
        tightest: Tightest | None = None
        stops: list[Stop] = []
        exact = False
        if loose is not None and loose.total_cost is not None:
            if self.options.bounds is not None:
                stops = self._listed(self.options.bounds)
            else:
                tightest = self._tightest(loose)
                exact, stops = self._traced(loose, tightest)
        return self._told(loose, tightest, stops, exact)

    # ------------------------------------------------------------ single bounds

    @property
    def _loosest(self) -> float:
        if self.options.from_ is not None:
            return self.options.from_
        return self.bounded.ends[1]

    def _solve(self, bound: float) -> Point | None:
        """The point at a bound; none where there is no time for it, or no plan was found in it."""
        point = _within(self.bounded, bound, self.clock)
        self._count(point)
        return point

    def _count(self, point: Point | None) -> None:
        if point is None or (point.status in ("no_answer", "feasible") and self.clock.is_up()):
            self.complete = False
        self.solves += point is not None

    def _solve_all(self, bounds: list[float], chain: int, more: int = 0) -> list[Point | None]:
        """As `_solve`, each of so many one after the other, spread; each chain begins from what the session keeps.

        `more` is how many bounds are expected beside these.
        """
        chains = [_Chain(bounds[first : first + chain], self.clock) for first in range(0, len(bounds), chain)]
        found: dict[float, Point | None] = dict.fromkeys(bounds)
        for number, points in spread_as_done(_chained, chains, make=self.bounded.twin, clock=self.clock):
            for bound, sent in zip(chains[number].bounds, points, strict=False):
                found[bound] = self.session.received(sent, self.bounded.changes(bound))
            done = sum(point is not None for point in found.values())
            self.clock.tell(self.solves + done, self.solves + len(bounds) + more, "bounds solved")
        for point in found.values():
            self._count(point)
        return [found[bound] for bound in bounds]

    def _node(self, at: float) -> Node | None:
        """The node at a looseness; none where the search has to end."""
        return self._node_of(at, self._solve(self.bounded.sign * at))

    def _node_of(self, at: float, point: Point | None) -> Node | None:
        if point is None or point.total_cost is None:
            self.complete = False
            return None
        return self._as_node(at, point)

    def _as_node(self, at: float, point: Point, slope: float | None = None) -> Node:
        self.points[at] = point
        marginal = (point.marginal(self.bounded.policy) or 0.0) / self.bounded.unit if slope is None else slope
        return Node(at, point.total_cost or 0.0, max(0.0, marginal), self._decisions(point))

    def _decisions(self, point: Point) -> Any:
        return decided(point, self.columns) if self.searched else None

    # ------------------------------------------------------------ the curve

    def _tightest(self, loose: Point) -> Tightest | None:
        self.clock.tell(self.solves, self.solves + 1, "looking for the tightest bound")
        if self.bounded.counts:
            return None
        self.session.time_limit = self.clock.left()
        try:
            found = self.bounded.tightest(loose, self.options.to)
        except Undecided:
            self.complete = False
            self.notes.append(
                "The tightest bound was not found before a limit was reached; give `to` to do without it."
            )
            return None
        if found is None:
            self.notes.append("The bound can be tightened for ever; give `to` to say how far.")
        return found

    def _traced(self, loose: Point, tightest: Tightest | None) -> tuple[bool, list[Stop]]:
        """Whether every kink was found, and the nodes to be told of, from tight to loose."""
        if self.bounded.counts:
            return True, self._counted(loose)
        right = self._right(loose)
        if tightest is None:
            return False, [Stop(right, None, right.slope, None)]
        at = self.bounded.sign * tightest.bound
        if at >= right.at:
            self.points[right.at] = loose
            return True, [Stop(right, None, right.slope, False)]
        convex = not self.searched and self.bounded.wholes_are_fixed
        left = self._left(at, tightest.point, right, convex)
        noise = (SAME_COST_SEARCHED if self.searched else SAME_COST) * max(abs(left.cost), abs(right.cost))
        most = max(self.options.max_points - self.solves, 0)
        together = TOGETHER if self.searched else 1
        curve = Curve(lambda bounds: self._seen(curve, bounds), convex, noise, most, together)
        pieces = curve.pieces(self._first(left, right, curve))
        self.complete = self.complete and curve.complete
        self.tolerance = max(piece.gap for piece in pieces)
        if not curve.complete and curve.solved >= most:
            self.notes.append(f"The search stopped at {self.options.max_points:,} bounds (`max_points`).")
        return convex, stops_of(pieces, noise, right.slope)

    def _seen(self, curve: Curve, bounds: list[float]) -> list[Node | None]:
        """Searches for decisions are spread; a linear program is sooner solved from the last one's basis."""
        if self.searched:
            points = self._solve_all([self.bounded.sign * at for at in bounds], 1, curve.waiting)
            return [self._node_of(at, point) for at, point in zip(bounds, points, strict=True)]
        self.clock.tell(self.solves, self.solves + curve.waiting + 1, "bounds solved")
        return [self._node(at) for at in bounds]

    def _right(self, loose: Point) -> Node:
        """The loosest bound: the one asked for, or the one that the plan keeps which was made without."""
        bound = self._loosest
        achieved = self.bounded.achieved(loose)
        rule = self.bounded.rule
        never_binds = not (isinstance(rule, Share) and over_consumption(rule)) or not loose.marginal(
            self.bounded.policy
        )
        if self.options.from_ is not None or not never_binds:
            return self._as_node(self.bounded.sign * bound, loose)
        if achieved is not None and self.bounded.sign * (bound - achieved) > 0:
            bound = self.bounded.within(achieved, self.bounded.ends[0])
        return self._as_node(self.bounded.sign * bound, loose, slope=0.0)

    def _left(self, at: float, point: Point, right: Node, convex: bool) -> Node:
        """The tightest bound; what loosening it saves is read just beside it where it matters."""
        node = self._as_node(at, point)
        self.session.keep()
        if convex:
            return node
        beside = self._node(at + INWARD * (right.at - at))
        return node if beside is None else replace(node, slope=beside.slope)

    def _first(self, left: Node, right: Node, curve: Curve) -> list[Node]:
        """The nodes that the search begins with."""
        nodes: list[Node | None] = [left]
        if self.searched:
            step = (right.at - left.at) / (GRID + 1)
            grid = [left.at + number * step for number in range(1, min(GRID, curve.most) + 1)]
            nodes += self._seen(curve, grid)
            curve.solved += len(grid)
        return [node for node in [*nodes, right] if node is not None]

    # ------------------------------------------------------------ without a search

    def _listed(self, bounds: list[float]) -> list[Stop]:
        """The bounds asked for, from tight to loose."""
        stops, refused = [], []
        ordered = sorted(dict.fromkeys(bounds), key=lambda bound: self.bounded.sign * bound)
        points = self._solve_all(ordered, 1 if self.searched else CHAIN)
        for bound, point in zip(ordered, points, strict=True):
            if point is None:
                continue
            if point.total_cost is None:
                refused.append(f"{bound:g} ({point.status})")
                continue
            node = self._as_node(self.bounded.sign * bound, point)
            stops.append(Stop(node, None, node.slope, None))
        if refused:
            self.notes.append(f"No plan at {', '.join(refused)}.")
        self.notes.append(
            "At a kink the marginal is a number between those of its two sides: kinks were not looked for."
        )
        return stops

    def _counted(self, loose: Point) -> list[Stop]:
        """A number of sources: one after the other, until there is no plan."""
        sign = self.bounded.sign
        end, start = self.bounded.ends
        reached = self.bounded.achieved(loose)
        bound = start if reached is None else sign * min(sign * start, sign * round(reached))
        found: list[Node] = [self._as_node(sign * bound, loose, slope=0.0)]
        while sign * (bound - end) > 0:
            bound -= sign
            point = self._solve(bound)
            if point is None or point.total_cost is None:
                break
            found.insert(0, self._as_node(sign * bound, point, slope=0.0))
        while len(found) > 1 and found[-2].cost - found[-1].cost <= SAME_COST_SEARCHED * abs(found[-1].cost):
            found.pop()
        falls = [one.cost - next_.cost for one, next_ in pairwise(found)]
        return [
            Stop(node, tighter, looser, None)
            for node, tighter, looser in zip(found, [None, *falls], [*falls, 0.0], strict=True)
        ]

    # ------------------------------------------------------------ the answer

    def _told(self, loose: Point | None, tightest: Tightest | None, stops: list[Stop], exact: bool) -> Frontier:
        status: Status = "no_answer" if loose is None else loose.status
        points: list[FrontierPoint] = []
        looser: Stop | None = None
        for stop in reversed(stops):
            points.append(self._point(stop, looser))
            looser = stop
        refused = tightest and tightest.refused
        self.clock.tell(self.solves, self.solves, "done")
        return Frontier(
            problem=self.problem.name,
            problem_hash=self.problem.hash,
            currency=self.problem.currency,
            policy=self.bounded.policy,
            side=self.bounded.side,
            from_year=self.options.from_year,
            until_year=self.options.until_year,
            per=self.bounded.per,
            status=status,
            exact=exact and self.complete,
            complete=self.complete,
            tolerance=self.tolerance,
            tightest=None if tightest is None else tightest.bound,
            refused=refused
            and Refusal(
                bound=tightest.beyond,  # type: ignore[union-attr]
                status=refused.status,
                verified=refused.verified,
                reason=refused.reason,
            ),
            points=points,
            solves=self.solves,
            seconds=self.clock.seconds(),
            notes=[*self.notes, *self._how_to_read(exact, loose, points)],
        )

    def _point(self, stop: Stop, looser: Stop | None) -> FrontierPoint:
        point, unit = self.points[stop.node.at], self.bounded.unit
        return FrontierPoint(
            bound=self.bounded.sign * stop.node.at + 0.0,
            achieved=self.bounded.achieved(point),
            total_cost=stop.node.cost,
            marginal=None if stop.looser is None else stop.looser * unit,
            tightening=None if stop.tighter is None else stop.tighter * unit,
            kink=stop.kink,
            jump=stop.jumps,
            other_decisions=looser is not None and looser.node.decisions != stop.node.decisions,
            status=point.status,
            verified=point.verified,
            ratios=[
                Ratio(
                    material=measure.material,
                    place=measure.place,
                    countries=list(measure.countries),
                    period=None if measure.period is None else self.bounded.model.start(measure.period),
                    achieved=achieved,
                )
                for measure, achieved in zip(self.bounded.measures, self.bounded.ratios(point), strict=True)
            ],
            supply=self.make_up.supply(point),
            builds=self.make_up.builds(point),
            moves=[] if looser is None else self.make_up.moves(self.points[looser.node.at], point),
        )

    def _how_to_read(self, exact: bool, loose: Point | None, points: list[FrontierPoint]) -> list[str]:
        notes = []
        if loose is not None and loose.status == "infeasible":
            notes.append(NO_PLAN)
        if not self.complete:
            notes.append("The study ended before its end: there may be kinks between the points.")
        if not points or self.options.bounds is not None:
            return notes
        if self.bounded.counts:
            notes.append("The bound is a number: the marginal is the saving of one step, not a slope.")
        elif self.searched:
            notes.append(SEARCHED)
        elif not exact:
            notes.append(CURVED)
        return notes

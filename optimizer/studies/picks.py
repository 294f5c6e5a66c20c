"""Choosing the plans that are as different as can be, one after the other, from many that are within the budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from oremix.models import Plan, SolverFailed
from oremix.optimizer.clock import Clock
from oremix.optimizer.session import Point
from oremix.optimizer.session.state import Weights
from oremix.optimizer.studies.ends import Budgeted
from oremix.optimizer.studies.yardstick import Made, Yardstick

__all__ = ["Pick", "Picked", "pick"]

# From how many of the most different plans found a more different one is looked for, and in how many steps; and how
# many are made as cheap as they can be before one is chosen.
STARTS, STEPS, MADE = 3, 4, 8
# A step that brings less than this is the last.
STEP = 1e-4
# How near to what tells it apart a chosen plan is kept while its cost is made least: parts of each amount.
SLACKS = (0.0, 1e-9, 1e-7, 1e-6)
# What limits on distances give way by, for rounding.
SLACK = 1e-9
# Distances that differ by less are the same.
SAME = 1e-6


@dataclass(frozen=True)
class Pick:
    """A plan that was chosen: its point, what it is told apart by, and the whole plan."""

    point: Point
    made: Made
    plan: Plan


@dataclass
class Picked:
    """What was chosen.

    Attributes
    ----------
    picks
        In the order in which they were chosen; the cheapest is not among them.
    tried
        How many plans they were chosen from.
    nearest
        How far the most different plan that was not chosen is from all that were; none where none was left.
    stopped
        Whether there was no time for more.
    """

    picks: list[Pick] = field(default_factory=list)
    tried: int = 0
    nearest: float | None = None
    stopped: bool = False


def pick(
    base: Budgeted, yardstick: Yardstick, cheapest: Pick, pool: Sequence[Made], count: int, least: float, clock: Clock
) -> Picked:
    """The plans of a pool that are as far as can be from all chosen before, and no nearer than `least`.

    Each is first moved further away as far as steps of linear programs go, and then made as cheap as it can be while
    what tells it apart stays.
    """
    return _Picker(base, yardstick, cheapest, clock).picked(list(pool), count, least)


class _Picker:
    def __init__(self, base: Budgeted, yardstick: Yardstick, cheapest: Pick, clock: Clock) -> None:
        self._base, self._yardstick, self._clock = base, yardstick, clock
        self._cheapest = cheapest
        self._chosen: list[Made] = [cheapest.made]

    def picked(self, pool: list[Made], count: int, least: float) -> Picked:
        """As `pick`."""
        found = Picked()
        while len(found.picks) < count and not self._clock.is_up():
            best = self._best(pool, least)
            if best is None:
                break
            found.picks.append(best)
            self._chosen.append(best.made)
        found.stopped = len(found.picks) < count and self._clock.is_up()
        found.tried = len(pool)
        found.nearest = max((self._nearest(made) for made in pool), default=None)
        return found

    def _best(self, pool: list[Made], least: float) -> Pick | None:
        """The most different of what the most different plans come to when they are made as cheap as they can be.

        What they come to takes their place in the pool.
        """
        self._widen(pool)
        best: Pick | None = None
        for made in sorted(pool, key=self._rank)[:MADE]:
            reached = least if best is None else self._nearest(best.made)
            if self._nearest(made) < reached - SAME or self._clock.is_up():
                break
            one = self._realised(made)
            pool.remove(made)
            if one is not None:
                pool.append(one.made)
                if self._nearest(one.made) >= reached - SAME:
                    best = one
        return best

    def _rank(self, made: Made) -> tuple[float, Made]:
        """The most different first, in one order whatever the order of the pool."""
        return -self._nearest(made), made

    def _nearest(self, made: Made) -> float:
        """How far a plan is from all chosen."""
        return self._yardstick.nearest(made, self._chosen)

    def _widen(self, pool: list[Made]) -> None:
        """Add what lies between plans that are chosen, and what is further away on from the most different plans."""
        pool += [_between(one, other) for number, one in enumerate(self._chosen) for other in self._chosen[:number]]
        pool[:] = dict.fromkeys(pool)
        pool += [self._climbed(made) for made in sorted(pool, key=self._rank)[:STARTS]]
        pool[:] = dict.fromkeys(pool)

    def _climbed(self, made: Made) -> Made:
        """On from a plan, to one further from all chosen: the distance grows at least as fast as its direction here."""
        for _ in range(STEPS):
            if self._clock.is_up():
                break
            distances = [self._yardstick.apart(made, chosen).distance for chosen in self._chosen]
            at = distances.index(min(distances))
            way, rows = self._way(made, at, distances[at])
            point = self._solved(way, rows) if way else None
            if point is None:
                break
            further = self._yardstick.made(point.values)
            if self._nearest(further) <= distances[at] + STEP:
                break
            made = further
        return made

    def _way(self, made: Made, at: int, distance: float) -> tuple[Weights, list[tuple[Weights, float]]]:
        """The direction away from the nearest of those chosen, and limits that keep the others no nearer than it."""
        rows: list[tuple[Weights, float]] = []
        way: Weights = {}
        for number, chosen in enumerate(self._chosen):
            toward = self._yardstick.toward(made, chosen)
            sums = self._yardstick.combined(toward)
            factor = 1.0 / max((abs(weight) for weight in sums.values()), default=1.0)
            back = {key: -factor * weight for key, weight in sums.items()}
            if number == at:
                way = back
                continue
            beside = sum(weight * chosen[position] for position, weight in toward.items())
            here = sum(weight * made[position] for position, weight in toward.items()) - beside
            if back:
                rows.append((back, -factor * (min(distance, here) - SLACK + beside)))
        return way, rows

    def _realised(self, made: Made) -> Pick | None:
        """The cheapest plan whose supply comes from the same countries, and that builds no more; audited.

        What would only be built to be different, and stand idle, is not built then.
        """
        for slack in SLACKS:
            point = self._solved(None, list(self._held(made, slack)))
            if point is not None:
                plan = self._base.session.plan_of(point, self._cheapest.plan.certificate.bound)
                if plan.certificate.verified and self._base.keeps(plan.total_cost):
                    return Pick(point, self._yardstick.made(point.values), plan)
        return None

    def _solved(self, objective: Weights | None, rows: Sequence[tuple[Weights, float]]) -> Point | None:
        """The point within the budget that makes least of a sum, or of the cost; none where there is none at hand."""
        try:
            point = self._base.solve(objective, rows, self._clock.left())
        except SolverFailed:
            return None
        return point if self._base.keeps(point.total_cost) else None

    def _held(self, made: Made, slack: float) -> Iterator[tuple[Weights, float]]:
        yardstick = self._yardstick
        for position in yardstick.builds.values():
            yield yardstick.weights[position], made[position] * (1 + slack)
        for site, countries in yardstick.sites.items():
            room = slack * max(1.0, yardstick.whole(made, site))
            for position in countries.values():
                weights = yardstick.weights[position]
                yield weights, made[position] + room
                yield {key: -weight for key, weight in weights.items()}, room - made[position]


def _between(one: Made, other: Made) -> Made:
    """Halfway between two plans; a plan too, unless yes/no decisions stand between."""
    return tuple((first + second) / 2 for first, second in zip(one, other, strict=True))

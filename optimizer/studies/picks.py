"""Choosing the plans that are as different as can be, one after the other, from many that are within the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from oremix.models import Plan
from oremix.optimizer.session import Point
from oremix.optimizer.session.state import Weights
from oremix.optimizer.studies.clock import Clock
from oremix.optimizer.studies.ends import Budgeted
from oremix.optimizer.studies.yardstick import Made, Yardstick

__all__ = ["Pick", "Picked", "pick"]

# From how many of the most different plans found a more different one is looked for, and in how many steps.
STARTS, STEPS = 3, 4
# A step that brings less than this is the last.
STEP = 1e-4
# How near to what tells it apart a chosen plan is kept while its cost is made least: parts of each amount.
SLACKS = (1e-9, 1e-7, 1e-6)


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
        found = Picked()
        while len(found.picks) < count:
            if self._clock.is_over:
                found.stopped = True
                break
            best = self._furthest(pool)
            found.nearest = None if best is None else self._nearest(best)
            if best is None or found.nearest is None or found.nearest < least:
                break
            one = self._realised(best)
            if one is not None and self._nearest(one.made) >= least - SLACKS[-1]:
                found.picks.append(one)
                self._chosen.append(one.made)
            pool[:] = [made for made in pool if made != best]
        found.stopped = found.stopped or (len(found.picks) < count and self._clock.is_over)
        found.tried = len(pool) + len(found.picks)
        return found

    def _nearest(self, made: Made) -> float:
        return self._yardstick.nearest(made, self._chosen)

    def _furthest(self, pool: list[Made]) -> Made | None:
        """The most different plan of the pool, or one found on from there, which joins the pool."""
        ranked = sorted(pool, key=lambda made: (-self._nearest(made), made))[:STARTS]
        best = ranked[0] if ranked else None
        for made in ranked:
            climbed = self._climbed(made)
            if climbed != made:
                pool.append(climbed)
            if best is None or self._nearest(climbed) > self._nearest(best) + STEP:
                best = climbed
        return best

    def _climbed(self, made: Made) -> Made:
        """On from a plan, to one further from all chosen: the distance grows at least as fast as its direction here."""
        for _ in range(STEPS):
            if self._clock.is_over:
                break
            distances = [self._yardstick.apart(made, chosen).distance for chosen in self._chosen]
            at = distances.index(min(distances))
            way, rows = self._way(made, at, distances[at])
            point = self._base.solve(way, rows, self._clock.left())
            if not way or point.total_cost is None or not self._base.keeps(point.total_cost):
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
                rows.append((back, -factor * (min(distance, here) - SLACKS[0] + beside)))
        return way, rows

    def _realised(self, made: Made) -> Pick | None:
        """The cheapest plan that is told apart by the same, audited; none where there was no time for it."""
        for slack in SLACKS:
            rows: list[tuple[Weights, float]] = []
            for weights, value in zip(self._yardstick.weights, made, strict=True):
                room = slack * max(1.0, value)
                rows += [(weights, value + room), ({key: -weight for key, weight in weights.items()}, room - value)]
            point = self._base.solve(None, rows, self._clock.left())
            if point.total_cost is not None and self._base.keeps(point.total_cost):
                plan = self._base.session.plan_of(point, self._cheapest.plan.certificate.bound)
                if plan.certificate.verified and self._base.keeps(plan.total_cost):
                    return Pick(point, self._yardstick.made(point.values), plan)
        return None

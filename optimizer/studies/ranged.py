"""From the ends of decisions to their ranges, and what these prove of how different plans can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from oremix.models.studies.alternatives import Range, Verdict
from oremix.optimizer.session import Point
from oremix.optimizer.studies.choices import Choice, Site
from oremix.optimizer.studies.ends import End
from oremix.optimizer.studies.yardstick import Made, Yardstick

__all__ = ["Ends", "Ranger", "Wholes", "furthest"]

Ends = dict[Choice, tuple[End, End]]
"""Decision → its least and its most."""

Wholes = Mapping[Site, tuple[End, End]]
"""Site → the least and the most that arrives there."""

# Below this part of the largest amount of its unit, an amount is none.
NOTHING = 1e-7
# What was found is what was proved where they differ by no more than this part.
SAME = 1e-6


class Ranger:
    """Tells ranges from ends, and widens them by the plans that are told of.

    Parameters
    ----------
    ends
        Of the decisions.
    cheapest, others
        The cheapest plan and the alternatives.
    wholes
        Site → the least and the most that arrives there.
    nothing
        Site → what is as good as nothing there, for a share to be told.
    """

    def __init__(
        self, ends: Ends, cheapest: Point, others: Sequence[Point], wholes: Wholes, nothing: Mapping[Site, float]
    ) -> None:
        self._ends, self._cheapest, self._others = ends, cheapest, others
        self._wholes, self._nothing = wholes, nothing
        self._largest: dict[str, float] = defaultdict(float)
        for choice, (_, high) in ends.items():
            most = max(self._value(choice, cheapest) or 0.0, high.value or 0.0)
            self._largest[choice.unit] = max(self._largest[choice.unit], most)

    def range(self, choice: Choice) -> Range | None:
        """The range of a decision; none where an end was not worked out."""
        low, high = self._ends[choice]
        if low.value is None or (high.value is None and not high.endless):
            return None
        nothing = NOTHING * self._largest[choice.unit]
        cheapest = self._value(choice, self._cheapest)
        values = [self._value(choice, other) for other in self._others]
        known = [value for value in (cheapest, *values) if value is not None]
        least = min([low.value, *known])
        least = 0.0 if least <= nothing else least
        most = None if high.value is None else max([high.value, least, *known])
        proved_min = None if low.proved is None else min(max(0.0, low.proved), least)
        proved_max = None if high.proved is None or most is None else max(self._capped(choice, high.proved), most)
        return Range(
            kind=choice.kind,
            id=choice.id,
            material=choice.material,
            where=choice.where,
            country=choice.country,
            ordered=choice.ordered,
            unit=choice.unit,
            cheapest=cheapest,
            min=least,
            max=most,
            proved_min=proved_min,
            proved_max=proved_max,
            exact=self._same(choice, least, proved_min) and (high.endless or self._same(choice, most, proved_max)),
            verdict=self._arriving(choice, _verdict(least, most, proved_min, proved_max, nothing)),
            left_over_at_max=high.left_over if high.left_over > nothing else 0.0,
            values=values,
        )

    def _arriving(self, choice: Choice, verdict: Verdict) -> Verdict:
        """Of a share, what is in every plan in which anything arrives is not in those in which nothing does."""
        if choice.site is None or verdict != "must":
            return verdict
        least, nothing = self._wholes[choice.site][0], self._nothing[choice.site]
        if least.proved is not None and least.proved > nothing:
            return "must"
        return "free" if least.value is not None and least.value <= nothing else "open"

    def _value(self, choice: Choice, point: Point) -> float | None:
        return choice.value(point.values, 0.0 if choice.site is None else self._nothing.get(choice.site, 0.0))

    @staticmethod
    def _capped(choice: Choice, proved: float) -> float:
        return min(1.0, proved) if choice.whole is not None else proved

    def _same(self, choice: Choice, found: float | None, proved: float | None) -> bool:
        if found is None or proved is None:
            return False
        return abs(found - proved) <= SAME * max(abs(found), self._largest[choice.unit])


def _verdict(
    least: float, most: float | None, proved_min: float | None, proved_max: float | None, nothing: float
) -> Verdict:
    if proved_min is not None and proved_min > nothing:
        return "must"
    if proved_max is not None and proved_max <= nothing:
        return "never"
    return "free" if least <= nothing and (most is None or most > nothing) else "open"


def furthest(
    yardstick: Yardstick, cheapest: Made, ends: Mapping[Choice, tuple[End, End]], wholes: Wholes
) -> float | None:
    """How far from the cheapest a plan within the budget can be at most, by the ranges; none where one is not known."""
    by_site = {(choice.site, choice.id): pair for choice, pair in ends.items() if choice.site is not None}
    by_build = {c.id: pair for c, pair in ends.items() if c.kind == "build" and c.ordered is None}
    moved = []
    for site, countries in yardstick.sites.items():
        shares = yardstick.shares(cheapest, site)
        rooms = [_room(by_site.get((site, country)), shares.get(country, 0.0)) for country in countries]
        arrives = wholes[site][0].proved
        if not shares or arrives is None or arrives <= 0:
            moved.append(1.0)  # it may be that nothing arrives in another plan, or something
        elif (most := _added(rooms)) is None:
            return None
        else:
            moved.append(min(1.0, *most))
    parts = [sum(moved) / len(moved)] if moved else []
    if yardstick.builds:
        sizes = yardstick.sizes(cheapest)
        rooms = [_room(by_build.get(name), size, yardstick.full[name]) for name, size in sizes.items()]
        most = _added(rooms)
        if most is None:
            return None
        parts.append(min(1.0, max(most) / yardstick.most_built))
    return sum(parts) / len(parts) if parts else 0.0


def _room(pair: tuple[End, End] | None, at: float, size: float = 1.0) -> tuple[float, float] | None:
    """How much less and how much more there can be."""
    if pair is None or pair[0].proved is None or pair[1].proved is None:
        return None
    return max(0.0, at - pair[0].proved / size), max(0.0, pair[1].proved / size - at)


def _added(rooms: Sequence[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [room for room in rooms if room is not None]
    if len(known) < len(rooms):
        return None
    return sum(less for less, _ in known), sum(more for _, more in known)

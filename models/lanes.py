"""What moving a material from one place to another means: the lane rules, resolved pair by pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oremix.models.chain import Lane, Material
from oremix.models.geography import Geography
from oremix.models.timeline import Timeline

__all__ = ["Lanes", "Move", "Unpriced"]


@dataclass(frozen=True, slots=True)
class Move:
    """The terms of moving one material between two places in one period.

    Freight and duty are money per unit shipped; loss is the share that does not arrive; capacity and minimum
    are units shipped per year, for the material and pair.
    """

    freight: float = 0.0
    duty: float = 0.0
    loss: float = 0.0
    capacity: float | None = None
    minimum: float = 0.0
    closed: bool = False


OPEN_AND_FREE = Move()


class Unpriced(ValueError):
    """A rule that matches a move and cannot be worked out there."""

    def __init__(self, position: int, field: str, message: str) -> None:
        self.position = position
        self.field = field
        super().__init__(message)


class Lanes:
    """The lane rules of a problem, ready to be asked about any pair.

    For each field the last matching rule that states it decides. Domestic moves are matched only by a rule whose
    both ends name that country or the place. A pair that no rule matches is open and free.
    """

    def __init__(
        self, lanes: Iterable[Lane], materials: Iterable[Material], geography: Geography, timeline: Timeline
    ) -> None:
        self._geography = geography
        self._timeline = timeline
        self._rules = [(lane, frozenset(lane.materials) if lane.materials else None) for lane in lanes]
        self._series = {
            (position, field): timeline.read(series)
            for position, (lane, _) in enumerate(self._rules)
            for field in ("unit_cost", "cost_per_km", "duty", "duty_per_unit", "capacity", "minimum")
            if (series := getattr(lane, field)) is not None
        }
        self._prices = {m.id: timeline.read(m.price) for m in materials if m.price is not None}
        self._pairs: dict[tuple[str, str], list[int]] = {}
        self._moves: dict[tuple[str, str, str], list[Move]] = {}

    def moves(self, material: str, start: str, end: str) -> list[Move]:
        """The terms in each period of moving `material` from place `start` to place `end`.

        Raises
        ------
        Unpriced
            A duty on a material without a price, or a distance between places without coordinates.
        """
        key = (material, start, end)
        if key not in self._moves:
            self._moves[key] = self._resolve(material, start, end)
        return self._moves[key]

    def _resolve(self, material: str, start: str, end: str) -> list[Move]:
        if (start, end) not in self._pairs:
            self._pairs[start, end] = [
                position for position, (lane, _) in enumerate(self._rules) if self._matches(lane, start, end)
            ]
        rules = [
            position
            for position in self._pairs[start, end]
            if (materials := self._rules[position][1]) is None or material in materials
        ]
        if not rules:
            return [OPEN_AND_FREE] * len(self._timeline)
        return [self._in_period(rules, material, start, end, period) for period in self._timeline]

    def _matches(self, lane: Lane, start: str, end: str) -> bool:
        country = self._geography.country(start)
        if country == self._geography.country(end):
            return all(
                any(name in (country, place) for name in names)
                for names, place in ((lane.origins, start), (lane.destinations, end))
            )
        return all(
            "*" in names or self._geography.covers(names, place)
            for names, place in ((lane.origins, start), (lane.destinations, end))
        )

    def _in_period(self, rules: list[int], material: str, start: str, end: str, period: int) -> Move:
        terms: dict[str, float] = {}
        decided: dict[str, int] = {}
        loss, closed = 0.0, False
        for position in rules:
            lane = self._rules[position][0]
            if not self._timeline.within(period, lane.from_year, lane.until_year):
                continue
            if lane.unit_cost is not None or lane.cost_per_km is not None:
                terms.pop("unit_cost", None)
                terms.pop("cost_per_km", None)
            for field in ("unit_cost", "cost_per_km", "duty", "duty_per_unit", "capacity", "minimum"):
                if (position, field) in self._series:
                    terms[field] = self._series[position, field][period]
                    decided[field] = position
            loss = lane.loss if lane.loss is not None else loss
            closed = lane.closed if lane.closed is not None else closed
        return Move(
            freight=terms.get("unit_cost", 0.0) + self._by_distance(terms.get("cost_per_km"), start, end, decided),
            duty=terms.get("duty_per_unit", 0.0) + self._ad_valorem(terms.get("duty"), material, period, decided),
            loss=loss,
            capacity=terms.get("capacity"),
            minimum=terms.get("minimum", 0.0),
            closed=closed,
        )

    def _by_distance(self, cost_per_km: float | None, start: str, end: str, decided: dict[str, int]) -> float:
        if cost_per_km is None:
            return 0.0
        distance = self._geography.distance_km(start, end)
        if distance is None:
            message = f"from {start} to {end} needs the coordinates of both, as `places`"
            raise Unpriced(decided["cost_per_km"], "cost_per_km", message)
        return cost_per_km * distance

    def _ad_valorem(self, duty: float | None, material: str, period: int, decided: dict[str, int]) -> float:
        if not duty:
            return 0.0
        if material not in self._prices:
            raise Unpriced(decided["duty"], "duty", f"on {material} needs the material's `price`")
        return duty * self._prices[material][period]

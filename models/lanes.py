"""What moving a material from one place to another means: the lane rules, resolved pair by pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from oremix.models.chain import Lane, Material
from oremix.models.geography import Geography
from oremix.models.timeline import Timeline

__all__ = ["Lanes", "Move", "Unpriced"]


@dataclass(frozen=True, slots=True)
class Move:
    """The terms of moving one material between two places in one period.

    Freight and duty are money per unit shipped; loss is the share that does not arrive; capacity and minimum
    are units shipped per year, fixed_cost money per year in which anything moves, for the material and pair.
    `joint` names the rule (by position) that decides one of these three for all it decides it for together;
    `fixed_by` is the rule that decides the fixed cost.
    `footprint` is name → amount per unit shipped.
    """

    freight: float = 0.0
    duty: float = 0.0
    loss: float = 0.0
    capacity: float | None = None
    minimum: float = 0.0
    closed: bool = False
    fixed_cost: float = 0.0
    fixed_by: int | None = None
    joint: dict[str, int] = field(default_factory=dict)
    footprint: dict[str, float] = field(default_factory=dict)

    @property
    def is_limited(self) -> bool:
        """Whether what moves is limited, obliged, or has a cost of its own beside that of each unit."""
        return self.capacity is not None or bool(self.minimum or self.fixed_cost)


OPEN_AND_FREE = Move()
SERIES = ("unit_cost", "cost_per_km", "duty", "duty_per_unit", "capacity", "minimum", "fixed_cost")
JOINT = ("capacity", "minimum", "fixed_cost")


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
            (position, name): timeline.read(series)
            for position, (lane, _) in enumerate(self._rules)
            for name in SERIES
            if (series := getattr(lane, name)) is not None
        }
        self._footprints = [
            {name: timeline.read(series) for name, series in (lane.footprint or {}).items()} for lane, _ in self._rules
        ]
        self._prices = {m.id: timeline.read(m.price) for m in materials if m.price is not None}
        self._placed = {
            position: None
            for position, (lane, _) in enumerate(self._rules)
            if any(name in geography.places for name in (*lane.origins, *lane.destinations))
        }
        self._between: dict[tuple[str, str], list[int]] = {}
        self._pairs: dict[tuple[str, str], list[int]] = {}
        self._moves: dict[tuple[str, str, str], list[Move]] = {}
        self._same: dict[int | str, bool] = {}
        self._matched: dict[int, set[tuple[str, str, str]]] = {}

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
            self._pairs[start, end] = self._matching(start, end)
        rules = [
            position
            for position in self._pairs[start, end]
            if (materials := self._rules[position][1]) is None or material in materials
        ]
        if not rules:
            return [OPEN_AND_FREE] * len(self._timeline)
        for position in rules:
            self._matched.setdefault(position, set()).add((material, start, end))
        if self._steady(material) and all(self._steady(position) for position in rules):
            return [self._in_period(rules, material, start, end, 0)] * len(self._timeline)
        return [self._in_period(rules, material, start, end, period) for period in self._timeline]

    def _matching(self, start: str, end: str) -> list[int]:
        """The rules for a pair, by position: those that name places one by one, the rest once per pair of countries."""
        countries = self._geography.country(start), self._geography.country(end)
        if countries not in self._between:
            self._between[countries] = [
                position
                for position, (lane, _) in enumerate(self._rules)
                if position not in self._placed and self._matches(lane, *countries)
            ]
        placed = [position for position in self._placed if self._matches(self._rules[position][0], start, end)]
        return sorted([*self._between[countries], *placed])

    def _steady(self, what: int | str) -> bool:
        """Whether a rule, by its position, or a material's price is the same in every period."""
        if what not in self._same:
            if isinstance(what, int):
                lane = self._rules[what][0]
                numbers = [series for (position, _), series in self._series.items() if position == what]
                numbers += self._footprints[what].values()
                always = lane.from_year is None and lane.until_year is None
            else:
                numbers, always = [self._prices.get(what, [0.0])], True
            self._same[what] = always and all(len(set(series)) == 1 for series in numbers)
        return self._same[what]

    def decider(self, names: tuple[str, ...], material: str, start: str, end: str, period: int) -> int | None:
        """The last rule that states one of these fields for a move in a period, by its position."""
        self.moves(material, start, end)
        for position in reversed(self._pairs[start, end]):
            lane, materials = self._rules[position]
            if (
                (materials is None or material in materials)
                and self._timeline.within(period, lane.from_year, lane.until_year)
                and any(getattr(lane, name) is not None for name in names)
            ):
                return position
        return None

    def overruled(self, moves: Iterable[tuple[str, str, str]]) -> list[tuple[int, int]]:
        """Rules that decide nothing over all these moves, each with a wider later one that states all that it does."""
        for move in moves:
            self.moves(*move)
        found = []
        for position, matched in sorted(self._matched.items()):
            stated = self._stated(position)
            for later, wider in sorted(self._matched.items()):
                lane = self._rules[later][0]
                if (
                    later > position
                    and matched < wider
                    and stated <= self._stated(later)
                    and lane.from_year is None
                    and lane.until_year is None
                ):
                    found.append((position, later))
                    break
        return found

    def _stated(self, position: int) -> set[str]:
        """The fields that a rule decides; either freight displaces the other, and each footprint is a field."""
        lane = self._rules[position][0]
        names = {name for name in (*SERIES, "loss", "closed") if getattr(lane, name) is not None}
        freight = {"freight"} if names & {"unit_cost", "cost_per_km"} else set()
        return names - {"unit_cost", "cost_per_km"} | freight | {f"footprint {name}" for name in lane.footprint or ()}

    def _matches(self, lane: Lane, start: str, end: str) -> bool:
        return self.matches(lane.origins, lane.destinations, start, end)

    def matches(self, origins: list[str], destinations: list[str], start: str, end: str) -> bool:
        """Whether ends that name countries, groups, places or `*` match a move.

        A domestic move is matched only where both ends name that country or the place.
        """
        country = self._geography.country(start)
        if country == self._geography.country(end):
            return all(
                any(name in (country, place) for name in names)
                for names, place in ((origins, start), (destinations, end))
            )
        return all(
            "*" in names or self._geography.covers(names, place)
            for names, place in ((origins, start), (destinations, end))
        )

    def _in_period(self, rules: list[int], material: str, start: str, end: str, period: int) -> Move:
        terms: dict[str, float] = {}
        decided: dict[str, int] = {}
        footprint: dict[str, float] = {}
        loss, closed = 0.0, False
        for position in rules:
            lane = self._rules[position][0]
            if not self._timeline.within(period, lane.from_year, lane.until_year):
                continue
            if lane.unit_cost is not None or lane.cost_per_km is not None:
                terms.pop("unit_cost", None)
                terms.pop("cost_per_km", None)
            for name in SERIES:
                if (position, name) in self._series:
                    terms[name] = self._series[position, name][period]
                    decided[name] = position
            footprint |= {name: amounts[period] for name, amounts in self._footprints[position].items()}
            loss = lane.loss if lane.loss is not None else loss
            closed = lane.closed if lane.closed is not None else closed
        return Move(
            freight=terms.get("unit_cost", 0.0) + self._by_distance(terms.get("cost_per_km"), start, end, decided),
            duty=terms.get("duty_per_unit", 0.0) + self._ad_valorem(terms.get("duty"), material, period, decided),
            loss=loss,
            capacity=terms.get("capacity"),
            minimum=terms.get("minimum", 0.0),
            closed=closed,
            fixed_cost=terms.get("fixed_cost", 0.0),
            fixed_by=decided.get("fixed_cost"),
            joint={name: decided[name] for name in JOINT if name in decided and self._rules[decided[name]][0].joint},
            footprint=footprint,
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

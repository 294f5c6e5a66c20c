"""What moving a material from one place to another means: the lane rules, resolved pair by pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from oremix.models.chain import Lane, Material
from oremix.models.geography import Geography
from oremix.models.timeline import Timeline

__all__ = ["Lanes", "Move", "Unpriced"]


class Move(NamedTuple):
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
    joint: Mapping[str, int] = MappingProxyType({})
    footprint: Mapping[str, float] = MappingProxyType({})

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


class _End:
    """What one end of a rule names: places and countries, those of the groups named too, or anywhere."""

    __slots__ = ("anywhere", "named", "within")

    def __init__(self, names: Collection[str], groups: Mapping[str, Iterable[str]]) -> None:
        self.named = frozenset(names)
        self.within = self.named.union(*(groups[name] for name in names if name in groups))
        self.anywhere = "*" in names


def _by_name(ends: Iterable[_End]) -> dict[str, set[int]]:
    """Place or country → the positions of the ends that it is within; under `*` those that it always is."""
    found: dict[str, set[int]] = defaultdict(set, {"*": set()})
    for position, end in enumerate(ends):
        for name in ("*",) if end.anywhere else end.within:
            found[name].add(position)
    return dict(found)


class _Rule(NamedTuple):
    """A lane rule, read in each period; steady where it says the same in all of them."""

    lane: Lane
    materials: frozenset[str] | None
    series: dict[str, list[float]]
    footprints: dict[str, list[float]]
    steady: bool

    @classmethod
    def of(cls, lane: Lane, timeline: Timeline) -> _Rule:
        """Read a rule."""
        series = {name: timeline.read(value) for name in SERIES if (value := getattr(lane, name)) is not None}
        footprints = {name: timeline.read(value) for name, value in (lane.footprint or {}).items()}
        always = lane.from_year is None and lane.until_year is None
        same = all(len(set(values)) == 1 for values in (*series.values(), *footprints.values()))
        materials = frozenset(lane.materials) if lane.materials else None
        return cls(lane, materials, series, footprints, always and same)


class _Terms(NamedTuple):
    """What some rules say together, whatever moves: the move but for its distance and value, and who decided it."""

    move: Move
    per_km: float | None
    duty: float
    decided: dict[str, int]


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
        self._lanes = list(lanes)
        self._prices = {m.id: timeline.read(m.price) for m in materials if m.price is not None}
        self._known_ends: dict[str | tuple[str, ...], _End] = {}
        self._ends = [(self._end(lane.from_), self._end(lane.to)) for lane in self._lanes]
        self._of_some = {position for position, lane in enumerate(self._lanes) if lane.materials}
        self._named = frozenset().union(*(end.named for end in self._known_ends.values()))
        self._leaving = _by_name(origins for origins, _ in self._ends)
        self._arriving = _by_name(destinations for _, destinations in self._ends)
        self._rules: dict[int, _Rule] = {}
        self._pairs: dict[tuple[str, str], tuple[int, ...]] = {}
        self._terms: dict[tuple[tuple[int, ...], int], _Terms] = {}
        self._moves: dict[tuple[str, str, str], list[Move]] = {}

    def _end(self, named: str | list[str]) -> _End:
        key = named if isinstance(named, str) else tuple(named)
        if key not in self._known_ends:
            self._known_ends[key] = _End([key] if isinstance(key, str) else key, self._geography.groups)
        return self._known_ends[key]

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
        rules = self._matching(material, start, end)
        if not rules:
            return [OPEN_AND_FREE] * len(self._timeline)
        prices = self._prices.get(material)
        steady = prices is None or min(prices) == max(prices)
        if steady and all(self._rule(position).steady for position in rules):
            return [self._in_period(rules, material, start, end, 0)] * len(self._timeline)
        return [self._in_period(rules, material, start, end, period) for period in self._timeline]

    def _matching(self, material: str, start: str, end: str) -> tuple[int, ...]:
        """The rules for a move, by position."""
        rules = self._between(start, end)
        if self._of_some.isdisjoint(rules):
            return rules
        return tuple(p for p in rules if (only := self._rule(p).materials) is None or material in only)

    def _between(self, start: str, end: str) -> tuple[int, ...]:
        """The rules for a pair of places, by position: worked out once for all places that no rule names itself."""
        country = self._geography.country
        pair = (start if start in self._named else country(start), end if end in self._named else country(end))
        if pair not in self._pairs:
            here, there = country(start), country(end)
            leaving = self._leaving["*"].union(*(self._leaving.get(name, ()) for name in (pair[0], here)))
            arriving = self._arriving["*"].union(*(self._arriving.get(name, ()) for name in (pair[1], there)))
            rules = sorted(leaving & arriving)
            if here == there:
                rules = [position for position in rules if self._is_domestic(position, *pair, here)]
            self._pairs[pair] = tuple(rules)
        return self._pairs[pair]

    def _is_domestic(self, position: int, start: str, end: str, country: str) -> bool:
        """Whether both ends of a rule name the country or the place."""
        origins, destinations = self._ends[position]
        return not origins.named.isdisjoint((start, country)) and not destinations.named.isdisjoint((end, country))

    def _rule(self, position: int) -> _Rule:
        if position not in self._rules:
            self._rules[position] = _Rule.of(self._lanes[position], self._timeline)
        return self._rules[position]

    def decider(self, names: tuple[str, ...], material: str, start: str, end: str, period: int) -> int | None:
        """The last rule that states one of these fields for a move in a period, by its position."""
        for position in reversed(self._matching(material, start, end)):
            lane = self._lanes[position]
            if self._timeline.within(period, lane.from_year, lane.until_year) and any(
                getattr(lane, name) is not None for name in names
            ):
                return position
        return None

    def overruled(self, moves: Iterable[tuple[str, str, str]]) -> list[tuple[int, int]]:
        """Rules that decide nothing over all these moves, each with a wider later one that states all that it does."""
        matches: dict[int, set[tuple[str, str, str]]] = {}
        for move in moves:
            for position in self._matching(*move):
                matches.setdefault(position, set()).add(move)
        found = []
        for position, matched in sorted(matches.items()):
            for later, wider in sorted(matches.items()):
                lane = self._lanes[later]
                if (
                    later > position
                    and matched < wider
                    and lane.from_year is None
                    and lane.until_year is None
                    and self._stated(position) <= self._stated(later)
                ):
                    found.append((position, later))
                    break
        return found

    def _stated(self, position: int) -> set[str]:
        """The fields that a rule decides; either freight displaces the other, and each footprint is a field."""
        lane = self._lanes[position]
        names = {name for name in (*SERIES, "loss", "closed") if getattr(lane, name) is not None}
        freight = {"freight"} if names & {"unit_cost", "cost_per_km"} else set()
        return names - {"unit_cost", "cost_per_km"} | freight | {f"footprint {name}" for name in lane.footprint or ()}

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

    def _in_period(self, rules: tuple[int, ...], material: str, start: str, end: str, period: int) -> Move:
        key = (rules, period)
        if key not in self._terms:
            self._terms[key] = self._said(rules, period)
        terms = self._terms[key]
        if terms.per_km is None and not terms.duty:
            return terms.move
        freight = terms.move.freight + self._by_distance(terms, start, end)
        duty = terms.move.duty + self._ad_valorem(terms, material, period)
        return Move(freight, duty, *terms.move[2:])

    def _said(self, rules: tuple[int, ...], period: int) -> _Terms:
        """What the rules say together, the later ones over the earlier ones."""
        terms: dict[str, float] = {}
        decided: dict[str, int] = {}
        footprint: dict[str, float] = {}
        loss, closed = 0.0, False
        for position in rules:
            rule = self._rule(position)
            lane = rule.lane
            if not self._timeline.within(period, lane.from_year, lane.until_year):
                continue
            if lane.unit_cost is not None or lane.cost_per_km is not None:
                terms.pop("unit_cost", None)
                terms.pop("cost_per_km", None)
            for name, values in rule.series.items():
                terms[name] = values[period]
                decided[name] = position
            footprint |= {name: amounts[period] for name, amounts in rule.footprints.items()}
            loss = lane.loss if lane.loss is not None else loss
            closed = lane.closed if lane.closed is not None else closed
        move = Move(
            freight=terms.get("unit_cost", 0.0),
            duty=terms.get("duty_per_unit", 0.0),
            loss=loss,
            capacity=terms.get("capacity"),
            minimum=terms.get("minimum", 0.0),
            closed=closed,
            fixed_cost=terms.get("fixed_cost", 0.0),
            fixed_by=decided.get("fixed_cost"),
            joint={name: decided[name] for name in JOINT if name in decided and self._lanes[decided[name]].joint},
            footprint=footprint,
        )
        return _Terms(move, terms.get("cost_per_km"), terms.get("duty", 0.0), decided)

    def _by_distance(self, terms: _Terms, start: str, end: str) -> float:
        if terms.per_km is None:
            return 0.0
        distance = self._geography.distance_km(start, end)
        if distance is None:
            message = f"from {start} to {end} needs the coordinates of both, as `places`"
            raise Unpriced(terms.decided["cost_per_km"], "cost_per_km", message)
        return terms.per_km * distance

    def _ad_valorem(self, terms: _Terms, material: str, period: int) -> float:
        if not terms.duty:
            return 0.0
        if material not in self._prices:
            raise Unpriced(terms.decided["duty"], "duty", f"on {material} needs the material's `price`")
        return terms.duty * self._prices[material][period]

"""Part and whole of every ratio that the policies ask for, and how far it is beyond its bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from oremix.models.geography import Origin
from oremix.models.policies import Share
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.scope import Bounded, Cell, Scope

__all__ = ["Ratio", "Subject", "ratios"]

# What is always reported, whether a policy bounds it or not.
ALWAYS = (
    Share(id="supply", type="share", measure="supply", countries=["CN"]),
    Share(id="production", type="share", measure="production", countries=["CN"]),
)


Tally = tuple[dict[str, float], float]
"""Country → its amount, and the whole."""


class Subject(NamedTuple):
    """What a ratio is of.

    `name` is the policy's id, none for the standing report; `country` is set where each country is bounded on its
    own; `tested` are the countries of the part, none for all of them; `bounds` those of "max" and
    "min" that are on this ratio; `pool` the periods.
    """

    policy: Bounded
    name: str | None
    country: str | None
    tested: frozenset[str] | None
    cell: Cell
    bounds: tuple[str, ...]
    pool: tuple[int, ...]

    @property
    def is_share(self) -> bool:
        """Whether the bounds are shares of the whole."""
        return isinstance(self.policy, Share)

    @property
    def pooled(self) -> bool:
        """Whether periods are pooled."""
        return "periods" in self.policy.across


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio as it should be reported.

    Parameters
    ----------
    subject
        What it is of.
    part, whole
        Weighted units per year; where periods are pooled, sums over their years.
    max, min
        The bounds as reported: of a share pooled over periods the mean, weighted by the whole; of a pooled quantity
        the sum over the years.
    over
        By how much the part breaks its bounds, in its own units.
    price
        Of a unit beyond the bounds; none for a hard rule.
    beyond, penalty
        What a priced rule is broken by, in the units of the part, and what that costs per year.
    """

    subject: Subject
    part: float
    whole: float
    max: float | None
    min: float | None
    over: float
    price: float | None
    beyond: float
    penalty: float


def ratios(book: Book) -> list[Ratio]:
    """Every ratio that the policies, and the standing report on China, ask for."""
    scope = Scope(book)
    meter = _Meter(book, scope)
    named: list[tuple[str | None, Bounded]] = [(None, policy) for policy in ALWAYS]
    named += [(policy.id, policy) for policy in book.problem.rules if isinstance(policy, Bounded)]
    return [meter.ratio(subject) for name, policy in named for subject in _subjects(book, scope, name, policy)]


def _subjects(book: Book, scope: Scope, name: str | None, policy: Bounded) -> Iterator[Subject]:
    timeline = book.timeline
    periods = tuple(t for t in timeline if timeline.within(t, policy.from_year, policy.until_year))
    pools = [periods] if "periods" in policy.across else [(period,) for period in periods]
    if not periods:
        return
    for country, tested in scope.tested(policy):
        for cell, bounds in scope.cells(policy, tested or frozenset()):
            for pool in pools:
                yield Subject(policy, name, country, tested, cell, bounds, pool)


# What is left of a difference of equal numbers.
ROUNDING = 1e-12


class _Meter:
    """Measures subjects in the records of a plan."""

    def __init__(self, book: Book, scope: Scope) -> None:
        self._book, self._scope = book, scope
        self._tallies: dict[tuple[Any, ...], Tally] = {}

    def ratio(self, subject: Subject) -> Ratio:
        """The ratio as it should be reported."""
        book, policy = self._book, subject.policy
        years = [book.timeline.years[period] if subject.pooled else 1 for period in subject.pool]
        measured = [self._measure(subject, period) for period in subject.pool]
        part = sum(n * amounts[0] for n, amounts in zip(years, measured, strict=True))
        wholes = [n * amounts[1] for n, amounts in zip(years, measured, strict=True)]
        per_bound = wholes if subject.is_share else [float(n) for n in years]
        highest, lowest = (self._room(subject, field, per_bound) for field in ("max", "min"))
        over = max(0.0 if highest is None else part - highest, 0.0 if lowest is None else lowest - part, 0.0)
        if subject.is_share and sum(wholes) == 0:
            over = 0.0
        price = book.limit(policy, "penalty", subject.pool[0])
        beyond = 0.0 if price is None else over
        penalty = beyond * (price or 0.0) / sum(years)
        top, bottom = (self._bound(subject, field, per_bound) for field in ("max", "min"))
        return Ratio(subject, part, sum(wholes), top, bottom, over, price, beyond, penalty)

    def _room(self, subject: Subject, field: str, per_bound: list[float]) -> float | None:
        """What a bound allows the part to be."""
        if field not in subject.bounds:
            return None
        values = [self._book.value(subject.policy, field, period) for period in subject.pool]
        return sum(value * amount for value, amount in zip(values, per_bound, strict=True))

    def _bound(self, subject: Subject, field: str, per_bound: list[float]) -> float | None:
        room = self._room(subject, field, per_bound)
        if room is None or not subject.is_share:
            return room
        values = {self._book.value(subject.policy, field, period) for period in subject.pool}
        if len(values) == 1:
            return values.pop()
        return room / sum(per_bound) if sum(per_bound) > 0 else None

    # ------------------------------------------------------------ part and whole in a period

    def _measure(self, subject: Subject, period: int) -> tuple[float, float]:
        policy, cell, tested = subject.policy, subject.cell, subject.tested
        key = (id(policy), tuple(cell.spots.items()), period)
        if key not in self._tallies:
            tally = self._supply if policy.measure == "supply" else self._production
            self._tallies[key] = tally(policy, cell, period)
        by_country, whole = self._tallies[key]
        return sum(amount for country, amount in by_country.items() if tested is None or country in tested), whole

    def _weight(self, policy: Bounded, material: str, period: int) -> float:
        if isinstance(policy.weight, dict):
            return policy.weight.get(material, 1.0)
        if policy.weight == "value":
            return self._book.value(self._book.network.materials[material], "price", period)
        return 1.0

    def _supply(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What arrives, by the country where it was last made."""
        arrived: dict[str, float] = defaultdict(float)
        for material, places in cell.spots.items():
            weight = self._weight(policy, material, period)
            for place in places:
                for country, amount in self._book.arrived.get((material, place, period), {}).items():
                    arrived[country] += weight * amount
        return arrived, sum(arrived.values())

    def _production(self, policy: Bounded, cell: Cell, period: int) -> Tally:
        """What is made and not left over, by country; against what is made everywhere, or against consumption."""
        made: dict[str, float] = defaultdict(float)
        whole = 0.0
        for material in cell.spots:
            weight = self._weight(policy, material, period)
            for origin, makers in self._scope.origins(policy, material).items():
                net = weight * self._net(material, origin, period)
                whole += net
                if self._scope.counts(policy, origin, makers):
                    made[self._book.network.geography.country(origin.place)] += net
        return made, self._consumption(policy, cell, period) if policy.of == "consumption" else whole

    def _net(self, material: str, origin: Origin, period: int) -> float:
        """What is made of a material at an origin, less what is left as surplus."""
        key = (material, origin, period)
        made = self._book.made.get(key, 0.0)
        net = made - self._surplus.get(key, 0.0)
        return net if abs(net) > ROUNDING * made else 0.0

    @cached_property
    def _surplus(self) -> dict[tuple[str, Origin, int], float]:
        surplus: dict[tuple[str, Origin, int], float] = defaultdict(float)
        for (material, origin, period), line in self._book.surpluses.items():
            surplus[material, origin, period] += line.quantity
        return surplus

    def _consumption(self, policy: Bounded, cell: Cell, period: int) -> float:
        """The quantity demanded, of the ratio's material or, where materials are pooled, of all."""
        return sum(
            self._weight(policy, demand.material, period) * self._book.value(demand, "quantity", period)
            for demand in self._scope.demands(policy)
            if cell.material in (None, demand.material)
        )

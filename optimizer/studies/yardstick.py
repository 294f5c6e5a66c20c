"""How different two plans are: where what is used comes from, and what is built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from oremix.optimizer.formulation import Model
from oremix.optimizer.lean import Key
from oremix.optimizer.session.state import Weights
from oremix.optimizer.studies.choices import Site, Sites, amount, built, largest_built

__all__ = ["Apart", "Made", "Yardstick"]

Made = tuple[float, ...]
"""What a plan is told apart by: what arrives at each site from each country, and what is built at each facility."""

# Below this part of the most that arrives at any site, nothing does.
NOTHING = 1e-9


@dataclass(frozen=True)
class Apart:
    """How different two plans are, from 0 to 1; the parts are none where a problem has nothing of the kind."""

    distance: float
    supply: float | None
    builds: float | None


@dataclass(frozen=True)
class Yardstick:
    """What tells plans apart.

    The distance of two plans is the mean of two parts. *Supply*: of what arrives at a site, the share that comes from
    another country, on the mean of all sites. *Builds*: the capacity that one has and the other has not, whichever of
    both ways is more; each facility's as a part of its full size, and all together of the most that a plan builds, or
    of one full build. Both keep to the triangle: no detour is shorter.

    Attributes
    ----------
    sites
        Site → country → position of the amount.
    builds
        Facility → position of its capacity.
    weights
        What is counted in each position.
    full
        Full size of each facility's builds.
    amounts
        What arrives at each site at most, which directions are measured by.
    most_built
        The most that a plan builds, in full sizes; at least 1.
    """

    sites: dict[Site, dict[str, int]]
    builds: dict[str, int]
    weights: tuple[Weights, ...]
    full: Mapping[str, float]
    amounts: Mapping[Site, float]
    most_built: float = 1.0

    @classmethod
    def of(cls, model: Model, known: Sites, demands: Sequence[str] | None) -> Yardstick:
        """The yardstick of a problem with these sites; with `demands`, theirs alone."""
        if demands is not None:
            wanted = {Site(d.material, model.country(d.at)) for d in model.problem.demands if d.id in demands}
            known = {site: countries for site, countries in known.items() if site in wanted}
        weights: list[Weights] = []
        sites: dict[Site, dict[str, int]] = {}
        for site, countries in known.items():
            sites[site] = {country: len(weights) + number for number, country in enumerate(countries)}
            weights += countries.values()
        builds = {}
        for choice in built(model):
            builds[choice.id] = len(weights)
            weights.append(choice.weights)
        sizes = {name: size for name in builds if (size := largest_built(model, name))}
        return cls(sites, builds, tuple(weights), sizes, {})

    def sized(self, full: Mapping[str, float], amounts: Mapping[Site, float], most_built: float) -> Yardstick:
        """With what was found out: full sizes that are not stated, what arrives at most, the most that is built."""
        return replace(self, full={**full, **self.full}, amounts=amounts, most_built=max(1.0, most_built))

    def made(self, values: dict[Key, float]) -> Made:
        """What a point is told apart by."""
        return tuple(max(0.0, amount(weights, values)) for weights in self.weights)

    def whole(self, made: Made, site: Site) -> float:
        """What arrives at a site, per year."""
        return sum(made[position] for position in self.sites[site].values())

    def shares(self, made: Made, site: Site) -> dict[str, float]:
        """Country → its share of what arrives at a site; none of them where nothing does."""
        whole = self.whole(made, site)
        if whole <= NOTHING * max(self.amounts.values(), default=0.0):
            return {}
        return {country: made[position] / whole for country, position in self.sites[site].items()}

    def sizes(self, made: Made) -> dict[str, float]:
        """Facility → what is built there, as a part of its full size."""
        return {name: made[position] / self.full[name] for name, position in self.builds.items() if name in self.full}

    # ------------------------------------------------------------ the distance

    def apart(self, one: Made, other: Made) -> Apart:
        """How different two plans are."""
        moved = [_moved(self.shares(one, site), self.shares(other, site)) for site in self.sites]
        supply = sum(moved) / len(moved) if moved else None
        builds = self._built_apart(one, other) if self.builds else None
        parts = [part for part in (supply, builds) if part is not None]
        return Apart(sum(parts) / len(parts) if parts else 0.0, supply, builds)

    def _built_apart(self, one: Made, other: Made) -> float:
        first, second = self.sizes(one), self.sizes(other)
        more = sum(max(0.0, first[name] - second[name]) for name in first)
        less = sum(max(0.0, second[name] - first[name]) for name in first)
        return min(1.0, max(more, less) / self.most_built)

    def nearest(self, made: Made, others: Sequence[Made]) -> float:
        """How far a plan is from the nearest of others."""
        return min(self.apart(made, other).distance for other in others)

    # ------------------------------------------------------------ as a direction

    def toward(self, made: Made, other: Made) -> dict[int, float]:
        """Position → weight, of a sum that grows no faster than the distance from another plan, and as fast here.

        Where what arrives at a site is the same in every plan; else it is a guide only.
        """
        found: dict[int, float] = defaultdict(float)
        parts = bool(self.sites) + bool(self.builds)
        for site, countries in self.sites.items():
            whole = self.amounts.get(site, 0.0)
            if whole > 0:
                way = _way({position: made[position] - other[position] for position in countries.values()})
                for position, sign in way.items():
                    found[position] += sign / (whole * len(self.sites) * parts)
        sizes = {
            position: (made[position] - other[position]) / self.full[name]
            for name, position in self.builds.items()
            if name in self.full
        }
        full = {self.builds[name]: size for name, size in self.full.items() if name in self.builds}
        for position, sign in _way(sizes).items():
            found[position] += sign / (full[position] * self.most_built * parts)
        return dict(found)

    def combined(self, coefficients: Mapping[int, float]) -> Weights:
        """A sum over positions as a sum of columns."""
        found: dict[Key, float] = defaultdict(float)
        for position, coefficient in coefficients.items():
            for key, weight in self.weights[position].items():
                found[key] += coefficient * weight
        return dict(found)


def _moved(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The share that comes from elsewhere; all of it where only one has anything."""
    if not one or not other:
        return float(bool(one) != bool(other))
    return min(1.0, sum(abs(one[country] - other[country]) for country in one) / 2)


def _way(differences: Mapping[int, float]) -> dict[int, float]:
    """Position → 1 where there is more, or −1 where there is less, whichever adds up to more."""
    more = {position: 1.0 for position, by in differences.items() if by > 0}
    less = {position: -1.0 for position, by in differences.items() if by < 0}
    return more if sum(differences[p] for p in more) >= -sum(differences[p] for p in less) else less

"""What one plan does otherwise than another, in words: builds, and where supply comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oremix.models.amounts import quantity_text
from oremix.models.studies.alternatives import SiteShare
from oremix.models.studies.frontier import BoundBuild
from oremix.optimizer.session import Point
from oremix.optimizer.studies.choices import Site, Sites, amount

__all__ = ["otherwise", "supplied"]

# Below this share, or this part of a build, a difference is not worth a word.
SMALL = 0.005
# Below this share of a supply, one is rounding.
ROUNDING = 1e-6
FEWEST_COUNTRIES, MOST_COUNTRIES = 2, 4


def supplied(sites: Sites, point: Point) -> list[SiteShare]:
    """Where what is used comes from, the largest shares first."""
    found = []
    for site, countries in sites.items():
        arrived = {country: max(0.0, amount(weights, point.values)) for country, weights in countries.items()}
        whole = sum(arrived.values())
        for country, part in sorted(arrived.items(), key=lambda entry: -entry[1]):
            if part > ROUNDING * whole:
                share = part / whole
                found.append(SiteShare(material=site.material, where=site.where, country=country, share=share))
    return found


def otherwise(
    builds_before: Sequence[BoundBuild],
    builds: Sequence[BoundBuild],
    supply_before: Sequence[SiteShare],
    supply: Sequence[SiteShare],
) -> Iterator[str]:
    """Sentences on what is otherwise than before."""
    yield from _builds(builds_before, builds)
    yield from _supply(supply_before, supply)


# ---------------------------------------------------------------- builds


@dataclass(frozen=True)
class _Built:
    """What is built at a facility, over all orders."""

    on: str
    capacity: float
    unit: str
    years: tuple[int, ...]

    def __str__(self) -> str:
        when = "" if self.years == (1,) else f", {', '.join(map(str, self.years))}"
        return f"{self.on} ({quantity_text(self.capacity)} {self.unit} a year{when})"


def _by_facility(builds: Sequence[BoundBuild]) -> dict[str, _Built]:
    orders: dict[str, list[BoundBuild]] = defaultdict(list)
    for build in builds:
        orders[build.on].append(build)
    return {
        on: _Built(on, sum(o.capacity for o in group), group[0].unit, tuple(sorted({o.ordered for o in group})))
        for on, group in orders.items()
    }


def _builds(before: Sequence[BoundBuild], after: Sequence[BoundBuild]) -> Iterator[str]:
    first, second = _by_facility(before), _by_facility(after)
    new = ", ".join(str(second[on]) for on in sorted(second.keys() - first.keys()))
    gone = ", ".join(str(first[on]) for on in sorted(first.keys() - second.keys()))
    if new:
        yield f"builds {new}{' instead of ' if gone else ''}{gone}"
    elif gone:
        yield f"does not build {gone}"
    for on in sorted(first.keys() & second.keys()):
        old, now = first[on], second[on]
        if abs(now.capacity - old.capacity) > SMALL * max(now.capacity, old.capacity):
            yield f"builds {now} instead of {quantity_text(old.capacity)} {old.unit} a year"
        elif now.years != old.years:
            yield f"orders {on} in {', '.join(map(str, now.years))} instead of {', '.join(map(str, old.years))}"


# ---------------------------------------------------------------- supply


def _supply(before: Sequence[SiteShare], after: Sequence[SiteShare]) -> Iterator[str]:
    first, second = _by_site(before), _by_site(after)
    for site in dict.fromkeys([*first, *second]):
        old, now = first.get(site, {}), second.get(site, {})
        by = {country: now.get(country, 0.0) - old.get(country, 0.0) for country in dict.fromkeys([*old, *now])}
        where = f"{site.material} in {site.where}" if site.where else site.material
        if not old or not now:
            yield f"{where} is used, other than before" if now else f"no {where} is used"
            continue
        moved = sum(map(abs, by.values())) / 2
        if moved < SMALL:
            continue
        most = sorted(by, key=lambda country: (-round(abs(by[country]), 6), country))
        told = [
            f"{country} {_percent(now.get(country, 0.0))} (not {_percent(old.get(country, 0.0))})"
            for number, country in enumerate(most[:MOST_COUNTRIES])
            if number < FEWEST_COUNTRIES or abs(by[country]) >= SMALL
        ]
        yield f"{_percent(moved)} of {where} comes from elsewhere: {', '.join(told)}"


def _by_site(supply: Sequence[SiteShare]) -> dict[Site, dict[str, float]]:
    found: dict[Site, dict[str, float]] = defaultdict(dict)
    for part in supply:
        found[Site(part.material, part.where)][part.country] = part.share
    return dict(found)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"

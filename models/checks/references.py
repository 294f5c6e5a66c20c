"""Ids: that they differ, and that what is named exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from oremix.models.checks.finding import Finding, Path, parts
from oremix.models.checks.known import STAND_IN, Known
from oremix.models.fields import Part
from oremix.models.geography import COUNTRIES
from oremix.models.policies import Footprint

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["identities", "references", "references_in_malformed", "unknown"]

# Comparing a name with each id takes long where both are many.
MOST_COMPARED = 300

FACILITIES = ("suppliers", "plants", "recyclers")
OTHERS = ("places", "materials", "demands", "lanes", "stockpiles", "policies", "scenarios", "sources")


def identities(known: Known) -> Iterator[Finding]:
    """Ids that stand twice, or that mean two things."""
    for keys in (*((key,) for key in OTHERS), FACILITIES):
        yield from _duplicates(
            [((key, n, "id"), known.text(entry, "id")) for key in keys for n, entry in enumerate(known.entries(key))]
        )
    for number, plant in enumerate(known.entries("plants")):
        recipes = plant.get("recipes") if isinstance(plant, dict) else getattr(plant, "recipes", None)
        yield from _duplicates(
            [
                (("plants", number, "recipes", n, "id"), known.text(recipe, "id"))
                for n, recipe in enumerate(recipes if isinstance(recipes, list) else [])
            ]
        )
    for number, place in enumerate(known.entries("places")):
        name = known.text(place, "id")
        if name in COUNTRIES:
            yield ("places", number, "id"), "is a country's code; give the place another id", name
        if name in known.groups:
            yield ("places", number, "id"), "is a group's id too; give one of them another", name
    for number, lane in enumerate(known.entries("lanes")):
        if (name := known.text(lane, "id")) in COUNTRIES | known.places:
            yield ("lanes", number, "id"), "is a country's code or a place's id; give the lane another", name
    for group in sorted(known.groups & (COUNTRIES | {"*"})):
        yield ("groups", group), "is a country's code or `*`; give the group another id", group


def _duplicates(entries: list[tuple[Path, str | None]]) -> Iterator[Finding]:
    counts = Counter(identity for _, identity in entries if identity is not None)
    seen: set[str] = set()
    for path, identity in entries:
        if identity is not None and identity in seen:
            yield path, f"stands {counts[identity]} times; ids must differ", identity
        seen.add(identity or "")


def references(problem: Problem, known: Known) -> Iterator[Finding]:
    """Names of materials, places, countries, groups, demands, plants, stages and sources that do not exist."""
    for path, part in parts(problem):
        yield from _of_part(path, part, known)
        if part is not problem:
            yield from _lists_of_part(path, part, known)
    for group, codes in problem.groups.items():
        for position, code in enumerate(codes):
            yield from _country(("groups", group, position), code)
    yield from _of_lanes(problem, known)
    yield from _of_returns(problem, known)
    yield from _of_policies(problem, known)


def references_in_malformed(data: dict[str, Any], sound: dict[str, list[int]], known: Known) -> list[Finding]:
    """The plainest references of entries that were set aside."""
    found: list[Finding] = []
    for key, kept in sound.items():
        for position in set(range(len(data[key]))) - set(kept):
            if isinstance(data[key][position], dict):
                found += _of_raw((key, position), data[key][position], known)
    return found


def _of_raw(path: Path, entry: dict[str, Any], known: Known) -> Iterator[Finding]:
    for field in ("country", "owner"):
        yield from _country((*path, field), known.text(entry, field))
    yield from unknown((*path, "material"), known.text(entry, "material"), known.materials, "material")
    yield from unknown((*path, "place"), known.text(entry, "place"), known.places, "place")


def unknown(path: Path, name: str | None, ids: Iterable[str], kind: str) -> Iterator[Finding]:
    """A name that is not among the ids, with the one that may be meant."""
    if name is not None and name not in ids:
        yield path, f"names no {kind}; {_suggestion(name, ids)}", name


def _suggestion(name: str, ids: Iterable[str]) -> str:
    known = sorted(identity for identity in ids if identity != STAND_IN)
    close = get_close_matches(name, known, n=1) if len(known) <= MOST_COMPARED else []
    if close:
        return f"did you mean {close[0]}?"
    listed = [identity for identity in known if identity not in COUNTRIES]
    if len(listed) < len(known):
        countries = "countries go by two letters, like CN"
        return f"{countries}; there are also: {_listed(listed)}" if listed else countries
    return f"there are: {_listed(listed)}" if listed else "there are none"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _country(path: Path, code: str | None) -> Iterator[Finding]:
    if code is not None and code not in COUNTRIES:
        hint = "; the United Kingdom is GB" if code == "UK" else ""
        yield path, f"is no ISO 3166-1 alpha-2 country code{hint}", code


def _of_part(path: Path, part: Part, known: Known) -> Iterator[Finding]:
    yield from unknown((*path, "material"), getattr(part, "material", None), known.materials, "material")
    yield from unknown((*path, "place"), getattr(part, "place", None), known.places, "place")
    for field in ("country", "owner"):
        yield from _country((*path, field), getattr(part, field, None))
    for stage, country in (getattr(part, "history", None) or {}).items():
        yield from _country((*path, "history", stage), country)
    for country in getattr(part, "initial_origin", None) or {}:
        yield from _country((*path, "initial_origin", country), country)
    for source in [part.source] if isinstance(part.source, str) else part.source or []:
        yield from unknown((*path, "source"), source, known.sources, "entry of `sources`")


def _lists_of_part(path: Path, part: Part, known: Known) -> Iterator[Finding]:
    """Materials that a part names as keys or in a list."""
    for field in ("inputs", "outputs", "weight"):
        value = getattr(part, field, None)
        for material in value if isinstance(value, dict) else ():
            yield from unknown((*path, field, material), material, known.materials, "material")
    for position, material in enumerate(getattr(part, "materials", None) or []):
        yield from unknown((*path, "materials", position), material, known.materials, "material")


def _of_lanes(problem: Problem, known: Known) -> Iterator[Finding]:
    ids = known.groups | known.places | COUNTRIES | {"*"}
    for position, lane in enumerate(problem.lanes):
        for key, ends in (("from", lane.origins), ("to", lane.destinations)):
            for end in ends:
                yield from unknown(("lanes", position, key), end, ids, "country, group or place")


def _of_returns(problem: Problem, known: Known) -> Iterator[Finding]:
    for position, recycler in enumerate(problem.recyclers):
        for number, entry in enumerate(recycler.returns or []):
            path: Path = ("recyclers", position, "returns", number, "demand")
            yield from unknown(path, entry.demand, known.demands, "demand")


def _of_policies(problem: Problem, known: Known) -> Iterator[Finding]:
    countries = known.groups | COUNTRIES
    fields: tuple[tuple[str, Iterable[str], str], ...] = (
        ("countries", countries, "country or group"),
        ("except_", countries, "country or group"),
        ("places", countries | known.places, "country, group or place"),
        ("demands", known.demands, "demand"),
        ("plants", known.plants, "plant"),
        ("carriers", known.materials, "material"),
        ("origins", countries | known.places | {"*"}, "country, group or place"),
        ("destinations", countries | known.places | {"*"}, "country, group or place"),
        ("stages", known.stages, "stage of a facility"),
    )
    for position, policy in enumerate(problem.policies):
        for field, ids, kind in fields:
            key = {"origins": "from", "destinations": "to"}.get(field, field.rstrip("_"))
            for entry, name in enumerate(getattr(policy, field, None) or []):
                yield from unknown(("policies", position, key, entry), name, ids, kind)
        if isinstance(policy, Footprint):
            yield from unknown(("policies", position, "of"), policy.of, known.footprints, "footprint")

"""Ids: that they differ, and that what is named exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from oremix.models.checks.finding import Finding, Path
from oremix.models.checks.known import STAND_IN, Known, named
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
        yield from _duplicates([((key,), known.named(key)) for key in keys])
    for number, plant in enumerate(known.entries("plants")):
        recipes = plant.get("recipes") if isinstance(plant, dict) else getattr(plant, "recipes", None)
        yield from _duplicates([(("plants", number, "recipes"), named(recipes if isinstance(recipes, list) else []))])
    for number, name in known.named("places"):
        if name in COUNTRIES:
            yield ("places", number, "id"), "is a country's code; give the place another id", name
        if name in known.groups:
            yield ("places", number, "id"), "is a group's id too; give one of them another", name
    taken = COUNTRIES | known.places
    for number, name in known.named("lanes"):
        if name in taken:
            yield ("lanes", number, "id"), "is a country's code or a place's id; give the lane another", name
    for group in sorted(known.groups & (COUNTRIES | {"*"})):
        yield ("groups", group), "is a country's code or `*`; give the group another id", group


def _duplicates(lists: list[tuple[Path, list[tuple[int, str]]]]) -> Iterator[Finding]:
    ids = [identity for _, entries in lists for _, identity in entries]
    if len(set(ids)) == len(ids):
        return
    counts = Counter(ids)
    seen: set[str] = set()
    for path, entries in lists:
        for position, identity in entries:
            if identity in seen:
                yield (*path, position, "id"), f"stands {counts[identity]} times; ids must differ", identity
            seen.add(identity)


def references(problem: Problem, parts: list[tuple[Path, Part]], known: Known) -> Iterator[Finding]:
    """Names of materials, places, countries, groups, demands, plants, stages and sources that do not exist."""
    for path, part in parts:
        stated = part.__pydantic_fields_set__
        for field, check in _checks(type(part)):
            if field in stated and (value := getattr(part, field)) is not None and part is not problem:
                yield from check((*path, field), value, known)
    yield from _source(("source",), problem.source, known)
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


def _material(path: Path, name: str, known: Known) -> Iterator[Finding]:
    return unknown(path, name, known.materials, "material")


def _place(path: Path, name: str, known: Known) -> Iterator[Finding]:
    return unknown(path, name, known.places, "place")


def _code(path: Path, code: str, _: Known) -> Iterator[Finding]:
    return _country(path, code)


def _history(path: Path, history: dict[str, str], _: Known) -> Iterator[Finding]:
    for stage, country in history.items():
        yield from _country((*path, stage), country)


def _countries(path: Path, countries: Iterable[str], _: Known) -> Iterator[Finding]:
    for country in countries:
        yield from _country((*path, country), country)


def _source(path: Path, named: str | list[str] | None, known: Known) -> Iterator[Finding]:
    for source in [named] if isinstance(named, str) else named or []:
        yield from unknown(path, source, known.sources, "entry of `sources`")


def _materials_of(path: Path, value: Any, known: Known) -> Iterator[Finding]:
    """Materials that a part names as keys."""
    for material in value if isinstance(value, dict) else ():
        yield from _material((*path, material), material, known)


def _materials(path: Path, names: list[str], known: Known) -> Iterator[Finding]:
    for position, material in enumerate(names):
        yield from _material((*path, position), material, known)


Check = Callable[[Path, Any, Known], Iterator[Finding]]
# Fields that name something, whatever the part.
CHECKS: dict[str, Check] = {
    "material": _material,
    "place": _place,
    "country": _code,
    "owner": _code,
    "history": _history,
    "initial_origin": _countries,
    "source": _source,
    "inputs": _materials_of,
    "outputs": _materials_of,
    "weight": _materials_of,
    "materials": _materials,
}


@cache
def _checks(kind: type[Part]) -> list[tuple[str, Check]]:
    """Those that a kind of part has."""
    return [(field, check) for field, check in CHECKS.items() if field in kind.model_fields]


def _of_lanes(problem: Problem, known: Known) -> Iterator[Finding]:
    ids = known.groups | known.places | COUNTRIES | {"*"}
    for position, lane in enumerate(problem.lanes):
        if ids.issuperset(lane.origins) and ids.issuperset(lane.destinations):
            continue
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

"""Presets: that they exist, that what is changed in them does, and that their rules are sound policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from oremix.models.checks.finding import Finding, Path, under
from oremix.models.checks.known import Known
from oremix.models.checks.references import unknown
from oremix.models.geography import COUNTRIES
from oremix.models.listing import listed
from oremix.models.policies import Preset, Share
from oremix.models.presets import ShippedPreset, preset, presets
from oremix.models.written_out import Line, Stated, demands_of, made_at, reads, stating

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["Labelled", "faults_of_lines", "faults_of_policies", "faults_of_presets"]

Checks = Callable[["Problem", Known], Iterator[Finding]]
Labelled = tuple[str | None, Finding]
"""The id of the preset's rule that a finding is about, none where it is about anything else; and the finding."""

FIXED = ("id", "type")
NOT_DEMANDED = "names no material that is demanded; name what the demands want too"


def faults_of_policies(problem: Problem, known: Known, checks: Checks) -> Iterator[Finding]:
    """Faults of presets, and whatever the checks find with every preset written out.

    A fault of a preset's rule is reported where the preset states what is wrong, else on the preset, naming the rule;
    one that several rules of a preset share, once.
    """
    wrong = list(faults_of_presets(problem, known))
    yield from wrong
    unsound = {path[1] for path, _, _ in wrong}
    seen: set[tuple[Path, str]] = set()
    for line, (path, message, value) in faults_of_lines(problem, known, checks):
        if line is None:
            yield path, message, value
        elif (path, message) not in seen and ("rules" in path or path[1] not in unsound):
            yield path, message if len(path) > 2 else f"rule {line}: {message}", value
        seen.add((path, message))


def faults_of_presets(problem: Problem, known: Known) -> Iterator[Finding]:
    """Names of presets, of their rules and minerals, of stages and materials, that do not exist or change nothing."""
    for position, entry in enumerate(problem.policies):
        if isinstance(entry, Preset):
            path = ("policies", position)
            yield from unknown((*path, "preset"), entry.preset, presets(), "preset")
            if entry.preset in presets():
                yield from under(path, _entry(problem, entry, preset(entry.preset), known))


def _entry(problem: Problem, entry: Preset, shipped: ShippedPreset, known: Known) -> Iterator[Finding]:
    yield from _overrides(entry, shipped)
    for role, stages in entry.stages.items():
        for position, stage in enumerate(stages):
            yield from unknown(("stages", role, position), stage, known.stages, "stage of a facility")
    for mineral, materials in entry.minerals.items():
        path: Path = ("minerals", mineral)
        yield from unknown(path, mineral, shipped.minerals, f"mineral that a rule of {shipped.id} is about")
        for position, material in enumerate(materials):
            yield from unknown((*path, position), material, known.materials, "material")
        if all(material in known.materials for material in materials):
            yield from under(path, _holding(problem, mineral, materials))
    if entry.materials is not None and not _demanded(problem, entry.materials):
        yield ("materials",), NOT_DEMANDED, entry.materials
    yield from _names(entry, known)


def _names(entry: Preset, known: Known) -> Iterator[Finding]:
    anywhere = known.groups | known.places | COUNTRIES
    for field, ids, kind in (
        ("materials", known.materials, "material"),
        ("carriers", known.materials, "material"),
        ("demands", known.demands, "demand"),
        ("places", anywhere, "country, group or place"),
    ):
        for position, name in enumerate(getattr(entry, field) or ()):
            yield from unknown((field, position), name, ids, kind)
    for material in entry.weight if isinstance(entry.weight, dict) else ():
        yield from unknown(("weight", material), material, known.materials, "material")


def _overrides(entry: Preset, shipped: ShippedPreset) -> Iterator[Finding]:
    """Replaced fields of rules that there are not, that cannot be replaced, or that no rule reads."""
    rules = {rule.id for rule in shipped.rules}
    for name, changed in entry.rules.items():
        yield from unknown(("rules", name), name, rules, f"rule of {shipped.id}")
        for field, value in (changed or {}).items():
            if field in FIXED:
                message = "cannot be replaced; leave it out, or state a policy of your own"
                yield ("rules", name, field), message, value
    for field in ("max", "min", "weight", "carriers"):
        if getattr(entry, field) is not None and not any(reads(entry, rule, field) for rule in shipped.rules):
            yield (field,), f"is read by no rule of {shipped.id}; leave it out", getattr(entry, field)


def _demanded(problem: Problem, materials: Iterable[str]) -> bool:
    return any(demand.material in materials for demand in problem.demands)


def _holding(problem: Problem, mineral: str, materials: list[str]) -> Iterator[Finding]:
    """A mineral cannot come out of a recipe that none of it goes into."""
    if not _demanded(problem, materials):
        yield (), NOT_DEMANDED, materials
    for plant in problem.plants:
        for recipe in plant.recipes:
            made = [material for material in recipe.outputs if material in materials]
            if made and recipe.inputs and not any(material in materials for material in recipe.inputs):
                message = f"has {made[0]} but nothing that {plant.id} makes it of ({listed(recipe.inputs)})"
                yield (), f"{message}; name what holds {mineral} there too", materials


# ---------------------------------------------------------------- the rules


def faults_of_lines(problem: Problem, known: Known, checks: Checks) -> Iterator[Labelled]:
    """What the checks find with every preset written out, on the entry that it was written out of."""
    stated = problem.written_out
    yield from _wrong_lines(stated)
    yield from _twice(stated)
    for place in stated:
        if place.line is not None and place.line.shipped.weighed and isinstance(place.rule, Share):
            yield from _unweighed(problem, place, place.line, place.rule)
    places = [place for place in stated if place.rule is not None]
    written = stating(problem, [place.rule for place in places])  # type: ignore[misc]
    for finding in checks(written, known):
        yield _at_home(problem, places, finding)


def _wrong_lines(stated: list[Stated]) -> Iterator[Labelled]:
    """Replaced fields that are no valid policy."""
    for place in stated:
        if place.line is not None and place.line.error is not None:
            line = place.line
            for error in line.error.errors(include_url=False) if isinstance(line.error, ValidationError) else ():
                path = ("policies", place.position, "rules", line.shipped.id, *error["loc"])
                yield line.id, (path, str(error["msg"]), error["input"])


def _twice(stated: list[Stated]) -> Iterator[Labelled]:
    counts = Counter(place.rule.id for place in stated if place.rule is not None)
    for place in stated:
        if place.line is not None and place.rule is not None and counts[place.rule.id] > 1:
            message = "has the id of another policy; give the preset an `id` of its own"
            yield place.line.id, (("policies", place.position), message, None)


def _unweighed(problem: Problem, place: Stated, line: Line, rule: Share) -> Iterator[Labelled]:
    """A sum over several materials in which nobody has said what a unit of each holds."""
    added = list(dict.fromkeys([*made_at(problem, rule), *(demand.material for demand in demands_of(problem, rule))]))
    if rule.weight == "quantity" and len(added) > 1:
        example = f'{{"{added[0]}": 1, …}}'
        message = f"is missing: {line.id} adds up {listed(added, 4)}; state what a unit of each holds, as {example}"
        yield line.id, (("policies", place.position, "weight"), message, None)


def _at_home(problem: Problem, places: list[Stated], finding: Finding) -> Labelled:
    """A finding about the rules written out, as one about the entry that they were written out of."""
    path, message, value = finding
    if len(path) < 2 or path[0] != "policies" or not isinstance(path[1], int):
        return None, finding
    place, inner = places[path[1]], path[2:]
    home: Path = ("policies", place.position)
    entry = problem.policies[place.position]
    if place.line is None or not isinstance(entry, Preset):
        return None, ((*home, *inner), message, value)
    line, field = place.line, str(inner[0]) if inner else ""
    if field in (entry.rules.get(line.shipped.id) or {}):
        return line.id, ((*home, "rules", line.shipped.id, *inner), message, value)
    if field in entry.model_fields_set - {"stages"} and _as_stated(entry, field, line):
        return line.id, ((*home, *inner), message, value)
    about = f"`{field}` " if field else ""
    return line.id, (home, about + message, value)


def _as_stated(entry: Preset, field: str, line: Line) -> bool:
    """Whether a rule has a field as its preset states it, so that positions in it are the same."""
    stated: Any = getattr(entry, field)
    return line.rule is not None and getattr(line.rule, field) == stated

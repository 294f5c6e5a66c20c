"""The part of a problem that a conflict can be about: what shares no material with it is left out."""

from __future__ import annotations

from oremix.models import Problem
from oremix.models.chain import Plant, Recycler
from oremix.models.network import products
from oremix.models.policies import Quantity, Rule, Share
from oremix.optimizer.answering.diagnosis.statements import Statement

__all__ = ["part_about"]


def part_about(problem: Problem, kept: list[Statement]) -> Problem | None:
    """The problem with only what is linked to some statements by materials; none where that is all of it.

    All other statements are taken to be dropped, so that nothing but recipes and returning scrap links materials.
    """
    named: set[str] = set()
    for statement in kept:
        materials = _materials(problem, statement)
        if materials is None:
            return None
        named |= materials
    linked = _linked(problem, named)
    if linked >= {material.id for material in problem.materials}:
        return None
    data = {name: getattr(problem, name) for name in type(problem).model_fields}
    data |= {
        "materials": [entry for entry in problem.materials if entry.id in linked],
        "suppliers": [entry for entry in problem.suppliers if entry.material in linked],
        "plants": [entry for entry in problem.plants if linked & _of_plant(entry)],
        "recyclers": [entry for entry in problem.recyclers if entry.material in linked],
        "demands": [entry for entry in problem.demands if entry.material in linked],
        "stockpiles": [entry for entry in problem.stockpiles if entry.material in linked],
    }
    part = Problem.model_construct(**data)
    rules = {statement.position: problem.rules[statement.position] for statement in kept if statement.on == "policies"}
    part.__dict__["rules"] = [rules[position] for position in sorted(rules)]
    return part


def _materials(problem: Problem, statement: Statement) -> set[str] | None:
    """What a statement is about; none where that may be anything."""
    if statement.on == "lanes":
        return None
    if statement.on == "policies":
        return _of_rule(problem.rules[statement.position])
    entry = getattr(problem, statement.on)[statement.position]
    if isinstance(entry, Plant):
        return _of_plant(entry)
    return {entry.id if statement.on == "materials" else entry.material}


def _of_rule(rule: Rule) -> set[str] | None:
    """Of shares and quantities whose scope says so; content hangs on what every stage in the problem is."""
    told = isinstance(rule, Share | Quantity) and rule.measure in ("supply", "production") and rule.of == "output"
    return set(rule.materials) if told and rule.materials and not rule.demands else None  # type: ignore[attr-defined]


def _of_plant(plant: Plant) -> set[str]:
    return {material for recipe in plant.recipes for material in recipe.inputs} | set(products(plant))


def _linked(problem: Problem, named: set[str]) -> set[str]:
    """The materials that recipes, or scrap that comes back, link to those named."""
    demands = {demand.id: demand.material for demand in problem.demands}
    groups = [_of_plant(plant) for plant in problem.plants]
    groups += [_of_recycler(recycler, demands) for recycler in problem.recyclers]
    found = set(named)
    size = -1
    while size < (size := len(found)):
        for group in groups:
            if group & found:
                found |= group
    return found


def _of_recycler(recycler: Recycler, demands: dict[str, str]) -> set[str]:
    return {recycler.material, *(demands[entry.demand] for entry in recycler.returns or [])}

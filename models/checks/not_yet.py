"""What the contract has and no plan can be made with yet: refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding, Path
from oremix.models.fields import Part
from oremix.models.policies import Budget, Diversify, Measured
from oremix.models.policies import Footprint as FootprintPolicy

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["not_yet"]

FIELDS = {
    "suppliers": ("all_units", "minimum_order", "fixed_cost", "reserve", "ramp_up", "footprint"),
    "plants": ("surplus", "surplus_max"),
    "recipes": ("footprint",),
    "recyclers": ("returns", "minimum_collection_rate", "footprint"),
    "build": ("curve", "sizes", "ramp_up", "orders", "committed"),
    "demands": ("sale_price",),
    "lanes": ("fixed_cost", "joint", "footprint"),
}


def not_yet(problem: Problem) -> Iterator[Finding]:
    """Every entry that has to be refused, with its path."""
    if problem.scenarios:
        yield ("scenarios",), _refusal("scenarios"), None
    for key in ("suppliers", "plants", "recyclers", "demands", "lanes"):
        for position, part in enumerate(getattr(problem, key)):
            yield from _fields((key, position), part, FIELDS[key])
            if isinstance(getattr(part, "build", None), list):
                yield (key, position, "build"), _refusal("a list of builds"), None
            for place, build in enumerate(getattr(part, "builds", [])):
                path: Path = (
                    (key, position, "build", place) if isinstance(part.build, list) else (key, position, "build")
                )
                yield from _fields(path, build, FIELDS["build"])
            for place, recipe in enumerate(getattr(part, "recipes", [])):
                yield from _fields((key, position, "recipes", place), recipe, FIELDS["recipes"])
    yield from _falling_tiers(problem)
    yield from _policies(problem)


def _refusal(what: str) -> str:
    return f"{what} cannot be solved yet; leave it out"


def _fields(path: Path, part: Part, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        if name in part.model_fields_set and getattr(part, name) != type(part).model_fields[name].default:
            yield (*path, name), _refusal(f"`{name}`"), getattr(part, name)


def _falling_tiers(problem: Problem) -> Iterator[Finding]:
    for position, supplier in enumerate(problem.suppliers):
        costs = [tier.unit_cost for tier in supplier.tiers or []]
        if any(later < earlier for earlier, later in pairwise(costs)):
            yield ("suppliers", position, "tiers"), _refusal("a price that falls from tier to tier"), costs


def _policies(problem: Problem) -> Iterator[Finding]:
    for position, policy in enumerate(problem.policies):
        path: Path = ("policies", position)
        if isinstance(policy, Budget | Diversify | FootprintPolicy):
            yield (*path, "type"), _refusal(f"a `{policy.type}` policy"), policy.type
        elif isinstance(policy, Measured):
            measure = getattr(policy, "measure", None)
            if measure in ("content", "capacity", "shipments"):
                yield (*path, "measure"), _refusal(f"`measure: {measure}`"), measure
            if policy.by == "owner":
                yield (*path, "by"), _refusal("`by: owner`"), policy.by
            for name in ("from_", "to", "carriers"):
                if getattr(policy, name, None) is not None:
                    yield (*path, name.rstrip("_")), _refusal(f"`{name.rstrip('_')}`"), getattr(policy, name)

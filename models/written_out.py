"""Presets written out: the rules that a preset stands for in a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from oremix.models.policies import Policy, Preset, Rule, Share
from oremix.models.presets import Role, ShippedPreset, ShippedRule, preset, presets

if TYPE_CHECKING:
    from oremix.models.chain import Demand
    from oremix.models.problem import Problem

__all__ = ["Line", "Stated", "demands_of", "made_at", "reads", "stages_by_role", "stating", "written_out"]

EXTRACTION = ("mining", "extraction")
RECYCLING = "recycling"
# What a preset states once for all of its rules.
SHARED = {
    "max",
    "min",
    "penalty",
    "from_year",
    "until_year",
    "places",
    "demands",
    "across",
    "weight",
    "carriers",
    "firm",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A shipped rule as it stands in a problem.

    Parameters
    ----------
    id
        What plans call it.
    shipped
        The rule of the preset.
    rule
        The policy that it comes to; none where it is left out or wrong.
    left_out
        Why this problem has nothing that it could be measured on.
    error
        Why it is no valid policy.
    """

    id: str
    shipped: ShippedRule
    rule: Share | None = None
    left_out: str | None = None
    error: ValidationError | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """Where in `policies` a rule was stated: at a position, by itself or as a line of the preset there."""

    position: int
    rule: Rule | None
    line: Line | None = None


def written_out(problem: Problem) -> list[Stated]:
    """Every policy with its position, presets line by line."""
    found: list[Stated] = []
    for position, policy in enumerate(problem.policies):
        if isinstance(policy, Preset):
            found += [Stated(position, line.rule, line) for line in _lines(problem, policy)]
        else:
            found.append(Stated(position, policy))
    return found


def stating(problem: Problem, policies: list[Policy]) -> Problem:
    """The same problem with other policies, which nobody has checked."""
    _ = problem.network  # made here if it is not yet: the copy has the same
    copy = BaseModel.model_copy(problem, update={"policies": policies})
    for name in ("written_out", "rules", "hash"):
        copy.__dict__.pop(name, None)  # they followed from the policies
    return copy


def stages_by_role(problem: Problem, entry: Preset) -> dict[Role, list[str]]:
    """Which of the problem's stages extract, process and recycle: as stated, else by their names and facilities."""
    stages = dict.fromkeys(facility.stage for facility in problem.facilities if facility.stage)
    stages |= dict.fromkeys(stage for supplier in problem.suppliers for stage in supplier.history or {})
    recyclers = {recycler.stage for recycler in problem.recyclers}
    roles: dict[Role, list[str]] = dict(entry.stages)
    roles.setdefault("extraction", [stage for stage in stages if stage in EXTRACTION])
    roles.setdefault("recycling", [stage for stage in stages if stage == RECYCLING or stage in recyclers])
    named = {stage for role in roles.values() for stage in role}
    roles.setdefault("processing", [stage for stage in stages if stage not in named])
    return roles


# ---------------------------------------------------------------- one preset


def _lines(problem: Problem, entry: Preset) -> Iterator[Line]:
    if entry.preset not in presets():
        return
    shipped = preset(entry.preset)
    roles = stages_by_role(problem, entry)
    for rule in shipped.rules:
        if entry.rules.get(rule.id) is not False:
            yield from _lines_of_rule(problem, entry, shipped, rule, roles)


def _lines_of_rule(
    problem: Problem, entry: Preset, shipped: ShippedPreset, rule: ShippedRule, roles: dict[Role, list[str]]
) -> Iterator[Line]:
    name = f"{entry.id or entry.preset}.{rule.id}"
    own = entry.rules.get(rule.id) or {}
    if rule.mineral is not None and rule.mineral not in entry.minerals and "materials" not in own:
        example = f'"minerals": {{"{rule.mineral}": […]}}'
        yield Line(name, rule, left_out=f"it is not said which materials hold {rule.mineral}; state {example}")
        return
    stages = own.get("stages") or [stage for role in rule.stages or () for stage in roles[role]]
    if rule.stages is not None and not stages:
        what = " or ".join(rule.stages)
        yield Line(name, rule, left_out=f"no stage here is {what}; state which by `stages`")
        return
    if not (rule.per_stage and isinstance(stages, list)):
        yield _line(problem, name, rule, _policy(problem, entry, shipped, rule, stages))
        return
    for stage in dict.fromkeys(map(str, stages)):
        yield _line(problem, f"{name}.{stage}", rule, _policy(problem, entry, shipped, rule, [stage]))


def _policy(problem: Problem, entry: Preset, shipped: ShippedPreset, rule: ShippedRule, stages: Any) -> dict[str, Any]:
    """The rule as a problem would state it, with everything that the entry says put in."""
    policy = _shipped_policy(problem, shipped, rule)
    if stages:
        policy["stages"] = stages
    policy |= _about(problem, entry, rule)
    for field, value in entry.model_dump(by_alias=True, include=SHARED, exclude_unset=True).items():
        if field == "demands" and value and field in policy:
            others = {demand.id for demand in problem.demands} - set(policy[field])
            policy[field] = [name for name in value if name not in others]
        elif reads(entry, rule, field):
            policy[field] = value
    if entry.source is not None:
        policy["source"] = entry.source
    policy |= {field: value for field, value in (entry.rules.get(rule.id) or {}).items() if field != "stages"}
    return {field: value for field, value in policy.items() if value is not None}


def _shipped_policy(problem: Problem, shipped: ShippedPreset, rule: ShippedRule) -> dict[str, Any]:
    """The policy as shipped, its groups as countries; in a typical year without its years."""
    policy = dict(rule.policy)
    for field in ("countries", "except", "places"):
        if field in policy:
            policy[field] = [code for name in policy[field] for code in shipped.groups.get(name, [name])]
    if problem.timeline.typical:
        policy = {field: value for field, value in policy.items() if field not in ("from_year", "until_year")}
    return policy


def reads(entry: Preset, rule: ShippedRule, field: str) -> bool:
    """Whether what a preset states for all its rules is put into this one."""
    if field in ("max", "min"):
        return field in rule.policy
    if field == "weight":
        across = rule.policy.get("across", ()) if entry.across is None else entry.across
        return "materials" in across
    return field != "carriers" or rule.policy["measure"] == "content"


def _about(problem: Problem, entry: Preset, rule: ShippedRule) -> dict[str, Any]:
    """The scope that the materials named come to: what is demanded of them, or what can be made of them."""
    named = entry.materials if rule.mineral is None else entry.minerals.get(rule.mineral)
    if named is None:
        return {}
    demands = [demand for demand in problem.demands if demand.material in named]
    if rule.policy["measure"] == "capacity":
        return {"materials": named, "demands": [demand.id for demand in demands]}
    scope: dict[str, Any] = {"materials": list(dict.fromkeys(demand.material for demand in demands))}
    return scope | ({} if rule.mineral is None else {"carriers": named})


def _line(problem: Problem, name: str, rule: ShippedRule, policy: dict[str, Any]) -> Line:
    if [] in (policy.get("materials"), policy.get("demands")):
        return Line(name, rule, left_out="none of the materials named is demanded")
    try:
        found = Share.model_validate({"id": name, **policy})
    except ValidationError as error:
        return Line(name, rule, error=error)
    reason = _nothing_to_measure(problem, found)
    return Line(name, rule, None if reason else found, reason)


def _nothing_to_measure(problem: Problem, rule: Share) -> str | None:
    """Why a rule has no part or no whole whatever the plan."""
    if not any(True for _ in demands_of(problem, rule)):
        where = " in " + _listed(rule.places) if rule.places else ""
        return f"nothing is demanded{where}"
    if rule.measure == "capacity" and not made_at(problem, rule):
        what = "none of the materials named" if rule.materials else "nothing"
        return f"{what} is made at {_listed(rule.stages or ['any stage'])} in this problem"
    return None


def _listed(names: list[str]) -> str:
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")


def demands_of(problem: Problem, rule: Share) -> Iterator[Demand]:
    """The demands in a rule's scope."""
    for demand in problem.demands:
        if rule.demands is not None and demand.id not in rule.demands:
            continue
        if rule.places is not None and not problem.network.geography.covers(rule.places, demand.at):
            continue
        if rule.measure == "capacity" or rule.materials is None or demand.material in rule.materials:
            yield demand


def made_at(problem: Problem, rule: Share) -> list[str]:
    """The materials in a rule's scope that are made at its stages."""
    return [
        material
        for material, makers in problem.network.makers.items()
        if (rule.materials is None or material in rule.materials)
        and any(rule.stages is None or origin.stage in rule.stages for origin in makers)
    ]

"""Policies: that they bound something, and state everything that they are measured by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.chain import Material
from oremix.models.checks.finding import Finding, ordered, under
from oremix.models.fields import Series
from oremix.models.policies import Diversify, Quantity, Share

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["policies"]

# field → the measures that read it; elsewhere it would be ignored
READ_BY: dict[str, tuple[str, ...]] = {
    "stages": ("production", "content", "capacity"),
    "plants": ("production",),
    "carriers": ("content",),
    "from_": ("shipments",),
    "to": ("shipments",),
}


def policies(problem: Problem) -> Iterator[Finding]:
    """Faults of each policy."""
    for position, policy in enumerate(problem.policies):
        path = ("policies", position)
        if isinstance(policy, Diversify):
            yield from under(path, _diversify(policy))
        elif isinstance(policy, Share | Quantity):
            yield from under(path, _measured(problem, policy))


def _diversify(policy: Diversify) -> Iterator[Finding]:
    if policy.min is None and policy.max is None:
        yield (), "bounds nothing: state `max` or `min`", None
    if policy.min is not None and policy.smallest is None:
        yield ("smallest",), "is missing: the share from which a part counts towards `min`", None


def _measured(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    if policy.max is None and policy.min is None:
        yield (), "bounds nothing: state `max` or `min`", None
    yield from ordered(problem.timeline, "min", policy.min, policy.max)
    yield from _whose(policy)
    yield from _unread(policy)
    yield from _weight(problem, policy)
    yield from _plants(problem, policy)
    if policy.penalty is not None and "periods" in policy.across and not _is_constant(problem, policy.penalty):
        yield ("penalty",), "must be one number where periods are pooled", policy.penalty


def _is_constant(problem: Problem, series: Series) -> bool:
    return (isinstance(series, list) and len(series) != len(problem.timeline)) or len(
        set(problem.timeline.read(series))
    ) == 1


def _whose(policy: Share | Quantity) -> Iterator[Finding]:
    if policy.except_ is not None and not policy.each:
        yield ("except",), "says what `each` skips; it needs `each: true`", policy.except_
    made_by_others = policy.stages is not None or getattr(policy, "plants", None) is not None
    if policy.countries is None and not policy.each and not made_by_others:
        yield ("countries",), "is missing: whose part is bounded (countries or groups), or `each: true`", None


def _unread(policy: Share | Quantity) -> Iterator[Finding]:
    """Fields that the measure does not read: refused, because they would be ignored."""
    for name, measures in READ_BY.items():
        if getattr(policy, name, None) is not None and policy.measure not in measures:
            yield (name.rstrip("_"),), f"is read only by measure {' or '.join(measures)}, not by {policy.measure}", None
    production = policy.measure == "production"
    if policy.of == "consumption" and (not production or isinstance(policy, Quantity)):
        yield ("of",), "`consumption` is the whole of a `share` of production only", policy.of
    if production and policy.each_place:
        yield ("each_place",), "takes places of arrival apart; production has none", True
    if production and policy.of == "output":
        unread = ("demands",) if isinstance(policy, Quantity) else ("demands", "places")
        for name in unread:
            if getattr(policy, name) is not None:
                yield (name,), "limits only the consumption, which `of: consumption` reads", getattr(policy, name)


def _weight(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    scope = _counted(problem, policy)
    if policy.weight == "value":
        for material in scope:
            if material.price is None:
                yield ("weight",), f"`value` needs the `price` of {material.id}", "value"
    elif isinstance(policy.weight, dict):
        for material in scope:
            if material.id not in policy.weight:
                yield ("weight",), f"has no factor for {material.id}; state one, or limit `materials`", None
    elif "materials" in policy.across and len({material.unit for material in scope}) > 1:
        units = ", ".join(f"{material.id} in {material.unit}" for material in scope)
        message = f"pools unlike units ({units}); give a `weight` per material, or limit `materials`"
        yield ("across",), message, policy.across


def _plants(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    """Surplus is kept by origin: plants that share one with others cannot be told apart in what they leave over."""
    named = set(getattr(policy, "plants", None) or ())
    for material, makers in problem.network.makers.items() if named else ():
        if policy.materials is None or material in policy.materials:
            for origin, facilities in makers.items():
                ids = {facility.id for facility in facilities}
                if ids & named and ids - named:
                    others = ", ".join(sorted(ids - named))
                    message = f"leaves out {others}, whose {material} from {origin.place} cannot be told apart"
                    yield (
                        ("plants",),
                        f"{message}; name them too, or give the plants `places` of their own",
                        sorted(named),
                    )


def _counted(problem: Problem, policy: Share | Quantity) -> list[Material]:
    """The materials that may be counted."""
    demanded = {d.material for d in problem.demands if policy.demands is None or d.id in policy.demands}
    if policy.measure in ("supply", "content"):
        names = demanded if policy.demands is not None or policy.materials is None else set(policy.materials)
    else:
        names = {material.id for material in problem.materials if _is_made(problem, policy, material.id)}
        if policy.of == "consumption" and "materials" in policy.across:
            names |= demanded
    if policy.materials is not None and policy.of == "output":
        names &= set(policy.materials)
    return [material for material in problem.materials if material.id in names]


def _is_made(problem: Problem, policy: Share | Quantity, material: str) -> bool:
    makers = problem.network.makers.get(material, {})
    return any(policy.stages is None or origin.stage in policy.stages for origin in makers)

"""What studies are asked for, checked beside the problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from oremix.models import Problem
from oremix.models.errors import Fault, InvalidOption, InvalidProblem
from oremix.models.files import checked
from oremix.models.policies import Budget, Diversify, Rule, Share
from oremix.models.studies.frontier_options import FrontierOptions, SurfaceOptions
from oremix.optimizer.studies.bounded import Side

__all__ = ["fitted", "frontier_faults", "no_plan", "options_of", "refuse", "side_of", "stated_in", "surface_faults"]

Asked = TypeVar("Asked", bound=BaseModel)
Fitted = TypeVar("Fitted")


def stated_in(kind: type[Asked], options: Asked | dict[str, Any] | None, named: dict[str, Any]) -> dict[str, Any]:
    """Options given together, and in place of some of them those given by name."""
    stated = options.model_dump(by_alias=True, exclude_unset=True) if isinstance(options, kind) else options
    return {**(stated or {}), **named}  # type: ignore[dict-item]


def options_of(kind: type[Asked], stated: dict[str, Any]) -> Asked:
    """The options of a call; none stands for absent.

    Raises
    ------
    InvalidOption
        With every fault.
    """
    try:
        return checked(kind, {key: value for key, value in stated.items() if value is not None})
    except InvalidProblem as error:
        raise InvalidOption(_text(error.errors)) from None


def fitted(
    kind: type[Asked], options: Asked | dict[str, Any] | None, named: dict[str, Any], fit: Callable[[Asked], Fitted]
) -> tuple[Asked, Fitted]:
    """The options, and what they come to beside the problem.

    Raises
    ------
    InvalidOption
        With every fault that either has.
    """
    try:
        asked = checked(kind, stated_in(kind, options, named))
        return asked, fit(asked)
    except InvalidProblem as error:
        raise InvalidOption(_text(error.errors)) from None


def no_plan(status: str, whose: str = "the problem has no plan to start from") -> InvalidOption:
    """Why there is nothing to study."""
    return InvalidOption(f"{whose}: it is {status}; `oremix solve` says why")


def refuse(faults: list[Fault]) -> None:
    """Refuse options with faults.

    Raises
    ------
    InvalidOption
        With every fault.
    """
    if faults:
        raise InvalidOption(_text(faults))


def _text(faults: list[Fault]) -> str:
    return "; ".join(f"`{'.'.join(str(step) for step in fault.path)}` {fault.message}" for fault in faults)


def side_of(problem: Problem, policy: str | None, side: Side | None) -> tuple[Rule, Side]:
    """The rule, and the bound of it that moves.

    Raises
    ------
    KeyError
        There is no such rule, or none that could be meant.
    """
    known = {rule.id: rule for rule in problem.rules}
    if policy is None:
        capped = _capped(problem)
        if len(capped) != 1:
            raise KeyError(policy)
        policy = capped[0]
    rule = known[policy]
    if side is not None:
        return rule, side
    return rule, "min" if getattr(rule, "max", None) is None and getattr(rule, "min", None) is not None else "max"


def frontier_faults(problem: Problem, options: FrontierOptions) -> list[Fault]:
    """What of the options does not fit the problem, each with its path among them."""
    return list(_frontier_faults(problem, options))


def _frontier_faults(problem: Problem, options: FrontierOptions) -> Iterator[Fault]:
    yield from _years(problem, options.from_year, options.until_year)
    if options.bounds is not None:
        for name, value in (("from", options.from_), ("to", options.to)):
            if value is not None:
                yield Fault((name,), "cannot stand with `bounds`; leave one of them out", value)
    if (fault := _policy_fault(problem, options.policy, "policy")) is not None:
        yield fault
        return
    rule, side = side_of(problem, options.policy, options.side)
    yield from _rule_faults(problem, rule, side, options.from_year, options.until_year, ("policy", "side"))
    yield from _bound_faults(options, rule, side)


def _bound_faults(options: FrontierOptions, rule: Rule, side: Side) -> Iterator[Fault]:
    """Bounds that the policy cannot have."""
    ends: list[tuple[tuple[str | int, ...], float | None]] = [(("from",), options.from_), (("to",), options.to)]
    listed = [(("bounds", number), bound) for number, bound in enumerate(options.bounds or ())]
    for path, value in [*ends, *listed]:
        if value is not None and isinstance(rule, Share) and value > 1:
            yield Fault(path, "should be a share from 0 to 1", value)
        if value is not None and isinstance(rule, Diversify) and (len(path) == 1 or value < 1 or value != round(value)):
            yield Fault(path, "cannot be with a number of sources: give whole `bounds`, at least 1, or none", value)
    sign = 1 if side == "max" else -1
    if options.from_ is not None and options.to is not None and sign * (options.from_ - options.to) <= 0:
        yield Fault(("to",), f"should be tighter than `from`, which is {options.from_:g}", options.to)


def surface_faults(problem: Problem, options: SurfaceOptions) -> list[Fault]:
    """As `frontier_faults`, for two policies."""
    return list(_surface_faults(problem, options))


def _surface_faults(problem: Problem, options: SurfaceOptions) -> Iterator[Fault]:
    yield from _years(problem, options.from_year, options.until_year)
    pairs = (
        (options.policy, options.side, ("policy", "side")),
        (options.second_policy, options.second_side, ("second_policy", "second_side")),
    )
    for policy, asked, names in pairs:
        if (fault := _policy_fault(problem, policy, names[0])) is not None:
            yield fault
            continue
        rule, side = side_of(problem, policy, asked)
        yield from _rule_faults(problem, rule, side, options.from_year, options.until_year, names)
        if isinstance(rule, Diversify):
            yield Fault((names[0],), "is a number of sources; a surface takes shares and amounts", policy)
    if options.policy == options.second_policy:
        yield Fault(("second_policy",), "should be another than the first", options.second_policy)


def _years(problem: Problem, from_year: int | None, until_year: int | None) -> Iterator[Fault]:
    for name, value in (("from_year", from_year), ("until_year", until_year)):
        if value is not None and problem.timeline.typical:
            yield Fault((name,), "cannot be: the problem is a typical year, without years", value)
    if from_year is not None and until_year is not None and from_year > until_year:
        yield Fault(("until_year",), f"should not be before `from_year`, which is {from_year}", until_year)


def _policy_fault(problem: Problem, policy: str | None, name: str) -> Fault | None:
    known = [rule.id for rule in problem.rules]
    if not known:
        return Fault((name,), "cannot be: the problem has no policy", policy)
    if policy is not None:
        return None if policy in known else Fault((name,), f"is no policy; there are: {', '.join(known)}", policy)
    capped = _capped(problem)
    if len(capped) == 1:
        return None
    found = f"share policies with a max: {', '.join(capped)}" if capped else f"policies: {', '.join(known)}"
    return Fault((name,), f"is needed; there are {found}")


def _capped(problem: Problem) -> list[str]:
    return [rule.id for rule in problem.rules if isinstance(rule, Share) and rule.max is not None]


def _rule_faults(
    problem: Problem,
    rule: Rule,
    side: Side,
    from_year: int | None,
    until_year: int | None,
    names: tuple[str, str],
) -> Iterator[Fault]:
    if side == "min" and isinstance(rule, Budget):
        yield Fault((names[1],), "cannot be min: a budget has a max only", side)
    if side == "min" and isinstance(rule, Diversify) and rule.smallest is None:
        yield Fault(
            (names[1],), f"cannot be min: {rule.id} does not say from which share (`smallest`) a source counts", side
        )
    moved = (from_year, until_year) != (None, None)
    if moved and "periods" in getattr(rule, "across", ()):
        path = ("from_year",) if from_year is not None else ("until_year",)
        yield Fault(path, f"cannot be: {rule.id} pools its periods; leave it out", from_year or until_year)
    timeline = problem.timeline
    held = [t for t in timeline if timeline.within(t, rule.from_year, rule.until_year)]
    if not any(timeline.within(period, from_year, until_year) for period in held):
        yield Fault((names[0],), "holds in no period of these years", rule.id)

"""The answer of alternatives, from what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from oremix.models.studies.alternatives import Alternative, Alternatives, FullBuild, Pair, Range
from oremix.models.studies.alternatives_options import AlternativesOptions
from oremix.models.studies.frontier import BoundBuild
from oremix.optimizer.formulation import Model
from oremix.optimizer.session import Point
from oremix.optimizer.studies.choices import Choice, Sites
from oremix.optimizer.studies.make_up import MakeUp
from oremix.optimizer.studies.otherwise import otherwise, supplied
from oremix.optimizer.studies.picks import Pick, Picked
from oremix.optimizer.studies.yardstick import Yardstick

__all__ = ["CHEAPEST", "WITHIN", "Findings", "told"]

CHEAPEST = "cheapest"
WITHIN = 0.02
# Plans nearer to each other than this are the same but for rounding.
SAME_PLAN = 1e-7
# Below this part of a full build, one is rounding.
NOTHING = 1e-9


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes
    ----------
    sites
        Where what is used comes from.
    budget
        The most that a plan may cost.
    left
        Decisions whose range was not worked out.
    furthest
        What the ranges prove of the distance from the cheapest plan.
    in_time
        Whether nothing was stopped.
    """

    model: Model
    sites: Sites
    asked: AlternativesOptions
    budget: float
    yardstick: Yardstick
    cheapest: Pick
    picked: Picked
    ranges: list[Range]
    left: Sequence[Choice]
    furthest: float | None
    in_time: bool


def told(found: Findings) -> Alternatives:
    """The answer."""
    asked, problem, yardstick = found.asked, found.model.problem, found.yardstick
    plans = {CHEAPEST: found.cheapest}
    plans |= {f"alternative {number}": one for number, one in enumerate(found.picked.picks, 1)}
    pairs = [_pair(yardstick, one, other, plans) for one, other in combinations(plans, 2)]
    is_short = len(found.picked.picks) < asked.count
    first = _alternative(found, CHEAPEST, plans, pairs)
    others = [_alternative(found, name, plans, pairs, first) for name in plans if name != CHEAPEST]
    return Alternatives(
        problem=problem.name,
        problem_hash=problem.hash,
        currency=problem.currency,
        within=None if asked.budget is not None else WITHIN if asked.within is None else asked.within,
        budget=found.budget,
        min_distance=asked.min_distance,
        cheapest=first,
        alternatives=others,
        distances=pairs,
        most_built=yardstick.most_built,
        full_builds=[_full(found.model, name, size) for name, size in sorted(yardstick.full.items())],
        exhausted=is_short and not found.picked.stopped,
        reason=_reason(found) if is_short else None,
        furthest=found.furthest,
        tried=found.picked.tried,
        ranges=found.ranges,
        left_out=[_name(choice) for choice in found.left],
        complete=found.in_time and not found.left and not found.picked.stopped,
        notes=list(_notes(found)),
    )


def _pair(yardstick: Yardstick, first: str, second: str, plans: dict[str, Pick]) -> Pair:
    apart = yardstick.apart(plans[first].made, plans[second].made)
    return Pair(first=first, second=second, distance=apart.distance, supply=apart.supply, builds=apart.builds)


def _alternative(
    found: Findings, name: str, plans: dict[str, Pick], pairs: Sequence[Pair], first: Alternative | None = None
) -> Alternative:
    """A plan, and what it does otherwise than the first."""
    one = plans[name]
    away = {
        pair.second if pair.first == name else pair.first: pair for pair in pairs if name in (pair.first, pair.second)
    }
    builds, supply = _builds(found, one.point), supplied(found.sites, one.point)
    texts = otherwise(first.builds, builds, first.supply, supply) if first else ()
    cost = one.plan.total_cost or 0.0
    return Alternative(
        id=name,
        total_cost=cost,
        difference=cost - (found.cheapest.plan.total_cost or 0.0),
        distance=away[CHEAPEST].distance if CHEAPEST in away else 0.0,
        nearest=min((pair.distance for pair in away.values()), default=None),
        verified=one.plan.certificate.verified,
        text=list(texts),
        builds=builds,
        supply=supply,
        plan=one.plan,
    )


def _builds(found: Findings, point: Point) -> list[BoundBuild]:
    """What is built, but for a solver's rounding."""
    full = found.yardstick.full
    every = MakeUp(found.model, ()).builds(point)
    return [build for build in every if build.capacity > NOTHING * full.get(build.on, 0.0)]


def _full(model: Model, name: str, size: float) -> FullBuild:
    return FullBuild(on=name, capacity=size, unit=model.capacity_unit(model.network.facilities[name]))


def _name(choice: Choice) -> str:
    parts = [choice.kind, choice.id, *([choice.material] if choice.material not in (None, choice.id) else [])]
    parts += [f"in {choice.where}"] if choice.where else []
    return " ".join([*map(str, parts), *([str(choice.ordered)] if choice.ordered else [])])


# ---------------------------------------------------------------- in words


def _reason(found: Findings) -> str:
    """Why there are fewer than asked for."""
    nearest, bound = found.picked.nearest, found.furthest
    if found.picked.stopped:
        return "it was stopped before there were as many as asked for"
    if bound is not None and bound < found.asked.min_distance:
        proof = "which the ranges prove"
        return f"no plan within the budget is further than {100 * bound:.2g} % from the cheapest, {proof}"
    if nearest is None or nearest <= SAME_PLAN:
        return "no other plan within the budget was found that differs in what is built or where supply comes from"
    least = f"{100 * found.asked.min_distance:g} %"
    return (
        f"of {found.picked.tried} plans found within the budget none is {least} from all of these:"
        f" {100 * nearest:.2g} % at most"
    )


def _notes(found: Findings) -> Iterator[str]:
    yield _distance(found)
    yield (
        "ranges are proved, each end by a solve of its own, but for those marked; the alternatives are the most"
        " different of the plans found, which is not proved of all plans"
    )
    if any(one.left_over_at_max > 0 for one in found.ranges):
        yield "where surplus is free, the most of something may include what is left over and used by nobody"
    if not all(one.exact for one in found.ranges):
        yield "of ranges marked ~ no more is proved than that nothing lies beyond `proved_min` and `proved_max`"


def _distance(found: Findings) -> str:
    yardstick = found.yardstick
    mean = "materials where they are demanded, and of what is used on the way"
    if found.asked.demands is not None:
        mean = f"demands named ({', '.join(found.asked.demands)})"
    supply = f"the share of the supply that comes from another country (mean over the {mean})"
    builds = (
        "the capacity that one plan builds and the other does not, in full builds, over"
        f" {yardstick.most_built:.3g}, the most that a plan builds"
    )
    if yardstick.sites and yardstick.builds:
        return f"distance: half {supply}, half {builds}"
    if yardstick.sites:
        return f"distance: {supply}; nothing can be built"
    if yardstick.builds:
        return f"distance: {builds}; nothing can come from more than one country"
    return "nothing tells plans apart: nothing can come from more than one country, and nothing can be built"

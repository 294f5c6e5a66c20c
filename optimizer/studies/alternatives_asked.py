"""What alternatives are asked for, checked beside the problem."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from oremix.models import Problem
from oremix.models.errors import Fault
from oremix.models.studies.alternatives import ChoiceKind
from oremix.models.studies.alternatives_options import AlternativesOptions
from oremix.optimizer.studies.choices import Choice

__all__ = ["alternatives_faults", "is_asked"]

KINDS = get_args(ChoiceKind)


def alternatives_faults(problem: Problem, options: AlternativesOptions) -> list[Fault]:
    """What of the options does not fit the problem, each with its path among them."""
    return list(_faults(problem, options))


def _faults(problem: Problem, options: AlternativesOptions) -> Iterator[Fault]:
    if options.budget is not None and options.within is not None:
        yield Fault(("budget",), "cannot stand with `within`; leave one of them out", options.budget)
    demands = [demand.id for demand in problem.demands]
    for number, name in enumerate(options.demands or ()):
        if name not in demands:
            yield Fault(("demands", number), f"is no demand; there are: {', '.join(demands)}", name)
    known = _known(problem)
    for number, name in enumerate(options.decisions or ()):
        if name not in known:
            what = f"a kind ({', '.join(KINDS)}), or the id of a facility, material, demand or country of the problem"
            yield Fault(("decisions", number), f"should be {what}", name)


def _known(problem: Problem) -> set[str]:
    geography = problem.network.geography
    ids = [*(f.id for f in problem.facilities), *(m.id for m in problem.materials), *(d.id for d in problem.demands)]
    places = [*_places(problem).values(), *(pile.at for pile in problem.stockpiles)]
    return {*KINDS, *ids, *places, *(geography.country(place) for place in places)}


def _places(problem: Problem) -> dict[str, str]:
    """Facility or demand → its place."""
    return {f.id: f.at for f in problem.facilities} | {d.id: d.at for d in problem.demands}


def is_asked(problem: Problem, options: AlternativesOptions, choice: Choice) -> bool:
    """Whether a decision's range is wanted."""
    if options.decisions is None:
        return True
    place = _places(problem).get(choice.id)
    about = {choice.kind, choice.id, choice.material, choice.where, choice.country, place}
    return not about.isdisjoint(options.decisions)

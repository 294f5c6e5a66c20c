"""Which columns are common to all branches: builds, and operations before the first period that any changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from oremix.models import Problem
from oremix.optimizer.lean import Key

__all__ = ["Common", "common_of", "counts_for_nothing"]

# What is done. Where a branch has no such column, it cannot be done there, and so in none.
DONE = ("buy", "untaken", "run", "collect", "ship", "deliver", "short", "fill", "draw", "level", "surplus")
# What follows from what is done, or is decided with it; a branch without such a column has no need of it.
FOLLOWS = (
    *("returned", "beyond_owed", "tier", "order", "lane_moves", "joint_moves"),
    *("source", "sizeable", "any"),
)
ORDERED = ("open", "size", "step", "step_reached")


@dataclass(frozen=True)
class Common:
    """The columns that all branches share, in order; `impossible` ones are nothing, as a branch cannot have them."""

    keys: list[Key]
    impossible: frozenset[Key]


def common_of(problems: Sequence[Problem], columns: Sequence[Iterable[Key]], start: int | None) -> Common:
    """What is common to branches of one problem, whose first period that any scenario changes is `start`.

    Marks of content are not common: they are the accounts of a flow, and may be kept otherwise in each branch. Nor is
    what a rule is broken by.
    """
    years = set(problems[0].timeline.starts[:start])
    known = [set(keys) for keys in columns]
    every = dict.fromkeys(key for keys in columns for key in keys)
    alike = _alike(problems)
    keys, impossible = [], []
    for key in every:
        lacking = [problem for problem, mine in zip(problems, known, strict=True) if key not in mine]
        if key[0] == "add" or (key[0] in DONE and key[-1] in years):
            keys.append(key)
            if any(not counts_for_nothing(problem, key) for problem in lacking):
                impossible.append(key)
        elif not lacking and (
            (key[0] in FOLLOWS and key[-1] in years) or (key[0] in ORDERED and (key[1], key[2]) in alike)
        ):
            keys.append(key)
    return Common(sorted(keys, key=str), frozenset(impossible))


def counts_for_nothing(problem: Problem, key: Key) -> bool:
    """Whether a build may be ordered so late that the order never counts, and costs nothing: as if there were none."""
    if key[0] != "add":
        return False
    _, facility, number, year = key
    host = problem.network.facilities.get(facility)
    if host is None or number >= len(host.builds):
        return False
    build, timeline = host.builds[number], problem.timeline
    return timeline.within(timeline.starts.index(year), build.earliest, build.latest)


def _alike(problems: Sequence[Problem]) -> set[tuple[str, int]]:
    """The builds whose sizes, and points of a curve, have the same capacities in all branches."""
    points: dict[tuple[str, int], set[tuple[float, ...]]] = {}
    for problem in problems:
        for facility in problem.facilities:
            for number, build in enumerate(facility.builds):
                found = tuple(point.capacity for point in build.sizes or build.curve or ())
                points.setdefault((facility.id, number), set()).add(found)
    return {build for build, found in points.items() if len(found) == 1}

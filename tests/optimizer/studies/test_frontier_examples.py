"""What the pages on the examples say of their frontiers."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest

import oremix
from oremix.models.studies.frontier import Frontier, FrontierPoint
from oremix.optimizer.decide import solve


@cache
def frontier(name: str, policy: str, from_year: int | None = None) -> Frontier:
    return oremix.frontier(oremix.example(name), policy, from_year=from_year)


def at(found: Frontier, bound: float) -> FrontierPoint:
    """The point nearest to a bound."""
    return min(found.points, key=lambda point: abs(point.bound - bound))


def numbers(point: FrontierPoint) -> list[float]:
    """Bound in per cent, cost and price of tightening in millions."""
    return [100 * point.bound, point.total_cost / 1e6, (point.tightening or 0.0) / 1e6]


@pytest.mark.parametrize(
    "row",
    [
        (97.7, 9253.3, 0.1),
        (72.9, 9266.0, 2.4),
        (65.4, 9289.0, 3.9),
        (57.8, 9321.8, 4.8),
        (38.8, 9413.2, 5.1),
        (27.5, 9475.3, 7.3),
        (12.3, 9594.8, 12.2),
        (8.33, 9643.6, 0),
    ],
    ids=str,
)
def test_the_table_on_lithium(row: tuple[float, float, float]) -> None:
    """Each line of it is a point."""
    point = at(frontier("lithium-japan", "china_cap", 2030), row[0] / 100)
    assert numbers(point) == pytest.approx(list(row), abs=0.051)
    assert point.kink == (row[0] != 8.33)


def test_each_step_on_lithium_is_a_plant() -> None:
    """The bounds between which each build enters."""
    points = frontier("lithium-japan", "china_cap", 2030).points
    first: dict[str, float] = {}
    for looser, point in pairwise(points):
        for build in point.builds:
            first.setdefault(build.on, 100 * looser.bound)
    expected = {"naraha_plant": 72.93, "second_japanese_plant": 65.35, "australian_train": 57.78}
    expected |= {"canadian_refinery": 38.84, "antofagasta_plant": 27.48}
    assert {name: first[name] for name in expected} == pytest.approx(expected, abs=0.006)


def test_lithium_in_every_year() -> None:
    """It ends at 54.6 %, which is proved."""
    found = frontier("lithium-japan", "china_cap")
    assert numbers(found.points[-1])[:2] == pytest.approx([54.6, 9381.5], abs=0.051)
    assert found.refused is not None
    assert (found.refused.status, found.refused.verified) == ("infeasible", True)
    assert not found.exact
    assert found.tolerance < 1e-4 * (found.points[-1].total_cost - found.points[0].total_cost)


@pytest.mark.parametrize("bound", [0.9, 0.655, 0.6, 0.56, 0.5457649])
def test_between_points_the_cost_is_within_the_tolerance(bound: float) -> None:
    """Beside a solve of the problem with the bound written into it."""
    found = frontier("lithium-japan", "china_cap")
    problem: Any = oremix.read_problem(oremix.example("lithium-japan"))
    capped = problem.model_copy(update={"policies": [problem.policies[0].model_copy(update={"max": bound})]})
    (looser, tighter), *_ = [
        (one, two) for one, two in pairwise(found.points) if two.bound - 1e-9 <= bound <= one.bound
    ]
    part = (looser.bound - bound) / (looser.bound - tighter.bound)
    line = looser.total_cost + part * (tighter.total_cost - looser.total_cost)
    plan = solve(capped, detail="plan")
    assert plan.total_cost == pytest.approx(line, abs=found.tolerance + 10)


def test_magnets_from_2030() -> None:
    """No magnet from China at all costs 209 m USD, and lines lead there."""
    found = frontier("magnets-usa-japan", "magnet_cap", 2030)
    assert found.exact
    assert numbers(found.points[0]) == pytest.approx([39.9, 85255.0, 1.1], abs=0.051)
    assert numbers(found.points[-1])[:2] == pytest.approx([0, 85464.3], abs=0.051)
    oxide = frontier("magnets-usa-japan", "oxide_cap", 2030)
    assert numbers(oxide.points[0])[:2] == pytest.approx([34.7, 85283.2], abs=0.051)
    assert oxide.points[-1].total_cost - oxide.points[0].total_cost == pytest.approx(72e6, abs=0.5e6)


def test_magnets_in_every_year_show_little() -> None:
    """Each is one point, where nothing can be changed in 2024."""
    ends = [frontier("magnets-usa-japan", policy).points for policy in ("oxide_cap", "magnet_cap")]
    assert [len(points) for points in ends] == [1, 1]
    assert [points[0].bound for points in ends] == pytest.approx([0.796, 1])


def test_two_caps_on_magnets() -> None:
    """Each makes the other dearer: corners of the table."""
    found = oremix.surface(oremix.example("magnets-usa-japan"), "oxide_cap", "magnet_cap", from_year=2030, points=2)
    costs = [round(point.total_cost / 1e6) for point in found.points if point.total_cost is not None]
    assert costs == [85236, 85379, 85282, 85510]


def test_cobalt() -> None:
    """From 53.3 to 8.54 %; the refinery in Ontario enters at 33.9 %, and a point is cheaper after."""
    found = frontier("cobalt-usa", "china_cap")
    assert numbers(found.points[0])[:2] == pytest.approx([53.3, 2021.7], abs=0.051)
    assert numbers(found.points[-1])[:2] == pytest.approx([8.54, 2166.4], abs=0.051)
    built = next(point for point in found.points if point.builds)
    before = found.points[found.points.index(built) - 1]
    assert (built.other_decisions, built.builds[0].on) == (True, "ontario_refinery")
    assert 100 * built.bound == pytest.approx(33.9, abs=0.051)
    assert [before.marginal, built.tightening] == [pytest.approx(2.93e6, abs=1e4), pytest.approx(2.05e6, abs=1e4)]


def test_many_points_are_shown_by_the_sharpest_kinks() -> None:
    """Lithium's are more than sixty: the table says how many are left out, and tells what enters and leaves alone."""
    found = frontier("lithium-japan", "china_cap")
    text = str(found)
    assert len(found.points) > 60
    assert f"and {len(found.points) - 60} more with smaller changes of price" in text
    assert "in    build on second_japanese_plant (JP, ordered 2030)" in text
    assert "less  supplier" not in text

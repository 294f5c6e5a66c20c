"""Every number that is stated is an input, once; what moves it moves nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from oremix.models import InvalidProblem, Problem, read_problem
from oremix.models.changes import changed
from oremix.models.inputs import Input, inputs_of, moved
from tests.problems import AUSTRALIA, CHINA, ORE, OXIDE, YEARS, document


def labels(problem: Problem, **options: Any) -> list[str]:
    return [entry.label for entry in inputs_of(problem, **options)]


def named(problem: Problem, label: str) -> Input:
    return next(entry for entry in inputs_of(problem) if entry.label == label)


def after(problem: Problem, label: str, factor: float) -> Problem:
    return changed(problem, moved(problem, named(problem, label), factor).changes)


def test_numbers_are_inputs_and_years_ids_and_zeros_are_not() -> None:
    """Of a build its capex and life's kin; not the years that periods step over, nor a grant of nothing."""
    build = {"max": 50, "unit_capex": [10, 12], "life": 10, "lead_time": 2, "earliest": 2026, "grant": 0, "wacc": 0.1}
    problem = read_problem(document(suppliers=[CHINA | {"build": build, "from_year": 2020}], **YEARS))
    assert labels(problem) == [
        "build.max of north (CN)",
        "build.unit_capex of north (CN)",
        "build.wacc of north (CN)",
        "unit_cost of north (CN)",
        "quantity of japan (JP)",
        "the discount rate",
    ]
    assert named(problem, "build.unit_capex of north (CN)").values == (10, 12)


def test_a_year_is_an_input_where_it_is_named_as_an_assumption() -> None:
    """Not where everything of its part is one."""
    build = {"max": 50, "unit_capex": 10, "life": 10, "lead_time": 2}
    for mark, found in ((["life"], ["build.life of north (CN)"]), (True, [])):
        problem = read_problem(document(suppliers=[CHINA | {"build": build | {"assumption": mark}}], **YEARS))
        assert [label for label in labels(problem) if "life" in label or "lead" in label] == found


def test_defaults_are_inputs_on_request() -> None:
    """Availability, and whatever else is 1 if nothing is said."""
    problem = read_problem(document(suppliers=[CHINA]))
    assert "availability of north (CN)" not in labels(problem)
    assert "availability of north (CN)" in labels(problem, defaults=True)


def test_marks() -> None:
    """A part, some fields of it, a field with all within it, a part within it, the discount rate."""
    recipe = {"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 3}
    works = {"id": "works", "country": "JP", "capacity": 50}
    parts: dict[str, Any] = {
        "materials": [OXIDE, ORE],
        "suppliers": [CHINA | {"assumption": True}, AUSTRALIA | {"capacity": 5, "assumption": ["capacity"]}],
        "plants": [
            works | {"recipes": [recipe], "assumption": ["recipes"]},
            works | {"id": "other", "recipes": [recipe | {"assumption": ["unit_cost"]}]},
        ],
        "assumption": ["discount_rate"],
    }
    problem = read_problem(document(**parts, **YEARS))
    assert [entry.label for entry in inputs_of(problem) if entry.marked] == [
        "unit_cost of north (CN)",
        "capacity of weld (AU)",
        "recipes.inputs of works (JP)",
        "recipes.outputs of works (JP)",
        "recipes.unit_cost of works (JP)",
        "recipes.unit_cost of other (JP)",
        "the discount rate",
    ]


def test_everything_in_a_field_moves_together() -> None:
    """Both recipes, both inputs of one, every year; nothing else."""
    recipes = [
        {"id": "a", "inputs": {"ore": 2, "acid": 0.5}, "outputs": {"oxide": 1}, "unit_cost": {"2026": 3, "2028": 5}},
        {"id": "b", "inputs": {"ore": 3}, "outputs": {"oxide": 1}},
    ]
    works = {"id": "works", "country": "JP", "recipes": recipes}
    materials = [OXIDE, ORE, {"id": "acid", "unit": "t"}]
    problem = read_problem(document(materials=materials, plants=[works], suppliers=[CHINA], **YEARS))
    more = after(problem, "recipes.inputs of works (JP)", 1.1)
    assert [dict(recipe.inputs) for recipe in more.plants[0].recipes] == [
        pytest.approx({"ore": 2.2, "acid": 0.55}),
        pytest.approx({"ore": 3.3}),
    ]
    dearer = after(problem, "recipes.unit_cost of works (JP)", 2)
    assert dearer.plants[0].recipes[0].unit_cost == {2026: 6, 2028: 10}
    assert dearer.plants[0].recipes[0].inputs == problem.plants[0].recipes[0].inputs


def test_capacity_is_the_number_stated_not_what_is_built() -> None:
    """A scenario's `times` would take a tenth off what is built too."""
    build = {"max": 50, "unit_capex": 10, "life": 10}
    for capacity, less in ((100, 90), ([100, 0], [90, 0]), ({"2026": 100, "2028": 200}, [90, 180])):
        seller = AUSTRALIA | {"capacity": capacity, "build": build}
        problem = after(read_problem(document(suppliers=[seller], **YEARS)), "capacity of weld (AU)", 0.9)
        assert problem.timeline.read(problem.suppliers[0].capacity or 0) == pytest.approx(problem.timeline.read(less))
        assert problem.suppliers[0].availability == 1


def test_lanes_and_stockpiles_without_ids_are_told_apart() -> None:
    """By their ends, then by what else they state; what nothing tells apart is one."""
    lanes = [
        {"from": "CN", "to": "JP", "unit_cost": 5},
        {"from": "CN", "to": "JP", "duty": 0.1},
        {"from": "CN", "to": "JP", "unit_cost": 7, "materials": ["oxide"]},
        {"from": "AU", "to": "JP", "unit_cost": 5},
        {"from": "AU", "to": "JP", "unit_cost": 5},
    ]
    piles = [{"country": "JP", "material": "oxide", "initial": 5}, {"country": "AU", "material": "oxide", "initial": 6}]
    parts: dict[str, Any] = {"materials": [OXIDE | {"price": 9}], "suppliers": [CHINA], "lanes": lanes}
    problem = read_problem(document(**parts, stockpiles=piles))
    found = {entry.label: entry for entry in inputs_of(problem) if entry.on in ("lanes", "stockpiles")}
    assert list(found) == [
        "unit_cost of lane CN to JP",
        "duty of lane CN to JP",
        "unit_cost of lane CN to JP for oxide",
        "unit_cost of lane AU to JP",
        "initial of stock of oxide (JP)",
        "initial of stock of oxide (AU)",
    ]
    assert [lane.unit_cost for lane in after(problem, "unit_cost of lane CN to JP", 2).lanes] == [10, None, 7, 5, 5]
    assert [lane.unit_cost for lane in after(problem, "unit_cost of lane AU to JP", 2).lanes] == [5, None, 7, 10, 10]
    assert [pile.initial for pile in after(problem, "initial of stock of oxide (JP)", 2).stockpiles] == [10, 6]


def test_shares_go_as_far_as_they_can() -> None:
    """0.95 times 1.1 is kept at 1, of a series each number by itself; a loss below 1."""
    rate: Any
    for rate, most in ((0.95, 1), ([0.5, 0.95], [0.55, 1])):
        recycler = {"id": "back", "country": "JP", "material": "oxide", "scrap": 5, "collection_rate": rate}
        problem = read_problem(document(recyclers=[recycler], suppliers=[CHINA], **YEARS))
        entry = named(problem, "collection_rate of back (JP)")
        found = moved(problem, entry, 1.1)
        assert found.clipped == "kept at 1, the most there can be"
        assert changed(problem, found.changes).recyclers[0].collection_rate == pytest.approx(most)
        assert moved(problem, entry, 0.9).clipped is None
    lanes = [{"from": "CN", "to": "JP", "loss": 0.95}]
    problem = read_problem(document(suppliers=[CHINA], lanes=lanes))
    assert after(problem, "loss of lane CN to JP", 1.1).lanes[0].loss == 0.99999999
    build = {"max": 50, "unit_capex": 10, "life": 10, "grant": 0.95}
    problem = read_problem(document(suppliers=[CHINA | {"build": build}], discount_rate=0.1))
    assert 0.999999 < after(problem, "build.grant of north (CN)", 1.1).suppliers[0].builds[0].grant <= 1


def test_what_cannot_move_is_refused() -> None:
    """More than there may be of anything."""
    problem = read_problem(document(suppliers=[CHINA | {"unit_cost": 1e15}]))
    with pytest.raises(InvalidProblem, match="should be at most"):
        moved(problem, named(problem, "unit_cost of north (CN)"), 1.1)

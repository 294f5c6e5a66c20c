"""Scenarios: what a change does to the data, by hand, and what is refused."""

from typing import Any

import pytest

from oremix.models import read_problem
from oremix.models.changes import changed
from oremix.optimizer.decide import solve
from tests.plans import near
from tests.problems import AUSTRALIA, CHINA, FIRST, SECOND, YEARS, document, faults

BUILD = {"max": 60, "unit_capex": 10, "life": 20}
WEST = {"id": "west", "country": "AU", "material": "oxide", "unit_cost": 9, "capacity": 50, "build": BUILD}


def after(*changes: dict[str, Any], **parts: Any) -> Any:
    """The problem after the changes."""
    stated = document(**parts) | {"scenarios": [{"id": "s", "changes": list(changes)}]}
    problem = read_problem(stated)
    return changed(problem, problem.scenarios[0].changes)


def change(on: str, field: str, **more: Any) -> dict[str, Any]:
    return {"on": on, "field": field, **more}


def test_a_country_that_drops_out_makes_nothing() -> None:
    """All of China's 60 t are lost, so Australia sells 100 t at 7."""
    parts = {"suppliers": [CHINA | {"capacity": 60}, AUSTRALIA]}
    outage = change("suppliers", "capacity", where={"country": "CN"}, times=0)
    plan = solve(after(outage, **parts))
    assert [(line.supplier, line.quantity) for line in plan.purchases] == [("weld", near(100))]
    assert plan.total_cost == near(700)


def test_unlimited_times_nothing_is_nothing_and_times_anything_else_unlimited() -> None:
    """An unlimited seller stops in the first period only; halving it changes nothing."""
    none = after(change("suppliers", "capacity", times=0, until_year=2026), suppliers=[CHINA], **YEARS)
    half = after(change("suppliers", "capacity", times=0.5), suppliers=[CHINA], **YEARS)
    assert none.network.existing_capacity(none.suppliers[0]) == [0.0, None]
    assert half.network.existing_capacity(half.suppliers[0]) == [None, None]


def test_an_outage_takes_what_is_built_too() -> None:
    """Of 50 + 60 t a tenth is left in the second period: 5 and 6."""
    parts = {"suppliers": [WEST], **YEARS}
    problem = after(change("suppliers", "capacity", times=0.1, from_year=2027), **parts)
    (supplier,) = problem.suppliers
    assert problem.network.existing_capacity(supplier) == [50, near(5)]
    assert problem.network.built_share(supplier, supplier.builds[0], 0, 1) == near(0.1)
    assert problem.network.most(supplier, 1) == near(65)


def test_what_is_added_comes_on_top_of_what_exists() -> None:
    """50 t and 20 t more are 70 t; the build is as it was. Unlimited stays unlimited."""
    problem = after(change("suppliers", "capacity", plus=20), suppliers=[WEST, CHINA], discount_rate=0)
    assert problem.network.existing_capacity(problem.suppliers[0]) == [70]
    assert problem.network.existing_capacity(problem.suppliers[1]) == [None]
    assert problem.network.built_share(problem.suppliers[0], problem.suppliers[0].builds[0], 0, 0) == 1


def test_a_price_that_doubles_in_one_period_costs_that_much_more() -> None:
    """100 t at 5 in the first period, at 10 in the second."""
    double = change("suppliers", "unit_cost", times=2, from_year=2028)
    plan = solve(after(double, suppliers=[CHINA], **YEARS))
    assert plan.total_cost == near(500 * FIRST + 1000 * SECOND)


def test_a_year_map_is_read_before_it_is_changed() -> None:
    """5 in 2026 and 9 in 2030 are 7 in 2028, and 8 with 1 more."""
    seller = CHINA | {"unit_cost": {"2026": 5, "2030": 9}}
    problem = after(change("suppliers", "unit_cost", plus=1, from_year=2028), suppliers=[seller], **YEARS)
    assert problem.suppliers[0].unit_cost == [5, 8]


def test_a_field_within_a_field() -> None:
    """Capex half as dear again, emissions doubled, every tier 1 dearer."""
    tiers = [{"up_to": 10, "unit_cost": 1}, {"unit_cost": 2}]
    seller = {"id": "steps", "country": "CL", "material": "oxide", "tiers": tiers, "footprint": {"co2e_t": 3}}
    problem = after(
        change("suppliers", "build.unit_capex", where={"id": "west"}, times=1.5),
        change("suppliers", "footprint.co2e_t", where={"id": "steps"}, times=2),
        change("suppliers", "tiers.unit_cost", where={"id": "steps"}, plus=1),
        suppliers=[WEST | {"build": [BUILD, BUILD]}, seller],
        discount_rate=0.05,
    )
    assert [build.unit_capex for build in problem.suppliers[0].builds] == [15, 15]
    assert problem.suppliers[1].footprint == {"co2e_t": 6}
    assert [tier.unit_cost for tier in problem.suppliers[1].tiers or []] == [2, 3]


def test_a_lane_closed_for_a_while_opens_again() -> None:
    """China's exports to Japan cost 1 a tonne, and stop in 2028."""
    lanes = [{"from": "CN", "to": "JP", "unit_cost": 1}]
    closed = change("lanes", "closed", where={"from": "CN"}, set=True, from_year=2028)
    plan = solve(after(closed, suppliers=[CHINA, AUSTRALIA], lanes=lanes, **YEARS))
    assert [(line.supplier, line.period) for line in plan.purchases] == [("north", 2026), ("weld", 2028)]


def test_a_lane_that_no_rule_had_is_added() -> None:
    """An export ban where nothing was said of China's exports before."""
    ban = {"on": "lanes", "add": {"from": "CN", "to": "*", "closed": True}}
    plan = solve(after(ban, suppliers=[CHINA, AUSTRALIA]))
    assert plan.total_cost == near(700)


@pytest.mark.parametrize("where", [{"country": "partners"}, {"country": ["JP", "AU"]}, {"place": "site"}])
def test_where_may_name_a_group_several_countries_or_a_place(where: dict[str, Any]) -> None:
    """A mine at a place in Australia is found by each."""
    parts: dict[str, Any] = {
        "places": [{"id": "site", "country": "AU"}],
        "groups": {"partners": ["AU", "JP"]},
        "suppliers": [{"id": "mine", "place": "site", "material": "oxide", "unit_cost": 7}, CHINA],
    }
    problem = after(change("suppliers", "unit_cost", where=where, times=2), **parts)
    assert [supplier.unit_cost for supplier in problem.suppliers] == [14, 5]


def test_changes_are_made_one_after_the_other() -> None:
    """Twice 5 is 10, and 1 more 11."""
    problem = after(
        change("suppliers", "unit_cost", times=2), change("suppliers", "unit_cost", plus=1), suppliers=[CHINA]
    )
    assert problem.suppliers[0].unit_cost == 11


def test_scenarios_change_no_plan() -> None:
    """A plan is made of the data as they are."""
    parts: dict[str, Any] = {"suppliers": [CHINA, AUSTRALIA]}
    war = {"id": "war", "changes": [change("suppliers", "capacity", where={"country": "CN"}, times=0)]}
    assert solve(document(**parts, scenarios=[war])).total_cost == solve(document(**parts)).total_cost


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (change("suppliers", "unit_cost", where={"country": "CL"}, times=2), "/where", "fits none"),
    (
        change("suppliers", "unit_cost", where={"county": "CN"}, times=2),
        "/where",
        "names no field of suppliers: county",
    ),
    (change("suppliers", "price", times=2), "/field", "is no field of these suppliers"),
    (change("suppliers", "build.max", times=2), "/field", "is no field that north has"),
    (change("suppliers", "id", set="x"), "/field", "other parts name it"),
    (change("suppliers", "minimum", times=2), "/field", "nothing would change"),
    (change("suppliers", "country", times=2), "/field", "no number"),
    (change("suppliers", "reserve", set=5, from_year=2028), "/from_year", "one value for the whole horizon"),
    (change("suppliers", "unit_cost", times=2, from_year=2029), "/from_year", "leaves no period"),
    (change("suppliers", "capacity", set=5, from_year=2028), "/from_year", "outside these years"),
    (change("suppliers", "capacity", set=-5), "/field", "should be at least 0"),
    (change("suppliers", "unit_cost"), "", "exactly one of"),
    (change("suppliers", "unit_cost", times=1, plus=1), "", "exactly one of"),
    ({"on": "suppliers", "times": 2}, "/field", "is missing"),
    ({"on": "lanes", "add": {}, "where": {}}, "/where", "cannot stand with `add`"),
    ({"on": "lanes", "add": {"from": "CN"}}, "/add/to", "missing"),
]


@pytest.mark.parametrize(("wrong", "pointer", "message"), WRONG, ids=[entry[2] for entry in WRONG])
def test_a_change_that_cannot_be_made_is_named(wrong: dict[str, Any], pointer: str, message: str) -> None:
    """One fault, at the change's own path."""
    scenarios = [{"id": "s", "changes": [wrong]}]
    reported = faults(suppliers=[CHINA], scenarios=scenarios, **YEARS)
    assert list(reported) == [f"/scenarios/0/changes/0{pointer}"]
    assert message in next(iter(reported.values()))


def test_a_change_that_makes_the_problem_wrong_says_how() -> None:
    """A list of one price for two periods is found when the whole is checked."""
    wrong = change("suppliers", "unit_cost", set=[1])
    reported = faults(suppliers=[CHINA], scenarios=[{"id": "s", "changes": [wrong]}], **YEARS)
    assert list(reported) == ["/scenarios/0/changes"]
    assert "/suppliers/0/unit_cost: has 1 numbers for 2 periods" in reported["/scenarios/0/changes"]


def test_what_is_built_too_cannot_be_set() -> None:
    """70 t of existing and built together: no single number of either."""
    wrong = change("suppliers", "capacity", set=70)
    reported = faults(suppliers=[WEST], discount_rate=0, scenarios=[{"id": "s", "changes": [wrong]}])
    assert "by `times` or `plus`" in reported["/scenarios/0/changes/0/field"]


def test_probabilities_above_one_are_no_probabilities() -> None:
    """Two thirds twice; three thirds are whatever rounding makes of them."""
    half = [{"id": name, "probability": 0.6, "changes": []} for name in "ab"]
    third = [{"id": name, "probability": 1 / 3, "changes": []} for name in "abc"]
    assert list(faults(suppliers=[CHINA], scenarios=half)) == ["/scenarios"]
    assert read_problem(document(suppliers=[CHINA], scenarios=third))

"""Changes to data: which parts one is about, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from oremix.models import InvalidProblem, Problem
from oremix.models.changes import changed
from tests.problems import AUSTRALIA, CHINA, YEARS, problem

BUILD = {"max": 10, "unit_capex": 1, "life": 5, "wacc": 0.1}
SITES = [{"id": "bayan", "country": "CN"}]


def after(change: dict[str, Any], **parts: Any) -> Problem:
    return changed(problem(**parts), [change])


def sellers(**both: Any) -> dict[str, Any]:
    return {"suppliers": [AUSTRALIA | both, CHINA | both]}


def test_a_number_is_multiplied_shifted_or_set() -> None:
    cost = {"on": "suppliers", "where": {"id": "weld"}, "field": "unit_cost"}
    assert after(cost | {"times": 2}, **sellers()).suppliers[0].unit_cost == 14
    assert after(cost | {"plus": -3}, **sellers()).suppliers[0].unit_cost == 4
    assert after(cost | {"set": 1}, **sellers()).suppliers[0].unit_cost == 1
    assert after(cost | {"times": 2}, **sellers()).suppliers[1].unit_cost == 5


def test_changes_are_made_one_after_the_other() -> None:
    changes = [
        {"on": "suppliers", "field": "unit_cost", "times": 2},
        {"on": "suppliers", "field": "unit_cost", "plus": 1},
    ]
    assert [seller.unit_cost for seller in changed(problem(**sellers()), changes).suppliers] == [15, 11]


def test_the_problem_itself_stays_as_it_was() -> None:
    before = problem(**sellers())
    changed(before, [{"on": "suppliers", "field": "unit_cost", "times": 2}])
    assert before.suppliers[0].unit_cost == 7


def test_only_the_years_named_change() -> None:
    """A period counts as its start year; a map of years is read at it first."""
    change = {"on": "suppliers", "field": "unit_cost", "times": 2, "from_year": 2027}
    found = after(change, **YEARS, **sellers(unit_cost={2026: 3, 2030: 7})).suppliers[0]
    assert found.unit_cost == [3, 10]


def test_a_country_is_where_a_part_stands() -> None:
    """At a place of the country too, and a group is its countries."""
    parts = {"places": SITES, "groups": {"rivals": ["CN"]}}
    parts["suppliers"] = [AUSTRALIA, {"id": "north", "place": "bayan", "material": "oxide", "unit_cost": 5}]
    for name in ("CN", "rivals"):
        change = {"on": "suppliers", "where": {"country": name}, "field": "unit_cost", "set": 9}
        assert [seller.unit_cost for seller in after(change, **parts).suppliers] == [7, 9]


def test_a_list_is_any_of_its_entries() -> None:
    change = {"on": "suppliers", "where": {"id": ["weld", "north"]}, "field": "unit_cost", "set": 9}
    assert [seller.unit_cost for seller in after(change, **sellers()).suppliers] == [9, 9]


def test_an_outage_is_of_existing_and_built_capacity() -> None:
    """Unlimited times nothing is nothing; unlimited times anything else is unlimited."""
    for change in ({"times": 0}, {"set": 0}):
        found = after({"on": "suppliers", "field": "capacity", **change}, **sellers(capacity=5, build=BUILD))
        weld = found.suppliers[0]
        assert found.network.existing_capacity(weld) == [0]
        assert found.network.built_share(weld, weld.builds[0], 0, 0) == 0
        assert found.network.nameplate(weld) == [5]
    limitless = after({"on": "suppliers", "field": "capacity", "times": 0}, **sellers())
    assert limitless.network.existing_capacity(limitless.suppliers[0]) == [0]
    more = after({"on": "suppliers", "field": "capacity", "times": 2}, **sellers())
    assert more.network.existing_capacity(more.suppliers[0]) == [None]


def test_half_of_what_can_be_made() -> None:
    found = after({"on": "suppliers", "field": "capacity", "times": 0.5}, **sellers(capacity=5, build=BUILD))
    weld = found.suppliers[0]
    assert found.network.existing_capacity(weld) == [2.5]
    assert found.network.built_share(weld, weld.builds[0], 0, 0) == 0.5


def test_a_lane_can_be_closed_for_some_years() -> None:
    """A rule after it says so, and rules after that still win."""
    lanes = [{"from": "CN", "to": "JP", "unit_cost": 1}, {"from": "*", "to": "JP", "unit_cost": 2}]
    change = {"on": "lanes", "where": {"from": "CN"}, "field": "closed", "set": True, "until_year": 2027}
    found = after(change, **YEARS, **sellers(), lanes=lanes)
    moves = found.network.lanes.moves("oxide", "CN", "JP")
    assert [move.closed for move in moves] == [True, False]
    assert [move.freight for move in moves] == [2, 2]
    assert not any(move.closed for move in found.network.lanes.moves("oxide", "AU", "JP"))


def test_a_limit_that_is_not_stated_times_nothing_is_nothing() -> None:
    lanes = [{"from": "CN", "to": "JP", "unit_cost": 1}]
    change = {"on": "lanes", "field": "capacity", "times": 0, "from_year": 2028}
    found = after(change, **YEARS, **sellers(), lanes=lanes).network.lanes.moves("oxide", "CN", "JP")
    assert [move.capacity for move in found] == [None, 0]


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"on": "suppliers", "field": "unit_cost"}, "/changes/0", "exactly one"),
        ({"on": "mines", "field": "unit_cost", "times": 2}, "/changes/0/on", "suppliers"),
        ({"on": "suppliers", "field": "price", "times": 2}, "/changes/0/field", "no field"),
        (
            {"on": "suppliers", "where": {"id": "gold"}, "field": "unit_cost", "times": 2},
            "/changes/0/where",
            "fits none",
        ),
        ({"on": "suppliers", "field": "minimum", "times": 2}, "/changes/0/field", "stated by none"),
        ({"on": "suppliers", "field": "stage", "times": 2}, "/changes/0/field", "stated by none"),
        ({"on": "suppliers", "field": "id", "times": 2}, "/changes/0/field", "other parts name it"),
        ({"on": "suppliers", "field": "material", "times": 2}, "/changes/0/field", "no number"),
        ({"on": "suppliers", "field": "capacity", "times": -1}, "/changes/0/field", "at least 0"),
        ({"on": "suppliers", "field": "unit_cost", "set": "dear"}, "/changes/0/field", "should be a number"),
        ({"on": "suppliers", "field": "unit_cost", "times": 2, "from_year": 2026}, "/changes/0/from_year", "typical"),
        ({"on": "demands", "field": "quantity", "set": [1, 2]}, "/demands/0/quantity", "one per period"),
    ],
)
def test_what_cannot_be_changed_is_said(change: dict[str, Any], pointer: str, words: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        after(change, **sellers())
    (fault,) = caught.value.errors
    assert fault.pointer == pointer
    assert words in fault.message


def test_of_years_too() -> None:
    cases = [
        ({"on": "suppliers", "field": "unit_cost", "times": 2, "from_year": 2040}, "no period"),
        ({"on": "suppliers", "field": "reserve", "times": 2, "from_year": 2028}, "whole horizon"),
        ({"on": "suppliers", "field": "minimum", "set": 2, "from_year": 2028}, "outside these years"),
        ({"on": "suppliers", "field": "capacity", "set": 2, "from_year": 2028}, "no limit"),
    ]
    for change, words in cases:
        with pytest.raises(InvalidProblem, match=words):
            after(change, **YEARS, **sellers(reserve=10))


def test_capacity_that_can_be_built_cannot_be_set() -> None:
    """No single number is of what exists and of what is built; more of what exists comes on top."""
    with pytest.raises(InvalidProblem, match="by `times` or `plus`"):
        after({"on": "suppliers", "field": "capacity", "set": 3}, **sellers(capacity=5, build=BUILD))
    more = after({"on": "suppliers", "field": "capacity", "plus": 3}, **sellers(capacity=5, build=BUILD))
    assert more.suppliers[-1].capacity == 8


def test_every_fault_is_reported() -> None:
    changes = [{"on": "suppliers", "field": "x", "times": 2}, {"on": "lanes", "field": "loss", "times": 2}]
    with pytest.raises(InvalidProblem) as caught:
        changed(problem(**sellers()), changes)
    assert [fault.pointer for fault in caught.value.errors] == ["/changes/0/field", "/changes/1/where"]


def test_what_the_changes_make_is_checked() -> None:
    """A floor above its cap is a fault of the changed problem."""
    cap = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, "min": 0.2}
    with pytest.raises(InvalidProblem, match="above the upper bound"):
        after({"on": "policies", "field": "max", "set": 0.1}, **sellers(), policies=[cap])


def test_a_part_without_a_value_stays_without() -> None:
    """Of a group of parts those that state nothing state nothing still."""
    found = after({"on": "suppliers", "field": "minimum", "times": 2}, suppliers=[AUSTRALIA | {"minimum": 3}, CHINA])
    assert [seller.minimum for seller in found.suppliers] == [6, None]

"""Lane rules resolved pair by pair."""

from math import pi
from typing import Any

import pytest

from oremix.models.lanes import Move
from tests.problems import AUSTRALIA, OXIDE, problem

PLACES: list[dict[str, Any]] = [
    {"id": "osaka", "country": "JP", "latitude": 0, "longitude": 90},
    {"id": "kobe", "country": "JP", "latitude": 0, "longitude": 91},
    {"id": "perth", "country": "AU", "latitude": 0, "longitude": 0},
]
GROUPS = {"partners": ["AU", "US"], "home": ["JP"]}


def moves(start: str, end: str, *lanes: dict[str, Any], material: str = "oxide", **parts: Any) -> list[Move]:
    """The terms of a pair in every period, under these rules in this order."""
    materials = [OXIDE | {"price": 50}, {"id": "ore", "unit": "t"}]
    read = problem(materials=materials, places=PLACES, groups=GROUPS, lanes=list(lanes), **parts)
    return read.network.lanes.moves(material, start, end)


def move(start: str, end: str, *lanes: dict[str, Any], **parts: Any) -> Move:
    (found,) = moves(start, end, *lanes, **parts)
    return found


def lane(start: Any, end: Any, **terms: Any) -> dict[str, Any]:
    return {"from": start, "to": end, **terms}


def test_a_pair_that_no_rule_matches_is_open_and_free() -> None:
    expected = Move(freight=0, duty=0, loss=0, capacity=None, minimum=0, closed=False)
    assert move("CN", "JP", lane("AU", "JP", unit_cost=4, closed=True)) == expected


def test_later_rules_win_field_by_field() -> None:
    """A rule that does not state a field leaves what an earlier one said."""
    found = move(
        "AU",
        "JP",
        lane("*", "*", unit_cost=9, loss=0.1, capacity=70, minimum=2, duty=0.1, duty_per_unit=3),
        lane("AU", "JP", unit_cost=4),
        lane("AU", "*", loss=0, capacity=30),
    )
    assert found == Move(freight=4, duty=0.1 * 50 + 3, loss=0, capacity=30, minimum=2, closed=False)


def test_the_order_of_rules_decides_and_not_how_much_they_match() -> None:
    """A general rule after a particular one displaces it."""
    assert move("AU", "JP", lane("AU", "JP", unit_cost=4), lane("*", "*", unit_cost=9)).freight == 9


def test_cost_per_unit_and_per_kilometre_displace_each_other() -> None:
    """The last one stated is the freight; they are never added."""
    quarter = 6371.0088 * pi / 2
    per_unit, per_km = lane("AU", "JP", unit_cost=4), lane("AU", "JP", cost_per_km=0.01)
    assert move("perth", "osaka", per_unit, per_km).freight == pytest.approx(0.01 * quarter)
    assert move("perth", "osaka", per_km, per_unit).freight == 4
    assert move("perth", "osaka", per_unit, per_km, lane("*", "*", loss=0.1)).freight == pytest.approx(0.01 * quarter)


def test_closed_false_reopens() -> None:
    """A closed lane is opened again by a later rule, for what that one matches."""
    closed, reopened = lane("*", "*", closed=True), lane("AU", "JP", closed=False)
    assert move("CN", "JP", closed, reopened).closed
    assert not move("AU", "JP", closed, reopened).closed
    assert move("AU", "JP", reopened, closed).closed
    assert move("AU", "JP", closed, lane("AU", "JP", unit_cost=1)).closed  # a price does not open it


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("AU", "JP"),
        ("partners", "JP"),
        ("*", "JP"),
        ("perth", "osaka"),
        (["CN", "partners"], ["KR", "home"]),
        (["*"], ["*"]),
    ],
)
def test_what_an_end_may_name(start: Any, end: Any) -> None:
    """A country, a group, a place, everything, or a list of them."""
    assert move("perth", "osaka", lane(start, end, unit_cost=4)).freight == 4


@pytest.mark.parametrize(
    ("start", "end"), [("CN", "JP"), ("perth", "kobe"), ("JP", "AU"), ("US", "*"), (["CN", "JP"], "*")]
)
def test_what_an_end_does_not_name(start: Any, end: Any) -> None:
    """Another country, another place, or the other way round."""
    assert move("perth", "osaka", lane(start, end, unit_cost=4)).freight == 0


@pytest.mark.parametrize(
    ("start", "end"),
    [("JP", "JP"), ("osaka", "JP"), ("JP", "kobe"), ("osaka", "kobe"), (["JP", "*"], ["home", "kobe"])],
)
def test_a_domestic_rule_names_the_country_or_the_place_at_both_ends(start: Any, end: Any) -> None:
    assert move("osaka", "kobe", lane(start, end, unit_cost=4)).freight == 4


@pytest.mark.parametrize(
    ("start", "end"), [("*", "*"), ("home", "home"), ("JP", "*"), ("*", "kobe"), ("osaka", "home"), ("osaka", "osaka")]
)
def test_a_domestic_move_is_not_meant_by_groups_or_everything(start: Any, end: Any) -> None:
    """A group never, nor `*`, at either end; nor another place."""
    assert move("osaka", "kobe", lane(start, end, unit_cost=4, closed=True)) == Move()


def test_a_place_to_itself_is_domestic() -> None:
    assert move("JP", "JP", lane("*", "*", unit_cost=4)).freight == 0
    assert move("JP", "JP", lane("JP", "JP", unit_cost=4)).freight == 4
    assert move("osaka", "osaka", lane("osaka", "osaka", cost_per_km=4)).freight == 0  # no way at all


def test_a_rule_may_be_for_some_materials() -> None:
    only = lane("AU", "JP", unit_cost=4, materials=["ore"])
    assert move("AU", "JP", only).freight == 0
    assert move("AU", "JP", only, material="ore").freight == 4


def test_a_rule_holds_in_its_years() -> None:
    """Both included, by start year; outside them an earlier rule holds again."""
    years = {"periods": [2026, 2028, 2030, 2032], "discount_rate": 0}
    found = moves(
        "AU",
        "JP",
        lane("AU", "JP", unit_cost=1),
        lane("AU", "JP", unit_cost=4, from_year=2027, until_year=2030),
        **years,
    )
    assert [each.freight for each in found] == [1, 4, 4, 1]


def test_terms_over_time_are_read_in_their_period() -> None:
    """Freight, both duties on that period's price, capacity and minimum."""
    years = {"periods": [2026, 2028], "discount_rate": 0}
    rule = lane(
        "AU",
        "JP",
        unit_cost=[1, 2],
        duty={"2026": 0.1, "2030": 0.3},
        duty_per_unit=[5, 6],
        capacity=[7, 8],
        minimum=[3, 4],
    )
    materials = [OXIDE | {"price": [50, 60]}]
    read = problem(materials=materials, lanes=[rule], **years)
    assert read.network.lanes.moves("oxide", "AU", "JP") == [
        Move(freight=1, duty=pytest.approx(0.1 * 50 + 5), capacity=7, minimum=3),
        Move(freight=2, duty=pytest.approx(0.2 * 60 + 6), capacity=8, minimum=4),
    ]


def test_a_duty_needs_a_price_and_a_distance_coordinates() -> None:
    """Neither is taken to be 0."""
    with pytest.raises(ValueError, match="price"):
        move("AU", "JP", lane("AU", "JP", duty=0.1), material="ore")
    with pytest.raises(ValueError, match="coordinates"):
        move("AU", "JP", lane("AU", "JP", cost_per_km=0.1))
    assert move("AU", "JP", lane("AU", "JP", duty=0), material="ore").duty == 0


def test_the_pair_matters_and_not_the_facility() -> None:
    """All that a rule says is asked for by material and pair, so an unknown pair has an answer too."""
    read = problem(suppliers=[AUSTRALIA], lanes=[lane("*", "KR", unit_cost=4)])
    assert read.network.lanes.moves("oxide", "BR", "KR") == [Move(freight=4)]

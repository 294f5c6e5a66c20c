"""A problem read as a network: who makes what, where it is used, what exists when."""

from math import inf
from typing import Any

import pytest

from tests.problems import AUSTRALIA, CHINA, JAPAN, ORE, OXIDE, problem

PLACES = [{"id": "osaka", "country": "JP"}, {"id": "kobe", "country": "JP"}, {"id": "busan", "country": "KR"}]
PLANT: dict[str, Any] = {
    "id": "plant",
    "place": "kobe",
    "recipes": [
        {"id": "a", "inputs": {"ore": 2}, "outputs": {"oxide": 1, "slag": 3}},
        {"id": "b", "inputs": {"ore": 1, "slag": 1}, "outputs": {"oxide": 1}},
    ],
}
SLAG = {"id": "slag", "unit": "t"}
YEARS: dict[str, Any] = {"periods": [2026, 2028, 2030], "discount_rate": 0}


def network(**parts: Any) -> Any:
    return problem(**{"materials": [OXIDE, ORE, SLAG], "places": PLACES, **parts}).network


def test_makers_are_grouped_by_origin() -> None:
    """Each product of a plant once, whatever recipe it comes from."""
    n = network(suppliers=[AUSTRALIA, AUSTRALIA | {"id": "second"}, CHINA], plants=[PLANT])
    makers = {origin: [maker.id for maker in facilities] for origin, facilities in n.makers["oxide"].items()}
    assert makers == {
        ("AU", "AU", None): ["weld", "second"],
        ("CN", "CN", None): ["north"],
        ("kobe", "JP", "refining"): ["plant"],
    }
    assert [maker.id for maker in n.makers["slag"]["kobe", "JP", "refining"]] == ["plant"]
    assert n.makers["ore"] == {}


def test_uses_are_inputs_demands_and_stockpiles() -> None:
    """Each place once; a stockpile is a use but no consumer."""
    demands = [JAPAN, JAPAN | {"id": "second"}]
    piles = [{"place": "osaka", "material": "oxide"}, {"place": "kobe", "material": "ore"}]
    n = network(plants=[PLANT], demands=demands, stockpiles=piles)
    assert n.uses == {"oxide": ["JP", "osaka"], "ore": ["kobe"], "slag": ["kobe"]}
    assert n.consumers == {"oxide": ["JP"], "ore": ["kobe"], "slag": ["kobe"]}


def test_a_stockpile_serves_the_uses_of_its_country() -> None:
    """Other piles of the country too, its own place only if something is used there, and no other country."""
    demands = [JAPAN, JAPAN | {"id": "k", "country": None, "place": "busan"} | {}]
    demands[1].pop("country")
    piles = [
        {"place": "osaka", "material": "oxide"},
        {"country": "JP", "material": "oxide"},
        {"place": "busan", "material": "oxide"},
    ]
    n = network(demands=demands, stockpiles=piles)
    assert [n.serves(pile) for pile in n.stockpiles] == [["JP"], ["JP", "osaka"], ["busan"]]
    assert [pile.at for pile in n.piles_serving("oxide", "JP")] == ["osaka", "JP"]
    assert n.piles_serving("ore", "JP") == []


def test_flows_join_every_origin_with_every_use() -> None:
    """Also within a place; of a local material only that."""
    n = network(suppliers=[AUSTRALIA, CHINA], demands=[JAPAN, JAPAN | {"id": "home", "country": "AU"}])
    assert {(origin.place, place) for origin, place in n.flows("oxide")} == {
        ("AU", "JP"),
        ("AU", "AU"),
        ("CN", "JP"),
        ("CN", "AU"),
    }
    local = network(
        materials=[OXIDE | {"local": True}],
        suppliers=[AUSTRALIA, CHINA],
        demands=[JAPAN, JAPAN | {"id": "home", "country": "AU"}],
    )
    assert [(origin.place, place) for origin, place in local.flows("oxide")] == [("AU", "AU")]


@pytest.mark.parametrize(
    ("fields", "capacity"),
    [
        ({}, [None, None, None]),
        ({"capacity": 0}, [0, 0, 0]),
        ({"capacity": [1, 2, 3]}, [1, 2, 3]),
        ({"build": {"max": 9}}, [0, 0, 0]),
        ({"capacity": 4, "build": {"max": 9}}, [4, 4, 4]),
        ({"from_year": 2028}, [0, None, None]),
        ({"until_year": 2028, "capacity": 5}, [5, 5, 0]),
        ({"from_year": 2027, "until_year": 2029}, [0, None, 0]),
    ],
)
def test_unstated_capacity_is_unlimited_or_nothing_beside_a_build(fields: Any, capacity: list[float | None]) -> None:
    """And nothing exists outside the facility's years."""
    n = network(**YEARS, suppliers=[AUSTRALIA | fields])
    assert n.existing_capacity(n.facilities["weld"]) == capacity


@pytest.mark.parametrize(
    ("last", "fields", "capacity"),
    [
        (None, {}, None),
        (80, {}, 80),
        (80, {"capacity": 50}, 50),
        (80, {"capacity": 90}, 80),
        (80, {"build": {"max": 9}}, 80),
    ],
)
def test_the_last_tier_is_a_capacity(last: float | None, fields: Any, capacity: float | None) -> None:
    """The smaller of both; with a build too it is stated, so it exists."""
    tiers = [{"up_to": 30, "unit_cost": 1}, {"unit_cost": 2} | ({} if last is None else {"up_to": last})]
    n = network(suppliers=[{"id": "s", "country": "AU", "material": "oxide", "tiers": tiers, **fields}])
    assert n.existing_capacity(n.facilities["s"]) == [capacity]


def test_demand_of_a_country_is_that_of_all_its_places() -> None:
    """By material and period."""
    n = network(
        **YEARS,
        demands=[
            JAPAN | {"quantity": [1, 2, 3]},
            {"id": "o", "place": "osaka", "material": "oxide", "quantity": 10},
            {"id": "b", "place": "busan", "material": "oxide", "quantity": 100},
            {"id": "r", "place": "osaka", "material": "ore", "quantity": 7},
        ],
    )
    assert n.demand_by_country == {
        ("oxide", "JP"): [11, 12, 13],
        ("oxide", "KR"): [100, 100, 100],
        ("ore", "JP"): [7, 7, 7],
    }


def test_a_minimum_stock_in_days_of_a_country_without_demand_is_nothing() -> None:
    """Days of nothing."""
    n = network(stockpiles=[{"place": "busan", "material": "oxide", "days_of_demand": 90}])
    assert n.minimum_stock(n.stockpiles[0]) == [0]


def test_what_is_of_use_at_a_place_with_a_stock() -> None:
    """Its own demand, what the stock has room for in a year, and what it can be drawn for elsewhere in the country."""
    pile = {"place": "osaka", "material": "oxide", "capacity": 60}
    demands = [
        {"id": "o", "place": "osaka", "material": "oxide", "quantity": 10},
        {"id": "t", "country": "JP", "material": "oxide", "quantity": 100},
        {"id": "k", "place": "busan", "material": "oxide", "quantity": 1000},
    ]
    n = network(**YEARS, demands=demands, stockpiles=[pile])
    years = n.timeline.years[0]
    assert n.most_used("oxide", "osaka", 0) == 10 + 60 / years + 100
    assert n.most_used("oxide", "JP", 0) == 100  # nothing is kept there
    limited = network(**YEARS, demands=demands, stockpiles=[pile | {"fill_max": 7}])
    assert limited.most_used("oxide", "osaka", 0) == 10 + 7
    boundless = network(**YEARS, demands=demands, stockpiles=[{"place": "osaka", "material": "oxide"}])
    assert boundless.most_used("oxide", "osaka", 0) == inf


def test_what_is_of_use_is_summed_over_open_lanes() -> None:
    """Before their loss; what lies behind a closed lane is of no use."""
    demands = [
        {"id": "a", "country": "JP", "material": "oxide", "quantity": 80},
        {"id": "b", "country": "KR", "material": "oxide", "quantity": 40},
    ]
    lanes = [{"from": "AU", "to": "JP", "loss": 0.2}, {"from": "CN", "to": "KR", "closed": True}]
    n = network(demands=demands, lanes=lanes, suppliers=[AUSTRALIA, CHINA])
    assert n.most_of_use("oxide", "AU", 0) == pytest.approx(80 / 0.8 + 40)
    assert n.most_of_use("oxide", "CN", 0) == 80

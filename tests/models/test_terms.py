"""Faults of scale, contracts, returns, outlets and the rules on them: each at its entry, with what to do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oremix.models import Problem, read_problem
from tests.models.test_checks import FULL, found, put
from tests.problems import AUSTRALIA, CHINA, JAPAN, OXIDE, document, faults, problem

Document = dict[str, Any]

# A problem with a footprint and a mine of known size.
BASE = put("/suppliers/2/footprint", {"co2e_t": 1}, put("/suppliers/2/capacity", 90))
SELLER: Document = {"id": "weld", "country": "AU", "material": "oxide", "stage": "refining"}
POINTS = [{"capacity": 10, "capex": 90}, {"capacity": 20, "capex": 150}]
FALLING = [{"up_to": 50, "unit_cost": 9}, {"unit_cost": 7}]
RETURN = {"demand": "japan", "after_years": 8, "scrap_per_unit": 0.3}
RULE: Document = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}
CAPACITY: Document = RULE | {"measure": "capacity", "countries": ["JP"], "stages": ["refining"]}
SHIPMENTS: Document = {"id": "cap", "type": "quantity", "measure": "shipments", "from": "CN", "max": 4}


@pytest.mark.parametrize(
    ("at", "entry"),
    [
        ("/policies/0/measure", "content"),
        ("/policies/0", CAPACITY),
        ("/policies/0/by", "owner"),
        ("/policies/0", SHIPMENTS),
        ("/policies/0", SHIPMENTS | {"from": ["CN", "pit"], "to": "partners", "countries": ["CN"]}),
        ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2e_t", "max": 5}),
        ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2e_t", "price": 5}),
        ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2e_t", "price": 5, "max": 5, "min": 1}),
        ("/policies/0", {"id": "purse", "type": "budget", "max": 5}),
        ("/policies/0", {"id": "purse", "type": "budget", "max": 5, "across": ["periods"]}),
        ("/plants/0/build", [{"max": 40, "unit_capex": 9, "life": 10}, {"sizes": POINTS, "life": 10}]),
        ("/plants/0/build", {"curve": POINTS, "life": 9}),
        ("/plants/0/build", {"curve": [{"capacity": 0, "capex": 5}, {"capacity": 9, "capex": 9}], "life": 9}),
        ("/plants/0/build", {"sizes": POINTS, "life": 9, "max": 20}),
        ("/plants/0/build", {"sizes": POINTS, "life": 9, "orders": 2, "committed": True, "latest": 2026}),
        ("/plants/0/build/orders", 2),
        ("/plants/0/build/ramp_up", [0.5]),
        ("/plants/0/surplus", "forbidden"),
        ("/plants/0/surplus", -5),
        ("/plants/0/surplus_max", {"2026": 5, "2030": 9}),
        ("/plants/0/recipes/0/footprint", {"co2e_t": [1, 2]}),
        ("/suppliers/0", SELLER | {"tiers": [FALLING[0], {"up_to": 90, "unit_cost": 7}]}),
        ("/suppliers/0", SELLER | {"tiers": FALLING, "capacity": 90, "all_units": True}),
        ("/suppliers/0", SELLER | {"unit_cost": 7, "minimum_order": 5, "fixed_cost": 3, "capacity": 90}),
        ("/suppliers/0", SELLER | {"unit_cost": 7, "ramp_up": [0.5], "from_year": 2026}),
        ("/suppliers/0/reserve", 500),
        ("/suppliers/0/footprint", {"co2e_t": 1, "water_m3": {"2026": 5}}),
        ("/recyclers/0", {"id": "urban", "country": "JP", "material": "oxide", "returns": [RETURN]}),
        ("/recyclers/0/minimum_collection_rate", [0.2, 1]),
        ("/demands/1", {"id": "outlet", "country": "US", "material": "oxide", "sale_price": 5}),
        ("/lanes/0", {"from": "pit", "to": "port", "fixed_cost": 5, "capacity": 9, "joint": True}),
        ("/lanes/0/footprint", {"co2e_t": 1}),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_the_contract_has_is_read(at: str, entry: Any) -> None:
    """No field is refused, and each survives being written and read."""
    read = read_problem(put(at, entry, BASE))
    assert isinstance(read, Problem)
    assert read_problem(read.to_json()).hash == read.hash


BUILD = "/plants/0/build"

# pointer of the entry that is put in, the entry, pointer of the fault, a word of its message
FAULTS: list[tuple[str, Any, str, str]] = [
    # suppliers
    ("/suppliers/0/ramp_up", [0.5], "/suppliers/0/ramp_up", "from_year"),
    ("/suppliers/0/ramp_up", [1.5], "/suppliers/0/ramp_up/0", "1"),
    ("/suppliers/0/minimum_order", 5, "/suppliers/0", "capacity"),
    ("/suppliers/0/fixed_cost", 5, "/suppliers/0", "capacity"),
    ("/suppliers/0/reserve", -5, "/suppliers/0/reserve", "0"),
    ("/suppliers/0/footprint", {"co2e_t": [1, 2, 3]}, "/suppliers/0/footprint/co2e_t", "per period"),
    ("/suppliers/0/footprint", {"co2e_t": "much"}, "/suppliers/0/footprint/co2e_t", "number"),
    # builds
    (BUILD, {"curve": POINTS, "unit_capex": 9, "life": 9}, BUILD, "curve"),
    (BUILD, {"curve": POINTS, "fixed_capex": 9, "life": 9}, BUILD, "curve"),
    (BUILD, {"curve": POINTS, "minimum": 9, "life": 9}, BUILD, "curve"),
    (BUILD, {"curve": POINTS, "sizes": POINTS, "life": 9}, BUILD, "sizes"),
    (BUILD, {"sizes": POINTS, "unit_capex": 9, "life": 9}, BUILD, "sizes"),
    (BUILD, {"sizes": POINTS, "fixed_capex": 9, "life": 9}, BUILD, "sizes"),
    (BUILD, {"sizes": POINTS, "minimum": 9, "life": 9}, BUILD, "sizes"),
    (BUILD, {"curve": POINTS}, BUILD + "/life", "missing"),
    (BUILD, {"sizes": POINTS}, BUILD + "/life", "missing"),
    (BUILD, {"curve": POINTS[::-1], "life": 9}, BUILD + "/curve", ""),
    (BUILD, {"curve": [], "life": 9}, BUILD + "/curve", ""),
    (BUILD, {"sizes": [], "life": 9}, BUILD + "/sizes", ""),
    (BUILD, {"sizes": [POINTS[0], POINTS[0]], "life": 9}, BUILD + "/sizes", ""),
    (BUILD, {"unit_capex": 9, "life": 9, "orders": 2}, BUILD, "max"),
    (BUILD, {"unit_capex": 9, "life": 9, "max": 9, "orders": 0}, BUILD + "/orders", "1"),
    (BUILD, {"unit_capex": 9, "life": 9, "max": 9, "committed": True}, BUILD + "/committed", "minimum"),
    (BUILD, {"sizes": POINTS, "life": 9, "committed": True, "latest": 2025}, BUILD + "/committed", ""),
    (BUILD, {"sizes": POINTS, "life": 9, "committed": True, "lead_time": 50}, BUILD + "/committed", ""),
    (BUILD, [{"max": 40, "unit_capex": 9}], BUILD + "/0/life", "missing"),
    # lanes
    ("/lanes/0/fixed_cost", 5, "/lanes/0", "capacity"),
    ("/lanes/0", {"from": "AU", "to": "JP", "joint": True}, "/lanes/0/joint", ""),
    # recyclers
    ("/recyclers/0/returns", [RETURN | {"demand": "korea"}], "/recyclers/0/returns/0/demand", "demand"),
    ("/recyclers/0/returns", [RETURN, RETURN | {"scrap_per_unit": 0.5}], "/recyclers/0/returns", "twice"),
    ("/recyclers/0", {"id": "urban", "country": "JP", "material": "oxide", "scrap": 5, "collection_rate": 0.4,
                      "minimum_collection_rate": 0.5}, "/recyclers/0/minimum_collection_rate", "above"),
    # demands
    ("/demands/0", JAPAN | {"sale_price": 5, "shortage_cost": 4}, "/demands/0", "shortage_cost"),
    # policies
    ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2e_t"}, "/policies/0", "price"),
    ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2e_t", "max": 1, "min": 2}, "/policies/0/min", "above"),
    ("/policies/0", {"id": "purse", "type": "budget", "max": [1, 2], "across": ["periods"]}, "/policies/0/max", "one"),
    ("/policies/0", {"id": "purse", "type": "budget"}, "/policies/0/max", "missing"),
    ("/policies/0", {"id": "many", "type": "diversify", "of": "suppliers", "materials": ["ore"]},
     "/policies/0", "bounds nothing"),
    ("/policies/0", {"id": "many", "type": "diversify", "of": "suppliers", "min": 2, "materials": ["ore"]},
     "/policies/0", "smallest"),
    ("/policies/0", {"id": "many", "type": "diversify", "of": "suppliers", "max": 2, "materials": ["oxide"]},
     "/policies/0", "capacity"),
    ("/policies/0", {"id": "co2", "type": "footprint", "of": "co2", "max": 1}, "/policies/0/of", "co2e_t"),
    ("/policies/0", {"id": "many", "type": "diversify", "of": "miners", "max": 2}, "/policies/0/of", ""),
    ("/policies/0", SHIPMENTS | {"demands": ["japan"]}, "/policies/0/demands", "shipments"),
    ("/policies/0", SHIPMENTS | {"places": ["JP"]}, "/policies/0/places", "shipments"),
    ("/policies/0", SHIPMENTS | {"stages": ["refining"]}, "/policies/0/stages", "shipments"),
    ("/policies/0", SHIPMENTS | {"each_place": True}, "/policies/0/each_place", "shipments"),
    ("/policies/0", SHIPMENTS | {"from": "china"}, "/policies/0/from", "country"),
    ("/policies/0", SHIPMENTS | {"to": "nowhere"}, "/policies/0/to", "country"),
    ("/policies/0", RULE | {"from": "CN"}, "/policies/0/from", ""),
    ("/policies/0", RULE | {"carriers": ["ore"]}, "/policies/0/carriers", "content"),
    ("/policies/0", RULE | {"measure": "content", "carriers": ["coal"]}, "/policies/0/carriers/0", "material"),
    ("/policies/0", RULE | {"measure": "content", "stages": ["refinning"]}, "/policies/0/stages/0", "refining"),
    ("/policies/0", RULE | {"measure": "content", "of": "consumption"}, "/policies/0/of", "production"),
    ("/policies/0", CAPACITY | {"stages": ["refining"], "countries": ["AU"]}, "/policies/0", "weld"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "entry", "pointer", "word"), FAULTS, ids=lambda value: str(value)[:60])
def test_a_fault_is_reported_at_its_entry(at: str, entry: Any, pointer: str, word: str) -> None:
    """One thing is wrong, so one fault is found, at its entry or a field of it, with a message about it."""
    reported = found(put(at, entry, BASE))
    assert len(reported) == 1, reported
    ((where, message),) = reported.items()
    assert where == pointer or where.startswith(pointer + "/")
    assert word in where.removeprefix(pointer) + message
    assert message


@pytest.mark.parametrize(
    "terms",
    [
        {"tiers": FALLING},
        {"tiers": FALLING, "all_units": True},
        {"unit_cost": 7, "minimum_order": 5},
        {"unit_cost": 7, "fixed_cost": 5},
    ],
)
def test_a_decision_needs_a_limit(terms: Document) -> None:
    """What is taken or not needs a most; a capacity, a last tier, or a build with a most will do."""
    seller = {"id": "weld", "country": "AU", "material": "oxide", **terms}
    reported = faults(suppliers=[seller])
    assert len(reported) == 1
    ((where, message),) = reported.items()
    assert where.startswith("/suppliers/0")
    assert "capacity" in where + message
    problem(suppliers=[seller | {"capacity": 90}])
    problem(suppliers=[seller | {"build": {"max": 40}}])
    if "tiers" in terms:
        problem(suppliers=[seller | {"tiers": [FALLING[0], {"up_to": 90, "unit_cost": 7}]}])


def test_counting_countries_needs_a_limit_on_what_comes() -> None:
    """From how many countries something comes is a decision too: within what is made, or what can be used."""
    stock = {"country": "JP", "material": "oxide"}
    works = {"id": "works", "country": "MY", "recipes": [{"id": "r", "outputs": {"oxide": 1}}]}
    rule = {"id": "many", "type": "diversify", "of": "countries", "max": 2}
    problem(suppliers=[AUSTRALIA], plants=[works], policies=[rule])
    reported = faults(suppliers=[AUSTRALIA | {"capacity": 9}], plants=[works], policies=[rule], stockpiles=[stock])
    assert list(reported)
    assert all("works" in message and "capacity" in message for message in reported.values())
    limited = works | {"capacity": 9}
    problem(suppliers=[AUSTRALIA | {"capacity": 9}], plants=[limited], policies=[rule], stockpiles=[stock])
    # suppliers are counted without it
    problem(suppliers=[AUSTRALIA | {"capacity": 9}], plants=[works], policies=[rule | {"of": "suppliers"}])


def test_a_fixed_cost_of_a_lane_needs_a_limit_on_what_moves() -> None:
    """Its own, that of all who make what it moves, or of all who use it: a stockpile uses without limit."""
    lane = {"from": "AU", "to": "JP", "fixed_cost": 5}
    stock = {"country": "JP", "material": "oxide"}
    problem(suppliers=[AUSTRALIA], lanes=[lane | {"capacity": 9}], stockpiles=[stock])
    problem(suppliers=[AUSTRALIA | {"capacity": 9}], lanes=[lane], stockpiles=[stock])
    problem(suppliers=[AUSTRALIA], lanes=[lane], stockpiles=[stock | {"fill_max": 9}])
    problem(suppliers=[AUSTRALIA], lanes=[lane])
    reported = faults(suppliers=[AUSTRALIA], lanes=[lane], stockpiles=[stock])
    assert len(reported) == 1
    ((where, message),) = reported.items()
    assert where.startswith("/lanes/0")
    assert "capacity" in message


def test_what_moves_together_has_one_unit() -> None:
    """Tonnes and kilograms share no joint limit; with a fixed cost alone nothing is added up."""
    gallium = {"id": "gallium", "unit": "kg"}
    parts: Document = {
        "materials": [OXIDE, gallium],
        "suppliers": [AUSTRALIA | {"capacity": 5}, AUSTRALIA | {"id": "other", "material": "gallium", "capacity": 5}],
        "demands": [JAPAN, JAPAN | {"id": "chips", "material": "gallium"}],
    }
    lane = {"from": "AU", "to": "JP", "joint": True}
    for limit in ({"capacity": 9}, {"minimum": 1}):
        reported = faults(**parts, lanes=[lane | limit])
        assert len(reported) == 1
        ((where, message),) = reported.items()
        assert where.startswith("/lanes/0")
        assert "unit" in message
        problem(**parts, lanes=[lane | limit | {"materials": ["oxide"]}])
        problem(**parts, lanes=[lane | limit | {"joint": False}])


@pytest.mark.parametrize("terms", [{"surplus": "forbidden"}, {"surplus_max": 5}])
def test_a_plants_own_surplus_is_told_apart(terms: Document) -> None:
    """Who shares an origin shares what is left over there: only with a place of its own has a plant its own."""

    def works(name: str, **more: Any) -> Document:
        return {"id": name, "recipes": [{"id": "r", "outputs": {"oxide": 1}}], **more}

    reported = faults(plants=[works("one", country="MY", **terms), works("two", country="MY")])
    assert len(reported) == 1
    ((where, message),) = reported.items()
    assert where.startswith("/plants/0")
    assert "two" in message
    problem(plants=[works("one", country="MY", **terms), works("two", country="US")])
    places = [{"id": "kuantan", "country": "MY"}]
    problem(places=places, plants=[works("one", place="kuantan", **terms), works("two", country="MY")])


def test_an_endless_outlet_is_no_consumption() -> None:
    """Nobody knows 40 % of it, nor 90 days of it; with a quantity it is as good as a demand."""
    outlet = {"id": "outlet", "country": "JP", "material": "oxide", "sale_price": 5}
    works = {"id": "works", "country": "JP", "capacity": 5, "recipes": [{"id": "r", "outputs": {"oxide": 1}}]}
    parts: Document = {"suppliers": [CHINA | {"stage": "mining"}], "plants": [works], "demands": [JAPAN, outlet]}
    production = RULE | {"measure": "production", "of": "consumption", "stages": ["refining"]}
    stock = {"country": "JP", "material": "oxide", "days_of_demand": 90}
    for more, at in (
        ({"policies": [CAPACITY]}, "/policies/0"),
        ({"policies": [production]}, "/policies/0"),
        ({"stockpiles": [stock]}, "/stockpiles/0"),
    ):
        reported = faults(**parts, **more)
        assert len(reported) == 1
        ((where, message),) = reported.items()
        assert where.startswith(at)
        assert "outlet" in message
        problem(**{**parts, "demands": [JAPAN, outlet | {"quantity": 9}]}, **more)
    problem(**parts, policies=[CAPACITY | {"demands": ["japan"]}])
    problem(**parts, stockpiles=[stock | {"country": "US"}])


def test_capacity_without_use_is_without_limit() -> None:
    """A recipe that uses none of the capacity could make any amount."""
    data = put("/policies/0", CAPACITY)
    assert isinstance(read_problem(data), Problem)
    data["plants"][0]["recipes"][0]["capacity_use"] = 0
    reported = found(data)
    assert len(reported) == 1
    ((where, message),) = reported.items()
    assert where.startswith("/policies/0")
    assert "roast" in message
    # only what is counted has to have a limit
    data = put("/policies/0", CAPACITY | {"countries": ["US"]})
    data["plants"][0]["recipes"][0]["capacity_use"] = 0
    assert isinstance(read_problem(data), Problem)


def test_a_typical_year_ignores_ramps_and_says_so() -> None:
    """There is no first year to ramp up from."""
    read = problem(suppliers=[AUSTRALIA | {"ramp_up": [0.5]}])
    assert any("weld" in line and "ramp" in line for line in read.warnings)


def test_stages_of_content_ask_for_every_suppliers() -> None:
    """A supplier without a stage could be at any of them, for content as for production."""
    works = {"id": "works", "country": "JP", "recipes": [{"id": "r", "outputs": {"oxide": 1}}]}
    rule = RULE | {"measure": "content", "stages": ["refining"]}
    reported = faults(suppliers=[AUSTRALIA | {"stage": "mining"}, CHINA], plants=[works], policies=[rule])
    assert list(reported) == ["/suppliers/1/stage"]


def test_every_fault_of_the_terms_at_once() -> None:
    """Scale, contracts, returns and rules, all wrong in one document."""
    data = copy.deepcopy(FULL)
    data["suppliers"][0] |= {"minimum_order": 5}
    data["suppliers"][1] |= {"ramp_up": [0.5]}
    data["plants"][0]["build"] |= {"curve": POINTS}
    data["recyclers"][0] |= {"collection_rate": 0.1, "minimum_collection_rate": 0.2}
    data["demands"][0] |= {"sale_price": 5, "shortage_cost": 4}
    data["policies"].append({"id": "purse", "type": "budget", "max": [1, 2], "across": ["periods"]})
    data["policies"].append(SHIPMENTS | {"id": "quota", "stages": ["refining"]})
    places = {pointer.split("/")[1] + pointer.split("/")[2] for pointer in found(data)}
    assert places == {"suppliers0", "suppliers1", "plants0", "recyclers0", "demands0", "policies1", "policies2"}


def test_a_document_of_the_terms_is_valid_where_they_are_right() -> None:
    """The base of the faults above is sound."""
    assert isinstance(read_problem(document(suppliers=[AUSTRALIA])), Problem)

"""Invalid is not infeasible: every fault of a problem, with the path of its entry and what to do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oremix.models import InvalidProblem, Problem, read_problem
from tests.problems import AUSTRALIA, CHINA, JAPAN, ORE, OXIDE, document, faults, problem

Document = dict[str, Any]

FULL: Document = document(
    currency="USD",
    periods=[2026, 2028],
    discount_rate=0.05,
    sources=[{"id": "survey", "title": "A survey"}],
    places=[
        {"id": "port", "country": "JP", "latitude": 34, "longitude": 135},
        {"id": "pit", "country": "AU", "latitude": -32, "longitude": 116},
    ],
    groups={"partners": ["AU", "US"]},
    materials=[OXIDE | {"price": 60}, ORE],
    suppliers=[
        AUSTRALIA | {"stage": "refining"},
        CHINA | {"stage": "refining"},
        {"id": "pit", "place": "pit", "material": "ore", "unit_cost": 2, "stage": "mining"},
    ],
    plants=[
        {
            "id": "works",
            "place": "port",
            "capacity": 50,
            "recipes": [{"id": "roast", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 3}],
            "build": {"max": 40, "unit_capex": 9, "life": 10},
        }
    ],
    recyclers=[{"id": "urban", "country": "JP", "material": "oxide", "scrap": 20}],
    demands=[JAPAN | {"source": "survey"}],
    lanes=[{"from": "partners", "to": "JP", "unit_cost": 2}],
    stockpiles=[{"id": "pile", "place": "port", "material": "oxide", "initial": 5}],
    policies=[{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}],
)


def put(pointer: str, value: Any, into: Document = FULL) -> Document:
    """The full problem with one entry put in, or taken out where the value is `...`."""
    changed = copy.deepcopy(into)
    *steps, last = [int(step) if step.isdigit() else step for step in pointer.strip("/").split("/")]
    here: Any = changed
    for step in steps:
        here = here[step]
    if value is ...:
        del here[last]
    elif isinstance(here, list) and last == len(here):
        here.append(value)
    else:
        here[last] = value
    return changed


def found(data: Any) -> dict[str, str]:
    with pytest.raises(InvalidProblem) as caught:
        read_problem(data)
    return {fault.pointer: fault.message for fault in caught.value.errors}


def test_the_full_problem_is_valid() -> None:
    """What the faults below are put into is sound without them, so each fault is the entry's own."""
    assert isinstance(read_problem(FULL), Problem)


# pointer of the entry that is put in, the entry, pointer of the fault, a word of its message
FAULTS: list[tuple[str, Any, str, str]] = [
    # keys and kinds
    ("/suplliers", [], "/suplliers", "suppliers"),
    ("/suppliers/0/capasity", 5, "/suppliers/0/capasity", "capacity"),
    ("/plants/0/recipes/0/input", {}, "/plants/0/recipes/0/input", "inputs"),
    ("/plants/0/build/maxx", 5, "/plants/0/build/maxx", "max"),
    ("/policies/0/maximum", 0.4, "/policies/0/maximum", "known key"),
    ("/demands", ..., "/demands", "missing"),
    ("/materials/0/unit", ..., "/materials/0/unit", "missing"),
    ("/suppliers/0", "weld", "/suppliers/0", "object"),
    ("/suppliers", {}, "/suppliers", "list"),
    ("/suppliers/0/unit_cost", "7", "/suppliers/0/unit_cost", "number"),
    ("/suppliers/0/unit_cost", True, "/suppliers/0/unit_cost", "number"),
    ("/suppliers/0/unit_cost", None, "/suppliers/0/unit_cost", "tiers"),
    ("/suppliers/0/unit_cost", float("nan"), "/suppliers/0/unit_cost", "finite"),
    ("/suppliers/0/unit_cost", float("inf"), "/suppliers/0/unit_cost", "finite"),
    ("/suppliers/0/unit_cost", 10**400, "/suppliers/0/unit_cost", "finite"),
    ("/suppliers/0/capacity", -1, "/suppliers/0/capacity", "at least 0"),
    ("/suppliers/0/capacity", [5, -1], "/suppliers/0/capacity/1", "at least 0"),
    ("/suppliers/0/capacity", {"2026": 5, "2028": "x"}, "/suppliers/0/capacity/2028", "number"),
    ("/suppliers/0/capacity", {"26": 5}, "/suppliers/0/capacity/26", "year"),
    ("/suppliers/0/capacity", {}, "/suppliers/0/capacity", "year"),
    ("/policies/0/max", 1.4, "/policies/0/max", "0 to 1"),
    ("/policies/0/type", "shares", "/policies/0", "type"),
    ("/plants/0/recipes", [], "/plants/0/recipes", "at least one"),
    ("/plants/0/recipes/0/outputs", {}, "/plants/0/recipes/0/outputs", "at least one"),
    ("/plants/0/recipes/0/inputs/ore", 0, "/plants/0/recipes/0/inputs/ore", "greater than"),
    ("/plants/0/build/grant", 1.5, "/plants/0/build/grant", "1"),
    ("/lanes/0/loss", 1, "/lanes/0/loss", "less than"),
    ("/suppliers/0/id", "", "/suppliers/0/id", "1 to 100 letters"),
    ("/suppliers/0/id", " weld", "/suppliers/0/id", ""),
    ("/demands/0/assumption", ["quantitty"], "/demands/0/assumption", "no field"),
    ("/places/0/latitude", 91, "/places/0/latitude", "90"),
    ("/places/0/latitude", ..., "/places/0", "latitude"),
    ("/discount_rate", -0.1, "/discount_rate", "0"),
    ("/materials/0/surplus", "free of charge", "/materials/0/surplus", "forbidden"),
    # time
    ("/periods", [2028, 2026], "/periods", "ascending"),
    ("/periods", [2026, 2026], "/periods", "ascending"),
    ("/periods", [2026.5, 2028], "/periods/0", "integer"),
    ("/final_years", 0, "/final_years", "1"),
    ("/final_years", 1.5, "/final_years", "integer"),
    ("/suppliers/0/capacity", [1, 2, 3], "/suppliers/0/capacity", "3 numbers for 2 periods"),
    ("/policies/0/max", [0.4], "/policies/0/max", "1 numbers for 2 periods"),
    ("/plants/0/recipes/0/unit_cost", [1, 2, 3], "/plants/0/recipes/0/unit_cost", "per period"),
    ("/plants/0/build/unit_capex", [1], "/plants/0/build/unit_capex", "per period"),
    ("/lanes/0/unit_cost", [1], "/lanes/0/unit_cost", "per period"),
    ("/suppliers/0", AUSTRALIA | {"from_year": 2030, "until_year": 2028}, "/suppliers/0/from_year", "until_year"),
    ("/suppliers/0/from_year", "2026", "/suppliers/0/from_year", "integer"),
    # ids
    ("/suppliers/1/id", "weld", "/suppliers/1/id", "2 times"),
    ("/plants/0/id", "weld", "/plants/0/id", "2 times"),
    ("/recyclers/0/id", "works", "/recyclers/0/id", "2 times"),
    ("/materials/2", ORE, "/materials/2/id", "2 times"),
    ("/places/2", {"id": "port", "country": "FR"}, "/places/2/id", "2 times"),
    ("/demands/1", JAPAN, "/demands/1/id", "2 times"),
    ("/policies/1", {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5}, "/policies/1/id", "2 times"),
    ("/plants/0/recipes/1", {"id": "roast", "outputs": {"oxide": 1}}, "/plants/0/recipes/1/id", "2 times"),
    ("/stockpiles/1", {"place": "port", "material": "oxide"}, "/stockpiles/1", "oxide"),
    ("/places/2", {"id": "FR", "country": "FR"}, "/places/2/id", "country"),
    ("/groups/port", ["JP"], "/places/0/id", "group"),
    ("/groups/FR", ["JP"], "/groups/FR", "country"),
    ("/groups/*", ["JP"], "/groups/*", "country"),
    # references
    ("/suppliers/0/material", "oxid", "/suppliers/0/material", "oxide"),
    ("/demands/0/material", "metal", "/demands/0/material", "no material"),
    ("/suppliers/0/country", "UK", "/suppliers/0/country", "GB"),
    ("/suppliers/0/country", "au", "/suppliers/0/country", ""),
    ("/suppliers/0/country", ..., "/suppliers/0", "country"),
    ("/suppliers/0/place", "pit", "/suppliers/0", "exactly one"),
    ("/suppliers/2/place", "pitt", "/suppliers/2/place", "pit"),
    ("/suppliers/0/owner", "XX", "/suppliers/0/owner", "ISO"),
    ("/suppliers/0/history", {"mining": "XX"}, "/suppliers/0/history/mining", "ISO"),
    ("/places/0/owner", "XX", "/places/0/owner", "ISO"),
    ("/groups/partners/0", "XX", "/groups/partners/0", "ISO"),
    ("/plants/0/recipes/0/inputs/coal", 1, "/plants/0/recipes/0/inputs/coal", "no material"),
    ("/plants/0/recipes/0/outputs/coal", 1, "/plants/0/recipes/0/outputs/coal", "no material"),
    ("/recyclers/0/material", "scrap", "/recyclers/0/material", "no material"),
    ("/stockpiles/0/material", "metal", "/stockpiles/0/material", "no material"),
    ("/stockpiles/0/initial_origin", {"XX": 1}, "/stockpiles/0/initial_origin/XX", "ISO"),
    ("/lanes/0/from", "partner", "/lanes/0/from", "partners"),
    ("/lanes/0/to", ["JP", "nowhere"], "/lanes/0/to", "no country"),
    ("/lanes/0/materials", ["ore", "coal"], "/lanes/0/materials/1", "no material"),
    ("/policies/0/countries/0", "china", "/policies/0/countries/0", "country or group"),
    ("/policies/0/materials", ["coal"], "/policies/0/materials/0", "no material"),
    ("/policies/0/places", ["pott"], "/policies/0/places/0", "port"),
    ("/policies/0/demands", ["korea"], "/policies/0/demands/0", "demand"),
    ("/demands/0/source", "surveys", "/demands/0/source", "survey"),
    # facilities
    ("/suppliers/0/unit_cost", ..., "/suppliers/0/unit_cost", "tiers"),
    ("/suppliers/0/tiers", [{"unit_cost": 1}], "/suppliers/0/unit_cost", "both"),
    ("/recyclers/0/scrap", ..., "/recyclers/0/scrap", "missing"),
    ("/plants/0/recipes/0/outputs/ore", 1, "/plants/0/recipes/0/outputs/ore", "input too"),
    ("/plants/0/build/life", ..., "/plants/0/build/life", "missing"),
    ("/plants/0/build", {"fixed_capex": 9, "life": 10}, "/plants/0/build/max", "missing"),
    ("/plants/0/build", {"minimum": 9, "max": 5}, "/plants/0/build/minimum", "above"),
    ("/plants/0/build", {"minimum": 9, "max": 50, "max_per_order": 5}, "/plants/0/build/minimum", "above"),
    ("/demands/0/quantity", ..., "/demands/0/quantity", "missing"),
    # stockpiles
    (
        "/stockpiles/0",
        {"place": "port", "material": "oxide", "minimum": 9, "capacity": 5},
        "/stockpiles/0/minimum",
        "above",
    ),
    (
        "/stockpiles/0",
        {"place": "port", "material": "oxide", "final": 9, "capacity": 5},
        "/stockpiles/0/final",
        "above",
    ),
    (
        "/stockpiles/0",
        {"place": "port", "material": "oxide", "minimum": 1, "days_of_demand": 9},
        "/stockpiles/0/days_of_demand",
        "minimum",
    ),
    ("/stockpiles/0/initial_origin", {"JP": 0.6, "CN": 0.6}, "/stockpiles/0/initial_origin", "more than 1"),
    # lanes
    ("/lanes/0/cost_per_km", 0.1, "/lanes/0", "displace"),
    ("/lanes/0", {"from": "AU", "to": "JP", "cost_per_km": 0.1}, "/lanes/0/cost_per_km", "coordinates"),
    ("/lanes/0", {"from": "pit", "to": "port", "duty": 0.1}, "/lanes/0/duty", "price"),
    # policies
    ("/policies/0/max", ..., "/policies/0", "bounds nothing"),
    ("/policies/0/min", 0.5, "/policies/0/min", "above"),
    ("/policies/0/countries", ..., "/policies/0/countries", "missing"),
    ("/policies/0/except", ["AU"], "/policies/0/except", "each"),
    ("/policies/0/stages", ["refining"], "/policies/0/stages", "production"),
    ("/policies/0/of", "consumption", "/policies/0/of", "production"),
    ("/policies/0/weight", {"oxide": 1, "coal": 1}, "/policies/0/weight/coal", "no material"),
    ("/policies/0/weight", {"ore": 1}, "/policies/0/weight", "oxide"),
    (
        "/policies/0",
        {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, "materials": ["ore"], "weight": "value"},
        "/policies/0/weight",
        "price",
    ),
    (
        "/policies/0",
        {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, "across": ["periods"], "penalty": [1, 2]},
        "/policies/0/penalty",
        "one number",
    ),
    (
        "/policies/0",
        {"id": "cap", "type": "share", "measure": "production", "countries": ["CN"], "max": 0.4, "places": ["JP"]},
        "/policies/0/places",
        "consumption",
    ),
    (
        "/policies/0",
        {"id": "cap", "type": "share", "measure": "production", "countries": ["CN"], "max": 0.4, "each_place": True},
        "/policies/0/each_place",
        "",
    ),
    (
        "/policies/0",
        {"id": "cap", "type": "share", "measure": "production", "stages": ["refinning"], "max": 0.4},
        "/policies/0/stages/0",
        "refining",
    ),
]


@pytest.mark.parametrize(("at", "entry", "pointer", "word"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_fault_is_reported_at_its_entry(at: str, entry: Any, pointer: str, word: str) -> None:
    """One thing is wrong, so one fault is found, with the pointer of its entry and a message about it."""
    reported = found(put(at, entry))
    assert list(reported) == [pointer]
    assert word in reported[pointer]
    assert reported[pointer]


def test_unlike_units_are_not_pooled() -> None:
    """Tonnes and kilograms add up to nothing, unless each has a weight."""
    materials = [OXIDE, {"id": "gallium", "unit": "kg"}]
    demands = [JAPAN, {"id": "chips", "country": "JP", "material": "gallium", "quantity": 5}]
    rule = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, "across": ["materials"]}
    reported = faults(materials=materials, demands=demands, policies=[rule])
    assert list(reported) == ["/policies/0/across"]
    assert "unlike units" in reported["/policies/0/across"]
    problem(materials=materials, demands=demands, policies=[rule | {"weight": {"oxide": 1, "gallium": 0.001}}])
    reported = faults(materials=materials, demands=demands, policies=[rule | {"weight": {"oxide": 1}}])
    assert list(reported) == ["/policies/0/weight"]


def test_only_what_is_counted_needs_like_units() -> None:
    """A share of refined output pools what is refined, not the ore that went in."""
    ore = {"id": "ore", "unit": "kg"}
    metal = {"id": "metal", "unit": "t"}
    mine = {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1, "stage": "mining"}
    recipe = {"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1, "metal": 1}}
    plant = {"id": "works", "country": "JP", "recipes": [recipe]}
    rule = {"id": "cap", "type": "share", "measure": "production", "stages": ["refining"], "countries": ["CN"]}
    problem(
        materials=[OXIDE, ore, metal],
        suppliers=[mine],
        plants=[plant],
        policies=[rule | {"max": 0.4, "across": ["materials"]}],
    )


def test_a_missing_discount_rate_is_missed_wherever_it_is_needed() -> None:
    """Two periods need one, and so does capex that states no wacc."""
    assert list(found(put("/discount_rate", ...))) == ["/discount_rate", "/plants/0/build"]


@pytest.mark.parametrize("key", ["materials", "demands"])
def test_a_list_that_may_not_be_empty(key: str) -> None:
    """Without materials there is nothing to plan, without demands nothing to plan for."""
    assert "at least one" in found(put(f"/{key}", []))[f"/{key}"]


def test_a_policy_that_names_stages_asks_for_every_suppliers() -> None:
    """A supplier without a stage could be at any of them."""
    plant = {"id": "works", "country": "JP", "recipes": [{"id": "r", "outputs": {"oxide": 1}}]}
    rule = {
        "id": "cap",
        "type": "share",
        "measure": "production",
        "stages": ["refining"],
        "countries": ["CN"],
        "max": 0.4,
    }
    reported = faults(suppliers=[AUSTRALIA | {"stage": "mining"}, CHINA], plants=[plant], policies=[rule])
    assert list(reported) == ["/suppliers/1/stage"]


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [
        ({"suppliers": [AUSTRALIA | {"capacity": {"2026": 5}}]}, "/suppliers/0/capacity"),
        ({"suppliers": [AUSTRALIA | {"from_year": 2026}]}, "/suppliers/0/from_year"),
        ({"suppliers": [AUSTRALIA | {"build": {"max": 5, "latest": 2026}}]}, "/suppliers/0/build/latest"),
        ({"lanes": [{"from": "AU", "to": "JP", "until_year": 2026}]}, "/lanes/0/until_year"),
        (
            {"policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": {"2026": 0.4}}]},
            "/policies/0/max",
        ),
        ({"final_years": 2}, "/final_years"),
    ],
)
def test_a_typical_year_knows_no_calendar(parts: Document, pointer: str) -> None:
    """Without periods, year maps and years are refused."""
    reported = faults(**parts)
    assert list(reported) == [pointer]
    assert "periods" in reported[pointer]


def test_capex_needs_a_rate() -> None:
    """Without a wacc or a discount rate nobody knows what a year of it costs; either will do."""
    build = {"max": 5, "unit_capex": 9, "life": 10}
    assert list(faults(suppliers=[AUSTRALIA | {"build": build}])) == ["/suppliers/0/build"]
    problem(suppliers=[AUSTRALIA | {"build": build | {"wacc": 0.08}}])
    problem(suppliers=[AUSTRALIA | {"build": build}], discount_rate=0)


@pytest.mark.parametrize("field", ["minimum_utilisation", "fixed_cost_per_capacity"])
def test_what_goes_by_capacity_needs_one(field: str) -> None:
    """A share of no limit is nothing; of a build it is what is built."""
    plant = {"id": "works", "country": "JP", "recipes": [{"id": "r", "outputs": {"oxide": 1}}], field: 0.5}
    assert list(faults(plants=[plant])) == [f"/plants/0/{field}"]
    problem(plants=[plant | {"capacity": 5}])


@pytest.mark.parametrize(
    ("tiers", "word"),
    [
        ([], "at least one"),
        ([{"unit_cost": 1}, {"up_to": 5, "unit_cost": 2}], "only the last"),
        ([{"up_to": 5, "unit_cost": 1}, {"up_to": 5, "unit_cost": 2}], "rise"),
    ],
)
def test_tiers_are_cumulative(tiers: list[Document], word: str) -> None:
    """They rise, and only the last may be open."""
    seller = {"id": "weld", "country": "AU", "material": "oxide", "tiers": tiers}
    reported = faults(suppliers=[seller])
    assert list(reported) == ["/suppliers/0/tiers"]
    assert word in reported["/suppliers/0/tiers"]


@pytest.mark.parametrize("price", [{"unit_cost": -1}, {"tiers": [{"up_to": 5, "unit_cost": -1}, {"unit_cost": 2}]}])
def test_take_or_pay_stands_with_no_negative_price(price: Document) -> None:
    """Who is paid for taking would be paid for not taking."""
    seller = {"id": "weld", "country": "AU", "material": "oxide", "take_or_pay": 5, **price}
    assert list(faults(suppliers=[seller])) == ["/suppliers/0/take_or_pay"]


def test_a_duty_is_refused_only_where_it_falls_on_something() -> None:
    """A rule for everything needs the price of what moves, not of what does not."""
    materials = [OXIDE | {"price": 60}, ORE]
    problem(materials=materials, suppliers=[AUSTRALIA], lanes=[{"from": "*", "to": "*", "duty": 0.1}])


def test_all_faults_are_found_at_once() -> None:
    """Malformed entries, broken references and contradictions, in one go and each at its place."""
    data = copy.deepcopy(FULL)
    data["suppliers"][0]["capacity"] = -1  # malformed: set aside
    data["suppliers"][1]["material"] = "oxid"
    data["suppliers"][2]["country"] = "JP"  # besides a place
    data["plants"][0]["build"]["life"] = 0
    data["recyclers"][0]["scrap"] = [1, 2, 3]
    data["demands"][0]["colour"] = "grey"
    data["lanes"][0]["from"] = "partner"
    data["stockpiles"][0]["days_of_demand"] = 5
    data["stockpiles"][0]["minimum"] = 5
    data["policies"][0]["min"] = 0.9
    data["policies"].append({"id": "cap", "type": "quantity", "countries": ["XX"], "max": 4})
    data["periods"] = [2028, 2026]
    assert set(found(data)) == {
        "/suppliers/0/capacity",
        "/suppliers/1/material",
        "/suppliers/2",
        "/plants/0/build/life",
        "/recyclers/0/scrap",
        "/demands/0/colour",
        "/lanes/0/from",
        "/stockpiles/0/days_of_demand",
        "/policies/0/min",
        "/policies/1/id",
        "/policies/1/countries/0",
        "/periods",
    }


def test_positions_are_those_of_the_document() -> None:
    """An entry set aside does not move the others up."""
    sellers = [AUSTRALIA | {"capacity": "much"}, CHINA, AUSTRALIA | {"id": "third", "material": "oxid"}]
    assert set(faults(suppliers=sellers)) == {"/suppliers/0/capacity", "/suppliers/2/material"}


def test_a_malformed_entry_may_still_be_referred_to() -> None:
    """What refers to it is not reported as well."""
    reported = faults(materials=[OXIDE | {"unit": 3}], suppliers=[AUSTRALIA])
    assert list(reported) == ["/materials/0/unit"]


def test_pointers_escape_what_keys_may_hold() -> None:
    """RFC 6901: ~ is ~0 and / is ~1."""
    reported = faults(groups={"a/b~c": ["XX"]})
    assert list(reported) == ["/groups/a~1b~0c/0"]


# ---------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("at", "entry"),
    [
        ("/lanes/0/joint", False),
        ("/suppliers/0/all_units", False),
        ("/plants/0/build/committed", False),
        ("/policies/0/by", "location"),
        ("/scenarios", []),
    ],
)
def test_what_changes_nothing_is_not_refused(at: str, entry: Any) -> None:
    """A field at its default asks for nothing that cannot be done."""
    assert isinstance(read_problem(put(at, entry)), Problem)

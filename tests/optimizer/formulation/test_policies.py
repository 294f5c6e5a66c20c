"""Policies: the part, the whole, and the rows that bound the one by the other."""

from typing import Any

import pytest

from oremix.models import read_problem
from oremix.models.examples import example
from oremix.optimizer.formulation import build_model
from tests.problems import (
    AU,
    AUSTRALIA,
    CHINA,
    CN,
    FIRST,
    JAPAN,
    ORE,
    OXIDE,
    SECOND,
    YEARS,
    assert_row,
    columns,
    cost,
    counts,
    model,
    rows,
)

VN = ("VN", "VN", None)
KOREA: dict[str, Any] = {"id": "korea", "country": "KR", "material": "oxide", "quantity": 10}
VIETNAM: dict[str, Any] = {"id": "dong", "country": "VN", "material": "oxide", "unit_cost": 6}
SELLERS: dict[str, Any] = {"suppliers": [AUSTRALIA, CHINA]}


def share(**fields: Any) -> dict[str, Any]:
    return {"id": "cap", "type": "share", "countries": ["CN"], **fields}


def key(start: int | None = 1, material: str | None = "oxide", place: str | None = None, *, each: str = "") -> Any:
    """What a policy's row is called after its kind."""
    return "cap", (each,) if each else (), material, place, start


def ship(origin: Any, to: str = "JP", start: int = 1, material: str = "oxide") -> Any:
    return ("ship", material, origin, to, start)


# ---------------------------------------------------------------- supply


def test_a_cap_on_supply_compares_arrivals() -> None:
    """China's arrivals ≤ max · all arrivals, losses on each way taken off in part and whole."""
    m = model(**SELLERS, policies=[share(max=0.4)], lanes=[{"from": "CN", "to": "JP", "loss": 0.2}])
    bounded = {
        ship(CN): (1 - 0.4) * 0.8,  # in the part and in the whole
        ship(AU): -0.4 * 1,  # in the whole only
    }
    assert_row(m, ("share_max", *key()), bounded, "<=", 0)


def test_a_floor_under_supply() -> None:
    """Australia's arrivals ≥ min · all arrivals."""
    m = model(**SELLERS, policies=[share(countries=["AU"], min=0.3)])
    assert_row(m, ("share_min", *key()), {ship(AU): 1 - 0.3, ship(CN): -0.3}, ">=", 0)


def test_domestic_supply_is_in_the_whole() -> None:
    """What Japan makes itself arrives too."""
    home = {"id": "home", "country": "JP", "material": "oxide", "unit_cost": 9}
    m = model(suppliers=[CHINA, home], policies=[share(max=0.4)])
    assert_row(m, ("share_max", *key()), {ship(CN): 0.6, ship(("JP", "JP", None)): -0.4}, "<=", 0)


def test_a_cap_of_nothing_counts_the_part_alone() -> None:
    """Max 0: the whole has no coefficient left."""
    m = model(**SELLERS, policies=[share(max=0)])
    assert_row(m, ("share_max", *key()), {ship(CN): 1}, "<=", 0)


def test_a_group_stands_for_its_countries_wherever_they_are_owned() -> None:
    """By location: a mine in China counts, a Chinese mine in Australia does not."""
    abroad = AUSTRALIA | {"id": "abroad", "owner": "CN"}
    m = model(
        groups={"rivals": ["CN", "VN"]},
        suppliers=[AUSTRALIA, abroad, CHINA, VIETNAM],
        policies=[share(countries=["rivals"], max=0.4)],
    )
    bounded = {ship(CN): 0.6, ship(VN): 0.6, ship(AU): -0.4, ship(("AU", "CN", None)): -0.4}
    assert_row(m, ("share_max", *key()), bounded, "<=", 0)


def test_one_ratio_for_all_places_where_the_material_is_demanded() -> None:
    """Places are pooled; `each_place` takes them apart."""
    m = model(**SELLERS, demands=[JAPAN, KOREA], policies=[share(max=0.4)])
    pooled = {ship(CN): 0.6, ship(CN, "KR"): 0.6, ship(AU): -0.4, ship(AU, "KR"): -0.4}
    assert_row(m, ("share_max", *key()), pooled, "<=", 0)
    apart = model(**SELLERS, demands=[JAPAN, KOREA], policies=[share(max=0.4, each_place=True)])
    for place in ("JP", "KR"):
        bounded = {ship(CN, place): 0.6, ship(AU, place): -0.4}
        assert_row(apart, ("share_max", *key(place=place)), bounded, "<=", 0)
    assert len(rows(apart, "share_max")) == 2


@pytest.mark.parametrize(
    "scope", [{"places": ["KR"]}, {"demands": ["korea"]}, {"places": ["asia"], "demands": ["korea"]}]
)
def test_a_scope_leaves_other_places_out(scope: dict[str, Any]) -> None:
    """By place or by demand; what is given must hold together."""
    groups = {"asia": ["KR", "JP"]}
    m = model(**SELLERS, groups=groups, demands=[JAPAN, KOREA], policies=[share(max=0.4, **scope)])
    assert_row(m, ("share_max", *key()), {ship(CN, "KR"): 0.6, ship(AU, "KR"): -0.4}, "<=", 0)


def test_arrivals_at_a_plant_are_in_scope_only_of_its_place() -> None:
    """Oxide used up by a Korean plant does not count for Japan's demand, and is no demand itself."""
    metal = {"id": "metal", "unit": "t"}
    plant = {"id": "works", "country": "KR", "recipes": [{"id": "r", "inputs": {"oxide": 1}, "outputs": {"metal": 1}}]}
    m = model(**SELLERS, materials=[OXIDE, metal], plants=[plant], policies=[share(max=0.4)])
    assert_row(m, ("share_max", *key()), {ship(CN): 0.6, ship(AU): -0.4}, "<=", 0)


def chain(**policy: Any) -> Any:
    """Ore from two countries to plants in Japan and China, their oxide to Japan."""
    mines = [
        {"id": f"mine_{c}", "country": c, "material": "ore", "unit_cost": 1, "stage": "mining"} for c in ("AU", "CN")
    ]
    recipe = {"id": "r", "inputs": {"ore": 4}, "outputs": {"oxide": 1}}
    plants = [{"id": f"plant_{c}", "country": c, "recipes": [recipe]} for c in ("JP", "CN")]
    demands = [JAPAN, KOREA]
    return model(materials=[OXIDE, ORE], suppliers=mines, plants=plants, demands=demands, policies=[share(**policy)])


MINED = {country: (country, country, "mining") for country in ("AU", "CN")}
REFINED = {country: (country, country, "refining") for country in ("JP", "CN")}


def test_only_demanded_materials_are_capped_by_default() -> None:
    """Ore is not demanded: its share is not bounded unless it is named."""
    m = chain(max=0.4)
    assert rows(m, "share_max") == {key()}


def test_a_material_that_is_only_processed_is_capped_outside_the_capped_countries() -> None:
    """China's ore for China's own plant does not count against a cap on China; for a floor it would."""
    m = chain(materials=["ore"], max=0.4)
    outside = {ship(MINED["CN"], "JP", 1, "ore"): 0.6, ship(MINED["AU"], "JP", 1, "ore"): -0.4}
    assert_row(m, ("share_max", *key(material="ore")), outside, "<=", 0)
    floor = chain(materials=["ore"], countries=["AU"], min=0.4)
    everywhere = {
        ship(MINED["AU"], "JP", 1, "ore"): 0.6,
        ship(MINED["AU"], "CN", 1, "ore"): 0.6,
        ship(MINED["CN"], "JP", 1, "ore"): -0.4,
        ship(MINED["CN"], "CN", 1, "ore"): -0.4,
    }
    assert_row(floor, ("share_min", *key(material="ore")), everywhere, ">=", 0)


def test_a_cap_and_a_floor_on_a_processed_material_each_have_their_scope() -> None:
    """In one policy, the cap leaves out the country's own use and the floor counts it."""
    m = chain(materials=["ore"], countries=["AU", "CN"], max=0.9, min=0.2)
    cap = {ship(MINED["AU"], "JP", 1, "ore"): 0.1, ship(MINED["CN"], "JP", 1, "ore"): 0.1}
    assert_row(m, ("share_max", *key(material="ore")), cap, "<=", 0)
    everywhere = {ship(MINED[c], to, 1, "ore"): 1 - 0.2 for c in ("AU", "CN") for to in ("JP", "CN")}
    assert_row(m, ("share_min", *key(material="ore")), everywhere, ">=", 0)


def test_a_stockpile_brings_its_place_into_scope() -> None:
    """What fills stock counts when it is acquired, with the demand it may serve; what is drawn does not count again."""
    m = model(
        **SELLERS,
        places=[{"id": "depot", "country": "JP"}],
        demands=[JAPAN, KOREA],
        stockpiles=[{"place": "depot", "material": "oxide"}],
        policies=[share(max=0.4, places=["JP"])],
    )
    bounded = {ship(CN): 0.6, ship(CN, "depot"): 0.6, ship(AU): -0.4, ship(AU, "depot"): -0.4}
    assert_row(m, ("share_max", *key()), bounded, "<=", 0)
    named = model(
        **SELLERS,
        places=[{"id": "depot", "country": "JP"}],
        stockpiles=[{"place": "depot", "material": "oxide"}],
        policies=[share(max=0.4, demands=["japan"])],
    )
    assert_row(named, ("share_max", *key()), bounded, "<=", 0)
    korea = model(
        **SELLERS,
        demands=[JAPAN, KOREA],
        stockpiles=[{"country": "JP", "material": "oxide"}],
        policies=[share(max=0.4, places=["KR"])],
    )
    assert_row(korea, ("share_max", *key()), {ship(CN, "KR"): 0.6, ship(AU, "KR"): -0.4}, "<=", 0)


# ---------------------------------------------------------------- each


def test_each_bounds_every_country_on_its_own() -> None:
    """One row per country that makes anything, but for those excepted."""
    m = model(
        suppliers=[AUSTRALIA, CHINA, VIETNAM],
        policies=[{"id": "cap", "type": "share", "each": True, "except": ["VN"], "max": 0.65}],
    )
    assert rows(m, "share_max") == {key(each="AU"), key(each="CN")}
    bounded = {ship(CN): 1 - 0.65, ship(AU): -0.65, ship(VN): -0.65}
    assert_row(m, ("share_max", *key(each="CN")), bounded, "<=", 0)


def test_each_leaves_out_the_tested_countrys_own_use() -> None:
    """Of a material that is only processed, a country's supply of itself does not count for its own test."""
    m = chain(countries=["AU", "CN"], each=True, materials=["ore"], max=0.65)
    china = {ship(MINED["CN"], "JP", 1, "ore"): 0.35, ship(MINED["AU"], "JP", 1, "ore"): -0.65}
    assert_row(m, ("share_max", *key(material="ore", each="CN")), china, "<=", 0)
    australia = {
        ship(MINED["AU"], "JP", 1, "ore"): 0.35,
        ship(MINED["AU"], "CN", 1, "ore"): 0.35,
        ship(MINED["CN"], "JP", 1, "ore"): -0.65,
        ship(MINED["CN"], "CN", 1, "ore"): -0.65,
    }
    assert_row(m, ("share_max", *key(material="ore", each="AU")), australia, "<=", 0)


def test_each_with_named_countries_may_be_a_floor() -> None:
    """A least part for each of the countries that are named."""
    m = model(**SELLERS, policies=[share(countries=["AU", "CN"], each=True, min=0.2)])
    assert_row(m, ("share_min", *key(each="AU")), {ship(AU): 0.8, ship(CN): -0.2}, ">=", 0)
    assert_row(m, ("share_min", *key(each="CN")), {ship(CN): 0.8, ship(AU): -0.2}, ">=", 0)


# ---------------------------------------------------------------- production


def test_production_is_what_leaves_the_stage() -> None:
    """China's refined oxide ≤ max · all refined oxide, each less its surplus: what is shipped, before losses."""
    m = chain(measure="production", stages=["refining"], max=0.4)
    bounded = {ship(REFINED["CN"], to): 0.6 for to in ("JP", "KR")} | {
        ship(REFINED["JP"], to): -0.4 for to in ("JP", "KR")
    }
    assert_row(m, ("share_max", *key()), bounded, "<=", 0)
    assert rows(m, "share_max") == {key()}


def test_production_without_stages_is_of_every_material() -> None:
    """One ratio for each material that is made."""
    m = chain(measure="production", max=0.4)
    assert rows(m, "share_max") == {key(), key(material="ore")}
    ore = {ship(MINED["CN"], to, 1, "ore"): 0.6 for to in ("JP", "CN")} | {
        ship(MINED["AU"], to, 1, "ore"): -0.4 for to in ("JP", "CN")
    }
    assert_row(m, ("share_max", *key(material="ore")), ore, "<=", 0)


def test_production_does_not_see_losses_on_the_way() -> None:
    """It is what was made, not what arrives."""
    lanes = [{"from": "CN", "to": "JP", "loss": 0.5}]
    m = model(**SELLERS, lanes=lanes, policies=[share(measure="production", max=0.4)])
    assert_row(m, ("share_max", *key()), {ship(CN): 0.6, ship(AU): -0.4}, "<=", 0)


def test_production_over_consumption_is_of_the_quantity_demanded() -> None:
    """China's part ≤ max · (100 + 10), or of the demands in scope."""
    part = {ship(REFINED["CN"], to): 1 for to in ("JP", "KR")}
    m = chain(measure="production", of="consumption", materials=["oxide"], max=0.4)
    assert_row(m, ("share_max", *key()), part, "<=", 0.4 * (100 + 10))
    korea = chain(measure="production", of="consumption", materials=["oxide"], places=["KR"], max=0.4)
    assert_row(korea, ("share_max", *key()), part, "<=", 0.4 * 10)
    japan = chain(measure="production", of="consumption", materials=["oxide"], demands=["japan"], max=0.4)
    assert_row(japan, ("share_max", *key()), part, "<=", 0.4 * 100)


def test_where_nothing_is_consumed_the_rule_holds() -> None:
    """In a period without demand there is no share, so what is made for stock then is not forbidden."""
    rule = share(measure="production", of="consumption", max=0.4)
    m = model(**YEARS, **SELLERS, demands=[JAPAN | {"quantity": [0, 50]}], policies=[rule])
    assert rows(m, "share_max") == {key(2028)}
    assert_row(m, ("share_max", *key(2028)), {ship(CN, "JP", 2028): 1}, "<=", 0.4 * 50)


def test_a_material_that_nobody_consumes_has_no_ratio() -> None:
    """Ore is made and not demanded: over consumption it has no share."""
    m = chain(measure="production", of="consumption", max=0.4)
    assert rows(m, "share_max") == {key()}


# ---------------------------------------------------------------- pooling, weights, years


def test_pooled_periods_add_up_with_their_lengths_and_bounds() -> None:
    """Σ n_t · (part_t − max_t · whole_t) ≤ 0, not discounted."""
    periods = {"periods": [2026, 2029], "final_years": 2, "discount_rate": 0.1}
    m = model(**periods, **SELLERS, policies=[share(max=[0.5, 0.2], across=["periods"])])
    bounded = {
        ship(CN, "JP", 2026): 3 * (1 - 0.5),
        ship(AU, "JP", 2026): 3 * -0.5,
        ship(CN, "JP", 2029): 2 * (1 - 0.2),
        ship(AU, "JP", 2029): 2 * -0.2,
    }
    assert_row(m, ("share_max", *key(None)), bounded, "<=", 0)


def test_a_rule_holds_in_its_years() -> None:
    """From and until included, by start year; its bound is read in each period."""
    periods = {"periods": [2026, 2028, 2030, 2032], "discount_rate": 0.1}
    rule = share(max={"2026": 0.8, "2030": 0.4}, from_year=2027, until_year=2030)
    m = model(**periods, **SELLERS, policies=[rule])
    assert rows(m, "share_max") == {key(2028), key(2030)}
    assert_row(m, ("share_max", *key(2028)), {ship(CN, "JP", 2028): 1 - 0.6, ship(AU, "JP", 2028): -0.6}, "<=", 0)
    assert_row(m, ("share_max", *key(2030)), {ship(CN, "JP", 2030): 1 - 0.4, ship(AU, "JP", 2030): -0.4}, "<=", 0)


def two_materials(**policy: Any) -> Any:
    magnet = {"id": "magnet", "unit": "t", "price": [90, 100]}
    wants = {"id": "motors", "country": "JP", "material": "magnet", "quantity": 5}
    sellers = [
        {"id": f"{m}_{c}", "country": c, "material": m, "unit_cost": 1}
        for m in ("oxide", "magnet")
        for c in ("AU", "CN")
    ]
    return model(
        **YEARS,
        materials=[OXIDE | {"price": [60, 50]}, magnet],
        suppliers=sellers,
        demands=[JAPAN, wants],
        policies=[share(**policy)],
    )


def both(start: int, oxide: float, magnet: float, bound: float) -> dict[Any, float]:
    return {
        ship(origin, "JP", start, material): weight * ((origin == CN) - bound)
        for material, weight in (("oxide", oxide), ("magnet", magnet))
        for origin in (AU, CN)
    }


def test_a_ratio_of_its_own_for_every_material_and_period() -> None:
    """Nothing is pooled unless the policy says so."""
    m = two_materials(max=0.4)
    assert rows(m, "share_max") == {key(year, material) for year in (2026, 2028) for material in ("oxide", "magnet")}


def test_pooled_materials_are_weighed() -> None:
    """By quantity, by a factor for each material, or by the price of the period."""
    m = two_materials(max=0.4, across=["materials"])
    assert_row(m, ("share_max", *key(2026, None)), both(2026, 1, 1, 0.4), "<=", 0)
    m = two_materials(max=0.4, across=["materials"], weight={"oxide": 1, "magnet": 0.3})
    assert_row(m, ("share_max", *key(2028, None)), both(2028, 1, 0.3, 0.4), "<=", 0)
    m = two_materials(max=0.4, across=["materials"], weight="value")
    assert_row(m, ("share_max", *key(2026, None)), both(2026, 60, 90, 0.4), "<=", 0)
    assert_row(m, ("share_max", *key(2028, None)), both(2028, 50, 100, 0.4), "<=", 0)


def test_pooled_consumption_is_weighed_too() -> None:
    """Over the consumption of both materials, by weight."""
    m = two_materials(
        max=0.4, measure="production", of="consumption", across=["materials"], weight={"oxide": 1, "magnet": 3}
    )
    part = {ship(CN, "JP", 2026): 1, ship(CN, "JP", 2026, "magnet"): 3}
    assert_row(m, ("share_max", *key(2026, None)), part, "<=", 0.4 * (100 + 3 * 5))


# ---------------------------------------------------------------- quantities


def test_a_quantity_bounds_the_part_itself() -> None:
    """China's arrivals ≤ 30 a year, after losses."""
    rule = {"id": "cap", "type": "quantity", "countries": ["CN"], "max": [30, 20], "min": [3, 2]}
    m = model(**YEARS, **SELLERS, policies=[rule], lanes=[{"from": "CN", "to": "JP", "loss": 0.2}])
    for year, most, least in ((2026, 30, 3), (2028, 20, 2)):
        part = {ship(CN, "JP", year): 0.8}
        assert_row(m, ("quantity_max", *key(year)), part, "<=", most)
        assert_row(m, ("quantity_min", *key(year)), part, ">=", least)


def test_a_pooled_quantity_is_over_all_years() -> None:
    """Σ n_t · (amount − bound_t) ≤ 0."""
    periods = {"periods": [2026, 2029], "final_years": 2, "discount_rate": 0.1}
    rule = {"id": "cap", "type": "quantity", "countries": ["CN"], "max": [30, 20], "across": ["periods"]}
    m = model(**periods, **SELLERS, policies=[rule])
    part = {ship(CN, "JP", 2026): 3, ship(CN, "JP", 2029): 2}
    assert_row(m, ("quantity_max", *key(None)), part, "<=", 3 * 30 + 2 * 20)


def test_a_quantity_of_production_may_name_places_and_plants() -> None:
    """What named plants make, or what is made at places, less surplus: what is shipped."""
    rule = {"type": "quantity", "measure": "production", "stages": ["refining"], "max": 30, "countries": ["CN", "JP"]}
    m = chain(**rule, places=["JP"])
    assert_row(m, ("quantity_max", *key()), {ship(REFINED["JP"], to): 1 for to in ("JP", "KR")}, "<=", 30)
    named = chain(**rule, plants=["plant_CN"], materials=["oxide"])
    assert_row(named, ("quantity_max", *key()), {ship(REFINED["CN"], to): 1 for to in ("JP", "KR")}, "<=", 30)


# ---------------------------------------------------------------- penalties


def test_a_penalty_prices_what_is_beyond() -> None:
    """Part − beyond ≤ max · whole, part + beyond ≥ min · whole; each unit beyond costs the penalty a year."""
    m = model(**YEARS, **SELLERS, policies=[share(max=0.4, min=0.1, penalty=[11, 13])])
    beyond = ("beyond", "max", *key(2028))
    bounded = {ship(CN, "JP", 2028): 0.6, ship(AU, "JP", 2028): -0.4, beyond: -1}
    assert_row(m, ("share_max", *key(2028)), bounded, "<=", 0)
    below = ("beyond", "min", *key(2028))
    floor = {ship(CN, "JP", 2028): 0.9, ship(AU, "JP", 2028): -0.1, below: 1}
    assert_row(m, ("share_min", *key(2028)), floor, ">=", 0)
    assert cost(m, *beyond) == pytest.approx(13 * SECOND)
    assert cost(m, *below) == pytest.approx(13 * SECOND)
    assert cost(m, "beyond", "max", *key(2026)) == pytest.approx(11 * FIRST)


def test_a_pooled_penalty_is_weighted_over_all_years() -> None:
    """The amount beyond is over all years; it costs the penalty times Σ d_t / Σ n_t."""
    m = model(**YEARS, **SELLERS, policies=[share(max=0.4, penalty=11, across=["periods"])])
    assert cost(m, "beyond", "max", *key(None)) == pytest.approx(11 * (FIRST + SECOND) / (2 + 2))


def test_a_hard_rule_has_nothing_beyond() -> None:
    """Without a penalty the rule is a row and no column."""
    assert columns(model(**SELLERS, policies=[share(max=0.4)]), "beyond") == set()


# ---------------------------------------------------------------- the examples


def test_the_smallest_example_is_this_small() -> None:
    """Two sellers, two routes, two surpluses, one delivery; changes if a room makes columns nobody needs."""
    made, held = counts(build_model(read_problem(example("minimal"))))
    assert made == {"buy": 2, "ship": 2, "surplus": 2, "deliver": 1}
    assert held == {"supplier_capacity": 2, "made": 2, "used": 1, "demand": 1, "share_max": 1}


def test_the_size_of_the_lithium_example() -> None:
    """Columns and rows by kind, which change with the example's data and with what a room makes of them.

    Buys and capacities: a seller in each of its years. Ships and surpluses: an origin that makes something in the
    period, and each place that can use it. Of the orders only those that count within the horizon.
    """
    made, held = counts(build_model(read_problem(example("lithium-japan"))))
    assert made == {
        "buy": 156,
        "untaken": 12,
        "run": 21,
        "collect": 6,
        "add": 19,
        "ship": 313,
        "surplus": 177,
        "fill": 6,
        "draw": 6,
        "level": 6,
        "deliver": 12,
    }
    assert held == {
        "supplier_capacity": 156,
        "take_or_pay": 12,
        "plant_capacity": 18,
        "scrap": 6,
        "recycler_capacity": 6,
        "build_max": 6,
        "utilisation": 6,
        "made": 177,
        "used": 30,
        "stock": 6,
        "stock_minimum": 4,
        "stock_capacity": 6,
        "demand": 12,
        "share_max": 6,
    }

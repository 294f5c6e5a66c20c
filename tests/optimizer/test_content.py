"""What went through a country is traced to what is delivered: worked out on paper."""

from __future__ import annotations

from typing import Any

import pytest

from oremix.models import Plan
from tests.plans import bought, demand, near, plant, record_of, refinery, refused, solved, supplier, tonnes

Document = dict[str, Any]


def content(name: str = "rule", **fields: Any) -> Document:
    """A share of content, of China unless other countries are named."""
    whose = {} if {"countries", "each"} & fields.keys() else {"countries": ["CN"]}
    return {"id": name, "type": "share", "measure": "content", **whose, **fields}


def recycled(name: str = "recycled", **fields: Any) -> Document:
    """A floor on what was recycled, wherever that was."""
    return {"id": name, "type": "share", "measure": "content", "stages": ["recycling"], **fields}


def two_markets(**parts: Any) -> Document:
    """Ore of AU (10) is refined in CN (1) or MY (5); JP wants 60 t of oxide, US 40 t."""
    return {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("mine", "AU", 10, "ore", stage="mining")],
        "plants": [refinery("chinese", "CN", 1), refinery("malaysian", "MY", 5)],
        "demands": [demand(60), demand(40, "US")],
        **parts,
    }


def two_sellers(**parts: Any) -> Document:
    """Oxide of CN at 5 or of AU at 8, both refined where they are sold; JP wants 100 t."""
    return {
        "suppliers": [
            supplier("chinese", "CN", 5, stage="refining"),
            supplier("australian", "AU", 8, stage="refining"),
        ],
        "demands": [demand(100)],
        **parts,
    }


def arrivals(plan: Plan, to: str) -> dict[str, float]:
    """Country of last making → what arrives at a place, over all periods."""
    found: dict[str, float] = {}
    for shipment in plan.shipments:
        if shipment.to == to:
            found[shipment.from_] = found.get(shipment.from_, 0.0) + shipment.arrived
    return found


# ---------------------------------------------------------------- by country and stage


def test_clean_material_goes_where_it_is_asked_for(solver: str) -> None:
    """The market that forbids Chinese refining gets Malaysian oxide, for exactly the difference of 4 a tonne."""
    free = solved(two_markets(), solver)
    assert free.total_cost == near(100 * (10 + 1))
    plan = solved(two_markets(policies=[content(stages=["refining"], demands=["us"], max=0)]), solver)
    assert plan.total_cost == near(free.total_cost + 40 * (5 - 1))
    assert arrivals(plan, "US") == near({"MY": 40})
    assert arrivals(plan, "JP") == near({"CN": 60})
    record = record_of(plan, "rule")
    assert (record.part, record.whole, record.achieved, record.max) == near((0, 40, 0, 0))
    assert record.binding
    # both markets together: 60 of 100 t went through China
    china = record_of(plan, None)
    assert (china.part, china.whole, china.achieved, china.countries) == (near(60), near(100), near(0.6), ["CN"])


def test_a_cap_on_content_leaves_its_share(solver: str) -> None:
    """A quarter of the 40 t may be Chinese: 30 t have to be Malaysian. One point more saves 0.4 t × 4."""
    plan = solved(two_markets(policies=[content(stages=["refining"], demands=["us"], max=0.25)]), solver)
    assert plan.total_cost == near(100 * 10 + 70 * 1 + 30 * 5)
    assert record_of(plan, "rule").achieved == near(0.25)
    (limit,) = [limit for limit in plan.limits if limit.on == "rule"]
    assert (limit.price, limit.per) == (near(0.4 * 4), "percentage point")
    # one more tonne wanted in the US is a quarter Chinese
    assert {price.demand: price.price for price in plan.prices} == near({"jp": 11, "us": 0.25 * 11 + 0.75 * 15})


def test_a_stockpile_keeps_clean_apart_from_touched(solver: str) -> None:
    """In 2027 nothing is refined for the US: its stock holds 30 t of Chinese oxide, and 40 t of Malaysian for arms."""
    plan = solved(
        two_markets(
            periods=[2026, 2027],
            discount_rate=0,
            plants=[refinery("chinese", "CN", 1, until_year=2026), refinery("malaysian", "MY", 5, until_year=2026)],
            demands=[demand(30, "US", id="cars"), demand(40, "US", id="arms")],
            stockpiles=[{"country": "US", "material": "oxide", "holding_cost": 1}],
            policies=[content(stages=["refining"], demands=["arms"], max=0)],
        ),
        solver,
    )
    # 140 t of ore; 60 t refined in China, 80 t in Malaysia; 70 t held from the first year's end
    assert plan.total_cost == near(140 * 10 + 60 * 1 + 80 * 5 + 1 * (70 / 2 + 70 / 2))
    assert arrivals(plan, "US") == near({"CN": 60, "MY": 80})
    assert [record.achieved for record in plan.shares if record.policy == "rule"] == near([0, 0])
    # each year on its own could have had all of the 80 t of Malaysian oxide
    china = [record for record in plan.shares if (record.policy, record.measure) == (None, "content")]
    assert [(record.period, record.whole) for record in china] == [(2026, near(70)), (2027, near(70))]
    assert [record.achieved for record in china] == near([0, 0])


@pytest.mark.parametrize(
    ("rule", "total"),
    [
        (content(stages=["mining"], max=0), 100 * (10 + 5)),
        (content(stages=["refining"], max=0), 100 * (3 + 5)),
        (content(max=0), 100 * (10 + 5)),
        (content(stages=["mining", "refining"], max=0), 100 * (10 + 5)),
        ({"id": "rule", "type": "share", "countries": ["CN"], "max": 0}, 100 * (3 + 5)),
        (
            {
                "id": "rule",
                "type": "share",
                "measure": "production",
                "stages": ["mining"],
                "countries": ["CN"],
                "max": 0.5,
            },
            50 * (10 + 5) + 50 * (3 + 5),
        ),
    ],
    ids=["mining", "refining", "every stage", "both", "supply", "production"],
)
def test_mined_in_china_and_refined_in_malaysia(solver: str, rule: Document, total: float) -> None:
    """A rule on mining catches it, one on refining does not, and neither does a share of supply."""
    plan = solved(
        two_markets(
            suppliers=[
                supplier("chinese_mine", "CN", 3, "ore", stage="mining"),
                supplier("mine", "AU", 10, "ore", stage="mining"),
            ],
            plants=[refinery("malaysian", "MY", 5)],
            policies=[rule],
        ),
        solver,
    )
    assert plan.total_cost == near(total)


def test_without_a_rule_chinas_content_is_reported(solver: str) -> None:
    """Mined in China and refined in Malaysia: no Chinese supply, and all of it Chinese content."""
    plan = solved(
        two_markets(
            suppliers=[supplier("chinese_mine", "CN", 3, "ore", stage="mining")],
            plants=[refinery("malaysian", "MY", 5)],
        ),
        solver,
    )
    assert record_of(plan, None, "supply").achieved == near(0)
    assert record_of(plan, None, "content").achieved == near(1)


# ---------------------------------------------------------------- several inputs


def magnets(**parts: Any) -> Document:
    """Magnets of 1 t of oxide and 2 t of iron, each of CN or cheaper than elsewhere; JP and the US want 10 t each."""
    return {
        "materials": tonnes("oxide", "iron", "magnet"),
        "suppliers": [
            supplier("oxide_cn", "CN", 5, stage="refining"),
            supplier("oxide_au", "AU", 8, stage="refining"),
            supplier("iron_cn", "CN", 1, "iron", stage="refining"),
            supplier("iron_us", "US", 2, "iron", stage="refining"),
        ],
        "plants": [plant("works", "JP", 1, {"oxide": 1, "iron": 2}, {"magnet": 1}, stage="magnets")],
        "demands": [demand(10, material="magnet"), demand(10, "US", "magnet")],
        **parts,
    }


def test_one_touched_input_touches_the_product(solver: str) -> None:
    """The US take magnets without Chinese oxide and without Chinese iron: 10 × (3 + 2 × 1) more."""
    dirty, clean = 5 + 2 * 1 + 1, 8 + 2 * 2 + 1
    plan = solved(magnets(policies=[content(stages=["refining"], demands=["us"], max=0)]), solver)
    assert plan.total_cost == near(10 * dirty + 10 * clean)


@pytest.mark.parametrize(
    ("carriers", "total"),
    [
        (["oxide"], 10 * 8 + 10 * (8 + 2 * 1 + 1)),
        (["iron"], 10 * 8 + 10 * (5 + 2 * 2 + 1)),
        (["oxide", "iron"], 10 * 8 + 10 * (8 + 2 * 2 + 1)),
        (["magnet"], 20 * 8),
    ],
)
def test_only_carriers_hand_on_where_they_come_from(solver: str, carriers: list[str], total: float) -> None:
    """What is no carrier may come from anywhere; a recipe that has none among its inputs hands on nothing."""
    rule = content(stages=["refining"], demands=["us"], max=0, carriers=carriers)
    assert solved(magnets(policies=[rule]), solver).total_cost == near(total)


def test_touched_inputs_meet_in_the_same_product(solver: str) -> None:
    """Half of the magnets may be touched: those take both Chinese inputs, the others neither."""
    plan = solved(magnets(policies=[content(stages=["refining"], max=0.5)]), solver)
    assert plan.total_cost == near(10 * (5 + 2 + 1) + 10 * (8 + 4 + 1))
    assert bought(plan) == near({"oxide_cn": 10, "oxide_au": 10, "iron_cn": 20, "iron_us": 20})
    assert record_of(plan, "rule").achieved == near(0.5)


def test_a_joint_product_is_touched_with_the_other(solver: str) -> None:
    """A unit of activity is marked as a whole: clean NdPr and clean cerium come from the same concentrate."""
    plan = solved(
        {
            "materials": tonnes("ore", "ndpr", "cerium"),
            "suppliers": [
                supplier("mine_cn", "CN", 3, "ore", stage="mining"),
                supplier("mine_au", "AU", 10, "ore", stage="mining"),
            ],
            "plants": [plant("separation", "MY", 2, {"ore": 1}, {"ndpr": 0.2, "cerium": 0.5})],
            "demands": [demand(20, material="ndpr"), demand(30, "US", "cerium")],
            "policies": [content(stages=["mining"], demands=["us"], max=0)],
        },
        solver,
    )
    # 20 t of NdPr need 100 t of ore; 30 t of clean cerium 60 t of clean ore, which is within the 100
    assert plan.total_cost == near(60 * 10 + 40 * 3 + 100 * 2)


# ---------------------------------------------------------------- losses, stock, recycling


def test_content_is_of_what_is_delivered(solver: str) -> None:
    """A fifth of the Chinese and half of the Australian oxide is lost: 50 t and 120 t are 40 t and 60 t delivered."""
    plan = solved(
        two_sellers(
            lanes=[{"from": "CN", "to": "JP", "loss": 0.2}, {"from": "AU", "to": "JP", "loss": 0.5}],
            policies=[content(max=0.4)],
        ),
        solver,
    )
    assert bought(plan) == near({"chinese": 50, "australian": 120})
    assert plan.total_cost == near(50 * 5 + 120 * 8)


def test_a_loss_before_a_plant(solver: str) -> None:
    """Of 62.5 t of Chinese ore 50 t reach the refinery, half of what it refines."""
    plan = solved(
        two_markets(
            suppliers=[
                supplier("mine_cn", "CN", 3, "ore", stage="mining"),
                supplier("mine_au", "AU", 10, "ore", stage="mining"),
            ],
            plants=[refinery("malaysian", "MY", 5)],
            lanes=[{"from": "CN", "to": "MY", "loss": 0.2}],
            policies=[content(stages=["mining"], max=0.5)],
        ),
        solver,
    )
    assert plan.total_cost == near(62.5 * 3 + 50 * 10 + 100 * 5)
    record = record_of(plan, "rule")
    assert (record.part, record.whole) == near((50, 100))


@pytest.mark.parametrize("stages", [None, ["refining"]])
def test_where_the_first_stock_came_from(solver: str, stages: list[str] | None) -> None:
    """60 % of 50 t of stock are Chinese: 20 of those 30 t, the other 20 t, and 60 t from Australia."""
    rule = content(max=0.2) if stages is None else content(max=0.2, stages=stages)
    stock = {"country": "JP", "material": "oxide", "initial": 50, "initial_origin": {"CN": 0.6, "AU": 0.1}}
    plan = solved(two_sellers(stockpiles=[stock], policies=[rule]), solver)
    assert plan.total_cost == near(60 * 8)
    assert (plan.stocks[0].draw, plan.stocks[0].level) == near((40, 10))
    assert record_of(plan, "rule").achieved == near(0.2)


def test_stock_of_unknown_origin_is_unmarked_and_an_assumption(solver: str) -> None:
    """50 t of stock count as clean: 20 t may be Chinese beside it; the plan says what that rests on."""
    stock = {"country": "JP", "material": "oxide", "initial": 50}
    plan = solved(two_sellers(stockpiles=[stock], policies=[content(max=0.2)]), solver)
    assert plan.total_cost == near(20 * 5 + 30 * 8)
    assert any("stock" in line and "oxide" in line for line in plan.assumptions)


@pytest.mark.parametrize(("stages", "total"), [(None, 800), (["recycling"], 500), (["refining"], 100)])
def test_scrap_starts_a_new_life(solver: str, stages: list[str] | None, total: float) -> None:
    """What a Chinese recycler recovers is Chinese by its recycling, and by nothing that came before the scrap."""
    rule = content(max=0) if stages is None else content(max=0, stages=stages)
    recycler = {"id": "urban", "country": "CN", "material": "oxide", "scrap": 100, "unit_cost": 1}
    plan = solved(two_sellers(recyclers=[recycler], policies=[rule]), solver)
    assert plan.total_cost == near(total)


def test_scrap_of_what_was_chinese_is_not_chinese(solver: str) -> None:
    """Chinese deliveries of 2026 come back in 2027 and are recovered in Japan: clean."""
    plan = solved(
        two_sellers(
            periods=[2026, 2027],
            discount_rate=0,
            recyclers=[
                {
                    "id": "urban",
                    "country": "JP",
                    "material": "oxide",
                    "returns": [{"demand": "jp", "after_years": 1, "scrap_per_unit": 0.4}],
                }
            ],
            policies=[content(max=[1, 0])],
        ),
        solver,
    )
    assert plan.total_cost == near(100 * 5 + 60 * 8)


# ---------------------------------------------------------------- what suppliers bring with them


def with_history(chinese: Document, malaysian: Document) -> Document:
    """Oxide of CN (5) and of MY (6), or refined in AU from its ore (12); none of it mined in China."""
    return {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [
            supplier("direct_cn", "CN", 5, stage="refining", **chinese),
            supplier("direct_my", "MY", 6, stage="refining", **malaysian),
            supplier("mine", "AU", 10, "ore", stage="mining"),
        ],
        "plants": [refinery("australian", "AU", 2)],
        "demands": [demand(100)],
        "policies": [content(stages=["mining"], max=0)],
    }


@pytest.mark.parametrize(
    ("chinese", "malaysian", "total"),
    [
        ({}, {}, 600),
        ({}, {"history": {"mining": "CN"}}, 1200),
        ({}, {"history": {"mining": "AU"}}, 600),
        ({}, {"history": {}}, 600),
        ({"history": {"mining": "AU"}}, {}, 500),
        ({"history": {}}, {}, 500),
        ({"history": {"mining": "CN"}}, {}, 600),
    ],
)
def test_a_suppliers_history(solver: str, chinese: Document, malaysian: Document, total: float) -> None:
    """Unstated, all went on in its own country; stated, what it names happened there and the rest not at all."""
    plan = solved(with_history(chinese, malaysian), solver)
    assert plan.total_cost == near(total)
    for seller, parts in (("direct_cn", chinese), ("direct_my", malaysian)):
        assert any(seller in line for line in plan.assumptions) == ("history" not in parts)


def test_an_unstated_history_leaves_out_what_is_still_to_come(solver: str) -> None:
    """Chinese ore may still be refined elsewhere: only the refinery decides on refining, and China's is not used."""
    plan = solved(
        two_markets(
            suppliers=[supplier("mine_cn", "CN", 3, "ore", stage="mining"), supplier("my", "MY", 20, stage="refining")],
            policies=[content(stages=["refining"], max=0)],
        ),
        solver,
    )
    assert plan.total_cost == near(100 * (3 + 5))


# ---------------------------------------------------------------- floors


def test_a_floor_on_recycled_content(solver: str) -> None:
    """A fifth of 100 t has to be recovered at 30 where a mine asks 5."""
    recycler = {"id": "urban", "country": "JP", "material": "oxide", "scrap": 50, "unit_cost": 30}
    mine = supplier("mine", "AU", 5, stage="mining")
    problem = {"suppliers": [mine], "recyclers": [recycler], "demands": [demand(100)], "policies": [recycled(min=0.2)]}
    plan = solved(problem, solver)
    assert plan.total_cost == near(20 * 30 + 80 * 5)
    record = record_of(plan, "recycled")
    assert (record.part, record.whole, record.achieved, record.min) == near((20, 100, 0.2, 0.2))
    refused({**problem, "policies": [recycled(min=0.51)]}, solver)


def recycled_metal(**rule: Any) -> Document:
    return {
        "materials": tonnes("oxide", "calcium", "metal"),
        "suppliers": [
            supplier("mine", "AU", 5, stage="mining"),
            supplier("reductant", "AU", 1, "calcium", stage="mining"),
        ],
        "recyclers": [{"id": "urban", "country": "JP", "material": "oxide", "scrap": 100, "unit_cost": 30}],
        "plants": [plant("smelter", "JP", 2, {"oxide": 2, "calcium": 1}, {"metal": 1}, stage="metal")],
        "demands": [demand(10, material="metal")],
        "policies": [recycled(**rule)],
    }


def test_a_floor_asks_every_carrier(solver: str) -> None:
    """Calcium is never recycled: unless oxide is named as what matters, no metal counts."""
    plan = solved(recycled_metal(min=0.3, carriers=["oxide"]), solver)
    # 3 t of metal of 6 t of recovered oxide, 7 t of 14 t of mined oxide
    assert plan.total_cost == near(6 * 30 + 14 * 5 + 10 * (1 + 2))
    refused(recycled_metal(min=0.3), solver)
    refused(recycled_metal(min=0.3, carriers=["oxide", "calcium"]), solver)


def friendly(*stages: list[str], **bound: Any) -> Document:
    """Ore of CN (3) or AU (10), refined in CN (1) or MY (5); a floor on AU and MY for each list of stages."""
    return two_markets(
        suppliers=[
            supplier("mine_cn", "CN", 3, "ore", stage="mining"),
            supplier("mine_au", "AU", 10, "ore", stage="mining"),
        ],
        policies=[
            content(f"floor{number}", countries=["AU", "MY"], stages=names, **bound)
            for number, names in enumerate(stages)
        ],
    )


@pytest.mark.parametrize(
    ("stages", "total"),
    [
        ([], 100 * (3 + 1)),
        ([["refining"]], 100 * (3 + 5)),
        ([["mining"]], 100 * (10 + 1)),
        ([["mining", "refining"]], 100 * (3 + 5)),
        ([["mining"], ["refining"]], 100 * (10 + 5)),
    ],
)
def test_the_last_stage_decides_a_floor(solver: str, stages: list[list[str]], total: float) -> None:
    """One floor on two stages asks for the later one; two floors ask for both."""
    assert solved(friendly(*stages, min=1), solver).total_cost == near(total)


def test_each_floor_has_its_own_accounts(solver: str) -> None:
    """Half of it mined and half of it refined by friends: not the same half, if another pairing were dearer."""
    plan = solved(friendly(["mining"], ["refining"], min=0.5), solver)
    assert plan.total_cost == near(50 * 10 + 50 * 3 + 50 * 5 + 50 * 1)
    assert [record.achieved for record in plan.shares if record.policy] == near([0.5, 0.5])


def test_a_stage_elsewhere_takes_the_mark_away(solver: str) -> None:
    """Australian ore refined in China is not Australian by the last of mining and refining."""
    rule = content(countries=["AU"], stages=["mining", "refining"], min=0.1)
    refused(two_markets(policies=[rule]), solver)
    australian = refinery("australian", "AU", 9)
    plants = [refinery("chinese", "CN", 1), australian]
    assert solved(two_markets(plants=plants, policies=[rule]), solver).total_cost == near(1000 + 90 * 1 + 10 * 9)


def test_a_rule_with_both_bounds_has_two_records(solver: str) -> None:
    """Between a fifth and a half from Australia: each bound has its own record."""
    plan = solved(two_sellers(policies=[content(countries=["AU"], min=0.2, max=0.5)]), solver)
    assert plan.total_cost == near(20 * 8 + 80 * 5)
    records = [record for record in plan.shares if record.policy == "rule"]
    assert sorted((record.min is None, record.max is None) for record in records) == [(False, True), (True, False)]
    assert [record.achieved for record in records] == near([0.2, 0.2])


# ---------------------------------------------------------------- scope


def test_places_are_pooled_or_taken_apart(solver: str) -> None:
    """With 4 of freight Chinese oxide does not pay in the US: pooled, Japan uses their half; apart, it may not."""
    problem = two_sellers(demands=[demand(60), demand(40, "US")], lanes=[{"from": "CN", "to": "US", "unit_cost": 4}])
    pooled = solved({**problem, "policies": [content(max=0.5)]}, solver)
    assert pooled.total_cost == near(50 * 5 + 50 * 8)
    apart = solved({**problem, "policies": [content(max=0.5, each_place=True)]}, solver)
    assert apart.total_cost == near(30 * 5 + 70 * 8)
    records = {record.place: record.achieved for record in apart.shares if record.policy == "rule"}
    assert records == near({"JP": 0.5, "US": 0.0})


@pytest.mark.parametrize(
    "scope",
    [{"demands": ["us"]}, {"places": ["US"]}, {"places": ["US"], "demands": ["jp", "us"]}, {"places": ["west"]}],
)
def test_a_rule_for_one_market(solver: str, scope: Document) -> None:
    """Only the 40 t of the US are bound, named as a demand, a place or a group."""
    problem = two_sellers(demands=[demand(60), demand(40, "US")], groups={"west": ["US", "CA"]})
    plan = solved({**problem, "policies": [content(max=0.5, **scope)]}, solver)
    assert plan.total_cost == near(80 * 5 + 20 * 8)


def test_materials_are_those_of_the_demand(solver: str) -> None:
    """A rule on oxide leaves metal alone, though it is made of oxide."""
    problem: Document = {
        "materials": tonnes("oxide", "metal"),
        "suppliers": [
            supplier("chinese", "CN", 5, stage="refining"),
            supplier("australian", "AU", 8, stage="refining"),
        ],
        "plants": [plant("smelter", "JP", 1, {"oxide": 1}, {"metal": 1}, stage="metal")],
        "demands": [demand(60), demand(40, "US", "metal")],
    }
    assert solved({**problem, "policies": [content(max=0, materials=["oxide"])]}, solver).total_cost == near(
        60 * 8 + 40 * (5 + 1)
    )
    assert solved({**problem, "policies": [content(max=0, materials=["metal"])]}, solver).total_cost == near(
        60 * 5 + 40 * (8 + 1)
    )


@pytest.mark.parametrize(("spared", "total"), [({}, 60 * 3 + 40 * 5), ({"except": ["JP"]}, 100 * 3)])
def test_each_country_on_its_own(solver: str, spared: Document, total: float) -> None:
    """No country above 60 %, or no other one than Japan itself."""
    problem = two_sellers(policies=[content(each=True, max=0.6, **spared)])
    problem["suppliers"].append(supplier("domestic", "JP", 3, stage="refining"))
    plan = solved(problem, solver)
    assert plan.total_cost == near(total)
    records = {record.countries[0]: record.achieved for record in plan.shares if record.policy == "rule"}
    assert records == near({"CN": 0, "AU": 0} if spared else {"CN": 0.4, "AU": 0, "JP": 0.6})


def test_periods_are_pooled_by_their_length(solver: str) -> None:
    """Half of 100 + 3 × 100 t may be Chinese: all of it where the difference is 15 and not 3."""
    plan = solved(
        {
            "periods": [2026, 2027],
            "final_years": 3,
            "discount_rate": 0,
            "suppliers": [supplier("chinese", "CN", 5), supplier("australian", "AU", [8, 20])],
            "demands": [demand(100)],
            "policies": [content(max=0.5, across=["periods"])],
        },
        solver,
    )
    assert plan.total_cost == near(100 * 8 + 200 * 5 + 100 * 20)
    record = record_of(plan, "rule")
    assert record.period is None
    assert (record.part, record.whole, record.achieved) == near((200, 400, 0.5))


def test_materials_are_pooled_by_weight(solver: str) -> None:
    """A tonne of metal counts as two: half of 100 + 2 × 50 is all of the metal, which saves 5 for each that counts."""
    plan = solved(
        {
            "materials": tonnes("oxide", "metal"),
            "suppliers": [
                supplier("oxide_cn", "CN", 5),
                supplier("oxide_au", "AU", 8),
                supplier("metal_cn", "CN", 10, "metal"),
                supplier("metal_au", "AU", 20, "metal"),
            ],
            "demands": [demand(100), demand(50, "US", "metal")],
            "policies": [content(max=0.5, across=["materials"], weight={"oxide": 1, "metal": 2})],
        },
        solver,
    )
    assert plan.total_cost == near(100 * 8 + 50 * 10)
    record = record_of(plan, "rule")
    assert (record.part, record.whole, record.material) == (near(100), near(200), None)


@pytest.mark.parametrize(
    ("rule", "total", "penalty"),
    [
        (content(max=0, penalty=2), 100 * 5 + 100 * 2, 200),
        (content(max=0, penalty=4), 100 * 8, 0),
        (content(max=0.4, penalty=2), 100 * 5 + 60 * 2, 120),
        (content(countries=["AU"], min=0.2, penalty=1), 100 * 5 + 20 * 1, 20),
        (content(countries=["AU"], min=0.2, penalty=5), 80 * 5 + 20 * 8, 0),
        (content(type="quantity", max=30), 30 * 5 + 70 * 8, 0),
        (content(type="quantity", max=30, penalty=1), 100 * 5 + 70 * 1, 70),
    ],
)
def test_a_priced_rule_is_broken_where_that_is_cheaper(
    solver: str, rule: Document, total: float, penalty: float
) -> None:
    """3 a tonne is the difference: a penalty below it is paid, one above it is not; a quantity bounds the part."""
    plan = solved(two_sellers(policies=[rule]), solver)
    assert plan.total_cost == near(total)
    assert record_of(plan, "rule").penalty == near(penalty)
    assert plan.costs.by_category.get("penalties", 0.0) == near(penalty)


def test_a_rule_holds_in_its_years(solver: str) -> None:
    """From 2027 nothing Chinese; before that the cheaper oxide."""
    plan = solved(two_sellers(periods=[2026, 2027], discount_rate=0, policies=[content(max=0, from_year=2027)]), solver)
    assert plan.total_cost == near(500 + 800)
    assert [record.period for record in plan.shares if record.policy == "rule"] == [2027]


# ---------------------------------------------------------------- by owner


@pytest.mark.parametrize(("by", "total"), [("location", 100 * (10 + 1)), ("owner", 100 * (10 + 5))])
def test_a_chinese_refinery_in_malaysia(solver: str, by: str, total: float) -> None:
    """By location it is Malaysian, by owner Chinese."""
    plants = [refinery("theirs", "MY", 1, owner="CN"), refinery("own", "MY", 5)]
    rule = content(stages=["refining"], max=0, by=by)
    assert solved(two_markets(plants=plants, policies=[rule]), solver).total_cost == near(total)


@pytest.mark.parametrize(
    ("parts", "by", "total"),
    [
        ({}, "location", 500),
        ({}, "owner", 1200),
        ({"history": {"mining": "AU"}}, "owner", 500),
        ({"history": {"mining": "CN"}}, "owner", 1200),
        ({"history": {"mining": "CN"}}, "location", 1200),
    ],
)
def test_whose_history_it_is(solver: str, parts: Document, by: str, total: float) -> None:
    """An unstated history is the owner's; the countries of a stated one are taken as they are."""
    plan = solved(
        {
            "materials": tonnes("ore", "oxide"),
            "suppliers": [
                supplier("direct", "AU", 5, stage="refining", owner="CN", **parts),
                supplier("mine", "AU", 10, "ore", stage="mining"),
            ],
            "plants": [refinery("australian", "AU", 2)],
            "demands": [demand(100)],
            "policies": [content(stages=["mining"], max=0, by=by)],
        },
        solver,
    )
    assert plan.total_cost == near(total)


def test_the_plan_says_how_content_is_counted() -> None:
    """Segregated, not blended: nobody should read it otherwise."""
    plan = solved(two_sellers(policies=[content(max=0.5)]))
    assert any("segregated" in line for line in plan.notes)


# ---------------------------------------------------------------- one with another


def test_marked_stock_is_drawn_for_a_plant(solver: str) -> None:
    """50 t of Chinese oxide lie in Japan: 20 t of them may go into 100 t of metal, 80 t come from Australia."""
    plan = solved(
        {
            "materials": tonnes("oxide", "metal"),
            "places": [{"id": "osaka", "country": "JP"}],
            "suppliers": [supplier("australian", "AU", 8)],
            "plants": [plant("smelter", "JP", 0, {"oxide": 1}, {"metal": 1}) | {"country": None, "place": "osaka"}],
            "stockpiles": [{"country": "JP", "material": "oxide", "initial": 50, "initial_origin": {"CN": 1}}],
            "demands": [demand(100, material="metal")],
            "policies": [content(max=0.2)],
        },
        solver,
    )
    assert plan.total_cost == near(80 * 8)


def test_outlets_are_deliveries(solver: str) -> None:
    """50 t sold at 9 count beside the 100 t that are wanted: half of 150 t may be Chinese."""
    outlet = {"id": "outlet", "country": "US", "material": "oxide", "quantity": 50, "sale_price": 9}
    plan = solved(two_sellers(demands=[demand(100), outlet], policies=[content(max=0.5)]), solver)
    assert plan.total_cost == near(75 * 5 + 75 * 8 - 50 * 9)
    assert record_of(plan, "rule").whole == near(150)


def test_a_penalty_on_pooled_periods_is_weighted(solver: str) -> None:
    """Beyond half of 200 + 200 t: 2 a tonne, discounted as on the average of the four years."""
    first, second = 1 + 1 / 1.1, 1 / 1.1**2 + 1 / 1.1**3
    plan = solved(
        two_sellers(
            periods=[2026, 2028],
            discount_rate=0.1,
            suppliers=[supplier("chinese", "CN", 5), supplier("australian", "AU", 10)],
            policies=[content(max=0.5, across=["periods"], penalty=2)],
        ),
        solver,
    )
    # a tonne a year less of China costs 5 × its weight, and saves 2 × the average weight of a year
    assert plan.costs.by_category == near(
        {"purchases": 500 * (first + second), "penalties": 200 * 2 * (first + second) / 4}
    )


def test_a_floor_and_a_cap_together(solver: str) -> None:
    """No Chinese refining and 30 % recycled: 30 t at 30, the rest clean at 8."""
    recycler = {"id": "urban", "country": "JP", "material": "oxide", "scrap": 50, "unit_cost": 30}
    rules = [content("clean", stages=["refining"], max=0), recycled(min=0.3)]
    plan = solved(two_sellers(recyclers=[recycler], policies=rules), solver)
    assert plan.total_cost == near(30 * 30 + 70 * 8)


@pytest.mark.parametrize(("by", "total"), [("location", 50 * 5 + 50 * 6), ("owner", 50 * 5 + 50 * 8)])
def test_each_owners_content(solver: str, by: str, total: float) -> None:
    """Half from any one country: two mines in two countries, or two that belong to one."""
    sellers = [
        supplier("one", "AU", 5, stage="refining", owner="CN"),
        supplier("two", "JP", 6, stage="refining", owner="CN"),
        supplier("three", "AU", 8, stage="refining"),
    ]
    plan = solved(two_sellers(suppliers=sellers, policies=[content(each=True, max=0.5, by=by)]), solver)
    assert plan.total_cost == near(total)


@pytest.mark.parametrize(("owner", "total"), [("CN", 80 * 8), ("US", 80 * 5)])
def test_the_first_stocks_country_is_taken_as_owner(solver: str, owner: str, total: float) -> None:
    """20 t of the Chinese stock may be used; a seller in China that belongs to the US is free to sell the rest."""
    stock = {"country": "JP", "material": "oxide", "initial": 50, "initial_origin": {"CN": 1}}
    sellers = [supplier("in_china", "CN", 5, owner=owner), supplier("australian", "AU", 8)]
    plan = solved(two_sellers(suppliers=sellers, stockpiles=[stock], policies=[content(max=0.2, by="owner")]), solver)
    assert plan.total_cost == near(total)

"""Every kind of rule but content: footprints, budgets, numbers of sources, quotas, capacity, whose a flow is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import bought, demand, near, plant, record_of, refinery, refused, solved, supplier, tonnes

Document = dict[str, Any]


def rule(kind: str, **fields: Any) -> Document:
    return {"id": "rule", "type": kind, **fields}


def two_sellers(*policies: Document, chinese: Document | None = None, **parts: Any) -> Document:
    """Oxide of CN at 5 or of AU at 8; JP wants 100 t."""
    return {
        "suppliers": [supplier("chinese", "CN", 5, **(chinese or {})), supplier("australian", "AU", 8)],
        "demands": [demand(100)],
        "policies": list(policies),
        **parts,
    }


# ---------------------------------------------------------------- footprint


def emitting(*policies: Document, **parts: Any) -> Document:
    """CN emits 10 a tonne and AU 2."""
    document = two_sellers(*policies, **parts)
    for seller, amount in zip(document["suppliers"], (10, 2), strict=True):
        seller["footprint"] = {"co2e_t": amount}
    return document


@pytest.mark.parametrize(
    ("fields", "total", "category", "amount"),
    [
        ({"max": 600}, 50 * 5 + 50 * 8, "footprint", 0),
        ({"min": 600}, 100 * 5, "footprint", 0),
        ({"max": 5000}, 100 * 5, "footprint", 0),
        ({"price": 0.5}, 100 * 8 + 200 * 0.5, "footprint", 100),
        ({"price": 0.1}, 100 * 5 + 1000 * 0.1, "footprint", 100),
        ({"price": 0.1, "max": 600}, 50 * 5 + 50 * 8 + 60, "footprint", 60),
        ({"max": 600, "penalty": 0.1}, 100 * 5 + 400 * 0.1, "penalties", 40),
        ({"max": 600, "penalty": 0.4}, 50 * 5 + 50 * 8, "penalties", 0),
        ({"max": 500, "countries": ["CN"]}, 50 * 5 + 50 * 8, "footprint", 0),
        ({"max": 100, "countries": ["JP"]}, 100 * 5, "footprint", 0),
        ({"max": 600, "of": "water_m3"}, 100 * 5, "footprint", 0),
    ],
)
def test_a_footprint(solver: str, fields: Document, total: float, category: str, amount: float) -> None:
    """3 more a tonne saves 8 of emissions: done for a bound, for a price above 0.375, and not below it."""
    document = emitting(rule("footprint", **{"of": "co2e_t", **fields}))
    # somebody has a footprint of water too, so that its name is known
    document["suppliers"][1]["footprint"] = document["suppliers"][1]["footprint"] | {"water_m3": 1}
    plan = solved(document, solver)
    assert plan.total_cost == near(total)
    assert plan.costs.by_category.get(category, 0.0) == near(amount)
    if "price" in fields:
        (payer,) = [part for part in plan.costs.by_facility if part.kind == "policy"]
        assert (payer.id, payer.country, payer.total) == ("rule", None, near(amount))


def test_a_footprint_over_the_whole_horizon(solver: str) -> None:
    """600 a year for one year and three: 2,400, spent where the cleaner oxide costs 3 more, saved where it costs 1."""
    document = emitting(
        rule("footprint", of="co2e_t", max=600, across=["periods"]),
        periods=[2026, 2027],
        final_years=3,
        discount_rate=0,
    )
    document["suppliers"][1]["unit_cost"] = [8, 6]
    plan = solved(document, solver)
    # 4 × 200 are emitted in any case and 8 more by each Chinese tonne: 200 t, 100 of them in the first year
    assert plan.total_cost == near(100 * 5 + 100 * 5 + 200 * 6)
    record = record_of(plan, "rule", "footprint")
    assert (record.period, record.unit) == (None, "co2e_t")
    assert (record.part, record.achieved, record.max) == near((2400, 2400, 2400))


def test_where_everything_leaves_its_footprint(solver: str) -> None:
    """Of every kind of step, in the country where it happens; of a lane in the country where it starts, before loss."""
    document: Document = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("mine", "AU", 5, "ore", footprint={"co2e_t": 1, "water_m3": 7})],
        "plants": [refinery("works", "MY", 2)],
        "recyclers": [
            {
                "id": "urban",
                "country": "JP",
                "material": "oxide",
                "scrap": 40,
                "recovery": 0.5,
                "footprint": {"co2e_t": 0.5},
            }
        ],
        "demands": [demand(100)],
        "lanes": [
            {"from": "*", "to": "*", "footprint": {"co2e_t": 0.1, "water_m3": 1}},
            {"from": "MY", "to": "JP", "loss": 0.2, "footprint": {"co2e_t": 0.3}},
        ],
        "policies": [rule("footprint", of="co2e_t", countries=["MY"], max=5000)],
    }
    document["plants"][0]["recipes"][0] |= {"inputs": {"ore": 2}, "footprint": {"co2e_t": 4}}
    plan = solved(document, solver)
    # 20 t recovered of 40 t of scrap; 100 t refined and shipped, 80 arrive; 200 t of ore
    found = {(record.of, record.country): record.amount for record in plan.footprints}
    assert {key: amount for key, amount in found.items() if amount} == near(
        {
            ("co2e_t", "AU"): 200 * 1 + 200 * 0.1,
            ("co2e_t", "MY"): 100 * 4 + 100 * 0.3,
            ("co2e_t", "JP"): 20 * 0.5,
            ("water_m3", "AU"): 200 * 7 + 200 * 1,
            ("water_m3", "MY"): 100 * 1,
        }
    )
    assert record_of(plan, "rule", "footprint").part == near(430)


def test_a_footprint_is_of_what_is_taken(solver: str) -> None:
    """100 t are paid for; taking none of them emits nothing."""
    document = emitting(rule("footprint", of="co2e_t", max=200), chinese={"take_or_pay": 100, "capacity": 100})
    assert solved(document, solver).total_cost == near(500 + 800)


# ---------------------------------------------------------------- budget


def to_build(*policies: Document, country: str = "AU", grant: float = 0.0, **parts: Any) -> Document:
    """80 t a year of an import (20), or made (2) in a plant that costs 10 a tonne for ten years, 1 a year."""
    build = {"unit_capex": 10, "life": 10, "grant": grant}
    return {
        "periods": [2026, 2027],
        "discount_rate": 0,
        "suppliers": [supplier("import", "CN", 20)],
        "plants": [plant("works", country, 2, {}, {"oxide": 1}, build=build)],
        "demands": [demand(80)],
        "policies": list(policies),
        **parts,
    }


@pytest.mark.parametrize(
    ("fields", "parts", "total"),
    [
        ({"max": 500}, {}, (50 * 3 + 30 * 20) + 80 * 3),  # 50 t in 2026, the other 30 t in 2027
        ({"max": [500, 100]}, {}, (50 * 3 + 30 * 20) + (60 * 3 + 20 * 20)),
        ({"max": 500, "across": ["periods"]}, {}, 2 * (50 * 3 + 30 * 20)),
        ({"max": 500, "countries": ["CN"]}, {}, 2 * 80 * 3),
        ({"max": 500, "countries": ["CN"]}, {"country": "CN"}, (50 * 3 + 30 * 20) + 80 * 3),
        ({"max": 500}, {"grant": 0.5}, 2 * 80 * 2.5),  # of 800 others pay 400
        ({"max": 300}, {"grant": 0.5}, (60 * 2.5 + 20 * 20) + 80 * 2.5),
        ({"max": 500, "until_year": 2026}, {}, (50 * 3 + 30 * 20) + 80 * 3),
        ({"max": 500, "from_year": 2027}, {}, 2 * 80 * 3),
        ({"max": 0}, {}, 2 * 80 * 20),
        # an order is paid once, however long its period
        ({"max": 500}, {"periods": [2026, 2028]}, 2 * (50 * 3 + 30 * 20) + 2 * 80 * 3),
    ],
)
def test_a_budget(solver: str, fields: Document, parts: Document, total: float) -> None:
    """What is spent in full in the period of the order: 500 buy 50 t."""
    assert solved(to_build(rule("budget", **fields), **parts), solver).total_cost == near(total)


def test_what_is_spent_is_recorded(solver: str) -> None:
    """500 and 300, in the currency, of the bound of each period or of the horizon."""
    plan = solved(to_build(rule("budget", max=500)), solver)
    records = [record for record in plan.shares if record.policy == "rule"]
    assert [(record.measure, record.period, record.unit) for record in records] == [
        ("budget", 2026, "USD"),
        ("budget", 2027, "USD"),
    ]
    assert [record.part for record in records] == near([500, 300])
    plan = solved(to_build(rule("budget", max=500, across=["periods"])), solver)
    record = record_of(plan, "rule", "budget")
    assert record.period is None
    assert (record.part, record.max) == near((500, 500))


@pytest.mark.parametrize(
    ("fields", "years", "total"),
    [
        # 800 beyond nothing: 80 in each year of the period; and 3 a tonne instead of 20
        ({"penalty": 0.1}, 1, 80 * 3 + 80),
        ({"penalty": 0.1}, 2, 2 * 80 * 3 + 2 * 80),
        # over the horizon it is 80, however long that is
        ({"penalty": 0.1, "across": ["periods"]}, 2, 2 * 80 * 3 + 80),
        ({"penalty": 3}, 1, 80 * 20),
    ],
)
def test_a_priced_budget(solver: str, fields: Document, years: int, total: float) -> None:
    """A penalty is per year of its period; pooled, it is spread over the years."""
    document = to_build(rule("budget", max=0, **fields), periods=[2026], final_years=years)
    assert solved(document, solver).total_cost == near(total)


# ---------------------------------------------------------------- diversify


def three_sellers(*policies: Document, wanted: Any = 100, **parts: Any) -> Document:
    """Two Chinese sellers of 50 t at 5 and at 6, and an Australian one of 100 t at 20."""
    return {
        "suppliers": [
            supplier("one", "CN", 5, capacity=50),
            supplier("two", "CN", 6, capacity=50),
            supplier("three", "AU", 20, capacity=100),
        ],
        "demands": [demand(wanted)],
        "policies": list(policies),
        **parts,
    }


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"of": "suppliers", "max": 2}, 50 * 5 + 50 * 6),
        ({"of": "suppliers", "max": 1}, 100 * 20),
        ({"of": "countries", "max": 1}, 50 * 5 + 50 * 6),
        ({"of": "suppliers", "max": 1, "penalty": 40}, 50 * 5 + 50 * 6 + 40),
        ({"of": "suppliers", "min": 3, "smallest": 0.1}, 50 * 5 + 40 * 6 + 10 * 20),
        ({"of": "suppliers", "min": 3, "smallest": 0.3}, 40 * 5 + 30 * 6 + 30 * 20),
        ({"of": "suppliers", "min": 3, "smallest": 0.3, "penalty": 40}, 50 * 5 + 50 * 6 + 40),
        ({"of": "suppliers", "min": 2, "smallest": 0.5}, 50 * 5 + 50 * 6),
        ({"of": "countries", "min": 2, "smallest": 0.25}, 50 * 5 + 25 * 6 + 25 * 20),
        ({"of": "countries", "min": 2, "max": 2, "smallest": 0.25}, 50 * 5 + 25 * 6 + 25 * 20),
        ({"of": "suppliers", "max": 1, "materials": ["oxide"]}, 100 * 20),
        ({"of": "countries", "min": 2, "smallest": 0.25, "places": ["US"]}, 50 * 5 + 50 * 6),
    ],
)
def test_how_many_sources(solver: str, fields: Document, total: float) -> None:
    """At most so many with anything at all, at least so many with a share worth the name."""
    # nobody buys in the US, so that a rule for it has nothing to count
    document = three_sellers(rule("diversify", **fields))
    document["demands"].append(demand(0, "US"))
    assert solved(document, solver).total_cost == near(total)


@pytest.mark.parametrize(("of", "number"), [("suppliers", 2), ("countries", 1)])
def test_sources_are_numbered(solver: str, of: str, number: int) -> None:
    """Two suppliers, one country."""
    plan = solved(three_sellers(rule("diversify", of=of, max=2)), solver)
    record = record_of(plan, "rule", of)
    assert (record.part, record.achieved, record.max) == near((number, number, 2))
    assert (record.material, record.unit, record.whole) == ("oxide", of, None)


def test_no_sources_for_nothing(solver: str) -> None:
    """Where nothing is bought, no number of sources is asked for."""
    fields = {"of": "suppliers", "min": 3, "max": 3, "smallest": 0.3}
    document = three_sellers(rule("diversify", **fields), wanted=[0, 100], periods=[2026, 2027], discount_rate=0)
    assert solved(document, solver).total_cost == near(40 * 5 + 30 * 6 + 30 * 20)


def test_countries_are_counted_where_it_arrives(solver: str) -> None:
    """Japan must have two countries of origin, a third of its 60 t each at least; the US need not."""
    document = three_sellers(rule("diversify", of="countries", min=2, smallest=1 / 3, places=["JP"]))
    document["demands"] = [demand(60), demand(40, "US")]
    assert solved(document, solver).total_cost == near(50 * 5 + 30 * 6 + 20 * 20)


def test_the_country_of_origin_is_where_it_was_made(solver: str) -> None:
    """Oxide refined in Malaysia from Australian ore is a second country beside China; ore is not counted there."""
    document = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("chinese", "CN", 5, capacity=200), supplier("mine", "AU", 10, "ore", capacity=200)],
        "plants": [refinery("works", "MY", 2, capacity=200)],
        "demands": [demand(100)],
        "policies": [rule("diversify", of="countries", min=2, smallest=0.25, materials=["oxide"])],
    }
    assert solved(document, solver).total_cost == near(75 * 5 + 25 * 12)


def test_each_material_has_its_own_number(solver: str) -> None:
    """One supplier for oxide and one for metal, though they are not the same."""
    document = {
        "materials": tonnes("oxide", "metal"),
        "suppliers": [
            supplier("oxide_one", "CN", 5, capacity=50),
            supplier("oxide_two", "AU", 8, capacity=100),
            supplier("metal_one", "CN", 7, "metal", capacity=30),
            supplier("metal_two", "AU", 9, "metal", capacity=100),
        ],
        "demands": [demand(100), demand(40, "US", "metal")],
        "policies": [rule("diversify", of="suppliers", max=1)],
    }
    assert solved(document, solver).total_cost == near(100 * 8 + 40 * 9)
    document["policies"][0]["materials"] = ["metal"]
    assert solved(document, solver).total_cost == near(50 * 5 + 50 * 8 + 40 * 9)


# ---------------------------------------------------------------- shipments


def quota(**fields: Any) -> Document:
    return rule("quantity", measure="shipments", **fields)


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"from": "CN", "to": "JP", "max": 30}, 30 * 5 + 30 * 8 + 40 * 5),
        ({"from": "CN", "max": 30}, 30 * 5 + 70 * 8),
        ({"from": "CN", "to": "*", "max": 30}, 30 * 5 + 70 * 8),
        ({"from": ["CN"], "to": ["JP", "US"], "max": 30}, 30 * 5 + 70 * 8),
        ({"to": "west", "countries": ["CN"], "max": 30}, 60 * 5 + 30 * 5 + 10 * 8),
        ({"to": "west", "max": 40}, 100 * 5),
        ({"from": "AU", "to": "JP", "min": 20, "materials": ["oxide"]}, 20 * 8 + 80 * 5),
        ({"from": "CN", "to": "JP", "max": 30, "penalty": 2}, 100 * 5 + 30 * 2),
        ({"from": "CN", "to": "JP", "max": 30, "penalty": 4}, 30 * 5 + 30 * 8 + 40 * 5),
        ({"from": "CN", "to": "JP", "max": 30, "materials": ["metal"]}, 100 * 5),
    ],
)
def test_an_export_quota(solver: str, fields: Document, total: float) -> None:
    """What leaves for somewhere, in tonnes: 60 t are wanted in JP and 40 t in the US."""
    document = two_sellers(quota(**fields), groups={"west": ["US", "CA"]}, materials=tonnes("oxide", "metal"))
    document["demands"] = [demand(60), demand(40, "US")]
    assert solved(document, solver).total_cost == near(total)


def test_a_quota_is_of_what_leaves(solver: str) -> None:
    """A fifth is lost: 30 t leave and 24 arrive."""
    document = two_sellers(quota(**{"from": "CN", "max": 30}), lanes=[{"from": "CN", "to": "JP", "loss": 0.2}])
    plan = solved(document, solver)
    assert plan.total_cost == near(30 * 5 + 76 * 8)
    record = record_of(plan, "rule", "shipments")
    assert (record.part, record.achieved, record.max) == near((30, 30, 30))
    assert (record.whole, record.unit, record.binding) == (None, "t", True)


@pytest.mark.parametrize(
    ("ends", "total"),
    [
        ({"from": "CN"}, 20 * 5 + 5 * 5 + 55 * 8),  # domestic moves are not meant
        ({"from": "CN", "to": ["CN", "JP"]}, 5 * 5 + 75 * 8),
        ({"from": "CN", "to": "CN"}, 5 * 5 + 15 * 8 + 60 * 5),
        ({"from": "asia", "to": "asia"}, 20 * 5 + 5 * 5 + 55 * 8),
    ],
)
def test_a_quota_and_domestic_moves(solver: str, ends: Document, total: float) -> None:
    """As of a lane: a move within China counts only where both ends name it. 20 t are wanted there, 60 t in JP."""
    document = two_sellers(quota(max=5, **ends), groups={"asia": ["CN", "JP"]})
    document["demands"] = [demand(20, "CN"), demand(60)]
    assert solved(document, solver).total_cost == near(total)


def test_a_quota_over_the_horizon(solver: str) -> None:
    """30 t a year for one year and three are 120 t: 100 in the year in which they save 15, 20 in the others."""
    document = two_sellers(
        quota(**{"from": "CN", "max": 30, "across": ["periods"]}), periods=[2026, 2027], final_years=3, discount_rate=0
    )
    document["suppliers"][1]["unit_cost"] = [20, 8]
    plan = solved(document, solver)
    assert plan.total_cost == near(100 * 5 + 20 * 5 + 280 * 8)
    record = record_of(plan, "rule", "shipments")
    assert (record.part, record.max) == near((120, 120))


# ---------------------------------------------------------------- capacity


def to_have(*policies: Document, recipe: Document | None = None, wanted: float = 100, **more: Any) -> Document:
    """A German refinery of 10 t that could grow for 1 a year and tonne; the import (5) is cheaper than running it."""
    works = plant("works", "DE", 20, {}, {"oxide": 1}, capacity=10, build={"unit_capex": 10, "life": 10})
    works["recipes"][0] |= recipe or {}
    works |= more
    return {
        "discount_rate": 0,
        "suppliers": [supplier("import", "CN", 5, stage="mining")],
        "plants": [works],
        "demands": [demand(wanted, "FR")],
        "policies": list(policies),
    }


def able(**fields: Any) -> Document:
    return rule("share", measure="capacity", **{"countries": ["DE", "FR"], "stages": ["refining"], **fields})


@pytest.mark.parametrize(
    ("parts", "built"),
    [
        ({}, 30),
        # half a tonne for each of two units of capacity used: 160 for 40
        ({"recipe": {"outputs": {"oxide": 0.5}, "capacity_use": 2}}, 150),
        ({"build": {"unit_capex": 10, "life": 10, "max": 500}, "capacity": 0}, 40),
        ({"capacity": 40}, 0),
        ({"wanted": 25}, 0),
        ({"wanted": 0}, 0),
    ],
)
def test_capacity_to_refine_what_is_consumed(solver: str, parts: Document, built: float) -> None:
    """40 % of consumption could be refined at home, whether it is or not."""
    plan = solved(to_have(able(min=0.4), **parts), solver)
    assert [build.capacity for build in plan.builds] == near([built] if built else [])
    assert plan.total_cost == near(parts.get("wanted", 100) * 5 + built * 1)
    assert plan.production == []


def test_the_best_recipe_counts(solver: str) -> None:
    """The plant could make 0.5 or 0.8 a unit of capacity: 50 units for 40 t."""
    document = to_have(able(min=0.4))
    outputs = [{"oxide": 0.5}, {"oxide": 1.6}]
    document["plants"][0]["recipes"] = [
        {"id": f"r{number}", "outputs": output, "unit_cost": 20, "capacity_use": number + 1}
        for number, output in enumerate(outputs)
    ]
    plan = solved(document, solver)
    assert plan.total_cost == near(500 + 40)
    record = record_of(plan, "rule", "capacity")
    assert (record.part, record.whole, record.achieved, record.min) == near((40, 100, 0.4, 0.4))


def test_capacity_pooled_by_weight(solver: str) -> None:
    """Dysprosium counts ten times: 100 t and 5 t are 150; a unit of capacity makes 0.5 t and 0.05 t, which count 1."""
    document = to_have(
        able(min=0.4, across=["materials"], weight={"ndpr": 1, "dy": 10}), recipe={"outputs": {"ndpr": 0.5, "dy": 0.05}}
    )
    document["materials"] = tonnes("ndpr", "dy")
    document["suppliers"] = [
        supplier("ndpr", "CN", 5, "ndpr", stage="mining"),
        supplier("dy", "CN", 60, "dy", stage="mining"),
    ]
    document["demands"] = [demand(100, "FR", "ndpr"), demand(5, "DE", "dy")]
    plan = solved(document, solver)
    # 60 units of capacity, of which 10 exist
    assert plan.total_cost == near(100 * 5 + 5 * 60 + 50)
    record = record_of(plan, "rule", "capacity")
    assert (record.part, record.whole) == near((60, 150))
    # apart, each material has its own ratio: 80 units for 40 t of NdPr, 40 for 2 t of dysprosium
    document["policies"] = [able(min=0.4)]
    assert solved(document, solver).total_cost == near(100 * 5 + 5 * 60 + 70)


@pytest.mark.parametrize(
    ("fields", "built"),
    [
        ({"materials": ["oxide"]}, 30),
        ({"places": ["FR"]}, 30),
        ({"places": ["DE"]}, 0),  # nothing is consumed there: no ratio
        ({"demands": ["fr"]}, 30),
        ({"stages": ["mining"]}, None),  # no mine in these countries, and nothing to build
        ({"countries": ["FR"]}, None),
        ({"max": 0.2, "min": 0}, 0),
        ({"by": "owner"}, None),
        ({"by": "owner", "countries": ["US"]}, 30),
        ({"penalty": 0.5}, 0),  # half of 1 a year
        ({"penalty": 2}, 30),
    ],
)
def test_the_scope_of_capacity(solver: str, fields: Document, built: float | None) -> None:
    """Whose, at which stage, and over whose consumption. The refinery stands in Germany and belongs to the US."""
    document = to_have(able(**{"min": 0.4, **fields}), owner="US")
    if built is None:
        refused(document, solver)
        return
    plan = solved(document, solver)
    beyond = 30 * 0.5 if fields.get("penalty") == 0.5 else 0
    assert plan.total_cost == near(500 + built * 1 + beyond)


def test_a_cap_on_capacity_limits_what_is_built(solver: str) -> None:
    """A Chinese refinery at 2 + 1 would take all of 100 t; half of it is allowed."""
    document = to_have(rule("share", measure="capacity", countries=["CN"], stages=["refining"], max=0.5))
    document["plants"] = [plant("works", "CN", 2, {}, {"oxide": 1}, build={"unit_capex": 10, "life": 10})]
    assert solved(document, solver).total_cost == near(50 * 3 + 50 * 5)


def test_capacity_of_suppliers_and_recyclers(solver: str) -> None:
    """A mine of 20 t and a recycler of 10 t are 30 % of 100 t; the mine must grow by 10 t for 40 %."""
    document = {
        "discount_rate": 0,
        "suppliers": [
            supplier("import", "CN", 5, stage="mining"),
            supplier("mine", "DE", 50, stage="mining", capacity=20, build={"unit_capex": 10, "life": 10}),
        ],
        "recyclers": [
            {"id": "urban", "country": "FR", "material": "oxide", "scrap": 1, "capacity": 10, "unit_cost": 50}
        ],
        "demands": [demand(100, "FR")],
        "policies": [able(min=0.4, stages=["mining", "recycling"])],
    }
    assert solved(document, solver).total_cost == near(500 + 10)


def test_capacity_counts_in_its_years_and_before_its_ramp(solver: str) -> None:
    """What is ordered for 2027 counts in full from its first year, at half of what it can make."""
    document = to_have(able(min=0.4), until_year=2026)
    document |= {"periods": [2026, 2027], "policies": [able(min=[0.1, 0.4])]}
    document["plants"][0]["build"] |= {"ramp_up": [0.5]}
    plan = solved(document, solver)
    assert plan.total_cost == near(2 * 500 + 40)
    assert [(build.ordered, build.capacity) for build in plan.builds] == [(2027, near(40))]


def test_outlets_are_consumption(solver: str) -> None:
    """An outlet of 50 t, delivered or not, counts: 60 t of capacity for 150 t."""
    document = to_have(able(min=0.4))
    document["demands"].append({"id": "outlet", "country": "DE", "material": "oxide", "quantity": 50, "sale_price": 1})
    assert solved(document, solver).total_cost == near(500 + 50)


# ---------------------------------------------------------------- by owner


@pytest.mark.parametrize(("by", "total"), [("location", 100 * 5), ("owner", 40 * 5 + 60 * 8)])
@pytest.mark.parametrize("at", ["seller", "place", "both"])
def test_supply_by_owner(solver: str, by: str, at: str, total: float) -> None:
    """A mine in Australia that belongs to China, by itself or with its place; its own owner goes before the place's."""
    place = {"id": "pit", "country": "AU", "owner": {"place": "CN", "both": "US"}.get(at, "AU")}
    cheap = {"id": "cheap", "place": "pit", "material": "oxide", "unit_cost": 5}
    if at != "place":
        cheap["owner"] = "CN"
    document = {
        "places": [place],
        "suppliers": [cheap, supplier("dear", "AU", 8)],
        "demands": [demand(100)],
        "policies": [rule("share", countries=["CN"], max=0.4, by=by)],
    }
    plan = solved(document, solver)
    assert plan.total_cost == near(total)
    assert record_of(plan, "rule", "supply").achieved == near(0.4 if by == "owner" else 0)


@pytest.mark.parametrize(("by", "total"), [("location", 100 * 11), ("owner", 40 * 11 + 60 * 15)])
def test_production_by_owner(solver: str, by: str, total: float) -> None:
    """A Malaysian refinery that belongs to China makes at most 40 % of what is refined."""
    document = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("mine", "AU", 10, "ore", stage="mining")],
        "plants": [refinery("theirs", "MY", 1, owner="CN"), refinery("own", "MY", 5)],
        "demands": [demand(100)],
        "policies": [rule("share", measure="production", stages=["refining"], countries=["CN"], max=0.4, by=by)],
    }
    assert solved(document, solver).total_cost == near(total)


@pytest.mark.parametrize(
    ("by", "spared", "total"),
    [
        # both mines are Australian; of two owners each has at most 60 %
        ("location", {}, None),
        ("owner", {}, 60 * 5 + 40 * 8),
        ("owner", {"except": ["CN"]}, 100 * 5),
        ("location", {"except": ["AU"]}, 100 * 5),
    ],
)
def test_each_owner_on_its_own(solver: str, by: str, spared: Document, total: float | None) -> None:
    """`each` goes over the owners where flows are told apart by owner."""
    document = two_sellers(rule("share", each=True, max=0.6, by=by, **spared))
    document["suppliers"] = [supplier("theirs", "AU", 5, owner="CN"), supplier("own", "AU", 8)]
    if total is None:
        refused(document, solver)
        return
    assert solved(document, solver).total_cost == near(total)


def test_a_quota_by_owner(solver: str) -> None:
    """What belongs to China leaves Australia up to 30 t."""
    document = two_sellers(quota(**{"from": "AU", "countries": ["CN"], "by": "owner", "max": 30}))
    document["suppliers"] = [supplier("theirs", "AU", 5, owner="CN"), supplier("own", "AU", 8)]
    plan = solved(document, solver)
    assert bought(plan) == near({"theirs": 30, "own": 70})


# ---------------------------------------------------------------- each and except, priced rules


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"max": 0.5}, 50 * 3 + 50 * 5),
        ({"max": 0.5, "except": ["JP"]}, 100 * 3),
        ({"max": 0.5, "except": ["partners"]}, 100 * 3),
        ({"max": 0.25, "except": ["AU"]}, 25 * 3 + 25 * 5 + 50 * 8),
        ({"max": 0.4, "countries": ["JP", "CN"]}, 40 * 3 + 40 * 5 + 20 * 8),
        ({"max": 0.5, "penalty": 1}, 100 * 3 + 50 * 1),
        ({"max": 0.5, "penalty": 3}, 50 * 3 + 50 * 5),
        # each of the three beyond nothing at a price: none differs
        ({"max": 0, "penalty": 1}, 100 * 3 + 100 * 1),
    ],
)
def test_no_country_above_a_share(solver: str, fields: Document, total: float) -> None:
    """JP at 3, CN at 5, AU at 8: each bounded alone, but for those that are spared."""
    document = two_sellers(rule("share", each=True, **fields), groups={"partners": ["JP", "US"]})
    document["suppliers"].append(supplier("domestic", "JP", 3))
    assert solved(document, solver).total_cost == near(total)


@pytest.mark.parametrize("measure", ["supply", "production"])
@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"min": 10}, None),
        ({"min": 10, "except": ["JP", "US"]}, 100 * 5),
        ({"min": 10, "countries": ["CN"]}, 100 * 5),
        # ten tonnes each of Japan, where only demand is, and of the United States, where only a place is
        ({"min": 10, "penalty": 2}, 100 * 5 + 2 * 10 * 2),
        ({"min": 10, "max": 200, "penalty": 2}, 100 * 5 + 2 * 10 * 2),
        ({"max": 200}, 100 * 5),
    ],
)
def test_a_floor_is_on_countries_that_make_nothing_too(
    solver: str, measure: str, fields: Document, total: float | None
) -> None:
    """CN at 5 alone makes anything; every country in the problem is every one."""
    document = {
        "materials": tonnes("oxide"),
        "places": [{"id": "dock", "country": "US"}],
        "suppliers": [supplier("theirs", "CN", 5)],
        "demands": [demand(100)],
        "policies": [rule("quantity", measure=measure, each=True, **fields)],
    }
    if total is None:
        refused(document, solver)
        return
    assert solved(document, solver).total_cost == near(total)


# ---------------------------------------------------------------- one with another


def test_countries_are_counted_where_stock_is_filled_too(solver: str) -> None:
    """100 t for a port and 20 t for the stock that serves it: 60 t from each of two countries."""
    document = two_sellers(
        rule("diversify", of="countries", min=2, smallest=0.5, places=["port"]),
        places=[{"id": "port", "country": "JP"}],
        demands=[{"id": "jp", "place": "port", "material": "oxide", "quantity": 100}],
        stockpiles=[{"country": "JP", "material": "oxide", "final": 20}],
    )
    for seller in document["suppliers"]:
        seller["capacity"] = 200
    assert solved(document, solver).total_cost == near(60 * 5 + 60 * 8)


@pytest.mark.parametrize(
    ("document", "price", "per"),
    [
        (emitting(rule("footprint", of="co2e_t", max=600)), 3 / 8, "co2e_t"),
        (two_sellers(quota(**{"from": "CN", "max": 30})), 3, "t"),
        # a unit of money more in 2026 buys 0.1 t, which saves 17 a tonne in that year
        (to_build(rule("budget", max=[500, 5000])), 1.7, "USD"),
    ],
)
def test_what_the_last_unit_of_a_rule_is_worth(solver: str, document: Document, price: float, per: str) -> None:
    """A year's saving for one more unit of room, said in words."""
    plan = solved(document, solver)
    (limit,) = [limit for limit in plan.limits if limit.on == "rule"]
    assert limit.price == near(price)
    assert per in limit.per
    assert limit.text


@pytest.mark.parametrize(("spared", "total"), [({}, 30 * 5 + 30 * 8 + 20 * 9), ({"except": ["AU"]}, 30 * 5 + 50 * 8)])
def test_a_quota_for_each_country(solver: str, spared: Document, total: float) -> None:
    """30 t from every country on its own, or from every other one."""
    document = two_sellers(quota(to="JP", each=True, max=30, **spared), demands=[demand(80)])
    document["suppliers"].append(supplier("malaysian", "MY", 9))
    assert solved(document, solver).total_cost == near(total)


@pytest.mark.parametrize(
    ("spared", "total"),
    [({}, 50 * 1 + 50 * 5), ({"except": ["CN"]}, 100 * 1), ({"places": ["US"]}, 20 * 1 + 20 * 5 + 60 * 9)],
)
def test_no_country_refines_more_than_half_of_what_is_consumed(solver: str, spared: Document, total: float) -> None:
    """The benchmark of the raw materials act: each country's output over consumption, in JP or, of 40 t, in the US."""
    document = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("mine", "AU", 0, "ore", stage="mining")],
        "plants": [refinery("chinese", "CN", 1), refinery("malaysian", "MY", 5), refinery("australian", "AU", 9)],
        "demands": [demand(100)],
        "policies": [
            rule("share", measure="production", stages=["refining"], of="consumption", each=True, max=0.5, **spared)
        ],
    }
    if "places" in spared:
        document["demands"] = [demand(60), demand(40, "US")]
        # half of 40 t for China and for Malaysia; the rest is not bound by it only if it is spared
        document["policies"][0]["except"] = ["AU"]
    assert solved(document, solver).total_cost == near(total)

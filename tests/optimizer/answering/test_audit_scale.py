"""The audit of scale, decisions, returns, outlets and joint lanes, against plans worked out on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.optimizer.answering.paper import (
    Data,
    buy,
    changed,
    changed_problem,
    checks,
    china,
    deliver,
    priced,
    refused,
    run,
    ship,
    times,
    without,
)

ND = {"id": "nd", "unit": "t"}
YEAR = {1: (1, 1.0)}


def japan(quantity: float | list[float]) -> Data:
    return {"id": "japan", "country": "JP", "material": "nd", "quantity": quantity}


def discount() -> tuple[Data, Data]:
    """80 t, all at the 8 of the tier that they reach, and 50 for buying at all; at least 70 if any, 200 in all."""
    problem = {
        "materials": [ND],
        "suppliers": [
            {"id": "au", "country": "AU", "material": "nd", "all_units": True, "fixed_cost": 50}
            | {"tiers": [{"up_to": 60, "unit_cost": 10}, {"up_to": 100, "unit_cost": 8}]}
            | {"minimum_order": 70, "reserve": 200},
            {"id": "us", "country": "US", "material": "nd", "unit_cost": 20, "capacity": 10, "fixed_cost": 1},
        ],
        "demands": [japan(80)],
    }
    return problem, priced(
        [("purchases", 1, "AU", "supplier", "au", 640), ("fixed", 1, "AU", "supplier", "au", 50)],
        YEAR,
        purchases=[buy("au", "AU", "nd", 80, 640)],
        shipments=[ship("nd", "AU", "JP", 80)],
        deliveries=[deliver("japan", "JP", "nd", 80)],
        shares=china("nd", 1, (0, 80), (0, 80)),
    )


def growth() -> tuple[Data, Data]:
    """Two periods of two years. What exists makes 0.5 and 0.75 of 100 t in its first years: 62.5, then 100.

    The mine's own build: 40 t of a curve from 20 t at 400 to 60 t at 800, so 600, half of it paid by others: over ten
    years without interest 30 a year. A new mine of 50 t, one of two sizes, for 1,000: 100 a year; it makes 0.6 in its
    first year, so 40 and then 50, and all that it can. Spent in 2026: 300 + 1,000.
    """
    problem = {
        "periods": [2026, 2028],
        "discount_rate": 0,
        "materials": [ND],
        "suppliers": [
            {"id": "old", "country": "AU", "material": "nd", "unit_cost": 1, "capacity": 100}
            | {"from_year": 2026, "ramp_up": [0.5, 0.75]}
            | {
                "build": [
                    {"unit_capex": 1, "life": 10, "max": 5},
                    {"curve": [{"capacity": 20, "capex": 400}, {"capacity": 60, "capex": 800}]}
                    | {"life": 10, "grant": 0.5},
                ]
            },
            {"id": "new", "country": "US", "material": "nd", "unit_cost": 1}
            | {
                "build": {"sizes": [{"capacity": 50, "capex": 1000}, {"capacity": 100, "capex": 1500}]}
                | {"life": 10, "ramp_up": [0.6], "committed": True, "minimum_utilisation": 1}
            },
        ],
        "demands": [japan([142.5, 190])],
        "policies": [{"id": "purse", "type": "budget", "max": [1300, 100]}],
    }
    charges = []
    for year, old, new in ((2026, 102.5, 40), (2028, 140, 50)):
        charges += [
            ("purchases", year, "AU", "supplier", "old", old),
            ("purchases", year, "US", "supplier", "new", new),
            ("capital", year, "AU", "supplier", "old", 30),
            ("capital", year, "US", "supplier", "new", 100),
        ]
    order = {"unit": "t", "ordered": 2026, "on_stream": 2026, "until": 2036}
    purse = {"policy": "purse", "countries": [], "material": None, "measure": "budget", "whole": None}
    return problem, priced(
        charges,
        {2026: (2, 2.0), 2028: (2, 2.0)},
        purchases=[
            buy("old", "AU", "nd", 102.5, 102.5, 2026),
            buy("new", "US", "nd", 40, 40, 2026),
            buy("old", "AU", "nd", 140, 140, 2028),
            buy("new", "US", "nd", 50, 50, 2028),
        ],
        builds=[
            {"on": "old", "build": 1, "country": "AU", "capacity": 40, "capex": 600, "grant": 300} | order,
            {"on": "new", "build": 0, "country": "US", "capacity": 50, "capex": 1000, "grant": 0} | order,
        ],
        shipments=[
            ship("nd", start, "JP", amount, year)
            for year, amounts in ((2026, (102.5, 40)), (2028, (140, 50)))
            for start, amount in zip(("AU", "US"), amounts, strict=True)
        ],
        deliveries=[deliver("japan", "JP", "nd", 142.5, 2026), deliver("japan", "JP", "nd", 190, 2028)],
        shares=[
            {**purse, "period": 2026, "part": 1300, "achieved": 1300, "max": 1300, "margin": 0, "binding": True},
            {**purse, "period": 2028, "part": 0, "achieved": 0, "max": 100, "margin": 100},
            *china("nd", 2026, (0, 142.5), (0, 142.5)),
            *china("nd", 2028, (0, 190), (0, 190)),
        ],
    )


def leftover() -> tuple[Data, Data]:
    """30 t of la beside 10 of nd, of which 18 are left at a plant that fetches 2 for each, whatever la is worth."""
    problem = {
        "materials": [
            {"id": "ore", "unit": "t"},
            {"id": "nd", "unit": "t", "surplus": "forbidden"},
            {"id": "la", "unit": "t", "surplus": "forbidden", "surplus_max": 0},
        ],
        "suppliers": [{"id": "mine", "country": "CN", "material": "ore", "unit_cost": 0}],
        "plants": [
            {"id": "split", "country": "CN", "capacity": 20, "surplus": 2, "surplus_max": 18}
            | {"recipes": [{"id": "main", "inputs": {"ore": 1}, "outputs": {"nd": 1, "la": 3}}]}
        ],
        "demands": [japan(10), {"id": "glass", "country": "JP", "material": "la", "quantity": 12}],
    }
    return problem, priced(
        [("surplus", 1, "CN", "surplus", "CN", -36)],
        YEAR,
        purchases=[buy("mine", "CN", "ore", 10, 0)],
        production=[run("split", "CN", 10, {"ore": 10}, {"nd": 10, "la": 30}, 0)],
        shipments=[
            ship("ore", "CN", "CN", 10),
            ship("nd", "CN", "JP", 10, stage="refining"),
            ship("la", "CN", "JP", 12, stage="refining"),
        ],
        surpluses=[
            {"material": "la", "from": "CN", "owner": "CN", "stage": "refining", "period": 1}
            | {"quantity": 18, "unit": "t", "cost": -36}
        ],
        deliveries=[deliver("japan", "JP", "nd", 10), deliver("glass", "JP", "la", 12)],
        shares=[
            *china("ore", 1, None, (10, 10)),
            *china("nd", 1, (10, 10), (10, 10)),
            *china("la", 1, (12, 12), (12, 12)),
        ],
    )


def returns() -> tuple[Data, Data]:
    """What was delivered a year before comes back: of 2026 and 2027 half the 100 t, of 2028 and 2029 (100 + 120) / 2.

    In 2026 `a` gets what 30 t leave, 0.2 each: 6 beside the 10 there are, of which it collects half, 8, and recovers
    half of that, 4. `b` gets what 20 t leave, 0.4 each: 8, of which it must collect half, 4. In 2028 `a` gets all, 22,
    collects half of 32 and recovers 8.
    """
    back = {"demand": "japan", "after_years": 1}
    problem = {
        "periods": [2026, 2028],
        "discount_rate": 0,
        "materials": [ND],
        "suppliers": [{"id": "au", "country": "AU", "material": "nd", "unit_cost": 10}],
        "recyclers": [
            {"id": "a", "country": "JP", "material": "nd", "scrap": 10, "returns": [{**back, "scrap_per_unit": 0.2}]}
            | {"collection_rate": 0.5, "minimum_collection_rate": 0.25, "recovery": 0.5},
            {"id": "b", "country": "JP", "material": "nd", "returns": [{**back, "scrap_per_unit": 0.4}]}
            | {"minimum_collection_rate": 0.5},
        ],
        "demands": [japan([100, 120])],
    }

    def recycle(name: str, period: int, scrap: float, amount: float, returned: float) -> Data:
        line = {"recycler": name, "country": "JP", "material": "nd", "period": period, "scrap": scrap, "unit": "t"}
        return {**line, "quantity": amount, "cost": 0, "returned": [{**back, "scrap": returned}]}

    return problem, priced(
        [("purchases", 2026, "AU", "supplier", "au", 920), ("purchases", 2028, "AU", "supplier", "au", 1120)],
        {2026: (2, 2.0), 2028: (2, 2.0)},
        purchases=[buy("au", "AU", "nd", 92, 920, 2026), buy("au", "AU", "nd", 112, 1120, 2028)],
        recycling=[recycle("a", 2026, 8, 4, 6), recycle("b", 2026, 4, 4, 8), recycle("a", 2028, 16, 8, 22)],
        shipments=[
            ship("nd", "AU", "JP", 92, 2026),
            ship("nd", "JP", "JP", 8, 2026, stage="recycling"),
            ship("nd", "AU", "JP", 112, 2028),
            ship("nd", "JP", "JP", 8, 2028, stage="recycling"),
        ],
        deliveries=[deliver("japan", "JP", "nd", 100, 2026), deliver("japan", "JP", "nd", 120, 2028)],
        shares=[*china("nd", 2026, (0, 100), (0, 100)), *china("nd", 2028, (0, 120), (0, 120))],
    )


def outlet() -> tuple[Data, Data]:
    """30 t sold at 15 to an outlet that would take 50, bought at 10."""
    problem = {
        "materials": [ND],
        "suppliers": [{"id": "au", "country": "AU", "material": "nd", "unit_cost": 10, "capacity": 30}],
        "demands": [{"id": "spot", "country": "JP", "material": "nd", "quantity": 50, "sale_price": 15}],
    }
    return problem, priced(
        [("purchases", 1, "AU", "supplier", "au", 300), ("sales", 1, "JP", "demand", "spot", -450)],
        YEAR,
        purchases=[buy("au", "AU", "nd", 30, 300)],
        shipments=[ship("nd", "AU", "JP", 30)],
        deliveries=[deliver("spot", "JP", "nd", 30, revenue=450)],
        shares=china("nd", 1, (0, 30), (0, 30)),
    )


def strait() -> tuple[Data, Data]:
    """30 t from China and 20 from Russia through a strait that costs 7 a year for both, 50 from Australia for 5."""
    sellers = {"CN": 30, "RU": 20, "AU": 50}
    problem = {
        "materials": [ND],
        "suppliers": [
            {"id": country.lower(), "country": country, "material": "nd", "unit_cost": 0, "capacity": 60}
            for country in sellers
        ],
        "demands": [japan(100)],
        "lanes": [
            {"from": "*", "to": "JP", "fixed_cost": 5, "capacity": 50, "minimum": 50},
            {"id": "strait", "from": ["CN", "RU"], "to": "JP", "joint": True, "capacity": 60}
            | {"minimum": 40, "fixed_cost": 7},
        ],
    }
    return problem, priced(
        [("fixed", 1, "JP", "lane", "JP", 5), ("fixed", 1, None, "lane", "strait", 7)],
        YEAR,
        purchases=[buy(country.lower(), country, "nd", amount, 0) for country, amount in sellers.items()],
        shipments=[ship("nd", country, "JP", amount) for country, amount in sellers.items()],
        deliveries=[deliver("japan", "JP", "nd", 100)],
        shares=china("nd", 1, (30, 100), (30, 100)),
    )


CASES: list[Callable[[], tuple[Data, Data]]] = [discount, growth, leftover, returns, outlet, strait]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_right_plans_pass(case: Callable[[], tuple[Data, Data]]) -> None:
    """A plan worked out on paper has no violation in any category, down to rounding."""
    found = checks(*case())
    assert {name: check.at for name, check in found.items() if check.worst > 1e-12} == {}


@pytest.mark.parametrize(
    ("case", "changes", "category", "where"),
    [
        (discount, {"purchases.0.cost": 760}, "costs", "cost of supplier au in 1"),
        (discount, {"costs.by_category.fixed": 0}, "totals", "costs by category: fixed"),
        (growth, {"builds.0.capex": 800}, "costs", "capex of the build on old ordered in 2026"),
        (growth, {"builds.1.capex": 1500}, "costs", "capex of the build on new ordered in 2026"),
        (growth, {"builds.0.capacity": 19.9}, "builds", "first point of the curve of the build on old"),
        (growth, {"builds.0.capacity": 60.1}, "builds", "last point of the curve of the build on old"),
        (growth, {"builds.1.capacity": 51}, "builds", "none of the sizes of the build on new"),
        (growth, {"builds": without(1)}, "builds", "committed build on new, not ordered"),
        (growth, {"builds.0.build": 0}, "builds", "max of the build on old"),
        (growth, {"purchases.0.quantity": 103}, "capacities", "capacity of supplier old in 2026"),
        (growth, {"purchases.1.quantity": 40.1}, "capacities", "capacity of supplier new in 2026"),
        (growth, {"purchases.1.quantity": 39.9}, "capacities", "minimum utilisation of supplier new in 2026"),
        (growth, {"shares.0.part": 1600}, "shares", "part of policy purse in 2026"),
        (growth, {"shares.0.binding": False, "shares.1.binding": True}, "shares", "binding of policy purse in 2028"),
        (growth, {"shares": without(0)}, "shares", "missing share of policy purse in 2026"),
        (leftover, {"surpluses.0.cost": 0}, "costs", "surplus of la from CN in 1"),
        (leftover, {"surpluses.0.quantity": 18.1}, "capacities", "surplus of la at CN in 1"),
        (returns, {"recycling.0.returned.0.scrap": 6.01}, "capacities",
         "scrap returned from demand japan after 1 years in 2026"),
        (returns, {"recycling.2.returned": []}, "capacities", "scrap returned from demand japan after 1 years in 2028"),
        (returns, {"recycling.0.scrap": 8.01}, "capacities", "scrap collected by recycler a in 2026"),
        (returns, {"recycling.1.scrap": 3.99}, "capacities", "least collection of recycler b in 2026"),
        (returns, {"recycling.0.returned.0.after_years": 2}, "capacities",
         "scrap from japan after 2.0 years of recycler a in 2026, which it does not name"),
        (returns, {"recycling.0.returned": lambda lines: lines * 2}, "capacities",
         "scrap returned twice of recycler a in 2026"),
        (returns, {"recycling.0.returned.0.scrap": -6}, "capacities", "2026"),
        (outlet, {"deliveries.0.revenue": 300}, "costs", "revenue from demand spot in 1"),
        (outlet, {"deliveries.0.shortage": 20}, "balances", "shortage of the outlet spot in 1"),
        (outlet, {"costs.by_category.sales": 450}, "totals", "costs by category: sales"),
        (strait, {"costs.by_facility.1.id": "lane 2"}, "totals", "costs by facility: lane strait"),
        (strait, {"shipments.0.quantity": 40.1}, "capacities", "joint capacity of strait in 1"),
        (strait, {"shipments.0.quantity": 19.9}, "capacities", "joint minimum of strait in 1"),
        (strait, {"shipments.2.quantity": 50.1}, "capacities", "capacity of the lane for nd from AU to JP in 1"),
        (strait, {"shipments.2.quantity": 49.9}, "capacities", "minimum of the lane for nd from AU to JP in 1"),
    ],
)  # fmt: skip
def test_one_wrong_entry_is_refused(
    case: Callable[[], tuple[Data, Data]], changes: Data, category: str, where: str
) -> None:
    """One entry of a right plan changed is a violation of its category, named in the user's own ids."""
    problem, answer = case()
    found = refused(checks(problem, changed(answer, changes)))
    assert where in found.get(category, f"nothing in {category}")


@pytest.mark.parametrize(
    ("case", "changes", "category", "where"),
    [
        (discount, {"suppliers.0.minimum_order": 80.1}, "capacities", "minimum order of supplier au in 1"),
        (discount, {"suppliers.0.reserve": 79.9}, "capacities", "reserve of supplier au"),
        (discount, {"suppliers.0.all_units": False}, "costs", "cost of supplier au in 1"),
        (discount, {"suppliers.0.fixed_cost": 51}, "totals", "fixed"),
        (growth, {"suppliers.0.reserve": 484.9}, "capacities", "reserve of supplier old"),  # 2 × 102.5 + 2 × 140
        (growth, {"suppliers.0.ramp_up": [0.5, 0.7]}, "capacities", "capacity of supplier old in 2026"),
        (growth, {"suppliers.1.build.ramp_up": [0.5]}, "capacities", "capacity of supplier new in 2026"),
        (growth, {"suppliers.1.build.ramp_up": None}, "capacities", "minimum utilisation of supplier new in 2026"),
        (growth, {"suppliers.0.build.1.grant": 0.4}, "costs", "grant of the build on old ordered in 2026"),
        (growth, {"suppliers.0.build.1.max_per_order": 39}, "builds", "max_per_order of the build on old"),
        (growth, {"policies.0.countries": ["US"]}, "shares", "countries of policy purse in 2026"),
        (leftover, {"plants.0.surplus_max": 17.9}, "capacities", "surplus of la at CN in 1"),
        (leftover, {"plants.0.surplus_max": None}, "capacities", "surplus of la in 1"),
        (leftover, {"plants.0.surplus": 3}, "costs", "surplus of la from CN in 1"),
        (leftover, {"plants.0.surplus": None}, "capacities", "forbidden surplus of la at CN in 1"),
        (returns, {"recyclers.0.returns.0.scrap_per_unit": 0.3}, "capacities",
         "scrap returned from demand japan after 1 years in 20"),
        (returns, {"recyclers.1.minimum_collection_rate": 0.6}, "capacities", "least collection of recycler b in 2026"),
        (returns, {"recyclers.1.scrap": 1}, "capacities", "least collection of recycler b in 2028"),
        (returns, {"recyclers.0.collection_rate": 0.4}, "capacities", "scrap collected by recycler a in 20"),
        (returns, {"recyclers.1.until_year": 2025}, "capacities", "2026"),
        (outlet, {"demands.0.quantity": 29.9}, "balances", "quantity of the outlet spot in 1"),
        (outlet, {"demands.0.sale_price": 16}, "costs", "revenue from demand spot in 1"),
        (strait, {"lanes.1.capacity": 49.9}, "capacities", "joint capacity of strait in 1"),
        (strait, {"lanes.1.minimum": 50.1}, "capacities", "joint minimum of strait in 1"),
        (strait, {"lanes.1.joint": False}, "totals", "fixed"),
        (strait, {"lanes.1.id": None}, "totals", "costs by facility: lane"),
        (strait, {"lanes.0.fixed_cost": 6}, "totals", "fixed"),
    ],
)  # fmt: skip
def test_one_other_figure_in_the_problem_is_noticed(
    case: Callable[[], tuple[Data, Data]], changes: Data, category: str, where: str
) -> None:
    """A plan that is right for one problem is refused for another that differs in one figure."""
    problem, answer = case()
    found = refused(checks(changed_problem(problem, changes), answer))
    assert where in found.get(category, f"nothing in {category}")


@pytest.mark.parametrize(("boundary", "right"), [(80, True), (80.001, False), (79.999, True)])
def test_where_two_tiers_meet_the_lower_price_holds(boundary: float, right: bool) -> None:
    """80 t at 8 are right where the dearer tier ends at 80 or before, and wrong where it goes on."""
    problem, answer = discount()
    problem["suppliers"][0]["tiers"][0]["up_to"] = boundary
    assert ("costs" not in refused(checks(problem, answer))) is right


def test_a_price_for_all_units_may_rise() -> None:
    """On the boundary of a dearer tier the price is that of the cheaper one, above it that of the dearer for all."""
    problem, answer = discount()
    problem["suppliers"][0]["tiers"] = [{"up_to": 80, "unit_cost": 8}, {"up_to": 100, "unit_cost": 9}]
    assert refused(checks(problem, answer)) == {}
    problem["suppliers"][0]["tiers"][0]["up_to"] = 79
    assert "costs" in refused(checks(problem, answer))


def test_orders_are_counted() -> None:
    """Two orders of a curve are refused unless the build says how many there may be."""
    problem, answer = growth()
    second = {**answer["builds"][0], "ordered": 2028, "on_stream": 2028, "until": 2038}
    answer["builds"].append(second)
    for orders, verdict in ((None, "yes/no build on old ordered in 2026, 2028"), (2, None)):
        problem["suppliers"][0]["build"][1]["orders"] = orders
        assert refused(checks(problem, answer)).get("builds") == verdict
    problem["suppliers"][0]["build"][1]["orders"] = 1
    assert refused(checks(problem, answer))["builds"] == "orders of the build on old: 2026, 2028"


def test_nothing_taken_costs_nothing_fixed() -> None:
    """What a solver leaves behind instead of a zero starts no fixed cost; a hundredth of a tonne does."""
    problem, answer = discount()
    for amount, verdict in ((1e-9, False), (0.01, True)):
        found = changed(answer, {
            "purchases": lambda lines, t=amount: [*lines, buy("us", "US", "nd", t, 20 * t)],
            "shipments": lambda lines, t=amount: [*lines, ship("nd", "US", "JP", t)],
        })  # fmt: skip
        assert ("fixed" in refused(checks(problem, found)).get("totals", "")) is verdict


def test_a_pooled_budget_is_one_number() -> None:
    """Over all periods 1,300 are spent, of one budget for the horizon; priced, what is beyond is spread over years."""
    problem, answer = growth()
    problem["policies"][0] |= {"across": ["periods"], "max": 1300}
    answer["shares"] = [{**answer["shares"][0], "period": None}, *answer["shares"][2:]]
    assert refused(checks(problem, answer)) == {}
    problem["policies"][0] |= {"max": 1200, "penalty": 2}
    answer["shares"][0] |= {"max": 1200, "margin": -100, "beyond": 100, "penalty": 50}  # 2 × 100 over four years
    assert "penalties" in refused(checks(problem, answer))["totals"]
    assert "shares" not in refused(checks(problem, answer))
    answer["shares"][0]["penalty"] = 200
    assert refused(checks(problem, answer))["shares"] == "penalty of policy purse over all periods"


def test_a_plan_as_large_or_small_is_measured_alike() -> None:
    """The returned scrap of a plan a millionth as large is as wrong as that of a large one."""
    problem, answer = returns()
    problem["demands"][0]["quantity"] = [100e-6, 120e-6]
    problem["recyclers"][0]["scrap"] = 10e-6
    for table, fields in (("purchases", ("quantity", "paid", "cost")), ("recycling", ("scrap", "quantity")),
                          ("shipments", ("quantity", "arrived")), ("deliveries", ("quantity",)),
                          ("shares", ("part", "whole"))):  # fmt: skip
        for line in answer[table]:
            line.update({field: line[field] * 1e-6 for field in fields})
            for entry in line.get("returned", ()):
                entry["scrap"] *= 1e-6
    assert "capacities" not in refused(checks(problem, answer))
    wrong = changed(answer, {"recycling.0.returned.0.scrap": times(1.001)})
    assert "scrap returned" in refused(checks(problem, wrong))["capacities"]

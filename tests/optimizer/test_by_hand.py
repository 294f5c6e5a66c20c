"""Plans worked out on paper: every number below is arithmetic that a reader can follow."""

from __future__ import annotations

from itertools import product
from math import pi
from typing import Any

import pytest

import oremix
from oremix import Plan

EXACT = 1e-9


@pytest.fixture(params=["highs", "cbc"])
def solver(request: pytest.FixtureRequest) -> str:
    """Every case, by two solvers that share no code."""
    return str(request.param)


def solved(problem: dict[str, Any], solver: str) -> Plan:
    """The plan of a problem that has one, with its proof."""
    plan = oremix.solve({"materials": [{"id": "oxide", "unit": "t"}], **problem}, solver=solver)
    assert plan.status == "optimal"
    assert plan.certificate.verified
    return plan


def cost(plan: Plan) -> dict[str, float]:
    return plan.costs.by_category


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=EXACT, abs=1e-7)


def test_the_first_example(solver: str) -> None:
    """A cap of 40 % on China: 2,200 t from China and 3,300 t from Australia, 348.7 m, 63,400 a tonne."""
    plan = solved(oremix.models.parse_json(oremix.example("minimal")), solver)
    assert plan.total_cost == near(348_700_000)
    assert {record.supplier: record.quantity for record in plan.purchases} == near(
        {"northern": 2_200, "mount_weld": 3_300}
    )
    assert plan.prices[0].price == near(0.4 * 55_000 + 0.6 * 69_000)
    assert plan.shares[0].achieved == near(0.4)
    assert plan.shares[0].binding
    # 1 % of 5,500 t moves from 69,000 to 55,000 a tonne
    assert plan.limits[0].price == near(55 * 14_000)
    assert (
        plan.limits[0].text
        == "one percentage point more from CN of ndpr_oxide would save USD 770,000 a year (from 0 % to 100 %)"
    )


def chain_with_everything() -> dict[str, Any]:
    return {
        "periods": [2030],
        "materials": [{"id": "concentrate", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "chinese", "country": "CN", "material": "oxide", "capacity": 5000, "unit_cost": 50},
            {"id": "mine", "country": "AU", "material": "concentrate", "unit_cost": 10},
        ],
        "plants": [
            {
                "id": "refinery",
                "country": "MY",
                "recipes": [{"id": "crack", "inputs": {"concentrate": 4}, "outputs": {"oxide": 1}, "unit_cost": 12}],
                "build": {"max": 900, "unit_capex": 100, "life": 20, "wacc": 0.08, "grant": 0.25},
            }
        ],
        "recyclers": [
            {
                "id": "urban_mine",
                "country": "JP",
                "material": "oxide",
                "scrap": 300,
                "collection_rate": 0.5,
                "collection_cost": 2,
                "recovery": 0.8,
                "unit_cost": 20,
            }
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 1000}],
        "policies": [{"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.3}],
    }


def test_a_new_plant_a_recycler_and_a_cap(solver: str) -> None:
    """Recycled metal first (22.5), China up to its cap (50), the rest from a plant built for it (52 and annuity)."""
    annuity = 100 * (1 - 0.25) * 0.08 / (1 - 1.08**-20)
    recycled, chinese = 300 * 0.5 * 0.8, 0.3 * 1000
    refined = 1000 - recycled - chinese
    plan = solved(chain_with_everything(), solver)
    assert cost(plan) == near(
        {
            "purchases": chinese * 50 + refined * 4 * 10,
            "processing": refined * 12 + recycled * 20,
            "collection": 150 * 2,
            "capital": refined * annuity,
        }
    )
    (build,) = plan.builds
    assert build.capacity == near(refined)
    assert build.capex == near(100 * refined)
    assert build.grant == near(25 * refined)
    assert (build.ordered, build.on_stream, build.until) == (2030, 2030, 2050)
    # one tonne more of demand: 0.3 from China, 0.7 refined
    assert plan.prices[0].price == near(0.3 * 50 + 0.7 * (52 + annuity))
    assert {share.country: share.total for share in plan.costs.by_country} == near(
        {
            "CN": chinese * 50,
            "AU": refined * 40,
            "MY": refined * (12 + annuity),
            "JP": 150 * 2 + recycled * 20,
        }
    )


def test_a_plant_ordered_now_makes_something_later(solver: str) -> None:
    """With a lead time of two years, what is ordered in 2026 runs in 2028; until then the dear import serves."""
    plan = solved(
        {
            "periods": [2026, 2028],
            "discount_rate": 0.05,
            "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
            "suppliers": [
                {"id": "import", "country": "CN", "material": "oxide", "unit_cost": 90},
                {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 10},
            ],
            "plants": [
                {
                    "id": "refinery",
                    "country": "AU",
                    "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 20}],
                    "build": {"unit_capex": 200, "life": 10, "lead_time": 2, "fixed_cost_per_capacity": 3},
                }
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        },
        solver,
    )
    first, second = 1 + 1 / 1.05, 1.05**-2 + 1.05**-3
    annuity = 200 * 0.05 / (1 - 1.05**-10)
    assert plan.total_cost == near(100 * 90 * first + 100 * (10 + 20 + 3 + annuity) * second)
    assert [(b.ordered, b.on_stream, b.capacity) for b in plan.builds] == [(2026, 2028, near(100))]
    assert [(p.period, p.activity) for p in plan.production] == [(2028, near(100))]
    assert cost(plan)["capital"] == near(100 * annuity * second)
    assert cost(plan)["fixed"] == near(100 * 3 * second)
    # prices are of the year itself, not discounted
    assert [price.price for price in plan.prices] == near([90, 33 + annuity])
    assert [(c.annual, c.years) for c in plan.costs.by_period] == [(near(9000), 2), (near(100 * (33 + annuity)), 2)]


def test_a_stockpile_is_filled_before_the_lane_closes(solver: str) -> None:
    """60 t bought at 10 before the ban and kept at 1 + 1 replace 60 t at 30 after it."""
    plan = solved(
        {
            "periods": [2026, 2027],
            "discount_rate": 0,
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 10},
                {"id": "australian", "country": "AU", "material": "oxide", "unit_cost": 30},
            ],
            "lanes": [{"from": "CN", "to": "JP", "closed": True, "from_year": 2027}],
            "stockpiles": [{"country": "JP", "material": "oxide", "capacity": 60, "holding_cost": 2}],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        },
        solver,
    )
    assert cost(plan) == near({"purchases": 160 * 10 + 40 * 30, "holding": 2 * (0 + 60) / 2 + 2 * (60 + 0) / 2})
    assert [(s.fill, s.draw, s.level, s.cost) for s in plan.stocks] == [
        near((60, 0, 60, 60)),
        near((0, 60, 0, 60)),
    ]
    # stock counts where and when it was acquired: China's share is 100 % of 2026's arrivals, 0 % of 2027's
    china = {share.period: share.achieved for share in plan.shares if share.measure == "supply"}
    assert china == near({2026: 1.0, 2027: 0.0})


def test_duty_and_loss_on_a_lane(solver: str) -> None:
    """80 t delivered are 100 t shipped where a fifth is lost; freight and duty are paid on the 100."""
    plan = solved(
        {
            "materials": [{"id": "oxide", "unit": "t", "price": 50}],
            "suppliers": [{"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 20}],
            "lanes": [{"from": "CN", "to": "JP", "unit_cost": 4, "duty": 0.1, "duty_per_unit": 1, "loss": 0.2}],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 80}],
        },
        solver,
    )
    assert cost(plan) == near({"purchases": 2000, "freight": 400, "duties": 100 * (0.1 * 50 + 1)})
    (shipment,) = plan.shipments
    assert (shipment.quantity, shipment.arrived) == near((100, 80))
    assert plan.prices[0].price == near((20 + 4 + 6) / 0.8)
    # freight and duty are paid where the goods arrive
    assert {c.country: c.total for c in plan.costs.by_country} == near({"CN": 2000, "JP": 1000})


@pytest.mark.parametrize(("cap", "taken", "total"), [(1.0, 60, 60 * 50 + 40 * 20), (0.4, 40, 60 * 50 + 60 * 20)])
def test_take_or_pay(solver: str, cap: float, taken: float, total: float) -> None:
    """60 t are paid for in any case; under a cap of 40 % only 40 of them may be taken, and only those count."""
    plan = solved(
        {
            "suppliers": [
                {
                    "id": "dear",
                    "country": "CN",
                    "material": "oxide",
                    "unit_cost": 50,
                    "take_or_pay": 60,
                    "capacity": 99,
                },
                {"id": "cheap", "country": "AU", "material": "oxide", "unit_cost": 20},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": cap}],
        },
        solver,
    )
    assert plan.total_cost == near(total)
    dear = next(record for record in plan.purchases if record.supplier == "dear")
    assert (dear.quantity, dear.paid, dear.cost) == near((taken, 60, 3000))
    assert plan.shares[0].achieved == near(taken / 100)


def test_take_or_pay_runs_along_the_tiers(solver: str) -> None:
    """Paid for 60 t along tiers of 10 up to 40 t and 30 beyond: 1,000, though only 50 t are wanted."""
    plan = solved(
        {
            "suppliers": [
                {
                    "id": "seller",
                    "country": "CN",
                    "material": "oxide",
                    "take_or_pay": 60,
                    "tiers": [{"up_to": 40, "unit_cost": 10}, {"up_to": 90, "unit_cost": 30}],
                }
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 50}],
        },
        solver,
    )
    assert plan.total_cost == near(40 * 10 + 20 * 30)
    assert plan.prices[0].price == near(0)


def test_an_obligation_is_cut_to_what_the_supplier_can_make(solver: str) -> None:
    """A minimum of 80 t binds at the 30 t of capacity left in 2027, and falls away with the supplier in 2028."""
    plan = solved(
        {
            "periods": [2026, 2027, 2028],
            "discount_rate": 0,
            "suppliers": [
                {
                    "id": "dear",
                    "country": "AU",
                    "material": "oxide",
                    "unit_cost": 50,
                    "minimum": 80,
                    "capacity": [100, 30, 30],
                    "until_year": 2027,
                },
                {"id": "cheap", "country": "CL", "material": "oxide", "unit_cost": 20},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        },
        solver,
    )
    bought = {record.period: record.quantity for record in plan.purchases if record.supplier == "dear"}
    assert bought == near({2026: 80, 2027: 30})
    assert plan.total_cost == near(80 * 50 + 20 * 20 + 30 * 50 + 70 * 20 + 100 * 20)


def test_a_share_of_production(solver: str) -> None:
    """Half of what is refined may be Chinese wherever it is used: 50 t at 1 and 50 t at 5."""
    plan = solved(
        {
            "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
            "suppliers": [{"id": "mine", "country": "AU", "material": "ore", "stage": "mining", "unit_cost": 0}],
            "plants": [
                {"id": plant, "country": country, "recipes": [
                    {"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": price}
                ]}
                for plant, country, price in (("chinese", "CN", 1), ("malaysian", "MY", 5))
            ],
            "demands": [
                {"id": "japan", "country": "JP", "material": "oxide", "quantity": 60},
                {"id": "china", "country": "CN", "material": "oxide", "quantity": 40},
            ],
            "policies": [
                {"id": "refining", "type": "share", "measure": "production", "stages": ["refining"],
                 "countries": ["CN"], "max": 0.5},
            ],
        },
        solver,
    )  # fmt: skip
    assert plan.total_cost == near(50 * 1 + 50 * 5)
    record = plan.shares[0]
    assert (record.part, record.whole, record.achieved) == near((50, 100, 0.5))
    assert record.binding


def test_surplus_is_no_production(solver: str) -> None:
    """What is made and thrown away does not dilute a share: the minimum of Malaysian output has to be used."""
    plan = solved(
        {
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 10},
                {"id": "malaysian", "country": "MY", "material": "oxide", "unit_cost": 30, "minimum": 80},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "lanes": [{"from": "MY", "to": "JP", "capacity": 25}],
            "policies": [
                {"id": "floor", "type": "share", "measure": "production", "countries": ["MY"], "min": 0.4, "penalty": 1}
            ],
        },
        solver,
    )
    # 80 t must be bought, 25 t can leave, 55 t are surplus and count nowhere: 25 of 100 t, 15 t short of 40 %
    assert cost(plan) == near({"purchases": 80 * 30 + 75 * 10, "penalties": 15})
    floor = plan.shares[0]
    assert (floor.part, floor.whole, floor.achieved, floor.beyond) == near((25, 100, 0.25, 15))


@pytest.mark.parametrize(("fetches", "total"), [(3, 500 + 100 * 2 - 40 * 3), (-2, 500 + 200 + 40 * 2), ("free", 700)])
def test_a_joint_product_leaves_a_surplus(solver: str, fetches: Any, total: float) -> None:
    """20 t of NdPr come with 50 t of cerium, of which 10 are sold and 40 fetch a credit or cost their disposal."""
    plan = solved(
        {
            "materials": [
                {"id": "concentrate", "unit": "t"},
                {"id": "ndpr", "unit": "t"},
                {"id": "cerium", "unit": "t", "surplus": fetches},
            ],
            "suppliers": [{"id": "mine", "country": "AU", "material": "concentrate", "unit_cost": 5}],
            "plants": [
                {"id": "separation", "country": "MY", "recipes": [
                    {"id": "r", "inputs": {"concentrate": 1}, "outputs": {"ndpr": 0.2, "cerium": 0.5}, "unit_cost": 2}
                ]}
            ],
            "demands": [
                {"id": "magnets", "country": "JP", "material": "ndpr", "quantity": 20},
                {"id": "glass", "country": "JP", "material": "cerium", "quantity": 10},
            ],
        },
        solver,
    )  # fmt: skip
    assert plan.total_cost == near(total)
    (surplus,) = [record for record in plan.surpluses if record.material == "cerium"]
    assert (surplus.from_, surplus.quantity) == ("MY", near(40))
    assert {p.demand: p.price for p in plan.prices}["magnets"] == near(
        (5 + 2 - 0.5 * (0 if fetches == "free" else fetches)) / 0.2
    )


def test_a_price_for_breaking_a_cap(solver: str) -> None:
    """Beyond 30 % each Chinese tonne costs 15 more; 10 + 15 is still below 30, so all of it is Chinese."""
    plan = solved(
        {
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 10},
                {"id": "australian", "country": "AU", "material": "oxide", "unit_cost": 30},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.3, "penalty": 15}],
        },
        solver,
    )
    assert cost(plan) == near({"purchases": 1000, "penalties": 70 * 15})
    assert (plan.shares[0].beyond, plan.shares[0].penalty, plan.shares[0].margin) == near((70, 1050, -0.7))


def test_periods_pooled_into_one_ratio(solver: str) -> None:
    """50 % over three years may be 75 % in the long cheap period and nothing in the short one."""
    plan = solved(
        {
            "periods": [2026, 2028],
            "final_years": 1,
            "discount_rate": 0,
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": [10, 29]},
                {"id": "australian", "country": "AU", "material": "oxide", "unit_cost": 30},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5, "across": ["periods"]}],
        },
        solver,
    )
    # 150 of 300 tonne-years: all of them where they save 20 rather than 1
    assert plan.total_cost == near(2 * (75 * 10 + 25 * 30) + 100 * 30)
    assert (plan.shares[0].part, plan.shares[0].whole, plan.shares[0].period) == (near(150), near(300), None)


def test_no_country_above_half_but_the_home_country(solver: str) -> None:
    """`each` bounds every country on its own, and `except` lets the home country supply what it can."""
    plan = solved(
        {
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 10},
                {"id": "chilean", "country": "CL", "material": "oxide", "unit_cost": 20},
                {"id": "japanese", "country": "JP", "material": "oxide", "unit_cost": 40, "capacity": 80},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "policies": [{"id": "spread", "type": "share", "each": True, "except": ["JP"], "max": 0.3}],
        },
        solver,
    )
    assert plan.total_cost == near(30 * 10 + 30 * 20 + 40 * 40)
    assert sorted(tuple(share.countries) for share in plan.shares if share.policy) == [("CL",), ("CN",)]


def test_a_quantity_per_year(solver: str) -> None:
    """At most 25 t a year from China, and at least 10 t made by the plant that costs most."""
    plan = solved(
        {
            "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 10},
                {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1},
            ],
            "plants": [
                {"id": plant, "country": country, "recipes": [
                    {"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": price}
                ]}
                for plant, country, price in (("old", "AU", 20), ("new", "MY", 50))
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
            "policies": [
                {"id": "quota", "type": "quantity", "countries": ["CN"], "max": 25},
                {"id": "offtake", "type": "quantity", "measure": "production", "plants": ["new"], "min": 10},
            ],
        },
        solver,
    )  # fmt: skip
    assert plan.total_cost == near(25 * 10 + 65 * 21 + 10 * 51)
    assert {share.policy: share.achieved for share in plan.shares if share.policy} == near({"quota": 25, "offtake": 10})


def test_minimum_utilisation_of_old_and_new_capacity(solver: str) -> None:
    """Half of the 40 t that exist and all of the 20 t that were built must run: 40 t, though imports are cheaper."""
    problem = {
        "periods": [2030],
        "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "import", "country": "CN", "material": "oxide", "unit_cost": 10, "capacity": 60},
            {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1},
        ],
        "plants": [
            {
                "id": "refinery",
                "country": "AU",
                "capacity": 40,
                "minimum_utilisation": 0.5,
                "fixed_cost": 7,
                "fixed_cost_per_capacity": 2,
                "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 30}],
                "build": {
                    "minimum": 20, "max": 50, "unit_capex": 10, "fixed_capex": 100, "fixed_cost": 5,
                    "life": 10, "wacc": 0, "minimum_utilisation": 1,
                },
            }
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 110}],
    }  # fmt: skip
    plan = solved(problem, solver)
    # 50 t are missing beside the import: 40 t exist, so the smallest order of 20 t is placed
    assert plan.builds[0].capacity == near(20)
    assert plan.production[0].activity == near(50)
    assert cost(plan) == near(
        {
            "purchases": 60 * 10 + 50,
            "processing": 50 * 30,
            "fixed": 7 + 2 * 40 + 5,
            "capital": (20 * 10 + 100) / 10,
        }
    )
    assert plan.certificate.decisions_fixed
    problem["demands"][0]["quantity"] = 60
    plan = solved(problem, solver)
    assert plan.builds == []
    assert plan.production[0].activity == near(0.5 * 40)


def test_yes_no_builds_against_enumeration(solver: str) -> None:
    """The best of all sixteen ways to decide on two plants in two periods is what the model finds."""
    capex, size, running = {"a": 900.0, "b": 300.0}, {"a": 80.0, "b": 40.0}, {"a": 2.0, "b": 6.0}
    demand, import_price = {2026: 60.0, 2027: 110.0}, 20.0
    plan = solved(
        {
            "periods": [2026, 2027],
            "final_years": 1,
            "discount_rate": 0,
            "suppliers": [{"id": "import", "country": "CN", "material": "oxide", "unit_cost": import_price}],
            "plants": [
                {
                    "id": name,
                    "country": "AU",
                    "recipes": [{"id": "r", "outputs": {"oxide": 1}, "unit_cost": running[name]}],
                    "build": {"max": size[name], "fixed_capex": capex[name], "life": 1.5},
                }
                for name in ("a", "b")
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": list(demand.values())}],
        },
        solver,
    )

    def total(orders: tuple[tuple[str, int], ...]) -> float:
        amount = 0.0
        for year, wanted in demand.items():
            left = wanted
            for name in ("a", "b"):
                # a life of 1.5 years covers the start of the order's period and of the next
                if any(plant == name and ordered <= year < ordered + 1.5 for plant, ordered in orders):
                    amount += capex[name] / 1.5
                    made = min(left, size[name])
                    amount, left = amount + made * running[name], left - made
            amount += left * import_price
        return amount

    choices = [(name, year) for name, year in product(("a", "b"), (2026, 2027))]
    subsets = [
        tuple(choice for choice, taken in zip(choices, picks, strict=True) if taken)
        for picks in product((False, True), repeat=4)
        if not (picks[0] and picks[1]) and not (picks[2] and picks[3])  # one order for each plant
    ]
    assert plan.total_cost == near(min(total(orders) for orders in subsets))


def test_the_last_lane_rule_that_states_a_field_decides_it(solver: str) -> None:
    """A fallback for all, a dearer rule for China, a loss for one material: each field from its own last rule."""
    plan = solved(
        {
            "places": [
                {"id": "osaka", "country": "JP", "latitude": 0, "longitude": 10},
                {"id": "perth", "country": "AU", "latitude": 0, "longitude": 100},
            ],
            "groups": {"partners": ["AU", "JP"]},
            "suppliers": [
                {"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": 5, "capacity": 50},
                {"id": "australian", "place": "perth", "material": "oxide", "unit_cost": 20},
            ],
            "lanes": [
                {"from": "*", "to": "*", "unit_cost": 3},
                {"from": "CN", "to": ["JP"], "unit_cost": 5, "duty_per_unit": 1},
                {"from": "CN", "to": "osaka", "materials": ["oxide"], "loss": 0.5},
                {"from": "partners", "to": "partners", "cost_per_km": 0.001},
            ],
            "demands": [{"id": "japan", "place": "osaka", "material": "oxide", "quantity": 100}],
        },
        solver,
    )
    kilometres = pi / 2 * 6371.0088  # a quarter of the equator
    # of China's 50 t at 5 + 5 freight + 1 duty half is lost; the fallback's 3 applies to neither
    assert plan.total_cost == near(50 * 11 + 75 * (20 + 0.001 * kilometres))


def test_a_domestic_move_is_free_unless_a_rule_names_the_country_twice(solver: str) -> None:
    """`*` and groups leave domestic moves alone; a rule from JP to JP is for them."""
    problem: dict[str, Any] = {
        "suppliers": [{"id": "mine", "country": "JP", "material": "oxide", "unit_cost": 10}],
        "groups": {"home": ["JP"]},
        "lanes": [{"from": "*", "to": "*", "unit_cost": 3}, {"from": "home", "to": "home", "unit_cost": 4}],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
    }
    assert solved(problem, solver).total_cost == near(1000)
    problem["lanes"].append({"from": "JP", "to": ["JP", "CN"], "unit_cost": 5})
    assert solved(problem, solver).total_cost == near(1500)


def test_days_of_demand_are_kept_and_drawn_at_the_end(solver: str) -> None:
    """73 days of 100 t a year are 20 t: filled in 2026 at 10, kept through 2027, and asked for at the end too."""
    plan = solved(
        {
            "periods": [2026, 2027],
            "discount_rate": 0,
            "suppliers": [{"id": "chinese", "country": "CN", "material": "oxide", "unit_cost": [10, 12]}],
            "stockpiles": [
                {"country": "JP", "material": "oxide", "initial": 5, "days_of_demand": 73, "holding_cost": 3}
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        },
        solver,
    )
    assert cost(plan) == near({"purchases": 115 * 10 + 100 * 12, "holding": 3 * (5 + 20) / 2 + 3 * 20})


def test_a_shortage_has_its_price(solver: str) -> None:
    """Where going short costs 25 a tonne, nothing is bought at 30."""
    plan = solved(
        {
            "suppliers": [
                {"id": "cheap", "country": "AU", "material": "oxide", "unit_cost": 10, "capacity": 40},
                {"id": "dear", "country": "US", "material": "oxide", "unit_cost": 30},
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "shortage_cost": 25}],
        },
        solver,
    )
    assert cost(plan) == near({"purchases": 400, "shortage": 60 * 25})
    assert (plan.deliveries[0].quantity, plan.deliveries[0].shortage) == near((40, 60))


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_infeasible_is_an_answer(solver: str) -> None:
    """Demand above all supply is infeasible, proved, and no plan."""
    problem = oremix.models.parse_json(oremix.example("minimal"))
    problem["policies"][0]["max"] = 0.1  # 4,950 t of 5,500 t must then be Australian: 6,500 t exist
    problem["suppliers"][1]["capacity"] = 4949
    plan = oremix.solve(problem, solver=solver)
    assert plan.status == "infeasible"
    assert plan.certificate.verified
    assert plan.total_cost is None
    assert plan.purchases == []


def test_unbounded_is_an_answer() -> None:
    """A surplus that fetches more than it costs, without any limit, earns for ever."""
    plan = oremix.solve(
        {
            "materials": [{"id": "oxide", "unit": "t", "surplus": 20}],
            "suppliers": [{"id": "mine", "country": "AU", "material": "oxide", "unit_cost": 10}],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 1}],
        }
    )
    assert plan.status == "unbounded"
    assert plan.certificate.verified
    assert plan.warnings == ["a surplus of oxide fetches 20, more than mine asks (10)"]


@pytest.mark.parametrize("large", [1e6, 1e9, 1e12])
def test_what_is_small_beside_something_else_is_not_lost(large: float) -> None:
    """One tonne of one chain and a million million of another, which share nothing: 0.3 and 0.7 t are bought for it."""
    chains: dict[str, list[dict[str, Any]]] = {"materials": [], "suppliers": [], "demands": []}
    for name, quantity in (("small", 1.0), ("large", large)):
        chains["materials"].append({"id": name, "unit": "t"})
        for country, price in (("CN", 5), ("AU", 7)):
            seller = {"id": f"{name}_{country}", "country": country, "material": name, "unit_cost": price}
            chains["suppliers"].append(seller)
        chains["demands"].append({"id": f"d_{name}", "country": "JP", "material": name, "quantity": quantity})
    plan = oremix.solve({**chains, "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.3}]})
    assert plan.status == "optimal"
    bought = {purchase.supplier: purchase.quantity for purchase in plan.purchases}
    assert (bought["small_CN"], bought["small_AU"]) == pytest.approx((0.3, 0.7), rel=1e-9)

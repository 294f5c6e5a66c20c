"""The audit against plans worked out on paper: each passes, and is refused for any one thing wrong in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oremix.models import __file__ as models_file
from tests.optimizer.answering.paper import (
    Data,
    buy,
    changed,
    changed_problem,
    checks,
    china,
    deliver,
    plan,
    refused,
    run,
    share,
    ship,
    times,
    without,
)

CATEGORIES = ["costs", "totals", "balances", "capacities", "builds", "footprints", "shares"]


# ---------------------------------------------------------------- problems and plans worked out on paper


def minimal() -> tuple[Data, Data]:
    """The smallest problem of all: 0.4 × 5,500 t from China at 55,000, the rest from Australia at 69,000."""
    problem = json.loads((Path(models_file).parent / "examples" / "minimal.json").read_text())
    nd = "ndpr_oxide"
    return problem, plan(
        348_700_000,  # 2,200 × 55,000 + 3,300 × 69,000
        {"purchases": 348_700_000},
        {1: (1, 1.0, {"purchases": 348_700_000})},
        {"CN": {"purchases": 121_000_000}, "AU": {"purchases": 227_700_000}},
        {
            ("supplier", "northern", "CN"): {"purchases": 121_000_000},
            ("supplier", "mount_weld", "AU"): {"purchases": 227_700_000},
        },
        purchases=[buy("northern", "CN", nd, 2200, 121_000_000), buy("mount_weld", "AU", nd, 3300, 227_700_000)],
        shipments=[ship(nd, "CN", "JP", 2200), ship(nd, "AU", "JP", 3300)],
        deliveries=[deliver("japan", "JP", nd, 5500)],
        shares=[share("china_cap", nd, 2200, 5500, max=0.4), *china(nd, 1, (2200, 5500), (2200, 5500))],
    )


def refinery() -> tuple[Data, Data]:
    """Two periods of two years at 10 %: a refinery of 100 t, and 200 t more that arrive two years after the order.

    Weights: 1 + 1/1.1 = 2.1/1.1 and 1/1.1² + 1/1.1³ = 2.1/1.331.
    Capex 200 × 50 = 10,000, of which others pay 2,000. Over two years at 10 % a unit costs 0.1 / (1 − 1.1⁻²) =
    0.121/0.21 a year, so 8,000 cost 8,000 × 0.121/0.21 a year and, discounted, × 2.1/1.331 = 8,000/1.1.
    """
    problem = {
        "periods": [2026, 2028],
        "discount_rate": 0.1,
        "materials": [{"id": "conc", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "lynas", "country": "AU", "material": "conc", "unit_cost": 10, "stage": "mining"},
            {"id": "northern", "country": "CN", "material": "oxide", "unit_cost": 60, "stage": "refining"},
        ],
        "plants": [
            {
                "id": "naraha",
                "country": "JP",
                "capacity": 100,
                "fixed_cost": 1000,
                "fixed_cost_per_capacity": 2,
                "recipes": [{"id": "main", "inputs": {"conc": 2}, "outputs": {"oxide": 1}, "unit_cost": 5}],
                "build": {"max": 300, "unit_capex": 50, "lead_time": 2, "life": 2, "grant": 0.2}
                | {"fixed_cost_per_capacity": 3},
            }
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 400}],
        "policies": [
            {"id": "home", "type": "share", "measure": "production", "stages": ["refining"], "countries": ["JP"]}
            | {"min": [0.2, 0.7]}
        ],
    }  # fmt: skip
    first, second, capital = 2.1 / 1.1, 2.1 / 1.331, 8000 * 0.121 / 0.21
    au = 2000 * first + 6000 * second  # 200 and 600 t at 10
    cn = 18000 * first + 6000 * second  # 300 and 100 t at 60
    processing = 500 * first + 1500 * second  # 100 and 300 t at 5
    fixed = 1200 * first + 1800 * second  # 1,000 + 2 × 100, and 3 × 200 for what was built
    jp = {"processing": processing, "fixed": fixed, "capital": 8000 / 1.1}
    home = {"measure": "production", "countries": ["JP"]}
    kinds = (("conc", "AU", "mining"), ("oxide", "CN", "refining"), ("oxide", "JP", "refining"))
    return problem, plan(
        21_700 * first + 15_300 * second + 8000 / 1.1,
        {"purchases": au + cn, **jp},
        {
            2026: (2, first, {"purchases": 20_000, "processing": 500, "fixed": 1200}),
            2028: (2, second, {"purchases": 12_000, "processing": 1500, "fixed": 1800, "capital": capital}),
        },
        {"AU": {"purchases": au}, "CN": {"purchases": cn}, "JP": jp},
        {
            ("supplier", "lynas", "AU"): {"purchases": au},
            ("supplier", "northern", "CN"): {"purchases": cn},
            ("plant", "naraha", "JP"): jp,
        },
        purchases=[
            buy("lynas", "AU", "conc", 200, 2000, 2026),
            buy("northern", "CN", "oxide", 300, 18_000, 2026),
            buy("lynas", "AU", "conc", 600, 6000, 2028),
            buy("northern", "CN", "oxide", 100, 6000, 2028),
        ],
        production=[
            run("naraha", "JP", 100, {"conc": 200}, {"oxide": 100}, 500, 2026),
            run("naraha", "JP", 300, {"conc": 600}, {"oxide": 300}, 1500, 2028),
        ],
        builds=[
            {"on": "naraha", "build": 0, "country": "JP", "capacity": 200, "ordered": 2026}
            | {"on_stream": 2028, "until": 2030, "capex": 10_000, "grant": 2000}
        ],
        shipments=[
            ship(material, start, "JP", amount, year, stage=stage)
            for year, amounts in ((2026, (200, 300, 100)), (2028, (600, 100, 300)))
            for (material, start, stage), amount in zip(kinds, amounts, strict=True)
        ],
        deliveries=[deliver("japan", "JP", "oxide", 400, year) for year in (2026, 2028)],
        shares=[
            share("home", "oxide", 100, 400, 2026, min=0.2, **home),
            share("home", "oxide", 300, 400, 2028, min=0.7, **home),
            *china("oxide", 2026, (300, 400), (300, 400)),
            *china("oxide", 2028, (100, 400), (100, 400)),
            *china("conc", 2026, None, (0, 200)),
            *china("conc", 2028, None, (0, 600)),
        ],
    )


def border() -> tuple[Data, Data]:
    """100 t leave and 90 arrive; freight 1 a tonne, duty 5 % of a price of 20 and 0.5, all on what leaves."""
    problem = {
        "materials": [{"id": "magnet", "unit": "t", "price": 20}],
        "suppliers": [
            {"id": "cn", "country": "CN", "material": "magnet", "unit_cost": 10},
            {"id": "ru", "country": "RU", "material": "magnet", "unit_cost": 1},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "magnet", "quantity": 90}],
        "lanes": [
            {"from": "*", "to": "JP", "unit_cost": 1, "duty": 0.05, "duty_per_unit": 0.5, "loss": 0.1},
            {"from": "RU", "to": "*", "closed": True},
        ],
    }
    moving = {"freight": 100, "duties": 150}
    return problem, plan(
        1250,
        {"purchases": 1000, **moving},
        {1: (1, 1.0, {"purchases": 1000, **moving})},
        {"CN": {"purchases": 1000}, "JP": moving},
        {("supplier", "cn", "CN"): {"purchases": 1000}, ("lane", "JP", "JP"): moving},
        purchases=[buy("cn", "CN", "magnet", 100, 1000)],
        shipments=[ship("magnet", "CN", "JP", 100, arrived=90, freight=100, duty=150)],
        deliveries=[deliver("japan", "JP", "magnet", 90)],
        shares=china("magnet", 1, (90, 90), (100, 100)),
    )


def stock() -> tuple[Data, Data]:
    """Bought at 10 before it costs 30: 50 t are put in store in 2026 (10 → 60) and drawn in 2027 (60 → 10).

    Holding costs 1 on the mean of both ends: (10 + 60) / 2 = 35 in each year. Japan's arrivals are counted when
    acquired: 100 + 50 in 2026, with the store that serves it, and 50 in 2027.
    """
    problem = {
        "periods": [2026, 2027],
        "discount_rate": 0,
        "places": [{"id": "osaka", "country": "JP"}],
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [{"id": "au", "country": "AU", "material": "nd", "unit_cost": [10, 30]}],
        "demands": [
            {"id": "japan", "country": "JP", "material": "nd", "quantity": 100},
            {"id": "korea", "country": "KR", "material": "nd", "quantity": 20},
        ],
        "stockpiles": [
            {"id": "reserve", "place": "osaka", "material": "nd", "initial": 10, "capacity": 60}
            | {"holding_cost": 1, "minimum": 5, "final": 10, "fill_max": 50, "draw_max": 50}
        ],
        "policies": [
            {"id": "australia", "type": "quantity", "countries": ["AU"], "demands": ["japan"], "max": 150}
        ],
    }  # fmt: skip
    au, quota = {"purchases": 1700 + 2100}, {"countries": ["AU"], "max": 150}
    pile = {"place": "osaka", "material": "nd", "unit": "t", "cost": 35}
    return problem, plan(
        3870,
        {"purchases": 3800, "holding": 70},
        {2026: (1, 1.0, {"purchases": 1700, "holding": 35}), 2027: (1, 1.0, {"purchases": 2100, "holding": 35})},
        {"AU": au, "JP": {"holding": 70}},
        {("supplier", "au", "AU"): au, ("stockpile", "reserve", "JP"): {"holding": 70}},
        purchases=[buy("au", "AU", "nd", 170, 1700, 2026), buy("au", "AU", "nd", 70, 2100, 2027)],
        shipments=[
            ship("nd", "AU", "JP", 100, 2026),
            ship("nd", "AU", "osaka", 50, 2026),
            ship("nd", "AU", "KR", 20, 2026),
            ship("nd", "AU", "JP", 50, 2027),
            ship("nd", "AU", "KR", 20, 2027),
        ],
        stocks=[
            {**pile, "period": 2026, "fill": 50, "draw": 0, "draws": [], "level": 60},
            {**pile, "period": 2027, "fill": 0, "draw": 50, "draws": [{"to": "JP", "quantity": 50}], "level": 10},
        ],
        deliveries=[
            deliver(demand, country, "nd", amount, year)
            for year in (2026, 2027)
            for demand, country, amount in (("japan", "JP", 100), ("korea", "KR", 20))
        ],
        shares=[
            share("australia", "nd", 150, 150, 2026, **quota, achieved=150, margin=0),
            share("australia", "nd", 50, 50, 2027, **quota, achieved=50, margin=100),
            *china("nd", 2026, (0, 170), (0, 170), (0, 120)),
            *china("nd", 2027, (0, 70), (0, 70), (0, 120)),
        ],
    )


def contract() -> tuple[Data, Data]:
    """Take-or-pay of 120 t, cut to a capacity of 100: 80 t are taken, 100 paid for: 60 at 10 and 40 at 12."""
    problem = {
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [
            {"id": "au", "country": "AU", "material": "nd", "capacity": 100, "take_or_pay": 120, "minimum": 80}
            | {"tiers": [{"up_to": 60, "unit_cost": 10}, {"up_to": 200, "unit_cost": 12}]}
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": 80}],
    }
    cost = {"purchases": 1080}
    return problem, plan(
        1080,
        cost,
        {1: (1, 1.0, cost)},
        {"AU": cost},
        {("supplier", "au", "AU"): cost},
        purchases=[buy("au", "AU", "nd", 80, 1080, paid=100)],
        shipments=[ship("nd", "AU", "JP", 80)],
        deliveries=[deliver("japan", "JP", "nd", 80)],
        shares=china("nd", 1, (0, 80), (0, 80)),
    )


def scrap() -> tuple[Data, Data]:
    """Half of 100 t of scrap is collected at 3, a fifth of that recovered at 7 a tonne: 10 t of a demand of 40."""
    problem = {
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [{"id": "cn", "country": "CN", "material": "nd", "unit_cost": 50, "stage": "refining"}],
        "recyclers": [
            {"id": "loop", "country": "JP", "material": "nd", "scrap": 100, "collection_rate": 0.5}
            | {"collection_cost": 3, "recovery": 0.2, "unit_cost": 7, "capacity": 10}
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": 40}],
        "policies": [
            {"id": "recycled", "type": "share", "measure": "production", "stages": ["recycling"]}
            | {"of": "consumption", "min": 0.2}
        ],
    }
    jp = {"collection": 150, "processing": 70}
    return problem, plan(
        1720,
        {"purchases": 1500, **jp},
        {1: (1, 1.0, {"purchases": 1500, **jp})},
        {"CN": {"purchases": 1500}, "JP": jp},
        {("supplier", "cn", "CN"): {"purchases": 1500}, ("recycler", "loop", "JP"): jp},
        purchases=[buy("cn", "CN", "nd", 30, 1500)],
        recycling=[
            {"recycler": "loop", "country": "JP", "material": "nd", "period": 1}
            | {"scrap": 50, "quantity": 10, "unit": "t", "cost": 220}
        ],
        shipments=[ship("nd", "CN", "JP", 30, stage="refining"), ship("nd", "JP", "JP", 10, stage="recycling")],
        deliveries=[deliver("japan", "JP", "nd", 40)],
        shares=[
            share("recycled", "nd", 10, 40, measure="production", countries=[], min=0.2),
            *china("nd", 1, (30, 40), (30, 40)),
        ],
    )


def joint() -> tuple[Data, Data]:
    """One of ore gives 1 of nd and 3 of la; of 30 t of la 18 are left over and fetch 2 each: a credit of 36.

    Production counts what is not left over: 12 t of la.
    """
    problem = {
        "materials": [
            {"id": "ore", "unit": "t", "local": True},
            {"id": "nd", "unit": "t", "surplus": "forbidden"},
            {"id": "la", "unit": "t", "surplus": 2, "surplus_max": 18},
        ],
        "suppliers": [{"id": "mine", "country": "CN", "material": "ore", "unit_cost": 1}],
        "plants": [
            {"id": "split", "country": "CN", "capacity": 20, "minimum_utilisation": 0.5}
            | {"recipes": [{"id": "main", "inputs": {"ore": 1}, "outputs": {"nd": 1, "la": 3}, "unit_cost": 4}]}
        ],
        "demands": [
            {"id": "magnets", "country": "JP", "material": "nd", "quantity": 10},
            {"id": "glass", "country": "JP", "material": "la", "quantity": 14, "shortage_cost": 5},
        ],
    }
    costs = {"purchases": 10, "processing": 40, "surplus": -36, "shortage": 10}  # 2 t of la short at 5
    return problem, plan(
        24,
        costs,
        {1: (1, 1.0, costs)},
        {"CN": {"purchases": 10, "processing": 40, "surplus": -36}, "JP": {"shortage": 10}},
        {
            ("supplier", "mine", "CN"): {"purchases": 10},
            ("plant", "split", "CN"): {"processing": 40},
            ("surplus", "CN", "CN"): {"surplus": -36},
            ("demand", "glass", "JP"): {"shortage": 10},
        },
        purchases=[buy("mine", "CN", "ore", 10, 10)],
        production=[run("split", "CN", 10, {"ore": 10}, {"nd": 10, "la": 30}, 40)],
        shipments=[
            ship("ore", "CN", "CN", 10),
            ship("nd", "CN", "JP", 10, stage="refining"),
            ship("la", "CN", "JP", 12, stage="refining"),
        ],
        surpluses=[
            {"material": "la", "from": "CN", "owner": "CN", "stage": "refining", "period": 1}
            | {"quantity": 18, "unit": "t", "cost": -36}
        ],
        deliveries=[
            deliver("magnets", "JP", "nd", 10),
            deliver("glass", "JP", "la", 12, shortage=2, cost=10),
        ],
        shares=[
            *china("ore", 1, None, (10, 10)),
            *china("nd", 1, (10, 10), (10, 10)),
            *china("la", 1, (12, 12), (12, 12)),
        ],
    )


def priced() -> tuple[Data, Data]:
    """A cap that costs 10,000 per tonne beyond 0.4 × 5,500 = 2,200: less than the 14,000 it saves, so 3,300 beyond."""
    problem, _ = minimal()
    problem["policies"][0]["penalty"] = 10_000
    costs = {"purchases": 302_500_000, "penalties": 33_000_000}
    nd = "ndpr_oxide"
    return problem, plan(
        335_500_000,
        costs,
        {1: (1, 1.0, costs)},
        {"CN": {"purchases": 302_500_000}, None: {"penalties": 33_000_000}},
        {
            ("supplier", "northern", "CN"): {"purchases": 302_500_000},
            ("policy", "china_cap", None): {"penalties": 33_000_000},
        },
        purchases=[buy("northern", "CN", nd, 5500, 302_500_000)],
        shipments=[ship(nd, "CN", "JP", 5500)],
        deliveries=[deliver("japan", "JP", nd, 5500)],
        shares=[
            share("china_cap", nd, 5500, 5500, max=0.4, beyond=3300, penalty=33_000_000),
            *china(nd, 1, (5500, 5500), (5500, 5500)),
        ],
    )


def pooled() -> tuple[Data, Data]:
    """A priced cap of a half over one year of 100 t and three of 200 t, all Chinese: 700 of 700, 350 beyond.

    Per year of the four that is 87.5, at 4 each 350 a year: 1,400 in all, which is 4 × 350 × Σd/Σn.
    """
    problem = {
        "periods": [2026, 2027],
        "final_years": 3,
        "discount_rate": 0,
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [{"id": "cn", "country": "CN", "material": "nd", "unit_cost": 10}],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": [100, 200]}],
        "policies": [
            {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5, "across": ["periods"], "penalty": 4}
        ],
    }
    return problem, plan(
        8400,
        {"purchases": 7000, "penalties": 1400},
        {2026: (1, 1.0, {"purchases": 1000, "penalties": 350}), 2027: (3, 3.0, {"purchases": 2000, "penalties": 350})},
        {"CN": {"purchases": 7000}, None: {"penalties": 1400}},
        {("supplier", "cn", "CN"): {"purchases": 7000}, ("policy", "cap", None): {"penalties": 1400}},
        purchases=[buy("cn", "CN", "nd", 100, 1000, 2026), buy("cn", "CN", "nd", 200, 2000, 2027)],
        shipments=[ship("nd", "CN", "JP", 100, 2026), ship("nd", "CN", "JP", 200, 2027)],
        deliveries=[deliver("japan", "JP", "nd", 100, 2026), deliver("japan", "JP", "nd", 200, 2027)],
        shares=[
            share("cap", "nd", 700, 700, None, max=0.5, beyond=350, penalty=350),
            *china("nd", 2026, (100, 100), (100, 100)),
            *china("nd", 2027, (200, 200), (200, 200)),
        ],
    )


def midstream() -> tuple[Data, Data]:
    """A cap on a material nobody demands is measured where it is used outside the countries capped.

    Malaysia takes 10 t of Chinese and 30 t of Australian concentrate: 0.25. China's own 60 t do not count. Of the
    oxide that arrives in Japan no country but Malaysia may have more than 0.65: China has 0.6.
    """
    recipes = [{"id": "main", "inputs": {"conc": 1}, "outputs": {"oxide": 1}}]
    problem = {
        "materials": [{"id": "conc", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "cn", "country": "CN", "material": "conc", "unit_cost": 1},
            {"id": "au", "country": "AU", "material": "conc", "unit_cost": 1},
        ],
        "plants": [
            {"id": "sep_cn", "country": "CN", "recipes": recipes},
            {"id": "sep_my", "country": "MY", "recipes": recipes},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        "policies": [
            {"id": "conc_cap", "type": "share", "countries": ["CN"], "materials": ["conc"], "max": 0.5},
            {"id": "third", "type": "share", "each": True, "except": ["MY"], "max": 0.65},
        ],
    }
    return problem, plan(
        100,
        {"purchases": 100},
        {1: (1, 1.0, {"purchases": 100})},
        {"CN": {"purchases": 70}, "AU": {"purchases": 30}},
        {("supplier", "cn", "CN"): {"purchases": 70}, ("supplier", "au", "AU"): {"purchases": 30}},
        purchases=[buy("cn", "CN", "conc", 70, 70), buy("au", "AU", "conc", 30, 30)],
        production=[
            run("sep_cn", "CN", 60, {"conc": 60}, {"oxide": 60}, 0),
            run("sep_my", "MY", 40, {"conc": 40}, {"oxide": 40}, 0),
        ],
        shipments=[
            ship("conc", "CN", "CN", 60),
            ship("conc", "CN", "MY", 10),
            ship("conc", "AU", "MY", 30),
            ship("oxide", "CN", "JP", 60, stage="refining"),
            ship("oxide", "MY", "JP", 40, stage="refining"),
        ],
        deliveries=[deliver("japan", "JP", "oxide", 100)],
        shares=[
            share("conc_cap", "conc", 10, 40, max=0.5),
            share("third", "oxide", 60, 100, max=0.65),
            *china("conc", 1, None, (70, 100)),
            *china("oxide", 1, (60, 100), (60, 100), (70, 100)),  # with the 10 t that Malaysia makes of China's
        ],
    )


CASES: list[Callable[[], tuple[Data, Data]]] = [
    minimal, refinery, border, stock, contract, scrap, joint, priced, pooled, midstream,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_right_plans_pass(case: Callable[[], tuple[Data, Data]]) -> None:
    """A plan worked out on paper has no violation in any category, down to rounding."""
    found = checks(*case())
    assert list(found) == CATEGORIES
    assert {name: check.at for name, check in found.items() if check.worst > 1e-12} == {}
    assert all(found[name].checked > 0 for name in CATEGORIES if name not in ("builds", "footprints"))


@pytest.mark.parametrize(
    ("case", "changes", "category", "where"),
    [
        # costs of records
        (minimal, {"purchases.0.cost": times(1.001)}, "costs", "cost of supplier northern in 1"),
        (contract, {"purchases.0.paid": 80}, "costs", "paid quantity of supplier au in 1"),
        (contract, {"purchases.0.cost": 1000}, "costs", "cost of supplier au in 1"),
        (border, {"shipments.0.duty": 135}, "costs", "duty of magnet from CN to JP in 1"),
        (border, {"shipments.0.freight": 90}, "costs", "freight of magnet from CN to JP in 1"),
        (border, {"shipments.0.arrived": 100}, "costs", "arrival of magnet from CN to JP in 1"),
        (border, {"shipments.0.cost": 100}, "costs", "cost of shipment of magnet from CN to JP in 1"),
        (stock, {"stocks.0.cost": 60}, "costs", "holding of nd at osaka in 2026"),
        (scrap, {"recycling.0.cost": 150}, "costs", "cost of recycler loop in 1"),
        (joint, {"surpluses.0.cost": 36}, "costs", "surplus of la from CN in 1"),
        (joint, {"deliveries.1.cost": 0}, "costs", "shortage cost of demand glass in 1"),
        (joint, {"production.0.cost": 40.04}, "costs", "cost of recipe main of plant split in 1"),
        (refinery, {"builds.0.capex": 8000}, "costs", "capex of the build on naraha ordered in 2026"),
        (refinery, {"builds.0.grant": 0}, "costs", "grant of the build on naraha ordered in 2026"),
        # totals
        (minimal, {"total_cost": times(1.001)}, "totals", "total cost"),
        (minimal, {"total_cost": None}, "totals", "total cost"),
        (refinery, {"costs.by_category.capital": times(1.001)}, "totals", "costs by category: capital"),
        (refinery, {"costs.by_period.1.annual_by_category.capital": 0}, "totals", "costs by period: 2028, capital"),
        (refinery, {"costs.by_period.1.total": times(1.001)}, "totals", "costs by period: 2028, total"),
        (refinery, {"costs.by_period.0.weight": 2.0}, "totals", "costs by period: 2026, weight"),
        (refinery, {"costs.by_period.0.years": 1}, "totals", "costs by period: 2026, years"),
        (border, {"costs.by_country.1.country": "CN"}, "totals", "costs by country: JP, freight"),
        (border, {"costs.by_facility.1.id": "CN"}, "totals", "costs by facility: lane JP, freight"),
        (border, {"costs.by_facility.0.country": "JP"}, "totals", "costs by facility: supplier cn, country"),
        (refinery, {"costs.by_country": without(2)}, "totals", "costs by country: JP"),
        (pooled, {"costs.by_category.penalties": 5600}, "totals", "costs by category: penalties"),
        # balances
        (minimal, {"shipments.0.quantity": times(1.001)}, "balances", "ndpr_oxide made at CN"),
        (minimal, {"purchases.1.quantity": times(1.001)}, "balances", "ndpr_oxide made at AU"),
        (minimal, {"deliveries.0.quantity": 5494.5, "deliveries.0.shortage": 5.5, "shipments.1.quantity": 3294.5,
                   "purchases.1.quantity": 3294.5}, "balances", "shortage of the hard demand japan in 1"),
        (minimal, {"deliveries": []}, "balances", "JP in 1"),
        (refinery, {"production.1.inputs.conc": 599}, "balances", "conc in recipe main of plant naraha in 2028"),
        (refinery, {"production.1.activity": 299}, "balances", "plant naraha in 2028"),
        (stock, {"stocks.0.level": 59}, "balances", "stock of nd at osaka in 202"),
        (stock, {"stocks.1.draws.0.quantity": 49}, "balances", "2027"),
        (joint, {"surpluses": []}, "balances", "la made at CN"),
        (joint, {"deliveries.1.shortage": 1}, "balances", "demand glass in 1"),
        (scrap, {"recycling.0.quantity": 10.01}, "balances", "recovery of recycler loop in 1"),
        # capacities
        (refinery, {"builds": []}, "capacities", "capacity of plant naraha in 2028"),
        (stock, {"stocks.1.draws.0.to": "KR"}, "capacities", "osaka for KR, which it cannot serve, in 2027"),
        (contract, {"purchases": []}, "capacities", "of supplier au in 1"),
        (contract, {"purchases.0.quantity": 79}, "capacities", "minimum of supplier au in 1"),
        (minimal, {"purchases.0.supplier": "southern"}, "capacities", "purchase from southern in 1"),
        (minimal, {"purchases.0.period": 2026}, "capacities", "purchase from northern in 2026"),
        (minimal, {"purchases.0.unit": "kg"}, "capacities", "northern in 1: its unit should be t"),
        (minimal, {"shipments": lambda lines: [*lines, lines[0]]}, "capacities", "CN to JP in 1 stands twice"),
        (minimal, {"shipments.0.from": "US"}, "capacities", "shipment of ndpr_oxide from US to JP in 1"),
        (minimal, {"purchases.0.quantity": -2200.0}, "capacities", "negative quantity of supplier northern in 1"),
        (minimal, {"purchases.0.quantity": float("nan")}, "capacities", "no finite number"),
        (joint, {"production.0.activity": 9.99}, "capacities", "minimum utilisation of plant split in 1"),
        (joint, {"surpluses.0.quantity": 18.018}, "capacities", "surplus of la in 1"),
        (joint, {"surpluses.0.material": "nd"}, "capacities", "forbidden surplus of nd at CN in 1"),
        (scrap, {"recycling.0.scrap": 50.05}, "capacities", "recycler loop in 1"),
        # builds
        (refinery, {"builds.0.on_stream": 2027}, "builds", "on-stream year of the build on naraha ordered in 2026"),
        (refinery, {"builds.0.until": None}, "builds", "last year of the build on naraha ordered in 2026"),
        (refinery, {"builds.0.ordered": 2028}, "builds", "the build on naraha ordered in 2028"),
        (refinery, {"builds.0.ordered": 2025}, "builds", "build 0 of naraha ordered in 2025"),
        (refinery, {"builds.0.on": "mariana"}, "builds", "build 0 of mariana ordered in 2026"),
        (refinery, {"builds.0.capacity": 300.3}, "builds", "max of the build on naraha"),
        (refinery, {"builds": lambda lines: lines * 2}, "builds", "naraha ordered in 2026 stands twice"),
        # shares
        (minimal, {"shares.0.achieved": 0.4004}, "shares", "achieved of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares.0.part": 2202.2}, "shares", "part of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares.0.whole": 5494.5}, "shares", "whole of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares.0.margin": 0.01}, "shares", "margin of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares.0.max": 0.5}, "shares", "max of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares.0.countries": ["AU"]}, "shares", "countries of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares": without(0)}, "shares", "missing share of policy china_cap for ndpr_oxide in 1"),
        (minimal, {"shares": without(2)}, "shares", "missing share of CN (supply) for ndpr_oxide in 1"),
        (minimal, {"shares.0.policy": "cap"}, "shares", "cap"),
        (minimal, {"shares": lambda lines: [*lines, lines[0]]}, "shares", "china_cap (supply)"),
        (priced, {"shares.0.beyond": 3303.3}, "shares", "beyond of policy china_cap for ndpr_oxide in 1"),
        (priced, {"shares.0.penalty": 0}, "shares", "penalty of policy china_cap for ndpr_oxide in 1"),
        (pooled, {"shares.0.beyond": 87.5}, "shares", "beyond of policy cap for nd over all periods"),
        (stock, {"shares.0.achieved": 100}, "shares", "achieved of policy australia for nd in 2026"),
        (midstream, {"shares": without(1)}, "shares", "missing share of policy third on CN for oxide in 1"),
        (midstream, {"shares.0.whole": 100}, "shares", "whole of policy conc_cap for conc in 1"),
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
        (minimal, {"suppliers.1.capacity": 3296}, "capacities", "capacity of supplier mount_weld in 1"),
        (minimal, {"policies.0.materials": ["ndpr_oxide"], "policies.0.measure": "production"}, "shares", "china_cap"),
        (border, {"lanes.0.capacity": 99.9}, "capacities", "capacity of the lane for magnet from CN to JP in 1"),
        (border, {"lanes.0.minimum": 100.1}, "capacities", "minimum of the lane for magnet from CN to JP in 1"),
        (border, {"lanes.1.from": "CN"}, "capacities", "closed lane for magnet from CN to JP in 1"),
        (border, {"lanes.0.loss": 0}, "balances", "magnet arrived, drawn and used at JP in 1"),
        (stock, {"stockpiles.0.capacity": 59.9}, "capacities", "capacity of the stock of nd at osaka in 2026"),
        (stock, {"stockpiles.0.minimum": 10.1}, "capacities", "minimum of the stock of nd at osaka in 2027"),
        (stock, {"stockpiles.0.final": 10.1}, "capacities", "final level of the stock of nd at osaka in 2027"),
        (stock, {"stockpiles.0.fill_max": 49.9}, "capacities", "filling of the stock of nd at osaka in 2026"),
        (stock, {"stockpiles.0.draw_max": 49.9}, "capacities", "drawing of the stock of nd at osaka in 2027"),
        (stock, {"stockpiles.0.initial": 11}, "balances", "stock of nd at osaka in 2026"),
        (stock, {"places.0.country": "KR"}, "capacities", "osaka for JP, which it cannot serve"),
        (stock, {"policies.0.demands": ["korea"]}, "shares", "policy australia for nd in 2026"),
        (scrap, {"recyclers.0.collection_rate": 0.4}, "capacities", "scrap collected by recycler loop in 1"),
        (scrap, {"recyclers.0.capacity": 9.9}, "capacities", "capacity of recycler loop in 1"),
        (joint, {"materials.1.local": True}, "capacities", "nd"),
        (joint, {"demands.1": {"id": "glass", "country": "JP", "material": "la", "quantity": 14}}, "balances",
         "shortage of the hard demand glass in 1"),
        (refinery, {"plants.0.build.latest": 2025}, "builds", "latest year of the build on naraha ordered in 2026"),
        (refinery, {"plants.0.build.earliest": 2027}, "builds", "earliest year of the build on naraha"),
        (refinery, {"plants.0.build.minimum": 201}, "builds", "minimum of the build on naraha ordered in 2026"),
        (refinery, {"plants.0.build.max_per_order": 199}, "builds", "max_per_order of the build on naraha"),
        (refinery, {"plants.0.build.minimum_utilisation": 1, "plants.0.minimum_utilisation": [0, 1],
                    "plants.0.capacity": 101}, "capacities", "minimum utilisation of plant naraha in 2028"),
        (refinery, {"plants.0.until_year": 2027}, "capacities", "capacity of plant naraha in 2028"),
        (refinery, {"plants.0.build.fixed_cost": 1}, "totals", "fixed"),
        (refinery, {"plants.0.build.wacc": 0.05}, "totals", "capital"),
        (midstream, {"policies.0.places": ["CN", "MY"]}, "shares", "policy conc_cap for conc in 1"),
        (pooled, {"policies.0.penalty": None}, "shares", "policy cap for nd over all periods"),
    ],
)  # fmt: skip
def test_one_other_figure_in_the_problem_is_noticed(
    case: Callable[[], tuple[Data, Data]], changes: Data, category: str, where: str
) -> None:
    """A plan that is right for one problem is refused for another that differs in one figure."""
    problem, answer = case()
    found = refused(checks(changed_problem(problem, changes), answer))
    assert where in found.get(category, f"nothing in {category}")


def broken(position: int, **figures: float) -> Data:
    """What the record of a broken rule says openly."""
    return {f"shares.{position}.{field}": figure for field, figure in figures.items()} | {
        f"shares.{position}.binding": True
    }


@pytest.mark.parametrize(
    ("case", "changes", "said", "category", "where"),
    [
        (minimal, {"policies.0.max": 0.3996}, broken(0, max=0.3996, margin=-0.0004),
         "shares", "bound of policy china_cap for ndpr_oxide in 1"),
        (refinery, {"policies.0.min": [0.2, 0.7501]}, broken(1, min=0.7501, margin=-0.0001),
         "shares", "bound of policy home for oxide in 2028"),
        (scrap, {"policies.0.min": 0.2501}, broken(0, min=0.2501, margin=-0.0001),
         "shares", "bound of policy recycled for nd in 1"),
        (stock, {"policies.0.max": 149}, {**broken(0, max=149, margin=-1), "shares.1.max": 149,
         "shares.1.margin": 99}, "shares", "bound of policy australia for nd in 2026"),
        (midstream, {"policies.1.max": 0.599}, broken(1, max=0.599, margin=-0.001),
         "shares", "bound of policy third on CN for oxide in 1"),
        (midstream, {"policies.0.max": 0.249}, broken(0, max=0.249, margin=-0.001),
         "shares", "bound of policy conc_cap for conc in 1"),
        (pooled, {"policies.0.penalty": None}, {"shares.0.beyond": 0, "shares.0.penalty": 0},
         "shares", "bound of policy cap for nd over all periods"),
        (refinery, {"plants.0.build.lead_time": 3}, {"builds.0.on_stream": 2029, "builds.0.until": 2031},
         "builds", "no period with capacity of the build on naraha ordered in 2026"),
        (contract, {"suppliers.0.minimum": 90}, {}, "capacities", "minimum of supplier au in 1"),
    ],
)  # fmt: skip
def test_a_rule_broken_openly_is_still_refused(
    case: Callable[[], tuple[Data, Data]], changes: Data, said: Data, category: str, where: str
) -> None:
    """A plan that states its own violation correctly is refused for the violation."""
    problem, answer = case()
    found = refused(checks(changed_problem(problem, changes), changed(answer, said)))
    assert found.get(category) == where


def test_a_closed_lane_carries_nothing() -> None:
    """Buying where it is cheap and shipping over a closed lane is refused, however well the plan adds up."""
    problem, answer = border()
    answer = changed(
        answer,
        {
            "purchases.0": buy("ru", "RU", "magnet", 100, 100),
            "shipments.0": ship("magnet", "RU", "JP", 100, arrived=90, freight=100, duty=150),
            "shares": china("magnet", 1, (0, 90), (0, 100)),
            "total_cost": 350,
            "costs.by_category.purchases": 100,
            "costs.by_period.0.annual_by_category.purchases": 100,
            "costs.by_period.0.annual": 350,
            "costs.by_period.0.total": 350,
            "costs.by_country.0": {"country": "RU", "total": 100, "by_category": {"purchases": 100}},
            "costs.by_facility.0": {"kind": "supplier", "id": "ru", "country": "RU", "total": 100}
            | {"by_category": {"purchases": 100}},
        },
    )
    assert refused(checks(problem, answer)) == {"capacities": "closed lane for magnet from RU to JP in 1"}


def test_a_yes_no_build_is_ordered_once() -> None:
    """Two orders of a build with a yes/no part are refused, two of a linear one are not."""
    problem, answer = refinery()
    problem["periods"], answer["builds"] = [2026, 2027, 2028], [{**answer["builds"][0], "capacity": 100}]
    answer["builds"].append({**answer["builds"][0], "ordered": 2027, "on_stream": 2029, "until": 2031})
    problem["final_years"] = 2
    problem["plants"][0]["build"]["lead_time"] = 1
    problem["policies"] = []
    for order in answer["builds"]:
        order["on_stream"], order["until"] = order["ordered"] + 1, order["ordered"] + 3
    assert "builds" not in refused(checks(problem, answer))
    problem["plants"][0]["build"]["minimum"] = 50
    assert refused(checks(problem, answer))["builds"] == "yes/no build on naraha ordered in 2026, 2027"


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_as_strict_for_fractions_of_a_tonne(size: float) -> None:
    """A plan multiplied by any factor passes, and a flow that is off by 1e-5 of itself is refused in each."""
    problem, answer = minimal()
    problem = changed(problem, {
        "demands.0.quantity": times(size), "suppliers.0.capacity": times(size), "suppliers.1.capacity": times(size),
    })  # fmt: skip
    for path in ("purchases", "shipments", "deliveries"):
        for line in answer[path]:
            for field in {"quantity", "arrived", "paid"} & line.keys():
                line[field] *= size
    for line in answer["shares"]:
        line["part"] *= size
        line["whole"] *= size
    scale_costs(answer, size)
    assert refused(checks(problem, answer)) == {}
    for path in ("shipments.0.quantity", "purchases.1.quantity", "deliveries.0.quantity"):
        assert "balances" in refused(checks(problem, changed(answer, {path: times(1 + 1e-5)})))


def scale_costs(answer: Data, size: float) -> None:
    """Multiply every amount of money of a plan of one category and one period."""
    answer["total_cost"] *= size
    answer["costs"]["by_category"]["purchases"] *= size
    for line in answer["purchases"]:
        line["cost"] *= size
    for row in [*answer["costs"]["by_country"], *answer["costs"]["by_facility"]]:
        row["total"] *= size
        row["by_category"]["purchases"] *= size
    for row in answer["costs"]["by_period"]:
        row["annual_by_category"]["purchases"] *= size
        row["annual"] *= size
        row["total"] *= size


def test_what_a_solver_leaves_instead_of_zero_is_no_violation() -> None:
    """A stray 1e-9 t on a lane of a plan in thousands of tonnes is no violation, a stray kilogram is."""
    problem, answer = minimal()
    problem["lanes"] = [{"from": "AU", "to": "JP", "closed": True}]
    problem["suppliers"].append({"id": "us", "country": "US", "material": "ndpr_oxide", "unit_cost": 1, "capacity": 0})
    problem["suppliers"][1]["country"] = "MY"
    answer = json.loads(json.dumps(answer).replace('"AU"', '"MY"'))
    for stray, verdict in ((1e-9, False), (1e-3, True)):
        purchases = [*answer["purchases"], buy("us", "US", "ndpr_oxide", stray, stray)]
        shipments = [*answer["shipments"], ship("ndpr_oxide", "US", "JP", stray)]
        found = refused(checks(problem, {**answer, "purchases": purchases, "shipments": shipments}))
        assert ("capacities" in found) is verdict
    assert found["capacities"] == "capacity of supplier us in 1"


def test_zero_records_may_be_left_out() -> None:
    """Records of nothing change nothing, and need not be there."""
    problem, answer = border()
    answer = changed(answer, {
        "purchases": lambda lines: [*lines, buy("ru", "RU", "magnet", 0, 0)],
        "shipments": lambda lines: [*lines, ship("magnet", "RU", "JP", 0)],
        "costs.by_category.holding": 0.0,
    })  # fmt: skip
    assert refused(checks(problem, answer)) == {}


def test_a_typical_year_ignores_lead_times() -> None:
    """In a problem without periods what is ordered in year 1 counts in year 1, and costs its annuity once.

    50 t at 40 with no interest over 10 years: 2,000 / 10 = 200 a year, beside 50 t at 10.
    """
    problem = {
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [
            {"id": "au", "country": "AU", "material": "nd", "unit_cost": 10}
            | {"build": {"unit_capex": 40, "lead_time": 5, "life": 10, "wacc": 0}}
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": 50}],
    }
    costs = {"purchases": 500, "capital": 200}
    order = {"on": "au", "build": 0, "country": "AU", "capacity": 50, "ordered": 1, "on_stream": 1, "until": 11}
    answer = plan(
        700,
        costs,
        {1: (1, 1.0, costs)},
        {"AU": costs},
        {("supplier", "au", "AU"): costs},
        purchases=[buy("au", "AU", "nd", 50, 500)],
        builds=[{**order, "capex": 2000, "grant": 0}],
        shipments=[ship("nd", "AU", "JP", 50)],
        deliveries=[deliver("japan", "JP", "nd", 50)],
        shares=china("nd", 1, (0, 50), (0, 50)),
    )
    assert refused(checks(problem, answer)) == {}
    assert refused(checks(problem, changed(answer, {"builds.0.until": None}))) == {}
    late = changed(answer, {"builds.0.on_stream": 6, "builds.0.until": 16})
    assert "builds" in refused(checks(problem, late))


@pytest.mark.parametrize(
    ("weight", "part", "whole"), [("quantity", 22, 44), ("value", 90, 200), ({"nd": 1, "la": 0.5}, 16, 27)]
)
def test_materials_are_pooled_by_weight(weight: Any, part: float, whole: float) -> None:
    """One ratio over materials weighs them as asked: 10 t of nd and 12 of la from China, 22 of la from Australia.

    By quantity 22 of 44; by value at 3 and 5, 30 + 60 of 30 + 170; by factors of 1 and a half, 10 + 6 of 10 + 17.
    """
    amounts = {("nd", "CN"): 10, ("la", "CN"): 12, ("la", "AU"): 22}
    problem = {
        "materials": [{"id": "nd", "unit": "t", "price": 3}, {"id": "la", "unit": "t", "price": 5}],
        "suppliers": [
            {"id": f"{name}_{country}", "country": country, "material": name, "unit_cost": 0}
            for name, country in amounts
        ],
        "demands": [
            {"id": "magnets", "country": "JP", "material": "nd", "quantity": 10},
            {"id": "glass", "country": "JP", "material": "la", "quantity": 34},
        ],
        "policies": [
            {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.9, "across": ["materials"], "weight": weight}
        ],
    }
    answer = plan(
        0, {}, {}, {}, {},
        purchases=[buy(f"{name}_{country}", country, name, t, 0) for (name, country), t in amounts.items()],
        shipments=[ship(name, country, "JP", t) for (name, country), t in amounts.items()],
        deliveries=[deliver("magnets", "JP", "nd", 10), deliver("glass", "JP", "la", 34)],
        shares=[
            share("cap", None, part, whole, max=0.9),
            *china("nd", 1, (10, 10), (10, 10)),
            *china("la", 1, (12, 34), (12, 34)),
        ],
    )  # fmt: skip
    assert refused(checks(problem, answer)) == {}


def test_each_place_brings_its_stock() -> None:
    """Places apart: Tokyo's ratio counts what is put in store at Osaka for it, Korea's only its own.

    Tokyo 40 t from China and Osaka 60 from Australia, both for Tokyo: 40 of 100. Korea 10 of 10, and priced at 2 for
    the 5 t beyond a half.
    """
    problem = {
        "places": [{"id": "osaka", "country": "JP"}, {"id": "tokyo", "country": "JP"}],
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [
            {"id": country.lower(), "country": country, "material": "nd", "unit_cost": 0} for country in ("CN", "AU")
        ],
        "demands": [
            {"id": "japan", "place": "tokyo", "material": "nd", "quantity": 40},
            {"id": "korea", "country": "KR", "material": "nd", "quantity": 10},
        ],
        "stockpiles": [{"place": "osaka", "material": "nd"}],
        "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5, "each_place": True, "penalty": 2}],
    }
    costs = {"penalties": 10}
    answer = plan(
        10, costs, {1: (1, 1.0, costs)}, {None: costs}, {("policy", "cap", None): costs},
        purchases=[buy("cn", "CN", "nd", 50, 0), buy("au", "AU", "nd", 60, 0)],
        shipments=[ship("nd", "CN", "tokyo", 40), ship("nd", "AU", "osaka", 60), ship("nd", "CN", "KR", 10)],
        stocks=[{"place": "osaka", "material": "nd", "unit": "t", "cost": 0, "period": 1, "level": 60}
                | {"fill": 60, "draw": 0, "draws": []}],
        deliveries=[deliver("japan", "JP", "nd", 40), deliver("korea", "KR", "nd", 10)],
        shares=[
            share("cap", "nd", 40, 100, max=0.5, place="tokyo"),
            share("cap", "nd", 10, 10, max=0.5, place="KR", beyond=5, penalty=10),
            *china("nd", 1, (50, 110), (50, 110), (50, 50)),
        ],
    )  # fmt: skip
    assert refused(checks(problem, answer)) == {}
    assert "at tokyo in 1" in refused(checks(problem, changed(answer, {"shares.0.whole": 40})))["shares"]


def test_production_of_named_plants_in_units() -> None:
    """A quantity of production counts the plants named, here 40 of the 100 t that two plants refine."""
    problem, answer = midstream()
    problem["policies"].append(
        {"id": "quota", "type": "quantity", "measure": "production", "stages": ["refining"], "plants": ["sep_my"]}
        | {"min": 40}
    )
    for supplier in problem["suppliers"]:
        supplier["stage"] = "mining"
    for line in answer["shipments"][:3]:
        line["stage"] = "mining"
    quota = share("quota", "oxide", 40, 100, measure="production", countries=[], min=40, achieved=40, margin=0)
    answer["shares"].append(quota)
    assert refused(checks(problem, answer)) == {}
    problem["policies"][-1]["plants"] = ["sep_cn"]
    assert "policy quota for oxide in 1" in refused(checks(problem, answer))["shares"]


def test_a_cap_and_a_floor_on_what_nobody_demands_are_two_ratios() -> None:
    """Of concentrate a cap counts what is used outside the countries capped, 10 of 40 t, a floor all, 70 of 100."""
    problem, answer = midstream()
    problem["policies"][0] |= {"min": 0.6, "max": 0.8}
    answer["shares"][0] |= {"max": 0.8, "margin": 0.55}
    assert "missing share of policy conc_cap for conc in 1" in refused(checks(problem, answer))["shares"]
    answer["shares"].append(share("conc_cap", "conc", 70, 100, min=0.6))
    assert refused(checks(problem, answer)) == {}
    problem["policies"][0]["min"] = answer["shares"][-1]["min"] = 0.701
    answer["shares"][-1] |= {"margin": -0.001, "binding": True}
    assert refused(checks(problem, answer))["shares"] == "bound of policy conc_cap for conc in 1"

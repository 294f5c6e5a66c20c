"""The audit of content: what a plan's flows allow to be marked, worked out on paper."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from oremix.models import Plan, Problem
from oremix.models.policies import Quantity, Share
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.measures import ratios
from tests.optimizer.answering.paper import (
    Data,
    buy,
    changed,
    checks,
    china,
    deliver,
    priced,
    refused,
    run,
    share,
    ship,
)

YEAR = {1: (1, 1.0)}


def chain() -> tuple[Data, Data]:
    """Ore from China and Australia is refined in Japan, where oxide from China arrives too, for itself and for magnets.

    60 and 40 t of ore make 50 of oxide; with 20 from China (whose ore was mined in Myanmar) 70, of which 50 go with
    10 t of German iron into as many magnets; 5 more are recycled.
    """
    problem = {
        "materials": [{"id": name, "unit": "t"} for name in ("ore", "oxide", "iron", "magnet")],
        "suppliers": [
            {"id": "ore_cn", "country": "CN", "material": "ore", "unit_cost": 0, "stage": "mining"},
            {"id": "ore_au", "country": "AU", "owner": "CN", "material": "ore", "unit_cost": 0, "stage": "mining"},
            {"id": "northern", "country": "CN", "material": "oxide", "unit_cost": 0, "stage": "refining"}
            | {"history": {"mining": "MM"}},
            {"id": "iron", "country": "DE", "material": "iron", "unit_cost": 0, "stage": "mining"},
        ],
        "plants": [
            {"id": "sep", "country": "JP", "recipes": [{"id": "main", "inputs": {"ore": 2}, "outputs": {"oxide": 1}}]},
            {"id": "magnets", "country": "JP", "stage": "magnets"}
            | {"recipes": [{"id": "main", "inputs": {"oxide": 1, "iron": 0.2}, "outputs": {"magnet": 1}}]},
        ],
        "recyclers": [{"id": "loop", "country": "JP", "material": "magnet", "scrap": 5}],
        "demands": [
            {"id": "glass", "country": "JP", "material": "oxide", "quantity": 20},
            {"id": "motors", "country": "JP", "material": "magnet", "quantity": 55},
        ],
    }
    magnets = run("magnets", "JP", 50, {"oxide": 50, "iron": 10}, {"magnet": 50}, 0) | {"stage": "magnets"}
    return problem, priced(
        [], YEAR,
        purchases=[
            buy("ore_cn", "CN", "ore", 60, 0), buy("ore_au", "AU", "ore", 40, 0),
            buy("northern", "CN", "oxide", 20, 0), buy("iron", "DE", "iron", 10, 0),
        ],
        production=[run("sep", "JP", 50, {"ore": 100}, {"oxide": 50}, 0), magnets],
        recycling=[
            {"recycler": "loop", "country": "JP", "material": "magnet", "period": 1}
            | {"scrap": 5, "quantity": 5, "unit": "t", "cost": 0}
        ],
        shipments=[
            ship("ore", "CN", "JP", 60, stage="mining"),
            ship("ore", "AU", "JP", 40, stage="mining", owner="CN"),
            ship("oxide", "CN", "JP", 20, stage="refining"),
            ship("oxide", "JP", "JP", 50, stage="refining"),
            ship("iron", "DE", "JP", 10, stage="mining"),
            ship("magnet", "JP", "JP", 50, stage="magnets"),
            ship("magnet", "JP", "JP", 5, stage="recycling"),
        ],
        deliveries=[deliver("glass", "JP", "oxide", 20), deliver("motors", "JP", "magnet", 55)],
        shares=[
            *china("ore", 1, None, (60, 100)),
            *china("oxide", 1, (20, 70), (20, 70), (0, 20)),
            *china("iron", 1, None, (0, 10)),
            *china("magnet", 1, (0, 55), (0, 55), (30, 55)),
        ],
    )  # fmt: skip


def stock() -> tuple[Data, Data]:
    """A stock of 20 t, half of it from China, takes in 5 a year for two years, of 6.25 that leave China.

    It gives 5 a year to Japan in the first two years and 10 in the next two: of 10 and 20 t in all, 20 from China.
    """
    problem = {
        "periods": [2026, 2028],
        "discount_rate": 0,
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": [{"id": "cn", "country": "CN", "material": "nd", "unit_cost": 0}],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": [5, 10]}],
        "lanes": [{"from": "CN", "to": "JP", "loss": 0.2}],
        "stockpiles": [{"country": "JP", "material": "nd", "initial": 20, "initial_origin": {"CN": 0.5}}],
    }
    pile = {"place": "JP", "material": "nd", "unit": "t", "cost": 0}
    return problem, priced(
        [], YEAR,
        purchases=[buy("cn", "CN", "nd", 6.25, 0, 2026)],
        shipments=[ship("nd", "CN", "JP", 6.25, 2026, arrived=5)],
        stocks=[
            {**pile, "period": 2026, "fill": 5, "draw": 5, "draws": [{"to": "JP", "quantity": 5}], "level": 20},
            {**pile, "period": 2028, "fill": 0, "draw": 10, "draws": [{"to": "JP", "quantity": 10}], "level": 0},
        ],
        deliveries=[deliver("japan", "JP", "nd", 5, 2026), deliver("japan", "JP", "nd", 10, 2028)],
        shares=[
            *china("nd", 2026, (5, 5), (6.25, 6.25), (0, 5)),
            *china("nd", 2028, (0, 0), (0, 0), (5, 10)),
        ],
    )  # fmt: skip


def parts(case: tuple[Data, Data], **rule: Any) -> list[tuple[float, float]]:
    """Part and whole of what a rule on content measures."""
    problem, answer = case
    book = Book(Problem.model_validate(problem), Plan.model_validate(answer))
    policy = Share.model_validate({"id": "rule", "type": "share", "measure": "content", **rule})
    return [(round(ratio.part, 9), round(ratio.whole, 9)) for ratio in ratios(book, [("rule", policy)])]


@pytest.mark.parametrize("case", [chain, stock], ids=lambda case: case.__name__)
def test_right_plans_pass(case: Any) -> None:
    """A plan worked out on paper has no violation in any category."""
    assert refused(checks(*case())) == {}


@pytest.mark.parametrize(
    ("rule", "oxide", "magnet"),
    [
        # 50 of the 70 t of oxide are Chinese by some step: none of the 20 delivered needs to be, 30 for magnets do
        ({"countries": ["CN"], "max": 1}, 0, 30),
        # owned: all ore too, so all oxide; what is recycled starts anew
        ({"countries": ["CN"], "by": "owner", "max": 1}, 20, 50),
        # what China sells as oxide was mined in Myanmar: 30 of 70
        ({"countries": ["CN"], "stages": ["mining"], "max": 1}, 0, 10),
        ({"countries": ["MM"], "stages": ["mining"], "max": 1}, 0, 0),
        ({"countries": ["CN"], "stages": ["refining"], "max": 1}, 0, 0),
        # a step in these countries marks all that it makes
        ({"countries": ["JP"], "stages": ["magnets"], "max": 1}, 0, 50),
        ({"countries": ["JP"], "stages": ["recycling"], "max": 1}, 0, 5),
        ({"countries": ["JP"], "max": 1}, 0, 55),
        # one carrier is enough for a cap: all magnets contain iron
        ({"countries": ["DE"], "max": 1}, 0, 50),
        ({"countries": ["DE"], "max": 1, "carriers": ["oxide"]}, 0, 0),
        ({"stages": ["mining"], "max": 1}, 20, 50),
        # of a floor as much as there can be: refined in Japan, but iron was refined elsewhere
        ({"countries": ["JP"], "stages": ["refining"], "min": 0}, 20, 0),
        ({"countries": ["JP"], "stages": ["refining"], "min": 0, "carriers": ["oxide"]}, 20, 50),
        ({"countries": ["JP"], "stages": ["refining", "recycling"], "min": 0, "carriers": ["oxide"]}, 20, 55),
        ({"countries": ["AU"], "stages": ["mining"], "min": 0, "carriers": ["ore", "oxide"]}, 20, 20),
        # without a carrier among its inputs a step hands on nothing
        ({"countries": ["AU"], "stages": ["mining"], "min": 0, "carriers": ["oxide"]}, 0, 0),
        ({"countries": ["AU", "CN", "MM", "DE"], "stages": ["mining"], "min": 0}, 20, 50),
        # the last of the stages decides: mined in Australia, and refined in Japan
        ({"countries": ["AU"], "stages": ["mining", "refining"], "min": 0, "carriers": ["ore", "oxide"]}, 0, 0),
    ],
)  # fmt: skip
def test_marks_through_the_chain(rule: Data, oxide: float, magnet: float) -> None:
    """The least (of a floor the most) that went through stages in countries, of 20 t of oxide and 55 of magnets."""
    assert parts(chain(), **rule) == [(oxide, 20), (magnet, 55)]


def test_pooled_materials_share_what_there_is() -> None:
    """Of what two materials share, 50 t of Chinese oxide, none can be put out of sight: 50 of 75."""
    assert parts(chain(), countries=["CN"], max=1, across=["materials"]) == [(50, 75)]
    weights = {"oxide": 1, "magnet": 3}  # now the oxide is better delivered: 20 + 3 × 30
    assert parts(chain(), countries=["CN"], max=1, across=["materials"], weight=weights) == [(110, 185)]


def test_demands_in_scope_are_those_named() -> None:
    """A second demand for magnets takes the Chinese ones where only the first is asked after."""
    problem, answer = chain()
    problem["demands"][1]["quantity"] = 25
    problem["demands"].append({"id": "drives", "country": "JP", "material": "magnet", "quantity": 30})
    answer["deliveries"][1]["quantity"] = 25
    answer["deliveries"].append(deliver("drives", "JP", "magnet", 30))
    case = (problem, answer)
    assert parts(case, countries=["CN"], max=1) == [(0, 20), (30, 55)]
    assert parts(case, countries=["CN"], max=1, demands=["motors"]) == [(0, 25)]
    assert parts(case, countries=["CN"], max=1, demands=["drives"]) == [(5, 30)]
    assert parts(case, countries=["CN"], max=1, materials=["magnet"]) == [(30, 55)]


def test_each_country_that_can_mark_is_tested() -> None:
    """Countries in which something was mined, here or before: all but Japan."""
    problem, answer = chain()
    book = Book(Problem.model_validate(problem), Plan.model_validate(answer))
    policy = Quantity(id="rule", type="quantity", measure="content", each=True, max=100, stages=["mining"])
    found = {ratio.subject.country: round(ratio.part, 9) for ratio in ratios(book, [("rule", policy)])}
    assert found == {"AU": 0, "CN": 10, "DE": 50, "MM": 0}  # the last material of each: magnets


def test_marks_through_a_stock() -> None:
    """What is unmarked may be drawn first or last, but not both: 0 of the first 5 a year, 5 of the later 10, 20 of 30.

    With half of the initial stock unknown, a floor finds 10 of the first 10 t marked, and 20 of 30.
    """
    assert parts(stock(), countries=["CN"], max=1) == [(0, 5), (5, 10)]
    assert parts(stock(), countries=["CN"], max=1, across=["periods"]) == [(20, 30)]
    assert parts(stock(), countries=["CN"], min=0) == [(5, 5), (10, 10)]
    assert parts(stock(), countries=["CN"], min=0, across=["periods"]) == [(20, 30)]


@pytest.mark.parametrize("bound", ["max", "min"])
def test_marks_through_a_loop(bound: str) -> None:
    """Half of what comes into a loop is marked, so half of what leaves it: no mark is made in going round."""
    problem = {
        "materials": [{"id": "a", "unit": "t"}, {"id": "b", "unit": "t"}],
        "suppliers": [
            {"id": country.lower(), "country": country, "material": "a", "unit_cost": 0, "stage": "mining"}
            for country in ("CN", "AU")
        ],
        "plants": [
            {"id": "there", "country": "JP", "recipes": [{"id": "main", "inputs": {"a": 1}, "outputs": {"b": 1}}]},
            {"id": "back", "country": "JP", "recipes": [{"id": "main", "inputs": {"b": 1}, "outputs": {"a": 1}}]},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "b", "quantity": 100}],
    }
    answer = priced(
        [], YEAR,
        purchases=[buy("cn", "CN", "a", 50, 0), buy("au", "AU", "a", 50, 0)],
        production=[
            run("there", "JP", 200, {"a": 200}, {"b": 200}, 0),
            run("back", "JP", 100, {"b": 100}, {"a": 100}, 0),
        ],
        shipments=[
            ship("a", "CN", "JP", 50, stage="mining"), ship("a", "AU", "JP", 50, stage="mining"),
            ship("a", "JP", "JP", 100, stage="refining"), ship("b", "JP", "JP", 200, stage="refining"),
        ],
        deliveries=[deliver("japan", "JP", "b", 100)],
    )  # fmt: skip
    rule: Data = {"countries": ["CN"], "max": 1} if bound == "max" else {"countries": ["AU"], "min": 0}
    rule["stages"] = ["mining"]
    assert parts((problem, answer), **rule) == [(50, 100)]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"shares.3.part": 20, "shares.3.achieved": 1}, "of CN (content) for oxide in 1"),
        ({"shares.3.whole": 70}, "whole of CN (content) for oxide in 1"),
        ({"shares.7.part": 50, "shares.7.achieved": 50 / 55}, "of CN (content) for magnet in 1"),
        ({"shares.7.achieved": 0.54}, "achieved of CN (content) for magnet in 1"),
    ],
)
def test_one_wrong_entry_is_refused(changes: Data, where: str) -> None:
    """Content that is not the least of what the flows allow is refused."""
    problem, answer = chain()
    assert where in refused(checks(problem, changed(answer, changes)))["shares"]


def capped(most: float, penalty: float | None = None) -> tuple[Data, Data]:
    """The chain with a cap on what China has in each material; alone none of 20 t of oxide, and 30 of 55 magnets."""
    problem, answer = chain()
    problem["policies"] = [{"id": "cap", "type": "share", "measure": "content", "countries": ["CN"], "max": most}]
    if penalty is not None:
        problem["policies"][0]["penalty"] = penalty
    answer["shares"] += [
        share("cap", "oxide", 0, 20, measure="content", max=most),
        share("cap", "magnet", 30, 55, measure="content", max=most),
    ]
    return problem, answer


@pytest.mark.parametrize(("most", "holds"), [(0.67, True), (2 / 3, True), (0.66, False)])
def test_bounds_hold_together(most: float, holds: bool) -> None:
    """50 t of Chinese oxide are in 75 of oxide and magnets, so that no cap below 2/3 holds for both at once."""
    found = refused(checks(*capped(most)))
    assert ("shares" not in found) is holds
    assert holds or "with the policy's others" in found["shares"]


def test_bounds_hold_together_over_time() -> None:
    """All of the first years' and half of the later years' may come from China, but no less of the first."""
    problem, answer = stock()
    problem["policies"] = [{"id": "cap", "type": "share", "measure": "content", "countries": ["CN"], "max": [1, 0.5]}]
    answer["shares"] += [
        share("cap", "nd", 0, 5, 2026, measure="content", max=1),
        share("cap", "nd", 5, 10, 2028, measure="content", max=0.5),
    ]
    assert refused(checks(problem, answer)) == {}
    problem["policies"][0]["max"] = [0.9, 0.5]
    answer["shares"][-2] |= {"max": 0.9, "margin": 0.9}
    assert "with the policy's others" in refused(checks(problem, answer))["shares"]


def test_each_layer_holds_on_its_own() -> None:
    """A cap on one country says nothing about the mark of another: each is traced apart."""
    problem, answer = chain()
    problem["policies"] = [
        {"id": name, "type": "share", "measure": "content", "stages": ["mining"], "countries": [country], "max": most}
        for name, country, most in (("cn", "CN", 0.5), ("au", "AU", 0.4))
    ]
    answer["shares"] += [
        share("cn", "oxide", 0, 20, measure="content", max=0.5),
        share("cn", "magnet", 10, 55, measure="content", max=0.5),
        share("au", "oxide", 0, 20, measure="content", countries=["AU"], max=0.4),
        share("au", "magnet", 0, 55, measure="content", countries=["AU"], max=0.4),
    ]
    assert refused(checks(problem, answer)) == {}


@pytest.mark.parametrize(
    ("oxide", "magnet", "category"),
    [
        (0, 12.5, None),  # the cheapest: 10 and 27.5 are allowed of 50
        (2.5, 10, None),  # as cheap, at the same price for both
        (0, 12.4, "shares"),  # not enough for both
        (2.5, 12.5, "shares"),  # more than has to be paid
    ],
)
def test_priced_bounds_are_paid_for_together(oxide: float, magnet: float, category: str | None) -> None:
    """At a cap of a half 10 t of oxide and 27.5 of magnets are allowed: the 12.5 beyond are shared out as stated."""
    problem, answer = capped(0.5, penalty=2)
    for record, beyond in zip(answer["shares"][-2:], (oxide, magnet), strict=True):
        record |= {"beyond": beyond, "penalty": 2 * beyond}
    paid = {"penalties": 2 * (oxide + magnet)}
    records = {key: answer[key] for key in answer if isinstance(answer[key], list)}
    charges = [("penalties", 1, None, "policy", "cap", paid["penalties"])]
    answer = priced(charges, YEAR, **records)
    assert list(refused(checks(problem, answer))) == ([category] if category else [])


def test_a_single_priced_bound_is_broken_by_what_it_is() -> None:
    """Where no other bound shares the mark, what is stated beyond is what is achieved beyond."""
    problem, answer = capped(0.5, penalty=2)
    problem["policies"][0]["materials"] = ["magnet"]
    records = {key: answer[key] for key in answer if isinstance(answer[key], list)}
    records["shares"] = [*records["shares"][:-2], records["shares"][-1] | {"beyond": 2.5, "penalty": 5}]
    answer = priced([("penalties", 1, None, "policy", "cap", 5)], YEAR, **records)
    assert refused(checks(problem, answer)) == {}
    records["shares"][-1] |= {"beyond": 3, "penalty": 6}
    answer = priced([("penalties", 1, None, "policy", "cap", 6)], YEAR, **records)
    assert refused(checks(problem, answer)) == {"shares": "beyond of policy cap for magnet in 1"}


def test_flows_that_balance_only_nearly_are_traced() -> None:
    """What a solver rounds does not make the marks contradict each other."""
    problem, answer = chain()
    for number, line in enumerate(answer["shipments"]):
        line["quantity"] *= 1 + (-1) ** number * 1e-9
    assert refused(checks(problem, answer)) == {}


def test_a_floor_and_a_cap_are_two_records() -> None:
    """The least is held against the cap, and the most against the floor."""
    problem, answer = chain()
    problem["policies"] = [
        {"id": "both", "type": "share", "measure": "content", "countries": ["CN"], "materials": ["magnet"]}
        | {"stages": ["mining"], "max": 0.6, "min": 0.3, "carriers": ["ore", "oxide"]}
    ]
    answer["shares"] += [
        share("both", "magnet", 10, 55, measure="content", max=0.6),
        share("both", "magnet", 30, 55, measure="content", min=0.3),
    ]
    assert refused(checks(problem, answer)) == {}
    answer["shares"][-1] |= {"part": 40, "achieved": 40 / 55, "margin": 40 / 55 - 0.3}
    assert "policy both for magnet in 1" in refused(checks(problem, answer))["shares"]


def test_a_quantity_of_what_nobody_takes_is_no_division_by_zero() -> None:
    """Of two materials one is not wanted at all: its amount is 0, and the plan is audited all the same."""
    sellers = [{"id": name, "country": "CN", "material": name, "unit_cost": 1} for name in ("oxide", "metal")]
    wanted = {"oxide": 100, "metal": 0}
    cap = {"id": "cap", "type": "quantity", "measure": "content", "countries": ["CN"], "max": 500, "penalty": 2}
    plan = oremix.solve(
        {
            "materials": [{"id": name, "unit": "t"} for name in wanted],
            "suppliers": sellers,
            "demands": [
                {"id": name, "country": "JP", "material": name, "quantity": quantity}
                for name, quantity in wanted.items()
            ],
            "policies": [cap],
        }
    )
    assert plan.status == "optimal"
    assert {s.material: s.part for s in plan.shares if s.policy == "cap"} == {"oxide": pytest.approx(100), "metal": 0}


def test_content_of_an_empty_stock_that_nobody_draws_is_measured_quietly() -> None:
    """Where no flow goes through a balance, marked or not, there is nothing to scale it by."""
    plan = oremix.solve(
        {
            "materials": [{"id": "oxide", "unit": "t"}],
            "suppliers": [
                {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 0},
                {"id": "weld", "country": "AU", "material": "oxide", "unit_cost": 0},
            ],
            "demands": [{"id": "home", "country": "CN", "material": "oxide", "quantity": 0}],
            "stockpiles": [{"country": "CN", "material": "oxide", "initial": 0, "capacity": 0, "draw_max": 1}],
            "policies": [{"id": "none", "type": "share", "measure": "content", "countries": ["CN"], "max": 0}],
        }
    )
    assert plan.status == "optimal"

"""The audit of footprints, numbers of sources, shipments, capacity and rules by owner, on plans worked out on paper."""

from __future__ import annotations

from typing import Any

import pytest

from oremix.models import Plan, Problem
from oremix.models.policies import Share
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.measures import ratios
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
    share,
    ship,
)

FROM = {"CN": 30, "RU": 20, "AU": 50}


def amount(policy: str, measure: str, part: float, *countries: str, material: str | None = None, **more: Any) -> Data:
    """A record of a rule that bounds an amount, without a whole."""
    rooms = [more["max"] - part] if "max" in more else []
    rooms += [part - more["min"]] if "min" in more else []
    line = {"achieved": part, "margin": min(rooms), "binding": min(rooms) <= 0, "measure": measure, **more}
    return share(policy, material, part, 0, countries=list(countries), **line) | {"whole": None}


def sources() -> tuple[Data, Data]:
    """100 t from three countries, of which a Chinese mine is controlled from Russia.

    Carbon: 2 a tonne in China and 0.2 on the way, 66; Australia takes up 1 a tonne and spends 0.5 on the way, −25;
    Russia 4 on the way. Of China's at most 60: 6 beyond at 2 each a year, beside a price of 3 on all 66.
    """
    suppliers = [
        {"id": country.lower(), "country": country, "material": "nd", "unit_cost": 0, "capacity": 60, "stage": "mining"}
        for country in FROM
    ]
    suppliers[0] |= {"owner": "RU", "footprint": {"co2": 2, "water": 1}}
    suppliers[2] |= {"footprint": {"co2": -1}}
    problem = {
        "materials": [{"id": "nd", "unit": "t"}],
        "suppliers": suppliers,
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": 100}],
        "lanes": [
            {"from": "*", "to": "JP", "footprint": {"co2": 0.5}},
            {"from": ["CN", "RU"], "to": "JP", "footprint": {"co2": 0.2}},
        ],
        "policies": [
            {"id": "carbon", "type": "footprint", "of": "co2", "countries": ["CN"], "max": 60}
            | {"price": 3, "penalty": 2},
            {"id": "all_carbon", "type": "footprint", "of": "co2", "min": 40, "max": 50},
            {"id": "sellers", "type": "diversify", "of": "suppliers", "min": 3, "max": 3, "smallest": 0.2},
            {"id": "origins", "type": "diversify", "of": "countries", "min": 2, "smallest": 0.3},
            {"id": "quota", "type": "quantity", "measure": "shipments", "from": ["CN", "RU"], "to": "JP", "max": 50},
            {"id": "mines", "type": "share", "measure": "capacity", "stages": ["mining"], "countries": ["CN"]}
            | {"max": 0.6},
            {"id": "owned", "type": "share", "by": "owner", "countries": ["RU"], "max": 0.5},
            {"id": "third", "type": "share", "by": "owner", "each": True, "except": ["AU"], "max": 0.5},
            {"id": "owned_mines", "type": "share", "by": "owner", "measure": "production", "countries": ["RU"]}
            | {"max": 0.5},
        ],
    }
    by_owner = {"countries": ["RU"], "max": 0.5}
    co2 = (("CN", 66), ("RU", 4), ("AU", -25))
    records = [{"of": "co2", "country": country, "period": 1, "amount": figure} for country, figure in co2]
    return problem, priced(
        [("footprint", 1, None, "policy", "carbon", 198), ("penalties", 1, None, "policy", "carbon", 12)],
        {1: (1, 1.0)},
        purchases=[buy(country.lower(), country, "nd", tonnes, 0) for country, tonnes in FROM.items()],
        shipments=[
            ship("nd", country, "JP", tonnes, owner="RU" if country == "CN" else country, stage="mining")
            for country, tonnes in FROM.items()
        ],
        deliveries=[deliver("japan", "JP", "nd", 100)],
        footprints=[*records, {"of": "water", "country": "CN", "period": 1, "amount": 30}],
        shares=[
            amount("carbon", "footprint", 66, "CN", max=60, beyond=6, penalty=12),
            amount("all_carbon", "footprint", 45, min=40, max=50),
            amount("sellers", "suppliers", 3, max=3, material="nd"),
            amount("sellers", "suppliers", 3, min=3, material="nd"),
            amount("origins", "countries", 2, min=2, material="nd"),
            amount("quota", "shipments", 50, max=50, material="nd"),
            share("mines", "nd", 60, 100, measure="capacity", max=0.6),
            share("owned", "nd", 50, 100, **by_owner),
            share("third", "nd", 50, 100, **by_owner),
            share("owned_mines", "nd", 50, 100, measure="production", **by_owner),
            *china("nd", 1, (30, 100), (30, 100)),
        ],
    )


def test_right_plan_passes() -> None:
    """The plan worked out on paper has no violation in any category, down to rounding."""
    found = checks(*sources())
    assert {name: check.at for name, check in found.items() if check.worst > 1e-12} == {}
    assert found["footprints"].checked == 4


@pytest.mark.parametrize(
    ("changes", "category", "where"),
    [
        ({"footprints.0.amount": 60}, "footprints", "footprint co2 in CN in 1"),
        ({"footprints.2.amount": 25}, "footprints", "footprint co2 in AU in 1"),
        ({"footprints.1.country": "JP"}, "footprints", "footprint co2 in"),
        ({"footprints.3.of": "air"}, "footprints", "in CN in 1"),
        ({"costs.by_category.footprint": 180}, "totals", "costs by category: footprint"),
        ({"costs.by_category.penalties": 0}, "totals", "costs by category: penalties"),
        ({"shares.0.part": 60}, "shares", "part of policy carbon in 1"),
        ({"shares.0.beyond": 0}, "shares", "beyond of policy carbon in 1"),
        ({"shares.0.penalty": 6}, "shares", "penalty of policy carbon in 1"),
        ({"shares.0.binding": False}, "shares", "binding of policy carbon in 1"),
        ({"shares.0.countries": []}, "shares", "countries of policy carbon in 1"),
        ({"shares.1.part": 95}, "shares", "part of policy all_carbon in 1"),
        ({"shares.1.whole": 45}, "shares", "whole of policy all_carbon in 1"),
        ({"shares.1.binding": True}, "shares", "binding of policy all_carbon in 1"),
        ({"shares.2.part": 2}, "shares", "part of policy sellers for nd in 1"),
        ({"shares.3.achieved": 2}, "shares", "achieved of policy sellers for nd in 1"),
        ({"shares.4.part": 1.9}, "shares", "part of policy origins for nd in 1"),
        ({"shares.5.part": 30}, "shares", "part of policy quota for nd in 1"),
        ({"shares.6.part": 30}, "shares", "part of policy mines for nd in 1"),
        ({"shares.7.part": 20}, "shares", "part of policy owned for nd in 1"),
        ({"shares.8.countries": ["CN"]}, "shares", "third"),
        ({"shares.9.part": 30}, "shares", "part of policy owned_mines for nd in 1"),
        ({"shares.12.part": 50, "shares.12.achieved": 0.5}, "shares", "part of CN (content) for nd in 1"),
    ],
)  # fmt: skip
def test_one_wrong_entry_is_refused(changes: Data, category: str, where: str) -> None:
    """One entry of a right plan changed is a violation of its category, named in the user's own ids."""
    problem, answer = sources()
    found = refused(checks(problem, changed(answer, changes)))
    assert where in found.get(category, f"nothing in {category}")


@pytest.mark.parametrize("position", range(13))
def test_each_record_is_asked_for_once(position: int) -> None:
    """A record left out is missing, one that stands twice is one too many."""
    problem, answer = sources()
    fewer = changed(answer, {"shares": lambda lines: lines[:position] + lines[position + 1 :]})
    assert "shares" in refused(checks(problem, fewer))
    more = changed(answer, {"shares": lambda lines: [*lines, lines[position]]})
    assert "which nothing asks for (again)" in refused(checks(problem, more))["shares"]


@pytest.mark.parametrize(
    ("changes", "said", "where"),
    [
        ({"policies.1.max": 44}, {"shares.1.max": 44, "shares.1.margin": -1}, "bound of policy all_carbon in 1"),
        ({"policies.1.min": 46}, {"shares.1.min": 46, "shares.1.margin": -1}, "bound of policy all_carbon in 1"),
        ({"policies.2.max": 2, "policies.2.min": 2}, {"shares.2.max": 2, "shares.2.margin": -1, "shares.3.min": 2,
         "shares.3.margin": 1, "shares.3.binding": False}, "bound of policy sellers for nd in 1"),
        ({"policies.3.min": 3}, {"shares.4.min": 3, "shares.4.margin": -1}, "bound of policy origins for nd in 1"),
        ({"policies.4.max": 49}, {"shares.5.max": 49, "shares.5.margin": -1}, "bound of policy quota for nd in 1"),
        ({"policies.5.max": 0.59}, {"shares.6.max": 0.59, "shares.6.margin": -0.01}, "bound of policy mines"),
        ({"policies.6.max": 0.49}, {"shares.7.max": 0.49, "shares.7.margin": -0.01}, "bound of policy owned for nd"),
        ({"policies.7.max": 0.49}, {"shares.8.max": 0.49, "shares.8.margin": -0.01}, "bound of policy third on RU"),
    ],
)  # fmt: skip
def test_a_rule_broken_openly_is_still_refused(changes: Data, said: Data, where: str) -> None:
    """A plan that states its own violation correctly is refused for the violation, and for nothing else."""
    problem, answer = sources()
    binding = {
        f"{path.rsplit('.', 1)[0]}.binding": True for path, room in said.items() if "margin" in path and room < 0
    }
    found = refused(checks(changed_problem(problem, changes), changed(answer, {**binding, **said})))
    assert list(found) == ["shares"]
    assert where in found["shares"]


@pytest.mark.parametrize(
    ("changes", "category", "where"),
    [
        ({"lanes.1.footprint": {"co2": 0.3}}, "footprints", "footprint co2 in"),
        ({"suppliers.0.footprint": {"co2": 1, "water": 1}}, "footprints", "footprint co2 in CN in 1"),
        ({"policies.0.price": 4}, "totals", "footprint"),
        ({"policies.0.penalty": 3}, "shares", "penalty of policy carbon in 1"),
        ({"policies.2.smallest": 0.21}, "shares", "policy sellers for nd in 1"),
        ({"policies.4.to": "KR"}, "shares", "quota"),
        ({"policies.4.countries": ["CN"]}, "shares", "policy quota for nd in 1"),
        ({"suppliers.0.capacity": 70}, "shares", "policy mines for nd in 1"),
        ({"policies.6.by": "location"}, "shares", "policy owned for nd in 1"),
        ({"policies.8.by": "location"}, "shares", "policy owned_mines for nd in 1"),
    ],
)
def test_one_other_figure_in_the_problem_is_noticed(changes: Data, category: str, where: str) -> None:
    """A plan that is right for one problem is refused for another that differs in one figure."""
    problem, answer = sources()
    found = refused(checks(changed_problem(problem, changes), answer))
    assert where in found.get(category, f"nothing in {category}")


def test_nothing_bought_satisfies_every_number() -> None:
    """A rule on the number of suppliers of what nobody buys holds, whether a record says so or not."""
    problem, answer = sources()
    problem["materials"].append({"id": "la", "unit": "t"})
    problem["suppliers"].append(
        {"id": "us", "country": "US", "material": "la", "unit_cost": 0, "capacity": 1, "stage": "mining"}
    )
    assert refused(checks(problem, answer)) == {}
    answer["shares"].append(amount("sellers", "suppliers", 0, min=3, material="la") | {"binding": False})
    assert refused(checks(problem, answer)) == {}
    answer["shares"][-1]["part"] = 1
    assert "part of policy sellers for la in 1" in refused(checks(problem, answer))["shares"]


def test_a_pooled_footprint_is_a_sum_over_years() -> None:
    """Of two years at 45 each, 90 in all, against twice the bound of a year."""
    problem, answer = sources()
    problem |= {"periods": [2026], "final_years": 2, "discount_rate": 0, "policies": [problem["policies"][1]]}
    problem["policies"][0]["across"] = ["periods"]
    for table in ("purchases", "shipments", "deliveries", "footprints", "shares"):
        for line in answer[table]:
            line["period"] = 2026
    pooled = {**answer["shares"][1], "period": None, "part": 90, "achieved": 90, "min": 80, "max": 100, "margin": 10}
    answer["shares"] = [pooled, *answer["shares"][10:]]
    answer["total_cost"] = 0
    answer["costs"] = {"by_category": {}, "by_period": [], "by_country": [], "by_facility": []}
    assert refused(checks(problem, answer)) == {}
    answer["shares"][0] |= {"part": 45, "achieved": 45}
    assert refused(checks(problem, answer))["shares"] == "part of policy all_carbon over all periods"


def test_the_best_recipe_counts_and_what_is_built() -> None:
    """Capacity is weighed by the recipe that makes the most of the ratio's material, before any ramp-up.

    40 t of activity exist and 10 are built: with 1 of nd in a unit of capacity, or 2 in half a one, that is 4 of nd a
    unit, 200 against a demand of 100 whatever is made.
    """
    recipe = {"inputs": {"ore": 1}, "outputs": {"nd": 1}}
    plant = {"id": "split", "country": "JP", "capacity": 40, "build": {"max": 50, "ramp_up": [0.5]}}
    plant["recipes"] = [
        {"id": "main", **recipe},
        {"id": "fine", "inputs": {"ore": 1}, "outputs": {"nd": 2}, "capacity_use": 0.5},
    ]
    rule = {"id": "home", "type": "share", "measure": "capacity", "countries": ["JP"], "stages": ["refining"]}
    problem = {
        "materials": [{"id": "ore", "unit": "t"}, {"id": "nd", "unit": "t"}],
        "suppliers": [{"id": "mine", "country": "AU", "material": "nd", "unit_cost": 0, "stage": "mining"}],
        "plants": [plant],
        "demands": [{"id": "japan", "country": "JP", "material": "nd", "quantity": 100}],
        "policies": [{**rule, "min": 0.5}],
    }
    order = {"on": "split", "build": 0, "country": "JP", "capacity": 10, "ordered": 1, "on_stream": 1, "until": None}
    answer = priced(
        [], {1: (1, 1.0)},
        purchases=[buy("mine", "AU", "nd", 100, 0)],
        builds=[{**order, "capex": 0, "grant": 0}],
        shipments=[ship("nd", "AU", "JP", 100, stage="mining")],
        deliveries=[deliver("japan", "JP", "nd", 100)],
        shares=[
            share("home", "nd", 200, 100, countries=["JP"], measure="capacity", min=0.5),
            *china("nd", 1, (0, 100), (0, 100)),
        ],
    )  # fmt: skip
    assert refused(checks(problem, answer)) == {}
    problem["plants"][0]["recipes"][1]["capacity_use"] = 1
    assert "policy home for nd in 1" in refused(checks(problem, answer))["shares"]


def test_a_policy_that_is_not_the_problems_can_be_measured() -> None:
    """What a rule would find in a plan is measured for any rule, without a record of it."""
    problem, answer = sources()
    book = Book(Problem.model_validate(problem), Plan.model_validate(answer))
    rule = Share(id="other", type="share", countries=["AU"], max=0.4)
    (ratio,) = ratios(book, [("other", rule)])
    assert (ratio.part, ratio.whole, ratio.over) == (50, 100, 10)

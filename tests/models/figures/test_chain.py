"""The flows of a plan: by hand on a small chain, and conserved at every node of any plan."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import oremix
from oremix.models import Plan, Problem, read_problem
from oremix.models.figures.chain import Flow, Node, chain
from oremix.models.figures.labels import Labels
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
EXAMPLES = sorted(oremix.examples())


def works(name: str, unit_cost: float, **more: Any) -> dict[str, Any]:
    """A refinery: two of ore give one of oxide and half a one of slag."""
    recipe = {"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1, "slag": 0.5}, "unit_cost": unit_cost}
    return {"id": name, "recipes": [recipe], **more}


SMALL: dict[str, Any] = {
    "materials": [{"id": name, "unit": "t"} for name in ("ore", "oxide", "slag")],
    "places": [{"id": "osaka", "country": "JP"}],
    "suppliers": [{"id": "mine", "country": "AU", "stage": "mining", "material": "ore", "unit_cost": 1}],
    "plants": [works("north", 1, country="CN"), works("south", 5, place="osaka")],
    "recyclers": [{"id": "scrap", "country": "JP", "material": "oxide", "scrap": 10, "unit_cost": 1}],
    "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 60}],
    "lanes": [{"from": "CN", "to": "JP", "loss": 0.1}],
    "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5}],
}
MINE = Node("made", "AU", "mining", "ore")
NORTH, SOUTH = Node("made", "CN", "refining", "oxide"), Node("made", "JP", "refining", "oxide")
SCRAP = Node("made", "JP", "recycling", "oxide")
JAPAN = Node("demand", "JP", "", "oxide")


def flows(plan: Plan, problem: Problem | None = None, period: int = 1) -> dict[tuple[Node, Node, str], float]:
    found = chain(plan, Labels(plan, problem), period)
    return {(flow.source, flow.target, flow.material): flow.quantity for flow in found}


@pytest.mark.parametrize("with_problem", [False, True])
def test_a_chain_by_hand(with_problem: bool) -> None:
    """Of 60 t half, 30, may arrive from China: 30 / 0.9 = 33.33 leave, 3.33 are lost, of 66.67 ore, with 16.67 slag.

    10 are recycled, and the other 20 are made in Osaka of 40 ore, with 10 slag.
    """
    problem = read_problem(SMALL)
    plan = oremix.solve(problem)
    assert flows(plan, problem if with_problem else None) == pytest.approx(
        {
            (MINE, NORTH, "ore"): 200 / 3,
            (MINE, SOUTH, "ore"): 40,
            (NORTH, JAPAN, "oxide"): 30,
            (NORTH, Node("lost"), "oxide"): 10 / 3,
            (NORTH, Node("left over"), "slag"): 50 / 3,
            (SOUTH, JAPAN, "oxide"): 20,
            (SOUTH, Node("left over"), "slag"): 10,
            (SCRAP, JAPAN, "oxide"): 10,
        }
    )


def test_stock_and_what_is_missing() -> None:
    """20 t in stock are drawn, 5 more can be bought, and 15 of 40 are missing."""
    plan = oremix.solve(
        {
            "materials": [{"id": "oxide", "unit": "t"}],
            "suppliers": [{"id": "weld", "country": "AU", "material": "oxide", "capacity": 5, "unit_cost": 1}],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 40, "shortage_cost": 99}],
            "stockpiles": [{"country": "JP", "material": "oxide", "initial": 20}],
        }
    )
    stock = Node("stock", "JP", "", "oxide")
    assert flows(plan) == pytest.approx(
        {
            (Node("made", "AU", "", "oxide"), JAPAN, "oxide"): 5,
            (stock, JAPAN, "oxide"): 20,
            (Node("from stock"), stock, "oxide"): 20,
            (Node("missing"), JAPAN, "oxide"): 15,
        }
    )


def test_several_users_at_one_place_have_their_parts_of_every_arrival() -> None:
    """In Japan 60 of 80 t of oxide go to the magnet makers and 20 to the demand: three quarters of each arrival."""
    plan = oremix.solve(
        {
            "materials": [{"id": name, "unit": "t"} for name in ("oxide", "magnets")],
            "suppliers": [
                {"id": "weld", "country": "AU", "material": "oxide", "capacity": 50, "unit_cost": 1},
                {"id": "north", "country": "CN", "material": "oxide", "capacity": 30, "unit_cost": 2},
            ],
            "plants": [
                {
                    "id": "makers",
                    "country": "JP",
                    "stage": "magnets",
                    "recipes": [{"id": "r", "inputs": {"oxide": 2}, "outputs": {"magnets": 1}, "unit_cost": 1}],
                }
            ],
            "demands": [
                {"id": "magnets", "country": "JP", "material": "magnets", "quantity": 30},
                {"id": "oxide", "country": "JP", "material": "oxide", "quantity": 20},
            ],
        }
    )
    found = flows(plan)
    makers = Node("made", "JP", "magnets", "magnets")
    for country, arrives in (("AU", 50), ("CN", 30)):
        origin = Node("made", country, "", "oxide")
        assert found[origin, makers, "oxide"] == pytest.approx(arrives * 0.75)
        assert found[origin, JAPAN, "oxide"] == pytest.approx(arrives * 0.25)


@pytest.mark.parametrize("with_problem", [False, True])
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_conserved(name: str, with_problem: bool) -> None:
    """Of every example, with its problem or from the plan alone."""
    problem = read_problem(oremix.example(name))
    conserved(oremix.solve(problem, detail="plan"), problem if with_problem else None)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(documents())
def test_any_plan_is_conserved(document: Document) -> None:
    """Whatever is made, bought, used, stored, missing or left over."""
    problem = read_problem(document)
    plan = oremix.solve(problem, detail="plan", diagnose=False)
    assume(plan.total_cost is not None)
    conserved(plan, problem)
    conserved(plan, None)


def conserved(plan: Plan, problem: Problem | None) -> None:
    """What leaves and enters the nodes is what the plan's records state, by country and material."""
    for period in [cost.period for cost in plan.costs.by_period]:
        found = chain(plan, Labels(plan, problem), period)
        near = pytest.approx(stated_made(plan, period), rel=1e-6, abs=1e-6)
        assert leaving(found) == near
        assert entering(found) == pytest.approx(stated_used(plan, problem, period), rel=1e-6, abs=1e-6)
        stocks_balance(found)


def leaving(found: list[Flow]) -> dict[tuple[str, str], float]:
    """Country, material → what leaves where it is made."""
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for flow in found:
        if flow.source.kind == "made":
            totals[flow.source.country, flow.material] += flow.quantity
    return some(totals)


def stated_made(plan: Plan, period: int) -> dict[tuple[str, str], float]:
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for record in (*plan.purchases, *plan.recycling):
        if record.period == period:
            totals[record.country, record.material] += record.quantity
    for run in plan.production:
        if run.period == period:
            for material, amount in run.outputs.items():
                totals[run.country, material] += amount
    return some(totals)


def entering(found: list[Flow]) -> dict[tuple[str, str, str], float]:
    """Kind of node, country, material → what arrives at plants, demands and stocks."""
    totals: dict[tuple[str, str, str], float] = defaultdict(float)
    for flow in found:
        if flow.target.kind in ("made", "demand") or (flow.target.kind == "stock" and flow.source.kind != "from stock"):
            totals[flow.target.kind, flow.target.country, flow.material] += flow.quantity
    return some(totals)


def stated_used(plan: Plan, problem: Problem | None, period: int) -> dict[tuple[str, str, str], float]:
    totals: dict[tuple[str, str, str], float] = defaultdict(float)
    labels = Labels(plan, problem)  # from the plan alone a place that nothing else stands at is its own country
    for run in plan.production:
        if run.period == period:
            for material, amount in run.inputs.items():
                totals["made", run.country, material] += amount
    for delivery in plan.deliveries:
        if delivery.period == period:
            totals["demand", delivery.country, delivery.material] += delivery.quantity + delivery.shortage
    for stock in plan.stocks:
        if stock.period == period:
            totals["stock", labels.country(stock.place), stock.material] += stock.fill
    return some(totals)


def stocks_balance(found: list[Flow]) -> None:
    """What a stock is filled with and what is taken of its level is what it gives and keeps."""
    balance: dict[Node, float] = defaultdict(float)
    size: dict[Node, float] = defaultdict(float)
    for flow in found:
        for node, amount in ((flow.source, -flow.quantity), (flow.target, flow.quantity)):
            if node.kind == "stock":
                balance[node] += amount
                size[node] += abs(amount)
    for node, amount in balance.items():
        assert abs(amount) <= 1e-6 * max(1.0, size[node])


def some(totals: dict[Any, float]) -> dict[Any, float]:
    """What is more than rounding."""
    return {key: amount for key, amount in totals.items() if amount > 1e-6}

"""Figures: every number is the plan's, whatever is text is shown as text, and all that is drawn fits."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import oremix
from oremix.models import InvalidOption, Plan, Problem, read_problem
from oremix.models.figures import NAMES, Figure, figure, figures_of
from oremix.models.figures.of_study import study_figure
from oremix.models.figures.sankey import MOST_NODES
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
HOSTILE = "</script><img src=x onerror=alert(1)>%{x}"
EXAMPLES = sorted(oremix.examples())


@pytest.fixture(scope="module", params=EXAMPLES)
def solved(request: pytest.FixtureRequest) -> tuple[Problem, Plan]:
    problem = read_problem(oremix.example(request.param))
    return problem, oremix.solve(problem)


def column(made: Figure, name: str) -> int:
    return made["table"]["columns"].index(name)


def test_the_minimal_plan_by_hand() -> None:
    """2,200 t come from China and 3,300 t from Australia; 348.7 m in all, 63,400 a tonne more, 770,000 a point."""
    drawn = figures_of(oremix.solve(oremix.example("minimal")))
    assert sorted(drawn) == ["cost", "limits", "prices", "sankey", "shares", "supply"]
    link = drawn["sankey"]["data"][0]["link"]
    labels = drawn["sankey"]["data"][0]["node"]["label"]
    ends = [(labels[a], labels[b]) for a, b in zip(link["source"], link["target"], strict=True)]
    assert dict(zip(ends, link["value"], strict=True)) == pytest.approx(
        {("China: supply", "Japan: demand"): 2200, ("Australia: supply", "Japan: demand"): 3300}
    )
    assert drawn["cost"]["data"][0]["y"] == pytest.approx([348.7])
    assert drawn["prices"]["data"][0]["y"] == pytest.approx([63400])
    assert drawn["limits"]["data"][0]["y"] == pytest.approx([770_000])
    share, cap = drawn["shares"]["data"][:2]
    assert (share["y"], cap["y"]) == (pytest.approx([0.4]), [0.4])
    assert [trace["y"] for trace in drawn["supply"]["data"]] == [pytest.approx([3300]), pytest.approx([2200])]


def test_costs_add_up_to_the_plans_total(solved: tuple[Problem, Plan]) -> None:
    """Of each period by category to what it costs a year, and with their weights to the total cost."""
    problem, plan = solved
    made = figure(plan, "cost", problem)
    *categories, total = made["data"]
    divisor = 1e6 if " m " in made["note"] else 1.0
    for number, entry in enumerate(plan.costs.by_period):
        assert sum(trace["y"][number] for trace in categories) * divisor == pytest.approx(entry.annual)
        assert total["y"][number] * divisor == pytest.approx(entry.annual)
    weighted = sum(
        entry.weight * value * divisor for entry, value in zip(plan.costs.by_period, total["y"], strict=True)
    )
    assert weighted == pytest.approx(plan.total_cost)


def test_shares_are_the_plans(solved: tuple[Problem, Plan]) -> None:
    """The table has every ratio of the plan, and each point drawn is one of them."""
    problem, plan = solved
    made = figure(plan, "shares", problem)
    ratios = [share for share in plan.shares if share.whole is not None]
    shown = [row[column(made, "share, %")] for row in made["table"]["rows"]]
    assert shown == [None if share.achieved is None else 100 * share.achieved for share in ratios]
    achieved = {share.achieved for share in ratios}
    bounds = {share.max for share in ratios} | {share.min for share in ratios}
    for trace in made["data"]:
        assert set(trace["y"]) <= (bounds if trace["name"] in ("cap", "floor") else achieved)


def test_the_sankey_of_the_horizon_is_the_sum_of_its_periods(solved: tuple[Problem, Plan]) -> None:
    """Each year of each period, and what reaches the demands is what the plan delivers and misses."""
    problem, plan = solved
    made = figure(plan, "sankey", problem)
    years = [cost.years for cost in plan.costs.by_period]
    whole, *apart = made["data"]
    if apart:
        by_period = [sum(trace["link"]["value"]) for trace in apart]
        assert sum(whole["link"]["value"]) == pytest.approx(sum(n * v for n, v in zip(years, by_period, strict=True)))
        assert [trace["visible"] for trace in made["data"]] == [True, *[False] * len(apart)]
    lengths = {cost.period: cost.years for cost in plan.costs.by_period}
    asked = sum(lengths[record.period] * (record.quantity + record.shortage) for record in plan.deliveries)
    nodes, link = whole["node"]["label"], whole["link"]
    reached = sum(value for to, value in zip(link["target"], link["value"], strict=True) if ": demand" in nodes[to])
    assert reached == pytest.approx(asked)


def test_a_sankey_of_one_period(solved: tuple[Problem, Plan]) -> None:
    """It has that period alone, with the numbers that it has among the others."""
    problem, plan = solved
    period = plan.costs.by_period[-1].period
    (trace,) = figure(plan, "sankey", problem, period=period)["data"]
    everything = figure(plan, "sankey", problem)["data"]
    assert sum(trace["link"]["value"]) == pytest.approx(sum(everything[-1]["link"]["value"]))


def test_supply_is_what_arrives(solved: tuple[Problem, Plan]) -> None:
    """Of each demand by origin, together what it is delivered and misses."""
    problem, plan = solved
    made = figure(plan, "supply", problem)
    told: dict[str, float] = defaultdict(float)
    for row in made["table"]["rows"]:
        told[str(row[1])] += sum(float(value or 0) for value in row[4:])
    stated: dict[str, float] = defaultdict(float)
    names = {material.id: material.name or material.id for material in problem.materials}
    for record in plan.deliveries:
        stated[names[record.material]] += record.quantity + record.shortage
    assert told == pytest.approx(dict(stated))
    drawn = sum(sum(trace["y"]) for trace in made["data"])
    assert drawn == pytest.approx(sum(stated.values()))


def test_builds_are_the_plans(solved: tuple[Problem, Plan]) -> None:
    """A bar for each order, from its year to the year it works, and on to its end or the horizon's."""
    problem, plan = solved
    if not plan.builds:
        assert "builds" not in figures_of(plan, problem)
        return
    made = figure(plan, "builds", problem)
    waiting, works = made["data"]
    bars = sorted(zip(waiting["base"], waiting["x"], works["base"], works["x"], strict=True))
    last = plan.costs.by_period[-1].period + plan.costs.by_period[-1].years
    expected = sorted(
        (
            build.ordered,
            build.on_stream - build.ordered,
            build.on_stream,
            max(0.0, min(last, build.until or last) - build.on_stream),
        )
        for build in plan.builds
    )
    assert bars == expected
    capex = column(made, f"capex, {plan.currency}")
    assert sum(float(row[capex] or 0) for row in made["table"]["rows"]) == pytest.approx(
        sum(build.capex for build in plan.builds)
    )


def test_prices_and_limits_are_the_plans(solved: tuple[Problem, Plan]) -> None:
    """Every price stands in the table, and every limit with its own words."""
    problem, plan = solved
    drawn = figures_of(plan, problem)
    prices = sorted(value for row in drawn["prices"]["table"]["rows"] for value in row[2:] if value is not None)
    assert prices == sorted(price.price for price in plan.prices if price.price is not None)
    assert [row[-1] for row in drawn["limits"]["table"]["rows"]] == [limit.text for limit in plan.limits]


def test_figures_need_no_plotly_and_are_json(solved: tuple[Problem, Plan]) -> None:
    """Plain data; Plotly itself, which is strict about names and values, takes all of it."""
    import plotly.graph_objects as go

    problem, plan = solved
    for made in figures_of(plan, problem).values():
        json.dumps(made, allow_nan=False)
        go.Figure(data=made["data"], layout=made["layout"])
        assert all(len(row) == len(made["table"]["columns"]) for row in made["table"]["rows"])


@settings(max_examples=25, suppress_health_check=SLOW)
@given(documents())
def test_any_plan_can_be_drawn(document: Document) -> None:
    """Whatever its status, and with nothing that JSON has not."""
    problem = read_problem(document)
    plan = oremix.solve(problem, diagnose=False)
    drawn = figures_of(plan, problem)
    json.dumps(drawn, allow_nan=False)
    assert set(drawn) <= set(NAMES)
    assert (plan.total_cost is None) <= (not drawn)


def large() -> dict[str, Any]:
    """Sixty mines in as many countries for three refineries, and power, which no scale has in common with them."""
    from oremix.models.countries import NAMES as COUNTRIES

    codes = [code for code in sorted(COUNTRIES) if code != "CN"][:60]
    recipe = {"id": "r", "inputs": {"ore": 1, "power": 3}, "outputs": {"oxide": 1}, "unit_cost": 1}
    return {
        "materials": [
            {"id": "ore", "unit": "t"},
            {"id": "oxide", "unit": "kt"},
            {"id": "power", "unit": "MWh", "local": True},
        ],
        "suppliers": [
            *(
                {"id": f"mine_{code}", "country": code, "stage": "mining", "material": "ore", "capacity": 10 + number}
                | {"unit_cost": 1}
                for number, code in enumerate(codes)
            ),
            *(
                {"id": f"grid_{code}", "country": code, "stage": "power", "material": "power", "unit_cost": 0.1}
                for code in codes[:3]
            ),
        ],
        "plants": [
            {"id": f"works_{code}", "country": code, "recipes": [recipe], "capacity": 900} for code in codes[:3]
        ],
        "demands": [{"id": "all", "country": "JP", "material": "oxide", "quantity": 2300}],
    }


def test_small_ones_are_taken_together_and_that_is_said() -> None:
    """Of sixty mines the smallest are `others`, nothing of their flows is lost, and power is named as not drawn."""
    made = figure(oremix.solve(large(), detail="plan"), "sankey")
    (trace,) = made["data"]
    labels = trace["node"]["label"]
    assert len(labels) <= MOST_NODES + 4
    assert "others: mining" in labels
    assert "power (MWh)" in made["note"]
    assert "smallest are drawn together" in made["note"]
    mined = sum(
        value
        for source, value in zip(trace["link"]["source"], trace["link"]["value"], strict=True)
        if labels[source].endswith("mining")
    )
    assert mined * 1000 == pytest.approx(2300)  # t of ore in kt, as the demand is counted


def test_text_of_users_is_shown_as_it_is() -> None:
    """No tag of an id is a tag for Plotly, and nothing in it is a place for a number."""
    document = json.loads(oremix.example("minimal"))
    document["suppliers"][0]["id"] = document["policies"][0]["id"] = document["demands"][0]["id"] = HOSTILE
    document["materials"][0]["name"] = HOSTILE
    document["name"] = HOSTILE
    problem = read_problem(document)
    for made in figures_of(oremix.solve(problem), problem).values():
        for key, text in texts({"data": made["data"], "layout": made["layout"]}):
            assert "<img" not in text
            assert "</script" not in text
            assert "onerror" not in text or key != "hovertemplate" or "%{x}" not in text.partition("<extra>")[2]


def texts(part: Any, key: str = "") -> list[tuple[str, str]]:
    if isinstance(part, dict):
        return [found for name, value in part.items() for found in texts(value, name)]
    if isinstance(part, list):
        return [found for value in part for found in texts(value, key)]
    return [(key, part)] if isinstance(part, str) else []


def test_what_cannot_be_shown_is_refused_with_what_can() -> None:
    """An unknown name, a period that is not there, and a figure with nothing in it."""
    plan = oremix.solve(oremix.example("minimal"))
    with pytest.raises(InvalidOption, match="sankey, supply, shares"):
        figure(plan, "pie")
    with pytest.raises(InvalidOption, match="period 2030"):
        figure(plan, "sankey", period=2030)
    with pytest.raises(InvalidOption, match="nothing to show"):
        figure(plan, "builds")


def test_a_frontier_and_a_stress_test_are_drawn() -> None:
    """Cost against the bound, and what is missing; each number is the study's."""
    document = json.loads(oremix.example("minimal"))
    curve = oremix.frontier(document)
    made = study_figure(curve)
    assert made is not None
    assert made["data"][0]["x"] == [point.bound for point in curve.points]
    assert made["data"][0]["y"] == pytest.approx([point.total_cost / 1e6 for point in curve.points])
    broken = oremix.stress(document)
    made = study_figure(broken)
    assert made is not None
    assert made["data"][0]["x"] == [outage.shortage for outage in broken.outages]

"""Sensitivity on random problems: every bar beside a cold solve of the document it is of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import InvalidProblem, Plan, Problem, read_problem
from oremix.models.studies.sensitivity import Bar, Sensitivity, Side
from oremix.optimizer import engine
from oremix.optimizer.decide import solve
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
some = settings(max_examples=20, suppress_health_check=SLOW, deadline=None)
KINDS = ["suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies"]
# What is paid for a unit, and changes nothing of what can be done; capex does where there is a budget.
PRICES = ("unit_cost", "fixed_cost", "collection_cost", "shortage_cost", "penalty", "recipes.unit_cost")


def planned(document: Document) -> tuple[Problem, Plan]:
    """The problem and its cheapest plan, where it has one."""
    problem = read_problem(document)
    plan = solve(problem, detail="plan", diagnose=False)
    assume(plan.status == "optimal")
    return problem, plan


def studied(data: st.DataObject, document: Document, **options: Any) -> Sensitivity:
    kinds = [kind for kind in KINDS if document.get(kind)]
    return oremix.sensitivity(document, on=[data.draw(st.sampled_from(kinds))], most=5, **options)


def sides(found: Sensitivity) -> list[tuple[Bar, Side]]:
    return [(bar, side) for bar in found.bars for side in (bar.down, bar.up) if side is not None]


def multiplied(value: Any, path: list[str], factor: float) -> Any:
    """What is at a path, in every entry of lists on the way, times a factor."""
    if isinstance(value, list):
        return [multiplied(entry, path, factor) for entry in value]
    if isinstance(value, dict):
        if not path:
            return {key: multiplied(entry, [], factor) for key, entry in value.items()}
        return {key: multiplied(entry, path[1:], factor) if key == path[0] else entry for key, entry in value.items()}
    return value if path or isinstance(value, str) else value * factor


def written(document: Document, bar: Bar, factor: float) -> Document:
    """The document with the bar's numbers multiplied where they stand."""
    entries = [
        multiplied(part, bar.field.split("."), factor)
        if all(part.get(key) == wanted for key, wanted in bar.where.items())
        else part
        for part in document[bar.on]
    ]
    return document | {bar.on: entries}


@some
@given(st.data())
def test_every_bar_is_a_cold_solve_of_the_changed_document(data: st.DataObject) -> None:
    """The document is changed by hand; a cold solve has the status and the cost of the bar."""
    yes_no = data.draw(st.sampled_from([False, False, True]))
    document = data.draw(documents(yes_no=yes_no))
    planned(document)
    found = studied(data, document, by=data.draw(st.sampled_from([0.1, 0.5])))
    for bar, side in sides(found):
        if side.clipped:
            continue
        event(side.status)
        try:
            problem = read_problem(written(document, bar, side.factor))
        except InvalidProblem:
            assert side.status == "refused", bar.label
            continue
        plan = solve(problem, detail="plan", diagnose=False)
        assert side.status == plan.status, bar.label
        if plan.total_cost is None:
            assert side.total_cost is None
            continue
        money = max(1.0, sum(abs(amount) for amount in plan.costs.by_category.values()))
        tolerance = 3e-7 if yes_no else 1e-9  # decisions are searched to a gap of 1e-7
        assert side.total_cost == pytest.approx(plan.total_cost, rel=0, abs=tolerance * money), bar.label


@some
@given(st.data())
def test_no_change_changes_nothing(data: st.DataObject) -> None:
    """±0 % have the plan's cost, builds and supply."""
    document = data.draw(documents(yes_no=data.draw(st.booleans())))
    _, plan = planned(document)
    found = studied(data, document, by=0)
    money = max(1.0, sum(abs(amount) for amount in plan.costs.by_category.values()))
    assert found.plan_cost == pytest.approx(plan.total_cost, rel=0, abs=3e-7 * money)
    for bar in found.bars:
        assert bar.moves_nothing or not bar.solved, bar.label


@some
@given(st.data())
def test_where_only_a_price_moves_the_plan_can_only_gain_on_what_prices_foresee(data: st.DataObject) -> None:
    """The plan stays possible at its new cost, which is what is foreseen; what is found costs no more."""
    document = data.draw(documents(yes_no=False))
    _, plan = planned(document)
    money = max(1.0, sum(abs(amount) for amount in plan.costs.by_category.values()))
    found = studied(data, document, fields=list(PRICES), by=0.5)
    for bar, side in sides(found):
        if side.status != "refused":
            assert side.difference is not None
            assert side.first_order is not None
            assert side.difference <= side.first_order + 1e-7 * money, bar.label


@settings(max_examples=10, suppress_health_check=SLOW, deadline=None)
@given(st.data())
def test_the_same_again_is_the_same_to_the_last_digit(data: st.DataObject) -> None:
    """Whatever the threads did, samples too; in another batch too."""
    document = data.draw(documents(yes_no=data.draw(st.booleans())))
    planned(document)
    drawn = [
        {"id": "price", "on": "suppliers", "field": "capacity", "times": {"triangular": [0.8, 1, 1.1]}},
        {"id": "boom", "on": "demands", "field": "quantity", "times": {"normal": [1, 0.1]}},
    ]
    document |= {"uncertainties": drawn[1:] if "quantity" in document["demands"][0] else drawn[:1]}
    first = oremix.sensitivity(document, samples=6, seed=3, most=4)
    assert oremix.sensitivity(document, samples=6, seed=3, most=4).to_json() == first.to_json()
    more = oremix.sensitivity(document, samples=6, seed=3, most=9)
    assert more.sampling == first.sampling
    bars = {bar.label: bar for bar in more.bars}
    assert all(bars[bar.label] == bar for bar in first.bars if bar.solved)


@pytest.mark.parametrize("name", ["loky", "threads"])
def test_every_engine_gives_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one thread does, byte for byte."""
    document = json.loads(oremix.example("cobalt-usa")) | {
        "uncertainties": [
            {"id": "boom", "on": "demands", "field": "quantity", "times": {"normal": [1, 0.05]}},
            {"id": "ore", "on": "suppliers", "field": "unit_cost", "times": {"lognormal": [1, 0.2]}},
            {"id": "rate", "on": "problem", "field": "discount_rate", "plus": {"uniform": [-0.01, 0.01]}},
        ]
    }
    monkeypatch.setattr(engine, "_cores", lambda: 1)
    alone = oremix.sensitivity(document, samples=12, most=22).to_json()
    monkeypatch.setattr(engine, "_cores", lambda: 2)
    monkeypatch.setenv("OREMIX_ENGINE", name)
    assert oremix.sensitivity(document, samples=12, most=22).to_json() == alone

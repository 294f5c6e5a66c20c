"""What holds of alternatives and ranges whatever the problem."""

from __future__ import annotations

from typing import Any

import pulp
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import Problem, read_problem
from oremix.models.studies.alternatives import Alternatives, Range
from oremix.optimizer.decide import solve
from oremix.optimizer.formulation import build_model
from oremix.optimizer.lean import Pairs
from tests.optimizer.studies.test_alternatives import assert_sound
from tests.random_problems import Document, documents, ids, renamed, reordered

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
some = settings(max_examples=25, suppress_health_check=SLOW, deadline=None)

WITHIN = st.sampled_from([0.0, 0.02, 0.1, 0.5])


def planned(data: st.DataObject, *, yes_no: bool) -> tuple[Document, Problem]:
    """A random problem that has a plan."""
    document = data.draw(documents(yes_no=yes_no))
    problem = read_problem(document)
    assume(solve(problem, detail="plan", diagnose=False).status == "optimal")
    return document, problem


def by_name(found: Alternatives) -> dict[tuple[Any, ...], Range]:
    return {(one.kind, one.id, one.material, one.where, one.ordered): one for one in found.ranges}


def room(found: Alternatives) -> float:
    """Rounding, in parts of the largest amount of any decision."""
    return 1e-5 * max([1.0, *(max(one.min, one.max or 0.0) for one in found.ranges)])


@some
@given(st.data())
def test_every_plan_is_audited_within_the_budget_and_in_every_range(data: st.DataObject) -> None:
    """No two are nearer than asked for; each keeps all rules; each decision is within its range."""
    document, problem = planned(data, yes_no=data.draw(st.booleans()))
    within = data.draw(WITHIN)
    found = oremix.alternatives(problem, within=within, count=3, tries=5)
    event(f"{len(found.alternatives)} alternatives")
    assert found.complete, found.left_out
    assert found.budget == pytest.approx(found.cheapest.total_cost + within * abs(found.cheapest.total_cost))
    assert (found.reason is not None) == found.exhausted == (len(found.alternatives) < 3)
    assert_sound(found, document)


@some
@given(st.data())
def test_more_room_narrows_nothing(data: st.DataObject) -> None:
    """What can be within 2 % can be within 10 %; what is in every plan within 10 % is in every one within 2 %."""
    _, problem = planned(data, yes_no=data.draw(st.booleans()))
    near, far = (by_name(oremix.alternatives(problem, within=w, count=0, tries=0)) for w in (0.02, 0.1))
    assert near.keys() == far.keys()
    for name, one in near.items():
        other = far[name]
        if one.kind == "share" and one.cheapest is None and one.max == 0:
            event("a share of nothing")
            continue
        size = 1e-6 * max(1.0, one.max or 0.0, other.max or 0.0)
        assert other.min <= one.min + size, name
        assert other.max is None or (one.max is not None and other.max >= one.max - size), name
        if other.verdict in ("must", "never"):
            assert one.verdict == other.verdict, name


@some
@given(st.data())
def test_names_and_order_mean_nothing(data: st.DataObject) -> None:
    """Other ids and another order of every list leave each decision its range."""
    document, problem = planned(data, yes_no=False)
    old = ids(document)
    names = {name: f"x{len(old) - number} {name}" for number, name in enumerate(old)}
    changed = data.draw(reordered(renamed(document, names)))
    one = oremix.alternatives(problem, within=0.05, count=0, tries=0)
    other = by_name(oremix.alternatives(changed, within=0.05, count=0, tries=0))
    size = room(one)
    for (kind, name, material, where, ordered), here in by_name(one).items():
        key = (kind, names.get(name, name), names.get(material or "", material), where, ordered)
        there = other.get(key)
        if there is None:  # of products in one proportion the first by name is told
            assert kind == "plant"
            continue
        assert here.min == pytest.approx(there.min, abs=size)
        assert here.max == (None if there.max is None else pytest.approx(there.max, abs=size))
    assert len(other) == len(one.ranges)


@some
@given(st.data())
def test_ranges_are_those_of_the_formulated_problem(data: st.DataObject) -> None:
    """PuLP's problem with the budget as a row more, solved by CBC for the least and the most of an amount."""
    _, problem = planned(data, yes_no=data.draw(st.booleans()))
    found = oremix.alternatives(problem, within=0.05, count=0, tries=0)
    told = [one for one in found.ranges if one.kind in ("supplier", "recycler", "build", "demand")]
    assume(told)
    one = data.draw(st.sampled_from(told))
    event(one.kind)
    for sense, expected in ((1, one.min), (-1, one.max)):
        status, value = least(problem, one, found.budget, sense)
        if expected is None:
            assert status in (pulp.LpStatusUnbounded, pulp.LpStatusNotSolved, pulp.LpStatusInfeasible)
            continue
        assert status == pulp.LpStatusOptimal
        assert value == pytest.approx(expected, rel=1e-4, abs=1e-4 * max(1.0, one.max or 0.0))


def least(problem: Problem, one: Range, budget: float, sense: int) -> tuple[int, float]:
    """The least (or, by sense −1, the most) of a decision among PuLP's points within the budget."""
    model = build_model(problem)
    pairs = counted(model, one)
    # a budget met to the last digit may leave a solver with tolerances of its own no point
    model.lp += model.lp.objective <= budget + 1e-7 * max(1.0, abs(budget))
    model.lp.setObjective(pulp.lpSum(sense * weight * column for column, weight in pairs))
    status = model.lp.solve(pulp.PULP_CBC_CMD(msg=False))
    return status, sum(weight * (column.varValue or 0.0) for column, weight in pairs)


def counted(model: Any, one: Range) -> Pairs:
    """A decision's columns, read from the formulation's own names."""
    years = dict(zip(model.timeline.starts, model.timeline.years, strict=True))
    horizon = sum(years.values())
    found: Pairs = []
    for column in model.lp.columns.values():
        kind, *key = column.key
        if one.kind == "build":
            if kind == "add" and key[0] == one.id and one.ordered in (None, key[2]):
                found.append((column, 1.0))
            continue
        signs = {
            "supplier": {"buy": 1.0, "untaken": -1.0},
            "recycler": {"collect": 1.0},
            "demand": {"deliver": 1.0},
        }[one.kind]
        if kind in signs and key[0] == one.id:
            recovery = next((r.recovery for r in model.problem.recyclers if r.id == one.id), 1.0)
            found.append((column, signs[kind] * recovery * years[key[-1]] / horizon))
    return found

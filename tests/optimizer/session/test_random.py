"""A session against cold solves and against LPs made anew, on random problems and changes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from oremix.models import Problem, read_problem
from oremix.models.changes import changed_parts, read_changes
from oremix.optimizer.decide import solve
from oremix.optimizer.formulation import build_model
from oremix.optimizer.formulation.in_place import Edits, InPlace
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import State
from oremix.optimizer.solving.highs import run_highs
from tests.random_changes import MOVED, changes, valid
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
many = settings(max_examples=60, suppress_health_check=SLOW)
some = settings(max_examples=25, suppress_health_check=SLOW)


def assert_like_cold(point: Point, problem: Problem) -> None:
    """The status and cost of a cold solve of the same problem."""
    plan = solve(problem, detail="plan", diagnose=False)
    assert point.status == plan.status, (point.reason, plan.certificate.reason)
    if plan.status != "optimal":
        return
    assert point.verified
    money = sum(abs(amount) for amount in plan.costs.by_category.values())
    # decisions are searched to a gap of 1e-7
    tolerance = 1e-9 if point.decisions == "none" else 3e-7
    assert point.total_cost == pytest.approx(plan.total_cost, rel=0, abs=tolerance * max(money, 1.0))


@some
@given(st.data())
def test_a_session_answers_like_a_cold_solve(data: st.DataObject) -> None:
    """Change after change, feasible or not, and back to the problem itself."""
    document = data.draw(documents(yes_no=False))
    session = Session(document)
    first = session.solve()
    assert_like_cold(first, session.problem)
    for _ in range(3):
        found = data.draw(changes(document))
        problem = valid(document, found)
        if problem is None:
            continue
        point = session.solve(found)
        event(f"{first.status}, then {point.status}")
        assert_like_cold(point, problem)
    again = session.solve()
    assert again.status == first.status
    if first.total_cost is not None and again.total_cost is not None:
        assert again.total_cost == pytest.approx(first.total_cost, rel=1e-9, abs=1e-6)


@settings(max_examples=12, suppress_health_check=SLOW)
@given(st.data())
def test_with_yes_no_decisions_too(data: st.DataObject) -> None:
    """They are searched anew; held as they were found, the same problem costs the same."""
    document = data.draw(documents())
    session = Session(document)
    first = session.solve()
    found = data.draw(changes(document))
    problem = valid(document, found)
    assume(problem is not None)
    assert problem is not None
    point = session.solve(found)
    event(f"{first.decisions}, {point.status}")
    assert_like_cold(point, problem)
    if point.status == "optimal" and point.decisions == "searched":
        columns = build_model(problem).lp.columns | build_model(session.problem).lp.columns
        whole = {key: value for key, value in point.values.items() if columns[key].cat == "Integer"}
        held = session.solve(found, fixed=whole)
        assert held.decisions == "held"
        assert held.total_cost == pytest.approx(point.total_cost, rel=1e-9, abs=1e-6)


@many
@given(st.data())
def test_what_is_changed_in_place_is_what_would_be_made_anew(data: st.DataObject) -> None:
    """Same rows, columns and numbers, but for columns that nothing can be in and rows of nothing else."""
    document = data.draw(documents(yes_no=data.draw(st.booleans())))
    found = data.draw(changes(document, MOVED))
    problem = valid(document, found)
    assume(problem is not None)
    assert problem is not None
    base = read_problem(document)
    edits = edits_of(base, found)
    event("made anew" if edits is None else f"in place: {found[0]['on']} {found[0]['field']}")
    assume(edits is not None)
    assert edits is not None
    assert_same_lp(State.of(base).edited(edits), State.of(problem))


@pytest.mark.parametrize("penalty", [0, 3])
def test_a_priced_rule_that_has_nothing_left_to_bound(penalty: float) -> None:
    """Nothing is made any more: what is beyond a bound of nothing costs something or nothing, and could be anything."""
    seller = {"id": "s", "country": "CN", "material": "m", "unit_cost": 1, "capacity": 50}
    document = {
        "materials": [{"id": "m", "unit": "t"}],
        "suppliers": [seller],
        "demands": [{"id": "d", "country": "JP", "material": "m", "quantity": 10, "shortage_cost": 9}],
        "policies": [{"id": "r", "type": "share", "countries": ["CN"], "max": 0.5, "penalty": penalty}],
    }
    found = [{"on": "suppliers", "field": "availability", "set": 0}]
    problem = valid(document, found)
    assert problem is not None
    base = read_problem(document)
    edits = edits_of(base, found)
    assert edits is not None
    assert_same_lp(State.of(base).edited(edits), State.of(problem))


def edits_of(problem: Problem, found: list[Document]) -> Edits | None:
    """What the formulation says the changes change in place."""
    pairs = []
    for name, entries in changed_parts(problem, read_changes(found)).items():
        before = getattr(problem, name)
        if len(before) != len(entries):
            return None
        pairs += [(old, new) for old, new in zip(before, entries, strict=True) if old is not new]
    return InPlace(build_model(problem)).edits(pairs)


def assert_same_lp(one: State, new: State) -> None:
    """Two LPs are the same, where the first may hold columns at 0 that the second has not."""
    assert set(new.columns) <= set(one.columns)
    assert set(new.rows) <= set(one.rows)
    dead = _dead(one, new)
    for name in ("cost", "low", "high"):
        mine, other = getattr(one.arrays, name), getattr(new.arrays, name)
        for key, place in new.columns.items():
            assert close(mine[one.columns[key]], other[place]), (name, key)
    assert close(one.arrays.offset, new.arrays.offset)
    mine_rows, new_rows = rows_of(one), rows_of(new)
    for key, (coefficients, lower, upper) in new_rows.items():
        found, low, high = mine_rows[key]
        alive = {column: amount for column, amount in found.items() if column not in dead}
        assert alive.keys() == coefficients.keys(), key
        assert all(close(alive[column], coefficients[column]) for column in alive), key
        assert close(low, lower), key
        assert close(high, upper), key
    for key in mine_rows.keys() - new_rows.keys():
        found, low, high = mine_rows[key]
        assert set(found) <= dead, key
        assert low <= 0 <= high, key


def _dead(one: State, new: State) -> set[Key]:
    """Columns that only the first has: whatever the plan, there is nothing in any of them, or there need not be.

    There need not be in what costs something or nothing and is in no row that the second has too, as where a priced
    rule is broken that has nothing to bound: the rows that only the first has hold without (see `assert_same_lp`).
    """
    extra = one.columns.keys() - new.columns.keys()
    shared = {one.rows[key] for key in new.rows}
    arrays = replace(one.arrays, integer=np.zeros_like(one.arrays.integer))
    bound = {int(column) for column, row in zip(arrays.columns, arrays.row_of, strict=True) if row in shared}
    places = [one.columns[key] for key in extra]
    most = np.zeros_like(arrays.cost)
    most[[place for place in places if place in bound or arrays.cost[place] < 0 or arrays.low[place] > 0]] = -1.0
    if most.any() and run_highs(replace(arrays, cost=np.zeros_like(arrays.cost))).status != "infeasible":
        claim = run_highs(replace(arrays, cost=most))
        assert claim.x is not None
        assert -(most @ claim.x) <= 1e-6
    return extra


def rows_of(state: State) -> dict[Key, tuple[dict[Key, float], float, float]]:
    keys = list(state.columns)
    arrays = state.arrays
    found = {}
    for key, row in state.rows.items():
        places = range(arrays.starts[row], arrays.starts[row + 1])
        sums = {keys[arrays.columns[p]]: float(arrays.coefficients[p]) for p in places}
        found[key] = (sums, float(arrays.lower[row]), float(arrays.upper[row]))
    return found


def close(one: float, other: float) -> bool:
    return one == other or math.isclose(one, other, rel_tol=2e-15)

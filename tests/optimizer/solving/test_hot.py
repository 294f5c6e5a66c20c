"""An LP kept in HiGHS: what it is changed into is what HiGHS then has, to the last digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oremix.models import read_problem
from oremix.optimizer.session.state import State
from oremix.optimizer.solving.arrays import Arrays, with_bounds, with_rows
from oremix.optimizer.solving.hot import Hot
from tests.problems import AUSTRALIA, CHINA, problem
from tests.random_changes import changes, valid
from tests.random_problems import documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
CAP = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}


def state(bound: float = 0.4, **parts: Any) -> State:
    return State.of(problem(suppliers=[AUSTRALIA, CHINA], policies=[CAP | {"max": bound}], **parts))


def held(hot: Hot) -> tuple[Any, ...]:
    """What HiGHS itself has: bounds and costs of columns, bounds of rows, nonzeros."""
    lp = hot.solver.getLp()
    columns = list(zip(lp.col_lower_, lp.col_upper_, lp.col_cost_, strict=True))
    starts, index, values = lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_
    by_row = "Rowwise" in str(lp.a_matrix_.format_)
    nonzeros = set()
    for number in range(len(starts) - 1):
        for place in range(starts[number], starts[number + 1]):
            other = index[place]
            nonzeros.add((number, other, values[place]) if by_row else (other, number, values[place]))
    return columns, list(zip(lp.row_lower_, lp.row_upper_, strict=True)), nonzeros, lp.offset_


def fresh(arrays: Arrays) -> Hot:
    return Hot(arrays)


@pytest.mark.parametrize("bound", [0.2, 1.0, 0.0])
def test_a_bound_is_changed_in_place_and_back(bound: float) -> None:
    """At 1 what cancels leaves the row, at 0 the whole does."""
    one, other = state(), state(bound)
    hot = Hot(one.arrays)
    hot.claim()
    hot.become(other.arrays)
    assert held(hot) == held(fresh(other.arrays))
    assert hot.claim().x == pytest.approx(fresh(other.arrays).claim().x)
    hot.become(one.arrays)
    assert held(hot) == held(fresh(one.arrays))


@settings(max_examples=30, suppress_health_check=SLOW)
@given(st.data())
def test_any_lp_takes_the_place_of_any_other(data: st.DataObject) -> None:
    """With the basis of what they have in common, the optimum is that of a cold solve; and back again."""
    document = data.draw(documents(yes_no=False))
    changed = valid(document, data.draw(changes(document)))
    if changed is None:
        return
    one, other = State.of(read_problem(document)), State.of(changed)
    hot = Hot(one.arrays)
    hot.claim()
    for before, after in ((one, other), (other, one)):
        columns = [before.columns.get(key, -1) for key in after.columns]
        hot.refill(after.arrays, columns, [before.rows.get(key, -1) for key in after.rows])
        assert held(hot) == held(fresh(after.arrays))
        found, cold = hot.claim(), fresh(after.arrays).claim()
        assert found.status == cold.status
        if found.status == "optimal" and found.x is not None and cold.x is not None:
            cost = after.arrays.cost
            money = max(1.0, float(np.sum(np.abs(cost * cold.x))))
            assert abs(float(cost @ found.x - cost @ cold.x)) <= 1e-8 * money


def test_rows_are_replaced_where_they_stand() -> None:
    """Longer, shorter or empty, between rows that stay."""
    arrays = state().arrays
    last = len(arrays.lower) - 1
    new = (np.array([0, 1], dtype=np.int32), np.array([2.0, 3.0]))
    none = (np.array([], dtype=np.int32), np.array([]))
    found = with_rows(arrays, {last: none, 0: new})
    assert found.starts[1] == 2
    assert list(found.columns[:2]) == [0, 1]
    assert list(found.coefficients[:2]) == [2.0, 3.0]
    assert found.starts[last] == found.starts[last + 1] == len(found.columns)
    stays = slice(int(arrays.starts[1]), int(arrays.starts[last]))
    kept = slice(int(found.starts[1]), int(found.starts[last]))
    assert np.array_equal(found.columns[kept], arrays.columns[stays])
    assert np.array_equal(found.coefficients[kept], arrays.coefficients[stays])


def test_a_right_hand_side_is_what_a_row_has_of_bounds() -> None:
    arrays = state().arrays
    found = with_bounds(arrays, dict.fromkeys(range(len(arrays.lower)), 7.0))
    assert set(found.lower) == {7.0, -np.inf}
    assert set(found.upper) <= {7.0, np.inf}
    assert np.array_equal(np.isfinite(found.lower), np.isfinite(arrays.lower))
    assert np.array_equal(np.isfinite(found.upper), np.isfinite(arrays.upper))


def test_a_time_limit_is_of_one_solve() -> None:
    """What the solves before took does not count, and the next has all of its own."""
    hot = Hot(state().arrays)
    for _ in range(3):
        assert hot.claim(time_limit=60).status == "optimal"
    hot.become(state(0.1).arrays)
    assert hot.claim(time_limit=0).status in ("limit", "optimal")
    assert hot.claim().status == "optimal"

"""What is read of a basis, and what is checked of a point, without asking for more than is needed."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

import oremix
from oremix.models import read_problem
from oremix.models.errors import SolverFailed
from oremix.models.examples import example
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import hot as hot_module
from oremix.optimizer.solving import solve_lp
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.proof import (
    TOLERANCE,
    Checked,
    checked_in_doubles,
    cost_of,
    dual_proof,
    primal_residual,
)

EXAMPLES = ["minimal", "lithium-japan", "cobalt-usa", "magnets-usa-japan"]


def hot(name: str) -> Hot:
    found = solve_lp(build_model(read_problem(example(name))).lp).hot
    assert found is not None
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_room_of_one_row_is_that_of_the_ranging(name: str) -> None:
    lp = hot(name)
    point, rooms = lp.solve(), lp.rooms()
    assert point is not None
    ranged = 0
    for row, ends in enumerate(zip(rooms.down.tolist(), rooms.up.tolist(), strict=True)):
        room = lp.room(row, point)
        if np.isnan(ends[0]):
            assert np.isnan(room[0])
            assert np.isnan(room[1])
            continue
        ranged += 1
        for found, expected in zip(room, ends, strict=True):
            assert found == pytest.approx(expected, rel=1e-7, abs=1e-7) or min(abs(found), abs(expected)) > 1e15
    assert ranged


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_columns_reduced_cost_holds_as_far_as_its_room(name: str) -> None:
    """Forced in by half of that, the cost rises by just the reduced cost."""
    lp = hot(name)
    point, rooms = lp.solve(), lp.rooms()
    assert point is not None
    tried = 0
    unused = point.x == lp.arrays.low
    for column in np.flatnonzero(unused & (rooms.columns > 1e-3) & (rooms.columns < 1e15))[:20].tolist():
        low, high = float(lp.arrays.low[column]), float(lp.arrays.high[column])
        amount = min(0.5 * float(rooms.columns[column]), high)
        if low or not amount:
            continue
        lp.bound_column(column, amount, high)
        forced = lp.solve()
        lp.bound_column(column, low, high)
        assert forced is not None
        rise = float(point.reduced[column]) * amount
        assert forced.objective - point.objective == pytest.approx(rise, rel=1e-6, abs=1e-9 * abs(point.objective))
        tried += 1
    assert tried or name == "minimal"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_check_in_doubles_passes_nothing_that_wide_sums_do_not(name: str) -> None:
    """Of a point, and of points and multipliers bent by more and more, it is never the more lenient."""
    lp = hot(name)
    point = lp.solve()
    assert point is not None
    random = np.random.default_rng(1)
    passed = []
    for bend in (0.0, 1e-12, 1e-9, 1e-7, 1e-5, 1e-2):
        x = np.clip(point.x * (1 + bend * random.normal(size=len(point.x))), lp.arrays.low, lp.arrays.high)
        duals = point.duals * (1 + bend * random.normal(size=len(point.duals)))
        objective = cost_of(lp.arrays, x)
        scale = max(abs(objective), float(np.sum(np.abs(lp.arrays.cost * x))))
        proof = dual_proof(lp.arrays, x, duals)
        worst = max(primal_residual(lp.arrays, x), proof.residual, (objective - proof.bound) / scale)
        checked = checked_in_doubles(lp.arrays, x, duals, objective, scale)
        assert checked.worst >= worst - 1e-15
        assert checked.reduced == pytest.approx(lp.arrays.reduced_costs(duals).astype(float), rel=1e-9, abs=1e-6)
        passed.append(checked.worst <= TOLERANCE)
    assert passed[0]
    assert not passed[-1]


def test_what_doubles_cannot_tell_is_checked_in_wide_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    lp = hot("lithium-japan")
    point = lp.solve()
    assert point is not None
    monkeypatch.setattr(hot_module, "checked_in_doubles", lambda *_: Checked(nan, point.reduced))
    again = lp.solve()
    assert again is not None
    assert again.objective == point.objective
    monkeypatch.setattr(hot_module, "primal_residual", lambda *_: 1.0)
    with pytest.raises(SolverFailed, match="did not hold when checked"):
        lp.solve()


def test_offers_that_cost_the_same_are_of_the_first_year() -> None:
    """Of several years in which a build would enter at the same price the first is said."""
    plan = oremix.solve(example("magnets-usa-japan"), detail="full")
    builds = [offer for offer in plan.offers if offer.kind == "build" and offer.on == "white_mesa"]
    assert [offer.period for offer in builds] == [2028]

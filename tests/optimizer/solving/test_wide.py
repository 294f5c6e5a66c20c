"""Sums that cancel: what a double loses, the certificate does not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pulp
import pytest

import oremix
from oremix.optimizer.solving import solve_lp
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.proof import a_row_cannot_hold, dual_proof, primal_residual
from oremix.optimizer.solving.wide import ARITHMETIC, IS_WIDER, group_sums

WAYS = [pytest.param(False, id="split products"), pytest.param(IS_WIDER, id="as on this machine")]


def arrays(rows: list[dict[str, float]], lower: list[float], upper: list[float], **columns: Any) -> Arrays:
    """An LP by its rows; columns x, y, z from `low` to `high`, at no cost unless one is given."""
    names = sorted({name for row in rows for name in row})
    size = len(names)
    lengths = [len(row) for row in rows]
    return Arrays(
        cost=np.array(columns.get("cost", [0.0] * size), dtype=np.float64),
        offset=0.0,
        low=np.array(columns.get("low", [0.0] * size), dtype=np.float64),
        high=np.array(columns.get("high", [np.inf] * size), dtype=np.float64),
        integer=np.zeros(size, dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=np.array([names.index(name) for row in rows for name in row], dtype=np.int32),
        coefficients=np.array([value for row in rows for value in row.values()], dtype=np.float64),
        lower=np.array(lower, dtype=np.float64),
        upper=np.array(upper, dtype=np.float64),
        gates=np.zeros(len(rows), dtype=np.bool_),
        sign=1.0,
    )


@pytest.mark.parametrize("wider", WAYS)
def test_sums_of_products_are_as_in_fractions(wider: bool) -> None:
    """Numbers of all sizes, empty groups among them: off by less than a part in 10¹⁸ of what is added up."""
    random = np.random.default_rng(7)
    one, other = (random.normal(size=60) * 10.0 ** random.integers(-8, 9, 60) for _ in range(2))
    starts = np.array([0, 0, 7, 7, 7, 30, 59, 60, 60])
    sums = group_sums(starts, one, other, wider)
    for begin, end, found in zip(starts[:-1], starts[1:], sums, strict=True):
        terms = [Fraction(a) * Fraction(b) for a, b in zip(one[begin:end], other[begin:end], strict=True)]
        high = float(found)
        error = abs(Fraction(high) + Fraction(float(found - np.longdouble(high))) - sum(terms))
        assert error <= (sum(map(abs, terms)) if wider else abs(sum(terms)) * 200) * Fraction(1, 10**18)


@pytest.mark.parametrize("wider", WAYS)
def test_infinities_stay_what_they_are(wider: bool) -> None:
    """A column without a bound makes its row's sum infinite, and no other."""
    sums = group_sums(np.array([0, 2, 3]), np.array([1.0, 2.0, 3.0]), np.array([np.inf, 1.0, 4.0]), wider)
    assert sums.tolist() == [np.inf, 12.0]


def test_a_row_that_cancels() -> None:
    """10¹⁶ + 1 − 10¹⁶ = 1: added up in doubles the 1 is lost, and a row that holds exactly would seem broken."""
    lp = arrays([{"x": 1.0, "y": 1.0, "z": -1.0}], [1.0], [1.0])
    x = np.array([1e16, 1.0, 1e16])
    assert np.bincount([0, 0, 0], lp.coefficients * x).tolist() == [0.0]
    assert lp.activity(x).tolist() == [1.0]
    assert primal_residual(lp, x) == 0.0


def test_products_that_cancel() -> None:
    """(2²⁷ + 1)² − 2⁵⁴ − 2²⁸ = 1, which no double product shows: it loses the 1 before anything is added up."""
    x = np.array([2.0**27 + 1, 2.0**27, 2.0**28])
    lp = arrays([{"x": 2.0**27 + 1, "y": -(2.0**27), "z": -1.0}], [0.0], [0.0])
    assert float(np.sum(lp.coefficients * x)) == 0.0
    assert lp.activity(x).tolist() == [1.0]


def test_multipliers_that_cancel() -> None:
    """X at 1, free of bounds, in three rows whose multipliers 10¹⁶, 1 and −10¹⁶ pay exactly its cost of 1.

    In doubles they pay nothing, so that the proof would be off by the whole cost; and the bound, 1, would be 0.
    """
    lp = arrays([{"x": 1.0}] * 3, [1.0] * 3, [1.0] * 3, cost=[1.0], low=[-np.inf])
    duals = np.array([1e16, 1.0, -1e16])
    assert float(np.bincount([0, 0, 0], lp.coefficients * duals)[0]) == 0.0
    proof = dual_proof(lp, np.array([1.0]), duals)
    assert (proof.residual, proof.bound) == (0.0, 1.0)


def test_a_row_at_zero_has_a_scale_of_its_own() -> None:
    """X − 0.1 y − 0.2 y ≥ 0 where x is 0.3 and y is 1: in doubles the two are not the same, which proves nothing."""
    noise = arrays([{"x": 1.0, "y": -(0.1 + 0.2)}], [0.0], [np.inf], low=[0.3, 1.0], high=[0.3, 1.0])
    assert float(noise.activity(np.array([0.3, 1.0]))[0]) < 0
    assert not a_row_cannot_hold(noise)
    assert a_row_cannot_hold(arrays([{"x": 1.0, "y": -0.5}], [0.0], [np.inf], low=[0.3, 1.0], high=[0.3, 1.0]))
    small = arrays([{"x": 1e-9, "y": -1e-9}], [0.0], [np.inf], low=[0.0, 1.0], high=[0.5, 1.0])
    assert a_row_cannot_hold(small)


def test_a_small_part_of_a_large_sum_proves_nothing() -> None:
    """10⁹ of x against 10⁹ + 1 asked for, of which the solver's tolerance is a thousand."""
    lp = arrays([{"x": 1.0}], [1e9 + 1], [np.inf], high=[1e9])
    assert not a_row_cannot_hold(lp)


# ---------------------------------------------------------------- what the certificate says of it


def _program(*rows: tuple[dict[str, float], float], cost: float = 1.0, integer: bool = False) -> pulp.LpProblem:
    """Minimise cost · (x + y) over 0 ≤ x, y with rows ≥ a number."""
    problem = pulp.LpProblem("p", pulp.LpMinimize)
    columns = {name: problem.add_variable(name, 0, cat="Integer" if integer else "Continuous") for name in ("x", "y")}
    problem += cost * columns["x"] + cost * columns["y"]
    for row, least in rows:
        problem += pulp.lpSum(factor * columns[name] for name, factor in row.items()) >= least
    return problem


@pytest.mark.parametrize(
    ("program", "status", "verified", "proof"),
    [
        (_program(({"x": 1, "y": 1}, 2)), "optimal", True, "multipliers on 1 rows prove, recomputed"),
        (_program(({"x": 1}, 2), integer=True), "optimal", True, "branch and bound by HiGHS proved, as it states it"),
        (_program(({"x": -1}, 2)), "infeasible", True, "one row alone"),
        (_program(({"x": 1, "y": 1}, 2), ({"x": -1, "y": -1}, -1)), "infeasible", True, "multipliers on 2 rows"),
        (_program(({"x": 1}, 2), cost=-1.0), "unbounded", True, "a ray"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_status_rests_on_is_said(program: Any, status: str, verified: bool, proof: str) -> None:
    """Multipliers, a ray, one row alone, or what the solver states."""
    outcome = solve_lp(program)
    assert (outcome.status, outcome.verified) == (status, verified), outcome.reason
    assert outcome.proof is not None
    assert proof in outcome.proof


def test_what_only_branch_and_bound_says_is_not_proved() -> None:
    """2 x = 1 in whole numbers: as fractions it could be, so that no multipliers prove that it cannot."""
    problem = pulp.LpProblem("odd", pulp.LpMinimize)
    x, y = (problem.add_variable(name, 0, 9, cat="Integer") for name in ("x", "y"))
    problem += x
    problem += 2 * x + 2 * y == 3
    outcome = solve_lp(problem)
    assert (outcome.status, outcome.verified) == ("infeasible", False)
    assert outcome.proof is not None
    assert "which nothing proves" in outcome.proof


def test_every_certificate_says_in_what_it_was_worked_out() -> None:
    """With a plan or without."""
    problem = oremix.example("minimal")
    plan = oremix.solve(problem)
    none = oremix.solve(problem.replace('"quantity": 5500', '"quantity": 99000'))
    for answer in (plan, none):
        assert answer.certificate.arithmetic == ARITHMETIC
        assert answer.certificate.proof
    assert none.status == "infeasible"

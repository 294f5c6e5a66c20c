"""The least of sums over an LP: what the equations alone say is what a solver finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from oremix.models.errors import SolverFailed
from oremix.optimizer.solving import least
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.least import leasts

INF = float("inf")


def fractions(width: int, rows: list[tuple[dict[int, float], float, float]]) -> Arrays:
    """Columns from 0 to 1, and rows with what their sums are between."""
    return Arrays(
        cost=np.zeros(width),
        offset=0.0,
        low=np.zeros(width),
        high=np.ones(width),
        integer=np.zeros(width, dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum([len(terms) for terms, _, _ in rows]))).astype(np.int32),
        columns=np.array([column for terms, _, _ in rows for column in terms], dtype=np.int32),
        coefficients=np.array([value for terms, _, _ in rows for value in terms.values()], dtype=np.float64),
        lower=np.array([low for _, low, _ in rows], dtype=np.float64),
        upper=np.array([high for _, _, high in rows], dtype=np.float64),
        gates=np.zeros(len(rows), dtype=np.bool_),
        sign=1.0,
    )


def found(arrays: Arrays, *sums: dict[int, float], tight: tuple[int, ...] = ()) -> list[float]:
    alone = np.zeros(len(arrays.lower), dtype=np.bool_)
    alone[list(tight)] = True
    return leasts(arrays, alone, list(sums))


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any solve by HiGHS fails the test."""

    def asked(*_: Any) -> None:
        raise AssertionError("HiGHS was asked")

    monkeypatch.setattr(least, "_solved", asked)


@pytest.mark.usefixtures("unasked")
def test_where_all_points_give_the_same_no_solver_is_asked() -> None:
    """Half of what is made is marked; however it is split, what arrives at both places is half marked together."""
    split = fractions(3, [({0: 0.6, 1: 0.4}, 0.5, 0.5), ({2: 1.0}, 0.25, 0.25)])
    assert found(split, {0: 6.0, 1: 4.0}, {2: 8.0}, {0: 6.0, 1: 4.0, 2: 8.0}) == pytest.approx([5.0, 2.0, 7.0])


def test_what_can_be_kept_out_of_a_sum_is() -> None:
    """Of two places only one is asked after: all that is marked goes to the other as far as it can."""
    split = fractions(2, [({0: 0.6, 1: 0.4}, 0.5, 0.5)])
    assert found(split, {0: 6.0}, {1: 4.0}, {0: -6.0}) == pytest.approx([1.0, 0.0, -5.0])


@pytest.mark.usefixtures("unasked")
def test_an_inequality_that_is_kept_exactly_counts_as_an_equation() -> None:
    """A run carries at least what its one carrier does; in the least it carries just that."""
    run = fractions(3, [({0: 1.0}, 0.3, INF), ({0: 1.0, 1: -0.5, 2: -0.5}, 0.0, 0.0)])
    assert found(run, {1: 1.0, 2: 1.0}, tight=(0,)) == pytest.approx([0.6])


@pytest.mark.usefixtures("unasked")
def test_a_column_in_no_row_is_at_its_bound() -> None:
    assert found(fractions(2, [({0: 1.0}, 0.5, 0.5)]), {0: 2.0, 1: 3.0}, {1: -3.0}) == pytest.approx([1.0, -3.0])


def test_rows_that_leave_no_point_are_an_error() -> None:
    with pytest.raises(SolverFailed):
        found(fractions(2, [({0: 1.0, 1: 1.0}, 3.0, INF)]), {0: 1.0})


@pytest.mark.parametrize("seed", range(30))
def test_pieces_give_what_the_whole_gives(seed: int) -> None:
    """Random networks in several pieces, with some slack in their rows: each least is that of one LP of all."""
    random = np.random.default_rng(seed)
    width, rows = 12, []
    inside = random.random(width)
    for piece in range(3):
        for _ in range(random.integers(1, 4)):
            columns = random.choice(np.arange(4 * piece, 4 * piece + 4), random.integers(1, 4), replace=False)
            terms = {int(column): float(random.choice([-1, 1]) * random.random()) for column in columns}
            middle = sum(value * inside[column] for column, value in terms.items())
            kind = random.integers(3)
            rows.append((terms, middle if kind else -INF, middle if kind < 2 else INF))
    arrays = fractions(width, rows)
    sums = [
        {int(c): float(v) for c, v in enumerate(random.normal(size=width)) if random.random() < 0.5} for _ in "abcd"
    ]
    sums.append(dict(rows[0][0]))
    for terms, value in zip(sums, found(arrays, *sums), strict=True):
        cost = np.array([terms.get(column, 0.0) for column in range(width)])
        claim = run_highs(replace(arrays, cost=cost))
        assert claim.x is not None
        assert value == pytest.approx(float(cost @ claim.x), abs=1e-7)

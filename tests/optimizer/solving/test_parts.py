"""Independent parts solved apart give what the whole gives."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import oremix
from oremix.models import read_problem
from oremix.optimizer import engine
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import parts, solve_lp
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.pieces import components
from oremix.optimizer.solving.solve import _verdict
from tests.random_lps import Rows, in_blocks, lp
from tests.random_problems import Document, documents
from tests.solving_apart import solved_apart, verdict

SEEDS = range(25)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small, parts are solved apart."""
    monkeypatch.setattr(parts, "SMALLEST", 1)


def whole(arrays: Arrays) -> dict[str, Any]:
    return _verdict(arrays, run_highs(arrays), Clock())


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (one["status"], one["verified"]) == (other["status"], other["verified"])
    if one["objective"] is not None:
        assert one["objective"] == pytest.approx(other["objective"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_components_are_those_of_the_graph(seed: int) -> None:
    """Columns have the same number where rows lead from one to the other, found by walking."""
    arrays = in_blocks(np.random.default_rng(seed), 6)
    matrix = np.zeros((len(arrays.lower), len(arrays.cost)), dtype=np.int64)
    matrix[arrays.row_of, arrays.columns] = 1
    reached = np.linalg.matrix_power(matrix.T @ matrix + np.eye(len(arrays.cost), dtype=np.int64), 4) > 0
    found = components(arrays, np.ones(len(arrays.lower), dtype=np.bool_))
    assert np.array_equal(found[:, None] == found[None, :], reached)


def test_a_long_chain_is_one_component() -> None:
    """Ten thousand columns, each tied only to the next."""
    number = 10_000
    arrays = Arrays(
        **{field: np.zeros(number) for field in ("cost", "low", "high")},
        **{field: np.zeros(number - 1) for field in ("lower", "upper")},
        offset=0.0,
        integer=np.zeros(number, dtype=np.bool_),
        gates=np.zeros(number - 1, dtype=np.bool_),
        starts=np.arange(0, 2 * number - 1, 2, dtype=np.int32),
        columns=np.column_stack([np.arange(number - 1), np.arange(1, number)]).ravel().astype(np.int32),
        coefficients=np.ones(2 * number - 2),
        sign=1.0,
    )
    kept = np.ones(number - 1, dtype=np.bool_)
    assert components(arrays, kept).max() == 0
    kept[4999] = False
    assert np.bincount(components(arrays, kept)).tolist() == [5000, 5000]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", SEEDS)
def test_apart_is_as_whole(seed: int) -> None:
    """Same status and cost, both verified on the whole; the multipliers of both prove the same bound."""
    arrays = in_blocks(np.random.default_rng(seed), 6)
    apart = verdict(arrays)
    assert solved_apart(arrays).options["parts"] == 6
    assert apart["status"] == "optimal"
    assert_same(apart, whole(arrays))
    assert apart["bound"] == pytest.approx(apart["objective"], rel=1e-9)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", SEEDS)
def test_apart_is_as_whole_with_decisions(seed: int) -> None:
    """With whole numbers among the columns: same cost, and a bound that is the sum of the parts'."""
    random = np.random.default_rng(seed)
    arrays = in_blocks(random, 5)
    arrays = replace(arrays, integer=random.random(len(arrays.cost)) < 0.5)
    apart = verdict(arrays)
    assert apart["status"] == "optimal"
    assert_same(apart, whole(arrays))


@pytest.mark.usefixtures("always")
@settings(max_examples=60)
@given(documents())
def test_problems_apart_are_as_whole(document: Document) -> None:
    """Problems of the contract, feasible or not, with and without decisions."""
    model = build_model(read_problem(document))
    apart = solve_lp(model.lp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "SMALLEST", 10**9)
        together = solve_lp(model.lp)
    assert (apart.status, apart.verified) == (together.status, together.verified)
    if together.objective is not None:
        scale = max(together.scale or 0.0, 1.0)
        assert abs(apart.objective - together.objective) <= 1e-9 * scale


@pytest.mark.usefixtures("always")
def test_an_infeasible_part_makes_the_whole_infeasible() -> None:
    """The proof is of the part's rows, and holds on the whole; what else is unbounded or stopped does not matter."""
    arrays = with_a_pair(in_blocks(np.random.default_rng(1), 5), cost=1.0, least=5.0)
    found = verdict(arrays)
    assert (found["status"], found["verified"]) == ("infeasible", True)
    assert_same(found, whole(arrays))


@pytest.mark.usefixtures("always")
def test_an_unbounded_part_makes_the_whole_unbounded() -> None:
    """A ray of the part, and 0 everywhere else."""
    arrays = with_a_pair(in_blocks(np.random.default_rng(1), 5), cost=-1.0, least=-np.inf)
    claim = solved_apart(arrays)
    assert claim.status == "unbounded"
    assert claim.ray is not None
    assert np.flatnonzero(claim.ray).tolist() == [len(arrays.cost) - 2, len(arrays.cost) - 1]
    assert verdict(arrays)["verified"]


def with_a_pair(arrays: Arrays, cost: float, least: float) -> Arrays:
    """One more part: two columns with −a + b ≤ 1, a − b ≤ 1 and a ≤ 2 + b − `least`."""
    columns = len(arrays.cost)
    return replace(
        arrays,
        cost=np.append(arrays.cost, [cost, cost]),
        low=np.append(arrays.low, [0.0, 0.0]),
        high=np.append(arrays.high, [np.inf, np.inf]),
        integer=np.append(arrays.integer, [False, False]),
        starts=np.append(arrays.starts, arrays.starts[-1] + np.array([2, 4])).astype(np.int32),
        columns=np.append(arrays.columns, [columns, columns + 1] * 2).astype(np.int32),
        coefficients=np.append(arrays.coefficients, [1.0, -1.0, 1.0, -1.0]),
        lower=np.append(arrays.lower, [-1.0, least]),
        upper=np.append(arrays.upper, [1.0, np.inf]),
        gates=np.append(arrays.gates, [False, False]),
    )


@pytest.mark.usefixtures("always")
def test_infeasible_goes_before_unbounded() -> None:
    """An infeasible part leaves no point to go anywhere from."""
    arrays = with_a_pair(with_a_pair(in_blocks(np.random.default_rng(1), 3), -1.0, -np.inf), 1.0, 5.0)
    assert verdict(arrays)["status"] == "infeasible"


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("decides", [False, True])
def test_a_limit_is_a_limit(decides: bool) -> None:
    """No time, or stopped from the start: no answer, or a point that says how good it is, never an optimum."""
    random = np.random.default_rng(2)
    arrays = in_blocks(random, 6)
    arrays = replace(arrays, integer=np.full(len(arrays.cost), decides))
    stop = Event()
    stop.set()
    assert solved_apart(arrays, time_limit=0.0).status == "limit"
    assert verdict(arrays, time_limit=0.0)["status"] in ("no_answer", "feasible")
    stopped, best = verdict(arrays, stop=stop), whole(arrays)
    assert stopped["objective"] is None or stopped["objective"] >= best["objective"] - 1e-9 * best["scale"]


@pytest.mark.usefixtures("always")
def test_the_kept_lp_starts_at_the_optimum() -> None:
    """The parts' bases put together are a basis of the whole: solved again, it takes no step."""
    arrays = in_blocks(np.random.default_rng(3), 8)
    claim = solved_apart(arrays)
    assert claim.solver is not None
    hot = Hot(arrays, solver=claim.solver())
    point = hot.solve()
    assert point is not None
    assert point.objective == pytest.approx(verdict(arrays)["objective"], rel=1e-12)
    assert hot.solver.getInfo().simplex_iteration_count == 0


@pytest.mark.usefixtures("always")
def test_a_plan_in_parts_is_explained_like_a_whole_one() -> None:
    """Prices, ranges and offers of two minerals in one problem are those of the one solved whole."""
    document, other = (json.loads(oremix.example("minimal")) for _ in range(2))
    for part in ("materials", "suppliers", "demands"):
        for item in other[part]:
            item["id"] += "_too"
            if "material" in item:
                item["material"] += "_too"
        document[part] += other[part]
    apart = oremix.solve(document, detail="full")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "SMALLEST", 10**9)
        together = oremix.solve(document, detail="full")
    assert apart.solver.options["parts"] == 2
    ignored = {"solver", "certificate"}
    assert apart.model_dump(exclude=ignored) == together.model_dump(exclude=ignored)


def test_tiny_parts_are_solved_together() -> None:
    """Ten thousand columns that share nothing are a handful of parts, and twenty are one."""
    for columns, number in ((10_000, 5), (20, None)):
        rows = Rows(np.zeros((0, columns)), np.zeros(0), np.zeros(0))
        arrays = lp(rows, np.ones(columns), np.ones(columns))
        assert solved_apart(arrays).options.get("parts") == number


@pytest.mark.usefixtures("always")
def test_cores_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread or eight, bit for bit the same point and multipliers."""
    arrays = in_blocks(np.random.default_rng(4), 12)
    found = []
    for cores in (1, 8):
        monkeypatch.setattr(engine, "_cores", lambda cores=cores: cores)
        claim = solved_apart(arrays)
        assert claim.x is not None
        assert claim.duals is not None
        found.append((claim.x.tobytes(), claim.duals.tobytes()))
    assert found[0] == found[1]

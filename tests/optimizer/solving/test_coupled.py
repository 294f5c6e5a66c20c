"""Large LPs solved by pricing the rows that their parts share: what plain HiGHS finds, within the gap that is stated.

The LPs here are small; that they are taken for large ones is forced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest

import oremix
from benchmarks import families
from oremix.models import read_problem
from oremix.optimizer import engine
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import coupled, coupling, parts
from oremix.optimizer.solving.arrays import Arrays, arrays_of
from oremix.optimizer.solving.coupled import run_coupled
from oremix.optimizer.solving.coupling import separated
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.solve import _verdict
from tests.random_lps import in_blocks
from tests.solving_apart import solved_apart, verdict

SEEDS = range(25)
Document = dict[str, Any]


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small, an LP is taken for a large one, and many rows for few."""
    monkeypatch.setattr(parts, "SMALLEST", 1)
    monkeypatch.setattr(parts, "LARGE", 1)
    monkeypatch.setattr(coupling, "COLUMNS_PER_ROW", 3)


def priced(arrays: Arrays, **options: Any) -> dict[str, Any]:
    """What the decomposition itself says of the whole."""
    found = separated(arrays, 1)
    assert found is not None
    claim = run_coupled(arrays, found, **options)
    return _verdict(arrays, claim, Clock())


def plain(arrays: Arrays) -> dict[str, Any]:
    return _verdict(arrays, run_highs(arrays), Clock())


def arrays_for(document: Document) -> Arrays:
    return arrays_of(build_model(read_problem(document)).lp)


def assert_proved(found: dict[str, Any], expected: dict[str, Any], gap: float) -> None:
    """A feasible point within the gap of the optimum, and a true bound no further away than stated."""
    assert found["verified"]
    assert found["gap"] <= gap
    noise = 1e-9 * expected["scale"]
    assert found["bound"] - noise <= expected["objective"] <= found["objective"] + noise
    assert found["objective"] - expected["objective"] <= gap * found["scale"] + noise


@pytest.mark.parametrize("seed", SEEDS)
def test_shared_rows_of_every_kind(seed: int) -> None:
    """Rows at most, at least, equal and between, with positive and negative coefficients, shared by eight blocks."""
    arrays = in_blocks(np.random.default_rng(seed), 8, shared=3)
    found = priced(arrays)
    assert found["status"] == "optimal"
    assert_proved(found, plain(arrays), 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_of_shared_rows_alone(seed: int) -> None:
    """Columns that no part has, as those of what is beyond a priced rule, bounded or not."""
    arrays = in_blocks(np.random.default_rng(seed), 8, shared=3, own=4)
    found = priced(arrays)
    assert found["status"] == "optimal"
    assert_proved(found, plain(arrays), 1e-6)


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> Document:
    """Six minerals that share a budget."""
    monkeypatch.setitem(families.SIZES, "six", families.Size(6, 4, 2, 1, 2, 3))
    return families.problem("six")


COUPLED: dict[str, list[Document]] = {
    "a budget": [],
    "a budget over all periods": [{"id": "all", "type": "budget", "max": 1e7, "across": ["periods"]}],
    "a priced budget": [{"id": "soft", "type": "budget", "max": 1e5, "penalty": 0.2}],
    "a share over all minerals": [
        {"id": "pooled", "type": "share", "countries": ["CN"], "max": 0.3, "across": ["materials"]}
    ],
    "a floor on a share over all minerals": [
        {"id": "floor", "type": "share", "countries": ["AU"], "min": 0.05, "across": ["materials"]}
    ],
    "a footprint": [{"id": "carbon", "type": "footprint", "of": "co2", "max": 5e4}],
    "a priced footprint": [{"id": "carbon", "type": "footprint", "of": "co2", "price": 30}],
    "a quota on exports": [{"id": "quota", "type": "quantity", "measure": "shipments", "from": "CN", "max": 6e4}],
}


@pytest.mark.parametrize("policies", COUPLED.values(), ids=COUPLED)
def test_what_couples_minerals(document: Document, policies: list[Document]) -> None:
    """Policies over all minerals, beside the budget: the plain optimum, proved; stopped early, within what it says."""
    for number, plant in enumerate(document["plants"]):
        plant["recipes"][0]["footprint"] = {"co2": 1 + number % 3}
    document["policies"] += policies
    arrays = arrays_for(document)
    expected = plain(arrays)
    found = priced(arrays)
    assert (found["status"], expected["status"]) == ("optimal", "optimal")
    assert_proved(found, expected, 1e-6)
    assert_proved(priced(arrays, gap=0.05), expected, 0.05)


def test_the_shared_rows_are_found(document: Document) -> None:
    """The budget's rows in all but the last period, and nothing else; each part is a mineral."""
    model = build_model(read_problem(document))
    arrays, variables, rows = arrays_of(model.lp), model.lp.variables(), list(model.lp.rows.values())
    found = separated(arrays, 1)
    assert found is not None
    assert [rows[number].key[0] for number in found.rows] == ["budget_max"] * 2
    minerals = [
        {word[:2] for column in piece.piece.columns for word in map(str, flat(variables[column].key)) if word[0] == "m"}
        for piece in found.pieces
    ]
    assert sorted(map(sorted, minerals)) == [[f"m{number}"] for number in range(6)]


def flat(key: Any) -> Iterator[Any]:
    for part in key:
        yield from flat(part) if isinstance(part, tuple) else [part]


def test_what_does_not_fall_apart_is_solved_whole() -> None:
    """One block is one LP, whatever its longest rows."""
    arrays = in_blocks(np.random.default_rng(1), 1)
    assert separated(arrays, 1) is None
    assert "shared_rows" not in solved_apart(arrays).options


def test_small_ones_are_solved_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the size from which on it was measured to win, nothing is priced."""
    monkeypatch.undo()
    assert "shared_rows" not in solved_apart(in_blocks(np.random.default_rng(1), 8, shared=3)).options


@pytest.mark.parametrize("gap", [0.3, 1e-2, 1e-3])
def test_a_gap_is_enough(document: Document, gap: float) -> None:
    """Within the gap asked for it may stop: the plan is feasible, and says by how much another may be cheaper."""
    plan = oremix.solve(document, gap=gap, detail="plan")
    best = oremix.solve(document, detail="plan")
    assert best.status == "optimal"
    assert plan.certificate.verified
    assert plan.certificate.gap is not None
    assert plan.certificate.gap <= gap
    assert plan.status == ("optimal" if plan.certificate.gap <= 1e-6 else "feasible")
    assert plan.total_cost is not None
    assert best.total_cost is not None
    assert best.total_cost <= plan.total_cost * (1 + 1e-9)
    assert plan.total_cost <= best.total_cost / (1 - gap)


def test_an_infeasible_part() -> None:
    """A block that cannot hold: infeasible, with a proof."""
    arrays = in_blocks(np.random.default_rng(2), 8, shared=2)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[0] = upper[0] = -1e3
    found = verdict(replace(arrays, lower=lower, upper=upper))
    assert found["status"] == plain(replace(arrays, lower=lower, upper=upper))["status"] == "infeasible"
    assert found["verified"]


@pytest.mark.parametrize("seed", range(8))
def test_shared_rows_that_cannot_hold(seed: int) -> None:
    """Every part is feasible, and together they are not: infeasible, with a proof."""
    arrays = in_blocks(np.random.default_rng(seed), 8, shared=2)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[-1] = upper[-1] = -1e4
    arrays = replace(arrays, lower=lower, upper=upper, high=np.minimum(arrays.high, 50.0))
    found = verdict(arrays)
    assert found["status"] == plain(arrays)["status"] == "infeasible"
    assert found["verified"]


def test_an_unbounded_part() -> None:
    """What earns without end in one part, or but for the shared rows, ends as it does in the whole."""
    for seed in range(8):
        arrays = in_blocks(np.random.default_rng(seed), 8, shared=2)
        arrays = replace(arrays, cost=np.where(np.arange(len(arrays.cost)) == 0, -5.0, arrays.cost))
        found, expected = verdict(arrays), plain(arrays)
        assert (found["status"], found["verified"]) == (expected["status"], expected["verified"])


def test_no_time_and_stopped() -> None:
    """Without time there is no answer, or a plan that says how good it is."""
    arrays = in_blocks(np.random.default_rng(3), 8, shared=3)
    stop = Event()
    stop.set()
    expected = plain(arrays)
    for found in (verdict(arrays, time_limit=0.0), verdict(arrays, stop=stop)):
        assert found["status"] in ("no_answer", "feasible", "optimal")
        assert found["objective"] is None or found["objective"] >= expected["objective"] - 1e-9 * expected["scale"]


def test_stopped_in_the_middle(monkeypatch: pytest.MonkeyPatch, document: Document) -> None:
    """Once there is a plan, being stopped keeps it, with the gap that is proved by then."""
    arrays = arrays_for(document)
    stop = Event()
    mixed = coupled.Master.solve

    def solve_and_stop(master: Any) -> Any:
        mix = mixed(master)
        if mix.holds:
            stop.set()
        return mix

    monkeypatch.setattr(coupled.Master, "solve", solve_and_stop)
    monkeypatch.setattr(coupled, "SAMPLE_ROUNDS", 0)
    found = priced(arrays, stop=stop)
    assert found["status"] == "feasible"
    assert_proved(found, plain(arrays), 1.0)


def test_the_kept_lp_ends_at_the_optimum(document: Document) -> None:
    """The parts' bases are a start for the whole, for who asks for prices and ranges."""
    arrays = arrays_for(document)
    claim = solved_apart(arrays)
    assert claim.solver is not None
    point = Hot(arrays, solver=claim.solver()).solve()
    assert point is not None
    assert point.objective == pytest.approx(plain(arrays)["objective"], rel=1e-9)


def test_cores_do_not_matter(monkeypatch: pytest.MonkeyPatch, document: Document) -> None:
    """One thread or eight, bit for bit the same point and multipliers."""
    arrays = arrays_for(document)
    found = []
    for cores in (1, 8):
        monkeypatch.setattr(engine, "_cores", lambda cores=cores: cores)
        claim = solved_apart(arrays)
        assert claim.x is not None
        assert claim.duals is not None
        found.append((claim.x.tobytes(), claim.duals.tobytes()))
    assert found[0] == found[1]

"""CBC in a process of its own."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

import oremix
from oremix.models import read_problem
from oremix.models.errors import SolverFailed
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving.cbc import Cbc
from oremix.optimizer.solving.highs import Claim
from tests.optimizer.solving.test_solve import hard, yes_no


def run(solver: Cbc, clock: Clock, document: object = None) -> Claim:
    lp = build_model(read_problem(document or yes_no())).lp
    return solver.run(lp, list(lp.variables()), clock)


def instead(tmp_path: Path, script: str) -> Cbc:
    """CBC replaced by a shell script."""
    program = tmp_path / "cbc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    solver = Cbc(msg=False)
    solver.path = str(program)
    return solver


def test_its_bound_counts_what_no_decision_changes() -> None:
    """What MPS files leave out, here a fee of 1,000 a year for a plant that stands, is added to what CBC states."""
    standing = {"id": "old", "country": "AU", "capacity": 1, "fixed_cost": 1000,
                "recipes": [{"id": "r", "outputs": {"o": 1}, "unit_cost": 50}]}  # fmt: skip
    document = yes_no()
    document["plants"].append(standing)
    best = oremix.solve(document, detail="plan").total_cost
    assert best is not None
    exact, near = (run(Cbc(msg=False, gapRel=gap), Clock(), document) for gap in (None, 0.3))
    assert (exact.status, near.status) == ("optimal", "limit")
    assert exact.bound == pytest.approx(best)
    assert near.bound is not None
    assert 0.7 * best - 1 < near.bound <= best * (1 + 1e-9)


def test_told_to_stop_it_ends_with_what_it_has() -> None:
    """Not optimal, and with its bound where it has one."""
    stop = Event()
    stop.set()
    claim = run(Cbc(msg=False), Clock(stop=stop), hard())
    assert claim.status == "limit"


def test_one_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    """Past its limit it is told so, and then killed."""
    times = iter([0.0, 0.0])
    clock = Clock(1.0, now=lambda: next(times, 1000.0))
    claim = run(instead(tmp_path, "trap '' INT; sleep 600 & wait"), clock)
    assert (claim.status, claim.x) == ("limit", None)


@pytest.mark.parametrize("script", ["exit 3", "exit 0"])
def test_one_that_breaks_off_is_said_to(tmp_path: Path, script: str) -> None:
    """With an exit code, or without an answer."""
    with pytest.raises(SolverFailed, match="CBC broke off"):
        run(instead(tmp_path, script), Clock())

"""One measurement of one route, in this process, which should do nothing else; prints it as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.clock import Clock
from benchmarks.routes import ROUTES, Route

__all__ = ["Reached", "measure"]

Measured = dict[str, Any]


class Reached(Exception):
    """The solver was about to run, which was not wanted."""


def measure(name: str, folder: Path, *, gap: float, run: bool = True) -> Measured:
    """Wall and CPU seconds by phase, peak megabytes, shape and optimal value.

    Parameters
    ----------
    gap
        Relative gap at which yes/no decisions may stop.
    run
        Otherwise the measurement ends where the solver would start: what came before is the building and handing over.
    """
    route, clock = ROUTES[name], Clock()
    way = _raw if name == "raw" else _oremix if route.detail else _peer
    found: Measured = {}
    with suppress(Reached):
        way(route, folder, clock, found, gap, run)
    return {"route": name, "wall": clock.wall, "cpu": clock.cpu, "peak_mb": _peak(), **found}


def _peak() -> float:
    """The most memory that this process had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _raw(_: Route, folder: Path, clock: Clock, found: Measured, gap: float, run: bool) -> None:
    with clock.phase("import"):
        import highspy  # noqa: PLC0415 - no route should have in memory what only another needs
        import numpy as np  # noqa: PLC0415

    arrays = dict(np.load(folder / "arrays.npz"))
    found["shape"] = [len(arrays["cost"]), len(arrays["lower"]), len(arrays["coefficients"])]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", gap)
    found["start_mb"] = _peak()
    with clock.phase("hand over"):
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_, _ = found["shape"]
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays["cost"], arrays["low"], arrays["high"]
        lp.row_lower_, lp.row_upper_ = arrays["lower"], arrays["upper"]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = arrays["starts"], arrays["columns"]
        lp.a_matrix_.value_ = arrays["coefficients"]
        if arrays["integer"].any():
            lp.integrality_ = [highspy.HighsVarType(int(integer)) for integer in arrays["integer"]]
        solver.passModel(lp)
    if run:
        with clock.phase("solve"):
            solver.run()
        found["objective"] = solver.getInfo().objective_function_value


def _oremix(route: Route, folder: Path, clock: Clock, found: Measured, gap: float, run: bool) -> None:
    with clock.phase("import"):
        from oremix.optimizer import decide  # noqa: PLC0415
        from oremix.optimizer.solving import highs, solve  # noqa: PLC0415

        answering = importlib.import_module("oremix.optimizer.answering.answer")
    clock.watch(decide, "read_problem", "validate")
    clock.watch(decide, "build_model", "formulate")
    clock.watch(solve, "arrays_of", "hand over")
    clock.watch(highs, "highs_model", "hand over")
    clock.watch(highs.Quiet, "passModel", "hand over")
    clock.watch(solve, "run_apart", "solve")
    clock.watch(decide, "solve_lp", "verify")
    clock.watch(decide, "answer", "answer")
    clock.watch(answering, "audit", "audit")
    if not run:
        highs.Quiet.run = _reached
    text = (folder / "problem.json").read_bytes()
    found["start_mb"] = _peak()
    with clock.phase("rest"):
        plan = decide.solve(text, gap=gap, detail=route.detail)
    with clock.phase("serialise"):
        plan.to_json(indent=None)
    found["shape"] = [plan.solver.columns, plan.solver.rows, plan.solver.nonzeros]
    found["objective"], found["status"] = plan.total_cost, plan.status


def _peer(route: Route, folder: Path, clock: Clock, found: Measured, gap: float, run: bool) -> None:
    from benchmarks.data import read  # noqa: PLC0415

    with clock.phase("import"):
        peer = importlib.import_module(f"benchmarks.peers.{route.module}")
    data = read(json.loads((folder / "problem.json").read_bytes()))
    peer.watch(clock if run else _Stop(), route.solver)
    found["start_mb"] = _peak()
    with clock.phase("build"):
        model = peer.build(data)
    with clock.phase("hand over"):
        found["objective"] = peer.solve(model, route.solver, gap)
    found["shape"] = list(peer.shape(model))


class _Stop:
    """Has the solver's own part raise instead."""

    def watch(self, owner: Any, attribute: str, _phase: str) -> None:
        setattr(owner, attribute, _reached)


def _reached(*_: Any, **__: Any) -> None:
    raise Reached


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measure", description=__doc__)
    parser.add_argument("route", choices=ROUTES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--no-run", action="store_true", help="stop where the solver would start")
    given = parser.parse_args()
    answer = os.dup(1)
    os.dup2(2, 1)  # solvers print there, from C
    measured = measure(given.route, given.folder, gap=given.gap, run=not given.no_run)
    os.write(answer, json.dumps(measured).encode())


if __name__ == "__main__":
    _main()

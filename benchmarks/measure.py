"""Measurements of one route, in this process, which should do nothing else; prints them as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.clock import Clock
from benchmarks.routes import ROUTES, Route

__all__ = ["Reached", "measure"]

LEAST, MOST = 3, 50

Measured = dict[str, Any]
Way = Callable[[Measured], None]
"""From the problem to its optimum, once; notes what was found."""


class Reached(Exception):
    """The solver was about to run, which was not wanted."""


def measure(name: str, folder: Path, *, gap: float, run: bool = True, seconds: float = 0.0) -> list[Measured]:
    """Wall and CPU seconds by phase, peak megabytes, shape and optimal value, of one repetition after another.

    The first of them may pay for what is imported late or made once; `start_mb` is what the process had before it.

    Parameters
    ----------
    gap
        Relative gap at which yes/no decisions may stop.
    run
        Otherwise the measurement ends where the solver would start: what came before is the building and handing over.
    seconds
        For how long it is repeated, at least 3 and at most 50 times; 0: it is measured once.
    """
    route, clock = ROUTES[name], Clock()
    prepared = _raw if name == "raw" else _oremix if route.detail else _peer
    way = prepared(route, folder, clock, gap, run)
    importing, start, began = clock.cpu["import"], _peak(), time.perf_counter()
    measured: list[Measured] = []
    while len(measured) < (LEAST if seconds else 1) or (len(measured) < MOST and time.perf_counter() - began < seconds):
        clock.restart()
        found: Measured = {"route": name, "first": not measured, "import": importing, "start_mb": start}
        with suppress(Reached):
            way(found)
        measured.append(found | {"wall": clock.wall, "cpu": clock.cpu, "peak_mb": _peak()})
    return measured


def _peak() -> float:
    """The most memory that this process had, in MB; Linux's other number also knows the process that started it."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _raw(_: Route, folder: Path, clock: Clock, gap: float, run: bool) -> Way:
    with clock.phase("import"):
        import highspy  # noqa: PLC0415 - no route should have in memory what only another needs
        import numpy as np  # noqa: PLC0415

    def way(found: Measured) -> None:
        arrays = dict(np.load(folder / "arrays.npz"))
        found["shape"] = [len(arrays["cost"]), len(arrays["lower"]), len(arrays["coefficients"])]
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("mip_rel_gap", gap)
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

    return way


def _oremix(route: Route, folder: Path, clock: Clock, gap: float, run: bool) -> Way:
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

    def way(found: Measured) -> None:
        text = (folder / "problem.json").read_bytes()
        with clock.phase("rest"):
            plan = decide.solve(text, gap=gap, detail=route.detail)
        with clock.phase("serialise"):
            plan.to_json(indent=None)
        found["shape"] = [plan.solver.columns, plan.solver.rows, plan.solver.nonzeros]
        found["objective"], found["status"] = plan.total_cost, plan.status

    return way


def _peer(route: Route, folder: Path, clock: Clock, gap: float, run: bool) -> Way:
    from benchmarks.data import read  # noqa: PLC0415

    with clock.phase("import"):
        peer = importlib.import_module(f"benchmarks.peers.{route.module}")
    data = read(json.loads((folder / "problem.json").read_bytes()))
    peer.watch(_Solver(clock) if run else _Stop(), route.solver)

    def way(found: Measured) -> None:
        with clock.phase("build"):
            model = peer.build(data)
        with clock.phase("hand over"):
            found["objective"] = peer.solve(model, route.solver, gap)
        found["shape"] = list(peer.shape(model))

    return way


class _Solver:
    """Has what follows the solver's own part count apart from what came before."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def watch(self, owner: Any, attribute: str, phase: str) -> None:
        function = getattr(owner, attribute)

        def solving(*args: Any, **options: Any) -> Any:
            with self.clock.phase(phase):
                answer = function(*args, **options)
            self.clock.go_on_as("read back")
            return answer

        setattr(owner, attribute, solving)


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
    parser.add_argument("--seconds", type=float, default=0.0, help="repeat for so long")
    given = parser.parse_args()
    answer = os.dup(1)
    os.dup2(2, 1)  # solvers print there, from C
    measured = measure(given.route, given.folder, gap=given.gap, run=not given.no_run, seconds=given.seconds)
    os.write(answer, json.dumps(measured).encode())


if __name__ == "__main__":
    _main()

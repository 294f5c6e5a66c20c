"""How far a large LP is solved, and in which time: apart with several gaps, and whole by HiGHS's own ways.

Each way is a process of its own; what it ends with is verified on the whole, and only that is printed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.prepare import FIELDS
from oremix.optimizer.solving.arrays import Arrays
from oremix.optimizer.solving.highs import Claim, Quiet, highs_model
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.proof import cost_of, dual_proof, primal_residual

WHOLE = {
    "simplex": {"solver": "simplex"},
    "ipx": {"solver": "ipx", "run_crossover": "off", "ipm_optimality_tolerance": 1e-4},
    "pdlp": {"solver": "pdlp", "pdlp_optimality_tolerance": 1e-4},
}


def _arrays(folder: Path) -> Arrays:
    stored = np.load(folder / "arrays.npz")
    return Arrays(**{name: stored[name] for name in FIELDS}, offset=0.0, sign=1.0)


def _whole(arrays: Arrays, options: dict[str, object], limit: float) -> Claim:
    solver = Quiet()
    for name, value in {**options, "time_limit": limit}.items():
        solver.setOptionValue(name, value)
    solver.passModel(highs_model(arrays, None, is_mip=False))
    solver.run()
    solution = solver.getSolution()
    x, duals = np.clip(np.array(solution.col_value), arrays.low, arrays.high), np.array(solution.row_dual)
    return Claim(solver.modelStatusToString(solver.getModelStatus()), x=x, duals=duals)


def _one(arrays: Arrays, way: str, limit: float) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    whole = WHOLE.get(way)
    claim = _whole(arrays, whole, limit) if whole else run_apart(arrays, gap=float(way), time_limit=limit)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row = [way, claim.status, f"{cpu:.1f}", f"{wall:.1f}", f"{memory:,.0f}"]
    if claim.x is not None and claim.duals is not None:
        cost, proof = cost_of(arrays, claim.x), dual_proof(arrays, claim.x, claim.duals)
        gap = (cost - proof.bound) / abs(cost)
        row += [f"{primal_residual(arrays, claim.x):.0e}", f"{proof.residual:.0e}", f"{gap:.1e}", f"{cost:.8g}"]
    print("| " + " | ".join(row) + " |", flush=True)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("folder", type=Path, help="as benchmarks.prepare left it")
    parser.add_argument("ways", nargs="+", help=f"a gap, or one of {', '.join(WHOLE)}")
    parser.add_argument("--time-limit", type=float, default=400.0, help="seconds for each")
    given = parser.parse_args()
    if len(given.ways) == 1:
        _one(_arrays(given.folder), given.ways[0], given.time_limit)
        return
    print("| gap or way | says | CPU, s | wall, s | peak, MB | rows broken by | duals off by | proved gap | cost |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for way in given.ways:
        command = [
            sys.executable,
            "-m",
            "benchmarks.large",
            str(given.folder),
            way,
            "--time-limit",
            str(given.time_limit),
        ]
        subprocess.run(command, check=True)  # noqa: S603 - this very program


if __name__ == "__main__":
    _main()

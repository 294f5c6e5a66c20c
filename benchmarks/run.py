"""Measure Oremix, its limit and its peers in one run: `python -m benchmarks.run`.

Every route is measured in processes of its own, small problems many times in each; the routes take turns, so that what
else the machine does meets all of them.
Writes docs/benchmarks.md (what stands between its marks) and docs/benchmarks.svg, and prints the tables.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import report
from benchmarks.families import SIZES
from benchmarks.results import Measured, Results
from benchmarks.routes import ROUTES
from benchmarks.service.load import measure_services

__all__ = ["Disagreement", "check", "installed"]

ROOT = Path(__file__).parent.parent
# The libraries' linear algebra would otherwise keep a second processor busy with waiting.
ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
SAME, GAP = 1e-6, 1e-6
VARIANTS = {"": [], "uncoupled": ["--uncoupled"], "yes/no": ["--yes-no"]}
LARGEST_EXPLAINED = "10k"
# What nothing solves in minutes is only made, and that once.
UNSOLVED = ("1M",)
# For these a process goes on, since its first time pays for late imports, and is too short to be measured.
REPEATED, SECONDS = ("0.1k", "1k", "10k"), 2.0


class Disagreement(Exception):
    """Routes that should have solved the same linear program did not."""


def _child(module: str, *arguments: str) -> Any:
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout) if done.stdout else None


def _routes(wanted: list[str], size: str) -> list[str]:
    small = list(SIZES).index(size) <= list(SIZES).index(LARGEST_EXPLAINED)
    return [name for name in wanted if small or name != "oremix_full"]


def _measure(size: str, variant: str, routes: list[str], repeat: int, run: bool) -> list[Measured]:
    found: list[Measured] = []
    if size in UNSOLVED:
        repeat, run = 1, False
    with TemporaryDirectory() as folder:
        _child("prepare", folder, size, *VARIANTS[variant])
        more = [f"--gap={GAP}", f"--seconds={SECONDS if size in REPEATED else 0}", *([] if run else ["--no-run"])]
        for turn in range(repeat):
            for name in _routes(routes, size):
                print(f"{size} {variant} {name} {turn + 1}/{repeat}", file=sys.stderr)
                measured = _child("measure", name, folder, *more)
                found += [one | {"size": size, "variant": variant} for one in measured]
    check(found)
    return found


def check(found: list[Measured]) -> None:
    """Every route had the same columns, rows and nonzeros, and the same optimum.

    Raises
    ------
    Disagreement
        Naming the two that differ.
    """
    solved = [one for one in found if "objective" in one]
    for one in solved:
        first, tolerance = solved[0], SAME + 2 * GAP * (one["variant"] == "yes/no")
        if one["shape"] != first["shape"]:
            raise Disagreement(f"{one['route']} has {one['shape']}, {first['route']} {first['shape']}")
        if abs(one["objective"] - first["objective"]) > tolerance * abs(first["objective"]):
            raise Disagreement(f"{one['route']} found {one['objective']}, {first['route']} {first['objective']}")


def installed(wanted: list[str]) -> list[str]:
    """Those of the routes whose package is there."""
    there = []
    for name in wanted:
        try:
            version(ROUTES[name].package)
        except PackageNotFoundError:
            print(f"left out: {ROUTES[name].says}, since {ROUTES[name].package} is not installed", file=sys.stderr)
        else:
            there.append(name)
    return there


def _sweeps(sizes: list[str]) -> dict[str, Any]:
    """What a sweep of each size took, where there are sessions to sweep through."""
    if find_spec("benchmarks.sweep") is None:
        return {}
    sweep = import_module("benchmarks.sweep").sweep
    return {size: sweep(size) for size in sizes}


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--sizes", nargs="*", choices=SIZES, default=["0.1k", "1k", "10k", "100k"], help="1M is made, not solved"
    )
    parser.add_argument("--routes", nargs="*", choices=ROUTES, default=list(ROUTES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-run", action="store_true", help="only what comes before the solver")
    parser.add_argument("--only-sizes", action="store_true", help="leave out the variants and the service")
    parser.add_argument("--no-write", action="store_true", help="leave docs/ as it is")
    given = parser.parse_args()
    routes = installed(given.routes)
    found = [one for size in given.sizes for one in _measure(size, "", routes, given.repeat, run=not given.no_run)]
    services: list[Measured] = []
    sweeps: dict[str, Any] = {}
    if not given.only_sizes and not given.no_run:
        plain = [name for name in routes if name != "oremix_full"]
        found += _measure("100k", "uncoupled", plain, given.repeat, run=True)
        found += _measure("1k", "yes/no", plain, given.repeat, run=True)
        services = measure_services(given.repeat)
        sweeps = _sweeps([size for size in given.sizes if size not in UNSOLVED])
    results = Results(found, services, sweeps)
    text = report.text(results, "python -m benchmarks.run " + " ".join(sys.argv[1:]))
    print(text)
    if not given.no_write:
        report.write(ROOT / "docs", text, results)


if __name__ == "__main__":
    _main()

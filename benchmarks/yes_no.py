"""How yes/no decisions are best solved: `python -m benchmarks.yes_no`.

Ways of solving are compared on training problems; the best of them, and what there was before, are reported on problems
that nobody chose by. Every measurement is a process of its own, stopped after so many CPU seconds (those of CBC
included), so that what else the machine does changes little. Writes docs/yes-no.md (what stands between its marks).
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.decisions import STRUCTURES
from benchmarks.families import problem
from benchmarks.run import ENVIRONMENT, ROOT
from oremix.models import read_problem
from oremix.optimizer import clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import cbc, highs, mip, solve_lp

__all__ = ["WAYS", "mean", "problems", "table"]

PAGE = ROOT / "docs" / "yes-no.md"
MARKS = "<!-- measured: begin -->", "<!-- measured: end -->"
SIZES = ["1k", "3k", "10k"]
SEEDS = {"training": (1, 2), "held out": (11, 12)}
SECONDS, POINT = 1.0, 1e-4  # the shifts of the means

Measured = dict[str, Any]

FEWER = {"mip_heuristic_run_rens": False, "mip_heuristic_run_root_reduced_cost": False}
NONE = FEWER | {"mip_heuristic_run_rins": False}
# Solver, HiGHS's own options, whether the LP's plan is rounded for a start.
WAYS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "HiGHS as it comes": ("highs", {}, False),
    "HiGHS, rounded start": ("highs", {}, True),
    "HiGHS, rounded start, RINS alone": ("highs", FEWER, True),
    "HiGHS, rounded start, no sub-MIPs": ("highs", NONE, True),
    "CBC as it comes": ("cbc", {}, False),
    "CBC, rounded start": ("cbc", {}, True),
}


def problems(which: str) -> Iterator[tuple[str, int]]:
    """The names and seeds of the problems to train on, or of those held out."""
    for kind in [*SIZES, *STRUCTURES]:
        for seed in SEEDS[which]:
            yield kind, seed


def mean(values: list[float], shift: float) -> float:
    """The geometric mean with a shift, which keeps the smallest values from counting most."""
    return math.exp(sum(math.log(value + shift) for value in values) / len(values)) - shift


def measure(kind: str, seed: int, way: str, limit: float) -> Measured:
    """CPU seconds of a solve in this process and its children, and how good its plan is proved to be."""
    document = STRUCTURES[kind](seed) if kind in STRUCTURES else problem(kind, yes_no=True, seed=seed)
    lp = build_model(read_problem(document)).lp
    solver, options, start = WAYS[way]
    rounded = mip.rounded if start else lambda *_: None
    stop = threading.Event()
    before = _cpu()
    threading.Thread(target=_stop_after, args=(before + limit, stop), daemon=True).start()
    with (
        patch.object(highs, "BRANCHING", options),
        patch.object(mip, "rounded", rounded),
        patch.object(clock, "GRACE", 60.0),  # on a busy machine it takes long to stop
        patch.object(cbc, "PATIENCE", 60.0),
    ):
        found = solve_lp(lp, solver, stop=stop)
    gap = 1.0 if found.gap is None else min(1.0, found.gap)
    return {"kind": kind, "seed": seed, "way": way, "cpu": _cpu() - before, "cost": found.objective, "gap": gap}


def _stop_after(cpu: float, stop: threading.Event) -> None:
    while _cpu() < cpu:
        time.sleep(0.05)
    stop.set()


def _cpu() -> float:
    """Of this process and its children, those that still run included (on Linux)."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used) + sum(_running())


def _running() -> Iterator[float]:
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text().split():
            try:
                words = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            yield (int(words[11]) + int(words[12])) / 100


def _in_a_process(kind: str, seed: int, way: str, limit: float) -> Measured:
    call = [sys.executable, "-m", "benchmarks.yes_no", "--one", kind, str(seed), way, "--limit", str(limit)]
    done = subprocess.run(call, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{' '.join(call)}\n{done.stderr}")
    found: Measured = json.loads(done.stdout)
    print(f"{kind} {seed} {way}: {found['cpu']:.2f} s, gap {100 * found['gap']:.2g} %", file=sys.stderr)
    return found


def table(found: list[Measured]) -> str:
    """A row for each way: the means over all problems, and over those of each kind."""
    kinds = list(dict.fromkeys(one["kind"] for one in found))
    best = {key: min(one["cost"] or math.inf for one in found if _key(one) == key) for key in map(_key, found)}
    lines = [
        "| way | CPU s | proved | gap, % | above the best plan, % | "
        + " | ".join(f"{kind}: s, gap %" for kind in kinds)
        + " |",
        "| --- " * (5 + len(kinds)) + "|",
    ]
    for way in dict.fromkeys(one["way"] for one in found):
        mine = [one for one in found if one["way"] == way]
        above = [(one["cost"] / best[_key(one)] - 1) if one["cost"] else 1.0 for one in mine]
        proved = sum(one["gap"] <= 1e-6 for one in mine)
        cells = [f"{mean([one['cpu'] for one in mine], SECONDS):.2f}", f"{proved} of {len(mine)}"]
        cells += [f"{100 * mean(values, POINT):.3f}" for values in ([one["gap"] for one in mine], above)]
        for kind in kinds:
            these = [one for one in mine if one["kind"] == kind]
            seconds = mean([one["cpu"] for one in these], SECONDS)
            cells.append(f"{seconds:.2f}, {100 * mean([one['gap'] for one in these], POINT):.2f}")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _key(one: Measured) -> tuple[str, int]:
    return one["kind"], one["seed"]


def _report(limit: float, ways: dict[str, list[str]], jobs: int) -> str:
    machine = f"{platform.machine()}, Python {platform.python_version()}, stopped after {limit:g} CPU seconds"
    parts = [f"`python -m benchmarks.yes_no --limit {limit:g} --jobs {jobs}`: {machine}."]
    for which, seeds in SEEDS.items():
        asked = [(kind, seed, way, limit) for kind, seed in problems(which) for way in ways[which]]
        with ThreadPoolExecutor(jobs) as pool:
            found = list(pool.map(lambda one: _in_a_process(*one), asked))
        parts += [f"### {which.capitalize()} (seeds {' and '.join(map(str, seeds))})", table(found)]
    return "\n\n".join(parts)


def main() -> None:
    """Measure, print, and write the page; with `--one` measure once and print that as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=10.0, help="CPU seconds for each solve")
    parser.add_argument("--held-out", nargs="+", choices=WAYS, default=list(WAYS), metavar="WAY", help="ways to report")
    parser.add_argument(
        "--jobs", type=int, default=1, help="how many at once; CPU seconds are counted, but caches shared"
    )
    parser.add_argument("--one", nargs=3, metavar=("KIND", "SEED", "WAY"), help="measure a single solve")
    parser.add_argument("--no-write", action="store_true", help="leave the page as it is")
    asked = parser.parse_args()
    if asked.one:
        kind, seed, way = asked.one
        print(json.dumps(measure(kind, int(seed), way, asked.limit)))
        return
    report = _report(asked.limit, {"training": list(WAYS), "held out": asked.held_out}, asked.jobs)
    print(report)
    if not asked.no_write:
        text = PAGE.read_text()
        head, tail = text.split(MARKS[0])[0], text.split(MARKS[1])[1]
        PAGE.write_text(f"{head}{MARKS[0]}\n\n{report}\n\n{MARKS[1]}{tail}")


if __name__ == "__main__":
    main()

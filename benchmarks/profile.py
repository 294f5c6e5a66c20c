"""Where Oremix's time goes: `python -m benchmarks.profile SIZE` prints the dearest functions of each phase.

By cProfile, which makes calls look dearer than they are: read it for the order, and the tables for the seconds.
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from cProfile import Profile
from functools import partial
from pathlib import Path
from pstats import Stats
from typing import Any
from unittest.mock import patch

from benchmarks.families import SIZES, problem
from oremix.optimizer import decide

__all__ = ["profiled", "table"]

ROOT = Path(__file__).parent.parent
PHASES = {"read_problem": "validate", "build_model": "formulate", "solve_lp": "solve and verify", "answer": "answer"}
"""What `decide.solve` calls, in order."""


def profiled(document: dict[str, Any], detail: str, times: int) -> dict[str, Stats]:
    """The profile of each phase, of so many answers to the same problem after a first that does not count."""
    text = json.dumps(document).encode()
    decide.solve(text, detail=detail).to_json(indent=None)
    profiles = {phase: Profile() for phase in (*PHASES.values(), "serialise")}
    with ExitStack() as patches:
        for name, phase in PHASES.items():
            counted = partial(profiles[phase].runcall, getattr(decide, name))
            patches.enter_context(patch.object(decide, name, counted))
        for _ in range(times):
            plan = decide.solve(text, detail=detail)
            profiles["serialise"].runcall(plan.to_json, indent=None)
    return {phase: Stats(profile) for phase, profile in profiles.items()}


def table(stats: Stats, times: int, top: int) -> str:
    """The functions with the most time of their own, and with the most in all."""
    lines = [f"{'own ms':>10} {'all ms':>10} {'calls':>10}"]
    for which in (2, 3):
        rows = sorted(stats.stats.items(), key=lambda item: item[1][which], reverse=True)[:top]
        lines += [
            f"{own * 1e3 / times:10.2f} {everything * 1e3 / times:10.2f} {calls / times:10.0f}  {_named(*where)}"
            for where, (_, calls, own, everything, _) in rows
        ]
        lines.append("")
    return "\n".join(lines)


def _named(file: str, line: int, function: str) -> str:
    """A function and where it stands: in this project by its path, else by its package."""
    path = Path(file)
    if file.startswith(("~", "<")):
        return function
    if ".venv" not in path.parts and path.resolve().is_relative_to(ROOT):
        return f"{path.resolve().relative_to(ROOT)}:{line} {function}"
    return f"{path.parent.name}/{path.name}:{line} {function}"


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__.split("\n")[0])
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--detail", choices=("plan", "full"), default="plan")
    parser.add_argument("--uncoupled", action="store_true", help="no budget that all minerals share")
    parser.add_argument("--times", type=int, default=1, help="how often; seconds are of one")
    parser.add_argument("--top", type=int, default=12, help="how many functions of each phase")
    given = parser.parse_args()
    document = problem(given.size, coupled=not given.uncoupled)
    found = profiled(document, given.detail, given.times)
    whole = sum(stats.total_tt for stats in found.values())
    for phase, stats in found.items():
        print(f"{phase}: {stats.total_tt * 1e3 / given.times:.1f} ms, {stats.total_tt / whole:.0%}")
        print(table(stats, given.times, given.top))


if __name__ == "__main__":
    _main()

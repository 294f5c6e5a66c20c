"""How yes/no decisions are best solved: `python -m benchmarks.yes_no`.

Ways of solving are compared on training problems, and the way that was chosen is reported on problems that nobody chose
by. Every measurement is a process of its own; CPU seconds are those of CBC too. Writes docs/yes-no.md (what stands
between its marks).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.decisions import STRUCTURES
from benchmarks.families import problem
from benchmarks.run import ENVIRONMENT, ROOT
from oremix.models import read_problem
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import highs, mip, solve_lp

__all__ = ["WAYS", "mean", "problems"]

PAGE = ROOT / "docs" / "yes-no.md"
MARKS = "<!-- measured: begin -->", "<!-- measured: end -->"
SIZES = ["1k", "3k", "10k"]
SEEDS = {"training": (1, 2), "held out": (11, 12)}

# Solver, HiGHS's own options, whether the LP's plan is rounded for a start.
WAYS: dict[str, tuple[str, dict[str, Any], bool]] = {
    "HiGHS": ("highs", {}, False),
    "HiGHS, rounded start": ("highs", {}, True),
    "HiGHS, fewer heuristics": ("highs", highs.BRANCHING, False),
    "HiGHS, fewer heuristics, rounded start": ("highs", highs.BRANCHING, True),
    "CBC": ("cbc", {}, False),
    "CBC, rounded start": ("cbc", {}, True),
}
CHOSEN = ["HiGHS", "HiGHS, fewer heuristics, rounded start", "CBC, rounded start"]


def problems(which: str) -> Iterator[tuple[str, int]]:
    """The names and seeds of the problems to train on, or of those held out."""
    for kind in [*SIZES, *STRUCTURES]:
        for seed in SEEDS[which]:
            yield kind, seed


def mean(values: list[float], shift: float) -> float:
    """The geometric mean of the values with a shift, which keeps the smallest from counting most."""
    return math.exp(sum(math.log(value + shift) for value in values) / len(values)) - shift


def measure(kind: str, seed: int, way: str, limit: float) -> dict[str, Any]:
    """CPU and wall seconds of a solve in this process, the plan's cost and what was proved."""
    document = STRUCTURES[kind](seed) if kind in STRUCTURES else problem(kind, yes_no=True, seed=seed)
    lp = build_model(read_problem(document)).lp
    solver, options, start = WAYS[way]
    before = _cpu()
    with patch.object(highs, "BRANCHING", options), patch.object(mip, "rounded", mip.rounded if start else _nothing):
        found = solve_lp(lp, solver, time_limit=limit)
    return {
        "kind": kind,
        "seed": seed,
        "way": way,
        "cpu": _cpu() - before,
        "wall": found.seconds,
        "status": found.status,
        "cost": found.objective,
        "bound": found.bound,
        "gap": 1.0 if found.gap is None else found.gap,
    }


def _nothing(*_: Any) -> None:
    return None


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)

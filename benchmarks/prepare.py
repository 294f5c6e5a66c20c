"""A problem and its linear program as files, so that no measurement pays for making them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.families import SIZES, problem
from oremix.models import read_problem
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving.arrays import arrays_of

__all__ = ["prepare"]

FIELDS = ("cost", "low", "high", "integer", "starts", "columns", "coefficients", "lower", "upper")


def prepare(folder: Path, size: str, *, coupled: bool, yes_no: bool, seed: int) -> None:
    """Write problem.json, and the arrays of its linear program as arrays.npz."""
    document = problem(size, coupled=coupled, yes_no=yes_no, seed=seed)
    (folder / "problem.json").write_text(json.dumps(document), encoding="utf-8")
    arrays = arrays_of(build_model(read_problem(document)).lp)
    np.savez(folder / "arrays.npz", **{name: getattr(arrays, name) for name in FIELDS})


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prepare", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--uncoupled", action="store_true", help="no budget that all minerals share")
    parser.add_argument("--yes-no", action="store_true", help="every build is a yes/no decision")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    prepare(given.folder, given.size, coupled=not given.uncoupled, yes_no=given.yes_no, seed=given.seed)


if __name__ == "__main__":
    _main()

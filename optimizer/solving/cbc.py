"""CBC in a process of its own, which can be given a plan to start from, stopped, and asked for its bound."""

from __future__ import annotations

import atexit
import re
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pulp

from oremix.models.errors import SolverFailed
from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Floats
from oremix.optimizer.solving.highs import Claim

__all__ = ["Cbc"]

# What CBC proved of all plans, as it says at its end: of an optimum the cost, else a bound after that.
PROVED = re.compile(r"^(?:Objective value|Lower bound):\s+(\S+)", re.MULTILINE)

# How often it is looked at, in seconds.
OFTEN = 0.05

# Seconds it is given to end with the best it has: it may be amid cuts or a heuristic, and killed it has nothing.
PATIENCE = 5.0

# It looks at its limit of time rarely, so that it is told less than all of it.
PROMPT = 0.95


class Cbc(pulp.PULP_CBC_CMD):  # type: ignore[misc]
    """PuLP's CBC, run so that it can be stopped."""

    def run(
        self,
        problem: pulp.LpProblem,
        variables: list[Any],
        clock: Clock,
        *,
        kept: float = 0.0,
        start: Floats | None = None,
    ) -> Claim:
        """Solve, and say what CBC says.

        Parameters
        ----------
        kept
            Seconds of the clock's limit that are left for later.
        start
            A point to search from.

        Raises
        ------
        SolverFailed
            CBC broke off.
        """
        with TemporaryDirectory() as name:
            folder = Path(name)
            _, names, rows, _ = problem.writeMPS(str(folder / "problem.mps"), rename=1)
            call = [self.path, "problem.mps", *(["-max"] if problem.sense == pulp.LpMaximize else [])]
            if start is not None:
                for variable, value in zip(variables, start.tolist(), strict=True):
                    variable.varValue = value
                self.writesol(str(folder / "start.mst"), problem, variables, names, rows)
                call += ["-mips", "start.mst"]
            if (left := clock.left(kept)) is not None:
                call += ["-sec", repr(PROMPT * left)]
            call += [word for option in self.getOptions() for word in f"-{option}".split()]
            call += ["-solve", "-printingOptions", "all", "-solution", "answer.sol"]
            code = _run(call, folder, clock, kept)
            if code or not (folder / "answer.sol").exists():
                if clock.is_stopped() or clock.left() == 0:
                    return Claim("limit", "Stopped", name=self.name, version=f"of PuLP {pulp.constants.VERSION}")
                raise SolverFailed(f"CBC broke off: it ended with {code}")
            return self._claim(folder, problem, variables, names, rows)

    def _claim(self, folder: Path, problem: pulp.LpProblem, variables: list[Any], names: Any, rows: Any) -> Claim:
        solution = str(folder / "answer.sol")
        status, values, *_, found = self.readsol_MPS(solution, problem, variables, names, rows)
        said = _SAID.get(status, "limit")
        near = found != pulp.LpSolutionOptimal or "within gap" in (folder / "log").read_text(errors="replace")
        claim = Claim(
            "limit" if said == "optimal" and near else said,
            pulp.LpStatus[status],
            name=self.name,
            version=f"of PuLP {pulp.constants.VERSION}",
        )
        if said in ("optimal", "limit"):
            claim.x = np.array([values[variable.name] for variable in variables], dtype=np.float64)
            claim.bound = self._bound(folder, problem)
        return claim

    @staticmethod
    def _bound(folder: Path, problem: pulp.LpProblem) -> float | None:
        proved = PROVED.findall((folder / "log").read_text(errors="replace"))
        if not proved or problem.sense != pulp.LpMinimize:
            return None
        return float(proved[-1]) + float(problem.objective.constant)  # which MPS files leave out


_SAID = {
    pulp.LpStatusOptimal: "optimal",
    pulp.LpStatusInfeasible: "infeasible",
    pulp.LpStatusUnbounded: "unbounded",
}


def _run(call: list[str], folder: Path, clock: Clock, kept: float) -> int:
    """Its exit code; stopped, or where it does not look at its own limit, it is told to end with the best it has."""
    with (folder / "log").open("wb") as log:
        # in a session of its own, so that Ctrl-C reaches it through us alone
        process = subprocess.Popen(  # noqa: S603 - PuLP's own solver
            call, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        atexit.register(process.kill)
        try:
            while process.poll() is None:
                _wait(process)
                if clock.is_stopped() or clock.left(kept) == 0:
                    return _end(process, clock)
        finally:
            process.kill()
            process.wait()
            atexit.unregister(process.kill)
    return process.returncode


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(OFTEN)
    except subprocess.TimeoutExpired:
        return


def _end(process: subprocess.Popen[bytes], clock: Clock) -> int:
    told = clock.seconds()
    process.send_signal(signal.SIGINT)
    while process.poll() is None and clock.seconds() - told < PATIENCE and not clock.is_beyond():
        _wait(process)
    return 1 if process.poll() is None else process.returncode

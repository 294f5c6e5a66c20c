"""HiGHS in process: one bulk pass in, values and duals out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import highspy
import numpy as np
import pulp

from oremix.models.errors import SolverFailed
from oremix.optimizer.engine import in_worker
from oremix.optimizer.lean import rows_of
from oremix.optimizer.solving.arrays import Arrays, Floats, arrays_of, with_decisions
from oremix.optimizer.solving.wide import Wide

__all__ = ["NEAR", "SAID", "Claim", "Highs", "Quiet", "Watch", "claim_of", "highs_model", "listen", "run_highs"]

# The relative gap at which yes/no decisions are settled where none is asked for.
NEAR = 1e-7

# Searches for a first plan cost more than they bring (docs/yes-no.md).
BRANCHING = {"mip_heuristic_run_rens": False, "mip_heuristic_run_root_reduced_cost": False}

Watch = Callable[[Any], bool]
"""Is told now and then how far HiGHS is (its `HighsCallbackOutput`), and says whether it is to end."""


# The scheduler's threads do not survive a fork: a child that inherited it would wait for them for ever.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: highspy.Highs.resetGlobalScheduler(True))


class Quiet(highspy.Highs):
    """HiGHS without the banner, which its own constructor prints before it can be silenced, and without chance.

    `threads` is left alone: HiGHS refuses another number than the calling thread solved with before. Only workers,
    which are threads of our own, have one, lest each starts as many as there are cores.
    """

    def __init__(self) -> None:
        highspy.Highs.__mro__[1].__init__(self)  # type: ignore[misc]
        self.setOptionValue("output_flag", False)
        self.setOptionValue("random_seed", 0)
        self.setOptionValue("parallel", "off")
        self.suit_thread()

    def suit_thread(self) -> None:
        """Take the number of threads that the calling thread solves with: one that another thread has made may not."""
        self.setOptionValue("threads", 1 if in_worker() else 0)


@dataclass
class Claim:
    """What a solver says. `status`: optimal, infeasible, unbounded, limit; nothing of it is verified.

    `words` are its own for the status.

    `solver` gives HiGHS itself with its basis, where that is of an LP's optimum.

    `options` are what it was solved with beyond the limits asked for.

    `x` is none where there is no point, `duals` where there are none; a ray proves infeasible or unbounded.
    """

    status: str
    words: str = ""
    x: Floats | None = None
    duals: Floats | None = None
    bound: float | None = None
    ray: Floats | None = None
    name: str = "HiGHS"
    version: str = ""
    solver: Callable[[], Any] | None = None
    seconds: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)


def run_highs(
    arrays: Arrays,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    fixed: Floats | None = None,
    start: Floats | None = None,
    stop: Event | None = None,
    watch: Watch | None = None,
) -> Claim:
    """Solve with HiGHS.

    Parameters
    ----------
    time_limit
        Seconds.
    gap
        Relative gap at which yes/no decisions may stop.
    fixed
        A point whose integer columns are kept, which leaves an LP.
    start
        A point to search from, where there are yes/no decisions.
    stop
        Set by anybody, it ends the solve with what there is.
    watch
        Is asked in place of `stop`.

    Raises
    ------
    SolverFailed
        HiGHS broke off for a reason that says nothing about the problem.
    """
    is_mip = bool(arrays.integer.any()) and fixed is None
    solver = Quiet()
    options: dict[str, Any] = BRANCHING | {"mip_rel_gap": NEAR if gap is None else gap, "mip_abs_gap": 0.0}
    if time_limit is not None:
        options["time_limit"] = max(time_limit, 0.0)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(highs_model(arrays, fixed, is_mip))
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    if watch is None and stop is not None:
        watch = _asking(stop)
    if watch is not None:
        _listen(solver, watch)
    return claim_of(solver, is_mip)


def claim_of(solver: Any, is_mip: bool) -> Claim:
    """Run HiGHS as it stands, and take down what it says.

    Raises
    ------
    SolverFailed
        It broke off for a reason that says nothing about the problem.
    """
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kUnboundedOrInfeasible or (
        not is_mip and status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnbounded)
    ):
        # Presolve says that there is no optimum, but only the simplex method says why.
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("solver", "simplex")
        solver.run()
        status = solver.getModelStatus()
    claim = _claim(solver, status, is_mip)
    claim.version = solver.version()
    claim.solver = (lambda: solver) if claim.status == "optimal" and claim.duals is not None else None
    return claim


def listen(solver: Any, stop: Event) -> None:
    """Have HiGHS ask now and then whether to go on."""
    _listen(solver, _asking(stop))


def _asking(stop: Event) -> Watch:
    return lambda _: stop.is_set()


_TOLD = ("kCallbackSimplexInterrupt", "kCallbackIpmInterrupt", "kCallbackMipInterrupt", "kCallbackMipImprovingSolution")


def _listen(solver: Any, watch: Watch) -> None:
    """Have HiGHS say now and then how far it is, and ask whether to go on."""

    def tell(_kind: Any, _message: str, so_far: Any, answer: Any, _data: Any) -> None:
        answer.user_interrupt = watch(so_far)

    solver.setCallback(tell, None)
    for kind in _TOLD:
        solver.startCallback(getattr(highspy.cb.HighsCallbackType, kind))


def highs_model(arrays: Arrays, fixed: Floats | None, is_mip: bool) -> highspy.HighsLp:
    if fixed is not None:
        arrays = with_decisions(arrays, fixed)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, _ = arrays.shape
    lp.col_cost_ = arrays.cost
    lp.offset_ = arrays.offset
    lp.col_lower_, lp.col_upper_ = arrays.low, arrays.high
    lp.row_lower_, lp.row_upper_ = arrays.lower, arrays.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = arrays.starts
    lp.a_matrix_.index_ = arrays.columns
    lp.a_matrix_.value_ = arrays.coefficients
    if is_mip:
        kinds = {True: highspy.HighsVarType.kInteger, False: highspy.HighsVarType.kContinuous}
        lp.integrality_ = [kinds[bool(integer)] for integer in arrays.integer]
    return lp


SAID = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kTimeLimit: "limit",
    highspy.HighsModelStatus.kIterationLimit: "limit",
    highspy.HighsModelStatus.kSolutionLimit: "limit",
    highspy.HighsModelStatus.kInterrupt: "limit",
    highspy.HighsModelStatus.kUnknown: "limit",
}


def _claim(solver: Any, status: Any, is_mip: bool) -> Claim:
    if status not in SAID:
        raise SolverFailed(f"HiGHS broke off: {solver.modelStatusToString(status)}")
    claim = Claim(SAID[status], solver.modelStatusToString(status))
    info, solution = solver.getInfo(), solver.getSolution()
    if claim.status in ("optimal", "limit") and solution.value_valid:
        claim.x = np.array(solution.col_value)
        if solution.dual_valid and not is_mip:
            claim.duals = np.array(solution.row_dual)
    if is_mip and np.isfinite(info.mip_dual_bound):
        claim.bound = float(info.mip_dual_bound)
    if not is_mip and claim.status == "infeasible":
        claim.ray = _ray(solver.getDualRay())
    if not is_mip and claim.status == "unbounded":
        claim.ray = _ray(solver.getPrimalRay())
    return claim


def _ray(answer: tuple[Any, ...]) -> Floats | None:
    """The ray from (status, whether there is one, values); the middle is not to be relied on."""
    values = answer[-1]
    return None if values is None or len(values) == 0 else np.array(values)


class Highs(pulp.LpSolver):  # type: ignore[misc]
    """HiGHS as a solver for any PuLP problem: values, duals, slacks and reduced costs are read back.

    Parameters
    ----------
    timeLimit
        Seconds.
    gapRel
        Relative gap at which a problem with integers may stop.
    """

    name = "OREMIX_HIGHS"

    def available(self) -> bool:
        """HiGHS is a dependency, so it is always there."""
        return True

    def actualSolve(self, lp: pulp.LpProblem, **_: Any) -> int:  # noqa: N802 - PuLP's name
        """Solve, and write the answer into the problem's variables and constraints."""
        arrays, variables, rows = arrays_of(lp), lp.variables(), rows_of(lp)
        claim = run_highs(arrays, time_limit=self.timeLimit, gap=self.optionsDict.get("gapRel"))
        if claim.x is not None:
            for variable, value in zip(variables, claim.x.tolist(), strict=True):
                variable.varValue = value
            for row, slack in zip(rows, _doubles(_bounds(arrays) - arrays.activity(claim.x)), strict=True):
                row.slack = slack
        if claim.duals is not None:
            for row, dual in zip(rows, (arrays.sign * claim.duals).tolist(), strict=True):
                row.pi = dual
            reduced = _doubles(arrays.sign * arrays.reduced_costs(claim.duals))
            for variable, value in zip(variables, reduced, strict=True):
                variable.dj = value
        status, solution = _PULP_STATUS[claim.status, claim.x is not None]
        lp.assignStatus(status, solution)
        return int(status)


def _bounds(arrays: Arrays) -> Floats:
    return np.where(np.isfinite(arrays.upper), arrays.upper, arrays.lower)


def _doubles(values: Wide) -> list[float]:
    doubles: list[float] = values.astype(np.float64).tolist()
    return doubles


_PULP_STATUS = {
    ("optimal", True): (pulp.LpStatusOptimal, pulp.LpSolutionOptimal),
    ("limit", True): (pulp.LpStatusNotSolved, pulp.LpSolutionIntegerFeasible),
    ("limit", False): (pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound),
    ("infeasible", False): (pulp.LpStatusInfeasible, pulp.LpSolutionInfeasible),
    ("unbounded", False): (pulp.LpStatusUnbounded, pulp.LpSolutionUnbounded),
}

"""Solving a PuLP problem with any solver, and saying of the answer only what was verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Event
from typing import Any, Literal

import numpy as np
import pulp

from oremix.models.errors import SolverFailed, UnknownSolver
from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import (
    Arrays,
    Floats,
    arrays_of,
    with_decisions,
    without_decisions,
    without_integers,
)
from oremix.optimizer.solving.cbc import Cbc
from oremix.optimizer.solving.highs import Claim
from oremix.optimizer.solving.hot import Hot
from oremix.optimizer.solving.mip import Listener, Search, branch_and_bound
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.proof import (
    TOLERANCE,
    a_row_cannot_hold,
    cost_of,
    dual_proof,
    money_scale,
    primal_residual,
    proves_infeasible,
    proves_unbounded,
    without_rounding,
)

__all__ = ["Outcome", "solve_lp", "solver_names", "verified"]


# Costs that differ by less than this part of the money that changes hands are the same.
SAME_COST = 1e-8

Status = Literal["optimal", "feasible", "infeasible", "unbounded", "no_answer"]


@dataclass(frozen=True)
class Outcome:
    """An answer with what was verified of it.

    `x` and `duals` are in the order of the problem's variables and constraints. Residuals and gap are relative; `scale`
    is the money that a difference in cost is measured by. With integers, the duals and the dual residual are those of
    the LP in which the decisions are fixed; `hot` is the LP behind the duals, to be solved again after changes. `proof`
    says what the status rests on.
    """

    status: Status
    verified: bool
    reason: str | None
    proof: str | None
    x: Floats | None
    duals: Floats | None
    objective: float | None
    scale: float | None
    bound: float | None
    gap: float | None
    primal_residual: float | None
    dual_residual: float | None
    decisions_fixed: bool
    keep: Callable[[], Hot] | None
    name: str
    version: str
    seconds: float
    options: dict[str, Any]
    shape: tuple[int, int, int]

    @cached_property
    def hot(self) -> Hot | None:
        """The LP behind the duals, which costs a copy of it when first asked for."""
        return None if self.keep is None else self.keep()


def solve_lp(
    problem: pulp.LpProblem,
    solver: str = "highs",
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    stop: Event | None = None,
    listener: Listener | None = None,
) -> Outcome:
    """Solve a minimisation of PuLP.

    Parameters
    ----------
    solver
        ``highs`` (in process), ``cbc``, or the name of any other solver that PuLP finds installed.
    time_limit
        Seconds for everything.
    gap
        At which yes/no decisions, or a large LP solved in parts, may stop, relative to the money that changes hands.
    stop
        Set by anybody, it ends a solve by HiGHS or CBC with the best point so far.
    listener
        Is told now and then how far a search for yes/no decisions is.

    Raises
    ------
    UnknownSolver
        No such solver, or it is not installed.
    SolverFailed
        The solver broke off for a reason that says nothing about the problem.
    """
    clock = Clock(time_limit, stop)
    stock = None if solver.lower() == "highs" else _stock_solver(solver, time_limit, gap)
    arrays = arrays_of(problem)
    if stock is None:
        claim = run_apart(arrays, clock, gap=gap, listener=listener)
    else:
        variables = list(problem.variables())  # PuLP may add to its own list while it solves
        claim = _run_stock(problem, stock, variables, Search(arrays, clock, gap, listener))
    return verified(arrays, claim, clock, gap)


def verified(arrays: Arrays, claim: Claim, clock: Clock, gap: float | None = None) -> Outcome:
    """What of a claim holds when it is checked; `gap` is the one that was asked for."""
    return Outcome(
        **_verdict(arrays, claim, clock),
        name=claim.name,
        version=claim.version,
        seconds=clock.seconds(),
        options={"time_limit": clock.limit, **({"gap": gap} if gap is not None else {}), **claim.options},
        shape=arrays.shape,
    )


# ---------------------------------------------------------------- PuLP's own solvers


def solver_names() -> list[str]:
    """The solvers that can be asked for by name here."""
    pulp_names = [name for name in pulp.listSolvers(onlyAvailable=True) if name not in ("PULP_CBC_CMD", "OREMIX_HIGHS")]
    return ["highs", "cbc", *sorted(pulp_names)]


def _stock_solver(name: str, time_limit: float | None, gap: float | None) -> pulp.LpSolver:
    known = {known.lower(): known for known in pulp.listSolvers()}
    wanted = "PULP_CBC_CMD" if name.lower() == "cbc" else known.get(name.lower())
    found = None
    options = {"msg": False, "timeLimit": time_limit, **({} if gap is None else {"gapRel": gap})}
    if wanted == "PULP_CBC_CMD":
        found = Cbc(**options)
    elif wanted is not None:
        found = pulp.getSolver(wanted, **options)
    if found is None or not found.available():
        what = "is not known" if wanted is None else "is not installed"
        raise UnknownSolver(f"the solver {name!r} {what}; there are: {', '.join(solver_names())}")
    return found


def _run_stock(problem: pulp.LpProblem, solver: pulp.LpSolver, variables: list[Any], search: Search) -> Claim:
    def run(kept: float, start: Floats | None) -> Claim:
        if isinstance(solver, Cbc):
            return solver.run(problem, variables, search.clock, kept=kept, start=start)
        solver.timeLimit = search.clock.left(kept)
        return _claim_of(problem, solver, variables)

    claim = branch_and_bound(search, run) if search.arrays.integer.any() else run(0.0, None)
    claim.name, claim.version = solver.name, _version(solver)
    return claim


def _claim_of(problem: pulp.LpProblem, solver: pulp.LpSolver, variables: list[Any]) -> Claim:
    """What one of PuLP's solvers says."""
    try:
        problem.solve(solver)
    except pulp.PulpError as error:
        raise SolverFailed(f"{solver.name} broke off: {error}") from error
    said = {
        pulp.LpStatusOptimal: "optimal",
        pulp.LpStatusInfeasible: "infeasible",
        pulp.LpStatusUnbounded: "unbounded",
    }.get(problem.status, "limit")
    stopped = said == "optimal" and problem.sol_status != pulp.LpSolutionOptimal
    claim = Claim("limit" if stopped else said, pulp.LpStatus[problem.status])
    if said in ("optimal", "limit") and all(variable.varValue is not None for variable in variables):
        claim.x = np.array([variable.varValue for variable in variables], dtype=np.float64)
    return claim


def _version(solver: pulp.LpSolver) -> str:
    version = getattr(solver, "version", None)
    return version if isinstance(version, str) else f"of PuLP {pulp.constants.VERSION}"


# ---------------------------------------------------------------- what was verified


def _verdict(arrays: Arrays, claim: Claim, clock: Clock) -> dict[str, Any]:
    if claim.status == "infeasible":
        return _infeasible(arrays, claim, clock)
    if claim.status == "unbounded":
        return _unbounded(arrays, claim, clock)
    if claim.x is None:
        return _nothing("no_answer", _stopped(claim))
    return _point(arrays, claim, claim.x, clock)


def _stopped(claim: Claim) -> str:
    return f"{claim.name} stopped before it had any plan: {claim.words or claim.status}"


def _nothing(status: Status, reason: str | None, *, verified: bool = False, proof: str | None = None) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("x", "duals", "objective", "scale", "bound", "gap", "primal_residual", "dual_residual", "keep")
    )
    said = {"status": status, "verified": verified, "reason": reason, "proof": proof, "decisions_fixed": False}
    return said | nothing


def _infeasible(arrays: Arrays, claim: Claim, clock: Clock) -> dict[str, Any]:
    if a_row_cannot_hold(arrays):
        proof = "one row alone: the bounds of its columns leave it no room"
        return _nothing("infeasible", None, verified=True, proof=proof)
    ray = claim.ray
    if ray is None:
        relaxed = run_apart(without_integers(arrays), Clock(clock.left_for_the_last()))
        if relaxed.status == "limit" or (relaxed.status == "optimal" and not arrays.integer.any()):
            return _nothing("no_answer", f"{claim.name} says infeasible, which HiGHS could not confirm")
        ray = relaxed.ray
    if ray is not None and (rows := proves_infeasible(arrays, ray)):
        return _nothing("infeasible", None, verified=True, proof=_farkas(arrays, rows))
    if arrays.integer.any():
        reason = "without whole decisions it would be feasible; branch and bound says it is not"
        return _nothing("infeasible", reason, proof=f"branch and bound by {claim.name} said so, which nothing proves")
    reason = "the solver's proof of infeasibility did not hold when checked"
    return _nothing("infeasible", reason, proof=f"{claim.name} said so, which nothing proves")


def _farkas(arrays: Arrays, rows: int) -> str:
    on = f"Farkas multipliers on {rows:,} row{'s' * (rows > 1)}"
    fractions = ", though decisions be fractions" if arrays.integer.any() else ""
    return f"{on}: added up, these ask for more than the columns can bring{fractions}"


def _unbounded(arrays: Arrays, claim: Claim, clock: Clock) -> dict[str, Any]:
    ray = claim.ray
    if ray is None:
        ray = run_apart(without_integers(arrays), Clock(clock.left_for_the_last())).ray
    if ray is not None and proves_unbounded(arrays, ray):
        proof = "a ray: a direction that earns money and breaks no row or bound, however far one goes"
        return _nothing("unbounded", None, verified=True, proof=proof)
    reason = "the solver's proof of unboundedness did not hold when checked"
    return _nothing("unbounded", reason, proof=f"{claim.name} said so, which nothing proves")


def _point(arrays: Arrays, claim: Claim, x: Floats, clock: Clock) -> dict[str, Any]:
    """Status from the point's own residual, and from the bound that its multipliers prove."""
    has_integers = bool(arrays.integer.any())
    if has_integers:
        # as good as whole is not whole: little of a decision may let much pass that has not been paid for
        x = np.where(arrays.integer, np.clip(np.round(x), arrays.low, arrays.high), x)
    if claim.status == "limit" and primal_residual(with_decisions(arrays, x), x) > TOLERANCE:
        return _nothing("no_answer", _stopped(claim))
    duals, solver = claim.duals, claim.solver
    if duals is None:
        # One LP more gives every solver the same prices: with the decisions fixed where there are any.
        exact = run_apart(without_decisions(arrays, x), Clock(clock.left_for_the_last()), watch=clock.is_over)
        duals, solver = exact.duals, exact.solver
        if exact.status == "optimal" and exact.x is not None and (has_integers or _as_cheap(arrays, x, exact.x)):
            # the same plan in full: what a solver hands over as text is rounded
            x = np.where(arrays.integer, x, exact.x)
    x = without_rounding(arrays, np.clip(x, arrays.low, arrays.high))
    residual = primal_residual(with_decisions(arrays, x), x)
    objective = cost_of(arrays, x)
    scale = money_scale(arrays, x, objective)
    proof = dual_proof(with_decisions(arrays, x), x, duals) if duals is not None else None
    bound = _bound(claim, objective) if has_integers else (proof.bound if proof else None)
    gap = None if bound is None else max(0.0, objective - bound) / scale
    dual_residual = proof.residual if proof else None
    reason = _doubt(residual, dual_residual, gap)
    return {
        "status": "optimal" if reason is None else "feasible" if residual <= TOLERANCE else "no_answer",
        "verified": residual <= TOLERANCE,
        "reason": reason,
        "proof": _rests_on(arrays, claim, duals, bound),
        "x": x,
        "duals": duals,
        "objective": objective,
        "scale": scale,
        "bound": bound,
        "gap": gap,
        "primal_residual": residual,
        "dual_residual": dual_residual,
        "decisions_fixed": has_integers,
        "keep": None if solver is None else lambda: Hot(arrays, x if has_integers else None, solver=solver()),
    }


def _rests_on(arrays: Arrays, claim: Claim, duals: Floats | None, bound: float | None) -> str | None:
    """Whose the bound on the cost is."""
    if bound is None or (duals is None and not arrays.integer.any()):
        return None
    if arrays.integer.any():
        return f"the point's rows, recomputed; the bound that branch and bound by {claim.name} proved, as it states it"
    return f"the point's rows, and the bound that multipliers on {len(arrays.lower):,} rows prove, recomputed"


def _as_cheap(arrays: Arrays, one: Floats, other: Floats) -> bool:
    """Whether two points cost the same but for the rounding of text."""
    cost = cost_of(arrays, one)
    return abs(cost - cost_of(arrays, other)) <= SAME_COST * money_scale(arrays, one, cost)


def _doubt(residual: float, dual_residual: float | None, gap: float | None) -> str | None:
    """Why the point is not proved optimal, if it is not."""
    if residual > TOLERANCE:
        return f"the point breaks a row by {residual:.1e}"
    if dual_residual is not None and dual_residual > TOLERANCE:
        return f"the multipliers are off by {dual_residual:.1e}"
    if gap is None:
        return "no bound on the cost was proved"
    if gap > TOLERANCE:
        return f"a plan may be cheaper, by at most {100 * gap:.2g} % of the money that changes hands"
    return None


def _bound(claim: Claim, objective: float) -> float | None:
    """What branch and bound proved; a solver that reports no bound has proved its optimum or nothing."""
    if claim.bound is not None:
        return claim.bound
    return objective if claim.status == "optimal" else None

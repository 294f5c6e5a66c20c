"""Whether anybody's plan is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from threading import Event
from typing import Any

from oremix.models import Plan, Problem, read_problem
from oremix.models.stated import RECORDS, identified, is_stated, read_stated, stated, unstated
from oremix.models.verification import Cheapest, Verification
from oremix.optimizer.answering.audit import TOLERANCE, Recomputed, recomputed
from oremix.optimizer.decide import solve

__all__ = ["verified", "verify"]

NO_PLAN = ("infeasible", "unbounded", "no_answer")
CHEAPER = "that nothing cheaper exists, and so whether the plan is optimal"
WORTH = "what the plan says things are worth (prices, limits, offers, values): that needs the problem solved"


def verify(
    problem: Problem | dict[str, Any] | str | bytes,
    plan: Plan | dict[str, Any] | str | bytes,
    *,
    cheapest: bool = False,
    time_limit: float | None = None,
    gap: float | None = None,
    solver: str = "highs",
    stop: Event | None = None,
) -> Verification:
    """Check anybody's plan: everything that it states is recomputed from the problem and the plan alone.

    Parameters
    ----------
    problem
        The question, or what `oremix.read_problem` takes.
    plan
        Its answer, ours or another tool's: a plan, or JSON text or a dict that need not state more than quantities.
        What it does not state is listed, and not taken for right.
    cheapest
        Solve the problem too, and say by how much the plan is dearer than the proven bound. A plan that claims to be
        optimal, or that there is none, is then held to it.
    time_limit, gap, solver, stop
        For that, as `oremix.solve` has them.

    Raises
    ------
    InvalidProblem
        With every fault of the problem, or of the plan as a document; a plan that is wrong is an answer.
    """
    problem = read_problem(problem)
    plan = identified(problem, read_stated(plan))
    best = None
    if cheapest:
        best = solve(problem, time_limit=time_limit, gap=gap, solver=solver, detail="plan", stop=stop)
    return verified(problem, plan, best)


def verified(problem: Problem, plan: Plan, best: Plan | None = None) -> Verification:
    """As `verify`, of a plan whose records are identified, beside the problem's solution if there is one."""
    status = stated(plan, "status")
    if status in NO_PLAN:
        return _of_none(problem, plan, best)
    found = recomputed(problem, plan)
    reasons = [*_wrong_currency(problem, plan), *_violations(found)]
    compared = None if best is None else _compared(best, found)
    if best is not None and not reasons:
        reasons += _beaten(status, best, found)
    return Verification(
        right=not reasons,
        reasons=reasons,
        checks=found.checks,
        total_cost=found.total_cost if isfinite(found.total_cost) else None,
        cheapest=compared,
        unstated=list(unstated(plan)),
        unchecked=[WORTH, *([CHEAPER] if best is None else [])],
        **_head(problem, plan),
    )


def _head(problem: Problem, plan: Plan) -> dict[str, Any]:
    return {
        "problem": problem.name,
        "problem_hash": problem.hash,
        "currency": problem.currency,
        "warnings": list(_warnings(problem, plan)),
    }


def _warnings(problem: Problem, plan: Plan) -> Iterator[str]:
    if not is_stated(plan, "problem_hash"):
        yield "the plan does not say of which problem it is (`problem_hash`): it is checked against the one given"
    elif plan.problem_hash != problem.hash:
        yield (
            f"the plan is of another problem, or of another version of it: its `problem_hash` is {plan.problem_hash},"
            f" that of the problem given {problem.hash}"
        )


def _wrong_currency(problem: Problem, plan: Plan) -> Iterator[str]:
    if is_stated(plan, "currency") and plan.currency != problem.currency:
        yield f"currency: the plan is in {plan.currency}, the problem in {problem.currency}"


def _violations(found: Recomputed) -> Iterator[str]:
    """The worst of each category that is beyond rounding."""
    for category, check in found.checks.items():
        if not check.worst <= TOLERANCE:
            yield f"{category}: {check.at}, off by {check.worst:.1e}"


# ---------------------------------------------------------------- beside the problem's solution


def _compared(best: Plan, found: Recomputed) -> Cheapest:
    bound = best.certificate.bound
    dearer = None if bound is None else found.total_cost - bound
    return _cheapest(best, dearer, _as_sentence(best, found, dearer))


def _cheapest(best: Plan, dearer: float | None, text: str) -> Cheapest:
    certificate = best.certificate
    return Cheapest(
        status=best.status,
        total_cost=best.total_cost,
        bound=certificate.bound,
        proof=certificate.proof,
        dearer=dearer if dearer is not None and isfinite(dearer) else None,
        text=text,
    )


def _as_sentence(best: Plan, found: Recomputed, dearer: float | None) -> str:
    if dearer is None:
        return f"no bound on the cost was proved: solving ended with {best.status}"
    bound = f"{best.currency} {best.certificate.bound:,.2f}, below which no plan can cost"
    if abs(dearer) <= TOLERANCE * _scale(found):
        return f"as cheap as can be: it costs what was proved to be the least, {bound}"
    return f"{best.currency} {dearer:,.2f} ({100 * dearer / _scale(found):.2g} %) dearer than {bound}"


def _scale(found: Recomputed) -> float:
    """What a difference in cost is measured by."""
    return max(abs(found.total_cost), found.turnover, 1e-30)


def _beaten(status: str | None, best: Plan, found: Recomputed) -> Iterator[str]:
    """Why a plan that is right by itself cannot be, seeing what solving found."""
    bound, cost = best.certificate.bound, best.total_cost
    if best.status in ("infeasible", "unbounded"):
        yield f"solving the problem says that it is {best.status}, which this plan contradicts: that is our fault"
    elif bound is not None and found.total_cost < bound - TOLERANCE * _scale(found):
        yield "it costs less than was proved to be possible: the audit or the proof is wrong, which is our fault"
    elif status == "optimal" and cost is not None and found.total_cost - cost > TOLERANCE * _scale(found):
        yield f"it claims to be optimal, and there is a plan at {best.currency} {cost:,.2f}"


# ---------------------------------------------------------------- plans that claim to be none


def _of_none(problem: Problem, plan: Plan, best: Plan | None) -> Verification:
    right, reasons = _claim(plan, best)
    text = "" if best is None else f"solved, the problem is {best.status}"
    return Verification(
        right=right,
        reasons=reasons,
        checks={},
        total_cost=None,
        cheapest=None if best is None else _cheapest(best, None, text),
        unstated=[],
        unchecked=["whether there is a plan"] if best is None else [],
        **_head(problem, plan),
    )


def _claim(plan: Plan, best: Plan | None) -> tuple[bool | None, list[str]]:
    """Whether there is no plan, as far as solving the problem shows."""
    records = [name for name in RECORDS if stated(plan, name)]
    if records:
        return False, [f"it claims to be {plan.status}, and states {', '.join(records)}"]
    if plan.status == "no_answer":
        return None, ["it claims no more than that nothing was found before a limit"]
    if best is None:
        return None, [f"it claims to be {plan.status}; only solving the problem can say so"]
    if best.status == plan.status and best.certificate.verified:
        return True, []
    if best.certificate.verified:
        return False, [f"it claims to be {plan.status}, and the problem is {best.status}"]
    return None, [f"it claims to be {plan.status}; solving ended with {best.status}, unproved"]

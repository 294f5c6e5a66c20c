"""A point as the outcome of a solve for the cheapest plan, though it was found by another objective."""

from __future__ import annotations

from oremix.optimizer.session.point import Point
from oremix.optimizer.solving import Outcome
from oremix.optimizer.solving.arrays import Arrays, with_decisions
from oremix.optimizer.solving.proof import TOLERANCE, cost_of, money_scale, primal_residual

__all__ = ["outcome_of"]


def outcome_of(arrays: Arrays, point: Point, bound: float | None, version: str) -> Outcome:
    """What is known of a point beside the bound that is proved of all plans."""
    x = point.x
    if x is None:
        raise ValueError("a point without a plan has no outcome")
    cost, residual = cost_of(arrays, x), primal_residual(with_decisions(arrays, x), x)
    scale = money_scale(arrays, x, cost)
    gap = None if bound is None else max(0.0, cost - bound) / scale
    reason = _doubt(residual, gap)
    return Outcome(
        status="optimal" if reason is None else "feasible" if residual <= TOLERANCE else "no_answer",
        verified=residual <= TOLERANCE,
        reason=reason,
        proof=None if bound is None else "the point's rows, recomputed; the bound that was proved of the cheapest plan",
        x=x,
        duals=None,
        objective=cost,
        scale=scale,
        bound=bound,
        gap=gap,
        primal_residual=residual,
        dual_residual=None,
        decisions_fixed=bool(arrays.integer.any()),
        keep=None,
        name="HiGHS",
        version=version,
        seconds=point.seconds,
        options={},
        shape=arrays.shape,
    )


def _doubt(residual: float, gap: float | None) -> str | None:
    """Why the point is not proved to be the cheapest plan."""
    if residual > TOLERANCE:
        return f"the point breaks a row by {residual:.1e}"
    if gap is None:
        return "no bound on the cost was proved"
    return (
        f"it costs {100 * gap:.2g} % of the money that changes hands more than the least" if gap > TOLERANCE else None
    )

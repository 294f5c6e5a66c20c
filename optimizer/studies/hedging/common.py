"""The common decisions: of all branches as one LP, or by decomposition where that is large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.parts import run_apart
from oremix.optimizer.solving.proof import TOLERANCE
from oremix.optimizer.solving.solve import Outcome, Status, verified
from oremix.optimizer.studies.hedging.decomposed import decompose
from oremix.optimizer.studies.hedging.first_stage import Common
from oremix.optimizer.studies.hedging.jobs import Alone, Limits, Stage
from oremix.optimizer.studies.hedging.risk import Risk
from oremix.optimizer.studies.hedging.whole import Whole, tied, whole_of

__all__ = ["Decided", "decide_in_common"]

# Columns of all branches together from which on they are decomposed: at 350k that takes half the time, or a quarter.
LARGE = 100_000


@dataclass(frozen=True)
class Decided:
    """The common decisions, and what no others can cost less than.

    `stage` is none where there is none, or none was found; `verified` says whether what the status says was checked.
    """

    status: Status
    verified: bool
    reason: str | None
    stage: Stage | None
    bound: float | None
    method: Literal["whole", "decomposed"]
    columns: int
    rounds: int
    complete: bool


def decide_in_common(
    alones: Sequence[Alone],
    common: Common,
    risk: Risk,
    method: Literal["auto", "whole", "decomposed"],
    limits: Limits,
) -> Decided:
    """The common decisions that cost least."""
    money = max((one.scale for one in alones), default=1.0) or 1.0
    whole = whole_of([(one.arrays, one.columns) for one in alones], common, risk, money)
    duals = [one.duals for one in alones if one.duals is not None]
    can_split = not whole.decides_later and len(duals) == len(alones) > 1
    if can_split and (method == "decomposed" or (method == "auto" and len(whole.arrays.cost) >= LARGE)):
        found = _apart(whole, duals, money, limits)
        if found.status != "infeasible":
            return found
    return _at_once(whole, limits)


def _apart(whole: Whole, duals: list[Floats], money: float, limits: Limits) -> Decided:
    found = decompose(whole, duals, money, limits.clock, limits.gap)
    x = found.decisions
    reason = None if found.bound is not None else "no bound on the cost was proved"
    return Decided(
        status="infeasible" if found.status == "infeasible" else "no_answer" if x is None else "feasible",
        verified=found.verified,
        reason=reason,
        stage=None if x is None else whole.stage(x),
        bound=found.bound,
        method="decomposed",
        columns=len(whole.arrays.cost),
        rounds=found.rounds,
        complete=found.status == "optimal",
    )


def _at_once(whole: Whole, limits: Limits) -> Decided:
    outcome = _solved(whole.arrays, limits)
    x = outcome.x
    if (
        outcome.status == "optimal"
        and whole.risk.leaves_ties
        and outcome.objective is not None
        and not limits.clock.is_up()
    ):
        x = _without_ties(whole, outcome, limits)
    return Decided(
        status=outcome.status,
        verified=outcome.verified,
        reason=outcome.reason,
        stage=None if x is None else whole.stage(x),
        bound=outcome.bound,
        method="whole",
        columns=outcome.shape[0],
        rounds=0,
        complete=_is_done(outcome, limits),
    )


def _is_done(outcome: Outcome, limits: Limits) -> bool:
    """Whether the search ended by itself, and not by a limit."""
    if outcome.status in ("feasible", "optimal"):
        return outcome.gap is not None and outcome.gap <= max(limits.gap or 0.0, TOLERANCE)
    return outcome.status != "no_answer"


def _solved(arrays: Arrays, limits: Limits) -> Outcome:
    clock = limits.of_one()
    return verified(arrays, run_apart(arrays, clock, gap=limits.gap), clock, limits.gap)


def _without_ties(whole: Whole, outcome: Outcome, limits: Limits) -> Floats | None:
    """Of the points that are as good, the one with the least mean."""
    found = _solved(tied(whole, outcome.objective or 0.0), limits)
    return outcome.x if found.x is None or found.status != "optimal" else found.x

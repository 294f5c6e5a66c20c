"""From a problem to a plan."""

from __future__ import annotations

from threading import Event
from typing import Any

from oremix.models import InvalidOption, Plan, Problem, TooLarge, read_problem
from oremix.models.policies import Rule
from oremix.optimizer.answering import answer
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import solve_lp

__all__ = ["columns_at_most", "solve"]


def solve(
    problem: Problem | dict[str, Any] | str | bytes,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    solver: str = "highs",
    max_columns: int | None = None,
    stop: Event | None = None,
) -> Plan:
    """Decide what to buy from whom, what to build where and when, how much to recycle.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    time_limit
        Seconds for the solver.
    gap
        Relative gap at which yes/no decisions may stop; the plan is then `feasible`, and says how good it is.
    solver
        ``highs``, ``cbc``, or any other solver that PuLP finds installed.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends a solve by HiGHS with the best plan so far.

    Returns
    -------
    Plan
        An infeasible problem is an answer too: see its `status`.

    Raises
    ------
    InvalidProblem
        With every fault of the input.
    InvalidOption
        A negative time limit, or a gap that is not from 0 to 1.
    TooLarge
        More columns than `max_columns`.
    UnknownSolver
        No such solver, or it is not installed.
    SolverFailed
        The solver broke off for a reason that says nothing about the problem.
    """
    _check_options(time_limit, gap)
    problem = read_problem(problem)
    if max_columns is not None and (columns := columns_at_most(problem)) > max_columns:
        raise TooLarge(f"the problem may need {columns:,} columns; the limit is {max_columns:,}")
    model = build_model(problem)
    return answer(model, solve_lp(model.lp, solver=solver, time_limit=time_limit, gap=gap, stop=stop))


def _check_options(time_limit: float | None, gap: float | None) -> None:
    if time_limit is not None and not time_limit >= 0:
        raise InvalidOption(f"`time_limit` should be seconds, at least 0, not {time_limit}")
    if gap is not None and not 0 <= gap <= 1:
        raise InvalidOption(f"`gap` should be from 0 to 1, not {gap}")


def columns_at_most(problem: Problem) -> int:
    """How many columns the problem's linear program can have, without building it."""
    network = problem.network
    moves = sum(len(makers) * (1 + len(network.uses.get(m, ()))) for m, makers in network.makers.items())
    facilities = sum(
        len(getattr(facility, "recipes", None) or getattr(facility, "tiers", None) or [None])
        + 1
        + 2 * len(facility.builds)
        for facility in problem.facilities
    )
    piles = sum(2 + len(network.serves(pile)) for pile in problem.stockpiles)
    rules = sum(_priced_ratios(problem, policy) for policy in problem.rules)
    return (moves + facilities + piles + 2 * len(problem.demands) + rules) * len(network.timeline)


def _priced_ratios(problem: Problem, policy: Rule) -> int:
    """How many columns a priced rule may add in a period: one for each ratio and bound."""
    if getattr(policy, "penalty", None) is None:
        return 0
    network = problem.network
    places = {place for used in network.uses.values() for place in used}
    each = len(network.making_countries | set(network.geography.members(getattr(policy, "countries", None) or ())))
    return (
        2
        * len(problem.materials)
        * (each if getattr(policy, "each", False) else 1)
        * (len(places) if getattr(policy, "each_place", False) else 1)
    )

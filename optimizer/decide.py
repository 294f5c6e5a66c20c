"""From a problem to a plan."""

from __future__ import annotations

import time
from threading import Event
from typing import Any, get_args

from oremix.models import InvalidOption, Plan, Problem, TooLarge, read_problem
from oremix.models.chain import Facility
from oremix.models.policies import Diversify, Rule
from oremix.optimizer.answering import Detail, answer
from oremix.optimizer.answering.diagnosis import diagnose as diagnosed
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import Listener, solve_lp

__all__ = ["check_options", "columns_at_most", "refuse_if_too_large", "solve"]


def solve(
    problem: Problem | dict[str, Any] | str | bytes,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    solver: str = "highs",
    detail: Detail = "auto",
    max_columns: int | None = None,
    stop: Event | None = None,
    diagnose: bool = True,
    progress: Listener | None = None,
) -> Plan:
    """Decide what to buy from whom, what to build where and when, how much to recycle.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    time_limit
        Seconds for the solver, from the first linear program to the last.
    gap
        How much dearer than the best a plan with yes/no decisions, or of a large problem solved in parts, may be, as a
        part of the money that changes hands; it is then `feasible`, and its certificate says how good it is.
    solver
        ``highs``, ``cbc``, or any other solver that PuLP finds installed.
    detail
        ``full``: with the range of every price, what the next unit on either side is worth, and what would make each
        unused offer enter, for which the LP is solved again many times; ``plan``: without. ``auto`` is full up to
        20,000 columns.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends a solve by HiGHS or CBC with the best plan so far, which is explained
        as with `detail="plan"`.
    diagnose
        Whether an infeasible problem is told why, and what would give a plan, within what is left of the time limit.
    progress
        Is called now and then while yes/no decisions are searched for, with the `seconds` since the solver began, the
        `cost` of the best plan so far, the `bound` below which no plan can cost, and the `gap` between them; it is
        called from the solving thread, and should not take long.

    Returns
    -------
    Plan
        An infeasible problem is an answer too: see its `status`.

    Raises
    ------
    InvalidProblem
        With every fault of the input.
    InvalidOption
        A negative time limit, a gap that is not from 0 to 1, or another detail.
    TooLarge
        More columns than `max_columns`.
    UnknownSolver
        No such solver, or it is not installed.
    SolverFailed
        The solver broke off for a reason that says nothing about the problem.
    """
    check_options(time_limit, gap, detail)
    problem = read_problem(problem)
    refuse_if_too_large(problem, max_columns)
    started = time.perf_counter()
    model = build_model(problem)
    outcome = solve_lp(model.lp, solver=solver, time_limit=time_limit, gap=gap, stop=stop, listener=progress)
    plan = answer(model, outcome, "plan" if stop is not None and stop.is_set() else detail)
    left = None if time_limit is None else time_limit - (time.perf_counter() - started)
    if diagnose and plan.status == "infeasible":
        return plan.model_copy(update={"diagnosis": diagnosed(model, left, gap=gap, stop=stop)})
    return plan


def check_options(time_limit: float | None, gap: float | None, detail: str) -> None:
    """Refuse options that cannot be meant.

    Raises
    ------
    InvalidOption
        A negative time limit, a gap that is not from 0 to 1, or another detail.
    """
    if detail not in get_args(Detail):
        raise InvalidOption(f"`detail` should be one of {', '.join(get_args(Detail))}, not {detail}")
    if time_limit is not None and not time_limit >= 0:
        raise InvalidOption(f"`time_limit` should be seconds, at least 0, not {time_limit}")
    if gap is not None and not 0 <= gap <= 1:
        raise InvalidOption(f"`gap` should be from 0 to 1, not {gap}")


def refuse_if_too_large(problem: Problem, max_columns: int | None) -> None:
    """Refuse a problem before it is built.

    Raises
    ------
    TooLarge
        Its linear program may have more columns than allowed.
    """
    if max_columns is not None and (columns := columns_at_most(problem)) > max_columns:
        raise TooLarge(f"the problem may need {columns:,} columns; the limit is {max_columns:,}")


def columns_at_most(problem: Problem) -> int:
    """How many columns the problem's linear program can have, without building it."""
    network = problem.network
    flows = sum(len(makers) * (1 + len(network.uses.get(m, ()))) for m, makers in network.makers.items())
    decided = sum(len(network.makers[m]) * len(uses) for m, uses in network.uses.items())
    piles = sum(2 + len(network.serves(pile)) for pile in problem.stockpiles)
    making = sum(_of_facility(facility) for facility in problem.facilities)
    lanes = decided if any(lane.fixed_cost is not None for lane in problem.lanes) else 0
    rules = sum(_of_rule(problem, rule, flows + making + piles) for rule in problem.rules)
    per_period = flows + making + piles + 2 * len(problem.demands) + lanes + rules
    return per_period * len(network.timeline)


def _of_facility(facility: Facility) -> int:
    """Amounts and decisions of a facility and its builds in a period."""
    parts = getattr(facility, "recipes", None) or 3 * (getattr(facility, "tiers", None) or [None])
    builds = sum(2 + 2 * len(build.curve or ()) + len(build.sizes or ()) for build in facility.builds)
    return len(parts) + 3 + builds + len(getattr(facility, "returns", None) or ())


def _of_rule(problem: Problem, rule: Rule, flows: int) -> int:
    """Columns of a rule in a period: what is beyond each bound, marked flows, decisions for each source."""
    network = problem.network
    members = network.geography.members(getattr(rule, "countries", None) or ())
    countries = network.countries | members
    tested = len(countries) if getattr(rule, "each", False) else 1
    if isinstance(rule, Diversify):
        return 2 * len(problem.materials) * (2 + len(countries) + len(problem.suppliers))
    places = len(network.places) if getattr(rule, "each_place", False) else 1
    beyond = 0 if rule.penalty is None else 2 * len(problem.materials) * places * tested
    layers = sum(getattr(rule, side, None) is not None for side in ("max", "min")) * tested
    uses = sum(len(recipe.inputs) for plant in problem.plants for recipe in plant.recipes)
    traced = getattr(rule, "measure", None) == "content"
    return beyond + (layers * (flows + uses + len(problem.demands) + len(problem.stockpiles)) if traced else 0)

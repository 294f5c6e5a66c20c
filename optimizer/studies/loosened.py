"""A problem as it is put to a plan that meets an outage: what may give, gives."""

from __future__ import annotations

from oremix.models import Problem
from oremix.models.chain import Demand, Stockpile
from oremix.models.changes import Parts, changed_parts, with_parts
from oremix.models.policies import Budget, Policy, Preset
from oremix.models.scenarios import Change
from oremix.optimizer.session.state import Weights

__all__ = ["first_changed", "hard_demands", "is_hard", "loosened", "years_missing"]


def is_hard(demand: Demand) -> bool:
    """Whether a demand must be met: it has no price of its shortage, and is no outlet."""
    return demand.shortage_cost is None and demand.sale_price is None


def hard_demands(problem: Problem) -> frozenset[str]:
    """The ids of the demands that must be met."""
    return frozenset(demand.id for demand in problem.demands if is_hard(demand))


def years_missing(problem: Problem, changes: tuple[Change, ...], start: int = 0) -> Weights:
    """Σ n_t · short / quantity, over hard demands, as changed, in the periods from one on: years of demand."""
    timeline, hard = problem.timeline, hard_demands(problem)
    demands = changed_parts(problem, list(changes)).get("demands", list(problem.demands))
    quantities = {d.id: timeline.read_or(d.quantity, 0.0) for d in demands if d.id in hard}  # type: ignore[attr-defined]
    return {
        ("short", name, timeline.starts[period]): timeline.years[period] / amount
        for name, amounts in quantities.items()
        for period, amount in enumerate(amounts)
        if amount and period >= start
    }


def first_changed(problem: Problem, changes: tuple[Change, ...]) -> int | None:
    """The first period in which a change holds, by the years that it states; none where none does."""
    periods = []
    for change in changes:
        added = change.add or {}
        first, last = added.get("from_year", change.from_year), added.get("until_year", change.until_year)
        periods += [period for period in problem.timeline if problem.timeline.within(period, first, last)]
    return min(periods, default=None)


def loosened(problem: Problem, start: int | None, *, rules: bool = False) -> Problem:
    """The problem in which hard demands may go short, and stocks need not be kept from a period on.

    With `rules`, hard policies that are not firm may be broken as well, all for nothing: what is to be least is for the
    solver to be told. Budgets are left alone, as builds are.
    """
    parts: Parts = {
        "demands": [_missable(demand) for demand in problem.demands],
        "stockpiles": [_unkept(problem, pile, start) for pile in problem.stockpiles],
    }
    if rules:
        parts["policies"] = [_breakable(policy) for policy in problem.policies]
    return with_parts(problem, parts)


def _missable(demand: Demand) -> Demand:
    return demand.model_copy(update={"shortage_cost": 0.0}) if is_hard(demand) else demand


def _unkept(problem: Problem, pile: Stockpile, start: int | None) -> Stockpile:
    """Without a minimum from a period on, and so without a final stock that follows it."""
    if start is None:
        return pile
    stated = {name: getattr(pile, name) for name in ("minimum", "days_of_demand")}
    timeline = problem.timeline
    kept = {
        name: [value if period < start else 0.0 for period, value in enumerate(timeline.read(series))]
        for name, series in stated.items()
        if series is not None
    }
    return pile.model_copy(update=kept) if kept else pile


def _breakable(policy: Policy) -> Policy:
    """With a penalty of nothing, where it is hard, has a bound and is not firm."""
    has_bound = isinstance(policy, Preset) or policy.max is not None or getattr(policy, "min", None) is not None
    if isinstance(policy, Budget) or policy.firm or policy.penalty is not None or not has_bound:
        return policy
    return policy.model_copy(update={"penalty": 0.0})

"""Why something is used, or not."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import pulp

from oremix.models import InvalidOption, Plan, Problem, read_problem
from oremix.models.chain import Facility, Plant, Recycler, Supplier
from oremix.models.plan import Offer
from oremix.models.why import Resolved, Why, WhyKind
from oremix.optimizer.answering import answer
from oremix.optimizer.decide import refuse_if_too_large, solve
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.lean import Pairs
from oremix.optimizer.solving import solve_lp

__all__ = ["SOLVES", "why"]

# Parts of what could be done that are tried in turn, where all of it is too much.
PARTS = (1.0, 0.1, 0.01)
# How many solves one question takes at most: the plan, and the problem with one thing changed.
SOLVES = 1 + len(PARTS)
KINDS: dict[str, WhyKind] = {
    "suppliers": "supplier",
    "plants": "plant",
    "recyclers": "recycler",
    "demands": "demand",
    "lanes": "lane",
    "stockpiles": "stockpile",
    "policies": "policy",
}


def why(
    problem: Problem | dict[str, Any] | str | bytes,
    id: str,  # noqa: A002 - the contract's word
    *,
    time_limit: float | None = None,
    solver: str = "highs",
    max_columns: int | None = None,
) -> Why:
    """Say why something is used in the cheapest plan, or why not.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    id
        Of a supplier, plant, recycler, demand, lane, stockpile or policy.
    time_limit
        Seconds for each solve: the plan, and the problem with the thing forced in or taken out.
    solver
        As in `solve`.
    max_columns
        As in `solve`.

    Returns
    -------
    Why
        What it does, the prices at which it would enter, and what forcing it in, or doing without it, costs.

    Raises
    ------
    InvalidOption
        Nothing has this id.
    InvalidProblem, TooLarge, UnknownSolver, SolverFailed
        As `solve`.
    """
    problem = read_problem(problem)
    key, position = _find(problem, id)
    refuse_if_too_large(problem, max_columns)
    model = build_model(problem)
    plan = answer(model, solve_lp(model.lp, solver=solver, time_limit=time_limit), "full")
    question = _Question(problem, plan, key, position, id, {"time_limit": time_limit, "solver": solver})
    return question.answer()


def _find(problem: Problem, identity: str) -> tuple[str, int]:
    """The list and position of what has an id; a preset's rules go by the preset's."""
    known: dict[str, tuple[str, int]] = {}
    for key in KINDS:
        for position, part in enumerate(getattr(problem, key)):
            name = getattr(part, "id", None) or getattr(part, "preset", None)
            if name is not None:
                known.setdefault(name, (key, position))
    if identity in known:
        return known[identity]
    close = get_close_matches(identity, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(list(known)[:12])}"
    raise InvalidOption(f"nothing has the id {identity}; {hint}")


class _Question:
    """One question about one plan."""

    def __init__(
        self,
        problem: Problem,
        plan: Plan,
        key: str,
        position: int,
        identity: str,
        options: dict[str, Any],
    ) -> None:
        self._problem, self._plan, self._key, self._position = problem, plan, key, position
        self._id, self._options = identity, options

    def answer(self) -> Why:
        plan = self._plan
        used = self._used()
        offers = [offer for offer in plan.offers if offer.on == self._id]
        limits = [limit for limit in plan.limits if limit.on == self._id or limit.on.startswith(f"{self._id}.")]
        without = self._without() if used is not False else None
        forced = self._forced(offers) if used is False else None
        resolved = [found.text for found in (without, forced) if found is not None]
        return Why(
            id=self._id,
            kind=KINDS[self._key],
            used=used,
            status=plan.status,
            total_cost=plan.total_cost,
            currency=plan.currency,
            sentences=[
                *self._does(used),
                *(limit.text for limit in limits),
                *(offer.text for offer in offers),
                *resolved,
            ],
            offers=offers,
            limits=limits,
            forced=forced,
            without=without,
        )

    # ------------------------------------------------------------ what it does

    def _records(self) -> Iterator[tuple[int, str]]:
        """Period and words for everything that the plan does with it."""
        yield from self._made()
        yield from self._ends()

    def _made(self) -> Iterator[tuple[int, str]]:
        plan, name = self._plan, self._id
        for build in (build for build in plan.builds if build.on == name):
            yield build.ordered, f"{build.capacity:,.6g} {build.unit} of capacity ordered"
        for bought in (bought for bought in plan.purchases if bought.supplier == name):
            yield bought.period, f"{bought.quantity:,.6g} {bought.unit} of {bought.material} bought a year"
        for run in (run for run in plan.production if run.plant == name):
            made = ", ".join(f"{amount:,.6g} of {material}" for material, amount in run.outputs.items())
            yield run.period, f"recipe {run.recipe} makes {made} a year"
        for scrap in (scrap for scrap in plan.recycling if scrap.recycler == name and scrap.scrap):
            yield scrap.period, f"{scrap.quantity:,.6g} {scrap.unit} of {scrap.material} recovered a year"

    def _ends(self) -> Iterator[tuple[int, str]]:
        plan, name = self._plan, self._id
        for delivery in (delivery for delivery in plan.deliveries if delivery.demand == name):
            short = f", {delivery.shortage:,.6g} short" if delivery.shortage else ""
            yield delivery.period, f"{delivery.quantity:,.6g} {delivery.unit} delivered a year{short}"
        for share in plan.shares:
            if share.policy is not None and share.policy.split(".")[0] == name and share.achieved is not None:
                yield share.period or 0, _kept(share.achieved, share.max, share.min, share.whole is not None)

    def _used(self) -> bool | None:
        """Whether the plan uses it; of rules, lanes and stocks that is no question."""
        if self._plan.total_cost is None or self._key in ("policies", "lanes", "stockpiles", "demands"):
            return None
        return any(True for _ in self._records())

    def _does(self, used: bool | None) -> Iterator[str]:
        if self._plan.total_cost is None:
            yield f"there is no plan: the problem is {self._plan.status}"
        elif used is False:
            yield "not used: the cheapest plan does without it"
        for period, words in sorted(self._records()):
            yield words if self._problem.timeline.typical or not period else f"{period}: {words}"

    # ------------------------------------------------------------ solved again

    def _without(self) -> Resolved | None:
        """The problem without it: a facility with no capacity and no builds, of the rest the entry left out."""
        if self._key == "demands" and len(self._problem.demands) == 1:
            return None
        changed = self._problem.model_copy(update={self._key: self._rest()})
        plan = solve(changed, detail="plan", **self._options)
        return self._resolved("without it", plan.status, plan.total_cost)

    def _rest(self) -> list[Any]:
        entries = list(getattr(self._problem, self._key))
        if self._key in ("suppliers", "plants", "recyclers"):
            entries[self._position] = entries[self._position].model_copy(update={"capacity": 0.0, "build": None})
        else:
            del entries[self._position]
        return entries

    def _forced(self, offers: list[Offer]) -> Resolved | None:
        """The problem with as much of it as there could be, or a part, in the period in which it is nearest to use."""
        facility = next(f for f in self._problem.facilities if f.id == self._id)
        nearest = min(offers, key=lambda offer: offer.price - offer.enters_at, default=None)
        for part in PARTS:
            model = build_model(self._problem)
            words = _force(model, facility, None if nearest is None else nearest.period, part)
            if words is None:
                return None
            plan = answer(model, solve_lp(model.lp, **self._options), "plan")
            if plan.total_cost is not None:
                return self._resolved(words, plan.status, plan.total_cost)
        return self._resolved("with any of it forced in", "infeasible", None)

    def _resolved(self, change: str, status: str, cost: float | None) -> Resolved:
        currency, was = self._plan.currency, self._plan.total_cost
        if cost is None or was is None:
            text = f"{change}: {'no plan keeps every rule' if status == 'infeasible' else status}"
            if cost is not None:
                text = f"{change} the cheapest plan costs {currency} {cost:,.0f}"
            return Resolved(change=change, status=status, total_cost=cost, difference=None, text=text)
        more = cost - was
        words = f"{currency} {abs(more):,.0f} {'more' if more >= 0 else 'less'}"
        if abs(more) <= 1e-9 * abs(was):
            more, words = 0.0, "the same"
        return Resolved(
            change=change,
            status=status,
            total_cost=cost,
            difference=more,
            text=f"{change} the cheapest plan costs {words} in all",
        )


def _kept(achieved: float, most: float | None, least: float | None, is_share: bool) -> str:
    def show(value: float) -> str:
        return f"{100 * value:.1f} %" if is_share else f"{value:,.6g}"

    bounds = [f"{word} {show(bound)}" for word, bound in (("at most", most), ("at least", least)) if bound is not None]
    return f"{show(achieved)}, allowed {' and '.join(bounds)}"


def _force(model: Model, facility: Facility, start: int | None, part: float) -> str | None:
    """Add a row that has a part of what it could do done; what that is, in words."""
    orders = [key for key in model.add if key[0] == facility.id]
    standing = [t for t in model.timeline if model.network.existing_capacity(facility)[t] != 0]
    if not standing and orders:
        return _force_order(model, facility, orders, part)
    period = model.timeline.starts.index(start) if start is not None else next(iter(standing), None)
    activity = [] if period is None else _activity(model, facility, period)
    if period is None or not activity:
        return None
    size = part * min(model.network.most(facility, period), _most_needed(model))
    model.lp.row("forced", facility.id, pairs=activity, sense=pulp.LpConstraintGE, rhs=size)
    when = "" if model.timeline.typical else f" in {model.start(period)}"
    return f"with {size:,.6g} {model.capacity_unit(facility)} a year of it{when}"


def _force_order(model: Model, facility: Facility, orders: list[tuple[str, int, int]], part: float) -> str:
    decisions = [pair for key in orders for pair in model.opened[key]]
    adds: Pairs = [(model.add[key], 1.0) for key in orders]
    if decisions:
        model.lp.row("forced", facility.id, pairs=decisions, sense=pulp.LpConstraintGE, rhs=1.0)
        return "with it built"
    largest = max(facility.builds[number].largest_order or _most_needed(model) for _, number, _ in orders)
    model.lp.row("forced", facility.id, pairs=adds, sense=pulp.LpConstraintGE, rhs=part * largest)
    return f"with {part * largest:,.6g} {model.capacity_unit(facility)} of it built"


def _activity(model: Model, facility: Facility, period: int) -> Pairs:
    """What a facility does, in units of its capacity."""
    if isinstance(facility, Plant):
        uses = [(model.run.get((facility.id, recipe.id, period)), recipe.capacity_use) for recipe in facility.recipes]
        return [(run, use) for run, use in uses if run is not None and use]
    if isinstance(facility, Recycler):
        collect = model.collect.get((facility.id, period))
        return [] if collect is None else [(collect, facility.recovery)]
    return model.taken.get((facility.id, period), []) if isinstance(facility, Supplier) else []


def _most_needed(model: Model) -> float:
    """The largest demand in any period: as much as anything here could be of use for."""
    quantities = [model.timeline.read_or(demand.quantity, 0.0) for demand in model.problem.demands]
    return max((quantity for series in quantities for quantity in series), default=1.0) or 1.0

"""What an outage did to a plan, told from the two plans' records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeVar

from oremix.models import Plan, Problem
from oremix.models.plan import Delivery, Production
from oremix.models.studies.outages import Outage
from oremix.models.studies.stress import Cover, Short, Stressed, TakesOver
from oremix.optimizer.session import Point
from oremix.optimizer.studies.loosened import hard_demands
from oremix.optimizer.studies.stressed import Found, Trial

__all__ = ["told"]

# Below this part of what it is measured by, a quantity is rounding.
NOTHING = 1e-6

Maker = tuple[str, str, str, str]
"""Kind, id, country, material."""

Site = tuple[str, str]
"""Country, material."""

Dated = TypeVar("Dated", Delivery, Production)


def told(trial: Trial, outage: Outage, found: Found) -> Stressed:
    """The record of an outage."""
    problem, before = trial.base.problem, trial.base.plan
    after = found.plan if found.plan is not None and found.plan.total_cost is not None else None
    shortages = [] if after is None else list(_shortages(trial, after))
    hard = [short for short in shortages if short.hard]
    years = dict(zip(problem.timeline.starts, problem.timeline.years, strict=True))
    first = None if trial.start is None else problem.timeline.starts[trial.start]
    plan = found.plan
    return Stressed(
        kind=outage.kind,
        id=outage.id,
        text=outage.text,
        changes=[change.model_dump(mode="json", by_alias=True, exclude_unset=True) for change in outage.changes],
        first_period=first,
        status="infeasible" if plan is None else plan.status,
        verified=plan is not None and plan.certificate.verified,
        reason=found.reason if plan is None else plan.certificate.reason,
        shortage=sum(years[short.period] * short.share for short in hard),
        shortage_without_policies=found.lawless,
        shortage_without_obligations=found.unobliged,
        shortages=shortages,
        years_to_shortage=min((short.period - (first or 0) for short in hard), default=None),
        total_cost=None if after is None else after.total_cost,
        difference=None if after is None else (after.total_cost or 0.0) - (before.total_cost or 0.0),
        extra_cost=None if after is None or found.unhurt is None else (after.total_cost or 0.0) - found.unhurt,
        stocks=[] if after is None else list(_covers(trial, found, after)),
        takes_over=[] if after is None else list(_takes_over(trial, after)),
        broken=list(found.broken),
        conflict=list(found.conflict),
    )


def _shortages(trial: Trial, after: Plan) -> Iterator[Short]:
    hard = hard_demands(trial.base.problem)
    for met in after.deliveries:
        asked = met.quantity + met.shortage
        if met.shortage > NOTHING * asked:
            yield Short(
                demand=met.demand,
                country=met.country,
                material=met.material,
                period=met.period,
                quantity=met.shortage,
                share=met.shortage / asked,
                unit=met.unit,
                hard=met.demand in hard,
            )


# ---------------------------------------------------------------- stock


def _covers(trial: Trial, found: Found, after: Plan) -> Iterator[Cover]:
    """Of each material and country with stock when the outage begins."""
    if trial.start is None or found.stockless is None:
        return
    problem = trial.base.problem
    network = problem.network
    sites: dict[Site, list[str]] = defaultdict(list)
    served: dict[Site, set[str]] = defaultdict(set)
    initial: dict[Site, float] = defaultdict(float)
    for pile in problem.stockpiles:
        site = (network.geography.country(pile.at), pile.material)
        sites[site].append(pile.at)
        served[site] |= {pile.at, *network.serves(pile)}
        initial[site] += pile.initial
    for site, places in sites.items():
        at_hand = _level(trial, trial.base.plan, site[1], places, trial.start - 1, initial[site])
        if at_hand > NOTHING:
            use = _Use(problem, site[1], served[site], trial.start)
            wanted = use.wanted(trial.base.plan, after)
            yield _cover(trial, after, site, places, wanted, wanted - use.of(found.stockless), at_hand)


def _cover(
    trial: Trial, after: Plan, site: Site, places: list[str], wanted: float, lost: float, at_hand: float
) -> Cover:
    country, material = site
    timeline, start = trial.base.problem.timeline, trial.start or 0
    lost = lost if lost > NOTHING * max(wanted, at_hand) else 0.0
    ends = [*timeline.starts[1:], timeline.starts[-1] + timeline.years[-1]]
    levels = {period: _level(trial, after, material, places, period, 0.0) for period in range(start, len(ends))}
    empty = [ends[period] - timeline.starts[start] for period, level in levels.items() if level <= NOTHING * at_hand]
    return Cover(
        country=country,
        material=material,
        at_hand=at_hand,
        use=wanted,
        lost=lost,
        months=12 * at_hand / lost if lost else None,
        empty_after=min(empty, default=None),
        unit=trial.base.problem.network.materials[material].unit,
    )


class _Use:
    """What is used of a material at some places in a period."""

    def __init__(self, problem: Problem, material: str, places: set[str], period: int) -> None:
        self._start = problem.timeline.starts[period]
        here = [demand for demand in problem.demands if demand.material == material and demand.at in places]
        self._demands = {demand.id for demand in here if demand.sale_price is None}
        self._outlets = {demand.id for demand in here if demand.sale_price is not None}
        self._inputs = {
            (plant.id, recipe.id): recipe.inputs[material]
            for plant in problem.plants
            if plant.at in places
            for recipe in plant.recipes
            if material in recipe.inputs
        }

    def wanted(self, before: Plan, after: Plan) -> float:
        """What demands ask for under the outage, and what plants and outlets use in the plan."""
        asked = sum(
            line.quantity + line.shortage for line in self._of(after.deliveries) if line.demand in self._demands
        )
        sold = sum(line.quantity for line in self._of(before.deliveries) if line.demand in self._outlets)
        runs = self._of(before.production)
        return asked + sold + sum(run.activity * self._inputs.get((run.plant, run.recipe), 0.0) for run in runs)

    def of(self, point: Point) -> float:
        """What a point uses."""
        met = sum(point.values.get(("deliver", name, self._start), 0.0) for name in self._demands | self._outlets)
        runs = ((("run", *names, self._start), amount) for names, amount in self._inputs.items())
        return met + sum(amount * point.values.get(key, 0.0) for key, amount in runs)

    def _of(self, records: list[Dated]) -> list[Dated]:
        return [record for record in records if record.period == self._start]


def _level(trial: Trial, plan: Plan, material: str, places: list[str], period: int, initial: float) -> float:
    """What is in stock at the end of a period; before the first, at the start."""
    if period < 0:
        return initial
    start = trial.base.problem.timeline.starts[period]
    return sum(s.level for s in plan.stocks if s.period == start and s.material == material and s.place in places)


# ---------------------------------------------------------------- who takes over


def _takes_over(trial: Trial, after: Plan) -> Iterator[TakesOver]:
    if trial.start is None:
        return
    problem = trial.base.problem
    starts = problem.timeline.starts[trial.start :]
    years = dict(zip(starts, problem.timeline.years[trial.start :], strict=True))
    before, now = _made(trial.base.plan, years), _made(after, years)
    span = sum(years.values())
    more = {maker: (amount - before.get(maker, 0.0)) / span for maker, amount in now.items()}
    for maker, amount in sorted(more.items(), key=lambda item: (item[0][3], -item[1], item[0])):
        kind, name, country, material = maker
        if amount > NOTHING * max(now[maker] / span, 1.0):
            yield TakesOver(
                kind=kind,
                id=name,
                country=country,
                material=material,
                more=amount,
                unit=problem.network.materials[material].unit,
            )


def _made(plan: Plan, years: dict[int, int]) -> dict[Maker, float]:
    """What is made or drawn from stock over the years of periods."""
    made: dict[Maker, float] = defaultdict(float)
    for bought in plan.purchases:
        made["supplier", bought.supplier, bought.country, bought.material] += bought.quantity * years.get(
            bought.period, 0
        )
    for run in plan.production:
        for material, amount in run.outputs.items():
            made["plant", run.plant, run.country, material] += amount * years.get(run.period, 0)
    for line in plan.recycling:
        made["recycler", line.recycler, line.country, line.material] += line.quantity * years.get(line.period, 0)
    for stock in plan.stocks:
        made["stockpile", stock.place, stock.place, stock.material] += stock.draw * years.get(stock.period, 0)
    return made

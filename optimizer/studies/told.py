"""What an outage did to a plan, told from the two plans' records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from oremix.models import Plan
from oremix.models.studies.outages import Outage
from oremix.models.studies.stress import Cover, Short, Stressed, TakesOver
from oremix.optimizer.studies.loosened import hard_demands
from oremix.optimizer.studies.stressed import Found, Tester

__all__ = ["told"]

# Below this part of what it is measured by, a quantity is rounding.
NOTHING = 1e-6

Maker = tuple[str, str, str, str]
"""Kind, id, country, material."""


def told(tester: Tester, outage: Outage, found: Found) -> Stressed:
    """The record of an outage."""
    problem, before = tester.base.problem, tester.base.plan
    after = found.plan if found.plan is not None and found.plan.total_cost is not None else None
    shortages = [] if after is None else list(_shortages(tester, after))
    hard = [short for short in shortages if short.hard]
    years = dict(zip(problem.timeline.starts, problem.timeline.years, strict=True))
    first = None if tester.start is None else problem.timeline.starts[tester.start]
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
        shortages=shortages,
        years_to_shortage=min((short.period - (first or 0) for short in hard), default=None),
        total_cost=None if after is None else after.total_cost,
        difference=None if after is None else (after.total_cost or 0.0) - (before.total_cost or 0.0),
        stocks=[] if after is None else list(_covers(tester, after)),
        takes_over=[] if after is None else list(_takes_over(tester, after)),
        broken=list(found.broken),
        conflict=list(found.conflict),
    )


def _shortages(tester: Tester, after: Plan) -> Iterator[Short]:
    hard = hard_demands(tester.base.problem)
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


def _covers(tester: Tester, after: Plan) -> Iterator[Cover]:
    """Of each material and country with stock when the outage begins."""
    if tester.start is None:
        return
    problem = tester.base.problem
    network = problem.network
    sites: dict[tuple[str, str], list[str]] = defaultdict(list)
    served: dict[tuple[str, str], set[str]] = defaultdict(set)
    initial: dict[tuple[str, str], float] = defaultdict(float)
    for pile in problem.stockpiles:
        key = (network.geography.country(pile.at), pile.material)
        sites[key].append(pile.at)
        served[key] |= {pile.at, *network.serves(pile)}
        initial[key] += pile.initial
    for (country, material), places in sites.items():
        at_hand = _level(tester, tester.base.plan, material, places, tester.start - 1, initial[country, material])
        if at_hand > NOTHING:
            yield _cover(tester, after, (country, material), places, served[country, material], at_hand)


def _cover(
    tester: Tester, after: Plan, site: tuple[str, str], places: list[str], served: set[str], at_hand: float
) -> Cover:
    """Use is what the plan uses, and what demands ask for beyond that under the outage."""
    country, material = site
    problem, before, start = tester.base.problem, tester.base.plan, tester.start or 0
    here = {d.id for d in problem.demands if d.material == material and d.at in served and d.sale_price is None}
    first = problem.timeline.starts[start]
    use = _arriving(before, material, served, places, first) + _drawn(before, material, places, first)
    use += _asked(after, here, first) - _asked(before, here, first)
    lost = use - _arriving(after, material, served, places, first)
    is_lost = lost > NOTHING * max(use, at_hand)
    ends = [*problem.timeline.starts[1:], problem.timeline.starts[-1] + problem.timeline.years[-1]]
    levels = {period: _level(tester, after, material, places, period, 0.0) for period in range(start, len(ends))}
    empty = [ends[period] - first for period, level in levels.items() if level <= NOTHING * at_hand]
    return Cover(
        country=country,
        material=material,
        at_hand=at_hand,
        use=use,
        lost=max(lost, 0.0),
        months=12 * at_hand / lost if is_lost else None,
        empty_after=min(empty, default=None),
        unit=problem.network.materials[material].unit,
    )


def _level(tester: Tester, plan: Plan, material: str, places: list[str], period: int, initial: float) -> float:
    """What is in stock at the end of a period; before the first, at the start."""
    if period < 0:
        return initial
    start = tester.base.problem.timeline.starts[period]
    return sum(s.level for s in plan.stocks if s.period == start and s.material == material and s.place in places)


def _arriving(plan: Plan, material: str, served: set[str], places: list[str], period: int) -> float:
    """What arrives at places in a period, but for what is put into stock."""
    arrived = sum(m.arrived for m in plan.shipments if m.period == period and m.material == material and m.to in served)
    return arrived - sum(
        s.fill for s in plan.stocks if s.period == period and s.material == material and s.place in places
    )


def _drawn(plan: Plan, material: str, places: list[str], period: int) -> float:
    return sum(s.draw for s in plan.stocks if s.period == period and s.material == material and s.place in places)


def _asked(plan: Plan, demands: set[str], period: int) -> float:
    return sum(met.quantity + met.shortage for met in plan.deliveries if met.period == period and met.demand in demands)


# ---------------------------------------------------------------- who takes over


def _takes_over(tester: Tester, after: Plan) -> Iterator[TakesOver]:
    if tester.start is None:
        return
    problem = tester.base.problem
    starts = problem.timeline.starts[tester.start :]
    years = dict(zip(starts, problem.timeline.years[tester.start :], strict=True))
    before, now = _made(tester.base.plan, years), _made(after, years)
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

"""Statements that are allowed one by one and cannot all be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING

from oremix.models.bounds import Bounds
from oremix.models.listing import listed
from oremix.models.numerals import numeral
from oremix.models.policies import Measured

if TYPE_CHECKING:
    from oremix.models.chain import Supplier
    from oremix.models.network import Network
    from oremix.models.problem import Problem
    from oremix.models.timeline import Timeline

__all__ = ["contradictions"]

ROUNDING = 1 + 1e-9


def contradictions(problem: Problem) -> Iterator[str]:
    """Sentences about them, each naming what it is about."""
    for supplier in problem.suppliers:
        yield from _always_cut(problem.network, supplier)
        yield from _order_too_large(problem.network, supplier)
    yield from _more_owed_than_wanted(problem)
    yield from _cap_below_floor(problem)
    yield from _dearer_than_going_short(problem)


def _always_cut(network: Network, supplier: Supplier) -> Iterator[str]:
    """What has to be taken, or paid for, is never there in full."""
    timeline = network.timeline
    for name in ("minimum", "take_or_pay"):
        stated = timeline.read_or(getattr(supplier, name), 0.0)
        asked = [t for t in timeline if stated[t] and timeline.within(t, supplier.from_year, supplier.until_year)]
        there = network.existing_capacity(supplier)
        left = [(t, capacity) for t in asked if (capacity := there[t]) is not None and stated[t] > capacity * ROUNDING]
        if asked and len(left) == len(asked):
            period, capacity = left[-1]
            unit = network.materials[supplier.material].unit
            yield (
                f"the {name} of {supplier.id} is never more than its own capacity, builds apart: of"
                f" {stated[period]:g} {unit} a year {capacity:g} hold{_when(timeline, [period])}"
            )


def _order_too_large(network: Network, supplier: Supplier) -> Iterator[str]:
    if supplier.minimum_order is None:
        return
    timeline = network.timeline
    least = timeline.read(supplier.minimum_order)
    most = [network.most(supplier, t) for t in timeline]
    if any(most) and all(least[t] > most[t] * ROUNDING for t in timeline if most[t]):
        yield f"{supplier.id} can never be bought from: its minimum_order is more than it can sell"


def _more_owed_than_wanted(problem: Problem) -> Iterator[str]:
    """Obligations beyond all demand that the material can become part of."""
    network, timeline = problem.network, problem.timeline
    bounds = Bounds(problem)
    owed: dict[str, list[Supplier]] = {}
    for supplier in problem.suppliers:
        if supplier.take_or_pay is not None:
            owed.setdefault(supplier.material, []).append(supplier)
    for material, suppliers in owed.items():
        sums = [sum(_held(network, supplier, t) for supplier in suppliers) for t in timeline]
        over = [t for t in timeline if sums[t] > bounds.most_wanted(material, t) * ROUNDING]
        if over:
            unit = network.materials[material].unit
            yield (
                f"the take_or_pay of {listed(s.id for s in suppliers)} comes to {sums[over[0]]:g} {unit} of"
                f" {material} a year{_when(timeline, over)}, more than the"
                f" {bounds.most_wanted(material, over[0]):g} {unit} that all demand for what it becomes needs at most"
            )


def _held(network: Network, supplier: Supplier, period: int) -> float:
    """The take-or-pay of a period, cut to the capacity."""
    if not network.timeline.within(period, supplier.from_year, supplier.until_year):
        return 0.0
    capacity = network.existing_capacity(supplier)[period]
    return min(network.timeline.read_or(supplier.take_or_pay, 0.0)[period], inf if capacity is None else capacity)


SCOPE = ("measure", "of", "by", "each_place", "weight", "from_", "to")
SETS = ("stages", "materials", "places", "demands", "across", "carriers", "plants")


def _cap_below_floor(problem: Problem) -> Iterator[str]:
    """A hard floor on countries above a hard cap on them and others, over the same scope."""
    timeline, geography = problem.timeline, problem.network.geography
    rules = [r for r in problem.rules if isinstance(r, Measured) and r.penalty is None and not r.each and r.countries]
    for cap in rules:
        most = getattr(cap, "max", None)
        for floor in rules:
            least = getattr(floor, "min", None)
            if most is None or least is None or cap is floor or cap.type != floor.type or _scope(cap) != _scope(floor):
                continue
            if not geography.members(floor.countries or ()) <= geography.members(cap.countries or ()):
                continue
            ceilings, floors = timeline.read(most), timeline.read(least)
            broken = [
                t
                for t in timeline
                if floors[t] > ceilings[t] * ROUNDING
                and all(timeline.within(t, rule.from_year, rule.until_year) for rule in (cap, floor))
            ]
            if broken:
                yield (
                    f"policy {floor.id} asks for at least {floors[broken[0]]:g} of what policy {cap.id} keeps to"
                    f" at most {ceilings[broken[0]]:g}{_when(timeline, broken)}"
                )


def _scope(rule: Measured) -> list[object]:
    sets = [frozenset(names) if (names := getattr(rule, name, None)) is not None else None for name in SETS]
    return [*(getattr(rule, name, None) for name in SCOPE), *sets]


def _dearer_than_going_short(problem: Problem) -> Iterator[str]:
    """Demands that are cheaper to leave unmet than to meet by anything."""
    network, timeline = problem.network, problem.timeline
    bounds = Bounds(problem)
    returning = {entry.demand for recycler in problem.recyclers for entry in recycler.returns or ()}
    for demand in problem.demands:
        if demand.shortage_cost is None or demand.quantity is None or demand.id in returning:
            continue
        stated, wanted = timeline.read(demand.shortage_cost), timeline.read(demand.quantity)
        least = [bounds.least_cost_at(demand.material, demand.at, t) for t in timeline]
        cheap = [t for t in timeline if wanted[t] and least[t] < inf and stated[t] * ROUNDING < least[t]]
        if cheap:
            unit = network.materials[demand.material].unit
            yield (
                f"going short of {demand.id} costs {stated[cheap[0]]:g} per {unit}{_when(timeline, cheap)}, less than"
                f" the {numeral(least[cheap[0]])} that the cheapest conceivable supply costs (prices, processing and"
                " freight alone): nothing is delivered but what rules ask for"
            )


def _when(timeline: Timeline, periods: Iterable[int]) -> str:
    return "" if timeline.typical else " in " + ", ".join(str(timeline.starts[period]) for period in periods)

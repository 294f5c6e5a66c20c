"""Rules on how many suppliers, or countries that material arrives from, there must or may be."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.policies import Diversify, Share
from oremix.optimizer.formulation.model import Measure, Model
from oremix.optimizer.formulation.scopes import supplies
from oremix.optimizer.lean import Pairs, numbered

__all__ = ["Sources", "add_diversity", "sources"]

Sources = dict[str, Pairs]
"""Supplier or country → what comes from it."""


def add_diversity(model: Model, rule: Diversify) -> None:
    """Columns source, sizeable and any; rows source_most, diversify_max, source_least, any_most and diversify_min."""
    for period in model.timeline:
        if not model.timeline.within(period, rule.from_year, rule.until_year):
            continue
        for material, found in sources(model, rule, period).items():
            for side in ("max", "min"):
                if getattr(rule, side) is not None:
                    _bound(model, rule, material, period, side, found)


def sources(model: Model, rule: Diversify, period: int) -> dict[str, Sources]:
    """Material → what comes from each source in a period."""
    return _suppliers(model, rule, period) if rule.of == "suppliers" else _countries(model, rule, period)


def _suppliers(model: Model, rule: Diversify, period: int) -> dict[str, Sources]:
    found: dict[str, Sources] = defaultdict(dict)
    for supplier in model.problem.suppliers:
        taken = model.taken.get((supplier.id, period))
        if taken and (rule.materials is None or supplier.material in rule.materials):
            found[supplier.material][supplier.id] = taken
    return found


def _countries(model: Model, rule: Diversify, period: int) -> dict[str, Sources]:
    """Arrivals as in a share of supply, by the country where they were last made."""
    scope = Share.model_construct(id=rule.id, type="share", materials=rule.materials, places=rule.places)
    found: dict[str, Sources] = defaultdict(lambda: defaultdict(list))
    for counted in supplies(model, scope, (), "min"):
        for material, places in counted.spots.items():
            for place in places:
                for flow in model.flows_to.get((material, place), ()):
                    if (number := flow.numbers[period]) is not None:
                        pair = (model.lp.at(number), flow.arrives[period])
                        found[material][model.country(flow.origin.place)].append(pair)
    return found


def _bound(model: Model, rule: Diversify, material: str, period: int, side: str, found: Sources) -> None:
    start = model.start(period)
    count = (
        _any(model, rule, material, period, found) if side == "max" else _sizeable(model, rule, material, period, found)
    )
    limit = float(getattr(rule, side))
    measure = Measure(
        policy=rule,
        countries=(),
        measure=rule.of,
        material=material,
        place=None,
        period=period,
        periods=[period],
        part=lambda _: numbered(count),
        wholes=lambda _: [],
        unit=rule.of,
        stated={side: limit},
        sources=found,
    )
    pairs = list(count)
    if side == "min":
        # where nothing is bought there is nothing to spread
        bought = model.lp.column("any", rule.id, material, start, upper=1.0, integer=True)
        amount = [pair for group in found.values() for pair in group]
        most = sum(_most(model, rule, material, source, period) for source in found)
        model.only_if("any_most", rule.id, material, start, pairs=amount, decision=bought, most=most)
        pairs.append((bought, -limit))
    if rule.penalty is not None:
        beyond = measure.beyond[side] = model.lp.column("beyond", side, rule.id, material, start)
        pairs.append((beyond, -1.0 if side == "max" else 1.0))
        model.charge_penalty(rule, [period], beyond)
    if side == "max":
        measure.rows[side] = model.at_most("diversify_max", rule.id, material, start, pairs=pairs, rhs=limit)
    else:
        measure.rows[side] = model.at_least("diversify_min", rule.id, material, start, pairs=pairs)
    model.bounded.append(measure)


def _any(model: Model, rule: Diversify, material: str, period: int, found: Sources) -> Pairs:
    """A decision for each source: whether anything comes from it."""
    count: Pairs = []
    for source, amount in found.items():
        key = (rule.id, material, source, model.start(period))
        column = model.lp.column("source", *key, upper=1.0, integer=True)
        most = _most(model, rule, material, source, period)
        model.only_if("source_most", *key, pairs=amount, decision=column, most=most)
        count.append((column, 1.0))
    return count


def _sizeable(model: Model, rule: Diversify, material: str, period: int, found: Sources) -> Pairs:
    """A decision for each source: whether it brings at least the smallest share that counts."""
    smallest = rule.smallest or 0.0
    whole = [pair for group in found.values() for pair in group]
    room = smallest * sum(_most(model, rule, material, source, period) for source in found)
    count: Pairs = []
    for source, amount in found.items():
        key = (rule.id, material, source, model.start(period))
        column = model.lp.column("sizeable", *key, upper=1.0, integer=True)
        pairs = [*amount, *((c, -smallest * a) for c, a in whole), (column, -room)]
        model.at_least("source_least", *key, pairs=pairs, rhs=-room).gate = True
        count.append((column, 1.0))
    return count


def _most(model: Model, rule: Diversify, material: str, source: str, period: int) -> float:
    """The most that can come from a source."""
    network = model.network
    if rule.of == "suppliers":
        return network.most(network.facilities[source], period)
    makers = [
        facility
        for origin, facilities in network.makers[material].items()
        if model.country(origin.place) == source
        for facility in facilities
    ]
    return network.most_arriving(material, makers, network.uses[material], period)

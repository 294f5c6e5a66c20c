"""What a plan decides, each as a sum of columns: whose range can be asked for, and by what plans are told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from oremix.models.policies import Share
from oremix.models.studies.alternatives import ChoiceKind
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.scopes import supplies
from oremix.optimizer.lean import Key, Pairs
from oremix.optimizer.session.state import Weights

__all__ = ["Choice", "Site", "Sites", "amount", "built", "choices_of", "largest_built", "sites_of"]


class Site(NamedTuple):
    """A material where it is demanded (none: that is nowhere demanded, wherever it is used)."""

    material: str
    where: str | None


Sites = dict[Site, dict[str, Weights]]
"""Site → country → what arrives from there."""


@dataclass(frozen=True)
class Choice:
    """Something that a plan decides.

    Attributes
    ----------
    id
        Of the facility, demand or place of stock; of a share its country.
    where
        Of a share: the country of use; none: wherever.
    ordered
        Of a build in one year: the year of the order; else none.
    weights, whole
        What is counted, per year on the mean of the horizon (of a build its capacity, of stock its level); and what it
        is a share of.
    left_over
        What is left over where it is made, which nobody uses.
    """

    kind: ChoiceKind
    id: str
    material: str | None
    where: str | None
    country: str
    ordered: int | None
    unit: str
    weights: Weights = field(compare=False)
    whole: Weights | None = field(default=None, compare=False)
    left_over: Weights = field(default_factory=dict, compare=False)

    @property
    def site(self) -> Site | None:
        """Of a share: where it is of."""
        return None if self.whole is None else Site(self.material or "", self.where)

    def value(self, values: dict[Key, float], nothing: float = 0.0) -> float | None:
        """What it is at a point; of a share none where no more than nothing arrives."""
        part = amount(self.weights, values)
        if self.whole is None:
            return part
        whole = amount(self.whole, values)
        return part / whole if whole > nothing else None


def amount(weights: Weights, values: dict[Key, float]) -> float:
    """A sum of columns at a point."""
    return sum(weight * values.get(key, 0.0) for key, weight in weights.items())


def choices_of(model: Model, sites: Sites) -> list[Choice]:
    """Everything that is decided, in one order whatever the order of the problem's lists."""
    found = [*_shares(sites), *built(model), *_dated(model), *_made(model), *_stocks(model), *_delivered(model)]
    kinds = list(dict.fromkeys(choice.kind for choice in found))
    return sorted(found, key=lambda c: (kinds.index(c.kind), c.id, c.material or "", c.where or "", c.ordered or 0))


# ---------------------------------------------------------------- where material comes from


def sites_of(model: Model) -> Sites:
    """Site → country → what arrives from there, where more than one country can send something.

    It is counted as a share of supply counts it, over the horizon, and per year of it.
    """
    demanded: dict[Site, list[str]] = defaultdict(list)
    for demand in model.problem.demands:
        demanded[Site(demand.material, model.country(demand.at))].append(demand.id)
    found = {site: _arrivals(model, site.material, ids) for site, ids in demanded.items()}
    known = {site.material for site in found}
    for material in model.problem.materials:
        if material.id not in known and not material.local:
            found[Site(material.id, None)] = _arrivals(model, material.id, None)
    return {
        site: found[site] for site in sorted(found, key=lambda s: (s.material, s.where or "")) if len(found[site]) > 1
    }


def _arrivals(model: Model, material: str, demands: list[str] | None) -> dict[str, Weights]:
    scope = Share.model_construct(id="", type="share", materials=[material], demands=demands)
    spots = [places for counted in supplies(model, scope, (), "min") for places in counted.spots.values()]
    found: dict[str, dict[Key, float]] = defaultdict(dict)
    for place in dict.fromkeys(place for places in spots for place in places):
        for flow in model.flows_to.get((material, place), ()):
            for period, number in enumerate(flow.numbers):
                if number is not None:
                    weight = flow.arrives[period] * _part(model, period)
                    found[model.country(flow.origin.place)][model.lp.at(number).key] = weight
    return {country: found[country] for country in sorted(found)}


def _shares(sites: Sites) -> Iterator[Choice]:
    for site, countries in sites.items():
        whole = {key: weight for weights in countries.values() for key, weight in weights.items()}
        for country, weights in countries.items():
            yield Choice("share", country, site.material, site.where, country, None, "share", weights, whole)


# ---------------------------------------------------------------- builds


def built(model: Model) -> list[Choice]:
    """The capacity ordered at each facility, over all its builds and years."""
    found: dict[str, dict[Key, float]] = defaultdict(dict)
    for (facility, _, _), column in model.add.items():
        found[facility][column.key] = 1.0
    return [_build(model, facility, weights, None) for facility, weights in sorted(found.items())]


def _dated(model: Model) -> Iterator[Choice]:
    """The same by the year of the order, where there is more than one."""
    found: dict[str, dict[int, dict[Key, float]]] = defaultdict(lambda: defaultdict(dict))
    for (facility, _, period), column in model.add.items():
        found[facility][model.start(period)][column.key] = 1.0
    for facility, years in found.items():
        if len(years) > 1:
            yield from (_build(model, facility, weights, year) for year, weights in years.items())


def _build(model: Model, facility: str, weights: Weights, year: int | None) -> Choice:
    host = model.network.facilities[facility]
    return Choice("build", facility, None, None, model.country(host.at), year, model.capacity_unit(host), weights)


def largest_built(model: Model, facility: str) -> float | None:
    """The most that its builds can add up to, as stated; none where that has no limit."""
    most = 0.0
    for build in model.network.facilities[facility].builds:
        often = len(model.network.orders(build))
        times = min(often, build.most_orders or often)
        limits = [build.max, None if build.largest_order is None else times * build.largest_order]
        known = [limit for limit in limits if limit is not None]
        if not known and times:
            return None
        most += min(known, default=0.0) if times else 0.0
    return most


# ---------------------------------------------------------------- what is bought, made, kept and delivered


def _made(model: Model) -> Iterator[Choice]:
    for supplier in model.problem.suppliers:
        yield from _maker(model, supplier.id, supplier.material, model.taken, "supplier")
    for plant in model.problem.plants:
        yield from _plant(model, plant.id)
    for recycler in model.problem.recyclers:
        amounts = {key: [(column, recycler.recovery)] for key, column in model.collect.items()}
        yield from _maker(model, recycler.id, recycler.material, amounts, "recycler")


def _maker(
    model: Model, name: str, material: str, amounts: dict[tuple[str, int], Pairs], kind: ChoiceKind
) -> Iterator[Choice]:
    weights = {
        column.key: amount * _part(model, period)
        for period in model.timeline
        for column, amount in amounts.get((name, period), ())
    }
    if weights:
        yield _made_of(model, kind, name, material, weights)


def _plant(model: Model, name: str) -> Iterator[Choice]:
    """What a plant makes; of products that come together in one proportion only one, used somewhere if any is."""
    outputs: dict[str, dict[Key, float]] = defaultdict(dict)
    plant = next(plant for plant in model.problem.plants if plant.id == name)
    for recipe in plant.recipes:
        for period in model.timeline:
            if (run := model.run.get((name, recipe.id, period))) is not None:
                for material, output in recipe.outputs.items():
                    outputs[material][run.key] = output * _part(model, period)
    told: list[Weights] = []
    for material in sorted(outputs, key=lambda m: (not model.network.uses.get(m), m)):
        if not any(_in_proportion(outputs[material], other) for other in told):
            told.append(outputs[material])
            yield _made_of(model, "plant", name, material, outputs[material])


def _in_proportion(one: Weights, other: Weights) -> bool:
    if one.keys() != other.keys():
        return False
    factors = [one[key] / other[key] for key in one if other[key]]
    return len(factors) == len(one) and max(factors) <= min(factors) * (1 + 1e-12)


def _made_of(model: Model, kind: ChoiceKind, name: str, material: str, weights: Weights) -> Choice:
    origin = model.network.origins[name]
    left = {
        model.surplus[material, origin, period].key: _part(model, period)
        for period in model.timeline
        if (material, origin, period) in model.surplus
    }
    return Choice(
        kind,
        name,
        material,
        None,
        model.country(origin.place),
        None,
        model.network.materials[material].unit,
        weights,
        left_over=left,
    )


def _stocks(model: Model) -> Iterator[Choice]:
    """The mean of the levels at the periods' ends."""
    for number, pile in enumerate(model.problem.stockpiles):
        levels = {
            model.level[number, period].key: _part(model, period)
            for period in model.timeline
            if (number, period) in model.level
        }
        unit = model.network.materials[pile.material].unit
        if levels:
            yield Choice("stock", pile.at, pile.material, None, model.country(pile.at), None, unit, levels)


def _delivered(model: Model) -> Iterator[Choice]:
    """Deliveries that may be less than asked for."""
    for demand in model.problem.demands:
        weights = {
            model.deliver[demand.id, period].key: _part(model, period)
            for period in model.timeline
            if (demand.id, period) in model.deliver
        }
        if weights and (demand.shortage_cost is not None or demand.sale_price is not None):
            unit = model.network.materials[demand.material].unit
            yield Choice("demand", demand.id, demand.material, None, model.country(demand.at), None, unit, weights)


def _part(model: Model, period: int) -> float:
    """The part of the horizon that a period is."""
    years = model.timeline.years
    return float(years[period] / sum(years))

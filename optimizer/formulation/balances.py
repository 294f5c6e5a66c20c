"""Balances: what is made goes somewhere, what is used comes from somewhere."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.chain import Material, Plant
from oremix.models.geography import Origin
from oremix.models.network import products
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Pairs, Sum, added, numbered

__all__ = ["add_balances"]

Balances = dict[tuple[str, Origin | str], dict[int, Sum]]
"""Material, and where it is made or used → period → what adds up to nothing."""


def add_balances(model: Model) -> None:
    """Columns surplus, rows made, used, surplus_max and plant_surplus_max."""
    spare: dict[tuple[str, int], Pairs] = defaultdict(list)
    own = _own_terms(model)
    balances: Balances = defaultdict(dict)
    for (material, origin, period), made in model.made.items():
        sums = [numbered(made), model.sent(material, origin, period).times(-1.0)]
        plant = own.get((material, origin))
        surplus = _surplus(model, model.network.materials[material], origin, period, plant)
        if surplus is not None:
            sums.append(Sum([surplus.number], [-1.0]))
            if plant is None or plant.surplus_max is None:
                spare[material, period].append((surplus, 1.0))
            else:
                rhs = model.timeline.read(plant.surplus_max)[period]
                key = (plant.id, material, model.start(period))
                model.at_most("plant_surplus_max", *key, pairs=[(surplus, 1.0)], rhs=rhs)
        balances[material, origin][period] = added(sums)
    _balance(model, "made", balances)
    _limit_surplus(model, spare)
    _used(model)


def _balance(model: Model, kind: str, balances: Balances) -> None:
    for (material, where), sums in balances.items():
        model.equal_over(list(sums), kind, material, where, sums=list(sums.values()))


def _own_terms(model: Model) -> dict[tuple[str, Origin], Plant]:
    """(material, origin) → the plant that states its own terms for what is left over; it is alone there."""
    return {
        (material, model.network.origins[plant.id]): plant
        for plant in model.problem.plants
        if plant.surplus is not None or plant.surplus_max is not None
        for material in products(plant)
    }


def _surplus(model: Model, material: Material, origin: Origin, period: int, plant: Plant | None) -> Column | None:
    """What is made and not used; what it fetches is a credit."""
    terms = material.surplus if plant is None or plant.surplus is None else plant.surplus
    if terms == "forbidden":
        return None
    surplus = model.lp.column("surplus", material.id, origin, model.start(period))
    model.surplus[material.id, origin, period] = surplus
    if isinstance(terms, float):
        country = model.country(origin.place)
        model.charge("surplus", period, -terms, surplus, "surplus", origin.place, country)
    return surplus


def _limit_surplus(model: Model, spare: dict[tuple[str, int], Pairs]) -> None:
    for (material, period), pairs in spare.items():
        limit = model.network.materials[material].surplus_max
        if limit is not None:
            rhs = model.timeline.read(limit)[period]
            model.at_most("surplus_max", material, model.start(period), pairs=pairs, rhs=rhs)


def _used(model: Model) -> None:
    """What arrives and what is drawn is used there and then."""
    drawn: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for (number, place, period), draw in model.draw.items():
        drawn[model.problem.stockpiles[number].material, place, period].append(draw.number)
    balances: Balances = defaultdict(dict)
    for (material, place, period), needs in model.needs.items():
        arriving, draws = model.arriving(material, place, period), drawn[material, place, period]
        balances[material, place][period] = Sum(
            arriving.numbers + draws + [column.number for column, _ in needs],
            arriving.coefficients + [1.0] * len(draws) + [-amount for _, amount in needs],
        )
    _balance(model, "used", balances)

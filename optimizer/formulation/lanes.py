"""Lanes: what is shipped from where it was last made to where it is used, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from oremix.models.geography import Origin
from oremix.models.lanes import JOINT, Move
from oremix.models.plan import PayerKind
from oremix.optimizer.formulation.model import Flow, Model
from oremix.optimizer.lean import Column, Key, Pairs

__all__ = ["add_lanes"]

Where = TypeVar("Where", Origin, str)


@dataclass
class _Together:
    """Moves that share a limit or a fixed cost: its value, what is shipped, and the most that can be."""

    value: float
    pairs: Pairs = field(default_factory=list)
    pays: tuple[PayerKind, str, str | None] = ("lane", "", None)
    most: dict[Key, float] = field(default_factory=dict)


Groups = dict[tuple[str, Key, int], _Together]
"""Field that is shared, what it is of, and the period."""


def add_lanes(model: Model) -> None:
    """Columns ship and moves, rows lane_capacity, lane_minimum and lane_fixed; joint_… where a rule is joint.

    A column exists where something can be made in the period, something can use it, and the lane is not closed.
    """
    groups: Groups = {}
    for material in model.network.materials:
        made = _periods(model, material, model.network.makers[material], model.made)
        used = _periods(model, material, model.network.uses[material], model.needs)
        for origin, place in model.network.flows(material):
            both = made[origin]
            if both != used[place]:
                both = [period for period in both if period in used[place]]
            if both:
                _ship(model, material, origin, place, both, groups)
    for (name, key, period), together in groups.items():
        _limit(model, name, (*key, model.start(period)), period, together)


def _periods(model: Model, material: str, where: Iterable[Where], found: Mapping[Any, Pairs]) -> dict[Where, list[int]]:
    """Origin or place → the periods in which anything of a material is found there."""
    return {here: [t for t in model.timeline if found.get((material, here, t))] for here in where}


def _ship(model: Model, material: str, origin: Origin, place: str, periods: list[int], groups: Groups) -> None:
    moves = model.network.lanes.moves(material, origin.place, place)
    # mostly the same terms in all periods, which need not be looked at again and again
    terms = moves[:1] if moves.count(moves[0]) == len(moves) else moves
    if any(move.closed for move in terms):
        periods = [period for period in periods if not moves[period].closed]
    starts, country = model.timeline.starts, model.country(place)
    ships = model.lp.numbers_over([starts[period] for period in periods], "ship", material, origin, place)
    for category, stated in (("freight", [move.freight for move in terms]), ("duties", [move.duty for move in terms])):
        rates = stated * len(periods) if len(terms) == 1 else [stated[period] for period in periods]
        model.charges.add_over(ships, rates, periods, model.payment(category, "lane", place, country))
    numbers: Sequence[int | None] = ships
    if len(periods) < len(moves):
        found = dict(zip(periods, ships, strict=True))
        numbers = [found.get(period) for period in model.timeline]
    arrives = [1.0 - move.loss for move in terms]
    flow = Flow(material, origin, place, numbers, arrives * len(moves) if len(terms) == 1 else arrives)
    model.flows.append(flow)
    model.flows_from[material, origin].append(flow)
    model.flows_to[material, place].append(flow)
    if not any(move.is_limited or move.footprint for move in terms):
        return
    for period, number in zip(periods, ships, strict=True):
        ship = model.lp.at(number)
        model.emit_at(moves[period].footprint, period, ship, model.country(origin.place))
        if moves[period].is_limited:
            _share(model, ship, origin, place, period, moves[period], groups)


def _share(model: Model, ship: Column, origin: Origin, place: str, period: int, move: Move, groups: Groups) -> None:
    """The limits and fixed costs that a shipment has together with others."""
    material = ship.key[1]
    country = model.country(place)
    pair: Key = (material, origin.place, place)
    for name in JOINT:
        value = getattr(move, name)
        if value is None or (value == 0 and name != "capacity"):
            continue
        rule = move.joint.get(name)
        key = pair if rule is None else (model.network.lane_label(rule),)
        together = groups.setdefault((name, key, period), _Together(value))
        together.pairs.append((ship, 1.0))
        if name == "fixed_cost":
            together.pays = ("lane", place, country) if rule is None else ("lane", str(key[0]), None)
            together.most[pair] = model.network.most_moved(material, origin.place, place, period)


def _limit(model: Model, name: str, key: Key, period: int, together: _Together) -> None:
    kind = "lane" if len(key) > 2 else "joint"
    if name == "capacity":
        model.at_most(f"{kind}_capacity", *key, pairs=together.pairs, rhs=together.value)
    elif name == "minimum":
        model.at_least(f"{kind}_minimum", *key, pairs=together.pairs, rhs=together.value)
    else:
        moves = model.lp.column(f"{kind}_moves", *key, upper=1.0, integer=True)
        most = sum(together.most.values())
        model.only_if(f"{kind}_fixed", *key, pairs=together.pairs, decision=moves, most=most)
        model.charge("fixed", period, together.value, moves, *together.pays)

"""Lanes: what is shipped from where it was last made to where it is used, and on which terms."""

from __future__ import annotations

from oremix.models.lanes import Move
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs

__all__ = ["add_lanes"]


def add_lanes(model: Model) -> None:
    """Columns ship, rows lane_capacity and lane_minimum.

    A column exists where something can be made in the period, something can use it, and the lane is not closed.
    """
    for material in model.network.materials:
        limited: dict[tuple[str, str, int], tuple[Move, Pairs]] = {}
        for origin, place in model.network.flows(material):
            moves = model.network.lanes.moves(material, origin.place, place)
            for period, move in enumerate(moves):
                if move.closed or not model.made.get((material, origin, period)):
                    continue
                if not model.needs.get((material, place, period)):
                    continue
                ship = model.lp.column("ship", material, origin, place, model.start(period))
                model.ship[material, origin, place, period] = ship
                model.arrivals[material, place, period].append((origin, 1.0 - move.loss, ship))
                country = model.country(place)
                model.charge("freight", period, move.freight, ship, "lane", place, country)
                model.charge("duties", period, move.duty, ship, "lane", place, country)
                if move.capacity is not None or move.minimum:
                    limited.setdefault((origin.place, place, period), (move, []))[1].append((ship, 1.0))
        for (start, end, period), (move, pairs) in limited.items():
            _limit(model, (material, start, end, model.start(period)), move, pairs)


def _limit(model: Model, key: tuple[str, str, str, int], move: Move, pairs: Pairs) -> None:
    if move.capacity is not None:
        model.at_most("lane_capacity", *key, pairs=pairs, rhs=move.capacity)
    if move.minimum:
        model.at_least("lane_minimum", *key, pairs=pairs, rhs=move.minimum)

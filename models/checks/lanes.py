"""Lanes: duties and distances that cannot be worked out, and limits that hold for several moves together."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding
from oremix.models.lanes import JOINT, Move, Unpriced
from oremix.models.listing import listed

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["lanes", "unlimited"]


def lanes(problem: Problem) -> Iterator[Finding]:
    """What is joint about nothing; a duty without a price, or a distance without coordinates, on any pair."""
    for position, lane in enumerate(problem.lanes):
        if lane.joint and all(getattr(lane, name) is None for name in JOINT):
            message = "is about `capacity`, `minimum` and `fixed_cost`, and none of them is stated"
            yield ("lanes", position, "joint"), message, True
    network = problem.network
    found: dict[tuple[int, str, str], None] = {}
    for material in network.materials:
        for origin, place in network.flows(material):
            try:
                network.lanes.moves(material, origin.place, place)
            except Unpriced as error:
                found[error.position, error.field, str(error)] = None
    for position, field, message in found:
        yield ("lanes", position, field), message, None


def unlimited(problem: Problem) -> Iterator[Finding]:
    """Fixed costs of moves without a limit, and amounts in unlike units that are limited together."""
    if all(lane.fixed_cost is None and not lane.joint for lane in problem.lanes):
        return
    endless: dict[int, str] = {}
    units: dict[int, dict[str, None]] = {}
    for material, start, end, period, move in _moves(problem):
        for name in ("capacity", "minimum"):
            if name in move.joint:
                units.setdefault(move.joint[name], {})[problem.network.materials[material].unit] = None
        if move.fixed_by is not None and not isfinite(problem.network.most_moved(material, start, end, period)):
            endless.setdefault(move.fixed_by, f"{material} from {start} to {end}")
    for position, where in endless.items():
        message = f"makes moving {where} a yes/no decision, which needs a limit: state the lane's `capacity`"
        yield ("lanes", position, "fixed_cost"), f"{message}, or that of whoever makes it", None
    for position, found in units.items():
        if len(found) > 1:
            message = f"adds up unlike units ({listed(found)}); limit `materials`"
            yield ("lanes", position, "joint"), message, True


def _moves(problem: Problem) -> Iterator[tuple[str, str, str, int, Move]]:
    """Every move that is open, in every period."""
    network = problem.network
    for material in network.materials:
        for start, end in {(origin.place, place): None for origin, place in network.flows(material)}:
            for period, move in enumerate(network.lanes.moves(material, start, end)):
                if not move.closed:
                    yield material, start, end, period, move

"""Lanes: duties and distances that cannot be worked out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding
from oremix.models.lanes import Unpriced

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["lanes"]


def lanes(problem: Problem) -> Iterator[Finding]:
    """A duty on a material without a price, or a distance without coordinates, on any pair that may be used."""
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

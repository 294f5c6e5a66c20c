"""What a plan rests on that nobody published, or that nothing in the problem states."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from oremix.models import Problem
from oremix.models.fields import Part

__all__ = ["assumed", "untold"]

KINDS = {
    "places": "place",
    "materials": "material",
    "suppliers": "supplier",
    "plants": "plant",
    "recyclers": "recycler",
    "demands": "demand",
    "lanes": "lane",
    "stockpiles": "stockpile",
    "policies": "policy",
}


def untold(problem: Problem) -> Iterator[str]:
    """What content rests on where nothing is stated."""
    silent = [supplier.id for supplier in problem.suppliers if supplier.history is None]
    if silent:
        yield f"history of {', '.join(silent)}: none is stated, so all before was done in the supplier's own country"
    for pile in problem.stockpiles:
        if pile.initial and pile.initial_origin is None:
            yield f"initial_origin of the stock of {pile.material} at {pile.at}: none is stated, so it is nobody's"


def assumed(problem: Problem) -> Iterator[str]:
    """Every object with numbers that nobody published."""
    yield from (f"problem{text}" for text in _marked(problem))
    for field, kind in KINDS.items():
        for position, part in enumerate(getattr(problem, field)):
            for text in _marked(part):
                yield f"{kind} {getattr(part, 'id', None) or position + 1}{text}"


def _marked(part: Part) -> Iterator[str]:
    """What of a part is marked, it and its inner parts, as it follows the part's own name."""
    if part.assumption:
        yield "" if part.assumption is True else ": " + ", ".join(part.assumption)
    for name in _inner(type(part)):
        for position, inner in enumerate(getattr(part, name) or ()):
            for text in _marked(inner):
                yield f" {name[:-1]} {getattr(inner, 'id', None) or position + 1}{text}"


@cache
def _inner(kind: type[Part]) -> tuple[str, ...]:
    """The lists of inner parts that a class of parts has."""
    return tuple(name for name in ("recipes", "builds", "tiers") if name in kind.model_fields or hasattr(kind, name))

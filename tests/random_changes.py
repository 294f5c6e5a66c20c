"""Random changes to random problems: of every kind of part, and of what studies move most."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from oremix.models import InvalidProblem, Problem, read_problem
from oremix.models.changes import changed
from tests.random_problems import COUNTRIES, Document

__all__ = ["MOVED", "changes", "valid"]

Draw = Any

FIELDS = {
    "suppliers": ["capacity", "capacity", "unit_cost", "minimum", "take_or_pay", "fixed_cost", "reserve"],
    "plants": ["capacity", "capacity", "fixed_cost", "minimum_utilisation"],
    "recyclers": ["capacity", "scrap", "unit_cost", "collection_cost", "collection_rate"],
    "demands": ["quantity", "quantity", "shortage_cost", "sale_price"],
    "lanes": ["unit_cost", "capacity", "closed", "duty", "loss"],
    "materials": ["price", "surplus_max"],
    "stockpiles": ["initial", "capacity", "holding_cost", "minimum"],
    "policies": ["max", "max", "min", "penalty"],
}


MOVED = {
    "suppliers": ["capacity", "unit_cost"],
    "plants": ["capacity"],
    "recyclers": ["capacity", "unit_cost", "collection_cost"],
    "demands": ["quantity", "shortage_cost", "sale_price"],
    "policies": ["max", "max", "min", "penalty"],
}
"""What studies move most."""


@st.composite
def changes(draw: Draw, document: Document, fields: dict[str, list[str]] = FIELDS) -> list[Document]:
    """One to three changes that the problem may be able to have."""
    number = draw(st.sampled_from([1, 1, 1, 2, 3]))
    kinds = [kind for kind in fields if document.get(kind)]
    kinds += ["policies"] * (len(kinds) - 1 if document.get("policies") else 0)
    return [_change(draw, document, draw(st.sampled_from(kinds)), fields) for _ in range(number)]


def _change(draw: Draw, document: Document, kind: str, fields: dict[str, list[str]]) -> Document:
    field = draw(st.sampled_from(fields[kind]))
    change: Document = {"on": kind, "field": field}
    if draw(st.booleans()):
        entry = draw(st.sampled_from(document[kind]))
        change["where"] = {"id": entry["id"]} if "id" in entry else {}
    elif kind in ("suppliers", "plants", "recyclers", "demands") and draw(st.booleans()):
        change["where"] = {"country": draw(st.sampled_from(COUNTRIES))}
    if field == "closed":
        change["set"] = draw(st.booleans())
    elif draw(st.integers(0, 9)) < 2:
        change["set"] = draw(st.sampled_from([None, 0, 0.25, 0.5, 20]))
    elif draw(st.integers(0, 9)) < 2:
        change["plus"] = draw(st.sampled_from([1, 5, 0.1]))
    else:
        change["times"] = draw(st.sampled_from([0, 0, 0.5, 0.9, 1.2, 3]))
    if document.get("periods") and draw(st.integers(0, 9)) < 3:
        years = sorted(draw(st.lists(st.sampled_from(document["periods"]), min_size=2, max_size=2)))
        change["from_year"] = years[0]
        if draw(st.booleans()):
            change["until_year"] = years[1]
    return change


def valid(document: Document, found: list[Document]) -> Problem | None:
    """The changed problem; none where the changes cannot be made or what they make is no problem."""
    try:
        return changed(read_problem(document), found)
    except InvalidProblem:
        return None

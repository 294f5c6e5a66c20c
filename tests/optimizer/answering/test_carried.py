"""What the cost rests on is what it moves by when a number is moved and the problem solved again."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import oremix
from tests.plans import demand, plant, supplier, tonnes

ALL = {"assumption": True}
DOCUMENT: dict[str, Any] = {
    "periods": [2026, 2028],
    "discount_rate": 0.1,
    "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t", "price": 40, **ALL}],
    "suppliers": [
        supplier("mine", "AU", 10, "ore", capacity=150, **ALL),
        supplier("north", "CN", 30, capacity=500, **ALL),
        supplier("dear", "US", 80, **ALL),
        supplier("last", "US", 999, **ALL),
    ],
    "plants": [
        plant("works", "AU", 5, {"ore": 2}, {"oxide": 1}, build={"max": 20, "unit_capex": 30, "life": 9, **ALL}, **ALL)
        | {"capacity": 30}
    ],
    "recyclers": [
        {"id": "scrap", "country": "JP", "material": "oxide", "scrap": 8, "recovery": 0.5, "collection_cost": 3, **ALL}
    ],
    "demands": [demand(100, **ALL)],
    "lanes": [{"id": "sea", "from": "*", "to": "*", "unit_cost": 2, "duty": 0.1, **ALL}],
    "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, **ALL}],
}
WHERE = {
    "material oxide": ("materials", 1),
    "supplier mine": ("suppliers", 0),
    "supplier north": ("suppliers", 1),
    "supplier dear": ("suppliers", 2),
    "plant works": ("plants", 0),
    "plant works recipe r": ("plants", 0, "recipes", 0),
    "plant works build 1": ("plants", 0, "build"),
    "recycler scrap": ("recyclers", 0),
    "demand jp": ("demands", 0),
    "lane sea": ("lanes", 0),
    "policy cap": ("policies", 0),
}
STEP = 1e-4


def moved(where: tuple[Any, ...], field: str, factor: float) -> dict[str, Any]:
    """The document with one number times a factor."""
    document = copy.deepcopy(DOCUMENT)
    part: Any = document
    for key in where:
        part = part[key]
    value = part[field]
    part[field] = {name: x * factor for name, x in value.items()} if isinstance(value, dict) else value * factor
    return document


def test_each_amount_is_what_solving_again_says() -> None:
    """Of every kind of number: prices, capacities, yields, freight, duties, quantities, bounds and capex."""
    plan = oremix.solve(DOCUMENT)
    assert {carrier.object for carrier in plan.carried_by} == set(WHERE)
    for carrier in plan.carried_by:
        more, less = (oremix.solve(moved(WHERE[carrier.object], carrier.field, 1 + way * STEP)) for way in (1, -1))
        slope = (more.total_cost - less.total_cost) / (2 * STEP)
        assert carrier.amount == pytest.approx(slope, rel=1e-5), carrier
    assert [abs(c.amount) for c in plan.carried_by] == sorted((abs(c.amount) for c in plan.carried_by), reverse=True)


def test_a_carrier_says_what_one_percent_does() -> None:
    """In money, and in which direction."""
    document = {
        "materials": tonnes("oxide"),
        "suppliers": [supplier("weld", "AU", 7, assumption=["unit_cost"])],
        "demands": [demand(100)],
    }
    plan = oremix.solve(document)
    (carrier,) = plan.carried_by
    assert (carrier.object, carrier.field, carrier.amount) == ("supplier weld", "unit_cost", pytest.approx(700))
    assert carrier.text == "unit_cost of supplier weld: 1 % more makes the plan USD 7 dearer"
    assert carrier.text in str(plan)


def test_published_numbers_carry_silently() -> None:
    """What is not marked, or is marked and costs nothing, is not listed."""
    document = {
        "materials": tonnes("oxide"),
        "suppliers": [supplier("weld", "AU", 7), supplier("unused", "US", 9, **ALL)],
        "demands": [demand(100)],
    }
    plan = oremix.solve(document)
    assert plan.carried_by == []
    assert "rests most" not in str(plan)

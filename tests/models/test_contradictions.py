"""What cannot all be meant is said, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.problems import AUSTRALIA, CHINA, JAPAN, ORE, OXIDE, YEARS, problem

METAL = {"id": "metal", "unit": "t"}
WORKS = {
    "id": "works",
    "country": "JP",
    "recipes": [{"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 3}],
}
MINE = {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1}
CAP = {"id": "cap", "type": "share", "countries": ["CN", "AU"], "max": 0.4}
FLOOR = {"id": "floor", "type": "share", "countries": ["CN"], "min": 0.5}
FREIGHT = {"from": "AU", "to": "JP", "unit_cost": 3}
ALL = {"from": "*", "to": "*", "unit_cost": 4, "loss": 0.1}

SAID: list[tuple[dict[str, Any], str]] = [
    (
        {"suppliers": [AUSTRALIA | {"minimum": 50, "capacity": 30}, CHINA]},
        "the minimum of weld is never more than its own capacity",
    ),
    (
        {"suppliers": [AUSTRALIA | {"take_or_pay": 50, "build": {"max": 90}}, CHINA]},
        "the take_or_pay of weld is never more than its own capacity, builds apart: of 50 t a year 0 hold",
    ),
    (
        {"suppliers": [AUSTRALIA | {"minimum_order": 50, "capacity": 30}, CHINA]},
        "weld can never be bought from: its minimum_order is more than it can sell",
    ),
    (
        {"suppliers": [AUSTRALIA | {"take_or_pay": 101}]},
        "the take_or_pay of weld comes to 101 t of oxide a year, more than the 100 t that all demand",
    ),
    (
        {"suppliers": [MINE | {"take_or_pay": 201}], "plants": [WORKS], "materials": [OXIDE, ORE]},
        "the take_or_pay of mine comes to 201 t of ore a year, more than the 200 t that all demand",
    ),
    (
        {"suppliers": [AUSTRALIA, CHINA], "policies": [CAP, FLOOR]},
        "policy floor asks for at least 0.5 of what policy cap keeps to at most 0.4",
    ),
    (
        {"suppliers": [AUSTRALIA, CHINA], "demands": [JAPAN | {"shortage_cost": 4}]},
        "going short of japan costs 4 per t, less than the 5 that the cheapest conceivable supply costs",
    ),
    (
        {"suppliers": [MINE], "plants": [WORKS], "materials": [OXIDE, ORE], "demands": [JAPAN | {"shortage_cost": 4}]},
        "going short of japan costs 4 per t, less than the 5 that the cheapest conceivable supply costs",
    ),
    (
        {"suppliers": [AUSTRALIA], "lanes": [FREIGHT], "demands": [JAPAN | {"shortage_cost": 9}]},
        "going short of japan costs 9 per t, less than the 10 that",
    ),
    (
        {"suppliers": [AUSTRALIA, CHINA], "lanes": [FREIGHT, ALL]},
        "lane 1 decides nothing: lane 2, which is wider, comes after it and states all that it does",
    ),
]


@pytest.mark.parametrize(("parts", "sentence"), SAID)
def test_a_contradiction_is_said(parts: dict[str, Any], sentence: str) -> None:
    """Once, with the ids and numbers that it is about."""
    found = [text for text in problem(**parts).warnings if text.startswith(sentence)]
    assert len(found) == 1, problem(**parts).warnings


SILENT: list[dict[str, Any]] = [
    {"suppliers": [AUSTRALIA | {"minimum": 30, "capacity": 30}, CHINA]},
    # cut while it ramps up, whole afterwards
    YEARS
    | {"suppliers": [AUSTRALIA | {"minimum": 50, "capacity": 50, "from_year": 2026, "ramp_up": [0.1, 0.2]}, CHINA]},
    {"suppliers": [AUSTRALIA | {"minimum_order": 30, "capacity": 30}, CHINA]},
    {"suppliers": [AUSTRALIA | {"take_or_pay": 100}]},
    # the rest goes into stock, or is lost on the way
    {"suppliers": [AUSTRALIA | {"take_or_pay": 101}], "stockpiles": [{"country": "JP", "material": "oxide"}]},
    {"suppliers": [AUSTRALIA | {"take_or_pay": 101}], "lanes": [FREIGHT | {"loss": 0.1}]},
    {"suppliers": [MINE | {"take_or_pay": 200}], "plants": [WORKS], "materials": [OXIDE, ORE]},
    {"suppliers": [AUSTRALIA, CHINA], "policies": [CAP, FLOOR | {"min": 0.4}]},
    {"suppliers": [AUSTRALIA, CHINA], "policies": [CAP, FLOOR | {"countries": ["CN", "US"]}]},
    {"suppliers": [AUSTRALIA, CHINA], "policies": [CAP, FLOOR | {"penalty": 9}]},
    {"suppliers": [AUSTRALIA, CHINA], "policies": [CAP, FLOOR | {"measure": "production"}]},
    YEARS | {"suppliers": [AUSTRALIA], "policies": [CAP | {"until_year": 2027}, FLOOR | {"from_year": 2028}]},
    {"suppliers": [AUSTRALIA, CHINA], "demands": [JAPAN | {"shortage_cost": 5}]},
    # paid for already
    {"suppliers": [CHINA | {"take_or_pay": 5}], "demands": [JAPAN | {"shortage_cost": 4}]},
    # in stock already
    {
        "suppliers": [CHINA],
        "demands": [JAPAN | {"shortage_cost": 4}],
        "stockpiles": [{"country": "JP", "material": "oxide", "initial": 5}],
    },
    # its other product may pay for it
    {
        "suppliers": [MINE],
        "materials": [OXIDE, ORE, METAL],
        "plants": [WORKS | {"recipes": [{"id": "r", "inputs": {"ore": 9}, "outputs": {"oxide": 1, "metal": 1}}]}],
        "demands": [JAPAN | {"shortage_cost": 4}],
    },
    {"suppliers": [AUSTRALIA, CHINA], "lanes": [ALL, FREIGHT]},
    {"suppliers": [AUSTRALIA, CHINA], "lanes": [FREIGHT | {"duty_per_unit": 1}, ALL]},
    YEARS | {"suppliers": [AUSTRALIA, CHINA], "lanes": [FREIGHT, ALL | {"from_year": 2028}]},
]


@pytest.mark.parametrize("parts", SILENT)
def test_what_can_be_meant_is_not_warned_of(parts: dict[str, Any]) -> None:
    """Nothing is said where the numbers agree, or where something else may explain them."""
    words = ("is never more than", "can never be bought", "comes to", "asks for at least", "going short", "decides")
    assert [text for text in problem(**parts).warnings if any(word in text for word in words)] == []

"""What is allowed and still likely to surprise is said."""

from __future__ import annotations

from typing import Any

import pytest

from oremix.models import parse_json, read_problem
from oremix.models.examples import example


def warned(**changes: Any) -> list[str]:
    return read_problem({**parse_json(example("minimal")), **changes}).warnings


def share(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "rule", "type": "share", "max": 0.5, "countries": ["CN"], **fields}]


OXIDE = {"material": "ndpr_oxide"}
PERIODS = {"periods": [2026, 2028], "discount_rate": 0}
SELLER = {"id": "seller", "country": "AU", **OXIDE, "unit_cost": 1}


@pytest.mark.parametrize("name", ["minimal", "lithium-japan", "cobalt-usa", "magnets-usa-japan"])
def test_the_examples_surprise_nobody(name: str) -> None:
    """The examples give no warning."""
    assert read_problem(example(name)).warnings == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"policies": share(countries=["RU"])}, "policy rule counts nothing: nobody makes anything in RU"),
        (
            {**PERIODS, "policies": share(from_year=2040)},
            "policy rule is for no period: none starts in its years",
        ),
        (
            {
                "suppliers": [{**SELLER, "stage": "mining"}],
                "recyclers": [
                    {"id": "r", "country": "JP", "material": "scrap_metal", "scrap": 1},
                ],
                "materials": [{"id": "ndpr_oxide", "unit": "t"}, {"id": "scrap_metal", "unit": "t"}],
                "policies": share(
                    countries=["AU"], measure="production", stages=["recycling"], materials=["ndpr_oxide"]
                ),
            },
            "policy rule counts no ndpr_oxide: none is made at recycling",
        ),
        (
            {"demands": [{"id": "home", "country": "CN", **OXIDE, "quantity": 5}]},
            "policy china_cap caps supply from CN and counts its own demand home",
        ),
        (
            {**PERIODS, "suppliers": [SELLER, {**SELLER, "id": "late", "build": {"max": 5, "lead_time": 30}}]},
            "the build of late comes on stream in no period",
        ),
        (
            {**PERIODS, "suppliers": [SELLER, {**SELLER, "id": "gone", "until_year": 2020}]},
            "gone has capacity in no period",
        ),
        (
            {"stockpiles": [{"country": "KR", **OXIDE, "days_of_demand": 30}]},
            "the stock of ndpr_oxide at KR has to last for days of demand, and none is stated in KR: its minimum is 0",
        ),
        (
            {"stockpiles": [{"country": "JP", **OXIDE, "initial": 9, "capacity": 5}]},
            "the stock of ndpr_oxide at JP starts above its capacity",
        ),
        (
            {"lanes": [{"from": ["AU", "CN"], "to": "JP", "closed": True}]},
            "nothing can bring ndpr_oxide to demand japan: nobody makes it, or every lane is closed",
        ),
        (
            {**PERIODS, "lanes": [{"from": ["AU", "CN"], "to": "JP", "closed": True, "from_year": 2028}]},
            "nothing can bring ndpr_oxide to demand japan in 2028: nobody makes it, or every lane is closed",
        ),
        (
            {"materials": [{"id": "ndpr_oxide", "unit": "t", "surplus": 60_000}]},
            "a surplus of ndpr_oxide fetches 60000, more than northern asks (55000)",
        ),
        (
            {"suppliers": [{**SELLER, "build": {"max": 9000, "lead_time": 3}}]},
            "without `periods` there is one typical year: the lead time of seller is ignored",
        ),
    ],
)
def test_a_surprise_is_said(changes: dict[str, Any], sentence: str) -> None:
    """Each kind of surprise has its sentence, naming what it is about."""
    assert sentence in warned(**changes)


def test_a_loop_of_recipes_is_said() -> None:
    """Materials that can be made out of themselves count twice, and it is said once."""
    plants = [
        {
            "id": "there",
            "country": "JP",
            "recipes": [{"id": "r", "inputs": {"ndpr_oxide": 1}, "outputs": {"metal": 1}}],
        },
        {"id": "back", "country": "JP", "recipes": [{"id": "r", "inputs": {"metal": 1}, "outputs": {"ndpr_oxide": 1}}]},
    ]
    materials = [{"id": "ndpr_oxide", "unit": "t"}, {"id": "metal", "unit": "t"}]
    found = [text for text in warned(materials=materials, plants=plants) if text.startswith("recipes make")]
    assert len(found) == 1

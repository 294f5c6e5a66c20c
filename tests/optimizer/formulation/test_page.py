"""The page that explains the formulation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from oremix.models import read_problem
from oremix.optimizer.formulation import Model, build_model

PAGE = Path(__file__).parents[3] / "optimizer/formulation/formulation.md"


OXIDE = {"country": "AU", "material": "oxide"}
METAL = {"country": "JP", "material": "metal"}
POINTS = [{"capacity": 1, "capex": 9}, {"capacity": 2, "capex": 14}, {"capacity": 5, "capex": 20}]
FALLING = [{"up_to": 2, "unit_cost": 3}, {"up_to": 9, "unit_cost": 2}]


def plant(name: str, **fields: Any) -> dict[str, Any]:
    recipe = {"id": "r", "inputs": {"ore": 1, "oxide": 1}, "outputs": {"metal": 1}, "unit_cost": 1}
    return {"id": name, "country": "CN", "stage": "refining", "capacity": 9, "recipes": [recipe], **fields}


EVERYTHING: dict[str, Any] = {
    "periods": [2026, 2028],
    "discount_rate": 0.05,
    "places": [{"id": "port", "country": "AU"}],
    "materials": [
        {"id": "ore", "unit": "t", "surplus": 1},
        {"id": "oxide", "unit": "t", "surplus_max": 9},
        {"id": "metal", "unit": "t", "price": 5},
    ],
    "suppliers": [
        {"id": "mine", "country": "AU", "material": "ore", "stage": "mining", "unit_cost": 1, "capacity": 9,
         "minimum": 1, "take_or_pay": 2, "minimum_order": 1, "fixed_cost": 1, "reserve": 30,
         "footprint": {"co2e_t": 1}},
        {"id": "all_units", "country": "AU", "material": "ore", "stage": "mining", "tiers": FALLING, "all_units": True,
         "take_or_pay": 1},
        {"id": "falling", "country": "CN", "material": "oxide", "stage": "refining", "tiers": FALLING},
        {"id": "clean", "country": "AU", "material": "oxide", "stage": "refining", "capacity": 9, "unit_cost": 4},
        {"id": "cn_metal", "country": "CN", "material": "metal", "stage": "refining", "capacity": 9, "unit_cost": 9},
    ],
    "plants": [
        plant("plant", minimum_utilisation=0.1, build={"fixed_capex": 1, "life": 9, "minimum": 1, "max": 9}),
        plant("curved", country="JP", build={"curve": POINTS, "life": 9, "committed": True}, surplus_max=4),
        plant("sized", country="MY", build={"sizes": POINTS, "life": 9, "max": 9, "orders": 2, "fixed_cost": 1}),
        plant("dear", country="US", fixed_cost=1, build={"unit_capex": 2, "life": 9}),
    ],
    "recyclers": [
        {"id": name, **METAL, "scrap": 3, "capacity": 2, "minimum_collection_rate": 0.1, "collection_cost": 1,
         "returns": [{"demand": "japan", "after_years": 1, "scrap_per_unit": 0.5}]}
        for name in ("one", "other")
    ],
    "demands": [
        {"id": "japan", **METAL, "quantity": 5, "shortage_cost": 99},
        {"id": "outlet", "country": "US", "material": "metal", "quantity": 5, "sale_price": 3},
    ],
    "lanes": [
        {"from": "AU", "to": "JP", "capacity": 9, "minimum": 1, "fixed_cost": 2, "unit_cost": 1, "duty_per_unit": 1},
        {"from": "CN", "to": "*", "capacity": 9, "minimum": 1, "fixed_cost": 2, "joint": True},
    ],
    "stockpiles": [{**METAL, "minimum": 1, "capacity": 5, "draw_max": 4, "fill_max": 9, "initial": 2, "holding_cost": 1,
                    "initial_origin": {"CN": 0.5, "JP": 0.5}}],
    "policies": [
        {"id": "share", "type": "share", "countries": ["AU"], "max": 1, "min": 0, "penalty": 5},
        {"id": "quantity", "type": "quantity", "countries": ["AU"], "max": 9, "min": 0},
        {"id": "content", "type": "share", "measure": "content", "stages": ["refining"], "countries": ["CN"],
         "max": 0.9},
        {"id": "co2", "type": "footprint", "of": "co2e_t", "max": 99, "min": 0, "price": 1},
        {"id": "purse", "type": "budget", "max": 99},
        {"id": "spread", "type": "diversify", "of": "countries", "max": 5, "min": 1, "smallest": 0.1},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Model:
    """A model with a column and a row of every kind."""
    return build_model(read_problem(EVERYTHING))


def names(section: str) -> set[str]:
    """What a section's tables call their entries: the first word in backticks of each line."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return {found[1] for line in lines if (found := re.search(r"\| `(\w+)`", line))}


def test_the_page_names_every_variable_and_no_other(model: Model) -> None:
    """The variables of the page are the kinds of columns of the model."""
    assert names("Variables") == {key[0] for key in model.lp.columns}


def test_the_page_names_every_row_and_no_other(model: Model) -> None:
    """The rows of the page are the kinds of rows of the model."""
    assert names("Rows") == {key[0] for key in model.lp.rows}


def test_the_page_names_every_category_of_cost(model: Model) -> None:
    """The categories of the page are those the model charges."""
    assert names("Objective") == {charge.category for charge in model.charges}


def test_names_in_an_lp_file_are_unlike_where_ids_are_unlike() -> None:
    """Ids that LP files cannot tell apart are told apart by a number."""
    problem = read_problem(
        {
            "materials": [{"id": "o", "unit": "t"}],
            "suppliers": [
                {"id": name, "country": "AU", "material": "o", "unit_cost": 1}
                for name in ("a b", "a-b", "a_b", "a_b.2")
            ],
            "demands": [{"id": "d", "country": "JP", "material": "o", "quantity": 5}],
        }
    )
    labels = [variable.name for variable in build_model(problem).lp.variables()]
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if label.startswith("buy")] == [
        "buy(a_b,1,1)",
        "buy(a_b.2,1,1)",
        "buy(a_b.3,1,1)",
        "buy(a_b.2.2,1,1)",
    ]

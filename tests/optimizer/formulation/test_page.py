"""The page that explains the formulation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oremix.models import read_problem
from oremix.optimizer.formulation import Model, build_model

PAGE = Path(__file__).parents[3] / "optimizer/formulation/formulation.md"


@pytest.fixture(scope="module")
def model() -> Model:
    """A model with a column and a row of every kind."""
    oxide = {"country": "AU", "material": "oxide"}
    return build_model(
        read_problem(
            {
                "periods": [2026, 2028],
                "discount_rate": 0.05,
                "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t", "surplus_max": 9}],
                "suppliers": [
                    {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1, "capacity": 9, "minimum": 1,
                     "take_or_pay": 2},
                ],
                "plants": [
                    {"id": "plant", "country": "AU", "capacity": 9, "minimum_utilisation": 0.1,
                     "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}}],
                     "build": {"fixed_capex": 1, "life": 9, "minimum": 1, "max": 9}},
                ],
                "recyclers": [{"id": "recycler", **oxide, "scrap": 3, "capacity": 2}],
                "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 5, "shortage_cost": 99}],
                "lanes": [{"from": "AU", "to": "JP", "capacity": 9, "minimum": 1}],
                "stockpiles": [{**oxide, "country": "JP", "minimum": 1, "capacity": 5, "draw_max": 4}],
                "policies": [
                    {"id": "share", "type": "share", "countries": ["AU"], "max": 1, "min": 0.1, "penalty": 5},
                    {"id": "quantity", "type": "quantity", "countries": ["AU"], "max": 9, "min": 1},
                ],
            }
        )
    )  # fmt: skip


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


def test_the_page_names_every_category_of_cost() -> None:
    """The categories of the page are those the code charges."""
    source = "".join(path.read_text(encoding="utf-8") for path in PAGE.parent.glob("*.py"))
    assert names("Objective") == set(re.findall(r'charge\(\s*"(\w+)"', source))


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
    assert labels[:4] == ["buy(a_b,1,1)", "buy(a_b.2,1,1)", "buy(a_b.3,1,1)", "buy(a_b.2.2,1,1)"]

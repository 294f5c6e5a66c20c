"""A plan as text: complete, with units, and honest about what it is."""

from __future__ import annotations

import re
from typing import Any

import oremix


def text(**changes: Any) -> str:
    return str(oremix.solve({**oremix.models.parse_json(oremix.example("minimal")), **changes}))


def test_the_lithium_example_tells_its_story() -> None:
    """The table of the flagship example names partners, new refineries, recycling, the cost and the binding rule."""
    plan = oremix.solve(oremix.example("lithium-japan"))
    table = str(plan)
    for expected in (
        "optimal: the cheapest plan, proved",
        "total cost USD 9,415.20 m, discounted to 2024, prices of 2025",
        "carbonate from atacama_sqm (CL), t",
        "hydroxide by naraha_plant (JP), t",
        "carbonate by japan_recycling (JP), t",
        "australian_train (AU): ordered 2028, on stream 2032",
        "30.0 ≤30.0 %*",
        "one percentage point more from CN of hydroxide in 2034 would save USD 1.99 m a year (from 28.1 % to 36.5 %)",
    ):
        assert expected in table
    assert max(map(len, re.sub(r"(?s)\nNote\n.*", "", table).splitlines())) <= 140


def test_an_infeasible_problem_says_so_in_words() -> None:
    """No empty tables: one line that says that no plan keeps every rule, then what conflicts and what would help."""
    table = text(demands=[{"id": "japan", "country": "JP", "material": "ndpr_oxide", "quantity": 1e9}])
    assert table.splitlines()[:3] == ["NdPr oxide for Japan", "infeasible: no plan keeps every rule", ""]
    assert table.splitlines()[3].startswith("What conflicts: ")
    assert "Cost" not in table


def test_a_shortage_and_a_surplus_are_shown() -> None:
    """What is missing and what is left over have their own lines, with units."""
    table = text(
        demands=[{"id": "japan", "country": "JP", "material": "ndpr_oxide", "quantity": 90000, "shortage_cost": 99000}],
        suppliers=[
            {"id": "a", "country": "AU", "material": "ndpr_oxide", "capacity": 500, "minimum": 500, "unit_cost": 1},
            {"id": "b", "country": "CL", "material": "ndpr_oxide", "capacity": 90, "minimum": 90, "unit_cost": 1},
        ],
        lanes=[{"from": "CL", "to": "JP", "closed": True}],
        policies=[],
    )
    assert re.search(r"Short of demand, a year\s+japan, t\s+89,500\n", table)
    assert re.search(r"Left over, a year\s+ndpr_oxide at CL, t\s+90\n", table)


def test_small_numbers_are_not_rounded_away() -> None:
    """A plan in fractions of a tonne shows its fractions."""
    table = text(demands=[{"id": "japan", "country": "JP", "material": "ndpr_oxide", "quantity": 0.0055}])
    assert re.search(r"from northern \(CN\), t\s+0\.0022\n", table)

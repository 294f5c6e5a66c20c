"""Balances: what is made goes somewhere, what is used comes from somewhere."""

from typing import Any

import pytest

from tests.problems import (
    AU,
    AUSTRALIA,
    CHINA,
    CN,
    FIRST,
    JAPAN,
    OXIDE,
    SECOND,
    YEARS,
    assert_row,
    columns,
    cost,
    model,
    rows,
)


def test_all_that_one_origin_makes_is_one_balance() -> None:
    """Two sellers of one country, owner and stage; another owner's are apart."""
    second = AUSTRALIA | {"id": "second"}
    foreign = AUSTRALIA | {"id": "foreign", "owner": "CN"}
    m = model(suppliers=[AUSTRALIA, second, foreign])
    made = {
        ("buy", "weld", 1, 1): 1,
        ("buy", "second", 1, 1): 1,
        ("ship", "oxide", AU, "JP", 1): -1,
        ("surplus", "oxide", AU, 1): -1,
    }
    assert_row(m, ("made", "oxide", AU, 1), made, "=", 0)
    assert rows(m, "made") == {("oxide", AU, 1), ("oxide", ("AU", "CN", None), 1)}


def test_a_place_stands_for_its_owner() -> None:
    """An origin is the place, who controls it, and the stage; the facility's own owner comes first."""
    place = {"id": "mount", "country": "AU", "owner": "CN"}
    here = {"id": "here", "place": "mount", "material": "oxide", "unit_cost": 1, "stage": "mining"}
    sold = here | {"id": "sold", "owner": "US"}
    m = model(places=[place], suppliers=[here, sold])
    assert rows(m, "made") == {("oxide", ("mount", "CN", "mining"), 1), ("oxide", ("mount", "US", "mining"), 1)}


def test_what_arrives_from_everywhere_is_used() -> None:
    """Σ (1 − loss) · ship = deliver, over all origins."""
    m = model(suppliers=[AUSTRALIA, CHINA], lanes=[{"from": "CN", "to": "JP", "loss": 0.25}])
    used = {
        ("ship", "oxide", AU, "JP", 1): 1,
        ("ship", "oxide", CN, "JP", 1): 1 - 0.25,
        ("deliver", "japan", 1): -1,
    }
    assert_row(m, ("used", "oxide", "JP", 1), used, "=", 0)


def test_a_surplus_is_free_unless_said_otherwise() -> None:
    """Left over at the origin at no cost."""
    m = model(suppliers=[AUSTRALIA])
    assert columns(m, "surplus") == {("oxide", AU, 1)}
    assert cost(m, "surplus", "oxide", AU, 1) == 0


def test_a_forbidden_surplus_leaves_no_column() -> None:
    """All that is made is shipped."""
    m = model(materials=[OXIDE | {"surplus": "forbidden"}], suppliers=[AUSTRALIA])
    made = {("buy", "weld", 1, 1): 1, ("ship", "oxide", AU, "JP", 1): -1}
    assert_row(m, ("made", "oxide", AU, 1), made, "=", 0)
    assert columns(m, "surplus") == set()


@pytest.mark.parametrize("fetches", [4.0, -4.0])
def test_what_a_surplus_fetches_is_a_credit(fetches: float) -> None:
    """A price lowers the cost, a disposal cost (negative) raises it, in every year."""
    m = model(**YEARS, materials=[OXIDE | {"surplus": fetches}], suppliers=[AUSTRALIA])
    assert cost(m, "surplus", "oxide", AU, 2026) == pytest.approx(-fetches * FIRST)
    assert cost(m, "surplus", "oxide", AU, 2028) == pytest.approx(-fetches * SECOND)


def test_a_limit_on_surplus_is_over_all_places() -> None:
    """Σ surplus ≤ surplus_max per year, all origins of the material together."""
    materials: list[dict[str, Any]] = [OXIDE | {"surplus_max": [10, 0]}]
    m = model(**YEARS, materials=materials, suppliers=[AUSTRALIA, CHINA])
    for year, most in ((2026, 10), (2028, 0)):
        left = {("surplus", "oxide", AU, year): 1, ("surplus", "oxide", CN, year): 1}
        assert_row(m, ("surplus_max", "oxide", year), left, "<=", most)


def test_a_material_that_nobody_makes_cannot_be_used() -> None:
    """A demand without any origin keeps its row: deliver = 0 there, and the demand cannot be met."""
    m = model(demands=[JAPAN])
    assert_row(m, ("used", "oxide", "JP", 1), {("deliver", "japan", 1): -1}, "=", 0)

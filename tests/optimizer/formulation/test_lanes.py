"""Lanes: what is shipped from where it was last made to where it is used, and on which terms."""

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

TO_JAPAN: dict[str, Any] = {"from": "AU", "to": "JP"}
KOREA: dict[str, Any] = {"id": "korea", "country": "KR", "material": "oxide", "quantity": 10}


def test_every_origin_reaches_every_use_of_its_material() -> None:
    """Without a rule a pair is open and free, and nothing limits it."""
    m = model(suppliers=[AUSTRALIA, CHINA], demands=[JAPAN, KOREA])
    assert columns(m, "ship") == {("oxide", origin, to, 1) for origin in (AU, CN) for to in ("JP", "KR")}
    assert {cost(m, "ship", *key) for key in columns(m, "ship")} == {0}
    assert rows(m, "lane_capacity") | rows(m, "lane_minimum") == set()


def test_a_closed_lane_has_no_column() -> None:
    """Closed from 2028: shipped before, not after."""
    m = model(
        **YEARS, suppliers=[AUSTRALIA, CHINA], lanes=[{"from": "CN", "to": "*", "closed": True, "from_year": 2028}]
    )
    assert columns(m, "ship") == {("oxide", CN, "JP", 2026), ("oxide", AU, "JP", 2026), ("oxide", AU, "JP", 2028)}


def test_freight_and_duties_are_on_what_is_shipped() -> None:
    """Freight, duty per unit, and the share of the material's price, discounted; not divided by what arrives."""
    terms = {"unit_cost": [2, 3], "duty": 0.05, "duty_per_unit": 0.7, "loss": 0.1}
    materials = [OXIDE | {"price": {"2026": 40, "2028": 60}}]
    m = model(**YEARS, materials=materials, suppliers=[AUSTRALIA], lanes=[TO_JAPAN | terms])
    assert cost(m, "ship", "oxide", AU, "JP", 2026) == pytest.approx((2 + 0.7 + 0.05 * 40) * FIRST)
    assert cost(m, "ship", "oxide", AU, "JP", 2028) == pytest.approx((3 + 0.7 + 0.05 * 60) * SECOND)


def test_a_loss_is_on_the_way() -> None:
    """What is shipped leaves its origin whole; the rest of the loss arrives."""
    m = model(suppliers=[AUSTRALIA], lanes=[TO_JAPAN | {"loss": 0.1}])
    ship = ("ship", "oxide", AU, "JP", 1)
    left = {("buy", "weld", 1, 1): 1, ship: -1, ("surplus", "oxide", AU, 1): -1}
    assert_row(m, ("made", "oxide", AU, 1), left, "=", 0)
    assert_row(m, ("used", "oxide", "JP", 1), {ship: 1 - 0.1, ("deliver", "japan", 1): -1}, "=", 0)


def test_capacity_and_minimum_are_before_loss() -> None:
    """Both are on what is shipped, a coefficient of 1 whatever is lost."""
    m = model(suppliers=[AUSTRALIA], lanes=[TO_JAPAN | {"loss": 0.1, "capacity": 60, "minimum": 5}])
    ship = {("ship", "oxide", AU, "JP", 1): 1}
    assert_row(m, ("lane_capacity", "oxide", "AU", "JP", 1), ship, "<=", 60)
    assert_row(m, ("lane_minimum", "oxide", "AU", "JP", 1), ship, ">=", 5)


def test_a_capacity_is_for_each_material_and_pair() -> None:
    """All owners and stages at a place share it; other materials and pairs have their own."""
    gallium = {"id": "gallium", "unit": "kg"}
    stage = AUSTRALIA | {"id": "second", "owner": "US", "stage": "refining"}
    other = {"id": "by_product", "country": "AU", "material": "gallium", "unit_cost": 1}
    wants = {"id": "chips", "country": "JP", "material": "gallium", "quantity": 3}
    m = model(
        materials=[OXIDE, gallium],
        suppliers=[AUSTRALIA, stage, other, CHINA],
        demands=[JAPAN, wants],
        lanes=[{"from": ["AU", "CN"], "to": "JP", "capacity": 60}],
    )
    both = {("ship", "oxide", AU, "JP", 1): 1, ("ship", "oxide", ("AU", "US", "refining"), "JP", 1): 1}
    assert_row(m, ("lane_capacity", "oxide", "AU", "JP", 1), both, "<=", 60)
    assert_row(m, ("lane_capacity", "oxide", "CN", "JP", 1), {("ship", "oxide", CN, "JP", 1): 1}, "<=", 60)
    assert_row(m, ("lane_capacity", "gallium", "AU", "JP", 1), {("ship", "gallium", AU, "JP", 1): 1}, "<=", 60)


def test_a_capacity_of_zero_is_a_limit() -> None:
    """0 is stated and holds; it is not the same as no limit."""
    m = model(suppliers=[AUSTRALIA], lanes=[TO_JAPAN | {"capacity": 0}])
    assert_row(m, ("lane_capacity", "oxide", "AU", "JP", 1), {("ship", "oxide", AU, "JP", 1): 1}, "<=", 0)


def test_a_local_material_is_used_only_where_it_was_made() -> None:
    """Power of Australia serves Australia, and no lane is needed to forbid the rest."""
    home = JAPAN | {"id": "home", "country": "AU"}
    m = model(materials=[OXIDE | {"local": True}], suppliers=[AUSTRALIA], demands=[JAPAN, home])
    assert columns(m, "ship") == {("oxide", AU, "AU", 1)}


def test_nothing_is_shipped_where_nothing_is_made() -> None:
    """A column exists only in the periods in which its origin makes something."""
    m = model(**YEARS, suppliers=[AUSTRALIA | {"until_year": 2026}])
    assert columns(m, "ship") == {("oxide", AU, "JP", 2026)}
    assert_row(m, ("used", "oxide", "JP", 2028), {("deliver", "japan", 2028): -1}, "=", 0)

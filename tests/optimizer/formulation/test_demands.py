"""Demands: what is delivered, and what is missing at a price."""

import pytest

from tests.problems import AUSTRALIA, FIRST, JAPAN, SECOND, YEARS, assert_row, columns, cost, model


def test_a_hard_demand_is_delivered() -> None:
    """Deliver = quantity, and nothing can be short."""
    m = model(**YEARS, suppliers=[AUSTRALIA], demands=[JAPAN | {"quantity": {"2026": 100, "2030": 140}}])
    assert_row(m, ("demand", "japan", 2026), {("deliver", "japan", 2026): 1}, "=", 100)
    assert_row(m, ("demand", "japan", 2028), {("deliver", "japan", 2028): 1}, "=", 120)  # halfway to 140
    assert columns(m, "short") == set()
    assert cost(m, "deliver", "japan", 2026) == 0


def test_a_priced_demand_may_be_missed() -> None:
    """Deliver + short = quantity, each unit short at its cost in each year."""
    m = model(**YEARS, suppliers=[AUSTRALIA], demands=[JAPAN | {"shortage_cost": [50, 60]}])
    missed = {("deliver", "japan", 2028): 1, ("short", "japan", 2028): 1}
    assert_row(m, ("demand", "japan", 2028), missed, "=", 100)
    assert cost(m, "short", "japan", 2026) == pytest.approx(50 * FIRST)
    assert cost(m, "short", "japan", 2028) == pytest.approx(60 * SECOND)


def test_a_shortage_that_costs_nothing_is_still_allowed() -> None:
    """A cost of 0 is stated, so the demand is not hard."""
    m = model(suppliers=[AUSTRALIA], demands=[JAPAN | {"shortage_cost": 0}])
    assert columns(m, "short") == {("japan", 1)}
    assert cost(m, "short", "japan", 1) == 0


def test_demands_at_one_place_share_what_arrives() -> None:
    """One row of use for each material and place, with every delivery in it."""
    second = JAPAN | {"id": "second", "quantity": 7}
    m = model(suppliers=[AUSTRALIA], demands=[JAPAN, second])
    used = {
        ("ship", "oxide", ("AU", "AU", None), "JP", 1): 1,
        ("deliver", "japan", 1): -1,
        ("deliver", "second", 1): -1,
    }
    assert_row(m, ("used", "oxide", "JP", 1), used, "=", 0)

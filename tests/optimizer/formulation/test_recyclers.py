"""Recyclers: the scrap collected, and the material recovered from it."""

from typing import Any

import pytest

from tests.problems import FIRST, SECOND, YEARS, assert_row, columns, cost, model, rows

URBAN: dict[str, Any] = {
    "id": "urban",
    "country": "JP",
    "material": "oxide",
    "scrap": 80,
    "collection_rate": 0.75,
    "recovery": 0.4,
    "collection_cost": 2,
    "unit_cost": 9,
}


def test_no_more_is_collected_than_the_rate_allows() -> None:
    """Collect ≤ collection_rate · scrap, each read in its period."""
    m = model(**YEARS, recyclers=[URBAN | {"scrap": [80, 120], "collection_rate": {"2026": 0.5, "2028": 0.9}}])
    assert_row(m, ("scrap", "urban", 2026), {("collect", "urban", 2026): 1}, "<=", 0.5 * 80)
    assert_row(m, ("scrap", "urban", 2028), {("collect", "urban", 2028): 1}, "<=", 0.9 * 120)


def test_all_scrap_can_be_collected_where_no_rate_is_stated() -> None:
    """The collection rate is 1 and the recovery 1 by default, and nothing costs anything."""
    m = model(recyclers=[{"id": "urban", "country": "JP", "material": "oxide", "scrap": 80}])
    assert_row(m, ("scrap", "urban", 1), {("collect", "urban", 1): 1}, "<=", 80)
    assert cost(m, "collect", "urban", 1) == 0
    assert rows(m, "recycler_capacity") == set()


def test_collecting_is_paid_per_scrap_and_recovery_per_unit_recovered() -> None:
    """A unit of scrap costs its collection and the processing of what comes out of it."""
    m = model(**YEARS, recyclers=[URBAN | {"collection_cost": [2, 3], "unit_cost": [9, 11]}])
    assert cost(m, "collect", "urban", 2026) == pytest.approx((2 + 0.4 * 9) * FIRST)
    assert cost(m, "collect", "urban", 2028) == pytest.approx((3 + 0.4 * 11) * SECOND)


def test_capacity_is_in_units_recovered() -> None:
    """Recovery · collect − add ≤ existing."""
    m = model(recyclers=[URBAN | {"capacity": 20, "build": {"max": 10}}])
    used = {("collect", "urban", 1): 0.4, ("add", "urban", 0, 1): -1}
    assert_row(m, ("recycler_capacity", "urban", 1), used, "<=", 20)


def test_what_is_recovered_is_made_at_the_recycling_stage() -> None:
    """Recovery · collect = Σ ship + surplus at the recycler's origin."""
    m = model(recyclers=[URBAN | {"owner": "KR"}])
    origin = ("JP", "KR", "recycling")
    made = {
        ("collect", "urban", 1): 0.4,
        ("ship", "oxide", origin, "JP", 1): -1,
        ("surplus", "oxide", origin, 1): -1,
    }
    assert_row(m, ("made", "oxide", origin, 1), made, "=", 0)


def test_a_recycler_works_only_in_its_years() -> None:
    """Outside them nothing is collected."""
    m = model(**YEARS, recyclers=[URBAN | {"until_year": 2026}])
    assert columns(m, "collect") == {("urban", 2026)}

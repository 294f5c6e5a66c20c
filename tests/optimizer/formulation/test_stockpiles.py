"""Stockpiles: filled at their place, drawn for every use in their country, carried from period to period."""

from typing import Any

import pytest

from tests.problems import (
    AU,
    AUSTRALIA,
    FIRST,
    JAPAN,
    ORE,
    OXIDE,
    SECOND,
    assert_row,
    columns,
    cost,
    fixed_sum,
    model,
    rows,
)

# Three years in the first period, two in the second: the length counts in the balance.
LONG: dict[str, Any] = {"periods": [2026, 2029], "final_years": 2, "discount_rate": 0}
PILE: dict[str, Any] = {"country": "JP", "material": "oxide"}


def test_a_level_is_carried_over_with_all_years_of_a_period() -> None:
    """Level = level before + n_t · (fill − draw); the first before is `initial`."""
    m = model(**LONG, suppliers=[AUSTRALIA], stockpiles=[PILE | {"initial": 40}])
    first = {
        ("level", "oxide", "JP", 2026): 1,
        ("fill", "oxide", "JP", 2026): -3,
        ("draw", "oxide", "JP", "JP", 2026): 3,
    }
    assert_row(m, ("stock", "oxide", "JP", 2026), first, "=", 40)
    second = {
        ("level", "oxide", "JP", 2029): 1,
        ("level", "oxide", "JP", 2026): -1,
        ("fill", "oxide", "JP", 2029): -2,
        ("draw", "oxide", "JP", "JP", 2029): 2,
    }
    assert_row(m, ("stock", "oxide", "JP", 2029), second, "=", 0)


def test_filling_is_a_use_and_drawing_an_arrival() -> None:
    """Σ ship + draw = deliver + fill at the stockpile's place."""
    m = model(suppliers=[AUSTRALIA], stockpiles=[PILE])
    used = {
        ("ship", "oxide", AU, "JP", 1): 1,
        ("draw", "oxide", "JP", "JP", 1): 1,
        ("deliver", "japan", 1): -1,
        ("fill", "oxide", "JP", 1): -1,
    }
    assert_row(m, ("used", "oxide", "JP", 1), used, "=", 0)


def test_a_stockpile_serves_every_use_in_its_country() -> None:
    """A depot fills at its own place and is drawn for plants and demands of the same country, not abroad."""
    places = [{"id": "depot", "country": "JP"}, {"id": "works", "country": "JP"}]
    plant = {"id": "plant", "place": "works", "recipes": [{"id": "r", "inputs": {"oxide": 2}, "outputs": {"ore": 1}}]}
    korea = JAPAN | {"id": "korea", "country": "KR"}
    m = model(
        materials=[OXIDE, ORE],
        places=places,
        suppliers=[AUSTRALIA],
        plants=[plant],
        demands=[JAPAN, korea],
        stockpiles=[{"place": "depot", "material": "oxide"}],
    )
    assert columns(m, "draw") == {("oxide", "depot", "works", 1), ("oxide", "depot", "JP", 1)}
    filled = {("ship", "oxide", AU, "depot", 1): 1, ("fill", "oxide", "depot", 1): -1}
    assert_row(m, ("used", "oxide", "depot", 1), filled, "=", 0)
    used = {
        ("ship", "oxide", AU, "works", 1): 1,
        ("draw", "oxide", "depot", "works", 1): 1,
        ("run", "plant", "r", 1): -2,
    }
    assert_row(m, ("used", "oxide", "works", 1), used, "=", 0)


def test_holding_is_paid_on_the_mean_of_both_ends() -> None:
    """Half of the level before and half of the level after, at each period's cost, in all its years."""
    years = {"periods": [2026, 2028], "discount_rate": 0.1}
    m = model(**years, suppliers=[AUSTRALIA], stockpiles=[PILE | {"initial": 40, "holding_cost": [6, 8]}])
    assert fixed_sum(m) == pytest.approx(6 / 2 * 40 * FIRST)  # the level before the first period is given
    assert cost(m, "level", "oxide", "JP", 2026) == pytest.approx(6 / 2 * FIRST + 8 / 2 * SECOND)
    assert cost(m, "level", "oxide", "JP", 2028) == pytest.approx(8 / 2 * SECOND)


def test_levels_stay_between_minimum_and_capacity_at_every_end() -> None:
    """Minimum ≤ level ≤ capacity, each read in its period."""
    m = model(**LONG, suppliers=[AUSTRALIA], stockpiles=[PILE | {"minimum": [5, 6], "capacity": [50, 60]}])
    for year, least, most in ((2026, 5, 50), (2029, 6, 60)):
        level = {("level", "oxide", "JP", year): 1}
        assert_row(m, ("stock_minimum", "oxide", "JP", year), level, ">=", least)
        assert_row(m, ("stock_capacity", "oxide", "JP", year), level, "<=", most)


@pytest.mark.parametrize(("final", "last"), [(None, 6), (20, 20), (2, 6)])
def test_the_last_level_is_at_least_final_and_the_minimum(final: float | None, last: float) -> None:
    """`final` raises what must be left at the end; it does not lower the minimum."""
    pile = PILE | {"minimum": [5, 6]}
    m = model(**LONG, suppliers=[AUSTRALIA], stockpiles=[pile if final is None else pile | {"final": final}])
    assert_row(m, ("stock_minimum", "oxide", "JP", 2026), {("level", "oxide", "JP", 2026): 1}, ">=", 5)
    assert_row(m, ("stock_minimum", "oxide", "JP", 2029), {("level", "oxide", "JP", 2029): 1}, ">=", last)


def test_days_of_demand_are_of_the_country_and_of_this_period() -> None:
    """Days / 365 of a year's demand for the material, in the stockpile's country alone, all its places."""
    demands = [
        JAPAN | {"quantity": [100, 200]},
        {"id": "osaka", "place": "osaka", "material": "oxide", "quantity": 46},
        JAPAN | {"id": "korea", "country": "KR", "quantity": 999},
    ]
    m = model(
        **LONG,
        places=[{"id": "osaka", "country": "JP"}],
        suppliers=[AUSTRALIA],
        demands=demands,
        stockpiles=[PILE | {"days_of_demand": [60, 90]}],
    )
    for year, least in ((2026, 60 / 365 * (100 + 46)), (2029, 90 / 365 * (200 + 46))):
        assert_row(m, ("stock_minimum", "oxide", "JP", year), {("level", "oxide", "JP", year): 1}, ">=", least)


def test_filling_and_drawing_have_limits_per_year() -> None:
    """A bound on fill; one row over all places that are drawn for."""
    places = [{"id": "osaka", "country": "JP"}]
    osaka = {"id": "osaka_d", "place": "osaka", "material": "oxide", "quantity": 5}
    pile = PILE | {"fill_max": [7, 8], "draw_max": [3, 4]}
    m = model(**LONG, places=places, suppliers=[AUSTRALIA], demands=[JAPAN, osaka], stockpiles=[pile])
    assert [m.lp.columns["fill", "oxide", "JP", year].upBound for year in (2026, 2029)] == [7, 8]
    for year, most in ((2026, 3), (2029, 4)):
        drawn = {("draw", "oxide", "JP", "JP", year): 1, ("draw", "oxide", "JP", "osaka", year): 1}
        assert_row(m, ("draw_max", "oxide", "JP", year), drawn, "<=", most)


def test_a_stockpile_without_limits_has_none() -> None:
    """No minimum, no capacity, no limits on filling and drawing: only its balance."""
    m = model(suppliers=[AUSTRALIA], stockpiles=[PILE])
    assert rows(m, "stock") == {("oxide", "JP", 1)}
    assert rows(m, "stock_minimum") | rows(m, "stock_capacity") | rows(m, "draw_max") == set()
    assert m.lp.columns["fill", "oxide", "JP", 1].upBound is None


def test_a_local_material_is_drawn_only_where_it_lies() -> None:
    """Stock is no way round `local`."""
    osaka = {"id": "osaka_d", "place": "osaka", "material": "oxide", "quantity": 5}
    home = AUSTRALIA | {"country": "JP"}
    m = model(
        materials=[OXIDE | {"local": True}],
        places=[{"id": "osaka", "country": "JP"}],
        suppliers=[home],
        demands=[JAPAN, osaka],
        stockpiles=[PILE],
    )
    assert columns(m, "draw") == {("oxide", "JP", "JP", 1)}


def test_nothing_is_drawn_for_a_plant_that_does_not_stand() -> None:
    """Where nothing can be used, what is drawn is nothing: stock does not vanish to save its holding cost."""
    works = {"id": "works", "place": "works", "recipes": [{"id": "r", "inputs": {"oxide": 1}, "outputs": {"ore": 1}}]}
    m = model(
        **LONG,
        materials=[OXIDE, ORE],
        places=[{"id": "works", "country": "JP"}],
        suppliers=[AUSTRALIA],
        plants=[works | {"until_year": 2027}],
        stockpiles=[PILE],
    )
    assert ("draw", "oxide", "JP", "works", 2026) in m.lp.columns
    draw = ("draw", "oxide", "JP", "works", 2029)
    if draw in m.lp.columns:
        assert_row(m, ("used", "oxide", "works", 2029), {draw: 1}, "=", 0)

"""Plants: the activity of each recipe, within the capacity that exists and is built."""

from typing import Any

import pytest

from tests.problems import FIRST, ORE, OXIDE, SECOND, YEARS, assert_row, columns, cost, fixed_sum, model, rows

MINE: dict[str, Any] = {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1}
ROAST: dict[str, Any] = {"id": "roast", "inputs": {"ore": 4}, "outputs": {"oxide": 0.5}, "unit_cost": 3}
LEACH: dict[str, Any] = {"id": "leach", "inputs": {"ore": 3}, "outputs": {"oxide": 0.6}, "capacity_use": 2.5}
SMELTER: dict[str, Any] = {"id": "smelter", "country": "JP", "recipes": [ROAST, LEACH]}
BOTH: dict[str, Any] = {"materials": [OXIDE, ORE], "suppliers": [MINE]}


def test_recipes_share_the_capacity_by_what_they_use_of_it() -> None:
    """Σ capacity_use · run ≤ existing, 1 where a recipe does not say."""
    m = model(**BOTH, plants=[SMELTER | {"capacity": 90}])
    used = {("run", "smelter", "roast", 1): 1, ("run", "smelter", "leach", 1): 2.5}
    assert_row(m, ("plant_capacity", "smelter", 1), used, "<=", 90)


def test_a_recipe_that_uses_no_capacity_is_not_limited() -> None:
    """A use of 0 leaves the recipe out of the row."""
    m = model(**BOTH, plants=[SMELTER | {"capacity": 90, "recipes": [ROAST, LEACH | {"capacity_use": 0}]}])
    assert_row(m, ("plant_capacity", "smelter", 1), {("run", "smelter", "roast", 1): 1}, "<=", 90)


def test_unstated_capacity_is_no_limit() -> None:
    """A plant without capacity or build has no row."""
    m = model(**BOTH, plants=[SMELTER])
    assert rows(m, "plant_capacity") == set()
    assert columns(m, "run") == {("smelter", "roast", 1), ("smelter", "leach", 1)}


def test_a_build_adds_to_the_capacity_in_the_periods_in_which_it_is_on_stream() -> None:
    """Σ capacity_use · run − Σ add on stream ≤ existing."""
    build = {"max": 50, "lead_time": 2}
    m = model(**YEARS, **BOTH, plants=[SMELTER | {"capacity": 90, "build": build}])
    for year, added in ((2026, {}), (2028, {("add", "smelter", 0, 2026): -1})):
        used = {("run", "smelter", "roast", year): 1, ("run", "smelter", "leach", year): 2.5}
        assert_row(m, ("plant_capacity", "smelter", year), used | added, "<=", 90)


def test_an_activity_makes_its_outputs_and_uses_its_inputs() -> None:
    """Made at the plant's origin, stage refining unless stated; used at the plant's place."""
    m = model(**BOTH, plants=[SMELTER])
    origin = ("JP", "JP", "refining")
    made = {("run", "smelter", "roast", 1): 0.5, ("run", "smelter", "leach", 1): 0.6}
    left = {("ship", "oxide", origin, "JP", 1): -1, ("surplus", "oxide", origin, 1): -1}
    assert_row(m, ("made", "oxide", origin, 1), made | left, "=", 0)
    arriving = {("ship", "ore", ("AU", "AU", None), "JP", 1): 1}
    used = {("run", "smelter", "roast", 1): -4, ("run", "smelter", "leach", 1): -3}
    assert_row(m, ("used", "ore", "JP", 1), arriving | used, "=", 0)


def test_processing_is_paid_per_unit_of_activity() -> None:
    """Not per unit of output: a recipe's cost is its own, discounted over the period."""
    m = model(**YEARS, **BOTH, plants=[SMELTER | {"recipes": [ROAST | {"unit_cost": [3, 4]}, LEACH]}])
    assert cost(m, "run", "smelter", "roast", 2026) == pytest.approx(3 * FIRST)
    assert cost(m, "run", "smelter", "roast", 2028) == pytest.approx(4 * SECOND)
    assert cost(m, "run", "smelter", "leach", 2028) == 0


def test_fixed_costs_are_paid_while_the_plant_exists() -> None:
    """A sum a year and a sum per unit of existing capacity, used or not, in its years and in no others."""
    fixed = {"fixed_cost": [1000, 2000], "fixed_cost_per_capacity": 3, "capacity": [90, 100]}
    m = model(**YEARS, **BOTH, plants=[SMELTER | fixed])
    expected = (1000 + 3 * 90) * FIRST + (2000 + 3 * 100) * SECOND
    assert fixed_sum(m) == pytest.approx(expected)
    gone = model(**YEARS, **BOTH, plants=[SMELTER | fixed | {"until_year": 2027}])
    assert fixed_sum(gone) == pytest.approx((1000 + 3 * 90) * FIRST)
    idle = model(**YEARS, **BOTH, plants=[SMELTER | fixed | {"capacity": [0, 100]}])
    assert fixed_sum(idle) == pytest.approx(1000 * FIRST + (2000 + 3 * 100) * SECOND)  # it stands, without capacity
    never = model(**BOTH, plants=[SMELTER | {"fixed_cost": 1000, "build": {"max": 5}}])
    assert fixed_sum(never) == 0  # nothing exists but what may be built, which has costs of its own


def test_a_minimum_utilisation_is_of_what_exists_without_builds() -> None:
    """Σ capacity_use · run ≥ share · existing, though a build adds to the capacity."""
    plant = SMELTER | {"capacity": [90, 40], "minimum_utilisation": [0.5, 0.25], "build": {"max": 50}}
    m = model(**YEARS, **BOTH, plants=[plant])
    for year, least in ((2026, 0.5 * 90), (2028, 0.25 * 40)):
        used = {("run", "smelter", "roast", year): 1, ("run", "smelter", "leach", year): 2.5}
        assert_row(m, ("utilisation", "smelter", year), used, ">=", least)


def test_a_recipe_that_uses_no_capacity_is_no_utilisation() -> None:
    """It is left out of the row; where no recipe uses any, what is asked for cannot be met, and the row says so."""
    plant = SMELTER | {"capacity": 90, "minimum_utilisation": 0.5}
    m = model(**BOTH, plants=[plant | {"recipes": [ROAST, LEACH | {"capacity_use": 0}]}])
    assert_row(m, ("utilisation", "smelter", 1), {("run", "smelter", "roast", 1): 1}, ">=", 0.5 * 90)
    free = model(**BOTH, plants=[plant | {"recipes": [LEACH | {"capacity_use": 0}]}])
    assert_row(free, ("utilisation", "smelter", 1), {}, ">=", 0.5 * 90)


def test_a_plant_runs_only_in_its_years() -> None:
    """Outside them nothing exists, so nothing has to run either."""
    plant = SMELTER | {"capacity": 90, "minimum_utilisation": 0.5, "from_year": 2027}
    m = model(**YEARS, **BOTH, plants=[plant])
    assert columns(m, "run") == {("smelter", "roast", 2028), ("smelter", "leach", 2028)}
    assert rows(m, "utilisation") == {("smelter", 2028)}


def test_availability_scales_existing_and_built_capacity() -> None:
    """Σ capacity_use · run − availability · Σ add on stream ≤ availability · existing; fixed costs stay.

    In an outage nothing runs, a recipe that takes no capacity neither.
    """
    build = {"max": 50, "lead_time": 0, "life": 2}
    plant = SMELTER | {"capacity": 90, "build": build, "fixed_cost_per_capacity": 1}
    m = model(**YEARS, **BOTH, plants=[plant | {"availability": [0.5, 0]}])
    used = {("run", "smelter", "roast", 2026): 1, ("run", "smelter", "leach", 2026): 2.5}
    added = {("add", "smelter", 0, 2026): -0.5}
    assert_row(m, ("plant_capacity", "smelter", 2026), used | added, "<=", 45)
    assert columns(m, "run") == {("smelter", "roast", 2026), ("smelter", "leach", 2026)}
    assert fixed_sum(m) == pytest.approx(90 * (FIRST + SECOND))


def test_nothing_can_be_used_of_what_is_not_available() -> None:
    """Without a limit too, while any other share of no limit is no limit."""
    m = model(**YEARS, **BOTH, plants=[SMELTER | {"availability": [0, 0.5]}])
    assert columns(m, "run") == {("smelter", "roast", 2028), ("smelter", "leach", 2028)}
    assert rows(m, "plant_capacity") == set()

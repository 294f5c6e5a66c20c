"""Builds: capacity ordered, when it counts, and what it costs a year."""

from typing import Any

import pytest

from tests.problems import AUSTRALIA, ORE, OXIDE, assert_row, columns, cost, fixed_sum, model, rows

# Single years at 5 %: 2026 … 2030, each of weight 1.05^-(year - 2026).
EVERY_YEAR: dict[str, Any] = {"periods": [2026, 2027, 2028, 2029, 2030], "discount_rate": 0.05}
PLANT: dict[str, Any] = {
    "id": "naraha",
    "country": "JP",
    "recipes": [{"id": "convert", "inputs": {"ore": 2}, "outputs": {"oxide": 1}}],
}
CHAIN: dict[str, Any] = {
    "materials": [OXIDE, ORE],
    "suppliers": [{"id": "mine", "country": "AU", "material": "ore", "unit_cost": 1}],
}


def built(periods: dict[str, Any], build: dict[str, Any], **plant: Any) -> Any:
    return model(**periods, **CHAIN, plants=[PLANT | plant | {"build": build}])


def test_capex_is_an_annuity_over_the_years_on_stream() -> None:
    """Net of the grant, at the build's wacc and life, charged from the year on stream to the horizon's end."""
    build = {"max": 50, "unit_capex": 9000, "grant": 0.25, "wacc": 0.08, "life": 20, "lead_time": 3}
    m = built(EVERY_YEAR, build)
    assert cost(m, "add", "naraha", 0, 2026) == pytest.approx(
        9000
        * (1 - 0.25)  # what others do not pay
        * 0.08
        / (1 - 1.08**-20)  # a year's part of it
        * (1.05**-3 + 1.05**-4)  # on stream in 2029 and 2030
    )
    assert cost(m, "add", "naraha", 0, 2027) == pytest.approx(
        9000 * 0.75 * 0.08 / (1 - 1.08**-20) * 1.05**-4  # on stream in 2030 alone
    )


def test_an_order_that_never_counts_does_not_exist() -> None:
    """What would come on stream after the last period's start has no column."""
    m = built(EVERY_YEAR, {"max": 50, "lead_time": 3})
    assert columns(m, "add") == {("naraha", 0, 2026), ("naraha", 0, 2027)}


def test_the_discount_rate_stands_in_for_the_wacc() -> None:
    """Without a wacc the annuity is at the problem's rate."""
    m = built(EVERY_YEAR, {"max": 50, "unit_capex": 9000, "life": 10})
    assert cost(m, "add", "naraha", 0, 2030) == pytest.approx(9000 * 0.05 / (1 - 1.05**-10) * 1.05**-4)


@pytest.mark.parametrize("money", [{"discount_rate": 0.05}, {"discount_rate": 0}])
def test_at_no_interest_capex_is_spread_evenly(money: dict[str, float]) -> None:
    """Crf = 1 / life at a wacc of 0, stated or by the discount rate."""
    rate = money["discount_rate"]
    build = {"max": 50, "unit_capex": 9000, "life": 10} | ({"wacc": 0} if rate else {})
    m = built({"periods": [2026, 2028], **money}, build)
    years = sum((1 + rate) ** -year for year in range(4))
    assert cost(m, "add", "naraha", 0, 2026) == pytest.approx(9000 / 10 * years)


def test_a_life_ends() -> None:
    """An order of 2026 with a life of 3 counts and is paid in 2026, 2027 and 2028, and no longer."""
    m = built(EVERY_YEAR, {"max": 50, "unit_capex": 900, "life": 3, "wacc": 0, "latest": 2026})
    order = ("add", "naraha", 0, 2026)
    for year in (2026, 2027, 2028):
        assert_row(m, ("plant_capacity", "naraha", year), {("run", "naraha", "convert", year): 1, order: -1}, "<=", 0)
    assert rows(m, "plant_capacity") == {("naraha", year) for year in (2026, 2027, 2028)}
    assert cost(m, *order) == pytest.approx(900 / 3 * (1 + 1.05**-1 + 1.05**-2))


def test_what_is_on_stream_within_a_period_counts_from_the_next() -> None:
    """start(order) + lead_time ≤ start(t) < start(order) + lead_time + life, on periods of several years."""
    periods = {"periods": [2026, 2029, 2032, 2035], "discount_rate": 0.05}
    m = built(periods, {"max": 50, "lead_time": 2, "life": 5, "unit_capex": 1, "wacc": 0})
    counted = {
        year: {column.key[3] for column in m.lp.rows["plant_capacity", "naraha", year].expr if column.key[0] == "add"}
        for year in (2029, 2032, 2035)
    }
    # 2026 is on stream from 2028 to 2032, so in 2029 and 2032; 2029 from 2031 to 2035; 2032 from 2034.
    assert counted == {2029: {2026}, 2032: {2026, 2029}, 2035: {2029, 2032}}
    assert cost(m, "add", "naraha", 0, 2029) == pytest.approx(
        1 / 5 * sum(1.05**-year for year in range(6, 12))  # all years of the periods of 2032 and 2035
    )


def test_the_order_decides_the_capex_and_the_year_the_fixed_cost() -> None:
    """Capex is read when ordered, `fixed_cost_per_capacity` in each period on stream."""
    per_unit = {"unit_capex": {"2026": 100, "2030": 60}, "fixed_cost_per_capacity": {"2026": 5, "2030": 9}}
    m = built(EVERY_YEAR, {"max": 50, "life": 4, "wacc": 0, "lead_time": 2, **per_unit})
    assert cost(m, "add", "naraha", 0, 2027) == pytest.approx(
        90 / 4 * (1.05**-3 + 1.05**-4)  # capex of 2027, a quarter of the way from 100 to 60
        + 8 * 1.05**-3  # fixed in 2029
        + 9 * 1.05**-4  # fixed in 2030
    )


def test_orders_are_placed_within_their_years() -> None:
    """Earliest and latest are both included."""
    m = built(EVERY_YEAR, {"max": 50, "earliest": 2027, "latest": 2028})
    assert columns(m, "add") == {("naraha", 0, 2027), ("naraha", 0, 2028)}


def test_max_bounds_the_sum_of_orders_and_max_per_order_each() -> None:
    """A linear build is ordered in any period, as often as it likes."""
    m = built(EVERY_YEAR, {"max": 50, "max_per_order": 20})
    orders = {("add", "naraha", 0, year): 1 for year in range(2026, 2031)}
    assert_row(m, ("build_max", "naraha", 0), orders, "<=", 50)
    assert {m.lp.columns[order].upBound for order in orders} == {20}
    assert columns(m, "open") == set()
    assert rows(m, "build_orders") == set()


def test_a_build_without_a_limit_has_none() -> None:
    """Neither `max` nor `max_per_order`: no bound and no row."""
    m = built(EVERY_YEAR, {"unit_capex": 1, "life": 10})
    assert rows(m, "build_max") == set()
    assert m.lp.columns["add", "naraha", 0, 2026].upBound is None


def test_a_yes_no_build_is_ordered_once_and_costs_its_sum() -> None:
    """Add ≤ max · open, add ≥ minimum · open, Σ open ≤ 1, and the sums are charged to the decision."""
    sums = {"fixed_capex": [6000, 5000], "fixed_cost": [70, 80], "fixed_cost_per_capacity": 3, "unit_capex": 100}
    periods = {"periods": [2026, 2027], "discount_rate": 0.05}
    m = built(periods, {"max": 50, "minimum": 10, "life": 10, "wacc": 0, "grant": 0.5, **sums})
    for year in (2026, 2027):
        add, opened = ("add", "naraha", 0, year), ("open", "naraha", 0, year)
        assert_row(m, ("build_size", "naraha", 0, year), {add: 1, opened: -50}, "<=", 0)
        assert_row(m, ("build_minimum", "naraha", 0, year), {add: 1, opened: -10}, ">=", 0)
        assert (m.lp.columns[opened].cat, m.lp.columns[opened].upBound) == ("Integer", 1)
    orders = {("open", "naraha", 0, 2026): 1, ("open", "naraha", 0, 2027): 1}
    assert_row(m, ("build_orders", "naraha", 0), orders, "<=", 1)
    assert cost(m, "open", "naraha", 0, 2026) == pytest.approx(
        6000 * (1 - 0.5) / 10 * (1 + 1 / 1.05)  # annuity of the sum, after the grant
        + 70
        + 80 / 1.05  # a year's fixed cost
    )
    assert cost(m, "open", "naraha", 0, 2027) == pytest.approx((5000 * 0.5 / 10 + 80) / 1.05)
    assert cost(m, "add", "naraha", 0, 2027) == pytest.approx((100 * 0.5 / 10 + 3) / 1.05)


@pytest.mark.parametrize("part", [{"fixed_capex": 10, "life": 5}, {"minimum": 3}, {"fixed_cost": 2}])
def test_what_makes_a_decision(part: dict[str, float]) -> None:
    """A sum to pay or a smallest size is a yes/no decision; each on its own suffices."""
    m = model(**CHAIN, discount_rate=0, plants=[PLANT | {"build": {"max": 50, **part}}])
    assert columns(m, "open") == {("naraha", 0, 1)}
    assert rows(m, "build_minimum") == ({("naraha", 0, 1)} if "minimum" in part else set())


@pytest.mark.parametrize(("limits", "largest"), [({"max_per_order": 20}, 20), ({"max": 30, "max_per_order": 20}, 20)])
def test_the_largest_order_is_the_size_of_the_decision(limits: dict[str, float], largest: float) -> None:
    """The big-M of a decision is the smaller of `max` and `max_per_order`."""
    m = model(**CHAIN, plants=[PLANT | {"build": {"minimum": 5, **limits}}])
    sized = {("add", "naraha", 0, 1): 1, ("open", "naraha", 0, 1): -largest}
    assert_row(m, ("build_size", "naraha", 0, 1), sized, "<=", 0)


def test_a_typical_year_ignores_the_lead_time_and_pays_one_year() -> None:
    """Without periods the order counts at once, at one year's annuity."""
    m = built({}, {"max": 50, "unit_capex": 900, "life": 3, "wacc": 0.1, "lead_time": 7})
    assert_row(
        m, ("plant_capacity", "naraha", 1), {("run", "naraha", "convert", 1): 1, ("add", "naraha", 0, 1): -1}, "<=", 0
    )
    assert cost(m, "add", "naraha", 0, 1) == pytest.approx(900 * 0.1 / (1 - 1.1**-3))


def test_the_hosts_years_bind_its_existing_capacity_only() -> None:
    """A plant that closes in 2027 still runs what was built, and only that."""
    m = built(EVERY_YEAR, {"max": 50, "latest": 2026}, capacity=30, until_year=2027)
    order = ("add", "naraha", 0, 2026)
    for year, existing in ((2027, 30), (2028, 0)):
        used = {("run", "naraha", "convert", year): 1, order: -1}
        assert_row(m, ("plant_capacity", "naraha", year), used, "<=", existing)


def test_a_builds_own_utilisation_is_of_what_was_built() -> None:
    """Run − own share · add ≥ the plant's share of what exists, from the year on stream."""
    build = {"max": 50, "latest": 2026, "lead_time": 1, "minimum_utilisation": 0.6}
    m = built({"periods": [2026, 2027], "discount_rate": 0}, build, capacity=30, minimum_utilisation=0.5)
    run = ("run", "naraha", "convert", 2026)
    assert_row(m, ("utilisation", "naraha", 2026), {run: 1}, ">=", 0.5 * 30)
    used = {("run", "naraha", "convert", 2027): 1, ("add", "naraha", 0, 2026): -0.6}
    assert_row(m, ("utilisation", "naraha", 2027), used, ">=", 0.5 * 30)


def test_a_supplier_or_recycler_uses_what_it_delivers() -> None:
    """Of a mine what is taken, of a recycler what is recovered."""
    build = {"max": 50, "minimum_utilisation": 0.6}
    mine = AUSTRALIA | {"capacity": 20, "take_or_pay": 15, "build": build}
    urban = {"id": "urban", "country": "JP", "material": "oxide", "scrap": 90, "recovery": 0.4, "build": build}
    m = model(suppliers=[mine], recyclers=[urban])
    taken = {("buy", "weld", 1, 1): 1, ("untaken", "weld", 1): -1, ("add", "weld", 0, 1): -0.6}
    assert_row(m, ("utilisation", "weld", 1), taken, ">=", 0)
    assert_row(m, ("utilisation", "urban", 1), {("collect", "urban", 1): 0.4, ("add", "urban", 0, 1): -0.6}, ">=", 0)


@pytest.mark.parametrize(
    ("kind", "facility"),
    [
        ("suppliers", AUSTRALIA),
        ("recyclers", {"id": "urban", "country": "JP", "material": "oxide", "scrap": 90}),
        ("plants", {"id": "naraha", "country": "JP", "recipes": [{"id": "r", "outputs": {"oxide": 1}}]}),
    ],
)
def test_nothing_is_asked_of_what_is_not_on_stream_yet(kind: str, facility: dict[str, Any]) -> None:
    """A build's utilisation has no row in the periods in which the host has nothing at all."""
    build = {"max": 50, "lead_time": 1, "minimum_utilisation": 0.6}
    m = model(periods=[2026, 2027], discount_rate=0, **{kind: [facility | {"build": build}]})
    assert rows(m, "utilisation") == {(facility["id"], 2027)}


def test_capex_alone_puts_nothing_into_the_fixed_sum() -> None:
    """What is not built costs nothing."""
    assert fixed_sum(built(EVERY_YEAR, {"max": 50, "fixed_capex": 900, "fixed_cost": 7, "life": 3})) == 0

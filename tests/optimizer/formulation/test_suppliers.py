"""Suppliers: what is bought in each tier, what must be taken, what is paid for and not taken."""

from typing import Any

import pytest

from oremix.optimizer.solving import solve_lp
from tests.problems import AUSTRALIA, FIRST, JAPAN, OXIDE, SECOND, YEARS, assert_row, columns, cost, model, rows


def test_a_price_over_time_is_read_at_the_start_year_and_discounted_over_the_period() -> None:
    """A unit a year costs its price in every year of the period, each discounted to the first year."""
    m = model(**YEARS, suppliers=[AUSTRALIA | {"unit_cost": {"2026": 10, "2030": 30}}])
    assert cost(m, "buy", "weld", 1, 2026) == pytest.approx(10 * (1 + 1 / 1.1))  # 2026 and 2027
    assert cost(m, "buy", "weld", 1, 2028) == pytest.approx(20 * (1.1**-2 + 1.1**-3))  # halfway from 10 to 30


def test_unstated_capacity_is_no_limit() -> None:
    """A supplier without capacity, tiers' end or build has neither a row nor a bound."""
    m = model(suppliers=[AUSTRALIA])
    assert rows(m, "supplier_capacity") == set()
    assert m.lp.columns["buy", "weld", 1, 1].upBound is None


def test_capacity_limits_all_tiers_together() -> None:
    """Tiers are as wide as their `up_to` beyond the one before, and the capacity bounds their sum."""
    tiers = [{"up_to": 30, "unit_cost": 5}, {"up_to": 70, "unit_cost": 6}, {"unit_cost": 9}]
    supplier = {"id": "weld", "country": "AU", "material": "oxide", "tiers": tiers, "capacity": 80}
    m = model(suppliers=[supplier])
    buys = [("buy", "weld", tier, 1) for tier in (1, 2, 3)]
    assert [m.lp.columns[buy].upBound for buy in buys] == [30, 70 - 30, None]
    assert [cost(m, *buy) for buy in buys] == [5, 6, 9]
    assert_row(m, ("supplier_capacity", "weld", 1), dict.fromkeys(buys, 1), "<=", 80)


@pytest.mark.parametrize(("capacity", "limit"), [(None, 70), (90, 70), (50, 50)])
def test_the_last_up_to_limits_like_capacity(capacity: float | None, limit: float) -> None:
    """Of the capacity and the end of the last tier, the smaller limits."""
    tiers = [{"up_to": 30, "unit_cost": 5}, {"up_to": 70, "unit_cost": 6}]
    supplier = {"id": "weld", "country": "AU", "material": "oxide", "tiers": tiers}
    m = model(suppliers=[supplier if capacity is None else supplier | {"capacity": capacity}])
    sold = {("buy", "weld", 1, 1): 1, ("buy", "weld", 2, 1): 1}
    assert_row(m, ("supplier_capacity", "weld", 1), sold, "<=", limit)


def test_a_build_widens_the_capacity_and_alone_starts_from_nothing() -> None:
    """Buy − add ≤ existing; with a build and no stated capacity, existing is 0."""
    build = {"max": 40}
    for stated, existing in (({"capacity": 25}, 25), ({}, 0)):
        m = model(suppliers=[AUSTRALIA | stated | {"build": build}])
        bought = {("buy", "weld", 1, 1): 1, ("add", "weld", 0, 1): -1}
        assert_row(m, ("supplier_capacity", "weld", 1), bought, "<=", existing)


def test_a_supplier_sells_only_in_its_years() -> None:
    """From and until are both included; a period counts as its start year."""
    years = {"periods": [2026, 2028, 2030, 2032], "discount_rate": 0.1}
    m = model(**years, suppliers=[AUSTRALIA | {"from_year": 2028, "until_year": 2031}])
    assert columns(m, "buy") == {("weld", 1, 2028), ("weld", 1, 2030)}
    assert ("made", "oxide", ("AU", "AU", None), 2032) not in m.lp.rows


def test_a_capacity_per_period_is_read_in_its_period() -> None:
    """A list gives the right-hand side of each period; a capacity of 0 leaves no column."""
    m = model(**YEARS, suppliers=[AUSTRALIA | {"capacity": [0, 12]}])
    assert columns(m, "buy") == {("weld", 1, 2028)}
    assert_row(m, ("supplier_capacity", "weld", 2028), {("buy", "weld", 1, 2028): 1}, "<=", 12)


def test_a_minimum_is_what_must_be_taken() -> None:
    """Minimum ≤ buy, in all tiers together."""
    tiers = [{"up_to": 30, "unit_cost": 5}, {"unit_cost": 6}]
    supplier = {"id": "weld", "country": "AU", "material": "oxide", "tiers": tiers, "minimum": 35}
    m = model(suppliers=[supplier])
    sold = {("buy", "weld", 1, 1): 1, ("buy", "weld", 2, 1): 1}
    assert_row(m, ("supplier_minimum", "weld", 1), sold, ">=", 35)


def test_take_or_pay_is_paid_along_the_tiers_and_not_all_of_it_need_arrive() -> None:
    """At least the obligation is paid for; what is not taken leaves what is made, and costs nothing more."""
    tiers = [{"up_to": 30, "unit_cost": 5}, {"unit_cost": 6}]
    supplier = {"id": "weld", "country": "AU", "material": "oxide", "tiers": tiers, "take_or_pay": 40, "minimum": 10}
    m = model(suppliers=[supplier])
    paid = {("buy", "weld", 1, 1): 1, ("buy", "weld", 2, 1): 1}
    untaken = ("untaken", "weld", 1)
    origin = ("AU", "AU", None)
    assert_row(m, ("take_or_pay", "weld", 1), paid, ">=", 40)
    assert_row(m, ("supplier_minimum", "weld", 1), paid | {untaken: -1}, ">=", 10)  # taken, not paid for
    shipped = {("ship", "oxide", origin, "JP", 1): -1, ("surplus", "oxide", origin, 1): -1}
    assert_row(m, ("made", "oxide", origin, 1), paid | {untaken: -1} | shipped, "=", 0)
    assert cost(m, *untaken) == 0


@pytest.mark.parametrize(("field", "row"), [("minimum", "supplier_minimum"), ("take_or_pay", "take_or_pay")])
def test_obligations_are_cut_to_the_existing_capacity(field: str, row: str) -> None:
    """An obligation above the capacity of a period asks for that capacity, whatever is built."""
    periods = {"periods": [2026, 2028, 2030], "discount_rate": 0.1}
    supplier = AUSTRALIA | {"capacity": [50, 20, 50], field: 35, "build": {"max": 100}, "until_year": 2028}
    m = model(**periods, suppliers=[supplier])
    found = {key: -m.lp.rows[row, *key].constant for key in rows(m, row)}
    assert found == {("weld", 2026): 35, ("weld", 2028): 20}  # in 2030 only the build is left, and nothing is owed


def test_what_is_not_taken_is_never_more_than_what_was_bought() -> None:
    """A take-or-pay contract does not make another seller's material at the same place vanish.

    Japan needs 5 and 20 must be taken from the one seller, with no surplus allowed: no plan, however much of what is
    paid for at the other is left there.
    """
    forced = {"id": "forced", "country": "AU", "material": "oxide", "unit_cost": 1, "minimum": 20}
    contract = {"id": "contract", "country": "AU", "material": "oxide", "unit_cost": 1, "take_or_pay": 10}
    materials = [OXIDE | {"surplus": "forbidden"}]
    m = model(materials=materials, suppliers=[forced, contract], demands=[JAPAN | {"quantity": 5}])
    assert solve_lp(m.lp).status == "infeasible"


def test_periods_weights_by_hand() -> None:
    """The weights that the tests of all rooms use: two years from 2026 and two from 2028, at 10 %."""
    m = model(**YEARS, suppliers=[AUSTRALIA])
    assert m.timeline.weights == pytest.approx([FIRST, SECOND])
    assert pytest.approx([1 + 0.9090909090909091, 0.8264462809917354 + 0.7513148009015776]) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("terms", "parts", "most"),
    [
        ({"fixed_cost": 1}, {}, 100),  # Japan wants 100
        ({"fixed_cost": 1, "minimum_order": 300}, {}, 300),
        ({"fixed_cost": 1, "minimum": 300}, {}, 300),
        ({"fixed_cost": 1, "capacity": 60}, {}, 60),
        ({"fixed_cost": 1, "unit_cost": -1}, {}, 5000),  # more is taken for the money it brings
        ({"fixed_cost": 1}, {"materials": [OXIDE | {"surplus": 8}]}, 5000),  # or for what it fetches
        ({"fixed_cost": 1}, {"policies": [{"id": "f", "type": "footprint", "of": "co2e_t", "min": 9}]}, 5000),
        ({"fixed_cost": 1}, {"policies": [{"id": "d", "type": "diversify", "of": "suppliers", "max": 3}]}, 5000),
    ],
)
def test_an_order_is_linked_by_what_can_be_of_use(terms: dict[str, Any], parts: dict[str, Any], most: float) -> None:
    """Of 5,000 t only what can be used, unless more is owed, asked for, or worth its while."""
    seller = AUSTRALIA | {"capacity": 5000, "footprint": {"co2e_t": 1}} | terms
    row = model(suppliers=[seller], **parts).lp.rows["order_most", "weld", 1]
    assert {column.key[0]: value for column, value in row.expr.items()} == {"buy": 1, "order": -most}
    assert row.gate

"""What a reader may not see in the numbers is said, and nothing where there is nothing to see."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from tests.plans import demand, supplier, tonnes

CAP = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}
YEARS = {"periods": [2026, 2028], "discount_rate": 0}


def said(word: str, **parts: Any) -> list[str]:
    """The warnings of a plan that have a word in them."""
    plan = oremix.solve({"materials": tonnes("oxide"), "demands": [demand(100)], **parts})
    assert plan.status == "optimal"
    return [text for text in plan.warnings if word in text]


def sellers(china: float, **fields: Any) -> list[dict[str, Any]]:
    return [supplier("north", "CN", 5, capacity=china), supplier("weld", "AU", 7, **fields)]


def test_a_rule_that_holds_by_a_hair_is_said() -> None:
    """Of a share within half a point; one percent of an amount."""
    assert said("nearly", suppliers=sellers(39.6), policies=[CAP]) == [
        "rule cap (CN), oxide nearly binds: 39.60 % of at most 40 %"
    ]
    quantity = {"id": "most", "type": "quantity", "countries": ["CN"], "max": 39.9}
    assert said("nearly", suppliers=sellers(39.6), policies=[quantity]) == [
        "rule most (CN), oxide nearly binds: 39.6 of at most 39.9 t"
    ]
    floor = {"id": "least", "type": "share", "countries": ["CN"], "min": 0.4}
    assert said("nearly", suppliers=sellers(40.3), policies=[floor]) == [
        "rule least (CN), oxide nearly binds: 40.30 % of at least 40 %"
    ]


@pytest.mark.parametrize("china", [39.4, 40, 60])
def test_a_rule_that_binds_or_is_far_is_not(china: float) -> None:
    """What binds is among the limits."""
    assert said("nearly", suppliers=sellers(china), policies=[CAP]) == []


def test_a_cap_that_no_longer_binds_is_said() -> None:
    """From which year on, and how near it comes then."""
    late = [supplier("north", "CN", 5, capacity=[60, 20]), supplier("weld", "AU", 7)]
    assert said("no longer", **YEARS, suppliers=late, policies=[CAP]) == [
        "cap cap (CN), oxide binds until 2026 and no longer from 2028 on: the nearest it comes is 20.0 % of at most"
        " 40.0 %, in 2028".replace(" %", "%")
    ]
    early = [supplier("north", "CN", 5, capacity=[20, 60]), supplier("weld", "AU", 7)]
    assert said("no longer", **YEARS, suppliers=early, policies=[CAP]) == []


def test_going_short_is_told_from_having_no_more() -> None:
    """The price of a shortage stands against that of the next unit of supply, if there is one."""
    soft = [demand(100, shortage_cost=6)]
    assert said("short", suppliers=sellers(60), demands=soft) == [
        "jp is 40 t a year short, which is cheaper: that costs 6 per t, the next t of supply 7"
    ]
    assert said("short", suppliers=sellers(60, capacity=10), demands=[demand(100, shortage_cost=9)]) == [
        "jp is 30 t a year short: no more can be brought there within the rules"
    ]
    assert said("short", suppliers=sellers(60), demands=[demand(100, shortage_cost=9)]) == []


def test_a_shortage_in_later_years_has_its_undiscounted_price() -> None:
    """Supply costs what it costs in that year."""
    parts = {"periods": [2026, 2028], "discount_rate": 0.1, "suppliers": sellers(60)}
    assert said("short", **parts, demands=[demand(100, shortage_cost=[9, 6])]) == [
        "jp is 40 t a year short in 2028, which is cheaper: that costs 6 per t, the next t of supply 7"
    ]


def test_numbers_too_far_apart_are_said() -> None:
    """The smallest and the largest by field and id; up to a thousand million there is nothing to say."""
    two = [demand(1), demand(2e9, "US")]
    open_sellers = [supplier("north", "CN", 5), supplier("weld", "AU", 7)]
    (text,) = said("too small", suppliers=open_sellers, demands=two)
    assert text.startswith("the quantity of jp, 1, is too small beside the quantity of us, 2e+09")
    assert said("too small", suppliers=open_sellers, demands=[demand(1), demand(2e8, "US")]) == []
    (text,) = said("lost", suppliers=[supplier("a", "CN", 1e-3), supplier("b", "AU", 1e7)])
    assert text.startswith("what purchases cost at a, 0.001 per unit, is lost beside what purchases cost at b, 1e+07")
    assert said("lost", suppliers=open_sellers) == []


@pytest.mark.parametrize("name", list(oremix.examples()))
def test_the_examples_say_little(name: str) -> None:
    """A reader is told at most three things of a plan."""
    assert len(oremix.solve(oremix.example(name)).warnings) <= 3

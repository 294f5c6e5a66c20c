"""Two plans side by side: the causes by hand, and that they add up whatever the plans."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import oremix
from oremix.models.studies.comparison import Comparison
from oremix.optimizer.decide import solve
from tests.plans import near
from tests.problems import AUSTRALIA, CHINA, FIRST, SECOND, YEARS, document
from tests.random_problems import documents

CAP: dict[str, Any] = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}


def compared(first: dict[str, Any], second: dict[str, Any]) -> Comparison:
    return oremix.compare(solve(document(**first)), solve(document(**second)))


def causes(comparison: Comparison) -> dict[tuple[str, str, str], float]:
    return {(cause.category, cause.id, cause.reason): cause.difference for cause in comparison.causes}


def test_a_tighter_cap_moves_purchases() -> None:
    """From 40 to 20 t of 100 from China: 20 t more from Australia at 7, 20 t less from China at 5."""
    sellers = {"suppliers": [CHINA, AUSTRALIA]}
    found = compared(sellers | {"policies": [CAP]}, sellers | {"policies": [CAP | {"max": 0.2}]})
    assert found.difference == near(40)
    assert causes(found) == {
        ("purchases", "weld", "quantity"): near(140),
        ("purchases", "north", "quantity"): near(-100),
    }
    (share,) = [share for share in found.shares if share.policy == "cap"]
    assert (share.first, share.second) == (near(0.4), near(0.2))
    assert {split.of: split.difference for split in found.by_country} == {"AU": near(140), "CN": near(-100)}


def test_a_dearer_price_is_no_larger_quantity() -> None:
    """The same 100 t at 6 in place of 5: all of the 100 is of the unit cost."""
    found = compared({"suppliers": [CHINA]}, {"suppliers": [CHINA | {"unit_cost": 6}]})
    assert causes(found) == {("purchases", "north", "unit cost"): near(100)}
    assert "dearer by the unit" in found.causes[0].text


def test_more_at_a_dearer_price_is_shared_by_their_means() -> None:
    """100 t at 5, then 120 t at 6: 20 t more at 5.5 is 110, 1 dearer on 110 t is 110; together the 220."""
    more = [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 120}]
    found = compared({"suppliers": [CHINA]}, {"suppliers": [CHINA | {"unit_cost": 6}], "demands": more})
    assert causes(found) == {
        ("purchases", "north", "quantity"): near(110),
        ("purchases", "north", "unit cost"): near(110),
    }


def test_what_only_one_plan_has_is_said_to_be_so() -> None:
    """China's 100 t at 5 gives way to Australia's at 7."""
    found = compared({"suppliers": [CHINA, AUSTRALIA]}, {"suppliers": [AUSTRALIA]})
    assert causes(found) == {
        ("purchases", "north", "only in the first"): near(-500),
        ("purchases", "weld", "only in the second"): near(700),
    }


def test_quantities_count_as_their_money_is_discounted() -> None:
    """The price rises by 1 in the second period only: a unit costs SECOND / (FIRST + SECOND) more on the mean."""
    found = compared(
        {"suppliers": [CHINA], **YEARS}, {"suppliers": [CHINA | {"unit_cost": {"2026": 5, "2028": 6}}], **YEARS}
    )
    assert causes(found) == {("purchases", "north", "unit cost"): near(100 * SECOND)}
    assert {split.of: split.difference for split in found.by_period} == {2026: near(0), 2028: near(100 * SECOND)}
    assert found.first.total_cost == near(500 * (FIRST + SECOND))


def test_a_build_that_one_plan_has() -> None:
    """60 t built in the second plan, none in the first."""
    build = {"max": 60, "unit_capex": 1, "life": 20, "wacc": 0}
    seller = {"id": "new", "country": "CL", "material": "oxide", "unit_cost": 1, "build": build}
    found = compared({"suppliers": [CHINA]}, {"suppliers": [CHINA, seller]})
    assert [(b.on, b.first, b.second) for b in found.builds] == [("new", 0, near(60))]


def test_a_plan_beside_itself_differs_in_nothing() -> None:
    """No cause, no share, no build."""
    found = compared({"suppliers": [CHINA]}, {"suppliers": [CHINA]})
    assert (found.difference, found.causes, found.shares, found.builds, found.notes) == (0, [], [], [], [])


def test_without_a_cost_there_is_nothing_to_compare() -> None:
    """An infeasible plan; and money of another name."""
    some, none = solve(document(suppliers=[CHINA])), solve(document(suppliers=[CHINA | {"capacity": 1}]))
    with pytest.raises(oremix.InvalidOption, match="second plan is infeasible"):
        oremix.compare(some, none)
    with pytest.raises(oremix.InvalidOption, match="USD and EUR"):
        oremix.compare(some, solve(document(suppliers=[CHINA], currency="EUR")))


def test_a_record_of_a_period_without_costs_is_told() -> None:
    """A plan that somebody changed is no reason to fail."""
    plan = solve(document(suppliers=[CHINA]))
    odd = plan.model_copy(update={"purchases": [plan.purchases[0].model_copy(update={"period": -7})]})
    with pytest.raises(oremix.InvalidOption, match="the second plan has records of period -7"):
        oremix.compare(plan, odd)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), documents())
def test_causes_add_up_to_the_difference(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Whatever the plans: so do categories and countries."""
    plans = [solve(entry) for entry in (first, second)]
    if any(plan.total_cost is None for plan in plans):
        return
    found = oremix.compare(*plans)
    size = 1 + sum(abs(cost) for plan in plans for cost in plan.costs.by_category.values())
    for parts in (found.causes, found.by_category, found.by_country):
        assert sum(part.difference for part in parts) == pytest.approx(found.difference, abs=1e-6 * size)

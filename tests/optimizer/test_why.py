"""Why something is used, or not: by hand."""

from __future__ import annotations

from typing import Any

import pytest

import oremix

PROBLEM: dict[str, Any] = {
    "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
    "suppliers": [
        {"id": "northern", "country": "CN", "material": "oxide", "capacity": 200, "unit_cost": 50},
        {"id": "weld", "country": "AU", "material": "oxide", "capacity": 100, "unit_cost": 70},
        {"id": "iluka", "country": "AU", "material": "oxide", "capacity": 80, "unit_cost": 90},
        {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 30},
    ],
    "plants": [
        {"id": "works", "country": "MY",
         "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 20}],
         "build": {"fixed_capex": 4000, "max": 100, "life": 10, "wacc": 0}},
    ],
    "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
    "lanes": [{"id": "strait", "from": "MY", "to": "JP", "unit_cost": 5}],
    "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}],
}  # fmt: skip


def test_a_seller_that_is_used_says_what_doing_without_it_costs() -> None:
    """40 × 50 + 60 × 55 + 400 of capex = 5,700; without northern works makes all 100 t: 5,900."""
    found = oremix.why(PROBLEM, "northern")
    assert (found.kind, found.used, found.status) == ("supplier", True, "optimal")
    assert found.total_cost == pytest.approx(5700)
    assert found.without is not None
    assert (found.without.total_cost, found.without.difference) == (pytest.approx(5900), pytest.approx(200))


def test_a_seller_that_is_not_used_names_its_price_and_what_forcing_it_in_costs() -> None:
    """Iluka takes the place of works at 55, its decisions as they are; with all of its 80 t the cap binds at 20 t."""
    found = oremix.why(PROBLEM, "iluka")
    assert (found.used, found.without) == (False, None)
    (offer,) = found.offers
    assert offer.enters_at == pytest.approx(55)
    assert found.forced is not None
    # 20 × 50 + 80 × 90 without works = 8,200
    assert (found.forced.total_cost, found.forced.difference) == (pytest.approx(8200), pytest.approx(2500))
    assert "80 t a year" in found.forced.text


def test_a_build_that_is_decided_on_says_what_doing_without_it_costs() -> None:
    """Without works weld sells the 60 t: 6,200, 500 more."""
    found = oremix.why(PROBLEM, "works")
    assert found.used
    assert found.without is not None
    assert found.without.difference == pytest.approx(500)


def test_a_build_that_is_not_worth_it_can_be_forced_in() -> None:
    """At a capex of 10,000, 1,000 a year, it would cost 6,300: 100 more than weld."""
    dear = {**PROBLEM, "plants": [PROBLEM["plants"][0] | {"build": {"fixed_capex": 10000, "max": 100, "life": 10,
                                                                    "wacc": 0}}]}  # fmt: skip
    found = oremix.why(dear, "works")
    assert found.used is False
    assert found.forced is not None
    assert (found.forced.change, found.forced.difference) == ("with it built", pytest.approx(100))


def test_a_rule_says_what_it_costs() -> None:
    """Without the cap all 100 t are Chinese: 5,000, 700 less."""
    found = oremix.why(PROBLEM, "cap")
    assert found.used is None
    assert found.without is not None
    assert found.without.difference == pytest.approx(-700)
    (limit,) = found.limits
    assert limit.price == pytest.approx(5)  # one tonne of works at 55 for one of northern at 50
    assert any("40.0 %" in sentence for sentence in found.sentences)


def test_a_lane_says_what_its_rule_costs() -> None:
    """Without the freight of 5 the 60 t of works cost 300 less."""
    found = oremix.why(PROBLEM, "strait")
    assert found.kind == "lane"
    assert found.without is not None
    assert found.without.difference == pytest.approx(-300)


def test_a_demand_says_what_it_is_worth() -> None:
    """One tonne more: 0.4 × 50 + 0.6 × 55; without any demand there is nothing to compare."""
    found = oremix.why(PROBLEM, "japan")
    assert (found.kind, found.without) == ("demand", None)
    assert any("100 t delivered" in sentence for sentence in found.sentences)


def test_without_a_plan_there_is_nothing_to_explain() -> None:
    """The answer says so; it invents no prices."""
    impossible = {**PROBLEM, "demands": [PROBLEM["demands"][0] | {"quantity": 1e6}]}
    found = oremix.why(impossible, "weld")
    assert (found.status, found.used, found.total_cost, found.offers) == ("infeasible", None, None, [])
    assert any("no plan" in sentence for sentence in found.sentences)


def test_an_unknown_id_is_refused_with_a_suggestion() -> None:
    """What has the nearest id is named."""
    with pytest.raises(oremix.InvalidOption, match=r"nothing has the id northen; did you mean northern\?"):
        oremix.why(PROBLEM, "northen")


def test_answers_are_the_same_object_in_text_and_json() -> None:
    """The sentences are what is printed; JSON holds everything."""
    found = oremix.why(PROBLEM, "iluka")
    assert str(found).splitlines()[0] == "supplier iluka"
    assert all(sentence in str(found) for sentence in found.sentences)
    assert '"enters_at": 55.0' in found.to_json()

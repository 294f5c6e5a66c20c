"""The decision in sentences: true in every status, each number the plan's."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings

import oremix
from oremix.models import Plan
from oremix.models.figures.labels import Labels
from oremix.models.report.decision import decision
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def minimal(**changes: Any) -> dict[str, Any]:
    return json.loads(oremix.example("minimal")) | changes


def told(plan: Plan) -> list[str]:
    return decision(plan, Labels(plan))


def test_the_minimal_plan() -> None:
    """2,200 of 5,500 t are 40 %, and the rest is Australia's; the sentence of the limit is the plan's own."""
    first, second, third = told(oremix.solve(minimal()))
    assert first == (
        "To deliver 5,500 t (ndpr_oxide) a year, the cheapest plan takes 60.0 % from Australia and 40.0 % from China,"
        " by where it was last made."
    )
    assert second == "Nothing new is built."
    assert third == (
        "It costs USD 348.70 m a year; every rule is kept, and at the margin china_cap costs most: one percentage point"
        " more from CN of ndpr_oxide would save USD 770,000 a year (from 0 % to 100 %)."
    )


def test_builds_scrap_and_grants() -> None:
    """50 t a year come from scrap, 50 from what is built for 50 · 10 = 500, of which a fifth is granted."""
    plan = oremix.solve(
        {
            "materials": [{"id": "oxide", "unit": "t"}],
            "periods": [2026, 2028],
            "discount_rate": 0,
            "recyclers": [{"id": "scrap", "country": "JP", "material": "oxide", "scrap": 50, "unit_cost": 1}],
            "suppliers": [
                {
                    "id": "new",
                    "country": "US",
                    "material": "oxide",
                    "capacity": 0,
                    "unit_cost": 1,
                    "build": {"unit_capex": 10, "life": 10, "grant": 0.2},
                }
            ],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
        }
    )
    first, second, third = told(plan)
    assert "400 t (oxide) over 2026–2029" in first
    assert "50.0 % from Japan and 50.0 % from the United States" in first
    assert "50.0 % of it comes from scrap" in first
    assert (
        second == "It builds at 1 site in 1 order for USD 500.00, of which others pay USD 100.00, the first on stream"
        " in 2026: new (United States)."
    )
    assert third.startswith(f"It costs USD {plan.total_cost:,.2f}, discounted to 2026; there is no rule to keep")


def test_what_is_missing_is_said() -> None:
    """Of 100 t 30 can be bought."""
    plan = oremix.solve(
        {
            "materials": [{"id": "oxide", "unit": "t"}],
            "suppliers": [{"id": "weld", "country": "AU", "material": "oxide", "capacity": 30, "unit_cost": 1}],
            "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "shortage_cost": 9}],
        }
    )
    assert told(plan)[0].endswith(
        "takes 100.0 % from Australia, by where it was last made; 70 t of demand are not met."
    )


def test_a_rule_broken_at_its_price_is_not_kept() -> None:
    """Under a penalty lower than the difference of the prices the cap is passed."""
    cap = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4, "penalty": 1}
    assert "1 of 1 rule broken at a price" in told(oremix.solve(minimal(policies=[cap])))[2]


def test_infeasible_says_why_and_what_helps() -> None:
    """The conflict in the plan's own words, and the first repair with its cost."""
    document = minimal()
    document["policies"][0]["max"] = 0.2
    document["suppliers"][1]["capacity"] = 3000
    plan = oremix.solve(document)
    assert plan.diagnosis is not None
    first, second, third = told(plan)
    assert first == "No plan keeps every rule."
    assert all(entry.text in second for entry in plan.diagnosis.conflict)
    assert plan.diagnosis.repairs[0].text in third
    assert "USD 344.46 m" in third
    assert "not looked into" in told(oremix.solve(document, diagnose=False))[1]


def test_the_other_statuses_claim_no_plan() -> None:
    """Unbounded and unanswered problems have no cost and no mix."""
    plan = oremix.solve(minimal())
    for status in ("unbounded", "no_answer"):
        other = plan.model_copy(update={"status": status, "total_cost": None})
        text = " ".join(told(other))
        assert "cheapest plan takes" not in text
        assert "USD" not in text


def test_what_is_not_proved_is_not_called_the_cheapest() -> None:
    """A plan at a limit, and one that was not verified."""
    plan = oremix.solve(minimal())
    proof = plan.certificate.model_copy(update={"gap": 0.02})
    text = " ".join(told(plan.model_copy(update={"status": "feasible", "certificate": proof})))
    assert "the best plan found" in text
    assert "at most 2 % above it" in text
    assert "cheapest" not in text
    doubted = plan.certificate.model_copy(update={"verified": False, "reason": "why"})
    assert "was not verified" in told(plan.model_copy(update={"certificate": doubted}))[2]


@settings(max_examples=12, suppress_health_check=SLOW)
@given(documents())
def test_there_are_three_sentences_whatever_the_plan(document: Document) -> None:
    """Each ends as a sentence does."""
    sentences = told(oremix.solve(document))
    assert len(sentences) == 3
    assert all(sentence.endswith(".") and not sentence.endswith("..") for sentence in sentences)

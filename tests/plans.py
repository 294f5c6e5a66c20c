"""Plans of tiny problems, and what the tests ask of them."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from oremix.models import Plan

# CBC writes its answers with eight digits or so.
EXACT = 1e-8


def solved(document: dict[str, Any], solver: str = "highs") -> Plan:
    """The plan of a problem that has one, with its proof."""
    plan = oremix.solve({"materials": [{"id": "oxide", "unit": "t"}], **document}, solver=solver)
    assert plan.status == "optimal", (plan.status, plan.certificate.reason)
    assert plan.certificate.verified, plan.certificate.reason
    return plan


def refused(document: dict[str, Any], solver: str = "highs") -> None:
    """No plan can meet what is asked, and that is proved."""
    plan = oremix.solve({"materials": [{"id": "oxide", "unit": "t"}], **document}, solver=solver)
    assert plan.status == "infeasible", (plan.status, plan.certificate.reason)
    assert plan.certificate.verified, plan.certificate.reason


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=EXACT, abs=1e-7)


def supplier(name: str, country: str, unit_cost: Any, material: str = "oxide", **more: Any) -> dict[str, Any]:
    return {"id": name, "country": country, "material": material, "unit_cost": unit_cost, **more}


def plant(
    name: str, country: str, unit_cost: Any, inputs: dict[str, float], outputs: dict[str, float], **more: Any
) -> dict[str, Any]:
    """A plant that can do one thing."""
    recipe = {"id": "r", "inputs": inputs, "outputs": outputs, "unit_cost": unit_cost}
    return {"id": name, "country": country, "recipes": [recipe], **more}


def refinery(name: str, country: str, unit_cost: Any, **more: Any) -> dict[str, Any]:
    """A plant that makes a tonne of oxide of a tonne of ore."""
    return plant(name, country, unit_cost, {"ore": 1}, {"oxide": 1}, **more)


def demand(quantity: Any, country: str = "JP", material: str = "oxide", **more: Any) -> dict[str, Any]:
    """What a country wants, called as the country unless it is given another id."""
    return {"id": country.lower(), "country": country, "material": material, "quantity": quantity, **more}


def tonnes(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "unit": "t"} for name in names]


def bought(plan: Plan) -> dict[str, float]:
    """Supplier → what is taken per year; for problems of one period."""
    return {record.supplier: record.quantity for record in plan.purchases}


def record_of(plan: Plan, policy: str | None, measure: str = "content", **wanted: Any) -> Any:
    """The one record of a policy in `plan.shares` that has these values too."""
    (found,) = [
        record
        for record in plan.shares
        if record.policy == policy
        and record.measure == measure
        and all(getattr(record, field) == value for field, value in wanted.items())
    ]
    return found

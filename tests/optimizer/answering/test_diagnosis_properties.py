"""What holds of every diagnosis, whatever the problem."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import oremix
from oremix.models.diagnosis import Diagnosis
from tests.loosening import Document, edited, statements, without
from tests.random_problems import documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
some = settings(max_examples=25, suppress_health_check=SLOW)


def hard(document: Document) -> Document:
    """The same with demands that must be met, so that more of them are infeasible."""
    changed = deepcopy(document)
    for demand in changed["demands"]:
        demand.pop("shortage_cost", None)
    return changed


def status(document: Document) -> str:
    return oremix.solve(document, detail="plan", diagnose=False).status


def infeasible(document: Document) -> tuple[Document, Diagnosis]:
    """A document without a plan, and why."""
    document = hard(document)
    assume(status(document) == "infeasible")
    found = oremix.solve(document).diagnosis
    assert found is not None
    return document, found


def named(found: Diagnosis) -> list[tuple[str, str, str]]:
    return [(entry.on, str(entry.id), entry.field) for entry in found.conflict]


@some
@given(documents(yes_no=False))
def test_without_any_one_of_a_conflict_the_others_can_hold(document: Document) -> None:
    """With all else taken out of the document a conflict stays one; without any one of its statements it is none."""
    # without its scrap, what must be collected of what comes back could not be stated
    assume(not any({"returns", "minimum_collection_rate"} <= recycler.keys() for recycler in document["recyclers"]))
    document, found = infeasible(document)
    conflict = named(found)
    assert found.smallest
    assert conflict
    rest = [statement for statement in statements(document) if statement not in conflict]
    assert status(without(document, rest)) == "infeasible"
    for statement in conflict:
        if statement in statements(document):  # scrap that nobody states is none
            assert status(without(document, [*rest, statement])) != "infeasible", statement


@some
@given(documents())
def test_repairs_give_plans_at_their_price(document: Document) -> None:
    """Made in the document itself, the changes of every repair give a plan that costs what was said."""
    document, found = infeasible(document)
    for repair in found.repairs:
        changes: list[Any] = repair.changes
        plan = oremix.solve(edited(document, changes), detail="plan", diagnose=False)
        assert plan.status in ("optimal", "feasible"), repair.text
        assert plan.total_cost == pytest.approx(repair.total_cost, rel=1e-6, abs=1e-6), repair.text


@some
@given(documents())
def test_what_is_firm_stays(document: Document) -> None:
    """No repair touches a policy or a demand that must not move."""
    document = hard(document)
    for part in (*document["policies"], *document["demands"]):
        part["firm"] = True
    _, found = infeasible(document)
    assert not {change.on for repair in found.repairs for change in repair.changes} & {"policies", "demands"}
    assert all(entry.firm for entry in found.conflict if entry.on in ("policies", "demands"))

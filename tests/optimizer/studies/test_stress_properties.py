"""What holds of outages whatever the problem."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import Problem, read_problem
from oremix.models.changes import changed
from oremix.models.studies.outages import StressOptions, outages_of
from oremix.models.studies.stress import Stress
from oremix.optimizer.clock import Clock
from oremix.optimizer.decide import solve
from oremix.optimizer.studies.baseline import baseline
from oremix.optimizer.studies.loosened import first_changed, loosened
from oremix.optimizer.studies.stressed import Trial
from oremix.optimizer.verify import verify
from tests.random_problems import Document, documents

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
some = settings(max_examples=25, suppress_health_check=SLOW, deadline=None)

# What falls away with the capacity that it hangs on: without it an outage could make a plan cheaper, or less short.
OBLIGATIONS = ("joint", "minimum", "take_or_pay", "minimum_utilisation", "minimum_collection_rate", "minimum_order")


def without_obligations(document: Document) -> Document:
    """The same problem, in which nothing has to be taken, run, collected or moved."""
    free = dict(document)
    for kind in ("suppliers", "plants", "recyclers", "lanes"):
        free[kind] = [{key: value for key, value in part.items() if key not in OBLIGATIONS} for part in document[kind]]
        for part in free[kind]:
            if "build" in part:
                builds = part["build"] if isinstance(part["build"], list) else [part["build"]]
                part["build"] = [{k: v for k, v in build.items() if k not in OBLIGATIONS} for build in builds]
    # with a floor, or a rule that counts sources, less capacity may leave no plan at all
    free["policies"] = [rule for rule in document["policies"] if "min" not in rule]
    return free


def planned(data: st.DataObject, *, yes_no: bool = False, free: bool = False) -> Problem:
    """A random problem that has a plan."""
    document = data.draw(documents(yes_no=yes_no))
    problem = read_problem(without_obligations(document) if free else document)
    assume(solve(problem, detail="plan", diagnose=False).status == "optimal")
    return problem


def years(data: st.DataObject, problem: Problem) -> dict[str, int]:
    if problem.timeline.typical:
        return {}
    first = data.draw(st.sampled_from(problem.timeline.starts))
    return data.draw(st.sampled_from([{}, {"from_year": first}, {"until_year": first}]))


def shortages(found: Stress) -> dict[str, float]:
    assert found.complete
    return {outage.id: outage.shortage for outage in found.outages if outage.total_cost is not None}


@some
@given(st.data())
def test_every_stressed_plan_is_right_beside_its_own_problem(data: st.DataObject) -> None:
    """It keeps every rule of the changed problem, in which hard demands may go short and stocks are free."""
    problem = planned(data, yes_no=data.draw(st.booleans()))
    asked = StressOptions.model_validate(years(data, problem))
    base = baseline(problem, None)
    for outage in outages_of(problem, asked)[:4]:
        start = first_changed(problem, outage.changes)
        found = Trial(base, start, Clock()).meet(outage.changes)
        event("broken" if found.broken else "no plan" if found.plan is None else "met")
        if found.plan is None or found.broken:
            assert found.broken or found.reason
            continue
        assert found.plan.certificate.verified, found.plan.certificate.reason
        assert found.least is not None
        assert found.least.objective is not None
        verified = verify(changed(loosened(problem, start), outage.changes), found.plan)
        assert verified.right, verified


@some
@given(st.data())
def test_an_outage_is_never_less_short_than_its_parts(data: st.DataObject) -> None:
    """Two countries out at once miss no less than either alone; and either no less than a facility of its own."""
    problem = planned(data, free=True)
    assume(len(problem.network.making_countries) > 1)
    asked = years(data, problem)
    found = shortages(oremix.stress(problem, all=True, pairs=True, insurance=0, **asked))
    for name, shortage in found.items():
        parts = name.split(" + ")
        assert all(shortage >= found[part] - 1e-6 for part in parts if part in found), name
    for facility in problem.facilities:
        country = problem.network.geography.country(facility.at)
        if facility.id in found and country in found:
            assert found[country] >= found[facility.id] - 1e-6


@some
@given(st.data())
def test_an_outage_never_makes_a_plan_cheaper(data: st.DataObject) -> None:
    """Once what is missing has its price, and beside the plan whose stocks are as free as under the outage."""
    document = without_obligations(data.draw(documents(yes_no=False)))
    demands = [entry if "sale_price" in entry else {"shortage_cost": 500, **entry} for entry in document["demands"]]
    problem = read_problem(document | {"demands": demands})
    assume(solve(problem, detail="plan", diagnose=False).status == "optimal")
    found = oremix.stress(problem, insurance=0, **years(data, problem))
    for outage in found.outages:
        if outage.total_cost is None:
            continue
        assert outage.shortage == 0
        assert outage.extra_cost is not None
        assert outage.extra_cost >= -1e-6 * max(1.0, abs(found.plan_cost), abs(outage.total_cost))


@some
@given(st.data())
def test_no_outage_is_the_plan_itself(data: st.DataObject) -> None:
    """A scenario without changes costs what the plan costs, and nothing is short that is not in the plan."""
    problem = planned(data, yes_no=data.draw(st.booleans()))
    found = oremix.stress(problem, scenarios=[{"id": "nothing", "changes": []}], insurance=0)
    (outage,) = found.outages
    assert outage.verified, outage.reason
    money = max(1.0, abs(found.plan_cost))
    assert outage.total_cost == pytest.approx(found.plan_cost, rel=1e-6, abs=1e-6 * money)
    assert (outage.shortage, outage.first_period, outage.takes_over) == (0, None, [])


@settings(max_examples=10, suppress_health_check=SLOW, deadline=None)
@given(st.data())
def test_insurance_does_what_it_says(data: st.DataObject) -> None:
    """It leaves no more than none, or half, of the shortage, by as much as it adds."""
    problem = planned(data)
    found: Any = oremix.stress(problem, insurance=2, **years(data, problem))
    by_id = {outage.id: outage for outage in found.outages}
    for one in found.insurance:
        event(one.kind)
        assert one.amount > 0
        assert one.shortage_before == pytest.approx(by_id[one.outage].shortage, abs=1e-6)
        share = 0.0 if one.avoids == "all" else 0.5
        assert one.shortage_after <= share * one.shortage_before + 1e-5

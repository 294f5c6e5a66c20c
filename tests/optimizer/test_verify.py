"""Anybody's plan, from the file alone: what is right is called right, and what is wrong is found where it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import Plan, Problem
from oremix.models.stated import REQUIRED, read_stated, unstated
from tests.corrupted import ANYWHERE, FEWEST, WITH_BUILDS, Data, corrupted, fewest
from tests.random_problems import Document, documents

EXAMPLES = ["minimal", "lithium-japan", "cobalt-usa", "magnets-usa-japan"]
BUILDING = EXAMPLES[1:]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@cache
def question(name: str) -> Problem:
    return oremix.read_problem(oremix.example(name))


@cache
def answer(name: str) -> str:
    """The plan of an example as a file."""
    return oremix.solve(question(name), detail="plan").to_json()


def plan_of(name: str) -> Data:
    plan: Data = json.loads(answer(name))
    return plan


def refused(problem: Any, plan: Any) -> dict[str, str]:
    """Category → the reason why a plan is wrong."""
    found = oremix.verify(problem, plan)
    assert found.right is False
    assert found.reasons
    return {reason.partition(":")[0]: reason for reason in found.reasons}


# ---------------------------------------------------------------- our own plans


@pytest.mark.parametrize("name", EXAMPLES)
def test_our_plans_are_right_and_state_everything(name: str) -> None:
    """As a file, with everything in it compared, and as cheap as can be."""
    found = oremix.verify(question(name), answer(name), cheapest=True)
    assert (found.right, found.reasons, found.unstated, found.warnings) == (True, [], [], [])
    assert found.total_cost == pytest.approx(plan_of(name)["total_cost"], rel=1e-12)
    assert found.cheapest is not None
    assert found.cheapest.dearer == pytest.approx(0, abs=1e-6 * plan_of(name)["total_cost"])


@pytest.mark.parametrize(
    ("name", "corrupt"),
    [*(("minimal", corrupt) for corrupt in ANYWHERE), *((name, c) for name in BUILDING for c in WITH_BUILDS)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_corrupted_plan_is_refused_for_what_is_wrong(name: str, corrupt: Callable[[Data], tuple[str, str]]) -> None:
    """One flow, cost, share, year or total is off by a thousandth, or by a year."""
    wrong, category, where = corrupted(plan_of(name), corrupt)
    assert where in refused(question(name), wrong)[category]


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_flow_may_be_off_by_a_thousandth(name: str) -> None:
    """Every sixth quantity of every record, one after the other."""
    plan = plan_of(name)
    fields = {"purchases": "quantity", "production": "activity", "recycling": "scrap", "builds": "capacity"}
    fields |= {"shipments": "quantity", "stocks": "level", "deliveries": "quantity", "surpluses": "quantity"}
    lines = [(line, field) for table, field in fields.items() for line in plan[table] if line[field]]
    for line, field in lines[::6]:
        right = line[field]
        line[field] *= 1 + 1e-3
        assert oremix.verify(question(name), plan).right is False, (line, field)
        line[field] = right


def test_a_total_made_right_by_another_wrong_one_is_refused() -> None:
    """A cost moved from one supplier to another leaves the total as it is, and each of the two wrong."""
    plan = plan_of("minimal")
    for line, more in zip(plan["purchases"], (1000, -1000), strict=True):
        line["cost"] += more
    assert set(refused(question("minimal"), plan)) == {"costs"}


# ---------------------------------------------------------------- plans of other tools


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_plan_of_another_tool_needs_only_quantities(name: str) -> None:
    """The fewest fields are enough; what is not stated is listed, and the total cost compared."""
    told = fewest(plan_of(name))
    found = oremix.verify(question(name), told)
    assert (found.right, found.reasons) == (True, [])
    assert found.total_cost == pytest.approx(told["total_cost"], rel=1e-12)
    assert {"costs", "shares", "footprints", "purchases: country, place, material, paid, unit, cost"} <= set(
        found.unstated
    )
    assert any("does not say of which problem" in warning for warning in found.warnings)
    told["total_cost"] *= 1 + 1e-5
    assert list(refused(question(name), told)) == ["totals"]


def test_the_plan_on_the_page_on_verifying_is_right() -> None:
    """What the page shows as enough is enough."""
    page = (Path(__file__).parents[2] / "docs" / "verifying.md").read_text(encoding="utf-8")
    found = oremix.verify(question("minimal"), page.partition("```json\n")[2].partition("```")[0])
    assert (found.right, found.total_cost) == (True, 348_700_000)


def test_what_is_not_stated_is_not_counted_as_checked() -> None:
    """A cost that is left out is one thing less that was compared."""
    plan = plan_of("minimal")
    every = oremix.verify(question("minimal"), plan).checks["costs"].checked
    del plan["purchases"][0]["cost"]
    found = oremix.verify(question("minimal"), plan)
    assert found.checks["costs"].checked == every - 1
    assert "purchases: cost (in 1 of 2)" in found.unstated


@pytest.mark.parametrize(
    ("change", "category", "where"),
    [
        ({"shares": [{"policy": "china_cap", "material": "ndpr_oxide", "period": 1, "measure": "supply"}
                     | {"achieved": 0.39}]}, "shares", "achieved of policy china_cap"),
        ({"shares": []}, "shares", "missing share of policy china_cap"),
        ({"costs": {"by_category": {"purchases": 348_000_000}}}, "totals", "costs by category: purchases"),
        ({"costs": {"by_country": []}}, "totals", "costs by country: "),
        ({"deliveries": []}, "balances", "used at JP in 1"),
        ({"shipments": []}, "balances", "shipped and left over in 1"),
        ({"footprints": [{"of": "co2e_t", "country": "CN", "period": 1, "amount": 1}]}, "footprints", "co2e_t in CN"),
        ({"currency": "EUR"}, "currency", "the plan is in EUR, the problem in USD"),
        ({"total_cost": None}, "totals", "total cost, which is no finite number"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_is_stated_is_checked(change: Data, category: str, where: str) -> None:
    """However little it is; a table that is there has to be whole."""
    assert where in refused(question("minimal"), fewest(plan_of("minimal")) | change)[category]


def test_a_share_needs_only_its_name_and_a_number() -> None:
    """A record that states what is achieved and nothing else is compared in that."""
    told = fewest(plan_of("minimal"))
    told["shares"] = [{"policy": "china_cap", "material": "ndpr_oxide", "period": 1, "measure": "supply"}]
    told["shares"][0] |= {"achieved": 0.4}
    assert oremix.verify(question("minimal"), told).right is True


def test_a_rule_that_is_broken_is_found_without_any_share_stated() -> None:
    """Half from China instead of 40 %, with everything else as it should be."""
    told = fewest(plan_of("minimal"))
    for line, quantity in zip([*told["purchases"], *told["shipments"]], (2750, 2750) * 2, strict=True):
        line["quantity"] = quantity
    told["total_cost"] = 2750 * (55_000 + 69_000)
    assert list(refused(question("minimal"), told).values()) == [
        "shares: bound of policy china_cap for ndpr_oxide in 1, off by 1.0e-01"
    ]


def test_owner_and_stage_are_found_where_only_one_can_be_meant() -> None:
    """Two makers at one place make them needed, and the fault says which there are."""
    told = fewest(plan_of("minimal"))
    for line in told["shipments"]:
        del line["owner"], line["stage"]
    assert oremix.verify(question("minimal"), told).right is True
    problem = json.loads(oremix.example("minimal"))
    problem["suppliers"].append({**problem["suppliers"][0], "id": "other", "owner": "AU"})
    with pytest.raises(oremix.InvalidProblem) as caught:
        oremix.verify(problem, told)
    (fault,) = caught.value.errors
    assert fault.path == ("shipments", 0, "owner")
    assert "owner CN, stage null; owner AU, stage null" in fault.message


def test_the_build_is_found_where_there_is_one() -> None:
    """`build` may be left out unless a facility has several."""
    told = fewest(plan_of("lithium-japan"))
    for line in told["builds"]:
        del line["build"]
    assert oremix.verify(question("lithium-japan"), told).right is True
    problem = json.loads(oremix.example("lithium-japan"))
    on = told["builds"][0]["on"]
    facility = next(part for kind in ("suppliers", "plants", "recyclers") for part in problem.get(kind, [])
                    if part["id"] == on)  # fmt: skip
    facility["build"] = [facility["build"], facility["build"]]
    with pytest.raises(oremix.InvalidProblem, match="`build` is needed"):
        oremix.verify(problem, told)


def test_the_fewest_fields_are_those_required() -> None:
    """What the tests leave to another tool is what is required, what may be ambiguous, and what is seldom none."""
    may_be_left_out = {"returned", "build", "owner", "stage", "fill", "draws", "shortage"}
    for name, keys in FEWEST.items():
        record = Plan.model_fields[name].annotation.__args__[0]  # type: ignore[union-attr]
        assert {key.rstrip("_") for key in REQUIRED[record]} == set(keys) - may_be_left_out


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"purchases": [{"supplier": "northern", "quantity": 1}]}, "/purchases/0/period"),
        ({"purchases": [{"supplier": "northern", "period": 1, "quantity": "much"}]}, "/purchases/0/quantity"),
        ({"purchases": [{"supplier": "northern", "period": 1, "quantitty": 1}]}, "/purchases/0/quantitty"),
        ({"purchases": [{"supplier": "northern", "period": 1, "quantity": float("inf")}]}, "/purchases/0/quantity"),
        ({"purchases": [{"supplier": "northern", "period": 1, "quantity": 1, "cost": None}]}, "/purchases/0/cost"),
        ({"purchases": {}}, "/purchases"),
        ({"status": "best"}, "/status"),
        ({"buys": []}, "/buys"),
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_read_has_its_faults_named(change: Data, pointer: str) -> None:
    """Field by field, each at its place."""
    with pytest.raises(oremix.InvalidProblem) as caught:
        oremix.verify(question("minimal"), fewest(plan_of("minimal")) | change)
    assert pointer in [fault.pointer for fault in caught.value.errors]


@pytest.mark.parametrize("text", ["", "{}", "[]", "5", "{", b"\xff"])
def test_what_is_no_plan_is_refused(text: str | bytes) -> None:
    """Nothing, no JSON, no object, and an object that states nothing."""
    with pytest.raises(oremix.InvalidProblem):
        oremix.verify(question("minimal"), text)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("purchases", {"supplier": "nobody", "period": 1, "quantity": 1}),
        ("purchases", {"supplier": "northern", "period": 2031, "quantity": 1}),
        ("shipments", {"material": "ndpr_oxide", "from": "MY", "to": "JP", "period": 1, "quantity": 1}),
        ("shipments", {"material": "nothing", "from": "CN", "to": "JP", "period": 1, "quantity": 1}),
        ("deliveries", {"demand": "nobody", "period": 1, "quantity": 1}),
    ],
    ids=str,
)
def test_what_the_problem_does_not_have_is_a_wrong_plan(table: str, line: Data) -> None:
    """An id or a period that is unknown is no unreadable plan, but a wrong one."""
    told = fewest(plan_of("minimal"))
    told[table].append(line)
    assert "the problem has no such thing" in refused(question("minimal"), told)["capacities"]


def test_a_plan_of_another_problem_is_warned_of() -> None:
    """It may be right all the same: only its hash says that it was made for something else."""
    plan = plan_of("minimal") | {"problem_hash": "of another"}
    found = oremix.verify(question("minimal"), plan)
    assert found.right is True
    assert "of another problem" in found.warnings[0]


# ---------------------------------------------------------------- nothing cheaper, and no plan at all


def dearer() -> Data:
    """A tonne less from China, and one more from Australia: right, and 14,000 dearer."""
    told = fewest(plan_of("minimal"))
    for line, quantity in zip([*told["purchases"], *told["shipments"]], (2199, 3301) * 2, strict=True):
        line["quantity"] = quantity
    return told | {"total_cost": 348_714_000}


def test_a_dearer_plan_is_right_and_said_to_be_dearer() -> None:
    """Only when asked, and then by how much."""
    found = oremix.verify(question("minimal"), dearer())
    assert found.right is True
    assert any("nothing cheaper" in text for text in found.unchecked)
    found = oremix.verify(question("minimal"), dearer(), cheapest=True)
    assert found.right is True
    assert found.cheapest is not None
    assert found.cheapest.dearer == pytest.approx(14_000)
    assert "USD 14,000.00 (0.004 %) dearer" in found.cheapest.text
    assert not any("nothing cheaper" in text for text in found.unchecked)


def test_a_dearer_plan_that_claims_to_be_optimal_is_wrong() -> None:
    """Held to its claim only where the problem is solved."""
    claim = dearer() | {"status": "optimal"}
    assert oremix.verify(question("minimal"), claim).right is True
    found = oremix.verify(question("minimal"), claim, cheapest=True)
    assert found.right is False
    assert found.reasons == ["it claims to be optimal, and there is a plan at USD 348,700,000.00"]


def infeasible() -> Data:
    problem: Data = json.loads(oremix.example("minimal"))
    problem["suppliers"][1]["capacity"] = 10
    return problem


@pytest.mark.parametrize(
    ("problem", "status", "cheapest", "right", "words"),
    [
        (infeasible, "infeasible", False, None, "only solving the problem can say so"),
        (infeasible, "infeasible", True, True, ""),
        (infeasible, "unbounded", True, False, "and the problem is infeasible"),
        (infeasible, "no_answer", True, None, "nothing was found"),
        (lambda: json.loads(oremix.example("minimal")), "infeasible", True, False, "and the problem is optimal"),
    ],
)
def test_a_plan_that_claims_to_be_none(
    problem: Callable[[], Data], status: str, cheapest: bool, right: bool | None, words: str
) -> None:
    """There is nothing to recompute; solved, the problem confirms the claim or does not."""
    found = oremix.verify(problem(), {"status": status, "total_cost": None}, cheapest=cheapest)
    assert found.right is right
    assert words in " ".join(found.reasons)
    assert found.checks == {}


def test_a_claim_that_there_is_no_plan_has_no_records() -> None:
    """It cannot be both."""
    found = oremix.verify(question("minimal"), fewest(plan_of("minimal")) | {"status": "infeasible"})
    assert found.right is False
    assert "states purchases, shipments, deliveries" in found.reasons[0]


TRACED: Document = {
    "materials": [{"id": "oxide", "unit": "t"}, {"id": "metal", "unit": "t"}],
    "periods": [2026, 2029],
    "final_years": 3,
    "discount_rate": 0,
    "suppliers": [
        {"id": name, "country": country, "material": "oxide", "unit_cost": 1, "capacity": 60, "stage": "mining"}
        for name, country in (("a", "CN"), ("b", "KR"), ("c", "AU"))
    ],
    "plants": [
        {
            "id": "works",
            "country": "JP",
            "stage": "refining",
            "recipes": [{"id": "melt", "inputs": {"oxide": 1}, "outputs": {"metal": 1}}],
        }
    ],
    "demands": [
        {"id": "d", "country": "JP", "material": "metal", "quantity": [100, 140]},
        {"id": "e", "country": "AU", "material": "metal", "quantity": 10},
    ],
    "stockpiles": [
        {"country": "JP", "material": "oxide", "initial": 30, "minimum": 30, "initial_origin": {"CN": 0.5}},
        {"country": "JP", "material": "metal", "initial": 60, "minimum": [40, 0]},
    ],
    "policies": [
        {"id": rule, "type": "share", "measure": "content", "stages": ["mining"], "countries": ["CN", "KR"], **bound}
        for rule, bound in (("cap", {"max": 0.9}), ("floor", {"min": 0.1, "penalty": 2}))
    ],
}


@pytest.mark.parametrize("table", ["purchases", "production", "shipments", "stocks", "deliveries"])
@pytest.mark.parametrize("amount", [1.7e308, 1e308, 1e300, -1e300])
def test_amounts_that_add_up_to_no_number_are_wrong(table: str, amount: float) -> None:
    """In one record or in all, traced or not: nothing endless is divided by itself."""
    right = json.loads(oremix.solve(TRACED, detail="plan").to_json())
    count = len(right[table])
    for numbers in (range(count), *([number] for number in range(count))):
        wrong = copy.deepcopy(right)
        for number in numbers:
            line = wrong[table][number]
            line |= dict.fromkeys(line.keys() & {"quantity", "activity", "fill", "level", "paid"}, amount)
        found = oremix.verify(TRACED, wrong)
        assert found.right is False
        assert str(found)
        json.loads(found.to_json())


# ---------------------------------------------------------------- every problem


@settings(max_examples=60, suppress_health_check=SLOW)
@given(documents())
def test_every_plan_is_right_in_full_and_with_the_fewest_fields(document: Document) -> None:
    """As a file and as another tool would write it; nothing of ours is left unstated."""
    plan = oremix.solve(document, detail="plan")
    assert list(unstated(read_stated(json.loads(plan.to_json())))) == []
    found = oremix.verify(document, plan.to_json())
    assert found.right is (None if plan.total_cost is None else True), found.reasons
    if plan.total_cost is not None:
        told = oremix.verify(document, fewest(json.loads(plan.to_json())))
        assert told.right is True, told.reasons


@settings(max_examples=60, suppress_health_check=SLOW)
@given(documents(), st.data())
def test_anything_wrong_in_a_plan_is_answered(document: Document, data: st.DataObject) -> None:
    """Whatever one entry is changed to, there is an answer or a fault, and what is clearly wrong is not right."""
    plan = oremix.solve(document, detail="plan")
    written = json.loads(plan.to_json())
    tables = [name for name in FEWEST if written[name]]
    assume(tables)
    wrong = copy.deepcopy(written)
    line = data.draw(st.sampled_from(wrong[data.draw(st.sampled_from(tables))]))
    field = data.draw(st.sampled_from([key for key, value in line.items() if isinstance(value, int | float | str)]))
    line[field] = (
        "XX" if isinstance(line[field], str) else data.draw(st.sampled_from([line[field] + 1e6, -1e300, 1e308]))
    )
    try:
        found = oremix.verify(document, wrong)
    except oremix.InvalidProblem:
        return
    json.loads(found.to_json())
    assert str(found)
    assert found.right is False, (field, line)

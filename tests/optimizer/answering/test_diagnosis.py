"""Of an infeasible problem: the statements that conflict, by id, and repairs that give a plan at the price they say."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from oremix.models import Plan
from oremix.models.diagnosis import Diagnosis
from tests.loosening import edited
from tests.plans import demand, plant, refinery, supplier, tonnes

Document = dict[str, Any]

YEARS: Document = {"periods": [2026, 2028, 2030], "discount_rate": 0.05}
CHINA = supplier("north", "CN", 5)
CAP: Document = {"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.25}


def document(**parts: Any) -> Document:
    return {"materials": tonnes("oxide"), "demands": [demand(100)], **parts}


TIGHT_CAP = document(suppliers=[CHINA, supplier("weld", "AU", 7, capacity=60)], policies=[CAP])
ABOVE_SUPPLY = document(
    suppliers=[supplier("north", "CN", 5, capacity=50), supplier("weld", "AU", 7, capacity=30)],
)
CLOSED_LANE = document(
    suppliers=[supplier("weld", "AU", 7)], lanes=[{"id": "strait", "from": "AU", "to": "JP", "closed": True}]
)
LATE = document(
    **YEARS,
    materials=tonnes("ore", "oxide"),
    suppliers=[supplier("mine", "AU", 1, "ore")],
    plants=[refinery("works", "JP", 2, build={"max": 200, "unit_capex": 10, "life": 20, "lead_time": 4})],
    demands=[demand([0, 100, 100])],
)
NO_MONEY = document(
    **YEARS,
    materials=tonnes("ore", "oxide"),
    suppliers=[supplier("mine", "AU", 1, "ore")],
    plants=[refinery("works", "JP", 2, build={"max": 200, "unit_capex": 10, "life": 20})],
    policies=[{"id": "budget", "type": "budget", "max": 600, "across": ["periods"]}],
)
STOCK = document(
    **YEARS,
    suppliers=[supplier("weld", "AU", 7, capacity=110)],
    stockpiles=[{"id": "reserve", "country": "JP", "material": "oxide", "minimum": [50, 50, 50]}],
)
OBLIGED = document(
    suppliers=[supplier("north", "CN", 5, minimum=40), supplier("weld", "AU", 7)],
    policies=[CAP],
    materials=[{"id": "oxide", "unit": "t", "surplus": "forbidden"}],
)
NO_CLEAN_PATH = document(
    materials=tonnes("ore", "oxide"),
    suppliers=[
        supplier("north", "CN", 1, "ore", stage="mining"),
        supplier("weld", "AU", 3, "ore", stage="mining", capacity=20),
    ],
    plants=[refinery("works", "MY", 2)],
    policies=[
        {"id": "clean", "type": "share", "measure": "content", "stages": ["mining"], "countries": ["CN"], "max": 0.5}
    ],
)
CONTRADICTION = document(
    suppliers=[CHINA, supplier("weld", "AU", 7)],
    policies=[CAP, {"id": "old_friends", "type": "share", "countries": ["CN"], "min": 0.5}],
)
SCRAP = document(
    suppliers=[supplier("weld", "AU", 7)],
    recyclers=[{"id": "urban", "country": "JP", "material": "oxide", "scrap": 20, "recovery": 0.5}],
    policies=[
        {
            "id": "recycled",
            "type": "share",
            "measure": "production",
            "stages": ["recycling"],
            "of": "consumption",
            "min": 0.15,
        }
    ],
)
SCRAP["suppliers"][0]["stage"] = "mining"
SCRAP["policies"][0]["countries"] = ["JP"]
NOBODY = document(materials=tonnes("oxide", "metal"), suppliers=[CHINA], demands=[demand(100, material="metal")])
WRONG_YEAR = document(**YEARS, suppliers=[supplier("weld", "AU", 7, capacity=150, from_year=2028)])

# Problem → the statements that conflict, and the fields that some repair changes alone.
CASES: dict[str, tuple[Document, set[tuple[str, str]], set[str]]] = {
    "a cap too tight": (
        TIGHT_CAP,
        {("china_cap", "max"), ("jp", "quantity"), ("weld", "capacity")},
        {"max", "quantity", "capacity"},
    ),
    "demand above all supply": (
        ABOVE_SUPPLY,
        {("jp", "quantity"), ("north", "capacity"), ("weld", "capacity")},
        {"quantity", "capacity"},
    ),
    "a closed lane": (CLOSED_LANE, {("jp", "quantity"), ("strait", "closed")}, {"quantity", "closed"}),
    "a lead time too long": (LATE, {("jp", "quantity"), ("works", "build.lead_time")}, {"quantity", "build.lead_time"}),
    "a budget too small": (NO_MONEY, {("jp", "quantity"), ("budget", "max")}, {"quantity", "max"}),
    "a stock minimum": (
        STOCK,
        {("jp", "quantity"), ("weld", "capacity"), ("reserve", "minimum")},
        {"quantity", "capacity", "minimum"},
    ),
    "an obligation against a cap": (
        OBLIGED,
        {("china_cap", "max"), ("north", "minimum"), ("oxide", "surplus")},
        {"max", "minimum"},
    ),
    "content with no clean path": (
        NO_CLEAN_PATH,
        {("clean", "max"), ("jp", "quantity"), ("weld", "capacity")},
        {"max", "quantity", "capacity"},
    ),
    "two policies that contradict": (
        CONTRADICTION,
        {("china_cap", "max"), ("old_friends", "min"), ("jp", "quantity")},
        {"max", "min"},
    ),
    "a floor above the scrap": (SCRAP, {("recycled", "min"), ("urban", "scrap")}, {"min", "scrap"}),
    "a material nobody makes": (NOBODY, {("jp", "quantity")}, {"quantity"}),
    "capacity in the wrong year": (WRONG_YEAR, {("jp", "quantity"), ("weld", "from_year")}, {"quantity", "from_year"}),
}


def diagnosed(problem: Document, **options: Any) -> Diagnosis:
    plan = oremix.solve(problem, **options)
    assert plan.status == "infeasible"
    assert plan.diagnosis is not None
    return plan.diagnosis


def culprits(diagnosis: Diagnosis) -> set[tuple[str, str]]:
    return {(str(entry.id), entry.field) for entry in diagnosis.conflict}


def repaired(problem: Document, changes: list[Any]) -> Plan:
    """The plan of the problem as its owner would change it."""
    return oremix.solve(edited(problem, changes), diagnose=False)


@pytest.mark.parametrize("case", CASES)
def test_the_culprits_are_named_and_no_others(case: str) -> None:
    """Every statement of the conflict is needed for it, and none that is needed is missing."""
    problem, expected, _ = CASES[case]
    found = diagnosed(problem)
    assert culprits(found) == expected
    assert found.smallest
    assert all(str(entry.id) in entry.text for entry in found.conflict)


@pytest.mark.parametrize("case", CASES)
def test_each_repair_gives_a_plan_at_its_price(case: str) -> None:
    """The changes, made in the document by hand, make it feasible; the cheapest plan costs what was said."""
    problem, _, fields = CASES[case]
    repairs = diagnosed(problem).repairs
    assert fields <= {change.field for repair in repairs for change in repair.changes}
    for repair in repairs:
        plan = repaired(problem, repair.changes)
        assert plan.status == "optimal", repair.text
        assert plan.total_cost == pytest.approx(repair.total_cost, rel=1e-9), repair.text
        assert repair.checked


@pytest.mark.parametrize("case", [case for case in CASES if case != "a material nobody makes"])
def test_repairs_differ_in_kind(case: str) -> None:
    """No two repairs move the same fields, and there are at least two."""
    repairs = diagnosed(CASES[case][0]).repairs
    moved = [frozenset((change.id, change.field) for change in repair.changes) for repair in repairs]
    assert len(moved) == len(set(moved)) >= 2


# Repairs by hand. Of 100 t, 60 come from Australia at most.
LEAST: list[tuple[Document, str, float, float]] = [
    (TIGHT_CAP, "max", 0.4, 40 * 5 + 60 * 7),
    (TIGHT_CAP, "quantity", 80, 20 * 5 + 60 * 7),
    (TIGHT_CAP, "capacity", 75, 25 * 5 + 75 * 7),
    (NO_CLEAN_PATH, "max", 0.8, 80 * 1 + 20 * 3 + 100 * 2),
    (NO_CLEAN_PATH, "quantity", 40, 20 * 1 + 20 * 3 + 40 * 2),
    (CONTRADICTION, "max", 0.5, 50 * 5 + 50 * 7),
    (CONTRADICTION, "min", 0.25, 25 * 5 + 75 * 7),
    (OBLIGED, "minimum", 25, 25 * 5 + 75 * 7),
    (OBLIGED, "max", 0.4, 40 * 5 + 60 * 7),
    (SCRAP, "scrap", 30, 85 * 7),
    (SCRAP, "min", 0.1, 90 * 7),
    (LATE, "build.lead_time", 2, 0),
    (WRONG_YEAR, "from_year", 2026, 0),
    (NO_MONEY, "max", 1000, 0),
    (NO_MONEY, "quantity", 60, 0),
]


@pytest.mark.parametrize(("problem", "field", "to", "cost"), LEAST)
def test_a_repair_is_the_least_move(problem: Document, field: str, to: float, cost: float) -> None:
    """The statement moves as far as it must, by hand, and no further."""
    (repair,) = [
        repair for repair in diagnosed(problem).repairs if {change.field for change in repair.changes} == {field}
    ]
    assert {change.to for change in repair.changes} == {to}
    if cost:
        assert repair.total_cost == pytest.approx(cost)


def test_the_period_is_named_where_there_is_one() -> None:
    """Demand that is too high in one year only conflicts in that year."""
    problem = document(**YEARS, suppliers=[supplier("weld", "AU", 7, capacity=90)], demands=[demand([80, 100, 90])])
    found = diagnosed(problem)
    assert {(entry.id, entry.period) for entry in found.conflict} == {("jp", 2028), ("weld", 2028)}
    assert "in 2028" in found.conflict[0].text
    lower = next(repair for repair in found.repairs if repair.changes[0].on == "demands")
    assert [(c.period, c.from_, c.to, c.unit) for c in lower.changes] == [(2028, 100.0, 90.0, "t")]


def test_what_is_firm_does_not_move() -> None:
    """Statements marked firm are named in the conflict and left alone by every repair."""
    problem = TIGHT_CAP | {
        "policies": [CAP | {"firm": True}],
        "demands": [demand(100, firm=True)],
    }
    found = diagnosed(problem)
    assert {entry.id for entry in found.conflict if entry.firm} == {"china_cap", "jp"}
    assert culprits(found) == CASES["a cap too tight"][1]
    assert found.repairs
    assert {change.id for repair in found.repairs for change in repair.changes} == {"weld"}


def test_where_all_is_firm_no_repair_is_made_up() -> None:
    """With nothing that may move there is the conflict, and the answer says that none may."""
    problem = TIGHT_CAP | {
        "policies": [CAP | {"firm": True}],
        "demands": [demand(100, firm=True)],
        "suppliers": [CHINA, supplier("weld", "AU", 7, capacity=60, firm=True)],
    }
    found = diagnosed(problem)
    assert found.repairs == []
    assert "none of them may move" in found.text


def test_take_or_pay_never_conflicts_with_a_cap() -> None:
    """What is paid for and not taken is no supply: the contract is paid and the cap kept."""
    problem = OBLIGED | {"suppliers": [supplier("north", "CN", 5, take_or_pay=40), supplier("weld", "AU", 7)]}
    plan = oremix.solve(problem)
    assert plan.status == "optimal"
    assert plan.total_cost == pytest.approx(40 * 5 + 75 * 7)
    assert plan.diagnosis is None


def test_a_presets_rule_is_moved_in_the_presets_entry() -> None:
    """A rule that a preset stands for is named as plans name it, and the price is that of the moved rule."""
    problem = document(
        **YEARS,
        materials=tonnes("ore", "oxide"),
        suppliers=[supplier("north", "CN", 1, "ore", stage="mining"), supplier("weld", "AU", 2, "ore", stage="mining")],
        plants=[
            refinery("works", "CN", 2, capacity=200),
            refinery("eastern", "AU", 3, capacity=30),
        ],
        demands=[demand(100, "DE")],
        policies=[{"preset": "eu-crma-2030", "id": "crma", "weight": {"ore": 1, "oxide": 1}}],
    )
    found = diagnosed(problem)
    ruled = [entry for entry in found.conflict if entry.kind == "policy"]
    assert ruled
    assert all(str(entry.id).startswith("crma.") for entry in ruled)
    assert found.repairs
    assert any(change.on == "policies" for repair in found.repairs for change in repair.changes)


def test_decisions_alone_may_conflict() -> None:
    """Where lots are whole there is no plan, though between whole lots there would be one."""
    problem = document(
        materials=[{"id": "oxide", "unit": "t", "surplus": "forbidden"}],
        suppliers=[
            supplier("north", "CN", 5, capacity=100, minimum_order=80),
            supplier("weld", "AU", 7, capacity=30),
        ],
        policies=[CAP | {"max": 0.75}],
    )
    found = diagnosed(problem)
    assert culprits(found) == {
        ("china_cap", "max"),
        ("jp", "quantity"),
        ("north", "minimum_order"),
        ("weld", "capacity"),
        ("oxide", "surplus"),
    }
    assert {"minimum_order", "max"} <= {c.field for repair in found.repairs for c in repair.changes}


def test_two_conflicts_are_repaired_together() -> None:
    """Where one statement moved is not enough, a repair moves several."""
    problem = document(
        materials=tonnes("oxide", "metal"),
        suppliers=[
            supplier("weld", "AU", 7, capacity=60, firm=True),
            supplier("smelter", "CL", 7, "metal", capacity=60, firm=True),
        ],
        demands=[demand(100), demand(90, "US", "metal")],
    )
    (repair,) = diagnosed(problem).repairs
    assert {(change.id, change.to) for change in repair.changes} == {("jp", 60.0), ("us", 60.0)}


@pytest.mark.parametrize(
    ("terms", "fixed", "policies"),
    [
        ({"fixed_cost": 5}, {}, []),
        ({}, {"fixed_cost": 5}, []),
        ({"minimum_order": 5, "fixed_cost": 5}, {}, []),
        ({"fixed_cost": 5}, {}, [{"id": "one", "type": "diversify", "of": "countries", "max": 1}]),
        ({"fixed_cost": 5}, {}, [{"id": "one", "type": "diversify", "of": "countries", "min": 1, "smallest": 0.5}]),
    ],
)
def test_two_capacities_are_raised_beyond_what_a_decision_allowed(
    terms: Document, fixed: Document, policies: list[Document]
) -> None:
    """Of 100 t a mine makes 50 and its lane carries 60: what either allows a yes is no limit where both are raised.

    100 t at 1, and 5 for the one or the other.
    """
    problem = document(
        suppliers=[supplier("north", "CN", 1, capacity=50, **terms)],
        lanes=[{"id": "strait", "from": "CN", "to": "JP", "capacity": 60, **fixed}],
        demands=[demand(100, firm=True)],
        policies=policies,
    )
    (repair,) = diagnosed(problem).repairs
    assert repair.checked
    assert {(change.id, change.to) for change in repair.changes} == {("north", 100.0), ("strait", 100.0)}
    assert repair.total_cost == pytest.approx(105)


def test_lots_of_capacity_are_moved_as_little_as_works() -> None:
    """A joint lane that carries too little is named by its id, and raised by what is missing."""
    problem = document(
        suppliers=[supplier("weld", "AU", 7), supplier("south", "CL", 7)],
        lanes=[{"id": "ships", "from": "*", "to": "JP", "capacity": 70, "joint": True}],
    )
    found = diagnosed(problem)
    assert culprits(found) == {("jp", "quantity"), ("ships", "capacity")}
    raised = next(repair for repair in found.repairs if repair.changes[0].on == "lanes")
    assert raised.changes[0].to == 100.0
    assert raised.text == "raise the capacity of ships from 70 t to 100 t a year"


def test_physics_never_moves() -> None:
    """Yields are no statement: what moves is the ore, or the demand for what it makes."""
    problem = document(
        materials=tonnes("ore", "oxide"),
        suppliers=[supplier("mine", "AU", 1, "ore", capacity=150)],
        plants=[plant("works", "JP", 2, {"ore": 2}, {"oxide": 1})],
    )
    found = diagnosed(problem)
    assert culprits(found) == {("jp", "quantity"), ("mine", "capacity")}
    assert {c.to for repair in found.repairs for c in repair.changes} == {75.0, 200.0}


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_lists_changes_nothing(case: str) -> None:
    """The same problem written in another order has the same conflict and the same repairs."""
    problem = CASES[case][0]
    turned = {name: value[::-1] if name in ("suppliers", "policies") else value for name, value in problem.items()}
    one, other = diagnosed(problem), diagnosed(turned)
    assert one.conflict == other.conflict
    assert [repair.changes for repair in one.repairs] == [repair.changes for repair in other.repairs]


def test_no_time_is_said_so() -> None:
    """Where time runs out at once, the diagnosis says so and claims nothing."""
    plan = oremix.solve(TIGHT_CAP, time_limit=0)
    assert plan.status in ("infeasible", "no_answer")
    if plan.diagnosis is not None:
        assert "time ran out" in plan.diagnosis.text
        assert not plan.diagnosis.smallest


def test_the_diagnosis_can_be_left_out() -> None:
    """`diagnose=False` answers with the status alone."""
    assert oremix.solve(TIGHT_CAP, diagnose=False).diagnosis is None


def test_the_table_says_what_conflicts_and_what_to_do() -> None:
    """The first screen of an infeasible plan names the conflict and each repair with its price."""
    shown = str(oremix.solve(TIGHT_CAP))
    assert "china_cap allows at most 25 % of supply from CN" in shown
    assert "raise china_cap from 25 % to 40 %: USD 620.00" in shown
    assert len(shown.splitlines()) < 25

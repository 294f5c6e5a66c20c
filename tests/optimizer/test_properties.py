"""What holds of every problem, whatever its numbers."""

from __future__ import annotations

import copy
import json
import math
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from oremix.models import Plan, read_problem
from oremix.optimizer.decide import solve
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import solve_lp
from tests.random_problems import (
    COUNTRIES,
    Document,
    documents,
    ids,
    renamed,
    reordered,
    with_money_times,
    with_quantities_times,
)

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
many = settings(max_examples=40, suppress_health_check=SLOW)
some = settings(max_examples=25, suppress_health_check=SLOW)
few = settings(max_examples=8, suppress_health_check=SLOW)


def value(plan: Plan) -> float:
    """The cost of the best plan; without any it is infinite."""
    assert plan.status in ("optimal", "infeasible", "unbounded"), (plan.status, plan.certificate.reason)
    if plan.status == "optimal":
        assert plan.total_cost is not None
        return plan.total_cost
    return math.inf if plan.status == "infeasible" else -math.inf


def turnover(plan: Plan) -> float:
    """All money that changes hands: what a difference in cost has to be measured against, as credits cancel costs."""
    return sum(abs(amount) for amount in plan.costs.by_category.values())


def assert_same(one: Plan, other: Plan, factor: float = 1.0, rel: float = 1e-9) -> None:
    """The same status, and `factor` times the cost."""
    assert one.status == other.status, (one.certificate.reason, other.certificate.reason)
    scale = factor * max(turnover(one), turnover(other) / factor, 1.0)
    if one.status == "optimal":
        assert abs(value(one) * factor - value(other)) <= rel * scale


def assert_no_cheaper(dear: Plan, cheap: Plan) -> None:
    """The first plan costs at least as much as the second, but for rounding."""
    slack = 1e-9 * max(turnover(dear), turnover(cheap), 1.0)
    assert value(dear) >= value(cheap) - slack


# ---------------------------------------------------------------- the answer itself


@many
@given(documents())
def test_every_plan_passes_its_audit(document: Document) -> None:
    """Every number of a plan can be recomputed from the problem, and what has no plan is proved to have none."""
    plan = solve(document)
    event(plan.status)
    value(plan)
    if plan.status == "optimal":
        assert plan.certificate.verified
        assert {name: check for name, check in plan.certificate.audit.items() if check.worst > 1e-6} == {}


@many
@given(documents())
def test_costs_add_up_in_all_four_ways(document: Document) -> None:
    """By category, period, country and facility the same total, which is what the records and periods say."""
    plan = solve(document)
    assume(plan.status == "optimal")
    costs, total = plan.costs, plan.total_cost
    close = {"rel": 1e-9, "abs": 1e-9 * max(1.0, turnover(plan))}
    assert sum(costs.by_category.values()) == pytest.approx(total, **close)
    assert sum(period.total for period in costs.by_period) == pytest.approx(total, **close)
    assert sum(period.weight * period.annual for period in costs.by_period) == pytest.approx(total, **close)
    assert sum(country.total for country in costs.by_country) == pytest.approx(total, **close)
    assert sum(facility.total for facility in costs.by_facility) == pytest.approx(total, **close)
    for parts in (costs.by_country, costs.by_facility):
        for category, amount in costs.by_category.items():
            assert sum(part.by_category.get(category, 0.0) for part in parts) == pytest.approx(amount, **close)


@some
@given(documents())
def test_a_problem_survives_json(document: Document) -> None:
    """Written and read again it has the same hash, gets the same plan, and writes itself the same."""
    problem = read_problem(document)
    again = read_problem(problem.to_json())
    assert again.hash == problem.hash
    assert again.to_json() == problem.to_json()
    plans = [solve(one).model_dump(exclude={"solver"}) for one in (problem, again, json.dumps(document))]
    assert plans[0] == plans[1] == plans[2]


@few
@given(documents())
def test_two_solvers_agree(document: Document) -> None:
    """HiGHS and CBC find the same status and, to a solver's tolerance, the same cost."""
    lp = build_model(read_problem(document)).lp
    ours, theirs = solve_lp(lp), solve_lp(lp, solver="cbc")
    assert ours.status == theirs.status, (ours.reason, theirs.reason)
    if ours.objective is not None and theirs.objective is not None:
        assert ours.objective == pytest.approx(theirs.objective, rel=1e-6, abs=1e-4)


def only_delivers(document: Document, material: str) -> bool:
    """Whether no place that wants a material has another use for it, or a stock."""
    wanted = {str(place_of(demand)) for demand in document["demands"] if demand["material"] == material}
    country = {place["id"]: place["country"] for place in document["places"]}
    stocked = {country.get(place_of(p), place_of(p)) for p in document["stockpiles"] if p["material"] == material}
    worked = {
        place_of(plant)
        for plant in document["plants"]
        if any(material in recipe["inputs"] for recipe in plant["recipes"])
    }
    return not wanted & worked and not {country.get(place, place) for place in wanted} & stocked


def place_of(part: Document) -> str:
    return str(part.get("place") or part["country"])


@many
@given(documents())
def test_content_is_no_less_than_supply(document: Document) -> None:
    """Where a place only delivers, what was last made in a country went through it: content is at least supply."""
    plan = solve(document)
    assume(plan.status == "optimal")
    found = {(r.material, r.period, r.measure): r for r in plan.shares if r.policy is None}
    for (material, period, measure), record in found.items():
        if measure == "supply" and record.achieved is not None and only_delivers(document, str(material)):
            content = found[material, period, "content"]
            assert content.achieved is not None
            event("compared, above nothing" if record.achieved > 0 else "compared")
            assert content.achieved >= record.achieved - 1e-6


# ---------------------------------------------------------------- more room never costs more


@some
@given(documents(), st.data())
def test_a_tighter_cap_never_costs_less(document: Document, data: st.DataObject) -> None:
    """Share or quantity, hard or priced: less room, no lower cost."""
    measures = ["supply", "production", "content"]
    kind, measure = data.draw(st.sampled_from([*product(["share", "quantity"], measures), ("quantity", "shipments")]))
    cap: Document = {
        "id": "cap",
        "type": kind,
        "measure": measure,
        "countries": [data.draw(st.sampled_from(COUNTRIES))],
        "by": data.draw(st.sampled_from(["location", "owner"])),
    }
    if data.draw(st.booleans()):
        cap["penalty"] = data.draw(st.integers(0, 40))
    tight, loose = sorted(data.draw(st.lists(st.integers(0, 10), min_size=2, max_size=2, unique=True)))
    unit = 0.1 if kind == "share" else 8
    plans = [
        solve(document | {"policies": [*document["policies"], cap | {"max": most * unit}]}) for most in (tight, loose)
    ]
    assert_no_cheaper(*plans)


OWED = {
    *("minimum", "take_or_pay", "minimum_utilisation", "minimum_collection_rate"),
    *("fixed_cost", "fixed_cost_per_capacity"),
}
# Whether to buy at all, or in which tier, is decided within a limit.
DECIDED = {"minimum_order", "all_units", "tiers"}


def roomier(document: Document) -> list[tuple[str, Document]]:
    """Ways of giving a document more room that bring no obligation with it."""
    found = []

    def add(label: str, key: str, position: int, part: Document) -> None:
        changed = copy.deepcopy(document)
        changed[key][position] = part
        found.append((label, changed))

    # A rule on capacity may not allow more of it, and one on numbers has to know how much there is.
    limited = any(
        policy["type"] == "diversify" or policy.get("measure") == "capacity" for policy in document["policies"]
    )
    for key in ("suppliers", "plants", "recyclers", "stockpiles"):
        for position, part in enumerate(document[key]):
            # An obligation or a fixed cost may grow with the capacity or the years.
            if key != "stockpiles" and (limited or OWED & part.keys()):
                continue
            free = {name: entry for name, entry in part.items() if name not in ("from_year", "until_year", "ramp_up")}
            add(f"{key} at all times", key, position, free)
            if "build" not in part and not DECIDED & part.keys():
                unlimited = {name: entry for name, entry in part.items() if name != "capacity"}
                add(f"{key} without limit", key, position, unlimited)
            elif isinstance(part.get("build"), dict) and "max" in part["build"]:
                build = part["build"] | {"max": part["build"]["max"] + 17}
                build = {name: entry for name, entry in build.items() if name not in ("earliest", "latest")}
                add(f"{key} build", key, position, part | {"build": build})
    for position, lane in enumerate(document["lanes"]):
        if "capacity" in lane:
            add("lane capacity", "lanes", position, lane | {"capacity": 1000})
    return found


@some
@given(documents(), st.data())
def test_more_room_never_costs_more(document: Document, data: st.DataObject) -> None:
    """Capacity, a longer window, a larger build: none makes a plan dearer."""
    for lane in document["lanes"]:
        lane.pop("minimum", None)  # it holds where there is something to ship
        if not {"capacity", "fixed_cost"} & lane.keys():
            lane.pop("joint", None)  # it would be about nothing
    ways = roomier(document)
    assume(ways)
    label, changed = data.draw(st.sampled_from(ways))
    event(label)
    assert_no_cheaper(solve(document), solve(changed))


@some
@given(documents())
def test_a_useless_offer_changes_nothing(document: Document) -> None:
    """A seller dearer than anything else is not used, wherever he is."""
    plan = solve(document)
    assume(plan.status == "optimal")
    offer = {"id": "dear", "country": "BR", "material": document["materials"][0]["id"], "unit_cost": 1e6}
    offer |= {"stage": "mining", "capacity": 1}  # what rules on stages and on numbers of sources ask of everybody
    assert_same(plan, solve(document | {"suppliers": [offer, *document["suppliers"]]}), rel=1e-8)


# ---------------------------------------------------------------- names, order and units mean nothing


ODD = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=4)


@some
@given(documents(), st.data())
def test_names_and_order_mean_nothing(document: Document, data: st.DataObject) -> None:
    """Other ids and another order of every list change neither status nor cost."""
    old = ids(document)
    new = data.draw(st.lists(ODD, min_size=len(old), max_size=len(old), unique=True))
    names = {before: f"{after} id" for before, after in zip(old, new, strict=True)}
    changed = data.draw(reordered(renamed(document, names)))
    assert_same(solve(document), solve(changed))


@some
@given(documents(), st.sampled_from([0.001, 7, 1000]))
def test_money_has_no_unit(document: Document, factor: float) -> None:
    """In another currency the cost is another number, and the plan is as good as before."""
    assert_same(solve(document), solve(with_money_times(document, factor)), factor)


@some
@given(documents(yes_no=False), st.sampled_from([0.001, 7, 1000]))
def test_quantity_has_no_unit(document: Document, factor: float) -> None:
    """All quantities times a factor, at the same unit costs, cost that factor."""
    assert_same(solve(document), solve(with_quantities_times(document, factor)), factor)


# ---------------------------------------------------------------- time


@some
@given(documents(typical=True, builds=False, stocks=False))
def test_a_period_is_its_years(document: Document) -> None:
    """Two years as one period, as two periods, or as the same typical year twice, each discounted: one cost."""
    for supplier in document["suppliers"]:
        supplier.pop("reserve", None)  # it is of the horizon, however long
    for policy in document["policies"]:
        if policy["type"] == "diversify":
            continue
        policy["across"] = [pooled for pooled in policy["across"] if pooled != "periods"]
    typical = solve(document)
    joined = solve(document | {"periods": [2026], "final_years": 2})
    split = solve(document | {"periods": [2026, 2027], "final_years": 1})
    weight = 1 + 1 / (1 + document["discount_rate"])
    assert_same(joined, split)
    assert_same(typical, joined, weight)


def test_the_strategy_draws_all_kinds_of_problem() -> None:
    """Solvable and unsolvable ones, with and without decisions: else the properties would hold of too little."""
    seen: set[Any] = set()
    solved: list[str] = []

    @settings(max_examples=1000, database=None, derandomize=True, suppress_health_check=SLOW)
    @given(documents())
    def look(document: Document) -> None:
        seen.update(name for name in ("plants", "recyclers", "stockpiles", "policies", "lanes") if document[name])
        seen.update(policy.get("measure", policy["type"]) for policy in document["policies"])
        seen.add(len(document.get("periods", [])))
        if len(solved) < 400:
            plan = solve(document)
            solved.append(plan.status)
            seen.update([plan.status, *(key for key, category in plan.costs.by_category.items() if category)])

    look()
    assert seen >= {"optimal", "infeasible", "purchases", "processing", "collection", "freight", "duties", "holding"}
    assert seen >= {"fixed", "capital", "surplus", "shortage", "penalties"}
    assert seen >= {"sales", "footprint", "budget", "diversify"}
    assert seen >= {"supply", "production", "content", "capacity", "shipments"}
    assert seen >= {"plants", "recyclers", "stockpiles", "policies", "lanes", 0, 1, 2, 3}

"""Yes/no decisions: a plan soon, the gap as certificates state it, and whole decisions that are whole."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from itertools import product
from threading import Event, Timer
from types import SimpleNamespace
from typing import Any

import numpy as np
import pulp
import pytest
from hypothesis import assume, given

import oremix
from oremix.models import read_problem
from oremix.models.errors import SolverFailed
from oremix.optimizer import clock
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving import mip, solve_lp
from oremix.optimizer.solving.arrays import Arrays, arrays_of, with_decisions
from oremix.optimizer.solving.highs import Claim, run_highs
from oremix.optimizer.solving.mip import Progress, Search
from oremix.optimizer.solving.proof import TOLERANCE
from oremix.optimizer.solving.solve import _verdict
from tests.optimizer.solving.test_solve import hard, yes_no
from tests.optimizer.test_properties import SLOW, settings
from tests.random_problems import Document, documents

BEFORE_IT_BEGINS = Event()
BEFORE_IT_BEGINS.set()


def arrays(document: Document) -> Arrays:
    return arrays_of(build_model(read_problem(document)).lp)


def cheapest_of_all(lp: Arrays) -> float:
    """The least cost over all decisions, each tried; infinite where none has a plan."""
    decisions = np.flatnonzero(lp.integer)
    costs = [math.inf]
    for values in product(*([(0.0, 1.0)] * len(decisions))):
        point = np.zeros(len(lp.cost))
        point[decisions] = values
        claim = run_highs(lp, fixed=point)
        assert claim.status in ("optimal", "infeasible", "unbounded")
        if claim.status == "unbounded":
            return -math.inf
        if claim.status == "optimal" and claim.x is not None:
            costs.append(float(lp.cost @ claim.x) + lp.offset)
    return min(costs)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(documents(yes_no=True))
def test_the_optimum_is_that_of_all_decisions_tried(document: Document) -> None:
    """Whatever there is to decide: no plan that other decisions allow is cheaper, and a gate keeps none out."""
    lp = arrays(document)
    assume(1 <= lp.integer.sum() <= 7)
    best = cheapest_of_all(lp)
    plan = oremix.solve(document, detail="plan")
    assert plan.status == ("optimal" if math.isfinite(best) else "infeasible" if best > 0 else "unbounded")
    if plan.total_cost is not None:
        turnover = sum(abs(amount) for amount in plan.costs.by_category.values())
        assert plan.total_cost == pytest.approx(best, rel=1e-7, abs=1e-7 * max(1.0, turnover))


def works(name: str, country: str, given: str, made: str, **fields: Any) -> Document:
    recipe = {"id": "r", "inputs": {given: 0.5}, "outputs": {made: 0.4}}
    return {"id": name, "country": country, "recipes": [recipe], **fields}


def test_a_start_that_presolve_loses_does_no_harm() -> None:
    """HiGHS 1.16 takes the rounded plan of this one, an order of 60 t, for one at 1.5625; 1.6875 is the least."""
    tiers = [{"up_to": 1, "unit_cost": 0}, {"up_to": 2, "unit_cost": 3}, {"up_to": 3, "unit_cost": 39}]
    plan = oremix.solve(
        {
            "materials": [
                {"id": "m0", "unit": "t"},
                {"id": "m1", "unit": "t"},
                {"id": "m2", "unit": "t", "surplus": "forbidden"},
            ],
            "suppliers": [
                {"id": "s0", "country": "CN", "capacity": 41, "material": "m0", "tiers": tiers},
                {"id": "s1", "country": "AU", "capacity": 91, "material": "m0", "tiers": [{"unit_cost": 1}],
                 "minimum_order": 60},
            ],
            "plants": [
                works("p0", "CN", "m0", "m1"),
                works("p1", "AU", "m0", "m1", capacity=1),
                works("p2", "CN", "m1", "m2"),
            ],
            "demands": [{"id": "d0", "country": "CN", "material": "m2", "quantity": 1}],
        }
    )  # fmt: skip
    assert (plan.status, plan.total_cost) == ("optimal", pytest.approx(1.6875))


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_stopped_before_it_starts_the_rounded_plan_is_the_answer(solver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan is soon in hand, and its gap is that to the bound of the LP: the optimum lies between."""
    monkeypatch.setattr(clock, "GRACE", math.inf)
    best = oremix.solve(yes_no(), detail="plan")
    plan = oremix.solve(yes_no(), stop=BEFORE_IT_BEGINS, solver=solver)
    assert plan.status == "feasible"
    assert plan.certificate.verified
    assert plan.certificate.bound is not None
    assert plan.total_cost is not None
    assert best.total_cost is not None
    assert plan.certificate.bound < best.total_cost <= plan.total_cost * (1 + 1e-9)
    assert plan.certificate.gap == pytest.approx((plan.total_cost - plan.certificate.bound) / plan.total_cost)
    assert plan.prices
    assert not plan.offers


def test_no_grace_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a stop leaves no time at all, there is no plan, and it says so."""
    monkeypatch.setattr(clock, "GRACE", 0.0)
    plan = oremix.solve(hard(), stop=BEFORE_IT_BEGINS)
    assert (plan.status, plan.total_cost) == ("no_answer", None)
    assert plan.certificate.reason is not None


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_a_stop_meanwhile_keeps_the_best_plan_and_its_bound(solver: str) -> None:
    """What branch and bound had by then is at least as good as the rounded plan, and its bound is honest."""
    first = oremix.solve(hard(), stop=BEFORE_IT_BEGINS, detail="plan")
    stop = Event()
    timer = Timer(3, stop.set)
    timer.start()
    plan = oremix.solve(hard(), stop=stop, solver=solver, time_limit=120, detail="plan")
    timer.cancel()
    assert plan.status == "feasible"
    assert plan.certificate.verified
    assert first.total_cost is not None
    assert plan.total_cost is not None
    assert plan.total_cost <= first.total_cost * (1 + 1e-9)
    assert first.certificate.bound is not None
    assert plan.certificate.bound is not None
    assert plan.certificate.bound >= first.certificate.bound * (1 - 1e-9)
    assert plan.certificate.bound < plan.total_cost


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("gap", [0.3, 0.02])
def test_the_gap_asked_for_is_the_gap_of_the_certificate(solver: str, gap: float) -> None:
    """It ends within it, and never calls optimal what was not proved: the optimum is above the bound it states."""
    best = oremix.solve(yes_no(), detail="plan").total_cost
    plan = oremix.solve(yes_no(), gap=gap, solver=solver, detail="plan")
    assert best is not None
    assert plan.total_cost is not None
    assert plan.certificate.gap is not None
    assert plan.certificate.bound is not None
    assert plan.certificate.gap <= gap
    assert plan.certificate.bound <= best * (1 + 1e-9)
    assert (plan.status == "optimal") == (plan.certificate.gap <= TOLERANCE)


def outlet(money: float) -> Arrays:
    """What is sold for 100 and bought for 99, with a decision of `money`: little is left of much."""
    return arrays(
        {
            "materials": [{"id": "o", "unit": "t"}],
            "suppliers": [{"id": "s", "country": "AU", "material": "o", "unit_cost": 99, "capacity": 10,
                           "fixed_cost": money}],
            "demands": [{"id": "d", "country": "JP", "material": "o", "quantity": 10, "sale_price": 100}],
        }
    )  # fmt: skip


def test_a_search_ends_by_the_money_that_changes_hands() -> None:
    """990 + 5 out and 1,000 in is a cost of −5: a bound of −7 leaves a gap of 2 in 1,995, not of 2 in 5."""
    lp = outlet(5)
    search = Search(lp, Clock(), 2.1 / 1995, None)
    point = run_highs(lp).x
    assert point is not None
    so_far = SimpleNamespace(mip_solution=point, mip_dual_bound=-7.5)
    assert not search.watch(so_far)
    assert search.cost == pytest.approx(-5)
    so_far.mip_dual_bound = -7.0
    assert search.watch(so_far)
    assert search.gap == pytest.approx(2 / 1995)


def test_a_little_of_a_decision_lets_nothing_pass() -> None:
    """A point with a ten-millionth of an order, which a solver takes for none, and what that lets pass, is refused."""
    problem = pulp.LpProblem("leak", pulp.LpMinimize)
    flow, opened = problem.add_variable("flow", 0), problem.add_variable("open", 0, 1, cat=pulp.LpInteger)
    problem += 1 * flow + 1000 * opened
    problem += flow >= 1, "need"
    problem += flow - 1e7 * opened <= 0, "gate"
    lp = arrays_of(problem)
    leak = np.array([1.0, 1e-7])
    search = Search(lp, Clock(), None, None)
    assert not search.take(leak)
    assert search.x is None
    assert _verdict(lp, Claim("optimal", x=leak), Clock())["status"] == "no_answer"
    outcome = solve_lp(problem)
    assert (outcome.status, outcome.objective) == ("optimal", pytest.approx(1001))


def test_a_gate_holds_for_no_and_is_gone_for_yes() -> None:
    """What it allows when open is no limit; rows that are no gates stay as they are."""
    lp = outlet(5)
    gate, order = np.flatnonzero(lp.gates), np.flatnonzero(lp.integer)
    assert (len(gate), len(order)) == (1, 1)
    for decided, upper in ((0.0, 0.0), (1.0, np.inf)):
        point = np.zeros(len(lp.cost))
        point[order] = decided
        fixed = with_decisions(lp, point)
        assert fixed.upper[gate] == upper
        assert (fixed.low[order], fixed.high[order]) == (decided, decided)
        others = ~lp.gates
        assert np.array_equal(fixed.upper[others], lp.upper[others])
    plain = with_decisions(replace(lp, gates=np.zeros_like(lp.gates)), np.ones(len(lp.cost)))
    assert np.array_equal(plain.upper, lp.upper)


def test_progress_is_told() -> None:
    """Seconds go on, the best plan gets cheaper, the bound rises, and the last is no further off than the first."""
    told: list[Progress] = []
    stop = Event()
    timer = Timer(3, stop.set)
    timer.start()
    plan = oremix.solve(hard(), stop=stop, progress=told.append)
    timer.cancel()
    assert len(told) > 1
    assert [one.seconds for one in told] == sorted(one.seconds for one in told)
    costs = [one.cost for one in told if one.cost is not None]
    bounds = [one.bound for one in told if one.bound is not None]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert plan.certificate.gap is not None
    assert told[-1].gap is not None
    assert plan.certificate.gap <= told[-1].gap * (1 + 1e-9)


def test_what_a_listener_raises_is_raised() -> None:
    """From wherever it is told, even from within HiGHS."""
    told: list[Progress] = []

    def breaks(found: Progress) -> None:
        told.append(found)
        if len(told) == 3:
            raise KeyError("listener")

    with pytest.raises(KeyError, match="listener"):
        oremix.solve(hard(), progress=breaks, time_limit=120)


def test_without_decisions_nothing_is_told() -> None:
    """A linear program has no search to follow."""
    told: list[Progress] = []
    oremix.solve(oremix.example("minimal"), progress=told.append)
    assert told == []


def test_a_listener_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not more often than every so many seconds."""
    monkeypatch.setattr(mip, "BETWEEN", 1.0)
    now = iter([0.0, 0.0, 0.5, 1.0])
    told: list[float] = []
    search = Search(outlet(5), Clock(now=lambda: next(now)), None, lambda progress: told.append(progress.seconds))
    for _ in range(3):
        search.tell()
    assert told == [0.0, 1.0]


def test_highs_that_does_not_listen_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped amid a heuristic, the plan and the bound that it told of last are the answer; it ends by itself."""
    stop, heard = Event(), Event()
    real = mip.run_highs

    def deaf(lp: Arrays, **options: Any) -> Claim:
        claim = real(lp, **options)
        if lp.integer.any() and "start" in options:
            stop.set()
            assert heard.wait(60)
            assert options["watch"](None)  # whenever it asks again, it is told to end
        return claim

    best = oremix.solve(yes_no(), detail="plan").total_cost
    monkeypatch.setattr(mip, "run_highs", deaf)
    monkeypatch.setattr(mip, "PATIENCE", 0.0)
    plan = oremix.solve(yes_no(), stop=stop)
    threads = [thread for thread in threading.enumerate() if thread.name == mip.LEFT]
    heard.set()
    for thread in threads:
        thread.join(60)
    assert len(threads) == 1
    assert plan.certificate.verified
    assert plan.total_cost == pytest.approx(best)


def test_a_search_that_breaks_off_loses_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounded plan is the answer then; where there is none either, it is said that the solver failed."""

    def breaks_off(*_: Any) -> Claim:
        raise SolverFailed("it broke off")

    monkeypatch.setattr(mip, "_by_highs", breaks_off)
    plan = oremix.solve(yes_no())
    assert (plan.status, plan.certificate.verified) == ("feasible", True)
    monkeypatch.setattr(mip, "rounded", lambda *_: None)
    with pytest.raises(SolverFailed, match="it broke off"):
        oremix.solve(yes_no())


# ---------------------------------------------------------------- what is worth what


def one_seller(**parts: Any) -> Document:
    """Japan wants 100 t; a seller in Australia asks for 10 a tonne, and going short costs 500."""
    seller = {"id": "s", "country": "AU", "material": "o", "unit_cost": 10, "capacity": 1000}
    return {
        "materials": [{"id": "o", "unit": "t"}],
        "suppliers": [seller | parts.pop("seller", {})],
        "demands": [{"id": "d", "country": "JP", "material": "o", "quantity": 100, "shortage_cost": 500}],
        **parts,
    }


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(one_seller(lanes=[{"from": "AU", "to": "JP", "fixed_cost": 50}]), id="lane"),
        pytest.param(one_seller(lanes=[{"from": "*", "to": "*", "fixed_cost": 50, "joint": True}]), id="joint lane"),
        pytest.param(one_seller(seller={"fixed_cost": 50}), id="order"),
        pytest.param(
            one_seller(policies=[{"id": "few", "type": "diversify", "of": "countries", "max": 3}]), id="most sources"
        ),
        pytest.param(
            one_seller(policies=[{"id": "f", "type": "diversify", "of": "countries", "min": 1, "smallest": 0.2}]),
            id="least sources",
        ),
    ],
)
@pytest.mark.parametrize("detail", ["plan", "full"])
def test_the_next_unit_costs_what_it_costs(document: Document, detail: Any) -> None:
    """What can be used bounds a decision's row, and is no limit: a tonne more costs 10, not the 500 of a shortage."""
    plan = oremix.solve(document, detail=detail)
    assert [price.price for price in plan.prices] == pytest.approx([10])


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"fixed_cost": 50}, id="order"),
        pytest.param({"tiers": [{"up_to": 40, "unit_cost": 20}, {"unit_cost": 10}], "all_units": True}, id="all units"),
        pytest.param({"tiers": [{"up_to": 40, "unit_cost": 20}, {"unit_cost": 10}]}, id="falling tiers"),
    ],
)
def test_the_next_unit_of_capacity_is_worth_what_it_saves(terms: dict[str, Any]) -> None:
    """A seller of 80 t at 10: one more tonne of capacity saves 490, whatever decisions the seller comes with."""
    seller = {"capacity": 80, **terms}
    document = one_seller(seller=seller)
    if "tiers" in terms:
        document["suppliers"][0].pop("unit_cost")
    plan = oremix.solve(document, detail="full")
    assert {limit.on: limit.price for limit in plan.limits} == {"s": pytest.approx(490)}

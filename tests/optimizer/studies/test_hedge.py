"""Hedges by hand: what is built before we know, what that costs, and what it would be worth to know."""

from __future__ import annotations

from itertools import permutations
from threading import Event
from typing import Any

import pytest

import oremix
from oremix.models import InvalidOption
from oremix.models.studies.hedge import FirstStage, Hedge
from oremix.optimizer.studies.hedging.risk import cvar
from tests.plans import near, supplier
from tests.problems import AUSTRALIA, CHINA, JAPAN, document

METHODS = ["whole", "decomposed"]


def hedged(problem: dict[str, Any], **asked: Any) -> Hedge:
    found = oremix.hedge(problem, **asked)
    assert found.complete
    assert (found.status, found.verified) == ("optimal", True), found.reason
    assert all(branch.verified for branch in found.branches)
    return found


def built(found: Hedge) -> float:
    """What is built in all branches; for problems of one build."""
    return sum(build.capacity for build in found.builds)


def costs(found: Hedge) -> dict[str | None, float | None]:
    return {branch.scenario: branch.total_cost for branch in found.branches}


def deciding_as(found: Hedge, kind: str, scenario: str | None = None) -> FirstStage:
    (one,) = [each for each in found.first_stages if (each.kind, each.scenario) == (kind, scenario)]
    return one


def mine(capex: float, **build: Any) -> dict[str, Any]:
    """A mine that is not there yet; a tonne a year of it costs `capex` for the one year, and 2 to run."""
    terms = {"unit_capex": capex, "life": 1, "wacc": 0, "max": 1000, **build}
    return supplier("mine", "AU", 2, build=terms)


def wanting(quantity: Any, **more: Any) -> dict[str, Any]:
    return {**JAPAN, "quantity": quantity, **more}


def demanded(name: str, quantity: Any, probability: float | None = None) -> dict[str, Any]:
    """A scenario of another demand."""
    scenario: dict[str, Any] = {"id": name, "changes": [{"on": "demands", "field": "quantity", "set": quantity}]}
    return scenario if probability is None else {**scenario, "probability": probability}


# ---------------------------------------------------------------- a build like that of no scenario


def two_demands(**more: Any) -> dict[str, Any]:
    """150 t or 50 t, as likely; 40 t on the spot for 10, what is missing costs 30, and the mine's tonne 6 a year."""
    return document(
        demands=[wanting(150, shortage_cost=30)],
        suppliers=[supplier("spot", "CN", 10, capacity=40), mine(6)],
        scenarios=[demanded("low", 50, 0.5)],
        **more,
    )


@pytest.mark.parametrize("method", METHODS)
def test_what_is_built_is_what_no_scenario_alone_would_build(method: str) -> None:
    """A tonne more of the mine saves 28 where something is missing, else 8 where the spot is used, else nothing.

    Known: at 150 t wanted 8 > 6 to the end, 150 t are built; at 50 t, 50. Unknown: from 50 to 110 t half of 28 is more
    than 6, from 110 t on half of 8 is less: 110 t. They cost 660. Of 150 t, 110 from the mine (220) and 40 on the spot
    (400): 1,280. Of 50 t all from the mine (100): 760. On the mean 1,020. Known: 150 · 8 = 1,200 and 50 · 8 = 400, on
    the mean 800: knowing is worth 220.
    """
    found = hedged(two_demands(), method=method)
    assert found.method == method
    assert built(found) == near(110)
    assert costs(found) == {None: near(1280), "low": near(760)}
    assert [branch.cost_alone for branch in found.branches] == [near(1200), near(400)]
    assert [sum(build.capacity for build in branch.builds_alone) for branch in found.branches] == [near(150), near(50)]
    assert [branch.regret for branch in found.branches] == [near(80), near(360)]
    assert (found.objective_cost, found.expected_cost, found.worst_cost) == (near(1020), near(1020), near(1280))
    assert found.bound == near(1020)
    assert found.value_of_perfect_information == near(220)
    assert (found.first_period, found.branches[0].probability) == (1, near(0.5))


def test_what_other_decisions_would_cost() -> None:
    """The expected data are 100 t wanted: 60 t · 28, 40 t · 8 > 6, so 100 t would be built, for 600.

    Of 150 t then 100 from the mine (200), 40 on the spot (400), 10 missing (300): 1,500; of 50 t, 700: on the mean
    1,100, which is 80 dearer. 150 t: 1,200 and 900 + 100: 1,100 too. 50 t: 300 + 100 + 400 + 60 · 30 = 2,600 and 400:
    1,500, which is 480 dearer.
    """
    found = hedged(two_demands())
    assert found.value_of_stochastic_solution == near(80)
    expected, stated, low = found.first_stages
    assert (expected.kind, expected.cost, expected.loss) == ("expected", near(1100), near(80))
    assert expected.costs == {"as stated": near(1500), "low": near(700)}
    assert (stated.kind, stated.cost, stated.costs["low"]) == ("stated", near(1100), near(1000))
    assert (low.scenario, low.cost, low.loss) == ("low", near(1500), near(480))
    assert [each.unmet for each in found.first_stages] == [[], [], []]


def test_yes_no_decisions_are_common_too() -> None:
    """The mine in sizes of 50 t (for 300) or 150 t (900); 50 t cost 1,500 on the mean, 150 t 1,100.

    Neither: 40 t on the spot and 110 missing, 3,700, and 400 + 300: 2,200.
    """
    sizes = [{"capacity": 50, "capex": 300}, {"capacity": 150, "capex": 900}]
    problem = two_demands()
    problem["suppliers"][1] = supplier("mine", "AU", 2, build={"sizes": sizes, "life": 1, "wacc": 0})
    for method in METHODS:
        found = hedged(problem, method=method)
        assert (built(found), found.expected_cost) == (near(150), near(1100))
        assert found.method == method


def test_decisions_that_remain_are_searched_for_as_a_whole() -> None:
    """With a fixed cost of 20 in a year of spot purchases: as above, and 20 more where 40 t are bought."""
    problem = two_demands()
    problem["suppliers"][0]["fixed_cost"] = 20
    found = hedged(problem, method="decomposed")
    assert found.method == "whole"
    assert any("not decomposed" in note for note in found.notes)
    assert costs(found) == {None: near(1300), "low": near(760)}


# ---------------------------------------------------------------- CVaR and the worst


def four_demands(capex: float = 5, probability: float | None = 0.25) -> dict[str, Any]:
    """50, 100, 150 or 200 t; on the spot all there is for 10, from the mine for 2 once it is built for 5."""
    return document(
        demands=[wanting(50)],
        suppliers=[supplier("spot", "CN", 10), mine(capex)],
        scenarios=[demanded(str(quantity), quantity, probability) for quantity in (100, 150, 200)],
    )


@pytest.mark.parametrize("method", METHODS)
def test_cvar_of_four(method: str) -> None:
    """A tonne more of the mine saves 8 in each branch that wants it, and costs 5.

    On the mean: up to 100 t three of four want it (6 > 5), beyond two (4 < 5): 100 t. They cost 600, 700, 1,200, 1,700:
    1,050 on the mean, the worst half 1,450.

    Of the worst half alone, 150 and 200 t: both up to 150 t (8 > 5), beyond one of two (4 < 5): 150 t. They cost 850,
    950, 1,050, 1,550: the worst half 1,300, the mean 1,100. With half the weight: from 100 to 150 t the mean loses 1 a
    tonne, the worst half gains 3: 150 t too; (1,100 + 1,300) / 2 = 1,200.

    Of the worst quarter alone: 200 t, in all branches 1,000 and 2 a tonne: 1,400.
    """
    problem = four_demands()
    mean = hedged(problem, alpha=0.5, method=method)
    assert (built(mean), mean.expected_cost, mean.cvar) == (near(100), near(1050), near(1450))
    tail = hedged(problem, alpha=0.5, cvar_weight=1, method=method)
    assert (built(tail), tail.expected_cost, tail.cvar) == (near(150), near(1100), near(1300))
    assert costs(tail) == {None: near(850), "100": near(950), "150": near(1050), "200": near(1550)}
    both = hedged(problem, alpha=0.5, cvar_weight=0.5, method=method)
    assert (built(both), both.objective_cost, both.bound) == (near(150), near(1200), near(1200))
    last = hedged(problem, alpha=0.75, cvar_weight=1, method=method)
    assert (built(last), last.cvar, last.worst_cost) == (near(200), near(1400), near(1400))


def test_values_are_in_what_is_made_least() -> None:
    """Of the worst half: known, 7 a tonne: 1,050 and 1,400, on the mean 1,225; 1,300 is 75 more.

    The expected data want 125 t, and build them for 625: 725, 825, 875 + 250, 875 + 750; the worst half is 1,375,
    which is 75 more too.
    """
    found = hedged(four_demands(), alpha=0.5, cvar_weight=1)
    assert found.value_of_perfect_information == near(75)
    assert found.value_of_stochastic_solution == near(75)


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(0.95, 400), (0.7, 400), (0.6, 400), (0.5, 380), (0.3, 2500 / 7), (0.1, 2900 / 9), (0, 300)],
)
def test_cvar_splits_the_branch_on_its_edge(alpha: float, expected: float) -> None:
    """Costs 100, 200, 300, 400 with 10, 20, 30, 40 %: the worst half is 0.4 · 400 + 0.1 · 300 over 0.5, or 380.

    The worst 70 %: (160 + 90) / 0.7; 90 %: (160 + 90 + 40) / 0.9; all: 300.
    """
    for order in permutations(zip((100.0, 200.0, 300.0, 400.0), (0.1, 0.2, 0.3, 0.4), strict=True)):
        assert cvar(*zip(*order, strict=True), alpha) == pytest.approx(expected, rel=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
def test_the_worst_needs_no_probabilities(method: str) -> None:
    """Of 50 to 200 t the worst is 200: 200 t are built, 1,400. On the mean 1,250 if they were as likely."""
    found = hedged(four_demands(probability=None), objective="worst", method=method)
    assert (built(found), found.objective_cost, found.worst_cost) == (near(200), near(1400), near(1400))
    assert (found.expected_cost, found.cvar, found.branches[0].probability) == (None, None, None)
    assert found.value_of_perfect_information == 0
    known = hedged(four_demands(), objective="worst", method=method)
    assert (known.expected_cost, known.cvar) == (near(1250), near(1400))


def test_of_what_is_as_good_in_the_worst_branch_the_mean_decides() -> None:
    """The worst branch does not need the mine at all: it costs 2,000 with spot at 10 for 200 t and the mine shut.

    In the other branch, 50 t, the mine saves 3 a tonne: but built for it, it would make the worst dearer. At no cost of
    building it makes nothing dearer: 50 t of it at 2, 100 in all.
    """
    scenario = demanded("high", 200, 0.1)
    scenario["changes"].append({"on": "suppliers", "where": {"id": "mine"}, "field": "capacity", "times": 0})
    problem = document(demands=[wanting(50)], suppliers=[supplier("spot", "CN", 10), mine(0)], scenarios=[scenario])
    found = hedged(problem, objective="worst")
    assert costs(found) == {None: near(100), "high": near(2000)}
    problem["suppliers"][1] = mine(5)
    assert costs(hedged(problem, objective="worst")) == {None: near(500), "high": near(2000)}


# ---------------------------------------------------------------- operations before anything changes


@pytest.mark.parametrize("method", METHODS)
def test_stock_is_laid_in_before_we_know(method: str) -> None:
    """From 2027 China may be gone, as likely as not; Australia asks 25. At most 60 t are stored for 2 a tonne and year.

    A tonne put by in 2026 costs 5, and 1 in either year: 2 lost if China stays, 18 saved if not. On the mean 8 saved:
    60 t. If China stays: 800 + 60 and 200 + 60, or 1,120 in place of 1,000; else 860 and 1,000 + 60, or 1,920.

    The expected data, half of what has no limit, have none either, and no stock: 1,000 and 500 + 2,500, on the mean
    2,000, where the hedge has 1,520.
    """
    stock = {"country": "JP", "material": "oxide", "capacity": 60, "holding_cost": 2}
    gone = {"on": "suppliers", "where": {"id": "north"}, "field": "capacity", "times": 0, "from_year": 2027}
    problem = document(
        periods=[2026, 2027],
        discount_rate=0,
        suppliers=[CHINA, AUSTRALIA | {"unit_cost": 25}],
        stockpiles=[stock],
        scenarios=[{"id": "gone", "probability": 0.5, "changes": [gone]}],
    )
    found = hedged(problem, method=method)
    assert found.first_period == 2027
    assert costs(found) == {None: near(1120), "gone": near(1920)}
    assert found.value_of_perfect_information == near(60)
    assert found.value_of_stochastic_solution == near(480)
    for branch in found.branches:
        assert branch.plan is not None
        assert branch.plan.stocks[0].level == near(60)
        assert [record.quantity for record in branch.plan.purchases if record.period == 2026] == [near(160)]


def test_what_is_ordered_may_come_too_late_in_a_branch() -> None:
    """100 t are wanted in 2028 alone. Ordered 2027, the mine is there in time, but for a delay that has 10 %.

    Then it never counts within the horizon, costs nothing, and all is bought on the spot: 0.9 · 800 + 0.1 · 1,000.
    """
    delay = {"on": "suppliers", "where": {"id": "mine"}, "field": "build.lead_time", "plus": 1}
    problem = document(
        periods=[2026, 2027, 2028],
        discount_rate=0,
        demands=[wanting([0, 0, 100])],
        suppliers=[supplier("spot", "CN", 10), mine(6, lead_time=1, earliest=2027)],
        scenarios=[{"id": "late", "probability": 0.1, "changes": [delay]}],
    )
    for method in METHODS:
        found = hedged(problem, method=method)
        assert [(build.ordered, build.capacity) for build in found.builds] == [(2027, near(100))]
        assert (found.expected_cost, costs(found)["late"]) == (near(820), near(1000))
        assert deciding_as(found, "stated").loss == 0


def test_what_cannot_be_ordered_in_one_branch_is_ordered_in_none() -> None:
    """A scenario in which the mine may be built by 2025 only: the 150 t come from the spot alone, or are missing."""
    problem = two_demands(periods=[2026], discount_rate=0)
    change = {"on": "suppliers", "where": {"id": "mine"}, "field": "build.latest", "set": 2025}
    problem["scenarios"] = [{"id": "refused", "probability": 0.5, "changes": [change]}]
    found = hedged(problem)
    assert (built(found), found.expected_cost) == (0, near(40 * 10 + 110 * 30))
    assert deciding_as(found, "stated").unmet == ["refused"]
    assert found.value_of_stochastic_solution is None
    assert (deciding_as(found, "expected").reason or "").endswith("it is no number in every branch")


# ---------------------------------------------------------------- probabilities


def test_what_is_left_of_probability_is_for_the_data_as_stated() -> None:
    """Nothing left, and they are no branch."""
    problem = two_demands()
    given = {"probabilities": {"low": 1 / 3}}
    assert [b.probability for b in oremix.hedge(problem, options=given).branches] == [near(2 / 3), near(1 / 3)]
    found = hedged(problem, probabilities={"low": 1})
    assert [branch.scenario for branch in found.branches] == ["low"]
    assert (found.expected_cost, found.value_of_perfect_information) == (near(400), 0)


def test_a_branch_without_probability_must_be_met_all_the_same() -> None:
    """At 50 t for sure 50 t of the mine are best; that 150 t be met, hard, 110 t are built: 660 + 100.

    What it costs then does not count; it is no more than it must be.
    """
    problem = two_demands()
    del problem["demands"][0]["shortage_cost"]
    found = hedged(problem, probabilities={"low": 1}, scenarios=["low", demanded("high", 150, 0)])
    assert (built(found), found.expected_cost) == (near(110), near(760))
    assert costs(found) == {"low": near(760), "high": near(1280)}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"scenarios": []}, "state some in the problem"),
        ({"scenarios": ["lo"]}, "is no scenario of the problem; there are: low"),
        ({"scenarios": ["low", "low"]}, "stands twice"),
        ({"scenarios": [demanded("high", 200)]}, "are needed for high"),
        ({"scenarios": ["low", demanded("high", 200, 0.6)]}, "more than 1"),
        ({"scenarios": [demanded("as stated", 200, 0.6)]}, "choose another id"),
        ({"scenarios": [{"id": "x", "probability": 0.1, "changes": [{"on": "mines"}]}]}, "scenarios.0"),
        ({"scenarios": [demanded("x", -1, 0.1)]}, "scenarios.0"),
        ({"probabilities": {"high": 0.1}}, "there are: low"),
        ({"probabilities": {"low": 1.5}}, "probabilities.low"),
        ({"objective": "worst", "cvar_weight": 0.5}, "leave one of them out"),
        ({"alpha": 1}, "alpha"),
        ({"time_limit": -1}, "time_limit"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        oremix.hedge(two_demands(), **asked)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidOption) as caught:
        oremix.hedge(two_demands(), scenarios=["x", demanded("high", 200)], probabilities={"y": 0.1})
    assert all(f"`{name}" in str(caught.value) for name in ("scenarios.0", "probabilities.y", "probabilities` are"))


# ---------------------------------------------------------------- no plan, no time


def test_a_branch_that_no_plan_meets_is_named_with_what_is_in_the_way() -> None:
    """200 t are wanted of 40 t on the spot and 100 t of the mine at most."""
    problem = document(
        demands=[wanting(100)],
        suppliers=[supplier("spot", "CN", 10, capacity=40), mine(6, max=100)],
        scenarios=[demanded("high", 200, 0.5)],
    )
    found = oremix.hedge(problem)
    assert (found.status, found.verified, found.complete) == ("infeasible", True, True)
    assert "high" in (found.reason or "")
    assert [branch.status_alone for branch in found.branches] == ["optimal", "infeasible"]
    assert {statement.id for statement in found.branches[1].conflict} >= {"japan", "spot"}
    assert (found.objective_cost, found.builds, found.branches[0].cost_alone) == (None, [], near(100 * 8))
    assert "high" in str(found)


@pytest.mark.parametrize("method", METHODS)
def test_no_decision_may_be_common_though_each_branch_has_a_plan(method: str) -> None:
    """The mine must run at 80 % and nothing may be left over: 50 t wanted allow 62.5 t of it, 150 t ask for 110."""
    problem = two_demands(materials=[{"id": "oxide", "unit": "t", "surplus": "forbidden"}])
    del problem["demands"][0]["shortage_cost"]
    problem["suppliers"][1] = mine(6, minimum_utilisation=0.8)
    found = oremix.hedge(problem, method=method)
    assert (found.status, found.verified) == ("infeasible", True)
    assert [branch.status_alone for branch in found.branches] == ["optimal", "optimal"]
    assert deciding_as(found, "stated").unmet == ["low"]
    assert deciding_as(found, "scenario", "low").unmet == ["as stated"]
    assert deciding_as(found, "scenario", "low").costs == {"as stated": None, "low": near(400)}


@pytest.mark.parametrize("method", METHODS)
def test_a_stop_leaves_decisions_with_their_plans(method: str) -> None:
    """Stopped while what is common is looked for: that of the expected data, or of another, with all plans."""
    stop = Event()

    def told(_done: int, _total: int, text: str) -> None:
        if text == "common decisions":
            stop.set()

    found = oremix.hedge(four_demands(), stop=stop, progress=told, method=method)
    assert not found.complete
    assert found.status in ("feasible", "optimal")
    assert all(branch.verified for branch in found.branches)
    assert found.expected_cost is not None
    assert found.expected_cost >= 1050 - 1e-6
    assert "not complete" in str(found)


def test_stopped_at_once_it_says_so() -> None:
    """Nothing is solved, nothing is claimed."""
    stop = Event()
    stop.set()
    found = oremix.hedge(four_demands(), stop=stop)
    assert not found.complete
    assert found.status in ("no_answer", "feasible")


def test_progress_is_told_to_its_end() -> None:
    told: list[tuple[int, int, str]] = []
    hedged(two_demands(), progress=lambda *said: told.append(said))
    texts = list(dict.fromkeys(text for _, _, text in told))
    assert texts == ["each branch alone", "common decisions", "after other decisions"]
    assert told[-1][:2] == (2, 2)


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(oremix.TooLarge, match="2 branches"):
        oremix.hedge(two_demands(), max_columns=10)


# ---------------------------------------------------------------- the table


def test_the_table_says_what_is_built_and_what_that_is_worth() -> None:
    """A unit on every number, in plain words."""
    lines = [line.split() for line in str(hedged(two_demands())).splitlines()]
    assert ["mine", "110", "t", "a", "year"] in lines
    assert ["low", "50", "%", "760", "400", "+360", "mine", "50", "t"] in lines
    assert ["expected", "data", "1,100", "+80"] in lines
    assert ["to", "know", "which", "branch", "comes", "true", "220"] in lines


def test_plans_can_be_left_out() -> None:
    assert [branch.plan for branch in hedged(two_demands(), plans=False).branches] == [None, None]

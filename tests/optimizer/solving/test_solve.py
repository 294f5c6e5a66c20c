"""What a solver says is only believed as far as it can be verified."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer
from typing import Any

import numpy as np
import pulp
import pytest

import oremix
from oremix.optimizer.clock import Clock
from oremix.optimizer.solving import Highs, solve_lp
from oremix.optimizer.solving.arrays import Arrays, arrays_of
from oremix.optimizer.solving.highs import Claim
from oremix.optimizer.solving.proof import dual_proof, primal_residual, proves_infeasible, proves_unbounded
from oremix.optimizer.solving.solve import _verdict


def diet(sense: int = pulp.LpMinimize, demand: float = 10.0) -> pulp.LpProblem:
    """Two foods for a need of 10: 3a + 2b where a ≤ 4 and a + b ≥ 10; at best 4 a and 6 b the wrong way round."""
    problem = pulp.LpProblem("diet", sense)
    a, b = problem.add_variable("a", 0, 4), problem.add_variable("b", 0)
    problem += (2 * a + 3 * b) if sense == pulp.LpMinimize else (-2 * a - 3 * b)
    problem += a + b >= demand, "need"
    problem += b <= 50, "room"
    return problem


def arrays(problem: pulp.LpProblem) -> Arrays:
    return arrays_of(problem)


def yes_no() -> dict[str, Any]:
    """Thirty plants to decide on in three periods."""
    return {
        "materials": [{"id": "o", "unit": "t"}],
        "periods": [2026, 2027, 2028],
        "discount_rate": 0.05,
        "suppliers": [{"id": "s", "country": "CN", "material": "o", "unit_cost": 20}],
        "plants": [
            {
                "id": f"p{i}",
                "country": "AU",
                "recipes": [{"id": "r", "outputs": {"o": 1}, "unit_cost": 2 + i % 7}],
                "build": {"max": 10 + i, "fixed_capex": 100 + 17 * i % 90, "life": 3},
            }
            for i in range(30)
        ],
        "demands": [{"id": "d", "country": "JP", "material": "o", "quantity": [200, 300, 277]}],
    }


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_a_plain_pulp_problem(solver: str) -> None:
    """Any PuLP problem is solved, with its multipliers: 4 a and 6 b cost 26, one more unit of need 3."""
    outcome = solve_lp(diet(), solver)
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(26)
    assert outcome.x is not None
    assert outcome.x.tolist() == pytest.approx([4, 6])
    assert outcome.duals is not None
    assert outcome.duals.tolist() == pytest.approx([3, 0])


@pytest.mark.parametrize("sense", [pulp.LpMinimize, pulp.LpMaximize])
def test_the_pulp_solver_writes_everything_back(sense: int) -> None:
    """Values, slacks, and duals as the change of the objective by one unit of the right-hand side, in both senses."""
    problem, more = diet(sense), diet(sense, demand=11)
    assert problem.solve(Highs()) == pulp.LpStatusOptimal
    more.solve(Highs())
    need, room = problem.constraints()
    assert {v.name: v.varValue for v in problem.variables()} == pytest.approx({"a": 4, "b": 6})
    assert need.pi == pytest.approx(pulp.value(more.objective) - pulp.value(problem.objective))
    assert (need.slack, room.slack) == pytest.approx((0, 44))
    assert {v.name: v.dj for v in problem.variables()} == pytest.approx(
        {"a": -1 if sense == pulp.LpMinimize else 1, "b": 0}
    )


def test_the_pulp_solver_reports_no_value_where_there_is_none() -> None:
    """After an infeasible problem no variable has a value."""
    problem = diet()
    problem += problem.variables()[1] <= 1, "impossible"
    assert problem.solve(Highs()) == pulp.LpStatusInfeasible
    assert [v.varValue for v in problem.variables()] == [None, None]


def test_formulate_hands_out_a_problem_for_stock_solvers() -> None:
    """PuLP's own CBC and HiGHS adapters reach the value that Oremix reaches, on the problem handed out."""
    expected = oremix.solve(oremix.example("lithium-japan")).total_cost
    for stock in (pulp.PULP_CBC_CMD(msg=False), pulp.HiGHS(msg=False)):
        problem = oremix.formulate(oremix.read_problem(oremix.example("lithium-japan")))
        problem.solve(stock)
        assert pulp.value(problem.objective) == pytest.approx(expected, rel=1e-8)


def test_a_row_added_through_pulp_counts() -> None:
    """Whoever adds a constraint to the problem handed out gets it solved with it."""
    problem = oremix.formulate(oremix.read_problem(oremix.example("minimal")))
    northern = problem.columns["buy", "northern", 1, 1]
    problem += northern <= 1000, "a rule of my own"
    assert solve_lp(problem).objective == pytest.approx(1000 * 55_000 + 4500 * 69_000)


# ---------------------------------------------------------------- claims


def verdict(problem: pulp.LpProblem, claim: Claim) -> dict[str, Any]:
    return _verdict(arrays(problem), claim, Clock())


def test_a_point_that_is_not_the_cheapest_is_not_called_optimal() -> None:
    """A solver that says optimal of 2 a and 8 b at 28 is told that 26 is possible: feasible, with the gap."""
    found = verdict(diet(), Claim("optimal", x=np.array([2.0, 8.0])))
    assert found["status"] == "feasible"
    assert found["gap"] == pytest.approx(2 / 28)
    assert found["verified"]


def test_a_point_that_breaks_a_row_is_no_answer() -> None:
    """A solver that says optimal of a point that misses the need by a tenth is not believed."""
    found = verdict(diet(), Claim("optimal", x=np.array([4.0, 5.0])))
    assert found["status"] == "no_answer"
    assert not found["verified"]


def test_wrong_multipliers_do_not_make_an_optimum() -> None:
    """Multipliers of the wrong sign prove no bound, so the right point is only called feasible."""
    found = verdict(diet(), Claim("optimal", x=np.array([4.0, 6.0]), duals=np.array([-3.0, 0.0])))
    assert found["status"] == "feasible"
    assert found["dual_residual"] > 0.1


def test_infeasible_is_not_taken_on_trust() -> None:
    """A solver that says infeasible of a feasible problem gets no answer on record instead."""
    assert verdict(diet(), Claim("infeasible"))["status"] == "no_answer"
    assert not verdict(diet(), Claim("infeasible", ray=np.array([1.0, 0.0])))["verified"]


def test_a_farkas_proof_is_checked() -> None:
    """Need − room says 0 ≥ 10 − 4 − 1 where b ≤ 1; the same multipliers prove nothing where b ≤ 50."""
    problem = diet()
    problem += problem.variables()[1] <= 1, "impossible"
    assert proves_infeasible(arrays(problem), np.array([1.0, 0.0, -1.0]))
    assert not proves_infeasible(arrays(problem), np.array([1.0, 0.0, 0.0]))
    assert not proves_infeasible(arrays(diet()), np.array([1.0, -1.0]))


def test_a_ray_is_checked() -> None:
    """More b for ever keeps the need, but costs; where it earned it would prove the cost unbounded."""
    problem = pulp.LpProblem("free", pulp.LpMinimize)
    b = problem.add_variable("b", 0)
    problem += -1 * b
    problem += b >= 1, "need"
    assert proves_unbounded(arrays(problem), np.array([1.0]))
    assert not proves_unbounded(arrays(problem), np.array([-1.0]))
    problem += b <= 9, "limit"
    assert not proves_unbounded(arrays(problem), np.array([1.0]))


def test_the_bound_of_multipliers_by_hand() -> None:
    """10 · 3 for the need less 4 · 1 for the room of a: 26, which no point can go below."""
    proof = dual_proof(arrays(diet()), np.array([4.0, 6.0]), np.array([3.0, 0.0]))
    assert (proof.bound, proof.residual) == (26, 0)


@pytest.mark.parametrize(("x", "residual"), [([4, 6], 0.0), ([4, 5], 1 / 10), ([5, 6], 1 / 5), ([4, -1], None)])
def test_residuals_by_hand(x: list[float], residual: float | None) -> None:
    """What is missing is measured by what it is missing from."""
    found = primal_residual(arrays(diet()), np.array(x, dtype=float))
    assert found > 0.9 if residual is None else found == pytest.approx(residual)


# ---------------------------------------------------------------- limits, threads, forks


@pytest.mark.parametrize("limit", [0, 1e-6, 1e-3])
def test_a_time_limit_never_makes_an_optimum(limit: float) -> None:
    """A plan stopped by the clock is optimal only where it was proved in time."""
    problem = yes_no()
    best = oremix.solve(problem).total_cost
    plan = oremix.solve(problem, time_limit=limit)
    assert plan.status in ("no_answer", "feasible", "optimal")
    if plan.status == "no_answer":
        assert plan.total_cost is None
        assert plan.certificate.reason
    else:
        assert plan.total_cost is not None
        assert (plan.total_cost == pytest.approx(best, rel=1e-6)) or plan.status == "feasible"


def test_no_time_is_no_answer() -> None:
    """With no time at all there is no plan, and it says so."""
    plan = oremix.solve(oremix.example("lithium-japan"), time_limit=0)
    assert (plan.status, plan.total_cost) == ("no_answer", None)


def test_a_gap_is_said() -> None:
    """A plan that may stop within half of the optimum is no better than it says."""
    best = oremix.solve(yes_no())
    plan = oremix.solve(yes_no(), gap=0.5)
    assert best.status == "optimal"
    assert plan.total_cost is not None
    assert best.total_cost is not None
    assert plan.certificate.gap is not None
    assert best.total_cost >= plan.total_cost * (1 - plan.certificate.gap) - 1e-6
    assert plan.status == ("optimal" if plan.certificate.gap <= 1e-6 else "feasible")


def test_many_threads() -> None:
    """Solves in threads do not disturb each other."""
    expected = oremix.solve(yes_no()).total_cost
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(lambda _: oremix.solve(yes_no()), range(8)))
    assert [plan.total_cost for plan in plans] == pytest.approx([expected] * 8)


def in_a_child(queue: Any) -> None:
    queue.put(oremix.solve(yes_no(), time_limit=60).status)


def test_a_fork_after_a_solve() -> None:
    """A child forked from a process that has solved can solve: it does not wait for threads it did not inherit."""
    oremix.solve(yes_no())
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_a_child, args=(queue,))
    child.start()
    try:
        assert queue.get(timeout=60) == "optimal"
    finally:
        child.kill()
        child.join()


def test_an_unknown_solver_is_named_with_those_that_are_known() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(oremix.UnknownSolver, match=r"'gurobbi' is not known; there are: highs, cbc"):
        oremix.solve(oremix.example("minimal"), solver="gurobbi")


def test_too_large_is_said_before_anything_is_built() -> None:
    """A problem beyond the caller's limit is refused with both numbers."""
    with pytest.raises(oremix.TooLarge, match=r"may need \d+ columns; the limit is 3"):
        oremix.solve(oremix.example("minimal"), max_columns=3)


@pytest.mark.parametrize("name", ["minimal", "lithium-japan"])
def test_the_limit_on_columns_is_an_upper_bound(name: str) -> None:
    """A problem never has more columns than were announced, nor absurdly many fewer."""
    from oremix.optimizer.decide import columns_at_most

    problem = oremix.read_problem(oremix.example(name))
    built = len(oremix.formulate(problem).columns)
    assert built <= columns_at_most(problem) <= 3 * built + 20


def hard() -> dict[str, Any]:
    """A hundred plants in eight periods: proving the optimum takes far longer than a test may."""
    plants = [
        {
            "id": f"p{i}",
            "country": "AU",
            "recipes": [{"id": "r", "outputs": {"o": 1}, "unit_cost": 2 + (i * 37 % 101) / 15}],
            "build": {
                "max": 10 + i * 53 % 41,
                "minimum": 5,
                "unit_capex": 3 + i * 29 % 17,
                "fixed_capex": 100 + i * 71 % 199,
                "life": 3,
                "lead_time": 1,
            },
        }
        for i in range(100)
    ]
    return {
        **yes_no(),
        "periods": list(range(2026, 2034)),
        "plants": plants,
        "demands": [{**yes_no()["demands"][0], "quantity": [500 + i * 613 % 997 for i in range(8)]}],
    }


def test_a_stop_keeps_the_best_plan_so_far() -> None:
    """Stopped from another thread, a solve ends soon with a verified plan that says how good it is."""
    stop = Event()
    timer = Timer(2, stop.set)
    timer.start()
    plan = oremix.solve(hard(), stop=stop, time_limit=120)
    timer.cancel()
    assert plan.status == "feasible"
    assert plan.certificate.verified
    assert plan.certificate.gap is not None
    assert 0 < plan.certificate.gap < 1


def test_stopped_before_it_starts() -> None:
    """A solve that is not wanted any more has no answer, or a proved one."""
    stop = Event()
    stop.set()
    plan = oremix.solve(hard(), stop=stop)
    assert plan.status in ("no_answer", "feasible")

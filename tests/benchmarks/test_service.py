import pytest

from benchmarks.families import problem
from benchmarks.service.load import differ
from benchmarks.service.rival import app
from oremix.api import Settings, create_app


# The rival is written as PuLP 3's documentation has it.
@pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")
def test_both_services_find_the_same_plan() -> None:
    """The rival answers the same problem at the same cost, with as much bought in all."""
    document = problem("0.1k")
    rival = app.test_client().post("/solve", json=document).get_json()
    ours = create_app(Settings()).test_client().post("/v1/solve?detail=plan", json=document).get_json()
    assert (rival["status"], ours["status"]) == ("Optimal", "optimal")
    assert rival["total_cost"] == pytest.approx(ours["total_cost"], rel=1e-6)
    bought = [sum(line["quantity"] for line in plan["purchases"]) for plan in (rival, ours)]
    assert bought[0] == pytest.approx(bought[1], rel=1e-6)


def test_services_that_find_other_costs_are_not_compared() -> None:
    """One cost of many that is not the same is enough."""
    assert not differ([100.0, 200.0], [100.0, 200.0001])
    assert differ([100.0, 200.0], [100.0, 200.001])

"""Figures over HTTP: the library's, every fault at its pointer."""

import json

import pytest

import oremix
from oremix.models.figures import figures_of


@pytest.mark.parametrize("with_problem", [True, False])
def test_the_figures_are_the_librarys(client, minimal, with_problem):
    """The same data, with the problem or without, and null is without."""
    problem = oremix.read_problem(minimal)
    plan = oremix.solve(problem)
    body = {"plan": json.loads(plan.to_json()), "problem": minimal if with_problem else None}
    response = client.post("/v1/figures", json=body)
    assert response.status_code == 200
    assert response.get_json() == json.loads(json.dumps(figures_of(plan, problem if with_problem else None)))


def test_a_plan_without_an_answer_has_no_figures(client, minimal):
    """An empty object, not an error."""
    minimal["suppliers"] = minimal["suppliers"][:1]
    plan = client.post("/v1/solve", json=minimal).get_json()
    assert plan["status"] == "infeasible"
    assert client.post("/v1/figures", json={"plan": plan}).get_json() == {}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"plan": ...}, "/plan"),
        ({"plan": []}, "/plan"),
        ({"plan": {"status": "optimal"}}, "/plan/total_cost"),
        ({"problem": 5}, "/problem"),
        ({"figures": ["sankey"]}, "/figures"),
    ],
    ids=str,
)
def test_a_fault_has_its_pointer(client, minimal, refused, change, pointer):
    """What is missing, unknown or of another kind."""
    plan = client.post("/v1/solve", json=minimal).get_json()
    body = {key: value for key, value in ({"plan": plan} | change).items() if value is not ...}
    errors = refused(client.post("/v1/figures", json=body), 422)["errors"]
    assert pointer in [error["pointer"] for error in errors]

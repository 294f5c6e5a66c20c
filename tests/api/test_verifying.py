"""Verification over HTTP: the library's answer, a wrong plan with 200, and every fault at its pointer."""

import json

import pytest

import oremix
from tests.corrupted import ANYWHERE, WITH_BUILDS, corrupted, fewest


@pytest.fixture(scope="module")
def lithium():
    """An example with builds, and its plan."""
    problem = oremix.example("lithium-japan")
    return json.loads(problem), json.loads(oremix.solve(problem, detail="plan").to_json())


def test_a_right_plan_is_right(client, minimal):
    """As from the library, in full and with the fewest fields."""
    plan = json.loads(oremix.solve(minimal).to_json())
    for told in (plan, fewest(plan)):
        response = client.post("/v1/verify", json={"problem": minimal, "plan": told})
        assert response.status_code == 200
        assert response.get_json() == json.loads(oremix.verify(minimal, told).to_json())
        assert response.get_json()["right"] is True


@pytest.mark.parametrize("corrupt", WITH_BUILDS, ids=lambda corrupt: corrupt.__name__)
def test_a_corrupted_plan_is_an_answer_too(client, lithium, corrupt):
    """With status 200, and the reason where it is."""
    problem, plan = lithium
    wrong, category, where = corrupted(plan, corrupt)
    response = client.post("/v1/verify", json={"problem": problem, "plan": wrong})
    assert (response.status_code, response.get_json()["right"]) == (200, False)
    assert any(reason.startswith(category) and where in reason for reason in response.get_json()["reasons"])
    assert set(ANYWHERE) < set(WITH_BUILDS)


def test_the_problem_is_solved_when_asked(client, minimal):
    """Within the options of solve; the plan is then held to its claim of being the cheapest."""
    plan = json.loads(oremix.solve(minimal).to_json())
    url = "/v1/verify?cheapest=true&time_limit=20&gap=0.01&solver=cbc"
    found = client.post(url, json={"problem": minimal, "plan": plan}).get_json()
    assert found["cheapest"]["dearer"] == pytest.approx(0, abs=1)
    assert found["right"] is True
    claim = {"problem": minimal, "plan": {"status": "infeasible"}}
    assert client.post("/v1/verify", json=claim).get_json()["right"] is None
    assert client.post("/v1/verify?cheapest=true", json=claim).get_json()["right"] is False
    assert client.post("/v1/verify?cheapest=false", json=claim).get_json()["right"] is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"problem": ...}, "/problem"),
        ({"plan": ...}, "/plan"),
        ({"plan": 5}, "/plan"),
        ({"plan": {}}, "/plan"),
        ({"plan": {"purchases": [{"supplier": "northern", "period": 1}]}}, "/plan/purchases/0/quantity"),
        ({"plan": {"builds": [{"on": "northern", "capacity": "5 t", "ordered": 1}]}}, "/plan/builds/0/capacity"),
        ({"more": 1}, "/more"),
    ],
    ids=str,
)
def test_a_fault_has_the_pointer_of_its_part(client, minimal, refused, change, pointer):
    """What cannot be read is no wrong plan but a wrong request."""
    body = {"problem": minimal, "plan": {"total_cost": 1}} | change
    body = {key: value for key, value in body.items() if value is not ...}
    errors = refused(client.post("/v1/verify", json=body), 422)["errors"]
    assert pointer in [error["pointer"] for error in errors]


def test_an_option_that_is_no_option_is_refused(client, minimal, refused):
    """`cheapest` is true or false."""
    errors = refused(client.post("/v1/verify?cheapest=yes", json={"problem": minimal, "plan": {}}), 422)["errors"]
    assert errors[0]["parameter"] == "cheapest"

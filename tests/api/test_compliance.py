"""Presets and the compliance matrix over HTTP: the same answers as from the library, every fault at its pointer."""

import json

import pytest

import oremix


def test_every_preset_is_listed_and_can_be_fetched(client):
    """The list names those that are shipped, and each address gives the preset with its source."""
    presets = client.get("/v1/presets").get_json()["presets"]
    assert {entry["name"]: entry["title"] for entry in presets} == oremix.presets()
    for entry in presets:
        found = client.get(f"/v1/presets/{entry['name']}").get_json()
        assert found == json.loads(oremix.preset(entry["name"]).to_json())
        assert found["source"]["url"].startswith("https://")


def test_an_unknown_preset_is_a_404_that_lists_those_there_are(client, refused):
    """Nobody has to guess."""
    assert "eu-crma-2030" in refused(client.get("/v1/presets/nix"), 404)["detail"]


@pytest.mark.parametrize("given", [True, False])
def test_the_matrix_is_the_librarys(client, minimal, given):
    """With the plan, or solved first."""
    problem = oremix.read_problem(minimal)
    plan = oremix.solve(problem)
    body = {"problem": minimal} | ({"plan": json.loads(plan.to_json())} if given else {})
    response = client.post("/v1/compliance", json=body)
    assert response.status_code == 200
    assert response.get_json() == json.loads(oremix.compliance(problem, plan).to_json())


def test_presets_can_be_chosen_and_told_of_the_problem(client, minimal):
    """By name, or as an entry of a problem's policies."""
    here = {"preset": "us-dfars-magnets-2027", "places": ["JP"]}
    body = {"problem": minimal, "presets": ["uk-vision-2035", here]}
    found = client.post("/v1/compliance", json=body).get_json()
    assert [preset["preset"] for preset in found["presets"]] == ["uk-vision-2035", "us-dfars-magnets-2027"]
    (covered,) = [verdict for verdict in found["verdicts"] if verdict["rule"] == "covered"]
    assert (covered["achieved"], covered["met"]) == (pytest.approx(0.4), False)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"problem": ...}, "/problem"),
        ({"problem": 5}, "/problem"),
        ({"problem": "{}"}, "/problem"),
        ({"plan": []}, "/plan"),
        ({"plan": {"status": "optimal"}}, "/plan/total_cost"),
        ({"presets": "eu-crma-2030"}, "/presets"),
        ({"presets": ["nix"]}, "/presets/0/preset"),
        ({"presets": [{"preset": "eu-crma-2030", "weigth": 1}]}, "/presets/0/weigth"),
        ({"presets": [5]}, "/presets/0"),
        ({"plans": {}}, "/plans"),
    ],
    ids=str,
)
def test_a_fault_has_the_pointer_of_its_part(client, minimal, refused, change, pointer):
    """What is wrong with the problem, the plan or the presets, under that key."""
    body = {key: value for key, value in ({"problem": minimal} | change).items() if value is not ...}
    errors = refused(client.post("/v1/compliance", json=body), 422)["errors"]
    assert pointer in [error["pointer"] for error in errors]


def test_every_fault_of_problem_and_plan_at_once(client, minimal, refused):
    """One answer has them all."""
    minimal["suppliers"][0]["capacity"] = -1
    body = {"problem": minimal, "plan": 5, "more": 1}
    errors = refused(client.post("/v1/compliance", json=body), 422)["errors"]
    assert {error["pointer"] for error in errors} == {"/more", "/problem/suppliers/0/capacity", "/plan"}


def test_a_problem_with_a_preset_is_solved_and_checked(client, minimal, refused):
    """The entry is a policy like others, and its faults have its pointer."""
    minimal["policies"] = [{"preset": "us-dfars-magnets-2027", "places": ["JP"]}]
    minimal["suppliers"][1]["capacity"] = 60000
    plan = client.post("/v1/solve", json=minimal).get_json()
    assert [purchase["supplier"] for purchase in plan["purchases"]] == ["mount_weld"]
    minimal["policies"] = [{"preset": "us-dfars-magnets"}]
    (error,) = refused(client.post("/v1/check", json=minimal), 422)["errors"]
    assert error["pointer"] == "/policies/0/preset"
    assert "us-dfars-magnets-2027" in error["message"]

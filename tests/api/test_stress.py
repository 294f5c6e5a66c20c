"""`POST /v1/studies/stress`: the library's answer, every fault at its pointer."""

import json

import pytest

import oremix


def test_a_stress_test_is_the_librarys(client, minimal):
    """Of the problem alone, and of a plan of it."""
    options = {"countries": ["CN", "AU"], "pairs": True, "insurance": 1}
    expected = json.loads(oremix.stress(minimal, options=options).to_json())
    assert [outage["id"] for outage in expected["outages"]] == ["AU", "CN + AU", "CN"]
    plan = client.post("/v1/solve", json=minimal).get_json()
    for body in ({"problem": minimal}, {"problem": minimal, "plan": plan}):
        response = client.post("/v1/studies/stress", json=body | {"options": options})
        assert response.status_code == 200
        assert response.get_json() == expected


def test_without_options_everything_is_tried(client, minimal):
    """Two countries and two suppliers."""
    found = client.post("/v1/studies/stress", json={"problem": minimal}).get_json()
    assert {outage["id"] for outage in found["outages"]} == {"CN", "AU", "northern", "mount_weld"}
    assert found["complete"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"problem": ...}, "/problem"),
        ({"options": {"countries": ["FR"]}}, "/options/countries/0"),
        ({"options": {"facilities": ["x"], "spikes": [{"of": "ore", "times": 2}]}}, "/options/spikes/0"),
        ({"options": {"spikes": [{"of": "CN"}]}}, "/options/spikes/0/times"),
        ({"options": {"from_year": 2028}}, "/options/from_year"),
        ({"options": {"unheard_of": 1}}, "/options/unheard_of"),
        ({"options": {"scenarios": [{"id": "x", "changes": [{"on": "mines"}]}]}}, "/options/scenarios/0/changes/0/on"),
        ({"options": 5}, "/options"),
        ({"plan": 5}, "/plan"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_at_its_pointer(client, refused, minimal, change, pointer):
    """Every fault of problem, plan and options."""
    body = {key: value for key, value in ({"problem": minimal} | change).items() if value is not ...}
    faults = refused(client.post("/v1/studies/stress", json=body), 422)["errors"]
    assert pointer in [fault["pointer"] for fault in faults]


def test_the_plan_of_another_problem_is_refused(client, refused, minimal):
    """It says so."""
    plan = client.post("/v1/solve", json=minimal).get_json()
    dearer = minimal | {"suppliers": [supplier | {"unit_cost": 1} for supplier in minimal["suppliers"]]}
    answer = refused(client.post("/v1/studies/stress", json={"problem": dearer, "plan": plan}), 422)
    assert "another problem" in answer["errors"][0]["message"]

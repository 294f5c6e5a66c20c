"""Studies over HTTP: the same answers as from the library, every fault at its pointer."""

import json

import pytest

import oremix
from oremix.api import Settings, create_app


@pytest.fixture
def plan(client, minimal):
    return client.post("/v1/solve", json=minimal).get_json()


def test_a_comparison_is_the_librarys(client, minimal, plan):
    """The second plan has no China at all."""
    cap = minimal["policies"][0] | {"max": 0}
    other = client.post("/v1/solve", json=minimal | {"policies": [cap]}).get_json()
    response = client.post("/v1/studies/compare", json={"first": plan, "second": other})
    expected = oremix.compare(*(oremix.models.read_plan(each) for each in (plan, other)))
    assert response.status_code == 200
    assert response.get_json() == json.loads(expected.to_json())
    assert expected.difference == pytest.approx(2200 * 14000)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"first": ...}, "/first"),
        ({"second": 5}, "/second"),
        ({"second": {"status": "optimal"}}, "/second/total_cost"),
        ({"third": {}}, "/third"),
    ],
    ids=str,
)
def test_what_cannot_be_compared_is_refused_at_its_pointer(client, refused, plan, change, pointer):
    """A plan that is missing, none, or one too many."""
    body = {"first": plan, "second": plan} | change
    body = {key: value for key, value in body.items() if value is not ...}
    faults = refused(client.post("/v1/studies/compare", json=body), 422)["errors"]
    assert pointer in [fault["pointer"] for fault in faults]


def test_a_plan_without_a_cost_is_refused(client, refused, minimal, plan):
    """It says which of the two has none."""
    suppliers = [supplier | {"capacity": 1} for supplier in minimal["suppliers"]]
    none = client.post("/v1/solve", json=minimal | {"suppliers": suppliers}).get_json()
    answer = refused(client.post("/v1/studies/compare", json={"first": plan, "second": none}), 422)
    assert "the second plan is infeasible" in answer["errors"][0]["message"]


def test_a_frontier_is_the_librarys(client, minimal):
    """With options and without."""
    response = client.post("/v1/studies/frontier", json={"problem": minimal})
    expected = oremix.frontier(minimal)
    assert response.status_code == 200
    assert told(response.get_json()) == told(json.loads(expected.to_json()))
    options = {"policy": "china_cap", "from": 0.5, "to": 0.25}
    response = client.post("/v1/studies/frontier?time_limit=20", json={"problem": minimal, "options": options})
    assert [point["bound"] for point in response.get_json()["points"]] == [0.5, 0.25]


def test_a_surface_is_the_librarys(client, minimal):
    """Two caps that cannot both be low."""
    minimal["policies"].append({"id": "other", "type": "share", "countries": ["AU"], "max": 1})
    options = {"policy": "china_cap", "second_policy": "other", "points": 3}
    response = client.post("/v1/studies/surface", json={"problem": minimal, "options": options})
    assert response.status_code == 200
    assert told(response.get_json()) == told(json.loads(oremix.surface(minimal, **options).to_json()))


def told(answer):
    """All but how long it took."""
    return {key: value for key, value in answer.items() if key != "seconds"}


@pytest.mark.parametrize("study", ["frontier", "surface"])
@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"problem": ...}, ["/problem"]),
        ({"options": 5}, ["/options"]),
        ({"option": {}}, ["/option"]),
        ({"options": {"policy": "cup", "second_policy": "cap"}}, ["/options/policy"]),
        ({"options": {"polici": 1, "side": "up"}}, ["/options/polici", "/options/side"]),
        ({"options": {"policy": "china_cap", "from_year": 2030}}, ["/options/from_year"]),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_at_its_pointer(client, refused, minimal, study, change, pointers):
    """Every fault at once, in the problem and in the options."""
    other = {"id": "cap", "type": "share", "countries": ["AU"], "max": 1}
    problem = minimal | {"policies": [*minimal["policies"], other]}
    options = {"policy": "china_cap", "second_policy": "cap"}
    body = {"problem": problem, "options": options} | change
    body = {key: value for key, value in body.items() if value is not ...}
    if study == "frontier" and isinstance(body.get("options"), dict):
        body["options"] = {key: value for key, value in body["options"].items() if key != "second_policy"}
    elif isinstance(body.get("options"), dict) and "policy" in body["options"]:
        body["options"] = options | body["options"]
    faults = refused(client.post(f"/v1/studies/{study}", json=body), 422)["errors"]
    assert set(pointers) <= {fault["pointer"] for fault in faults}


def test_a_surface_needs_two_policies(client, refused, minimal):
    """Each is missing at its pointer."""
    faults = refused(client.post("/v1/studies/surface", json={"problem": minimal}), 422)["errors"]
    assert {fault["pointer"] for fault in faults} == {"/options/policy", "/options/second_policy"}


def test_a_study_beyond_the_servers_size_is_refused(minimal, refused):
    """As a plan would be."""
    small = create_app(Settings(max_columns=1)).test_client()
    refused(small.post("/v1/studies/frontier", json={"problem": minimal}), 413)


def test_a_truth_value_is_no_bound(client, refused, minimal):
    """Nor is a text: each is told where it stands."""
    body = {"problem": minimal, "options": {"bounds": [False, "0.5", 1]}}
    problem = refused(client.post("/v1/studies/frontier", json=body), 422)
    assert {fault["pointer"] for fault in problem["errors"]} == {"/options/bounds/0", "/options/bounds/1"}

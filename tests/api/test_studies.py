"""Studies over HTTP: the same answers as from the library, every fault at its pointer."""

import json

import pytest

import oremix


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

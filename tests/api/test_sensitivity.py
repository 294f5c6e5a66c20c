"""`POST /v1/studies/sensitivity`: the library's answer, every fault at its pointer."""

import json

import pytest

import oremix

DRAWN = {"id": "boom", "on": "demands", "field": "quantity", "times": {"uniform": [0.9, 1.1]}}


def test_a_sensitivity_study_is_the_librarys(client, minimal):
    """With options, samples among them, and without."""
    problem = minimal | {"uncertainties": [DRAWN]}
    for options in ({"by": 0.2, "on": ["suppliers"], "samples": 4, "seed": 1}, {}):
        expected = json.loads(oremix.sensitivity(problem, options=options).to_json())
        response = client.post("/v1/studies/sensitivity", json={"problem": problem, "options": options})
        assert response.status_code == 200
        assert response.get_json() == expected


def test_without_options_every_input_is_moved(client, minimal):
    """Two capacities, two prices, the demand and the cap."""
    found = client.post("/v1/studies/sensitivity", json={"problem": minimal}).get_json()
    assert len(found["bars"]) == 6
    assert found["complete"]
    assert found["sampling"] is None


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"problem": ...}, ["/problem"]),
        ({"options": 5}, ["/options"]),
        ({"options": {"by": 2, "seed": -1}}, ["/options/by", "/options/seed"]),
        ({"options": {"unheard_of": 1}}, ["/options/unheard_of"]),
        ({"options": {"groups": [{"on": "mines"}]}}, ["/options/groups/0/on", "/options/groups/0/field"]),
        ({"options": {"groups": [{"on": "suppliers", "field": "reserve"}]}}, ["/options/groups/0/field"]),
        ({"options": {"groups": [{"on": "suppliers", "field": "unit_cost", "where": {"country": "FR"}}]}},
         ["/options/groups/0/where"]),
        ({"options": {"samples": 5}}, ["/options/samples"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_at_its_pointer(client, refused, minimal, change, pointers):
    """Every fault of problem and options."""
    body = {key: value for key, value in ({"problem": minimal} | change).items() if value is not ...}
    faults = refused(client.post("/v1/studies/sensitivity", json=body), 422)["errors"]
    assert set(pointers) <= {fault["pointer"] for fault in faults}


def test_a_fault_of_an_uncertainty_is_one_of_the_problem(client, refused, minimal):
    """At its place in the document."""
    problem = minimal | {"uncertainties": [DRAWN | {"field": "nothing", "times": {"uniform": [2, 1]}}, DRAWN]}
    faults = refused(client.post("/v1/studies/sensitivity", json={"problem": problem}), 422)["errors"]
    assert "/problem/uncertainties/0/times/uniform" in {fault["pointer"] for fault in faults}

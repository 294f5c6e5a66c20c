"""`POST /v1/studies/hedge`: the library's answer, every fault at its pointer."""

import json

import pytest

import oremix
from oremix.api import Settings, create_app

LOW = {"id": "low", "probability": 0.5, "changes": [{"on": "demands", "field": "quantity", "times": 0.5}]}


def test_a_hedge_is_the_librarys(client, minimal):
    """With scenarios of the problem, and of one's own."""
    options = {"scenarios": [LOW], "cvar_weight": 0.5, "alpha": 0.75, "plans": False}
    expected = json.loads(oremix.hedge(minimal, options=options).to_json())
    assert expected["expected_cost"] == pytest.approx(0.75 * 348_700_000)
    assert expected["cvar"] == pytest.approx(348_700_000)
    response = client.post("/v1/studies/hedge?time_limit=60", json={"problem": minimal, "options": options})
    assert response.status_code == 200
    assert response.get_json() == expected
    problem = minimal | {"scenarios": [LOW]}
    found = client.post("/v1/studies/hedge", json={"problem": problem}).get_json()
    assert found["expected_cost"] == pytest.approx(0.75 * 348_700_000)
    assert [branch["plan"]["certificate"]["verified"] for branch in found["branches"]] == [True, True]


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"problem": ...}, ["/problem"]),
        ({"options": {}}, ["/options/scenarios"]),
        ({"options": ...}, ["/options/scenarios"]),
        ({"options": {"scenarios": ["x"]}}, ["/options/scenarios/0"]),
        (
            {"options": {"scenarios": [{"id": "x", "changes": [{"on": "mines"}]}]}},
            ["/options/scenarios/0/changes/0/on"],
        ),
        ({"options": {"scenarios": [{**LOW, "probability": 2}]}}, ["/options/scenarios/0/probability"]),
        ({"options": {"scenarios": [LOW], "cvar_weight": 2, "alpha": 1}}, ["/options/cvar_weight", "/options/alpha"]),
        ({"options": {"scenarios": [LOW], "probabilities": {"x": 0.5}}}, ["/options/probabilities/x"]),
        ({"options": {"unheard_of": 1}}, ["/options/unheard_of"]),
        ({"options": 5}, ["/options"]),
        ({"plan": {}}, ["/plan"]),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_at_its_pointer(client, refused, minimal, change, pointers):
    """Every fault at once."""
    body = {"problem": minimal, "options": {"scenarios": [LOW]}} | change
    body = {key: value for key, value in body.items() if value is not ...}
    faults = refused(client.post("/v1/studies/hedge", json=body), 422)["errors"]
    assert set(pointers) <= {fault["pointer"] for fault in faults}


def test_all_branches_together_must_fit_the_server(minimal, refused):
    """As a plan must."""
    small = create_app(Settings(max_columns=20)).test_client()
    body = {"problem": minimal, "options": {"scenarios": [LOW | {"id": str(n), "probability": 0.01} for n in range(9)]}}
    refused(small.post("/v1/studies/hedge", json=body), 413)

"""`POST /v1/studies/alternatives`: the library's answer, every fault at its pointer."""

import pytest

import oremix
from oremix.models.studies.alternatives import Alternatives
from tests.optimizer.studies.test_alternatives import without_seconds


def test_alternatives_are_the_librarys(client, minimal):
    """With options and without."""
    for options in ({}, {"within": 0.01, "count": 1, "decisions": ["share"]}):
        body = {"problem": minimal} | ({"options": options} if options else {})
        response = client.post("/v1/studies/alternatives", json=body)
        assert response.status_code == 200
        found = Alternatives.model_validate(response.get_json())
        assert without_seconds(found) == without_seconds(oremix.alternatives(minimal, **options))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"problem": ...}, "/problem"),
        ({"options": {"within": -1}}, "/options/within"),
        ({"options": {"within": 0.1, "budget": 1e9}}, "/options/budget"),
        ({"options": {"demands": ["korea"], "decisions": ["FR"]}}, "/options/demands/0"),
        ({"options": {"demands": ["korea"], "decisions": ["FR"]}}, "/options/decisions/0"),
        ({"options": {"count": 1.5}}, "/options/count"),
        ({"options": {"unheard_of": 1}}, "/options/unheard_of"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_at_its_pointer(client, refused, minimal, change, pointer):
    """Every fault of problem and options."""
    body = {key: value for key, value in ({"problem": minimal} | change).items() if value is not ...}
    faults = refused(client.post("/v1/studies/alternatives", json=body), 422)["errors"]
    assert pointer in [fault["pointer"] for fault in faults]


def test_a_budget_below_the_least_cost_is_refused(client, refused, minimal):
    """It says what the least is."""
    body = {"problem": minimal, "options": {"budget": 1.0}}
    answer = refused(client.post("/v1/studies/alternatives", json=body), 422)
    assert "no plan costs less than 348,700,000.00" in answer["errors"][0]["message"]

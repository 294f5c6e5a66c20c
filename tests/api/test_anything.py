"""Whatever is sent, the answer is one of those described, and never our fault."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import oremix
from oremix.api import Settings, create_app
from oremix.template import TEMPLATE

CLIENT = create_app(Settings()).test_client()
PROBLEMS = [json.loads(oremix.example("minimal")), json.loads(TEMPLATE)]
PRESETS = [
    {"preset": "eu-crma-2030", "weight": {"ndpr_oxide": 1}, "rules": {"extraction": {"min": 0.1}, "recycling": False}},
    {"preset": "eu-batteries-recycled-2031", "minerals": {"cobalt": ["ndpr_oxide"]}, "stages": {"recycling": ["x"]}},
    {"preset": "us-feoc-2024", "id": "a", "places": ["JP"], "materials": ["ndpr_oxide"], "penalty": 5, "max": 0.1},
]
PROBLEMS.append(json.loads(oremix.example("minimal")) | {"policies": PRESETS})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["CN", "*", "oxide", "free", "2026"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "2026", "CN"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def entries(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every entry of a document, as the object or list it stands in and its key there."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        yield part, key
        yield from entries(value)


@given(problem=st.sampled_from(PROBLEMS), data=st.data())
def test_a_problem_with_anything_in_it_is_valid_or_told_what_is_wrong(problem, data):
    """Any value in place of some entries gives 200, or 422 with pointers that lead into the document."""
    changed = copy.deepcopy(problem)
    for _ in range(data.draw(st.integers(1, 2))):
        part, key = data.draw(st.sampled_from(list(entries(changed))))
        part[key] = data.draw(VALUES)
    response = CLIENT.post("/v1/check", data=json.dumps(changed), content_type="application/json")
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 422:
        assert all(fault["message"] for fault in response.get_json(force=True)["errors"])


SUBMISSIONS = {
    "solve": {"time_limit": 1, "gap": 0.1, "solver": "cbc"},
    "stress": {"gap": 0.1, "countries": ["CN"], "lanes": [{"from": "AU", "to": "JP"}]},
    "frontier": {"time_limit": 1, "policy": "china_cap", "bounds": [0.5, 0.4]},
}


@given(kind=st.sampled_from(sorted(SUBMISSIONS)), data=st.data())
def test_a_job_with_anything_in_it_is_taken_or_told_what_is_wrong(kind, data):
    """A submission is taken; with any value in place of one of its entries it is, or it is said what is wrong."""
    body = {"kind": kind, "problem": copy.deepcopy(PROBLEMS[0]), "options": copy.deepcopy(SUBMISSIONS[kind])}
    assert CLIENT.post("/v1/jobs", json=body).status_code == 202
    part, key = data.draw(st.sampled_from(list(entries(body))))
    part[key] = data.draw(VALUES)
    response = CLIENT.post("/v1/jobs", data=json.dumps(body), content_type="application/json")
    assert response.status_code in {202, 422}, response.text
    if response.status_code == 422:
        assert all(fault["message"] for fault in response.get_json(force=True)["errors"])


@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused_in_the_one_shape(body):
    """No bytes bring the service down."""
    response = CLIENT.post("/v1/solve", data=body, content_type="application/json")
    assert response.status_code in {400, 422}
    assert response.content_type == "application/problem+json"


@given(query=st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=3))
def test_any_parameters_are_refused_in_the_one_shape(query):
    """No query string brings the service down."""
    response = CLIENT.post("/v1/check", query_string=query, json=PROBLEMS[0])
    assert response.status_code == (422 if query else 200)

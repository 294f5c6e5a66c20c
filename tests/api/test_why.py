"""Why, over HTTP: the library's answer, every fault at its pointer."""

import json

import pytest

import oremix


def test_the_answer_is_the_librarys(client, minimal):
    """The same object."""
    response = client.post("/v1/why", json={"problem": minimal, "id": "china_cap"})
    assert response.status_code == 200
    assert response.get_json() == json.loads(oremix.why(minimal, "china_cap").to_json())


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"problem": ...}, "/problem"),
        ({"id": ...}, "/id"),
        ({"id": 5}, "/id"),
        ({"id": "mount_wled"}, "/id"),
        ({"problem": {}}, "/problem/materials"),
        ({"ids": ["a"]}, "/ids"),
    ],
    ids=str,
)
def test_a_wrong_question_is_refused_at_its_pointer(client, minimal, refused, change, pointer):
    """What is missing, unknown or of another kind."""
    body = {"problem": minimal, "id": "china_cap"} | change
    body = {key: value for key, value in body.items() if value is not ...}
    errors = refused(client.post("/v1/why", json=body), 422)["errors"]
    assert pointer in [error["pointer"] for error in errors]


def test_an_unknown_id_is_answered_with_a_suggestion(client, minimal, refused):
    """Nobody has to guess."""
    (error,) = refused(client.post("/v1/why", json={"problem": minimal, "id": "mount_wled"}), 422)["errors"]
    assert "mount_weld" in error["message"]

"""Examples, schema, health."""

import jsonschema
import pytest

import oremix


def test_every_example_is_listed_and_is_a_valid_problem(client):
    """What the list names can be fetched, and can be posted as it is."""
    examples = client.get("/v1/examples").get_json()["examples"]
    assert [entry["name"] for entry in examples] == list(oremix.examples())
    for entry in examples:
        body = client.get(f"/v1/examples/{entry['name']}").data
        assert client.post("/v1/check", data=body, content_type="application/json").status_code == 200


def test_schema_is_json_schema_and_describes_problem_and_plan(client, minimal):
    """The schema is valid, and both a problem and its plan conform to it."""
    schema = client.get("/v1/schema").get_json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(minimal)
    validator.validate(client.post("/v1/solve", json=minimal).get_json())
    assert not validator.is_valid({"name": "neither"})


def test_health_answers_and_is_not_kept(client):
    """The process says that it is there, and no cache says so in its place."""
    response = client.get("/healthz")
    assert response.get_json() == {"status": "ok", "version": oremix.__version__}
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/v1/examples", "/v1/examples/minimal", "/v1/schema", "/openapi.json"])
def test_reference_can_be_kept_and_asked_after(client, path):
    """A client that has the document gets 304, and HEAD gives the headers alone."""
    response = client.get(path)
    tag = response.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_options_lists_the_methods(client):
    """OPTIONS says what an address takes."""
    response = client.options("/v1/solve")
    assert response.status_code == 200
    assert "POST" in response.headers["Allow"]

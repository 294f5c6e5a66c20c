"""The OpenAPI document: valid, and equal to what the server does."""

import jsonschema
from openapi_spec_validator import validate

from oremix.api import Settings, create_app
from oremix.api.app import OPERATIONS

SURGE = {"id": "surge", "probability": 0.5, "changes": [{"on": "demands", "field": "quantity", "times": 0.5}]}
# what stands for {name} in a path
NAMES = {"example": "minimal", "preset": "eu-crma-2030"}


def document(client):
    """The document as served."""
    return client.get("/openapi.json").get_json()


def test_the_document_is_valid(client):
    """It is OpenAPI 3.1 by its own rules."""
    validate(document(client))


def test_routes_and_document_are_equal(client):
    """Every route is in the document and every operation of the document has a route."""
    rules = create_app(Settings()).url_map.iter_rules()
    served = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in rules
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(method.upper(), path) for path, methods in document(client)["paths"].items() for method in methods}
    assert served == described


def test_parameters_are_those_that_are_read(client):
    """The parameters described are those that the operation reads, and others are refused."""
    paths = document(client)["paths"]
    for operation in OPERATIONS:
        described = paths[operation.path][operation.method.lower()].get("parameters", [])
        assert {p["name"] for p in described if p["in"] == "query"} == {option.name for option in operation.options}
        path = operation.path.replace("{name}", NAMES.get(operation.name, ""))
        assert client.open(f"{path}?unheard_of=1", method=operation.method).status_code == 422


def test_answers_are_as_described(client, minimal):
    """Answers and errors conform to their schemas, with the statuses and media types described."""
    described = document(client)
    plan = client.post("/v1/solve", json=minimal)
    requests = {
        "solve": plan,
        "check": client.post("/v1/check", json=minimal),
        "compliance": client.post("/v1/compliance", json={"problem": minimal}),
        "compare": client.post("/v1/studies/compare", json=dict.fromkeys(("first", "second"), plan.get_json())),
        "frontier": client.post("/v1/studies/frontier", json={"problem": minimal}),
        "surface": client.post("/v1/studies/surface", json=two_caps(minimal)),
        "stress": client.post("/v1/studies/stress", json={"problem": minimal, "options": {"insurance": 1}}),
        "sensitivity": client.post("/v1/studies/sensitivity", json=drawn(minimal)),
        "alternatives": client.post("/v1/studies/alternatives", json={"problem": minimal, "options": {"tries": 1}}),
        "hedge": client.post("/v1/studies/hedge", json={"problem": minimal, "options": {"scenarios": [SURGE]}}),
        "why": client.post("/v1/why", json={"problem": minimal, "id": "mount_weld"}),
        "verify": client.post("/v1/verify", json={"problem": minimal, "plan": {"total_cost": 1}}),
        "presets": client.get("/v1/presets"),
        "preset": client.get("/v1/presets/eu-crma-2030"),
        "examples": client.get("/v1/examples"),
        "example": client.get("/v1/examples/minimal"),
        "schema": client.get("/v1/schema"),
        "openapi": client.get("/openapi.json"),
        "health": client.get("/healthz"),
    }
    assert set(requests) == {operation.name for operation in OPERATIONS}
    for operation in OPERATIONS:
        conforms(described, operation, requests[operation.name])


def drawn(minimal):
    """A problem with an uncertainty, to be drawn twice."""
    boom = {"id": "boom", "on": "demands", "field": "quantity", "times": {"values": [1, 1.1]}}
    return {"problem": minimal | {"uncertainties": [boom]}, "options": {"samples": 2}}


def two_caps(minimal):
    """A problem with two caps, and what a surface is asked for."""
    other = {"id": "other", "type": "share", "countries": ["AU"], "max": 1}
    problem = minimal | {"policies": [*minimal["policies"], other]}
    return {"problem": problem, "options": {"policy": "china_cap", "second_policy": "other", "points": 2}}


def test_errors_are_as_described(client, minimal):
    """Errors of every kind conform to the schema of errors."""
    described = document(client)
    solve, check, compliance = OPERATIONS[0], OPERATIONS[1], OPERATIONS[2]
    conforms(described, compliance, client.post("/v1/compliance", json={"problem": {}, "plan": 5}))
    conforms(described, solve, client.post("/v1/solve?gap=x", json=minimal))
    conforms(described, solve, client.post("/v1/solve", data="{", content_type="application/json"))
    conforms(described, solve, client.post("/v1/solve", data="{}"))
    conforms(described, check, client.post("/v1/check", json={}))
    small = create_app(Settings(max_entries=1)).test_client()
    conforms(described, check, small.post("/v1/check", json=minimal))


def conforms(described, operation, response):
    """Assert that a response is one that the document describes for the operation."""
    responses = described["paths"][operation.path][operation.method.lower()]["responses"]
    answer = responses[str(response.status_code)]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"][response.mimetype]["schema"]
    jsonschema.Draft202012Validator(described | schema).validate(response.get_json(force=True))

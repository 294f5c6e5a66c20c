"""The OpenAPI document: valid, and equal to what the server does."""

import jsonschema
from openapi_spec_validator import validate

from oremix.api import Settings, create_app
from oremix.api.app import OPERATIONS
from oremix.api.jobs.queue import Queue

SURGE = {"id": "surge", "probability": 0.5, "changes": [{"on": "demands", "field": "quantity", "times": 0.5}]}
MOVE = {"on": "policies", "id": "china_cap", "field": "max", "period": None, "from": 0.4, "to": 0.5, "unit": "share"}
REPAIR = {"text": "raise it", "changes": [MOVE], "total_cost": 0, "cost": 0, "checked": True}
# what stands for {name} in a path
NAMES = {"example": "minimal", "preset": "eu-crma-2030", "module": "main.js"}


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
        path = operation.path.replace("{name}", NAMES.get(operation.name, "")).replace("{id}", "0" * 32)
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
        "figures": client.post("/v1/figures", json={"plan": plan.get_json(), "problem": minimal}),
        "why": client.post("/v1/why", json={"problem": minimal, "id": "mount_weld"}),
        "verify": client.post("/v1/verify", json={"problem": minimal, "plan": {"total_cost": 1}}),
        "repair": client.post("/v1/repair", json={"problem": minimal, "repair": REPAIR}),
        "report": client.post("/v1/report", json={"plan": plan.get_json()}),
        "convert": client.post("/v1/convert", json=minimal),
        "presets": client.get("/v1/presets"),
        "preset": client.get("/v1/presets/eu-crma-2030"),
        "examples": client.get("/v1/examples"),
        "example": client.get("/v1/examples/minimal"),
        "schema": client.get("/v1/schema"),
        "openapi": client.get("/openapi.json"),
        "health": client.get("/healthz"),
        "ready": ready(client),
        "metrics": client.get("/metrics"),
        "docs": client.get("/docs"),
        "style": client.get("/docs/style.css"),
        "workbench": client.get("/"),
        "workbench_style": client.get("/workbench/style.css"),
        "module": client.get("/workbench/main.js"),
    } | of_jobs(client, minimal)
    assert set(requests) == {operation.name for operation in OPERATIONS}
    for operation in OPERATIONS:
        conforms(described, operation, requests[operation.name])


def drawn(minimal):
    """A problem with an uncertainty, to be drawn twice."""
    boom = {"id": "boom", "on": "demands", "field": "quantity", "times": {"values": [1, 1.1]}}
    return {"problem": minimal | {"uncertainties": [boom]}, "options": {"samples": 2}}


def ready(client):
    """What the service says when there is a worker."""
    database = Settings().open_database()
    Queue(database).sign_in("worker", None)
    database.close()
    response = client.get("/readyz")
    assert response.status_code == 200
    return response


def of_jobs(client, minimal):
    """The answers of the operations on jobs; the problem was solved before, so that the job is done."""
    submitted = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal})
    address = submitted.headers["Location"]
    return {
        "submit": submitted,
        "jobs": client.get("/v1/jobs"),
        "job": client.get(address),
        "result": client.get(f"{address}/result"),
        "events": client.get(f"{address}/events"),
        "cancel": client.delete(address),
    }


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
    named = {operation.name: operation for operation in OPERATIONS}
    conforms(described, named["submit"], client.post("/v1/jobs", json={"kind": "x"}))
    conforms(described, named["job"], client.get("/v1/jobs/none"))
    waiting = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal})
    conforms(described, named["result"], client.get(f"{waiting.headers['Location']}/result"))


def test_what_is_submitted_is_as_described(client, minimal):
    """Bodies that are taken conform to the schema of a submission, and those that it excludes are refused."""
    described = document(client)
    schema = described["paths"]["/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator(described | schema)
    plan = client.post("/v1/solve", json=minimal).get_json()
    taken = [
        {"kind": "solve", "problem": minimal},
        {"kind": "solve", "problem": minimal, "options": {"time_limit": 5, "gap": 0.1, "solver": "cbc"}},
        {"kind": "stress", "problem": minimal, "plan": plan, "options": {"countries": ["CN"], "gap": 0.1}},
        {"kind": "frontier", "problem": minimal, "options": {"max_points": 5}},
        {"kind": "compare", "first": plan, "second": plan},
    ]
    for body in taken:
        validator.validate(body)
        assert client.post("/v1/jobs", json=body).status_code == 202
    for body in ({"kind": "solve"}, {"kind": "guess", "problem": minimal}, taken[0] | {"options": {"x": 1}}, {}):
        assert not validator.is_valid(body)
        assert client.post("/v1/jobs", json=body).status_code == 422


def conforms(described, operation, response):
    """Assert that a response is one that the document describes for the operation."""
    responses = described["paths"][operation.path][operation.method.lower()]["responses"]
    answer = responses[str(response.status_code)]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"][response.mimetype]["schema"]
    content = response.text if response.mimetype.startswith("text/") else response.get_json(force=True)
    jsonschema.Draft202012Validator(described | schema).validate(content)

"""Bad requests: each has one clear answer, in one shape."""

import io
import json
import time

import pytest

import oremix
from oremix.api import Settings, create_app, solving
from oremix.models import SolverFailed
from oremix.models.collector import collector_off

MINIMAL = oremix.example("minimal")

NOT_JSON = {
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "truncated": (MINIMAL[:100].encode(), "line 4, column 3"),
    "NaN": (MINIMAL.replace("60000", "NaN").encode(), "NaN is no number"),
    "infinity": (MINIMAL.replace("60000", "-Infinity").encode(), "Infinity is no number"),
    "duplicate key": (b'{"name": "a", "name": "b"}', '"name" stands twice'),
    "invalid UTF-8": (b'{"name": "\xff"}', "byte 10"),
    "half a character": (b'{"name": "\\ud800"}', "half a character"),
    "nested 100,000 deep": (b"[" * 100_000, "nested too deeply"),
    "thousands of digits": (MINIMAL.replace("60000", "9" * 5000).encode(), "too many digits"),
}


@pytest.mark.parametrize(("body", "words"), NOT_JSON.values(), ids=NOT_JSON.keys())
@pytest.mark.parametrize("path", ["/v1/solve", "/v1/check"])
def test_what_is_not_json_is_400_and_says_where(client, refused, path, body, words):
    """Text that is not strict JSON is refused with 400, what is wrong, and where it is."""
    problem = refused(client.post(path, data=body, content_type="application/json"), 400)
    assert words in problem["detail"]
    assert problem["errors"][0]["pointer"] == ""


@pytest.mark.parametrize("body", ["[]", '"{}"', "7", "null", "true", f"[{MINIMAL}]"])
def test_json_that_is_no_object_is_422(client, refused, body):
    """JSON of another type than an object is no problem."""
    problem = refused(client.post("/v1/solve", data=body, content_type="application/json"), 422)
    assert problem["errors"][0]["pointer"] == ""
    assert "JSON object" in problem["errors"][0]["message"]


WRONG = {
    "wrong type": (("60000", '"much"'), "/suppliers/0/capacity", "much"),
    "negative": (("60000", "-5"), "/suppliers/0/capacity", -5),
    "too large for a number": (("60000", "1e400"), "/suppliers/0/capacity", "inf"),
    "share above 1": (('"max": 0.4', '"max": 1.7'), "/policies/0/max", 1.7),
    "unknown key": (('"unit_cost": 55000', '"unitcost": 1, "unit_cost": 55000'), "/suppliers/0/unitcost", 1),
    "dangling": (
        ('"material": "ndpr_oxide", "quantity"', '"material": "gold", "quantity"'),
        "/demands/0/material",
        "gold",
    ),
    "duplicate id": (('"id": "mount_weld"', '"id": "northern"'), "/suppliers/1/id", "northern"),
}


@pytest.mark.parametrize(("change", "pointer", "value"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_entry_is_422_with_its_pointer(client, refused, change, pointer, value):
    """Each wrong entry is named by its pointer, with the value given."""
    body = MINIMAL.replace(*change)
    assert body != MINIMAL
    problem = refused(client.post("/v1/solve", data=body, content_type="application/json"), 422)
    faults = {fault["pointer"]: fault for fault in problem["errors"]}
    assert pointer in faults, problem
    assert faults[pointer]["value"] == value
    assert faults[pointer].keys() == {"pointer", "message", "value"}


def test_all_faults_come_at_once(client, refused, minimal):
    """Faults in different parts are all in one answer."""
    minimal["suppliers"][0]["capacity"] = -1
    minimal["demands"][0]["material"] = "gold"
    minimal["policies"][0]["max"] = 2
    problem = refused(client.post("/v1/check", json=minimal), 422)
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert {"/suppliers/0/capacity", "/demands/0/material", "/policies/0/max"} <= pointers


@pytest.mark.parametrize("depth", [10, 100, 500, 800, 900, 950, 1000, 5000])
def test_no_depth_of_nesting_is_our_fault(client, depth):
    """A deeply nested value is the client's fault at any depth."""
    body = MINIMAL.replace('"NdPr oxide for Japan"', "[" * depth + "]" * depth)
    response = client.post("/v1/solve", data=body, content_type="application/json")
    assert response.status_code in (400, 422)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("time_limit=abc", "time_limit"),
        ("time_limit=-1", "time_limit"),
        ("time_limit=0", "time_limit"),
        ("time_limit=nan", "time_limit"),
        ("time_limit=inf", "time_limit"),
        ("time_limit=1e999", "time_limit"),
        ("time_limit=", "time_limit"),
        ("time_limit=1&time_limit=2", "time_limit"),
        ("time_limit=1_0", "time_limit"),
        ("gap=2", "gap"),
        ("gap=-0.1", "gap"),
        ("solver=nonsense", "solver"),
        ("solver=GLPK_CMD", "solver"),
        ("solver=/bin/sh", "solver"),
        ("timelimit=5", "timelimit"),
    ],
)
def test_a_wrong_parameter_is_422_and_named(client, refused, minimal, query, parameter):
    """Unknown parameters, wrong values, and solvers that are commands are refused by name."""
    problem = refused(client.post(f"/v1/solve?{query}", json=minimal), 422)
    assert [fault["parameter"] for fault in problem["errors"]] == [parameter]


def test_all_wrong_parameters_come_at_once(client, refused, minimal):
    """Every wrong parameter is named in one answer."""
    problem = refused(client.post("/v1/solve?time_limit=x&gap=y&who=z", json=minimal), 422)
    assert {fault["parameter"] for fault in problem["errors"]} == {"time_limit", "gap", "who"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/solve", "POST"), ("POST", "/healthz", "GET"), ("DELETE", "/v1/check", "POST")],
)
def test_another_method_is_405_with_allow(client, refused, method, path, allowed):
    """A method that an address does not take is refused, and the ones it takes are listed."""
    response = client.open(path, method=method)
    refused(response, 405)
    assert allowed in response.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/v1", "/index.html", "/v1/solve/", "//v1/solve", "/v1/examples/nothing", "/v1/../etc/passwd"]
)
def test_an_unknown_address_is_404(client, refused, path):
    """What is not there is 404, never a redirect and never a page."""
    refused(client.get(path), 404)


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/jsonp"],
)
def test_another_content_type_is_415(client, refused, kind):
    """A body must be declared as JSON in UTF-8."""
    response = client.post("/v1/solve", data=MINIMAL, content_type=kind)
    refused(response, 415)
    assert response.headers["Accept-Post"].startswith("application/json, application/vnd")


def test_a_compressed_body_is_415(client, refused):
    """A content encoding would be a way around the size limit."""
    headers = {"Content-Encoding": "gzip"}
    refused(client.post("/v1/solve", data=b"x", content_type="application/json", headers=headers), 415)


def test_a_body_above_the_limit_is_413_with_the_limit(refused):
    """The limit on the body is stated with its variable."""
    client = create_app(Settings(max_body_mb=0.0001)).test_client()
    problem = refused(client.post("/v1/solve", data=MINIMAL, content_type="application/json"), 413)
    assert problem["limit"] == {"name": "bytes", "most": 100, "variable": "OREMIX_MAX_BODY_MB"}


def test_a_body_of_unstated_length_is_413_too(refused):
    """Without a Content-Length the body is counted as it comes."""
    client = create_app(Settings(max_body_mb=0.0001)).test_client()
    response = client.post(
        "/v1/solve",
        input_stream=io.BytesIO(MINIMAL.encode()),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    refused(response, 413)


def test_too_long_a_list_is_413_with_the_limit(refused, minimal):
    """The number of entries in one place is limited before they are read as a problem."""
    client = create_app(Settings(max_entries=10)).test_client()
    minimal["suppliers"] *= 6
    problem = refused(client.post("/v1/check", json=minimal), 413)
    assert problem["limit"] == {"name": "entries", "most": 10, "variable": "OREMIX_MAX_ENTRIES"}


def test_too_many_columns_are_413_with_the_limit(refused, minimal):
    """A program above the limit is refused before it is built."""
    client = create_app(Settings(max_columns=1)).test_client()
    problem = refused(client.post("/v1/solve", json=minimal), 413)
    assert problem["limit"] == {"name": "columns", "most": 1, "variable": "OREMIX_MAX_COLUMNS"}


@pytest.mark.parametrize("error", [RuntimeError("secret"), SolverFailed("secret"), RecursionError("secret")])
def test_our_fault_is_500_with_an_id_and_no_internals(client, refused, minimal, monkeypatch, caplog, error):
    """What failed inside is in the log under an id, and the client gets only the id."""

    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(solving, "solve", fail)
    response = client.post("/v1/solve", json=minimal)
    problem = refused(response, 500)
    assert "secret" not in response.text
    assert problem["id"] in caplog.text
    assert "secret" in caplog.text


def test_lack_of_memory_is_503(client, refused, minimal, monkeypatch):
    """A request for which there is no memory now may be tried later."""

    def fail(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(solving, "solve", fail)
    response = client.post("/v1/solve", json=minimal)
    refused(response, 503)
    assert int(response.headers["Retry-After"]) > 0


def test_reading_a_problem_cannot_hold_a_worker(refused):
    """Python code that runs over the time of a request is stopped where it is."""
    client = create_app(Settings(max_overhead_seconds=0.5)).test_client()
    many = 3000
    problem = {
        "materials": [{"id": "m", "unit": "t"}],
        "places": [{"id": f"p{i}", "country": "CN"} for i in range(2 * many)],
        "suppliers": [{"id": f"s{i}", "place": f"p{i}", "material": "m", "unit_cost": 1} for i in range(many)],
        "demands": [{"id": f"d{i}", "place": f"p{many + i}", "material": "m", "quantity": 1} for i in range(many)],
        "lanes": [{"from": "*", "to": "*", "unit_cost": 1}],
    }
    # hypothesis listens to the collector: an alarm that rings while it does would be reported as this test's error
    with collector_off():
        response = client.post("/v1/check", data=json.dumps(problem), content_type="application/json")
    assert refused(response, 503)["limit"]["name"] == "seconds"


def test_a_study_cannot_hold_a_worker(refused):
    """Whatever is tried in it, a study ends with the time of a request; or within it with what it has."""
    client = create_app(Settings(max_seconds=0.5, max_overhead_seconds=0.5)).test_client()
    countries = ["CN", "AU", "JP", "US"]
    problem = {
        "materials": [{"id": "m", "unit": "t"}],
        "suppliers": [
            {"id": f"s{i}", "country": countries[i % 4], "material": "m", "unit_cost": i} for i in range(800)
        ],
        "demands": [{"id": f"d{i}", "country": "JP", "material": "m", "quantity": 1} for i in range(20)],
    }
    body = json.dumps({"problem": problem, "options": {"insurance": 1000, "pairs": True, "all": True}})
    started = time.monotonic()
    with collector_off():
        response = client.post("/v1/studies/stress", data=body, content_type="application/json")
    assert time.monotonic() - started < 5
    if response.status_code == 200:
        assert response.get_json()["complete"] is False
    else:
        assert refused(response, 503)["limit"]["name"] == "seconds"

"""Jobs over HTTP, on either database; what workers do is done by hand here."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

import oremix
from oremix.api import Settings, create_app
from oremix.api.jobs.child import Work, answered
from oremix.api.jobs.queue import Claim, Queue
from oremix.api.keys import new
from oremix.api.storage import Database

ANOTHER = "0" * 32


@pytest.fixture
def queue(database: Database) -> Queue:
    """The jobs."""
    return Queue(database)


@pytest.fixture
def client(storage: str) -> FlaskClient:
    """A client of the service on that database."""
    return create_app(Settings(database_url=storage)).test_client()


def work(queue: Queue) -> Claim:
    """Do the next job, here."""
    claim = queue.claim("w")
    assert claim is not None
    asked = Work(claim.id, claim.kind, claim.question, claim.options, 60, 10_000)
    assert queue.finish(claim, answered(asked, None, None))
    return claim


def events(text: str) -> list[tuple[int, dict[str, Any]]]:
    """The ids and the data of the events in a stream."""
    found = re.findall(r"id: (\d+)\nevent: job\ndata: (.*)\n\n", text)
    return [(int(number), json.loads(data)) for number, data in found]


def test_a_job_from_beginning_to_end(client, queue, minimal):
    """Submitted, looked at, worked on, and its result fetched: the plan that `solve` gives."""
    answer = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal, "options": {"time_limit": 30}})
    assert answer.status_code == 202
    job = answer.get_json()
    address = answer.headers["Location"]
    assert address == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["attempt"], job["result"]) == ("waiting", 0, None)
    assert job["problem_hash"] == oremix.read_problem(minimal).hash
    early = client.get(f"{address}/result")
    assert (early.status_code, early.headers["Retry-After"]) == (409, "1")
    work(queue)
    job = client.get(address).get_json()
    assert (job["state"], job["status"]) == ("done", "optimal")
    result = client.get(job["result"])
    assert result.get_json()["total_cost"] == 348_700_000
    assert result.get_json()["solver"]["options"]["time_limit"] == 30
    assert result.headers["Oremix-Run"] == job["run"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "frontier", "options": {"max_points": 3, "gap": 0.01}}, "optimal"),
        ({"kind": "stress", "options": {"countries": ["CN"], "insurance": 0, "time_limit": 9}}, "complete"),
    ],
)
def test_every_study_can_be_a_job(client, queue, minimal, body, status):
    """With the options of study and solver in one object; the answer is that of its own operation."""
    job = client.post("/v1/jobs", json=body | {"problem": minimal}).get_json()
    work(queue)
    assert client.get(f"/v1/jobs/{job['id']}").get_json()["status"] == status
    answer = client.get(f"/v1/jobs/{job['id']}/result").get_json()
    of_study = {name: value for name, value in body["options"].items() if name not in ("gap", "time_limit")}
    query = {name: value for name, value in body["options"].items() if name == "gap"}
    again = client.post(
        f"/v1/studies/{body['kind']}", query_string=query, json={"problem": minimal, "options": of_study}
    )
    assert again.get_json() == answer
    assert "Oremix-Recorded" in again.headers


def test_two_plans_are_compared_by_a_job(client, queue, minimal):
    """What is not about a problem can be a job as well."""
    plan = client.post("/v1/solve", json=minimal).get_json()
    job = client.post("/v1/jobs", json={"kind": "compare", "first": plan, "second": plan}).get_json()
    assert job["problem_hash"] is None
    work(queue)
    assert client.get(f"/v1/jobs/{job['id']}/result").status_code == 200


def test_everything_wrong_is_said_at_submission(client, refused, minimal):
    """The problem's faults, the study's options and the solver's, each at its pointer, at once."""
    minimal["suppliers"][0]["capacity"] = -1
    body = {
        "kind": "stress",
        "problem": minimal,
        "options": {"gap": 2, "time_limit": "soon", "countries": 5},
        "plam": {},
    }
    errors = refused(client.post("/v1/jobs", json=body), 422)["errors"]
    assert {fault["pointer"] for fault in errors} == {
        "/options/gap",
        "/options/time_limit",
        "/options/countries",
        "/problem/suppliers/0/capacity",
        "/plam",
    }


@pytest.mark.parametrize(
    ("change", "pointer", "message"),
    [
        ({"kind": "guess"}, "/kind", "should be the name of one; there are: solve, compare"),
        ({"kind": None}, "/kind", "is missing"),
        ({"kind": ["solve"]}, "/kind", "should be the name of one"),
        ({"problem": None}, "/problem", "is missing"),
        ({"options": []}, "/options", "should be a JSON object"),
        ({"options": {"color": 1}}, "/options/color", "is not known here; there are: time_limit"),
        ({"options": {"gap": True}}, "/options/gap", "should be a number"),
        ({"options": {"gap": 10**400}}, "/options/gap", "should be a number"),
        ({"options": {"solver": "glpk"}}, "/options/solver", "should be one of highs, cbc"),
        ({"options": {"solver": 5}}, "/options/solver", "should be one of highs, cbc"),
        ({"options": {"time_limit": 0}}, "/options/time_limit", "should be above 0"),
    ],
)
def test_what_is_wrong_with_a_submission_is_said(client, refused, minimal, change, pointer, message):
    """One thing at a time."""
    body = {"kind": "solve", "problem": minimal} | change
    (fault,) = refused(client.post("/v1/jobs", json=body), 422)["errors"]
    assert fault["pointer"] == pointer
    assert message in fault["message"]


def test_nothing_is_kept_of_what_is_refused(client):
    """A submission with faults leaves no job."""
    assert client.post("/v1/jobs", json={"kind": "solve", "problem": {}}).status_code == 422
    assert client.get("/v1/jobs").get_json() == {"jobs": []}


def test_too_large_a_problem_is_refused_at_submission(refused, storage, minimal):
    """By a job's own limit, which may be above that of a request."""
    settings = Settings(database_url=storage, max_columns=1, max_job_columns=2)
    client = create_app(settings).test_client()
    problem = refused(client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}), 413)
    assert problem["limit"] == {"name": "columns", "most": 2, "variable": "OREMIX_MAX_JOB_COLUMNS"}


def test_an_idempotency_key_gives_the_same_job(client, refused, minimal):
    """A client that did not hear the answer can send again; with another body it is refused."""
    body = {"kind": "solve", "problem": minimal}
    headers = {"Idempotency-Key": "order 17"}
    first, second = (client.post("/v1/jobs", json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.get_json() == second.get_json()
    other = client.post("/v1/jobs", json=body | {"options": {"gap": 0.1}}, headers=headers)
    (fault,) = refused(other, 422)["errors"]
    assert fault["parameter"] == "Idempotency-Key"
    assert len(client.get("/v1/jobs").get_json()["jobs"]) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "é\x7f"])
def test_an_idempotency_key_is_plain_and_short(client, refused, minimal, key):
    """Else it is said which header is wrong."""
    body = {"kind": "solve", "problem": minimal}
    (fault,) = refused(client.post("/v1/jobs", json=body, headers={"Idempotency-Key": key}), 422)["errors"]
    assert fault["parameter"] == "Idempotency-Key"


def test_what_is_on_record_is_a_job_done(client, minimal):
    """A job for a question that was answered before has its result when it is submitted."""
    plan = client.post("/v1/solve", json=minimal).get_json()
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}).get_json()
    assert job["state"] == "done"
    assert client.get(job["result"]).get_json() == plan


def test_jobs_are_listed_the_newest_first(client, queue, minimal):
    """All, those in a state, some, and those before one."""
    submitted = [
        client.post("/v1/jobs", json={"kind": "solve", "problem": minimal, "options": {"gap": gap}}).get_json()["id"]
        for gap in (0.1, 0.2, 0.3)
    ]
    work(queue)

    def listed(**query):
        return [job["id"] for job in client.get("/v1/jobs", query_string=query).get_json()["jobs"]]

    assert listed() == submitted[::-1]
    assert listed(state="done") == submitted[:1]
    assert listed(limit=1) == submitted[2:]
    assert listed(before=submitted[2], state="waiting") == submitted[1:2]
    assert listed(before=ANOTHER) == []


@pytest.mark.parametrize(
    "query", [{"state": "asleep"}, {"limit": "0"}, {"limit": "1001"}, {"limit": "²"}, {"before": "x"}, {"after": "x"}]
)
def test_a_wrong_wish_for_a_list_is_said(client, refused, query):
    """As of any query parameter."""
    (fault,) = refused(client.get("/v1/jobs", query_string=query), 422)["errors"]
    assert fault["parameter"] in query


@pytest.mark.parametrize("path", ["", "/result", "/events"])
@pytest.mark.parametrize("identity", [ANOTHER, "%00", "%F0%9F%92%A9", "x" * 500])
def test_a_job_that_is_not_there_is_404(client, refused, identity, path):
    """At each of its addresses, whatever stands in the place of its id."""
    refused(client.get(f"/v1/jobs/{identity}{path}"), 404)


def test_cancelling_a_job_that_is_not_there_is_404(client, refused):
    """As looking at it."""
    refused(client.delete(f"/v1/jobs/{ANOTHER}"), 404)


def test_a_waiting_job_can_be_cancelled(client, refused, minimal):
    """At once; it has no result then, and cancelling again changes nothing."""
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}).get_json()
    address = f"/v1/jobs/{job['id']}"
    cancelled = client.delete(address).get_json()
    assert (cancelled["state"], cancelled["cancelling"]) == ("cancelled", False)
    assert "cancelled" in refused(client.get(f"{address}/result"), 409)["detail"]
    assert client.delete(address).get_json() == cancelled


def test_a_failed_job_says_why(client, queue, refused, minimal):
    """In its state, and where its result would be."""
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}).get_json()
    for _ in range(3):
        queue.died(queue.claim("w"), "its process was ended by SIGKILL")
    address = f"/v1/jobs/{job['id']}"
    assert "SIGKILL" in client.get(address).get_json()["reason"]
    assert "SIGKILL" in refused(client.get(f"{address}/result"), 409)["detail"]


def test_events_tell_of_a_job_until_its_end(client, queue, minimal):
    """Each change once, with the whole job; what a client knows is not sent again."""
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}).get_json()
    address = f"/v1/jobs/{job['id']}/events"
    stream = client.get(address)
    assert stream.mimetype == "text/event-stream"
    chunks = stream.iter_encoded()
    text = next(chunks).decode() + next(chunks).decode()
    assert [told["state"] for _, told in events(text)] == ["waiting"]
    claim = queue.claim("w")
    queue.beat(claim, {"seconds": 1, "cost": 5.0, "bound": 4.0, "gap": 0.2})
    text += next(chunks).decode()
    assert events(text)[-1][1]["progress"]["gap"] == 0.2
    queue.fail(claim, "x")
    text += b"".join(chunks).decode()
    told = events(text)
    assert [job["state"] for _, job in told] == ["waiting", "running", "failed"]
    last = told[-1][0]
    again = client.get(address, headers={"Last-Event-ID": str(told[0][0])})
    assert [number for number, _ in events(again.text)] == [last]
    assert client.get(address, headers={"Last-Event-ID": str(last)}).status_code == 204
    assert events(client.get(address, headers={"Last-Event-ID": "nonsense"}).text)[-1][0] == last


def test_who_may_see_only_their_own_sees_no_others(storage, minimal):
    """Jobs of another key are as if they were not there."""
    settings = Settings(database_url=storage, keys="on")
    opened = Database(storage)
    ann, bob = ({"Authorization": f"Bearer {new(opened, name, ('solve', 'read')).secret}"} for name in ("Ann", "Bob"))
    opened.close()
    client = create_app(settings).test_client()
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}, headers=ann).get_json()
    assert client.get("/v1/jobs", headers=bob).get_json() == {"jobs": []}
    for method, path in (("GET", ""), ("GET", "/result"), ("GET", "/events"), ("DELETE", "")):
        assert client.open(f"/v1/jobs/{job['id']}{path}", method=method, headers=bob).status_code == 404
    own = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}, headers=bob).get_json()
    assert [entry["id"] for entry in client.get("/v1/jobs", headers=bob).get_json()["jobs"]] == [own["id"]]

"""The record of what was answered, and what is answered from it, on either database."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import oremix
from oremix.api import Settings, create_app
from oremix.api.kind import as_recorded
from oremix.api.limits import Limits
from oremix.api.storage import Database, runs, unpack
from tests.optimizer.solving.test_solve import hard


@pytest.fixture
def client(storage: str) -> FlaskClient:
    """A client of the service on that database."""
    return create_app(Settings(database_url=storage, max_seconds=20)).test_client()


def recorded(database: Database) -> list[Any]:
    """The runs on record, the oldest first."""
    with database.reading() as connection:
        return list(connection.execute(select(runs).order_by(runs.c.asked)))


def test_a_run_is_on_record(client, database, minimal):
    """What was asked, what was answered, when, in how long, by which versions."""
    answer = client.post("/v1/solve?gap=0.1", json=minimal)
    (run,) = recorded(database)
    assert run.id == answer.headers["Oremix-Run"]
    assert "Oremix-Recorded" not in answer.headers
    assert (run.kind, run.status, run.key, run.version) == ("solve", "optimal", None, oremix.__version__)
    assert run.problem_hash == answer.get_json()["problem_hash"]
    assert json.loads(run.options) == {"gap": 0.1}
    assert json.loads(unpack(run.question)) == {"problem": minimal}
    assert unpack(run.answer) == answer.data
    assert 0 < run.seconds < 60


def test_the_same_question_is_answered_from_the_record(client, database, minimal):
    """However it is written, and whatever its time limit; the run is on record again, without the texts."""
    first = client.post("/v1/solve", json=minimal)
    written = json.dumps(minimal | {"suppliers": minimal["suppliers"][::-1]}, indent=1)
    again = client.post("/v1/solve?time_limit=5", data=written, content_type="application/json")
    assert again.data == first.data
    earlier, later = recorded(database)
    assert again.headers["Oremix-Recorded"] == earlier.asked
    assert again.headers["Oremix-Run"] == later.id != earlier.id
    assert (later.source, later.answer, later.status) == (earlier.id, None, "optimal")
    assert again.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("query", ["gap=0.1", "detail=plan", "solver=cbc"])
def test_other_options_are_another_question(client, minimal, query):
    """Each may make another answer."""
    client.post("/v1/solve", json=minimal)
    assert "Oremix-Recorded" not in client.post(f"/v1/solve?{query}", json=minimal).headers


def test_another_problem_is_another_question(client, minimal):
    """A digit makes a difference."""
    client.post("/v1/solve", json=minimal)
    minimal["demands"][0]["quantity"] += 1e-6
    assert "Oremix-Recorded" not in client.post("/v1/solve", json=minimal).headers


def test_who_wants_a_new_answer_gets_one(client, minimal):
    """By the header that HTTP has for it."""
    client.post("/v1/solve", json=minimal)
    again = client.post("/v1/solve", json=minimal, headers={"Cache-Control": "no-cache"})
    assert "Oremix-Recorded" not in again.headers


def test_an_answer_cut_short_is_not_given_again(client, database):
    """A plan that a time limit ended is on record, but the next one may be better."""
    for _ in range(2):
        answer = client.post("/v1/solve?time_limit=1&detail=plan", json=hard())
        assert answer.get_json()["status"] in {"feasible", "no_answer"}
        assert "Oremix-Recorded" not in answer.headers
    assert [run.reusable for run in recorded(database)] == [False, False]


def test_a_study_is_answered_from_the_record(client, database, minimal):
    """If its options are the same, with or without those that are empty."""
    first = client.post("/v1/studies/stress", json={"problem": minimal, "options": {"countries": ["CN"]}})
    again = client.post("/v1/studies/stress", json={"options": {"countries": ["CN"]}, "problem": minimal, "plan": None})
    other = client.post("/v1/studies/stress", json={"problem": minimal, "options": {"countries": ["AU"]}})
    assert again.data == first.data
    assert "Oremix-Recorded" in again.headers
    assert "Oremix-Recorded" not in other.headers
    assert [run.status for run in recorded(database)] == ["complete"] * 3


def test_what_is_refused_is_not_on_record(client, database, minimal):
    """There was no answer."""
    assert client.post("/v1/solve?gap=7", json=minimal).status_code == 422
    assert client.post("/v1/solve", json=minimal | {"demands": [{}]}).status_code == 422
    assert recorded(database) == []


@pytest.mark.parametrize(
    ("problem", "options", "seconds", "final"),
    [
        ("minimal", {}, 1.0, True),
        ("infeasible", {}, 1.0, True),
        ("infeasible", {}, 50.0, False),
        ("undiagnosed", {}, 1.0, False),
        ("stopped", {"gap": 0.5}, 1.0, True),
        ("stopped", {}, 1.0, False),
        ("none", {}, 1.0, False),
    ],
)
def test_only_final_answers_are_given_again(minimal, problem, options, seconds, final):
    """Proved, or within the gap asked for; a diagnosis that time may have cut short is not."""
    short = minimal | {"suppliers": [entry | {"capacity": 1} for entry in minimal["suppliers"]]}
    plans = {
        "minimal": lambda: oremix.solve(minimal),
        "infeasible": lambda: oremix.solve(short),
        "undiagnosed": lambda: oremix.solve(short, diagnose=False),
        "stopped": lambda: oremix.solve(hard(), gap=0.5, detail="plan"),
        "none": lambda: oremix.solve(hard(), time_limit=0),
    }
    plan = plans[problem]()
    assert (
        plan.status
        == {
            "minimal": "optimal",
            "infeasible": "infeasible",
            "undiagnosed": "infeasible",
            "stopped": "feasible",
            "none": "no_answer",
        }[problem]
    )
    assert as_recorded(plan, "{}", Limits(options, 60, 10_000), seconds)["reusable"] is final


def test_a_database_that_is_away_is_said(postgres, postgres_tables, minimal, refused):
    """503 with `Retry-After` while it is down, and all goes on when it is back; no internals are told."""
    client = create_app(Settings(database_url=postgres.new_database(postgres_tables))).test_client()
    job = client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}).get_json()
    postgres.kill()
    for response in (client.post("/v1/solve", json=minimal), client.get(f"/v1/jobs/{job['id']}")):
        problem = refused(response, 503)
        assert response.headers["Retry-After"]
        assert "psycopg" not in problem["detail"]
    assert client.get("/healthz").status_code == 200
    postgres.start()
    assert client.post("/v1/solve", json=minimal).status_code == 200
    assert client.get(f"/v1/jobs/{job['id']}").get_json() == job

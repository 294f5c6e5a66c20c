"""Readiness and metrics over HTTP."""

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from oremix.api import Settings, create_app
from oremix.api.app import NAMES
from oremix.api.jobs.kinds import KINDS
from oremix.api.jobs.queue import Queue, submit
from oremix.api.keys import new
from oremix.api.metrics.families import ATTEMPTS, FAMILIES, JOBS, QUEUE, RECORDED, REFUSALS, REQUESTS, SOLVES
from oremix.api.metrics.layout import ANSWERS, NOWHERE, REASONS, STATUSES
from oremix.api.openapi import ERRORS
from oremix.api.storage import Database, database_clock, now, workers
from oremix.api.worker import ENDINGS, REFUSED
from tests.api.jobs.entry import question

Samples = dict[tuple[str, ...], float]


def read(client: FlaskClient, **headers: str) -> Samples:
    """Every sample, by its name and the values of its labels."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.text))
    assert {family.name for family in families} == {family.name.removesuffix("_total") for family in FAMILIES}
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


@pytest.fixture
def served(storage: str) -> FlaskClient:
    """A client of a service on a database of either kind."""
    return create_app(Settings(database_url=storage)).test_client()


# ---------------------------------------------------------------- readiness


def test_it_is_ready_with_a_database_and_a_worker(served, database, refused):
    """Without a worker 503 and what to do; with one ready; when it gives no sign any more, or goes, not ready again."""
    queue = Queue(database)
    assert "oremix worker" in refused(served.get("/readyz"), 503)["detail"]
    queue.sign_in("somewhere-1", None)
    assert served.get("/readyz").get_json() == {"status": "ready", "workers": 1}
    assert read(served)["oremix_workers_alive",] == 1
    with database.begin() as connection:
        connection.execute(update(workers).values(seen=database_clock(60)))
    refused(served.get("/readyz"), 503)
    queue.sign_in("somewhere-1", None)
    assert served.get("/readyz").status_code == 200
    queue.sign_out("somewhere-1")
    refused(served.get("/readyz"), 503)


def test_it_is_not_ready_without_a_database(refused):
    """A database that does not answer is said; metrics tell of it, and of what needs no database."""
    lost = create_app(Settings(database_url="postgresql://me:geheim@127.0.0.1:1/none")).test_client()
    problem = refused(lost.get("/readyz"), 503)
    assert "database" in problem["detail"]
    assert "geheim" not in str(problem)
    assert lost.get("/healthz").status_code == 200
    text = lost.get("/metrics").text
    assert "\noremix_database_up 0\n" in text
    assert 'oremix_request_seconds_count{operation="ready",status="503"} 1' in text


def test_the_database_has_one_clock(database):
    """Its moments are written as ours, and pass."""
    with database.reading() as connection:
        before, then = connection.execute(database_clock(5).select()).scalar(), now()
        time.sleep(0.01)
        after = connection.execute(database_clock().select()).scalar()
    assert len(before) == len(then) == 27
    assert before < then < after


# ---------------------------------------------------------------- requests


def test_requests_are_counted_by_operation_and_status(client, minimal):
    """Each once, with those for nothing; what came from the record is told from what was solved."""
    client.post("/v1/solve", json=minimal)
    client.post("/v1/solve", json=minimal)
    client.post("/v1/solve", data="{", content_type="application/json")
    for number in range(5):
        client.get(f"/made-up-{number}")
    found = read(client)
    name = f"{REQUESTS.name}_count"
    assert found[name, "solve", "200"] == 2
    assert found[name, "solve", "400"] == 1
    assert found[name, NOWHERE, "404"] == 5
    assert 0 < found[f"{REQUESTS.name}_sum", "solve", "200"] < 60
    assert found[f"{SOLVES.name}_count", "solve", "optimal"] == 1
    assert found[RECORDED.name, "solve"] == 1
    assert "made-up" not in str(found)


def test_every_limit_that_refuses_is_counted(minimal):
    """A list that is too long, and a problem that is too large."""
    small = create_app(Settings(max_entries=1)).test_client()
    small.post("/v1/check", json=minimal)
    assert read(small)[REFUSALS.name, "entries"] == 1
    tight = create_app(Settings(max_columns=1)).test_client()
    tight.post("/v1/solve", json=minimal)
    assert read(tight)[REFUSALS.name, "columns"] == 1


def test_counting_costs_next_to_nothing(client):
    """Well below a tenth of a millisecond of processor time for a request."""
    counts = client.application.config["OREMIX_COUNTS"]
    started = time.process_time()
    for _ in range(10_000):
        counts.add(REQUESTS, ("solve", "200"), 0.02)
    assert (time.process_time() - started) / 10_000 < 2e-5


# ---------------------------------------------------------------- jobs


def test_what_becomes_of_jobs_is_counted(served, database):
    """Waiting and running as they are; attempts and ends as they were, and still after the jobs have expired."""
    queue = Queue(database)
    for _ in range(4):
        submit(queue, question("nap"))
    dropped = submit(queue, question("nap"))
    queue.cancel(dropped)
    queue.cancel(dropped)
    first, second, third = (claimed(queue) for _ in range(3))
    found = read(served)
    assert (found[QUEUE.name, "nap", "waiting"], found[QUEUE.name, "nap", "running"]) == (1, 3)
    assert found["oremix_oldest_waiting_seconds",] >= 0
    assert queue.finish(first, {"status": "complete"})
    assert not queue.finish(first, {"status": "complete"})
    assert queue.fail(second, "because")
    assert queue.give_back(third)
    for _ in range(3):
        assert queue.died(claimed(queue), "it was killed")
    (seen,) = queue.running() or [None]
    assert seen is None
    lost = claimed(queue)
    (seen,) = queue.running()
    assert queue.lapse(seen)
    assert not queue.lapse(seen)
    assert not queue.give_back(lost)
    expected = {
        (f"{ATTEMPTS.name}_count", "nap", outcome): number
        for outcome, number in {"done": 1, "failed": 1, "returned": 1, "died": 3, "lost": 1}.items()
    } | {(f"{JOBS.name}_count", "nap", state): n for state, n in {"done": 1, "failed": 2, "cancelled": 1}.items()}
    assert counted(read(served)) == expected
    queue.expire(0)
    assert counted(read(served)) == expected


def claimed(queue: Queue) -> Any:
    """The next job in the hands of a worker."""
    claim = queue.claim("somewhere-1")
    assert claim is not None
    return claim


def counted(found: Samples) -> Samples:
    """How often attempts and jobs ended."""
    names = (f"{ATTEMPTS.name}_count", f"{JOBS.name}_count")
    return {sample: number for sample, number in found.items() if sample[0] in names}


def test_a_job_that_the_record_answers_has_ended_too(served, minimal):
    """It waited for nothing."""
    served.post("/v1/solve", json=minimal)
    served.post("/v1/jobs", json={"kind": "solve", "problem": minimal})
    found = read(served)
    assert found[f"{JOBS.name}_count", "solve", "done"] == 1
    assert found[f"{JOBS.name}_sum", "solve", "done"] == 0


# ---------------------------------------------------------------- who may read, and what


def test_metrics_take_a_key_for_metrics(tmp_path, minimal, refused):
    """A key with that scope reads them and nothing else; one for problems does not. Readiness takes none."""
    url = f"sqlite:///{tmp_path / 'oremix' / 'oremix.db'}"
    database = Database(url)
    keys = {scope: new(database, scope, (scope,)).secret for scope in ("metrics", "solve", "read", "admin")}
    client = create_app(Settings(database_url=url, keys="on")).test_client()
    bearing = {scope: {"Authorization": f"Bearer {secret}"} for scope, secret in keys.items()}
    refused(client.get("/metrics"), 401)
    assert refused(client.get("/metrics", headers=bearing["read"]), 403)["scope"] == "metrics"
    refused(client.get("/v1/jobs", headers=bearing["metrics"]), 403)
    refused(client.get("/readyz"), 503)
    client.post("/v1/solve", json=minimal, headers=bearing["solve"])
    client.post("/v1/solve", json=minimal, headers=bearing["admin"])
    text = client.get("/metrics", headers=bearing["metrics"]).text
    read(client, **bearing["admin"])
    for secret in keys.values():
        assert secret[:12] not in text
    database.close()


def test_labels_hold_words_of_ours_only(client, minimal):
    """No id, no address, no name of a client: every label has one of a few values that the code lists."""
    client.post("/v1/jobs", json={"kind": "solve", "problem": minimal}, headers={"Idempotency-Key": "order 17"})
    client.get("/v1/jobs/0123456789abcdef0123456789abcdef?x=y")
    client.open("/v1/jobs", method="BREW")
    values = {
        "operation": {*NAMES, NOWHERE},
        "status": {*STATUSES, *ANSWERS, "other"},
        "kind": set(KINDS),
        "reason": set(REASONS),
        "state": {"waiting", "running", "done", "failed", "cancelled"},
        "outcome": {"done", "failed", "cancelled", "died", "lost", "returned"},
    }
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert label in ("le", "version") or value in values[label], sample


def test_reasons_and_statuses_are_those_of_the_service():
    """Whatever the service refuses for has its name among the labels."""
    assert {str(status) for status in ERRORS} <= set(STATUSES)
    assert {*REFUSED.values(), *ENDINGS.values()} <= set(REASONS)

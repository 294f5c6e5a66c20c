"""The whole service as processes: `oremix serve` with its workers, killed, deployed anew, and on a full disk."""

import contextlib
import http.client
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import oremix
from oremix.api.storage import Database
from tests.api.jobs.crew import all_have_ended, endings, environment, job_of, keep_book, states, wait_until
from tests.api.jobs.test_workers import children, runs
from tests.optimizer.solving.test_solve import hard

MINIMAL = json.loads(oremix.example("minimal"))


class Served:
    """A running `oremix serve`."""

    def __init__(self, database: Database, *arguments: str, **variables: str) -> None:
        command = [sys.executable, "-m", "oremix", "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment(database, **variables)
        )
        self.said: list[str] = []
        self._heard = threading.Thread(target=self._hear, daemon=True)
        self._heard.start()
        wait_until(lambda: self._port() is not None)
        self.port = int(self._port() or 0)

    def _hear(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(self.process.stderr)

    def _port(self) -> str | None:
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", "".join(self.said))
        return None if found is None else found[1]

    @property
    def family(self) -> list[int]:
        """All its processes."""
        return [self.process.pid, *children(self.process.pid)]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers |= {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else {}

    def submit(self, body: dict[str, Any]) -> str:
        """Submit a job; gives its id."""
        status, job = self.ask("POST", "/v1/jobs", body)
        assert status == 202, job
        return str(job["id"])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; gives its exit code."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; gives its exit code."""
        code = self.process.wait(timeout=60)
        self._heard.join(timeout=10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@contextlib.contextmanager
def served(database: Database, *arguments: str, **variables: str) -> Iterator[Served]:
    """A running service, stopped at the end."""
    service = Served(database, *arguments, **variables)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            assert service.stop() == 0


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An SQLite database with its tables, which keeps a book of what comes to an end."""
    database = Database(f"sqlite:///{tmp_path / 'oremix' / 'oremix.db'}")
    keep_book(database)
    yield database
    database.close()


def with_quantity(quantity: float) -> dict[str, Any]:
    """A small problem, another for each quantity."""
    (demand,) = MINIMAL["demands"]
    return MINIMAL | {"demands": [demand | {"quantity": quantity}]}


def test_a_hundred_jobs_survive_a_kill_of_the_service_and_a_deploy(sqlite):
    """SIGKILL of the first process, then SIGTERM: each job is done once, and neither counts as a death of anybody."""
    with served(sqlite, "--workers", "1", "--job-workers", "2") as service:
        submitted = [service.submit({"kind": "solve", "problem": with_quantity(100 + n)}) for n in range(100)]
        wait_until(lambda: states(sqlite).get("running", 0) > 0 and states(sqlite).get("done", 0) >= 10)
        family = service.family
        assert len(family) >= 6
        service.stop(signal.SIGKILL)
        wait_until(lambda: not any(map(runs, family)), 20)
    assert not all_have_ended(sqlite)
    with served(sqlite, "--workers", "1", "--job-workers", "2") as service:
        wait_until(lambda: states(sqlite).get("done", 0) >= 50)
        assert service.stop() == 0
    assert set(states(sqlite)) <= {"done", "waiting"}
    with served(sqlite, "--workers", "1", "--job-workers", "2") as service:
        wait_until(lambda: all_have_ended(sqlite))
        costs = [service.ask("GET", f"/v1/jobs/{identity}/result")[1]["total_cost"] for identity in submitted[:5]]
    assert costs == pytest.approx([63_400 * (100 + n) for n in range(5)])
    assert endings(sqlite) == dict.fromkeys(submitted, 1)
    assert {job_of(sqlite, identity).deaths for identity in submitted} == {0}


def test_workers_that_die_are_replaced(sqlite):
    """A killed worker of the service has a successor; SIGHUP has it start anew, giving back its job."""
    with served(sqlite, "--workers", "1", "--job-workers", "1", OREMIX_LEASE_SECONDS="2") as service:
        identity = service.submit({"kind": "solve", "problem": hard()})
        wait_until(lambda: job_of(sqlite, identity).state == "running")
        pid = int(job_of(sqlite, identity).worker.split("-")[-2])
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: job_of(sqlite, identity).attempt == 2)
        assert job_of(sqlite, identity).deaths == 1
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: job_of(sqlite, identity).attempt == 3)
        assert job_of(sqlite, identity).deaths == 1
        service.ask("DELETE", f"/v1/jobs/{identity}")


def stream(service: Served, identity: str, **headers: str) -> http.client.HTTPResponse:
    """An open stream of events."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("GET", f"/v1/jobs/{identity}/events", headers=headers)
    return connection.getresponse()


def events(text: str) -> list[tuple[int, dict[str, Any]]]:
    """The ids and the data of the events in a stream."""
    found = re.findall(r"id: (\d+)\nevent: job\ndata: (.*)\n\n", text)
    return [(int(number), json.loads(data)) for number, data in found]


def test_streams_hold_no_worker(sqlite):
    """With one process for requests and six open streams, health and a plan are answered at once.

    The streams tell of incumbents, end when the job is cancelled, and go on where a client left them.
    """
    with served(sqlite, "--workers", "1", "--job-workers", "1", OREMIX_MAX_STREAMS="6") as service:
        identity = service.submit({"kind": "solve", "problem": hard()})
        streams = [stream(service, identity) for _ in range(6)]
        assert {answer.status for answer in streams} == {200}
        assert streams[0].headers["Content-Type"].startswith("text/event-stream")
        assert streams[0].headers["X-Content-Type-Options"] == "nosniff"
        wait_until(lambda: has_cost(sqlite, identity))
        started = time.monotonic()
        assert service.ask("GET", "/healthz")[0] == 200
        assert service.ask("POST", "/v1/solve", MINIMAL)[0] == 200
        assert time.monotonic() - started < 5
        one_too_many = stream(service, identity)
        assert one_too_many.status == 503
        assert one_too_many.headers["Retry-After"]
        started = time.monotonic()
        assert service.ask("DELETE", f"/v1/jobs/{identity}")[1]["cancelling"]
        texts = [answer.read().decode() for answer in streams]
        assert time.monotonic() - started < 5  # a second, and what a busy machine adds
        for text in texts:
            told = events(text)
            numbers = [number for number, _ in told]
            assert numbers == sorted(set(numbers))
            assert told[-1][1]["state"] == "cancelled"
            assert any(job["progress"] and job["progress"]["gap"] is not None for _, job in told)
        last = events(texts[0])[-1][0]
        # The places of the streams that ended are free a moment after their clients know.
        wait_until(lambda: stream(service, identity, **{"Last-Event-ID": str(last)}).status == 204)
        again = stream(service, identity, **{"Last-Event-ID": str(last - 1)})
        assert [number for number, _ in events(again.read().decode())] == [last]
        plan = service.ask("GET", f"/v1/jobs/{identity}/result")[1]
        assert plan["status"] == "feasible"
        assert plan["certificate"]["verified"]


def has_cost(database: Database, identity: str) -> bool:
    """Whether a plan has been found."""
    told = job_of(database, identity).progress
    return told is not None and json.loads(told)["cost"] is not None


def room(pids: list[int], most: int) -> None:
    """Let processes write no file beyond a size, as a full disk does; -1: any."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def test_a_full_disk_is_said_and_harms_nothing(sqlite, tmp_path):
    """Without room a solve and a job are 507, the record is read on; with room all goes on."""
    folder = tmp_path / "oremix"
    with served(sqlite, "--workers", "1", "--job-workers", "1") as service:
        kept = service.submit({"kind": "solve", "problem": MINIMAL})
        wait_until(lambda: all_have_ended(sqlite))
        running = service.submit({"kind": "solve", "problem": hard()})
        wait_until(lambda: has_cost(sqlite, running))
        room(service.family, max(path.stat().st_size for path in folder.iterdir()))
        statuses = [service.ask("POST", "/v1/solve", with_quantity(500 + n))[0] for n in range(40)]
        assert set(statuses) <= {200, 507}
        assert statuses[-1] == 507
        assert service.ask("POST", "/v1/jobs", {"kind": "solve", "problem": with_quantity(1)})[0] == 507
        assert service.ask("GET", f"/v1/jobs/{kept}/result")[0] == 200
        assert service.ask("GET", "/healthz")[0] == 200
        room(service.family, resource.RLIM_INFINITY)
        assert service.ask("POST", "/v1/solve", with_quantity(2))[0] == 200
        assert service.ask("DELETE", f"/v1/jobs/{running}")[0] == 200
        wait_until(lambda: all_have_ended(sqlite))
        assert (job_of(sqlite, running).state, job_of(sqlite, running).attempt) == ("cancelled", 1)
        assert service.ask("GET", f"/v1/jobs/{running}/result")[0] == 200
    with contextlib.closing(sqlite3.connect(folder / "oremix.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        answered = connection.execute("SELECT count(*) FROM runs WHERE status = 'optimal'").fetchone()[0]
    assert answered == 2 + statuses.count(200)

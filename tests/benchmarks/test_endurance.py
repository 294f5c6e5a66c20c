"""The load of small solves and long jobs, for some seconds."""

import json
from pathlib import Path

import pytest

from benchmarks.service.endurance import Client, Endurance, report, running
from oremix.api.storage import Database
from tests.api.jobs.crew import all_have_ended, states


def test_small_solves_and_long_jobs_get_along(tmp_path: Path) -> None:
    """No error, no job lost, and the small ones go on while the long ones run."""
    url = f"sqlite:///{tmp_path / 'oremix.db'}"
    with running(url, tmp_path / "log") as (port, pid):
        endurance = Endurance(Client(port), pid, 10)
        endurance.run()
    found = report(endurance)
    assert found["errors"] == {}
    assert found["small solves without jobs"]["count"] > 2
    assert found["small solves with jobs"]["count"] > 10
    assert found["small solves with jobs"]["longest"] < 5
    assert sum(found["jobs"].values()) >= 4
    assert len(found["megabytes"]) >= 7
    lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert {line["level"] for line in lines} == {"info"}
    database = Database(url)
    assert all_have_ended(database)
    assert set(states(database)) <= {"done", "cancelled"}
    database.close()


def test_what_is_no_success_is_counted(tmp_path: Path) -> None:
    """By operation and status, without ids; nobody who listens, by the error."""
    with running(f"sqlite:///{tmp_path / 'oremix.db'}", tmp_path / "log") as (port, _):
        client = Client(port)
        assert client.ask("GET", f"/v1/jobs/{'0' * 32}") == {}
        assert client.ask("GET", "/healthz")["status"] == "ok"
    assert client.ask("GET", "/healthz") == {}
    assert client.errors == {"GET /v1/jobs/ID: 404": 1, "GET /healthz: ConnectionRefusedError": 1}


def test_the_service_that_does_not_start_is_said(tmp_path: Path) -> None:
    """With its log."""
    with (
        pytest.raises(RuntimeError, match="cannot be used"),
        running("postgresql://me@127.0.0.1:1/none", tmp_path / "log"),
    ):
        pass

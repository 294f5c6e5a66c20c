"""The commands of the service beside `serve`, as processes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import oremix
from oremix.api import Settings, create_app
from oremix.api.storage import Database

ROOT = Path(__file__).parents[2]
MINIMAL = json.loads(oremix.example("minimal"))


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a database."""
    done = subprocess.run(
        [sys.executable, "-m", "oremix", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OREMIX_DATABASE_URL": url},
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where there is no database yet."""
    return f"sqlite:///{tmp_path / 'data' / 'oremix.db'}"


@pytest.fixture
def exported(url: str) -> list[dict[str, Any]]:
    """The record, exported, of a problem that was asked for twice, once written over several lines."""
    client = create_app(Settings(database_url=url)).test_client()
    texts = (json.dumps(MINIMAL, indent=2, ensure_ascii=False), json.dumps(MINIMAL))
    for text in texts:
        answer = client.post("/v1/solve?gap=0.1", data=text.encode(), content_type="application/json")
        assert answer.status_code == 200
    done = run(url, "runs", "export")
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_record_is_exported_as_json_lines(exported):
    """Each run on a line, the oldest first, with question and answer, wherever they stand."""
    first, second = exported
    assert first["asked"] < second["asked"]
    assert second["source"] == first["id"]
    for entry in exported:
        assert entry["question"] == {"problem": MINIMAL}
        assert entry["answer"]["total_cost"] == 348_700_000
        assert (entry["kind"], entry["status"], entry["key"], entry["options"]) == (
            "solve",
            "optimal",
            None,
            {"gap": 0.1},
        )
        assert entry["version"] == oremix.__version__
        assert entry["problem_hash"] == entry["answer"]["problem_hash"]
        assert "HiGHS" in entry["solver"]


def test_the_record_is_exported_since_a_moment(exported, url, tmp_path):
    """Only what was asked since; to a file where one is named."""
    assert run(url, "runs", "export", "--since", "2999-01-01").stdout == ""
    target = tmp_path / "runs.jsonl"
    done = run(url, "runs", "export", "--since", exported[1]["asked"], "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    assert [json.loads(line)["id"] for line in target.read_text(encoding="utf-8").splitlines()] == [exported[1]["id"]]


def test_more_than_a_batch_is_exported(url):
    """Each run once."""
    client = create_app(Settings(database_url=url)).test_client()
    for _ in range(120):
        client.post("/v1/solve", json=MINIMAL)
    lines = run(url, "runs", "export").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == 120


def test_a_wrong_moment_is_said(url):
    """In a line, with an example."""
    done = run(url, "runs", "export", "--since", "yesterday")
    assert done.returncode == 2
    assert "--since: 'yesterday' should be a date" in done.stderr


def test_the_database_is_brought_up_to_date(url):
    """Made where there is none; a second time there is nothing to do."""
    for _ in range(2):
        done = run(url, "database", "upgrade")
        assert done.returncode == 0
        assert "up to date" in done.stderr
    with Database(url).reading():
        pass


@pytest.mark.parametrize("command", [("database", "upgrade"), ("runs", "export"), ("serve", "--port", "0")])
def test_a_database_that_cannot_be_used_is_said_in_one_line(command):
    """Nobody listens there: exit code 2, and no password."""
    done = run("postgresql://me:geheim@127.0.0.1:1/none", *command)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "postgresql+psycopg://me:***@127.0.0.1:1/none cannot be used" in done.stderr
    assert "geheim" not in done.stderr


def test_a_worker_says_what_is_wrong_with_its_settings():
    """As `serve` does."""
    done = run("nonsense", "worker")
    assert done.returncode == 2
    assert "OREMIX_DATABASE_URL should be like sqlite:" in done.stderr

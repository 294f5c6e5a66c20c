"""The commands on keys, as processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oremix.api.keys.keeping import known
from oremix.api.storage import Database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/oremix.db"


@pytest.fixture
def run(url):
    """Runs `oremix keys …` on a database of its own."""

    def call(*arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "oremix", "keys", *arguments],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "OREMIX_DATABASE_URL": url},
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return call


def holder(url, secret):
    database = Database(url)
    key = known(database, secret)
    database.close()
    return key


def test_a_life_of_a_key(run, url):
    """Made, listed, rotated, revoked: standard output holds the secret or the table, and nothing else."""
    secret = run("new", "ERP of Ann").stdout.strip()
    key = holder(url, secret)
    assert key.scopes == ("solve", "read")
    assert secret not in run("list").stdout
    assert "ERP of Ann" in run("list").stdout
    rotated = json.loads(run("rotate", key.prefix, "--overlap", "1", "--json").stdout)
    assert holder(url, rotated["secret"]).holder == key.holder
    assert holder(url, secret) is not None
    assert "ERP of Ann" in run("revoke", secret).stderr
    assert holder(url, secret) is None
    states = {entry["id"]: entry["state"] for entry in json.loads(run("list", "--json").stdout)}
    assert states == {key.id: "revoked", rotated["id"]: "valid"}


def test_scopes_and_expiry_are_as_asked(run):
    """Each scope once; a key for some days says when it ends."""
    arguments = ("--scope", "admin", "--scope", "read", "--scope", "admin", "--days", "30", "--json")
    made = json.loads(run("new", "ops", *arguments).stdout)
    assert made["scopes"] == ["admin", "read"]
    assert made["expires"] > made["created"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("revoke", "nobody"), "there is no key 'nobody'"),
        (("rotate", ""), "there is no key"),
        (("new", " "), "whose the key is"),
        (("new", "x", "--scope", "write"), "write"),
        (("new", "x", "--days", "0"), "0"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(run, arguments, words):
    """It ends with 2."""
    errors = run(*arguments, code=2).stderr
    assert words in errors
    assert len(errors.splitlines()) == 1


def test_a_database_that_cannot_be_used_is_told(run, tmp_path):
    """In one line, without a traceback."""
    (tmp_path / "oremix.db").mkdir()
    assert "cannot use" in run("list", code=2).stderr

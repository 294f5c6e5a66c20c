"""How many jobs may wait, on both databases."""

import copy
import json

import pytest

import oremix
from oremix.api import Settings, create_app
from oremix.api.keys import new

MINIMAL = json.loads(oremix.example("minimal"))


@pytest.fixture
def ask(storage):
    """Asks a service that takes two jobs of each key and three in all; who asks is given by name."""
    settings = Settings(database_url=storage, keys="on", max_waiting=3, max_waiting_per_key=2)
    database = settings.open_database()
    secrets = {name: new(database, name, ("solve", "read")).secret for name in ("ann", "bob")}
    secrets["ops"] = new(database, "ops", ("admin",)).secret
    database.close()
    client = create_app(settings).test_client()

    def call(who, method, path, **options):
        headers = options.pop("headers", {}) | {"Authorization": f"Bearer {secrets[who]}"}
        return client.open(path, method=method, headers=headers, **options)

    return call


def job(quantity):
    """A job that differs from others."""
    problem = copy.deepcopy(MINIMAL)
    problem["demands"][0]["quantity"] = quantity
    return {"kind": "solve", "problem": problem}


def test_beyond_the_limit_of_a_key_it_is_429(ask, refused):
    """The others go on; what waits already is given again, for it adds nothing."""
    key = {"Idempotency-Key": "first"}
    first = ask("ann", "POST", "/v1/jobs", json=job(1), headers=key)
    assert first.status_code == ask("ann", "POST", "/v1/jobs", json=job(2)).status_code == 202
    response = ask("ann", "POST", "/v1/jobs", json=job(3))
    assert refused(response, 429)["limit"]["variable"] == "OREMIX_MAX_WAITING_PER_KEY"
    assert int(response.headers["Retry-After"]) > 0
    again = ask("ann", "POST", "/v1/jobs", json=job(1), headers=key)
    assert (again.status_code, again.headers["Location"]) == (202, first.headers["Location"])
    assert ask("bob", "POST", "/v1/jobs", json=job(3)).status_code == 202


def test_beyond_the_limit_of_all_it_is_503(ask, refused):
    """Whoever asks; one that ends makes room for another."""
    for who, quantity in (("ann", 1), ("ann", 2), ("bob", 3)):
        last = ask(who, "POST", "/v1/jobs", json=job(quantity))
        assert last.status_code == 202
    response = ask("bob", "POST", "/v1/jobs", json=job(4))
    assert refused(response, 503)["limit"] == {"name": "jobs waiting", "most": 3, "variable": "OREMIX_MAX_WAITING"}
    assert int(response.headers["Retry-After"]) > 0
    assert ask("bob", "DELETE", last.headers["Location"]).get_json()["state"] == "cancelled"
    assert ask("bob", "POST", "/v1/jobs", json=job(4)).status_code == 202


def test_what_is_on_record_needs_no_room(ask):
    """A job that is done at once waits for nobody."""
    for who, quantity in (("ann", 1), ("ann", 2), ("bob", 3)):
        ask(who, "POST", "/v1/jobs", json=job(quantity))
    assert ask("ann", "POST", "/v1/solve", json=job(9)["problem"]).status_code == 200
    assert ask("ann", "POST", "/v1/jobs", json=job(9)).get_json()["state"] == "done"


def test_an_admin_sees_and_ends_the_jobs_of_all(ask):
    """Whoever submitted them."""
    for who in ("ann", "bob"):
        last = ask(who, "POST", "/v1/jobs", json=job(1)).headers["Location"]
    assert len(ask("ops", "GET", "/v1/jobs").get_json()["jobs"]) == 2
    assert ask("ops", "DELETE", last).get_json()["state"] == "cancelled"
    assert len(ask("ann", "GET", "/v1/jobs").get_json()["jobs"]) == 1

"""A database that takes connections and answers nothing, as when its disk hangs."""

import time

import pytest
from sqlalchemy import text

from oremix.api import Settings, create_app
from oremix.api.deadline import Expired, alarm
from oremix.api.storage import Database, StorageUnavailable
from tests.api.jobs.crew import wait_until


def asked(database: Database) -> int | None:
    """A question to the database."""
    with database.reading() as connection:
        return connection.scalar(text("SELECT 7"))


def test_one_waits_in_vain_and_the_others_are_told_at_once(postgres, postgres_tables):
    """The first is ended by its own alarm, not by an error of the driver; when the database is back, all goes on."""
    database = Database(postgres.new_database(postgres_tables))
    assert asked(database) == 7
    with postgres.frozen():
        with pytest.raises(Expired), alarm(1.5):
            asked(database)
        started = time.monotonic()
        for _ in range(10):
            with pytest.raises(StorageUnavailable):
                asked(database)
        assert time.monotonic() - started < 1
    wait_until(lambda: asked(database) == 7, 30)
    database.close()


def test_an_error_that_comes_at_once_is_no_outage(postgres, postgres_tables):
    """Whoever is refused at once tries again at once."""
    database = Database(postgres.new_database(postgres_tables))
    assert asked(database) == 7
    postgres.kill()
    with pytest.raises(StorageUnavailable):
        asked(database)
    postgres.start()
    assert asked(database) == 7
    database.close()


def test_who_looks_something_up_is_told_that_there_is_no_answer(postgres, postgres_tables, refused, monkeypatch):
    """503 with when to come back; what needs no database is answered; metrics say which it is."""
    monkeypatch.setattr("oremix.api.operation.LOOKING_SECONDS", 1.5)
    client = create_app(Settings(database_url=postgres.new_database(postgres_tables))).test_client()
    client.get("/v1/jobs")
    with postgres.frozen():
        problem = refused(client.get("/v1/jobs"), 503)
        assert "within 1.5 s" in problem["detail"]
        assert "database" in refused(client.get("/readyz"), 503)["detail"]
        assert client.get("/healthz").status_code == 200
        assert "\noremix_database_up 0\n" in client.get("/metrics").text
    wait_until(lambda: client.get("/v1/jobs").status_code == 200, 30)

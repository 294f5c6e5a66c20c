"""What the tests of the HTTP door share."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import oremix
from oremix.api import Settings, create_app
from oremix.api.storage import Database
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def empty_storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables and nothing in them."""
    path = tmp_path_factory.mktemp("empty") / "oremix.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(autouse=True)
def own_storage(empty_storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test's services keep their data by themselves: no test is answered from the record of another."""
    (tmp_path / "oremix").mkdir()
    copy(empty_storage, tmp_path / "oremix")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, in a folder of its own: pytest's are closed to the user that it runs as."""
    with TemporaryDirectory(prefix="oremix-postgres-") as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'oremix.db'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """The name of a PostgreSQL database with the tables and nothing in them, to be copied."""
    url = postgres.new_database()
    database = Database(url)
    database.upgrade()
    database.close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of either kind, with its tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'oremix' / 'oremix.db'}"
    postgres = request.getfixturevalue("postgres")
    return postgres.new_database(request.getfixturevalue("postgres_tables"))


@pytest.fixture
def database(storage: str) -> Iterator[Database]:
    """A database of either kind with its tables."""
    opened = Database(storage)
    yield opened
    opened.close()


@pytest.fixture
def client() -> FlaskClient:
    """A client of the service with its default limits."""
    return create_app(Settings()).test_client()


@pytest.fixture
def minimal() -> dict[str, Any]:
    """The smallest useful problem."""
    return json.loads(oremix.example("minimal"))


@pytest.fixture
def refused() -> Callable[[TestResponse, int], dict[str, Any]]:
    """Asserts that an answer is an error of this status in the one shape, and returns it."""

    def check(response: TestResponse, status: int) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.content_type == "application/problem+json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        problem = response.get_json(force=True)
        assert problem["status"] == status
        assert problem["type"] == "about:blank"
        assert problem["title"]
        assert problem["detail"]
        return problem

    return check

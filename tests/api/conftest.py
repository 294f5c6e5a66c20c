"""What the tests of the HTTP door share."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import oremix
from oremix.api import Settings, create_app


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

from __future__ import annotations

import pytest


@pytest.fixture(params=["highs", "cbc"])
def solver(request: pytest.FixtureRequest) -> str:
    """Every case, by two solvers that share no code."""
    return str(request.param)

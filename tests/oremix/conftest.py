import json
from pathlib import Path

import pytest


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A file with the problem of the module."""
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(request.module.PROBLEM))
    return str(path)

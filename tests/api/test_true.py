"""The OpenAPI document is true: whatever a machine makes of it, the service does as it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from oremix.api.keys import new
from oremix.api.storage import Database
from tests.serving import serving

HERE = Path(__file__).parent
COMMAND = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]


def test_nothing_is_found_that_the_document_does_not_say(tmp_path):
    """Requests made of the document, right and wrong ones and series of them, with and without a key."""
    url = f"sqlite:///{tmp_path}/oremix.db"
    database = Database(url)
    secret = new(database, "test", ("admin",)).secret
    database.close()
    variables = {"OREMIX_DATABASE_URL": url, "OREMIX_KEYS": "on", "OREMIX_MAX_SECONDS": "2"}
    with serving("--workers", "4", **variables) as (port, _):
        done = subprocess.run(
            [
                *COMMAND,
                f"http://127.0.0.1:{port}/openapi.json",
                *("--header", f"Authorization: Bearer {secret}"),
                *("--phases", "examples,fuzzing,stateful", "--max-examples", "3", "--seed", "7"),
                *("--continue-on-failure", "--request-timeout", "60"),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ""},
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-20_000:]
    tested = re.search(r"(\d+) generated", done.stdout)
    assert tested is not None, done.stdout
    assert int(tested[1]) > 80

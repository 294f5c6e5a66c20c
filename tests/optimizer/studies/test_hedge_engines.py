"""A hedge is the same whatever its work is spread over, and whatever dies on the way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import oremix
from benchmarks.families import problem
from oremix.models.studies.hedge import Hedge
from oremix.optimizer import engine

PERIOD = 2028
SIZES = {"whole": "0.1k", "decomposed": "1k"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers on this machine."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as started:
        yield started.scheduler_address
        engine.leave()


def asked(size: str) -> dict[str, Any]:
    """A benchmark problem with scenarios of demand and outages."""
    document = problem(size)
    for demand in document["demands"]:
        demand.setdefault("shortage_cost", 1e5)
    names = [supplier["id"] for supplier in document["suppliers"]]
    document["scenarios"] = [
        {
            "id": f"s{number}",
            "probability": 0.2,
            "changes": [
                {"on": "demands", "field": "quantity", "times": 0.7 + 0.2 * number, "from_year": PERIOD},
                {"on": "suppliers", "where": {"id": names[number]}, "field": "capacity", "times": 0.2},
            ],
        }
        for number in range(4)
    ]
    return document


def told(found: Hedge) -> Any:
    """The answer to the last digit, but for how long solvers took."""
    said = found.model_dump(mode="json")
    for branch in said["branches"]:
        for timed in ("seconds", "options"):
            del branch["plan"]["solver"][timed]
    return said


@pytest.mark.parametrize("method", ["whole", "decomposed"])
@pytest.mark.parametrize("name", ["threads", "loky", "dask"])
def test_engines_give_the_same_digits(
    name: str, method: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """As one thread does."""
    monkeypatch.setattr(engine, "_cores", lambda: 1)
    monkeypatch.setenv("OREMIX_ENGINE", "threads")
    expected = oremix.hedge(asked(SIZES[method]), method=method)
    assert (expected.status, expected.method) == ("optimal", method)
    monkeypatch.setattr(engine, "_cores", lambda: 2)
    stated = f"dask:{request.getfixturevalue('cluster')}" if name == "dask" else name
    monkeypatch.setenv("OREMIX_ENGINE", stated)
    assert told(oremix.hedge(asked(SIZES[method]), method=method)) == told(expected)


def test_a_worker_killed_amid_a_decomposition(monkeypatch: pytest.MonkeyPatch, cluster: str) -> None:
    """Killed once what is common is being looked for: the same digits, as its work is done by another."""
    from distributed import Client

    expected = oremix.hedge(asked("1k"), method="decomposed")
    assert expected.rounds > 2
    monkeypatch.setenv("OREMIX_ENGINE", f"dask:{cluster}")
    killed: list[int] = []
    with Client(cluster) as client:
        workers = client.run(os.getpid)

        def told_of(_done: int, _total: int, text: str) -> None:
            if text == "common decisions" and not killed:
                killed.append(min(workers.values()))
                killer = threading.Timer(0.05, os.kill, (killed[0], signal.SIGKILL))
                killer.start()

        found = oremix.hedge(asked("1k"), method="decomposed", progress=told_of)
    assert killed
    assert told(found) == told(expected)

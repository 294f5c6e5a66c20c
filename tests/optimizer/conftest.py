from __future__ import annotations

from collections.abc import Iterator

import pytest

from oremix.optimizer import engine


@pytest.fixture(params=["highs", "cbc"])
def solver(request: pytest.FixtureRequest) -> str:
    """Every case, by two solvers that share no code."""
    return str(request.param)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers on this machine."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as started:
        yield started.scheduler_address
        engine.leave()


@pytest.fixture(params=["threads", "loky", "dask"])
def engine_name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every engine in turn."""
    return _use(request, monkeypatch)


@pytest.fixture(params=["loky", "dask"])
def outside_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every engine with processes of its own in turn."""
    return _use(request, monkeypatch)


def _use(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(engine, "_cores", lambda: 2)
    stated = str(request.param)
    if stated == "dask":
        stated += ":" + request.getfixturevalue("cluster")
    monkeypatch.setenv("OREMIX_ENGINE", stated)
    return str(request.param)

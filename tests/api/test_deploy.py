"""A deploy: the service is told to end while requests and jobs are under way; another goes on with the same data."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

from oremix.api.storage import Database
from tests.api.jobs.crew import all_have_ended, endings, job_of, keep_book, states, wait_until
from tests.api.jobs.test_service import Served, served, with_quantity
from tests.optimizer.solving.test_solve import hard


def persistent(service: Served, path: str, body: Any) -> tuple[int, int]:
    """Ask as clients should: again while told to come back or while nobody listens. Gives the status, and how often."""
    for tries in range(1, 200):
        try:
            status = service.ask("POST", path, body)[0]
        except ConnectionError:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            return status, tries
        time.sleep(0.2)
    return status, tries


def test_a_deploy_loses_nothing(tmp_path: Path) -> None:
    """Solves under way get their plans from the old service; who waits is told to come back and is served by the new.

    Jobs in hand are given back, which is no death of anybody, and are done once; readiness says when the new one is.
    """
    database = Database(f"sqlite:///{tmp_path / 'oremix' / 'oremix.db'}")
    keep_book(database)
    with ThreadPoolExecutor(12) as threads, served(database, "--workers", "4", "--job-workers", "2") as old:
        long = [old.submit({"kind": "solve", "problem": hard(), "options": {"time_limit": 3}}) for n in range(2)]
        short = [old.submit({"kind": "solve", "problem": with_quantity(100 + n)}) for n in range(10)]
        wait_until(lambda: states(database).get("running", 0) == 2)
        under_way = [threads.submit(old.ask, "POST", "/v1/solve?time_limit=2", hard()) for _ in range(2)]
        time.sleep(1)
        waiting = [threads.submit(persistent, old, "/v1/solve", with_quantity(500 + n)) for n in range(6)]
        time.sleep(0.3)
        old.process.send_signal(signal.SIGTERM)
        assert [status for status, _ in (one.result(60) for one in under_way)] == [200, 200]
        assert old.ended() == 0
        given_back = [job_of(database, identity) for identity in long]
        assert {(job.state, job.deaths, job.worker) for job in given_back} == {("waiting", 0, None)}
        with served(database, "--workers", "4", "--job-workers", "2", "--port", str(old.port)) as new:
            assert new.port == old.port
            outcomes = [one.result(120) for one in waiting]
            assert [status for status, _ in outcomes] == [200] * 6
            assert max(tries for _, tries in outcomes) > 1
            wait_until(lambda: new.ask("GET", "/readyz")[0] == HTTPStatus.OK, 30)
            wait_until(lambda: all_have_ended(database))
            plans = [new.ask("GET", f"/v1/jobs/{identity}/result")[1] for identity in long]
    assert {plan["status"] for plan in plans} <= {"feasible", "optimal"}
    assert endings(database) == dict.fromkeys([*long, *short], 1)
    assert {job_of(database, identity).deaths for identity in [*long, *short]} == {0}
    database.close()

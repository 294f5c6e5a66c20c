"""Worker processes on real databases: killed, stopped, starved; no job is lost, and none comes to an end twice."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

import oremix
from oremix.api import record
from oremix.api.jobs.queue import Queue, submit
from oremix.api.jobs.submitted import read
from oremix.api.storage import Database
from tests.api.jobs.crew import Crew, all_have_ended, endings, job_of, keep_book, states, wait_until
from tests.api.jobs.entry import question
from tests.optimizer.solving.test_solve import hard


@pytest.fixture
def queue(database: Database) -> Queue:
    """An empty queue, of which the database keeps a book."""
    keep_book(database)
    return Queue(database)


@pytest.fixture
def sqlite_queue(tmp_path: Path) -> Queue:
    """As above, on SQLite: where the database makes no difference."""
    database = Database(f"sqlite:///{tmp_path / 'oremix' / 'oremix.db'}")
    keep_book(database)
    return Queue(database)


def answer_of(queue: Queue, identity: str) -> Any:
    """The answer of a job."""
    with queue.database.reading() as connection:
        text = record.text_of(connection, job_of(queue.database, identity).run)
    return None if text is None else json.loads(text)


SHORT = {"OREMIX_LEASE_SECONDS": "2"}
"""For tests in which a lease has to end."""


def test_a_hundred_jobs_survive_every_kill(queue, request, tmp_path):
    """One worker is killed, then all of them, then PostgreSQL: each job is done once.

    Among them are two that kill who works on them: they are failed after three tries, with the reason.
    """
    database = queue.database
    naps = [submit(queue, question("nap", seconds=0.02)) for _ in range(50)]
    bad = [submit(queue, question("poison")), submit(queue, question("assassin"))]
    naps += [submit(queue, question("nap", seconds=0.02)) for _ in range(50)]
    with Crew(database, 2, tmp_path / "log", **SHORT) as crew:
        wait_until(lambda: states(database).get("done", 0) >= 5)
        crew.kill(0)
        wait_until(lambda: states(database).get("done", 0) >= 20)
        crew.kill(1)
        assert not all_have_ended(database)
        crew.renew()
        if not database.is_sqlite:
            wait_until(lambda: states(database).get("done", 0) >= 40)
            server = request.getfixturevalue("postgres")
            server.kill()
            time.sleep(1)
            server.start()

        def done():
            crew.renew()
            return all_have_ended(database)

        wait_until(done, 90)
    assert states(database) == {"done": 100, "failed": 2}
    assert endings(database) == dict.fromkeys([*naps, *bad], 1)
    reasons = {kind: job_of(database, identity) for kind, identity in zip(("poison", "assassin"), bad, strict=True)}
    assert {failed.deaths for failed in reasons.values()} == {3}
    assert "SIGKILL" in reasons["poison"].reason
    assert "no sign of life" in reasons["assassin"].reason


def test_an_answer_waits_for_a_database_that_is_away(postgres, postgres_tables, tmp_path):
    """PostgreSQL dies while a job is worked on, for longer than a lease: the job is done in its first attempt."""
    database = Database(postgres.new_database(postgres_tables))
    queue = Queue(database)
    identity = submit(queue, question("nap", seconds=1))
    with Crew(database, 2, tmp_path / "log", **SHORT):
        wait_until(lambda: job_of(database, identity).state == "running")
        postgres.kill()
        time.sleep(3)
        postgres.start()
        wait_until(lambda: all_have_ended(database))
    ended = job_of(database, identity)
    assert (ended.state, ended.attempt, ended.deaths) == ("done", 1, 0)
    database.close()


def test_what_a_killed_worker_started_ends(sqlite_queue, tmp_path):
    """The process of its job finds itself alone and goes; nothing is left running."""
    identity = submit(sqlite_queue, question("sleep_on", seconds=60))
    with Crew(sqlite_queue.database, 1, tmp_path / "log") as crew:
        wait_until(lambda: job_of(sqlite_queue.database, identity).progress is not None)
        family = children(crew.workers[0].pid)
        assert len(family) >= 2
        crew.kill(0)
        wait_until(lambda: not any(map(runs, family)), 10)
    sqlite_queue.database.close()


def status(pid: int) -> list[str]:
    """The state and the parent of a process; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def children(pid: int) -> list[int]:
    """Processes that descend from one."""
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {number: int(found[1]) for number in numbers if (found := status(number))}
    known = {pid}
    while more := {child for child, parent in parents.items() if parent in known} - known:
        known |= more
    return sorted(known - {pid})


def runs(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    return status(pid)[:1] not in ([], ["Z"])


def test_a_stopped_worker_gives_its_job_back(queue, tmp_path):
    """SIGTERM loses nothing and counts no death; the next worker does the job."""
    database = queue.database
    identity = submit(queue, question("nap", seconds=30))
    with Crew(database, 1, tmp_path / "log") as crew:
        wait_until(lambda: job_of(database, identity).state == "running")
        crew.workers[0].terminate()
        assert crew.workers[0].wait(timeout=10) == 0
    given_back = job_of(database, identity)
    assert (given_back.state, given_back.deaths, given_back.worker) == ("waiting", 0, None)
    assert endings(database) == {}


def test_clocks_of_workers_may_differ(sqlite_queue, tmp_path):
    """One is a year late, one two months early, as after a jump: each job is done once, in its first attempt."""
    database = sqlite_queue.database
    submitted = [submit(sqlite_queue, question("nap", seconds=0.1)) for _ in range(20)]
    late = Crew(database, 1, tmp_path / "late", TEST_SKEW_DAYS="-365")
    early = Crew(database, 1, tmp_path / "early", TEST_SKEW_DAYS="60")
    with late, early:
        wait_until(lambda: all_have_ended(database))
    assert endings(database) == dict.fromkeys(submitted, 1)
    assert {job_of(database, identity).deaths for identity in submitted} == {0}
    assert len({job_of(database, identity).worker for identity in submitted}) == 2
    database.close()


def test_cancelling_keeps_the_best_answer(sqlite_queue, tmp_path):
    """A yes/no problem and a study end within a second of the wish, with what they have; a sleeper without anything."""
    database = sqlite_queue.database
    problem = json.loads(oremix.example("lithium-japan"))
    asked = {
        "solve": {"kind": "solve", "problem": hard()},
        "stress": {"kind": "stress", "problem": problem, "options": {"all": True, "pairs": True}},
    }
    found = {kind: submit(sqlite_queue, read(body)) for kind, body in asked.items()}
    found["sleep_on"] = submit(sqlite_queue, question("sleep_on", seconds=60))
    with Crew(database, 3, tmp_path / "log"):
        for kind, told in (("solve", "cost"), ("stress", "done"), ("sleep_on", "text")):
            wait_until(lambda kind=kind, told=told: progress_of(database, found[kind]).get(told) is not None)
        took = {}
        for kind, identity in found.items():
            started = time.monotonic()
            sqlite_queue.cancel(identity)
            wait_until(lambda identity=identity: job_of(database, identity).state == "cancelled", 20)
            took[kind] = time.monotonic() - started
    assert answer_of(sqlite_queue, found["sleep_on"]) is None
    plan, stressed = answer_of(sqlite_queue, found["solve"]), answer_of(sqlite_queue, found["stress"])
    assert plan["status"] == "feasible"
    assert plan["certificate"]["verified"]
    assert not stressed["complete"]
    assert stressed["outages"]
    assert max(took.values()) < 3, took  # a second, and what a busy machine adds
    database.close()


@pytest.mark.parametrize(
    ("kind", "reason", "variables"),
    [
        ("glutton", "more memory than this server's limit of 300 MB", {"OREMIX_MAX_JOB_MEMORY_MB": "300"}),
        ("sleep_on", "longer than its limit", {"OREMIX_MAX_JOB_SECONDS": "0.5", "OREMIX_MAX_OVERHEAD_SECONDS": "0.5"}),
        ("trip", "its log has the reason under this id", {}),
    ],
)
def test_a_job_beyond_its_limits_is_failed_at_once(sqlite_queue, tmp_path, kind, reason, variables):
    """Too much memory, too much time, an error of ours: it would be the same again. The worker goes on."""
    database = sqlite_queue.database
    bad, good = submit(sqlite_queue, question(kind, seconds=60)), submit(sqlite_queue, question("nap"))
    with Crew(database, 1, tmp_path / "log", **variables):
        wait_until(lambda: all_have_ended(database))
    failed = job_of(database, bad)
    assert (failed.state, failed.attempt, failed.deaths) == ("failed", 1, 0)
    assert reason in failed.reason
    assert "geheim" not in failed.reason
    assert job_of(database, good).state == "done"
    assert (kind != "trip") or bad in (tmp_path / "log").read_text()
    database.close()


def progress_of(database: Database, identity: str) -> dict[str, Any]:
    """What a job has told of how far it is."""
    told = job_of(database, identity).progress
    return {} if told is None else json.loads(told)

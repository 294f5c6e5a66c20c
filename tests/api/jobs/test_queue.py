"""What can happen to a job, on either database, without any worker."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from oremix.api import record
from oremix.api.jobs import watch
from oremix.api.jobs.queue import OtherBody, Queue, Sighting, submit
from oremix.api.jobs.watch import Watch
from oremix.api.storage import Database, jobs, now, pack, runs, unpack, workers
from tests.api.jobs.entry import question


@pytest.fixture
def queue(database: Database) -> Queue:
    """An empty queue."""
    return Queue(database)


def answer(text: str = "{}", *, reusable: bool = False) -> dict[str, Any]:
    """What a worker writes down of an answer."""
    return {"version": "1", "status": "complete", "seconds": 1.0, "answer": pack(text.encode()), "reusable": reusable}


def job(queue: Queue, identity: str) -> Any:
    """The row of a job."""
    with queue.database.reading() as connection:
        return connection.execute(select(jobs).where(jobs.c.id == identity)).one()


def run_of(queue: Queue, identity: str) -> Any:
    """The row of its run."""
    with queue.database.reading() as connection:
        return connection.execute(select(runs).where(runs.c.id == job(queue, identity).run)).one()


def count(queue: Queue, table: Any) -> int:
    """How many rows a table has."""
    with queue.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def sighted(queue: Queue) -> Sighting:
    """The only running job, as it is seen now."""
    (seen,) = queue.running()
    return seen


def test_jobs_are_taken_in_the_order_in_which_they_came(queue):
    """First come, first served; with nothing left there is none."""
    submitted = [submit(queue, question("nap")) for _ in range(3)]
    assert [queue.claim("w").id for _ in range(3)] == submitted
    assert queue.claim("w") is None


def test_each_job_is_taken_once(queue):
    """Many workers at once never take the same."""
    submitted = [submit(queue, question("nap")) for _ in range(40)]

    def take(number):
        taken = []
        while (claim := queue.claim(f"w{number}")) is not None:
            taken.append(claim.id)
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken = [identity for part in threads.map(take, range(8)) for identity in part]
    assert sorted(taken) == sorted(submitted)


def test_an_answer_is_kept(queue):
    """With who, how and when; the question as it was asked."""
    identity = submit(queue, question("nap", seconds=3), key="k1")
    claim = queue.claim("w")
    assert (claim.kind, claim.question, claim.options) == ("nap", b"{}", {"seconds": 3, "worker": None})
    assert queue.finish(claim, answer('{"x": 1}'))
    assert job(queue, identity).state == "done"
    run = run_of(queue, identity)
    assert (run.key, run.kind, run.status, unpack(run.answer)) == ("k1", "nap", "complete", b'{"x": 1}')
    assert job(queue, identity).submitted <= job(queue, identity).started <= job(queue, identity).finished


def test_only_who_has_a_job_can_end_it(queue):
    """What a worker says of a job that was taken from it changes nothing."""
    identity = submit(queue, question("nap"))
    first = queue.claim("w1")
    assert queue.lapse(sighted(queue))
    second = queue.claim("w2")
    before = job(queue, identity)
    for late in (
        queue.finish(first, answer()),
        queue.fail(first, "x"),
        queue.died(first, "x"),
        queue.give_back(first),
        queue.beat(first),
    ):
        assert not late
    assert queue.wish(first) is None
    assert job(queue, identity) == before
    assert run_of(queue, identity).answer is None
    assert queue.finish(second, answer())
    assert not queue.finish(second, answer("[]"))
    assert unpack(run_of(queue, identity).answer) == b"{}"


def test_the_same_worker_cannot_end_an_earlier_attempt(queue):
    """The fence is the attempt, not the name alone."""
    submit(queue, question("nap"))
    first = queue.claim("w")
    queue.died(first, "x")
    second = queue.claim("w")
    assert not queue.finish(first, answer())
    assert queue.finish(second, answer())


def test_a_worker_that_gives_a_sign_keeps_its_job(queue):
    """A beat between two looks means that somebody works."""
    submit(queue, question("nap"))
    claim = queue.claim("w")
    seen = sighted(queue)
    assert queue.beat(claim)
    assert not queue.lapse(seen)
    assert queue.lapse(sighted(queue))
    assert queue.running() == []


def test_a_job_lapses_once(queue):
    """Of all that saw a worker dead, one takes its job back, and one death is counted."""
    identity = submit(queue, question("nap"))
    queue.claim("w")
    seen = sighted(queue)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: queue.lapse(seen), range(16))) == 1
    assert job(queue, identity).deaths == 1


def test_three_deaths_fail_a_job_with_the_reason(queue):
    """However it died each time; jobs behind it go on."""
    identity, other = submit(queue, question("poison")), submit(queue, question("nap"))
    queue.died(queue.claim("w"), "its process was ended by SIGKILL")
    queue.claim("w")
    queue.lapse(sighted(queue))
    assert job(queue, identity).state == "waiting"
    assert job(queue, identity).reason == "its worker gave no sign of life"
    queue.died(queue.claim("w"), "its process was ended by SIGSEGV")
    failed = job(queue, identity)
    assert (failed.state, failed.deaths, failed.attempt) == ("failed", 3, 3)
    assert "SIGSEGV" in failed.reason
    assert failed.finished is not None
    assert queue.claim("w").id == other


def test_any_reason_can_be_kept(queue):
    """It may hold what a client sent: a null character, whatever length."""
    identity = submit(queue, question("nap"))
    assert queue.fail(queue.claim("w"), "\0no é" + 5000 * "x")
    assert job(queue, identity).reason.startswith("no éxxx")


def test_giving_back_counts_no_death(queue):
    """A deploy may interrupt a job as often as it likes, and it keeps its place."""
    identity = submit(queue, question("nap"))
    submit(queue, question("nap"))
    for _ in range(5):
        claim = queue.claim("w")
        assert claim.id == identity
        assert queue.give_back(claim)
    assert job(queue, identity).deaths == 0


def test_a_waiting_job_is_cancelled_at_once(queue):
    """Nobody takes it any more."""
    identity = submit(queue, question("nap"))
    queue.cancel(identity)
    assert job(queue, identity).state == "cancelled"
    assert job(queue, identity).finished is not None
    assert queue.claim("w") is None


@pytest.mark.parametrize("end", ["finish", "fail", "died", "give_back", "lapse"])
def test_a_running_job_that_shall_end_is_not_begun_anew(queue, end):
    """However its attempt ends, it is cancelled; an answer is kept."""
    identity = submit(queue, question("nap"))
    claim = queue.claim("w")
    assert queue.wish(claim) is False
    queue.cancel(identity)
    assert queue.wish(claim) is True
    assert job(queue, identity).state == "running"
    ends = {
        "finish": lambda: queue.finish(claim, answer(), cancelled=True),
        "fail": lambda: queue.fail(claim, "x", cancelled=True),
        "died": lambda: queue.died(claim, "x"),
        "give_back": lambda: queue.give_back(claim),
        "lapse": lambda: queue.lapse(sighted(queue)),
    }
    assert ends[end]()
    assert job(queue, identity).state == "cancelled"
    assert job(queue, identity).finished is not None
    assert (run_of(queue, identity).answer is not None) == (end == "finish")


def test_a_job_that_ended_cannot_be_cancelled(queue):
    """Its answer stays."""
    identity = submit(queue, question("nap"))
    queue.finish(queue.claim("w"), answer())
    before = job(queue, identity)
    queue.cancel(identity)
    assert job(queue, identity) == before


def test_every_visible_change_has_its_number(queue):
    """A sign of life alone is none."""
    identity = submit(queue, question("nap"))
    numbers = [job(queue, identity).change]
    claim = queue.claim("w")
    numbers.append(job(queue, identity).change)
    queue.beat(claim)
    assert job(queue, identity).change == numbers[-1]
    for step in (
        lambda: queue.beat(claim, {"done": 1}),
        lambda: queue.cancel(identity),
        lambda: queue.finish(claim, answer(), cancelled=True),
    ):
        step()
        numbers.append(job(queue, identity).change)
    assert numbers == sorted(set(numbers))


def test_the_same_idempotency_key_gives_the_same_job(queue):
    """Another body is refused; another API key has idempotency keys of its own."""
    asked = question("nap", seconds=1)
    first = submit(queue, asked, "k1", "abc")
    assert submit(queue, asked, "k1", "abc") == first
    assert submit(queue, asked, "k2", "abc") != first
    assert submit(queue, asked, "k1", "abd") != first
    assert submit(queue, asked, "k1") != first
    with pytest.raises(OtherBody):
        submit(queue, question("nap", seconds=2), "k1", "abc")
    assert count(queue, jobs) == count(queue, runs) == 4


def test_the_same_idempotency_key_at_the_same_moment_gives_one_job(queue):
    """Whoever comes second finds the first's."""
    asked = question("nap")
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: submit(queue, asked, None, "abc"), range(16)))
    assert len(found) == 1
    assert count(queue, jobs) == count(queue, runs) == 1


def test_what_is_on_record_is_not_done_again(queue):
    """A final answer makes a job with the same digest done when it is submitted; another does not."""
    asked = question("nap")
    first = submit(queue, asked)
    second = submit(queue, asked)
    queue.finish(queue.claim("w"), answer("[1]", reusable=False))
    assert job(queue, submit(queue, asked)).state == "waiting"
    queue.finish(queue.claim("w"), answer("[2]", reusable=True))
    third = submit(queue, asked)
    assert job(queue, third).state == "done"
    with queue.database.reading() as connection:
        texts = [record.text_of(connection, job(queue, identity).run) for identity in (first, second, third)]
    assert texts == [b"[1]", b"[2]", b"[2]"]
    assert run_of(queue, third).source == job(queue, second).run


def test_what_has_ended_long_ago_expires(queue):
    """Jobs and runs that are old go; those that wait, run, or answer a younger one stay."""
    asked = question("nap")
    source = submit(queue, asked)
    queue.finish(queue.claim("w"), answer(reusable=True))
    old = submit(queue, question("nap"))
    queue.finish(queue.claim("w"), answer())
    waiting, running = submit(queue, question("nap")), submit(queue, question("nap"))
    assert queue.claim("w").id == waiting
    with queue.database.begin() as connection:
        connection.execute(update(runs).values(asked="2020-01-01T00:00:00.000000Z"))
        connection.execute(
            update(jobs).where(jobs.c.finished.is_not(None)).values(finished="2020-01-01T00:00:00.000000Z")
        )
    young = submit(queue, asked)
    kept = {job(queue, identity).run for identity in (source, waiting, running, young)}
    gone = job(queue, old).run
    assert queue.expire(90) == 3
    with queue.database.reading() as connection:
        assert set(connection.scalars(select(runs.c.id))) == kept
        assert set(connection.scalars(select(jobs.c.id))) == {waiting, running, young}
        assert record.text_of(connection, job(queue, young).run) == b"{}"
    assert gone not in kept
    assert queue.expire(90) == 0


def test_more_than_a_batch_expires(queue):
    """Whatever number has to go, goes."""
    row = record.row_of(question("nap"), None) | {"asked": "2020-01-01T00:00:00.000000Z"}
    with queue.database.begin() as connection:
        connection.execute(runs.insert(), [row | {"id": f"{number:032}"} for number in range(450)])
    assert queue.expire(90) == 450


def test_workers_are_known_while_they_are_there(queue):
    """By a sign now and then, until they go."""
    queue.sign_in("w1", None)
    queue.sign_in("w2", None)
    queue.sign_in("w1", "j")
    with queue.database.reading() as connection:
        found = {row.id: row.job for row in connection.execute(select(workers))}
    assert found == {"w1": "j", "w2": None}
    queue.sign_out("w1")
    assert count(queue, workers) == 1


class Clock:
    """A steady clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = 1000.0
        monkeypatch.setattr(watch.time, "monotonic", lambda: self.moment)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The steady clock of who looks after others."""
    return Clock(monkeypatch)


def watched(queue: Queue, clock: Clock, looks: int) -> None:
    """Look once a second, with a lease of five."""
    looking = Watch(5)
    for _ in range(looks):
        looking.look(queue)
        clock.moment += 1


def test_a_job_is_taken_back_after_a_lease_without_a_sign(queue, clock):
    """Not before, and whatever the wall clock says meanwhile."""
    identity = submit(queue, question("nap"))
    queue.claim("w")
    watched(queue, clock, 6)
    assert job(queue, identity).state == "running"
    watched(queue, clock, 7)
    assert job(queue, identity).state == "waiting"


def test_nobody_is_taken_for_dead_by_who_was_away(queue, clock):
    """Who has not looked for long begins anew: the others may have had no database either."""
    identity = submit(queue, question("nap"))
    queue.claim("w")
    looking = Watch(5)
    for pause in (0, 100, 100, 1, 1):
        clock.moment += pause
        looking.look(queue)
    assert job(queue, identity).state == "running"


@pytest.mark.parametrize("jump", ["1999-12-31T00:00:00.000000Z", "2999-12-31T00:00:00.000000Z"])
def test_a_wall_clock_that_jumps_takes_no_job_away(queue, clock, monkeypatch, jump):
    """Neither back nor forth: whether a worker lives is not read from it."""
    identity = submit(queue, question("nap"))
    claim = queue.claim("w")
    monkeypatch.setattr("oremix.api.jobs.queue.now", lambda: jump)
    looking = Watch(5)
    for _ in range(20):
        queue.beat(claim)
        looking.look(queue)
        clock.moment += 1
    assert now() != jump
    assert queue.finish(claim, answer())
    ended = job(queue, identity)
    assert (ended.state, ended.deaths) == ("done", 0)
    assert ended.finished >= ended.submitted

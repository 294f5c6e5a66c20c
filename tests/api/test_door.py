"""What is served at once, and what waits where."""

import multiprocessing
import socket
import time

import pytest

from oremix.api.door import Connection, Door, Places, Queue, Work, work_of

BODIES = frozenset({"/v1/check", "/v1/jobs"})
HEADS = {
    "GET /healthz HTTP/1.1": Work.LIGHT,
    "HEAD /v1/solve HTTP/1.1": Work.LIGHT,
    "DELETE /v1/jobs/1 HTTP/1.1": Work.LIGHT,
    "GET /healthz HTTP/1.1\r\nContent-Length: 5": Work.BODY,
    "GET /healthz HTTP/1.1\r\nX: y\r\nTRANSFER-ENCODING : chunked": Work.BODY,
    "GET /healthz HTTP/1.1\r\nX-Content-Length: 5": Work.LIGHT,
    "GET /v1/jobs/1 HTTP/1.1": Work.LIGHT,
    "GET /v1/jobs/1/events HTTP/1.1": Work.LIGHT,
    "GET /v1/jobs/1/result HTTP/1.1": Work.BODY,
    "GET /v1/jobs?limit=1000 HTTP/1.1": Work.BODY,
    "POST /v1/check HTTP/1.1\r\nContent-Length: 5": Work.BODY,
    "POST /v1/jobs?x=1 HTTP/1.1\r\nContent-Length: 5": Work.BODY,
    "POST /v1/%63heck HTTP/1.1\r\nContent-Length: 5": Work.BODY,
    "POST /v1/solve HTTP/1.1\r\nContent-Length: 5": Work.SOLVE,
    "POST /v1/%73olve HTTP/1.1": Work.SOLVE,
    "POST http://host/v1/check HTTP/1.1": Work.SOLVE,
    "nonsense": Work.SOLVE,
    "": Work.SOLVE,
}


@pytest.mark.parametrize(("head", "work"), HEADS.items())
def test_what_a_request_asks_for_is_seen_from_its_head(head, work):
    """Only what surely takes no time is taken for that, and only what surely does not solve for that."""
    assert work_of(head.encode() + b"\r\n\r\n", BODIES) is work


def hold(places, taken):
    """Take a place, say so, and keep it until killed."""
    assert places.take() is not None
    taken.set()
    time.sleep(60)


def test_a_place_is_one_processs_until_it_ends():
    """Killed without a word, it frees its place."""
    fork = multiprocessing.get_context("fork")
    places, taken = Places(1), fork.Event()
    other = fork.Process(target=hold, args=(places, taken))
    other.start()
    assert taken.wait(30)
    assert places.take() is None
    other.kill()
    other.join()
    assert places.take() == 0
    places.free(0)
    other.close()
    places.close()


@pytest.mark.parametrize(("workers", "bodies", "solves"), [(1, 1, 1), (2, 1, 1), (3, 2, 1), (8, 7, 6)])
def test_one_worker_is_left_for_what_takes_no_time(workers, bodies, solves):
    """And one more for what has a body but is not solved."""
    door = Door(workers, BODIES)
    assert (door._bodies.count, door._solves.count) == (bodies, solves)  # noqa: SLF001
    door.close()


def test_a_queue_keeps_connections_in_order_until_it_is_full():
    """Who waits longest comes first, and is known before being taken out; beyond its room nobody is taken in."""
    queue = Queue()
    ends = []
    while True:
        near, far = socket.socketpair()
        ends.append(far)
        if not queue.put(Connection(near, 100.0 + len(ends), Work.BODY)):
            near.close()
            break
    assert len(ends) > 50
    assert queue.first() == (101.0, Work.BODY)
    for number, end in enumerate(ends[:-1]):
        end.sendall(b"%d" % number)
        found = queue.get()
        assert found is not None
        assert (found.until, found.work) == (101.0 + number, Work.BODY)
        assert found.client.recv(10) == b"%d" % number
        found.client.close()
    assert queue.get() is queue.first() is None
    for end in ends:
        end.close()
    queue.close()

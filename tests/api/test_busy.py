"""The service while its workers are busy or held, on a free loopback port."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import oremix
from tests.serving import ask, converse, post, serving

MINIMAL = oremix.example("minimal").encode()


@pytest.fixture(scope="module")
def service():
    """A service of four workers: two may solve, a third take another body, the fourth is for what takes no time."""
    with serving("--workers", "4", OREMIX_MAX_WAIT_SECONDS="1") as (port, _):
        yield port


@contextmanager
def held(port: int, path: str, times: int) -> Iterator[list[socket.socket]]:
    """So many requests whose body does not arrive."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{{"
    with ExitStack() as stack:
        clients = []
        for _ in range(times):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=40))
            client.sendall(head.encode())
            clients.append(client)
        time.sleep(0.3)
        yield clients


def seconds(work) -> float:
    """How long some work takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def test_while_all_solve_the_others_are_served(service):
    """A solve beyond the limit waits, then is told when to come back; everything else is answered meanwhile."""
    with held(service, "/v1/solve", 10):
        assert seconds(lambda: ask(service, "GET", "/healthz")) < 1
        assert post(service, MINIMAL, "/v1/check")[0] == 200
        started = time.monotonic()
        status, headers, text = ask(service, "POST", "/v1/solve", MINIMAL)
        assert status == 503
        assert time.monotonic() - started > 0.9
        assert int(headers["Retry-After"]) == 1
        assert headers["Content-Type"] == "application/problem+json"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert json.loads(text)["status"] == 503
    assert post(service, MINIMAL)[0] == 200


def test_a_large_body_that_nobody_takes_is_answered_too(service):
    """Its sender reads the 503 although the body was never received."""
    with held(service, "/v1/solve", 2):
        status, problem = post(service, b" " * 12_000_000)
    assert status == 503
    assert problem["detail"]


def test_bodies_that_do_not_arrive_leave_a_worker(service):
    """All that may take bodies are held, and health is told at once."""
    with held(service, "/v1/check", 10):
        for _ in range(10):
            assert seconds(lambda: ask(service, "GET", "/healthz")) < 1
        assert ask(service, "POST", "/v1/check", MINIMAL)[0] == 503


def test_heads_that_do_not_arrive_hold_nobody(service):
    """Far more of them than workers, with a part of the head or none of it, and all the rest goes on as ever."""
    with ExitStack() as stack:
        for number in range(300):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", service), timeout=40))
            client.sendall(b"POST /v1/solve HT"[: number % 18])
        assert seconds(lambda: ask(service, "GET", "/healthz")) < 2
        with ThreadPoolExecutor(4) as threads:
            assert {status for status, _ in threads.map(lambda _: post(service, MINIMAL), range(8))} == {200}


def test_a_head_in_pieces_is_a_head(service):
    """Byte by byte, with pauses, it is served when it is whole."""
    with socket.create_connection(("127.0.0.1", service), timeout=40) as client:
        for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n":
            client.sendall(bytes([byte]))
            time.sleep(0.005)
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_head_without_end_is_refused(service):
    """Its length is limited."""
    with socket.create_connection(("127.0.0.1", service), timeout=40) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 70_000)
        assert client.recv(65_536).startswith(b"HTTP/1.1 431 ")


def test_who_does_not_hang_up_holds_nobody(service):
    """Clients that have their answer and keep the connection cost no time."""
    with ExitStack() as stack:

        def stay() -> None:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", service), timeout=40))
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")

        assert seconds(lambda: [stay() for _ in range(40)]) < 5


def test_many_at_once_wait_for_each_other(service):
    """A burst of small problems, far more than workers, is answered whole."""
    with ThreadPoolExecutor(16) as threads:
        assert {status for status, _ in threads.map(lambda _: post(service, MINIMAL), range(48))} == {200}


def test_a_worker_that_is_killed_frees_its_place():
    """With one place for solving, its worker is killed while it solves: the next is served."""
    with serving("--workers", "3", OREMIX_MAX_WAIT_SECONDS="5") as (port, process):
        with held(port, "/v1/solve", 1):
            (busy,) = (pid for pid in children(process.pid) if at_work(pid, port))
            os.kill(busy, signal.SIGKILL)
            assert post(port, MINIMAL)[0] == 200
        assert len(children(process.pid)) >= 2


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def at_work(pid: int, port: int) -> bool:
    """Whether a process has a connection on this port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}
    links = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    return any(f"socket:[{inode}]" in links for inode in ours)


def test_who_waits_at_the_end_is_told():
    """A service that is stopped leaves nobody who waits without an answer."""
    with (
        serving("--workers", "3", OREMIX_MAX_WAIT_SECONDS="20") as (port, process),
        ThreadPoolExecutor(1) as threads,
        held(port, "/v1/solve", 1),
    ):
        waiting = threads.submit(post, port, MINIMAL)
        time.sleep(0.5)
        process.terminate()
        status, problem = waiting.result(timeout=10)
    assert status == 503
    assert "stopped" in problem["detail"]


def test_nonsense_is_answered_while_others_wait(service):
    """What is no request waits with the solves, for it might be one."""
    assert converse(service, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_who_asks_for_the_head_of_a_stream_gets_no_more(service):
    """HEAD on the events of a job is answered and closed."""
    status, job = post(service, json.dumps({"kind": "solve", "problem": json.loads(MINIMAL)}), "/v1/jobs")
    assert status == 202
    answer = converse(service, f"HEAD {job['events']} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.partition(b"\r\n\r\n")[2] == b""


def test_who_does_not_read_holds_nobody(service):
    """The page on the API goes to clients that read nothing, and the others do not wait for them."""
    with ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", service))
            client.sendall(b"GET /v1/examples/lithium-japan HTTP/1.1\r\nHost: x\r\n\r\n")
        assert seconds(lambda: ask(service, "GET", "/healthz")) < 2

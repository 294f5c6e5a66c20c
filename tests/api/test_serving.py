"""The service under gunicorn, on a free loopback port."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import oremix
from oremix.api import Settings
from oremix.api.serving import Service, is_loopback
from tests.serving import HEADERS, ask, converse, port_of, post, serving, start

MINIMAL = oremix.example("minimal").encode()


@pytest.fixture(scope="module")
def service() -> Iterator[int]:
    """A running service with two workers; gives its port."""
    with serving("--workers", "2", OREMIX_MAX_OVERHEAD_SECONDS="3") as (port, _):
        yield port


def test_many_posts_at_once_get_each_their_own_answer(service):
    """Concurrent requests do not mix: each plan is that of its own problem."""

    def cost(quantity: int) -> float:
        problem = json.loads(MINIMAL)
        problem["demands"][0]["quantity"] = quantity
        status, plan = post(service, json.dumps(problem), f"/v1/solve?solver={'cbc' if quantity % 300 else 'highs'}")
        assert status == 200
        return plan["total_cost"]

    quantities = range(100, 3300, 100)
    with ThreadPoolExecutor(8) as threads:
        costs = list(threads.map(cost, quantities))
    assert costs == pytest.approx([quantity * 63_400 for quantity in quantities])


def test_yes_no_builds_solve_in_forked_workers(service):
    """A problem with yes/no decisions is answered too: nothing was solved before the fork."""
    problem = json.loads(MINIMAL)
    problem["suppliers"][1]["build"] = {"max": 5000, "fixed_capex": 1e7, "unit_capex": 1000, "life": 10}
    problem["discount_rate"] = 0.05
    problem["demands"][0]["quantity"] = 15_000
    status, plan = post(service, json.dumps(problem))
    assert status == 200
    assert plan["certificate"]["verified"]
    assert plan["builds"]


@pytest.mark.parametrize("chunked", [False, True])
def test_fifty_megabytes_are_413_and_the_client_can_read_it(service, chunked):
    """Far too large a body gets its answer while it is being sent, with and without a Content-Length."""
    megabyte = b" " * 1_000_000
    body = iter([megabyte] * 50) if chunked else megabyte * 50
    status, problem = post(service, body, encode_chunked=chunked)
    assert status == 413
    assert problem["limit"]["most"] == 16_000_000


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /v1/check HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", 400),
    ],
    ids=["no HTTP", "long address", "many headers", "broken chunks", "no body"],
)
def test_what_is_no_request_has_an_answer_in_the_same_shape(service, text, status):
    """Errors that the server finds before the application are problem details too."""
    head, _, body = converse(service, text).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_a_body_that_does_not_arrive_holds_no_worker(service):
    """A sender that stops midway is answered when the time of a request is over."""
    text = b"POST /v1/solve HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: converse(service, text), range(4)))
    for answer in answers:
        assert answer.split(b" ")[1] in (b"408", b"503")
    assert post(service, MINIMAL)[0] == 200


def test_a_head_that_does_not_arrive_holds_no_worker(service):
    """A connection that sends no whole request is closed."""
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: converse(service, b"POST /v1/sol"), range(2)))
    assert all(answer.startswith(b"HTTP/1.1 408 ") or answer == b"" for answer in answers)
    assert post(service, MINIMAL)[0] == 200


def test_an_address_that_is_taken_is_said_in_one_line():
    """A port in use ends the start with exit code 2 and one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = start("--port", port)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert port in errors


def test_a_wrong_limit_is_said_in_one_line():
    """A variable that holds no number ends the start with exit code 2 and its name."""
    process = start(OREMIX_MAX_SECONDS="soon")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert "OREMIX_MAX_SECONDS" in errors


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("192.168.1.4", False),
    ],
)
def test_loopback_is_recognised(host, local):
    """Only addresses of this machine count as loopback."""
    assert is_loopback(host) is local


def test_another_address_needs_a_key(tmp_path):
    """Where others can reach the service, it does not start before there is a key, and says what to do."""
    process = start("--host", "0.0.0.0", XDG_DATA_HOME=str(tmp_path))  # noqa: S104
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert "oremix keys new" in errors
    assert "OREMIX_KEYS=off" in errors


def test_another_address_with_a_key_asks_for_it(tmp_path):
    """With a key it starts; who has none is refused, who has it is served, and the log has no secret."""
    data = {"XDG_DATA_HOME": str(tmp_path), "PYTHONPATH": "."}
    made = subprocess.run(
        [sys.executable, "-m", "oremix", "keys", "new", "test"],
        capture_output=True,
        text=True,
        env=os.environ | data,
        check=True,
    )
    secret = made.stdout.strip()
    process = start("--host", "0.0.0.0", "--workers", "1", **data)  # noqa: S104
    port = port_of(process)
    assert ask(port, "GET", "/healthz")[0] == 200
    assert ask(port, "GET", "/v1/examples")[0] == 401
    assert ask(port, "GET", f"/v1/examples?key={secret}")[0] == 401
    given = {"Authorization": f"Bearer {secret}"}
    assert ask(port, "GET", "/v1/examples", headers=given)[0] == 200
    assert ask(port, "POST", "/v1/solve", MINIMAL, headers=HEADERS | given)[0] == 200
    process.terminate()
    _, log = process.communicate(timeout=60)
    assert "/v1/examples" in log
    assert secret not in log


def test_another_address_may_be_open_to_anybody(tmp_path):
    """Told so, it starts without keys, and warns."""
    process = start("--host", "0.0.0.0", "--workers", "1", XDG_DATA_HOME=str(tmp_path), OREMIX_KEYS="off")  # noqa: S104
    assert process.stderr is not None
    first = process.stderr.readline()
    port = port_of(process)
    assert ask(port, "GET", "/v1/examples")[0] == 200
    process.terminate()
    process.communicate(timeout=60)
    assert "OREMIX_KEYS is off" in first


def test_the_master_waits_longer_than_any_request():
    """Gunicorn ends a worker only after the worker had the time to end its request."""
    settings = Settings(max_seconds=100, max_overhead_seconds=50)
    configuration = Service(settings, "127.0.0.1", 8000, 1).configuration()
    assert configuration["timeout"] > 150
    assert configuration["graceful_timeout"] >= 150
    assert configuration["preload_app"] is False


def test_a_slow_body_is_refused_in_time(service):
    """A sender of one byte a second gets 408 after the time for a body, and the worker is free again."""
    head = b"POST /v1/solve HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service), timeout=40) as connection:
        connection.sendall(head + b"{")
        connection.settimeout(1)
        answer = b""
        for _ in range(30):
            try:
                connection.sendall(b" ")
                answer += connection.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                break
            if answer:
                break
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert post(service, MINIMAL)[0] == 200

"""The service under gunicorn, on a free loopback port."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import oremix
from oremix.api import Settings
from oremix.api.serving import Service, is_loopback

MINIMAL = oremix.example("minimal").encode()
HEADERS = {"Content-Type": "application/json"}


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start `oremix serve` on a free port."""
    return subprocess.Popen(
        [sys.executable, "-m", "oremix", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."} | variables,
    )


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that the service says it listens on."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("the service did not start")


@pytest.fixture(scope="module")
def service() -> Iterator[int]:
    """A running service with two workers, stopped at the end; gives its port."""
    process = start("--workers", "2", OREMIX_MAX_OVERHEAD_SECONDS="3")
    yield port_of(process)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output == "", "only answers belong on standard output"


def post(port: int, body: Any, path: str = "/v1/solve", **options: Any) -> tuple[int, dict[str, Any]]:
    """Post a body; gives the status and the JSON of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, HEADERS, **options)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def converse(port: int, text: bytes) -> bytes:
    """Send bytes and then nothing more; gives all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=40) as connection:
        connection.sendall(text)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


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


def test_another_address_is_warned_of():
    """Where others can reach the service, one line says that there are no keys."""
    process = start("--host", "0.0.0.0", "--workers", "1")  # noqa: S104
    assert process.stderr is not None
    first = process.stderr.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert "no keys" in first


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

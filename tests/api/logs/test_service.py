"""What a running service logs: each request, each job, and how one led to the other."""

import io
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import oremix
from tests.api.jobs.crew import wait_until
from tests.api.test_busy import children, held
from tests.serving import HEADERS, ask, converse, post, serving

MINIMAL = json.loads(oremix.example("minimal"))
WORD = "wordthatnobodywouldsay"
NAMED = MINIMAL | {"name": WORD}


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    """What the service has logged so far."""
    return io.StringIO()


@pytest.fixture(scope="module")
def service(log: io.StringIO) -> Iterator[tuple[int, Any]]:
    """A running service, with a worker for jobs; gives its port and process."""
    with serving("--workers", "3", "--job-workers", "1", log=log, OREMIX_MAX_WAIT_SECONDS="0.5") as running:
        yield running


def lines(log: io.StringIO, **fields: Any) -> list[dict[str, Any]]:
    """The lines with these fields; every line is JSON."""
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in found if line.items() >= fields.items()]


def samples(port: int) -> dict[tuple[str, ...], float]:
    """Every sample of the metrics."""
    text = ask(port, "GET", "/metrics")[2].decode()
    families = text_string_to_metric_families(text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_a_request_is_a_line_with_its_id(service, log):
    """The client's id where it can stand in a log, else a new one; the same in the answer, errors included."""
    port, _ = service
    body = json.dumps(NAMED)
    _, headers, _ = ask(port, "POST", "/v1/solve?gap=0.1", body, headers=HEADERS | {"X-Request-ID": "order-17"})
    assert headers["X-Request-ID"] == "order-17"
    wait_until(lambda: bool(lines(log, request="order-17")), 5)
    (line,) = lines(log, request="order-17")
    expected = {"method": "POST", "path": "/v1/solve?gap=0.1", "status": 200, "operation": "solve"}
    assert line.items() >= (expected | {"client": "127.0.0.1", "level": "info", "logger": "gunicorn.access"}).items()
    assert line["seconds"] > 0
    assert line["waited"] >= 0
    assert line["bytes"] > 1000
    for method, path in (("GET", "/nothing"), ("POST", "/healthz"), ("GET", "/v1/jobs?x=1")):
        _, headers, _ = ask(port, method, path, headers={"X-Request-ID": "not sane"})
        made = headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{16}", made)
        wait_until(lambda made=made: bool(lines(log, request=made)), 5)


def test_a_refusal_before_the_application_has_an_id_too(service, log):
    """Nonsense, and a solve for which there is no place: the answer's id stands in the log; both are counted."""
    port, _ = service
    head = converse(port, b"nonsense\r\n\r\n").partition(b"\r\n\r\n")[0].decode()
    assert re.search(r"\r\nX-Request-ID: [0-9a-f]{16}", head)
    with held(port, "/v1/solve", 1):
        _, headers, _ = ask(port, "POST", "/v1/solve", json.dumps(MINIMAL))
    wait_until(lambda: bool(lines(log, request=headers["X-Request-ID"])), 5)
    (line,) = lines(log, request=headers["X-Request-ID"])
    assert "503" in line["message"]
    found = samples(port)
    assert found["oremix_refusals_total", "no HTTP"] >= 1
    assert found["oremix_refusals_total", "busy"] == 1


def test_the_wait_for_a_place_is_said(service, log):
    """In the line of the request, and in the metrics."""
    port, _ = service
    asked = {"headers": HEADERS | {"X-Request-ID": "patient"}}
    with ThreadPoolExecutor(1) as threads:
        with held(port, "/v1/solve", 1):
            waiting = threads.submit(ask, port, "POST", "/v1/solve", json.dumps(MINIMAL), **asked)
            time.sleep(0.25)
        assert waiting.result()[0] == 200
    wait_until(lambda: bool(lines(log, request="patient")), 5)
    (line,) = lines(log, request="patient")
    assert 0.2 <= line["waited"] < 5
    assert samples(port)["oremix_wait_seconds_sum",] >= 0.2


def test_a_job_can_be_followed_from_its_request_to_its_end(service, log):
    """The line of the request names the job, and so do those of the worker."""
    port, _ = service
    body = {"kind": "solve", "problem": NAMED | {"demands": [MINIMAL["demands"][0] | {"quantity": 77}]}}
    _, headers, text = ask(port, "POST", "/v1/jobs", json.dumps(body), headers=HEADERS | {"X-Request-ID": "order-18"})
    job = json.loads(text)["id"]
    wait_until(lambda: json.loads(ask(port, "GET", headers["Location"])[2])["state"] == "done", 60)
    assert {line["message"] for line in lines(log, request="order-18", job=job)} >= {f"job {job} is submitted"}
    wait_until(lambda: len([line for line in lines(log, job=job) if "worker" in line]) >= 2, 5)
    worked = [line for line in lines(log, job=job) if "worker" in line]
    assert {(line["kind"], line["attempt"], line["logger"].startswith("oremix.api.jobs")) for line in worked} == {
        ("solve", 1, True)
    }
    found = samples(port)
    assert found["oremix_job_seconds_count", "solve", "done"] == 1
    assert found["oremix_attempt_seconds_count", "solve", "done"] == 1
    assert found["oremix_workers_alive",] == 1
    assert ask(port, "GET", "/readyz")[0] == 200


def test_counts_outlive_the_processes_that_count(service):
    """Each of them is killed; no metric falls."""
    port, process = service
    before = samples(port)
    killed = [pid for pid in children(process.pid) if b"gunicorn" in command(pid) or b"serve" in command(pid)]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(children(process.pid)) - set(killed)) >= 4, 20)
    after = samples(port)
    counted = [key for key in before if key[0].startswith(("oremix_request", "oremix_solve"))]
    assert len(killed) >= 3
    assert [key for key in counted if after[key] < before[key]] == []
    reading = ("oremix_request_seconds_count", "metrics", "200")
    assert after[reading] > before[reading]


def command(pid: int) -> bytes:
    """The command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_no_body_is_in_the_log(service, log):
    """Neither of what was answered, nor of what was wrong with it."""
    port, _ = service
    assert post(port, json.dumps(NAMED | {"demands": WORD}))[0] == 422
    assert post(port, f'{{"{WORD}": '.encode())[0] == 400
    time.sleep(0.3)
    assert WORD not in log.getvalue()
    assert lines(log)

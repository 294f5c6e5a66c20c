"""Requests answered per CPU-second by one gunicorn worker, one request after another. Needs Linux's /proc."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.families import problem

__all__ = ["SERVICES", "measure_services"]

ROOT = Path(__file__).parent.parent.parent
SIZE, WARM, REQUESTS = "0.1k", 5, 100
TICKS = os.sysconf("SC_CLK_TCK")

SERVICES = {
    "Oremix, `detail=plan`": ("oremix.api.app:create_app()", "/v1/solve?detail=plan"),
    "Oremix, as asked by default": ("oremix.api.app:create_app()", "/v1/solve"),
    "PuLP + CBC": ("benchmarks.service.rival:app", "/solve"),
}
"""What the table calls it → application, path."""

Measured = dict[str, Any]


def measure_services(repeat: int) -> list[Measured]:
    """Each service in turn, `repeat` times, with the same problem.

    Raises
    ------
    RuntimeError
        A service did not answer, or found another cost than the first.
    """
    body = json.dumps(problem(SIZE)).encode()
    found = [_measure(name, body) for _ in range(repeat) for name in SERVICES]
    costs = [one["total_cost"] for one in found]
    if max(costs) - min(costs) > 1e-6 * max(costs):
        raise RuntimeError(f"the services found different costs: {costs}")
    return found


def _measure(name: str, body: bytes) -> Measured:
    application, path = SERVICES[name]
    print(f"service {name}", file=sys.stderr)
    with _serving(application) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(WARM):
            answer = _post(connection, path, body)
        cpu, wall = _cpu(process.pid), time.perf_counter()
        for _ in range(REQUESTS):
            answer = _post(connection, path, body)
        cpu, wall = _cpu(process.pid) - cpu, time.perf_counter() - wall
    per_cpu, per_wall = REQUESTS / cpu, REQUESTS / wall
    return {"name": name, "per_cpu": per_cpu, "per_wall": per_wall, "total_cost": answer["total_cost"]}


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> Measured:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path} answered {response.status}: {text[:500]!r}")
    answer: Measured = json.loads(text)
    return answer


@contextmanager
def _serving(application: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--workers=1", f"--bind=127.0.0.1:{port}", "--log-level=error"]
    process = subprocess.Popen([*command, application], cwd=ROOT)  # noqa: S603
    try:
        _wait_for(port)
        yield process, port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the service did not start")


def _cpu(parent: int) -> float:
    """CPU seconds of a process, its children, and theirs that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = stat.read_text().rsplit(")", 1)
        except OSError:
            continue  # it has ended meanwhile
        values = fields.split()
        if parent in (int(name.split()[0]), int(values[1])):
            ticks += sum(int(value) for value in values[11:15])
    return ticks / TICKS

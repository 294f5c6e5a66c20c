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
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.families import problem

__all__ = ["OURS", "REQUESTS", "RIVAL", "SERVICES", "SIZE", "differ", "measure_services"]

ROOT = Path(__file__).parent.parent.parent
SIZE, WARM, REQUESTS = "0.1k", 10, 200
TICKS = os.sysconf("SC_CLK_TCK")

OURS, RIVAL = "Oremix, `detail=plan`", "PuLP + CBC"
SERVICES = {
    OURS: ("oremix.api.app:create_app()", "/v1/solve?detail=plan"),
    "Oremix, `detail=full`": ("oremix.api.app:create_app()", "/v1/solve?detail=full"),
    RIVAL: ("benchmarks.service.rival:app", "/solve"),
}
"""What the table calls it → application, path."""

Measured = dict[str, Any]


def measure_services(repeat: int) -> list[Measured]:
    """Each service in turn, `repeat` times, with the same problems, all different: none can be answered from memory.

    Raises
    ------
    RuntimeError
        A service did not answer, or found another cost than the first.
    """
    bodies = [json.dumps(problem(SIZE, seed=seed)).encode() for seed in range(WARM + REQUESTS)]
    found = [_measure(name, bodies) for _ in range(repeat) for name in SERVICES]
    for one in found:
        if differ(found[0]["costs"], one["costs"]):
            raise RuntimeError(f"{one['name']} found other costs than {found[0]['name']}")
    return found


def differ(costs: list[float], others: list[float]) -> bool:
    """Whether any two costs of the same problem are not the same."""
    return any(abs(one - other) > 1e-6 * abs(one) for one, other in zip(costs, others, strict=True))


def _measure(name: str, bodies: list[bytes]) -> Measured:
    application, path = SERVICES[name]
    print(f"service {name}", file=sys.stderr)
    with _serving(application) as (process, port):
        for body in bodies[:WARM]:
            _post(port, path, body)
        cpu, wall = _cpu(process.pid), time.perf_counter()
        answers = [_post(port, path, body) for body in bodies[WARM:]]
        cpu, wall = _cpu(process.pid) - cpu, time.perf_counter() - wall
    return {
        "name": name,
        "per_cpu": len(answers) / cpu,
        "per_wall": len(answers) / wall,
        "kilobytes": sum(map(len, answers)) / len(answers) / 1e3,
        "costs": [json.loads(answer)["total_cost"] for answer in answers],
    }


def _post(port: int, path: str, body: bytes) -> bytes:
    """The answer to one request, on a connection of its own, as gunicorn's sync workers have it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path} answered {response.status}: {text[:500]!r}")
    return text


@contextmanager
def _serving(application: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--workers=1", f"--bind=127.0.0.1:{port}", "--log-level=error"]
    with TemporaryDirectory() as folder:  # an empty record, to which every run is added
        environment = os.environ | {"OREMIX_DATABASE_URL": f"sqlite:///{folder}/oremix.db", "OREMIX_KEYS": "off"}
        process = subprocess.Popen(  # noqa: S603
            [*command, application], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
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

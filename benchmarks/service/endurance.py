"""Small solves and long jobs together, as long as one likes: `python -m benchmarks.service.endurance --seconds 600`.

For the first tenth of the time two clients post small problems; then long jobs come on top, more than there are workers
for: yes/no problems, studies, some of them followed as events, some cancelled midway. Prints JSON: how long the small
solves took without and with the jobs, every answer that was no success, what became of the jobs, and the memory of each
process that stays. Ends with 1 if there was any error. Needs Linux's /proc.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oremix
from benchmarks.decisions import sizes_and_curves
from benchmarks.families import problem

__all__ = ["Client", "Endurance", "report", "running"]

ROOT = Path(__file__).parent.parent.parent
POOL = 20
PAUSE = 0.1
"""Seconds that a client of small problems thinks between two of them."""
IN_FLIGHT = 4
ENDED = ("done", "failed", "cancelled")
PAGE = os.sysconf("SC_PAGE_SIZE")
JSON = {"Content-Type": "application/json"}


class Client:
    """Asks one service, each time on a connection of its own, and counts what was no success."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.errors: Counter[str] = Counter()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> dict[str, Any]:
        """The answer; empty where it was no success."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            connection.request(method, path, body, JSON | headers)
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
        except OSError as error:
            self.errors[f"{method} {path.partition('?')[0]}: {type(error).__name__}"] += 1
            return {}
        if answer.status >= http.client.MULTIPLE_CHOICES:
            self.errors[f"{method} {re.sub('[0-9a-f]{32}', 'ID', path)}: {answer.status}"] += 1
            return {}
        found: dict[str, Any] = json.loads(text) if text.startswith(b"{") else {"text": text.decode()}
        return found


class Endurance:
    """The load, and what is seen meanwhile.

    Parameters
    ----------
    client, pid
        The service, and its first process.
    seconds
        How long in all.
    """

    def __init__(self, client: Client, pid: int, seconds: float) -> None:
        self.client, self._pid = client, pid
        self._start = time.monotonic()
        self.quiet_until = self._start + seconds / 10
        self._until = self._start + seconds
        self._every = seconds / 40
        self.solves: list[tuple[float, float]] = []
        """When each was asked, and how long it took."""
        self.jobs: Counter[str] = Counter()
        self.followed = 0
        self.memory: dict[int, list[float]] = {}
        """Megabytes of each process, one sample after another."""

    def run(self) -> None:
        """Load it, until the time is over."""
        works = [self._solve, self._solve, self._submit, self._follow, self._watch]
        threads = [threading.Thread(target=work, args=(number,)) for number, work in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _goes_on(self) -> bool:
        return time.monotonic() < self._until

    def _solve(self, number: int) -> None:
        bodies = [json.dumps(problem("0.1k", seed=number * POOL + seed)).encode() for seed in range(POOL)]
        while self._goes_on():
            asked = time.monotonic()
            path, anew = "/v1/solve?detail=plan", {"Cache-Control": "no-cache"}
            plan = self.client.ask("POST", path, bodies[len(self.solves) % POOL], **anew)
            self.solves.append((asked, time.monotonic() - asked))
            if plan.get("status", "optimal") != "optimal":
                self.client.errors[f"a small problem is {plan['status']}"] += 1
            time.sleep(PAUSE)

    def _submit(self, _number: int) -> None:
        """Keep so many jobs in flight; at the end cancel those that are left, and wait for them."""
        time.sleep(max(self.quiet_until - time.monotonic(), 0))
        flying: dict[str, int] = {}
        count = 0
        while self._goes_on() or flying:
            while self._goes_on() and len(flying) < IN_FLIGHT:
                count += 1
                job = self.client.ask("POST", "/v1/jobs", _job(count))
                if job:
                    flying[job["id"]] = count
            for identity, number in list(flying.items()):
                job = self.client.ask("GET", f"/v1/jobs/{identity}")
                if job.get("state") in ENDED:
                    del flying[identity]
                    self.jobs[f"{job['kind']} {job['state']}"] += 1
                    if job["result"] is None and job["state"] != "cancelled":
                        self.client.errors[f"a job is {job['state']}: {job['reason']}"] += 1
                elif not self._goes_on() or (number % 5 == 0 and job.get("progress")):
                    self.client.ask("DELETE", f"/v1/jobs/{identity}")
            time.sleep(0.5)

    def _follow(self, _number: int) -> None:
        """Follow one job after another to its end."""
        time.sleep(max(self.quiet_until - time.monotonic(), 0))
        while self._goes_on():
            found = self.client.ask("GET", "/v1/jobs?state=running&limit=1").get("jobs", [])
            if found and self.client.ask("GET", f"/v1/jobs/{found[0]['id']}/events"):
                self.followed += 1
            time.sleep(1)

    def _watch(self, _number: int) -> None:
        while self._goes_on():
            for pid in _staying(self._pid):
                self.memory.setdefault(pid, []).append(_megabytes(pid))
            time.sleep(self._every)


def _job(number: int) -> bytes:
    """A job that takes its time, another for each number."""
    if number % 4 == 0:
        question = json.loads(oremix.example("magnets-usa-japan")) | {"name": f"magnets {number}"}
        body = {"kind": "stress", "problem": question, "options": {"all": True, "pairs": True, "time_limit": 15}}
    else:
        options = {"time_limit": 15, "gap": 0}
        body = {"kind": "solve", "problem": sizes_and_curves(number), "options": options}
    return json.dumps(body).encode()


def _staying(pid: int) -> list[int]:
    """A process and those that it started itself: not those of single jobs, which are their workers' children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *map(int, children)]


def _megabytes(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6
    except OSError:
        return 0.0


def report(endurance: Endurance) -> dict[str, Any]:
    """What was found."""
    quiet = [took for asked, took in endurance.solves if asked < endurance.quiet_until]
    mixed = [took for asked, took in endurance.solves if asked >= endurance.quiet_until]
    without, with_jobs = _times(quiet), _times(mixed)
    return {
        "errors": dict(endurance.client.errors),
        "small solves without jobs": without,
        "small solves with jobs": with_jobs,
        "with jobs to without": {name: round(with_jobs[name] / without[name], 2) for name in ("median", "p95", "p99")},
        "jobs": dict(endurance.jobs),
        "jobs followed to their end": endurance.followed,
        # Of each process: after a third of the time, two thirds, and at the end.
        "megabytes": [[round(samples[at]) for at in _thirds(samples)] for samples in endurance.memory.values()],
    }


def _thirds(samples: list[float]) -> list[int]:
    last = len(samples) - 1
    return [last // 3, 2 * last // 3, last]


def _times(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "median": statistics.median(ordered),
        "p95": ordered[int(0.95 * len(ordered))],
        "p99": ordered[int(0.99 * len(ordered))],
        "longest": ordered[-1],
    }


@contextmanager
def running(url: str, log: Path) -> Iterator[tuple[int, int]]:
    """A service of four processes for requests and two for jobs; gives its port and its first process."""
    command = [sys.executable, "-m", "oremix", "serve", "--port", "0", "--workers", "4", "--job-workers", "2"]
    environment = os.environ | {"OREMIX_DATABASE_URL": url, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stderr=file)  # noqa: S603 - spelled out above
    try:
        yield _port(process, log), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(600):
        found = re.search(rb"Listening at: http://127\.0\.0\.1:(\d+)", log.read_bytes())
        if found and Client(int(found[1])).ask("GET", "/readyz"):
            return int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{log.read_text(encoding='utf-8')}")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long in all (default 600)")
    parser.add_argument("--database", help="URL of an empty database (default an SQLite file)")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running(given.database or f"sqlite:///{folder}/oremix.db", log) as (port, pid):
            endurance = Endurance(Client(port), pid, given.seconds)
            endurance.run()
        found = report(endurance)
        found["lines of the log that are errors"] = _errors(log)
    print(json.dumps(found, indent=2))
    return 1 if found["errors"] or found["lines of the log that are errors"] else 0


def _errors(log: Path) -> list[str]:
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return [line["message"] for line in lines if line["level"] in ("error", "critical")]


if __name__ == "__main__":
    sys.exit(main())

"""What is measured. The page on operating says how each is to be read."""

from __future__ import annotations

from oremix.api.jobs.tally import BOUNDS
from oremix.api.metrics.family import Family

__all__ = [
    "ATTEMPTS",
    "DATABASE",
    "FAMILIES",
    "INFO",
    "JOBS",
    "OLDEST",
    "QUEUE",
    "RECORDED",
    "REFUSALS",
    "REQUESTS",
    "SOLVES",
    "WAITS",
    "WORKERS",
]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

# ------------------------------------------------------------ counted by the processes that answer requests

REQUESTS = Family(
    "oremix_request_seconds",
    "Seconds from a request's turn until its answer was ready, by operation and status.",
    ("operation", "status"),
    SECONDS,
)
WAITS = Family("oremix_wait_seconds", "Seconds that requests waited for a worker before their turn.", (), SECONDS)
SOLVES = Family(
    "oremix_solve_seconds", "Seconds that questions in requests took to be answered.", ("kind", "status"), SECONDS
)
RECORDED = Family("oremix_recorded_total", "Questions in requests that the record answered.", ("kind",))
REFUSALS = Family("oremix_refusals_total", "Requests that were refused for a limit.", ("reason",))

# ------------------------------------------------------------ read from the database, for all hosts together

DATABASE = Family("oremix_database_up", "Whether the database answered just now.", kind="gauge")
WORKERS = Family("oremix_workers_alive", "Workers of all hosts that gave a sign of life of late.", kind="gauge")
QUEUE = Family("oremix_jobs", "Jobs that wait or run.", ("kind", "state"), kind="gauge")
OLDEST = Family("oremix_oldest_waiting_seconds", "Age of the job that waits longest.", kind="gauge")
JOBS = Family("oremix_job_seconds", "Seconds from a job's submission to its end.", ("kind", "state"), BOUNDS)
ATTEMPTS = Family("oremix_attempt_seconds", "Seconds that attempts at jobs took.", ("kind", "outcome"), BOUNDS)
INFO = Family("oremix_info", "The version that runs.", ("version",), kind="gauge")
FAMILIES = (
    *(REQUESTS, WAITS, SOLVES, RECORDED, REFUSALS),
    *(DATABASE, WORKERS, QUEUE, OLDEST, JOBS, ATTEMPTS, INFO),
)

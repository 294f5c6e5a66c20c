"""What the processes of a service count, with all that labels may say: so much memory is set aside, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from oremix.api.jobs.kinds import KINDS
from oremix.api.metrics.counts import Counts
from oremix.api.metrics.families import RECORDED, REFUSALS, REQUESTS, SOLVES, WAITS

__all__ = ["NOWHERE", "new_counts"]

NOWHERE = "none"
"""In place of an operation: the request was for none that there is."""
STATUSES = (
    *("200", "202", "204", "304", "400", "401", "403", "404", "405", "408", "409", "413", "414", "415"),
    *("421", "422", "429", "431", "500", "501", "503", "507"),
)
ANSWERS = ("optimal", "feasible", "infeasible", "unbounded", "no_answer", "complete", "incomplete")
REASONS = (
    *("bytes", "entries", "columns", "seconds", "jobs waiting", "jobs waiting of a key"),
    *("busy", "stopping", "slow head", "long head", "no HTTP", "failed"),
)


def new_counts(operations: Iterable[str], processes: int = 1) -> Counts:
    """Counts of a service with these operations and so many processes for requests."""
    kinds = tuple(KINDS)
    layout = {
        REQUESTS: ((*operations, NOWHERE), STATUSES),
        WAITS: (),
        SOLVES: (kinds, ANSWERS),
        RECORDED: (kinds,),
        REFUSALS: (REASONS,),
    }
    return Counts(layout, processes)

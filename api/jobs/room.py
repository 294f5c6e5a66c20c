"""How many jobs may wait: of all, and of each key."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from oremix.api.errors import Refusal
from oremix.api.settings import Settings
from oremix.api.storage import jobs

__all__ = ["refuse_if_full"]

RETRY = {"Retry-After": "30"}


def refuse_if_full(connection: Connection, settings: Settings, key: str | None) -> None:
    """Refuse one more job where too many wait, as counted in the database: the limits hold for all servers together.

    Raises
    ------
    Refusal
        429 where too many are of the same key, 503 where too many wait in all.
    """
    waiting = select(func.count()).select_from(jobs).where(jobs.c.state == "waiting")
    if key is not None:
        most = int(settings.max_waiting_per_key)
        if (connection.scalar(waiting.where(jobs.c.key == key)) or 0) >= most:
            limit = {"name": "jobs waiting of a key", "most": most, "variable": "OREMIX_MAX_WAITING_PER_KEY"}
            detail = f"{most:,} jobs of this key wait already; submit more when some are done."
            raise Refusal(429, detail, RETRY, limit=limit)
    most = int(settings.max_waiting)
    if (connection.scalar(waiting) or 0) >= most:
        limit = {"name": "jobs waiting", "most": most, "variable": "OREMIX_MAX_WAITING"}
        raise Refusal(503, f"{most:,} jobs wait already, which is all that this server takes.", RETRY, limit=limit)

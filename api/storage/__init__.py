"""The service's memory: jobs, the record of every question answered, keys; on SQLite or PostgreSQL."""

from oremix.api.storage.clock import database_clock
from oremix.api.storage.database import Database, default_url
from oremix.api.storage.errors import NewerSchema, StorageError, StorageFull, StorageUnavailable
from oremix.api.storage.moments import as_moment, days_ago, days_between, in_days, now
from oremix.api.storage.packing import pack, unpack
from oremix.api.storage.tables import jobs, keys, runs, tallies, workers

__all__ = [
    "Database",
    "NewerSchema",
    "StorageError",
    "StorageFull",
    "StorageUnavailable",
    "as_moment",
    "database_clock",
    "days_ago",
    "days_between",
    "default_url",
    "in_days",
    "jobs",
    "keys",
    "now",
    "pack",
    "runs",
    "tallies",
    "unpack",
    "workers",
]

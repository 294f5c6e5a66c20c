"""Bringing the tables to this version's form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from oremix.api.storage.errors import NewerSchema
from oremix.api.storage.migrations import HEAD

__all__ = ["configuration", "upgrade"]

LOCK = 7_360_315  # any number, as long as all versions have the same
FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, reader: Engine) -> None:
    """Run what migrations are missing, one process at a time; the others then find nothing to do.

    Raises
    ------
    NewerSchema
        A newer version of Oremix made the tables what they are.
    """
    with reader.connect() as connection:
        if _revision(connection) == HEAD:
            return
    from alembic import command  # noqa: PLC0415 - it takes a while, and is needed only here
    from alembic.util import CommandError  # noqa: PLC0415

    with engine.begin() as connection:  # on SQLite this is the lock
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if _revision(connection) == HEAD:
            return
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError:
            raise NewerSchema(
                "the database was last used by a newer Oremix: install that version, or restore the backup made before"
            ) from None


def configuration(connection: Connection) -> Any:
    """Alembic's configuration for a connection."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

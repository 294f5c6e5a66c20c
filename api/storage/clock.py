"""The database's own clock, by which hosts need not agree on the time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

__all__ = ["database_clock"]


class database_clock(FunctionElement[str]):  # noqa: N801 - written as a function, like those of SQL
    """The present moment by the database's clock, or some seconds before, as `oremix.api.storage.moments` has it."""

    type = String()
    inherit_cache = False  # the seconds are part of the text

    def __init__(self, seconds_ago: float = 0.0) -> None:
        super().__init__()
        self.seconds_ago = seconds_ago


@compiles(database_clock, "sqlite")
def _sqlite(element: database_clock, *_: Any, **__: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-{element.seconds_ago:.3f} seconds')"


@compiles(database_clock, "postgresql")
def _postgresql(element: database_clock, *_: Any, **__: Any) -> str:
    moment = f"(clock_timestamp() - interval '{element.seconds_ago:.3f} seconds') AT TIME ZONE 'UTC'"
    return f"""to_char({moment}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

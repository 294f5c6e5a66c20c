"""What can be wrong with the database, in words of the service: no SQLAlchemy error leaves the storage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection

__all__ = ["NewerSchema", "StorageError", "StorageFull", "StorageUnavailable", "translated"]

# SQLite tells a limit on the size of files, and some disks that are full, as an error of input and output.
FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE"}
DISK_FULL = "53100"  # PostgreSQL's


class StorageError(Exception):
    """Something is wrong with the database."""


class StorageUnavailable(StorageError):
    """The database cannot be reached, or did not answer in time; later it may."""


class StorageFull(StorageError):
    """There is no room to write; reading goes on."""


class NewerSchema(StorageError):
    """The database was last used by a newer version of Oremix."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the storage's errors in place of SQLAlchemy's; what no waiting would mend stays what it is."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError, NotSupportedError) as error:
        if (interruption := _interruption(error)) is not None:
            raise interruption from None
        raise
    except NoConnection:
        raise StorageUnavailable("no connection to the database became free in time") from None
    except DBAPIError as error:
        raise _of(error) from error


def _interruption(error: BaseException) -> BaseException | None:
    """What ended the wait for an answer, where the error is only what that broke: a connection in the midst of it."""
    cause: BaseException | None = error
    while cause is not None and isinstance(cause, Exception):
        cause = cause.__cause__ or cause.__context__
    return cause


def _of(error: DBAPIError) -> StorageError:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        return StorageFull("the disk is full") if name in FULL else StorageUnavailable(str(original))
    state = getattr(original, "sqlstate", None)
    if state == DISK_FULL:
        return StorageFull("the disk of the database is full")
    return StorageUnavailable(type(original).__name__ if state is None else f"the database said {state}")

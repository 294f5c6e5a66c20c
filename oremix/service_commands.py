"""The commands of the service beside `serve`: workers, the record, the database."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oremix import terminal
from oremix.terminal import CallError, say

if TYPE_CHECKING:
    from oremix.api import Settings
    from oremix.api.storage import Database

__all__ = ["COMMANDS", "prepare", "settings_of_environment"]


def settings_of_environment() -> Settings:
    """The settings that the environment states."""
    from oremix.api import Settings

    try:
        return Settings.from_environment(os.environ)
    except ValueError as error:
        raise CallError(str(error)) from None


def prepare(settings: Settings) -> None:
    """Bring the tables to their present form, and leave no connection open for processes that are forked."""
    database = opened(settings)
    database.close()


def opened(settings: Settings) -> Database:
    """The database, with its tables."""
    from oremix.api.storage import StorageError

    database = settings.open_database()
    try:
        database.upgrade()
    except StorageError as error:
        raise CallError(f"the database {database} cannot be used: {error}") from None
    return database


@click.command()
@click.option("--parent", type=int, hidden=True, help="Process without which it ends.")
def worker(parent: int | None) -> None:
    """Work on jobs until stopped: one more worker on the database of OREMIX_DATABASE_URL, from any host.

    SIGTERM and Ctrl-C give the job in hand back, to be done by another worker.
    """
    from oremix.api.jobs.worker import Worker
    from oremix.api.logs.lines import start

    settings = settings_of_environment()
    start(settings.log)
    Worker(settings, parent).run()


@click.group()
def runs() -> None:
    """The record: every question that the service answered."""


@runs.command()
@click.option("-o", "--output", metavar="FILE", help="Write to this file.")
@click.option("--since", metavar="MOMENT", help="Only runs asked since, such as 2026-11-24 or 2026-11-24T13:10Z.")
def export(output: str | None, since: str | None) -> None:
    """Write the runs on record as JSON lines, the oldest first: who, when, question, answer, versions."""
    from oremix.api.export import lines
    from oremix.api.storage import StorageError

    moment = _moment(since)
    terminal.check_writable(output)
    database = opened(settings_of_environment())
    try:
        if output is None:
            terminal.answer_lines(lines(database, moment))
        else:
            with Path(output).open("w", encoding="utf-8") as file:
                file.writelines(lines(database, moment))
    except StorageError as error:
        raise CallError(f"the database {database} cannot be read: {error}") from None
    except OSError as error:
        raise CallError(f"cannot write {output}: {error.strerror}") from None
    finally:
        database.close()


def _moment(text: str | None) -> str:
    """A moment as it is stored."""
    if text is None:
        return ""
    from datetime import UTC, datetime

    from oremix.api.storage import as_moment

    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise CallError(f"--since: {text!r} should be a date, or a date and time, such as 2026-11-24T13:10Z") from None
    return as_moment(given if given.tzinfo else given.replace(tzinfo=UTC))


@click.group()
def database() -> None:
    """The database that OREMIX_DATABASE_URL names."""


@database.command()
def upgrade() -> None:
    """Bring the tables to this version's form, as `serve` and `worker` do when they start."""
    found = opened(settings_of_environment())
    say(f"{found} is up to date")
    found.close()


COMMANDS = (worker, runs, database)

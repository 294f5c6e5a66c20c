"""The commands on the service's keys."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from oremix import terminal
from oremix.terminal import CallError, as_json, say

if TYPE_CHECKING:
    from oremix.api.keys import Key, NewKey
    from oremix.api.storage import Database

__all__ = ["keys"]

SCOPES = ["solve", "read", "metrics", "admin"]
Result = TypeVar("Result")
HEADINGS = ("key", "whose", "scopes", "state", "made", "expires", "last used")


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke the keys with which the service lets people in.

    They are kept in its database: OREMIX_DATABASE_URL, as for `oremix serve`.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("solve", "read"),
    show_default=True,
    help="solve posts problems and jobs, read reads, metrics reads metrics, admin all. Repeatable.",
)
@click.option("--days", type=click.FloatRange(min=0, min_open=True), metavar="D", help="Expires after so many days.")
@as_json
def new(name: str, scopes: tuple[str, ...], days: float | None, as_json: bool) -> None:
    """Make a key for NAME, and write its secret: it is shown this once."""
    from oremix.api.keys import new as make

    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise CallError("NAME should say whose the key is, in at most 200 characters")
    with _database() as database:
        made = make(database, name.strip(), tuple(dict.fromkeys(scopes)), days)
    _show(made, as_json)


@keys.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List the keys: whose they are, what they are good for, when they were last used."""
    from oremix.api.keys import listed

    with _database() as database:
        found = listed(database)
    if as_json:
        return terminal.answer(json.dumps([key.as_dict() for key in found], indent=2))
    if not found:
        return say("there are no keys; oremix keys new NAME makes one")
    return terminal.answer(_table([_row(key) for key in found]))


@keys.command()
@click.argument("key")
@click.option(
    "--overlap",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    metavar="HOURS",
    help="The old secret goes on for so long.",
)
@as_json
def rotate(key: str, overlap: float, as_json: bool) -> None:
    """Make a new secret in place of KEY (its id or first characters); jobs and runs of the old one are its own."""
    from oremix.api.keys import rotate as replace

    with _database() as database:
        old = _found(database, key)
        made = _or_say(lambda: replace(database, old, overlap / 24))
    _show(made, as_json)
    end = f"goes on for {overlap:g} hours" if overlap else "is good for nothing now"
    say(f"the old secret, {old.prefix}…, {end}")


@keys.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Make KEY (its id, its first characters, or the secret itself) good for nothing, at once and for ever."""
    from oremix.api.keys import revoke as end

    with _database() as database:
        ended = end(database, _found(database, key))
    say(f"revoked: {ended.prefix}… of {ended.label}")


@contextmanager
def _database() -> Iterator[Database]:
    """The service's database; what is wrong with it in one line."""
    from oremix.api.settings import Settings
    from oremix.api.storage import StorageError

    try:
        database = Settings.from_environment(os.environ).open_database()
    except ValueError as error:
        raise CallError(str(error)) from None
    try:
        yield database
    except StorageError as error:
        raise CallError(f"cannot use {database}: {error}") from None
    finally:
        database.close()


def _found(database: Database, name: str) -> Key:
    from oremix.api.keys import find

    return _or_say(lambda: find(database, name))


def _or_say(work: Callable[[], Result]) -> Result:
    from oremix.api.keys import NoSuchKey

    try:
        return work()
    except NoSuchKey as error:
        raise CallError(str(error)) from None


def _show(made: NewKey, as_json: bool) -> None:
    if as_json:
        return terminal.answer(json.dumps(made.key.as_dict() | {"secret": made.secret}, indent=2))
    terminal.answer(made.secret)
    expires = "never expires" if made.key.expires is None else f"expires {_day(made.key.expires)}"
    return say(
        f"This secret of {made.key.label} is shown this once. It is good for {', '.join(made.key.scopes)} and "
        f"{expires}. Send it as the header Authorization: Bearer …"
    )


def _row(key: Key) -> tuple[str, ...]:
    days = [_day(key.created), _day(key.expires), _day(key.used)]
    return (f"{key.prefix}…", terminal.one_line(key.label), " ".join(key.scopes), key.state, *days)


def _day(moment: str | None) -> str:
    return "" if moment is None else f"{moment[:16].replace('T', ' ')} UTC"


def _table(rows: list[tuple[Any, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    lines = [HEADINGS, *rows]
    return "\n".join("  ".join(text.ljust(w) for text, w in zip(line, widths, strict=True)).rstrip() for line in lines)

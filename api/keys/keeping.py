"""Keys in the database: making, finding, rotating and revoking them."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection, Row, or_, select, update

from oremix.api.keys.key import Key, NewKey, digest, make_secret, prefix_of
from oremix.api.storage import Database, StorageError, days_ago, days_between, in_days, keys, now

__all__ = ["NoSuchKey", "find", "has_valid", "known", "listed", "new", "revoke", "rotate"]

USED_DAYS = 1 / 1440  # a minute: the moment of last use is not worth a write for each request


class NoSuchKey(ValueError):
    """No key, or more than one, is meant."""


def new(database: Database, label: str, scopes: tuple[str, ...], days: float | None = None) -> NewKey:
    """Make a key.

    Parameters
    ----------
    database
        Where it is kept.
    label
        Whose it is, for people.
    scopes
        What it is good for: names of `SCOPES`.
    days
        After which it expires; never without.
    """
    with database.begin() as connection:
        return _insert(connection, None, label, scopes, None if days is None else in_days(days))


def listed(database: Database) -> list[Key]:
    """Every key, in the order in which they were made."""
    with database.reading() as connection:
        return [_key(row) for row in connection.execute(select(keys).order_by(keys.c.created, keys.c.id))]


def find(database: Database, name: str) -> Key:
    """The key of this id, of the one prefix that begins so, or of this secret.

    Raises
    ------
    NoSuchKey
        There is none, or there are several.
    """
    with database.reading() as connection:
        asked = or_(keys.c.id == name, keys.c.secret == digest(name), keys.c.prefix.startswith(name, autoescape=True))
        found = [_key(row) for row in connection.execute(select(keys).where(asked))] if name else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoSuchKey(f"there is no key {_shown(name)}; oremix keys list shows what there is")
    raise NoSuchKey(f"{name} begins several keys: {', '.join(key.id for key in found)}; say which by its id")


def rotate(database: Database, key: Key, overlap_days: float) -> NewKey:
    """Make a key in place of another, which goes on for a while; jobs and runs are those of both.

    The new one is good for as long as the old one was made for.

    Raises
    ------
    NoSuchKey
        The old one is no longer valid.
    """
    if key.state != "valid":
        raise NoSuchKey(f"the key {key.prefix}… is {key.state}; oremix keys new makes another")
    end = in_days(overlap_days)
    with database.begin() as connection:
        made = _insert(connection, key.holder, key.label, key.scopes, _as_long(key))
        sooner = or_(keys.c.expires.is_(None), keys.c.expires > end)
        connection.execute(update(keys).where(keys.c.id == key.id, sooner).values(expires=end))
    return made


def revoke(database: Database, key: Key) -> Key:
    """Make a key good for nothing, from now on and for ever."""
    moment = key.revoked or now()
    with database.begin() as connection:
        connection.execute(update(keys).where(keys.c.id == key.id).values(revoked=moment))
    return replace(key, revoked=moment)


def known(database: Database, secret: str) -> Key | None:
    """The valid key of this secret, noting that it was used.

    It is looked up by its hash: how long that takes says nothing about any secret.
    """
    with database.reading() as connection:
        row = connection.execute(select(keys).where(keys.c.secret == digest(secret))).one_or_none()
    if row is None:
        return None
    key = _key(row)
    if key.state != "valid":
        return None
    _note_use(database, key)
    return key


def has_valid(database: Database) -> bool:
    """Whether anybody could get in."""
    return any(key.state == "valid" for key in listed(database))


def _note_use(database: Database, key: Key) -> None:
    before = days_ago(USED_DAYS)
    if key.used is not None and key.used > before:
        return
    stale = or_(keys.c.used.is_(None), keys.c.used <= before)
    with suppress(StorageError), database.begin() as connection:  # a full disk keeps nobody out
        connection.execute(update(keys).where(keys.c.id == key.id, stale).values(used=now()))


def _insert(
    connection: Connection, holder: str | None, label: str, scopes: tuple[str, ...], expires: str | None
) -> NewKey:
    secret, identity = make_secret(), uuid.uuid4().hex
    key = Key(
        id=identity,
        holder=holder or identity,
        prefix=prefix_of(secret),
        scopes=scopes,
        label=label,
        created=now(),
        expires=expires,
        revoked=None,
        used=None,
    )
    stated = vars(key) | {"scopes": " ".join(scopes), "secret": digest(secret)}
    connection.execute(keys.insert().values(**stated))
    return NewKey(key, secret)


def _key(row: Row[tuple[object, ...]]) -> Key:
    entry = row._asdict()
    del entry["secret"]
    return Key(**entry | {"scopes": tuple(entry["scopes"].split())})


def _as_long(key: Key) -> str | None:
    return None if key.expires is None else in_days(days_between(key.created, key.expires))


def _shown(name: str) -> str:
    """A name that may be a secret by mistake is not repeated whole."""
    return repr(name) if len(name) <= 16 else f"{name[:16]!r}…"

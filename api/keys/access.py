"""The door: who asks, and whether they may."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from flask import Request

from oremix.api.errors import Refusal
from oremix.api.keys.keeping import known
from oremix.api.keys.key import Key
from oremix.api.settings import Settings
from oremix.api.storage import Database

__all__ = ["ANYBODY", "Asker", "asker", "is_loopback"]

REALM = 'Bearer realm="oremix"'
HOW = "Send the header Authorization: Bearer, a space, and a key; who runs this server makes keys: oremix keys new."


@dataclass(frozen=True)
class Asker:
    """Who asks: the holder of a key, or anybody where none is needed."""

    holder: str | None
    sees_all: bool


ANYBODY = Asker(None, sees_all=True)


def asker(request: Request, settings: Settings, database: Database, scope: str | None) -> Asker:
    """Who asks for something of this scope; without a scope it is for everybody.

    Raises
    ------
    Refusal
        A key is needed, and it is missing, unknown, or not good for this.
    """
    if settings.keys == "local":
        _check_host(request)
    if settings.keys != "on" or scope is None:
        return ANYBODY
    key = known(database, _secret(request))
    if key is None:
        raise _unauthorized("The key is unknown, expired or revoked.", "invalid_token")
    if not key.may(scope):
        raise _forbidden(key, scope)
    return Asker(key.holder, sees_all=key.may("admin"))


def _secret(request: Request) -> str:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not kind:
        raise _unauthorized("This server asks for a key.", None)
    if kind.lower() != "bearer" or not secret.strip():
        raise _unauthorized("The header Authorization holds no bearer key.", "invalid_request")
    return secret.strip()


def _unauthorized(what: str, error: str | None) -> Refusal:
    challenge = REALM if error is None else f'{REALM}, error="{error}"'
    return Refusal(401, f"{what} {HOW}", {"WWW-Authenticate": challenge})


def _forbidden(key: Key, scope: str) -> Refusal:
    challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
    has = ", ".join(key.scopes)
    detail = f"The key {key.prefix}… lacks the scope {scope}, which this needs; it has {has}."
    return Refusal(403, detail, {"WWW-Authenticate": challenge}, scope=scope)


def _check_host(request: Request) -> None:
    """Refuse what a page on the internet makes a browser ask of this machine, under a name of its own."""
    name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if "." in name.strip("[]") and not is_loopback(name.strip("[]")):
        detail = (
            "Without keys this server answers on this machine only, as localhost. Where a proxy leads others to it, "
            "make keys (oremix keys new) and set OREMIX_KEYS=on, or let anybody in with OREMIX_KEYS=off."
        )
        raise Refusal(421, detail)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

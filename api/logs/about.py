"""What the present work is about: what each log line written meanwhile says beside its message."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

__all__ = ["HEADER", "adding", "begin", "end", "identified", "note", "noted", "request_id"]

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=@+/-]{0,127}")

_about: ContextVar[dict[str, Any] | None] = ContextVar("oremix_about", default=None)


def begin(**fields: Any) -> None:
    """Something new is worked on, in this thread."""
    _about.set(fields)


def end() -> None:
    """It is done."""
    _about.set(None)


def note(**fields: Any) -> None:
    """Say more of it; outside of any work there is nothing to say it of."""
    if (known := _about.get()) is not None:
        known.update(fields)


def noted() -> dict[str, Any]:
    """All that was said of it."""
    return _about.get() or {}


@contextmanager
def adding(**fields: Any) -> Iterator[None]:
    """Within the block the work is about these too."""
    token = _about.set(noted() | fields)
    try:
        yield
    finally:
        _about.reset(token)


def identified(given: str | None) -> str:
    """The id of a request: what its client calls it, if that can stand in a log; else a new one."""
    return given if given is not None and SANE.fullmatch(given) else secrets.token_hex(8)


def request_id() -> str:
    """The id of the request that is worked on; outside of one a new one."""
    return str(noted().get("request") or identified(None))

"""Moments as text: UTC, to the microsecond, of one width, so that they sort as they follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["as_moment", "days_ago", "now"]


def now() -> str:
    """The present moment by the wall clock: `2026-11-24T13:10:26.123456Z`."""
    return as_moment(datetime.now(UTC))


def days_ago(days: float) -> str:
    """The moment some days before this one; the first there is where they reach beyond it."""
    try:
        return as_moment(datetime.now(UTC) - timedelta(days=days))
    except OverflowError:
        return as_moment(datetime.min.replace(tzinfo=UTC))


def as_moment(moment: datetime) -> str:
    """A moment that knows its time zone, as text."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

"""Moments as text: UTC, to the microsecond, of one width, so that they sort as they follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["as_moment", "days_ago", "days_between", "in_days", "now"]


def now() -> str:
    """The present moment by the wall clock: `2026-11-24T13:10:26.123456Z`."""
    return as_moment(datetime.now(UTC))


def days_ago(days: float) -> str:
    """The moment some days before this one; the first there is where they reach beyond it."""
    try:
        return as_moment(datetime.now(UTC) - timedelta(days=days))
    except OverflowError:
        return as_moment(datetime.min.replace(tzinfo=UTC))


def in_days(days: float) -> str:
    """The moment some days after this one; the last there is where they reach beyond it."""
    try:
        return as_moment(datetime.now(UTC) + timedelta(days=days))
    except OverflowError:
        return as_moment(datetime.max.replace(tzinfo=UTC))


def days_between(first: str, second: str) -> float:
    """How many days lie between two moments."""
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)) / timedelta(days=1)


def as_moment(moment: datetime) -> str:
    """A moment that knows its time zone, as text."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

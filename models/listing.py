"""Lists in sentences that stay short however long the list is."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["listed"]


def listed(names: Iterable[object], most: int = 8, between: str = ", ") -> str:
    """The first of the names, and how many more there are."""
    known = [str(name) for name in names]
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return between.join(known[:most]) + more

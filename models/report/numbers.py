"""Cells of tables as people read them."""

from __future__ import annotations

__all__ = ["cell"]


def cell(value: str | float | None) -> str:
    """Text as it is; numbers with six digits or to the unit; nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if value == 0:
        return "0"
    if abs(value) >= 100_000:
        return f"{value:,.0f}"
    return f"{value:,.6g}" if abs(value) >= 10 else f"{value:,.4g}"

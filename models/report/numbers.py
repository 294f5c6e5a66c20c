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
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.6g}"

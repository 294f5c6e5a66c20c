"""What a figure is made of: plain data, for whatever draws it and for whoever cannot see it."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["Cell", "Figure", "Table"]

Cell = str | float | None


class Table(TypedDict):
    """The numbers of a figure, in full precision; the headings have the units."""

    columns: list[str]
    rows: list[list[Cell]]


class Figure(TypedDict):
    """A figure as Plotly takes it (`data`, `layout`), what it says in words, and its numbers as a table."""

    title: str
    note: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    table: Table

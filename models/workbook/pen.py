"""Writes cells of an .xlsx file so that they hold exactly what they are given."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from oremix.models.errors import Fault, InvalidProblem
from oremix.models.needed import needed
from oremix.models.workbook.grid import cell_name

__all__ = ["ACCENT", "LONGEST_TEXT", "Pen"]

# Excel counts a character beyond the basic plane as two of its 32,767.
LONGEST_TEXT = 16_000
ACCENT, INK, PALE, FAINT = "#0072B2", "#1a1a1a", "#eaf2f8", "#666666"
# A file's bytes follow from what it says alone.
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - files of this kind know no zone


class _Exact(float):
    """A number that is written with all its digits: the library would keep sixteen."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


class Pen:
    """A workbook that is being written; `close` gives its bytes."""

    def __init__(self, title: str) -> None:
        self._target = BytesIO()
        writer = needed("xlsxwriter", "'oremix[excel]'", "writing .xlsx")
        self.book: Any = writer.Workbook(self._target, {"in_memory": True})
        self.book.set_properties({"title": title[:200], "created": MADE, "comments": "Made with Oremix"})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> bytes:
        """The workbook's bytes."""
        self.book.close()
        return self._target.getvalue()

    def sheet(self, name: str, heads: int = 0) -> Any:
        """A further sheet, which prints on A4, as wide as it is, with its first rows on every page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        if heads:
            sheet.repeat_rows(0, heads - 1)
        return sheet

    def look(self, **properties: Any) -> Any:
        """A format with these properties, beside the font that all cells have."""
        asked = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"} | properties
        key = tuple(sorted(asked.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(asked)
        return self._formats[key]

    def put(self, sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
        """Write a text as a text, whatever it begins with; numbers with all their digits.

        Raises
        ------
        InvalidProblem
            The sheet has no such cell, or a cell cannot hold so much.
        """
        if value is None:
            done = sheet.write_blank(row, column, None, look)
        elif isinstance(value, bool):
            done = sheet.write_boolean(row, column, value, look)
        elif isinstance(value, str):
            done = sheet.write_string(row, column, value, look)
        else:
            done = sheet.write_number(row, column, _Exact(value), look)
        if done:
            where = f"{sheet.name}!{cell_name(row, column)}"
            raise InvalidProblem([Fault((), f"is too large for a workbook: {where} cannot be written")])

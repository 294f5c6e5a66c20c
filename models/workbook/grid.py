"""What a sheet is, whatever file it is in: cells by row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from oremix.models.errors import TooLarge

__all__ = ["Limits", "Odd", "Sheet", "Unpacked", "Value", "cell_name", "column_name"]


@dataclass(frozen=True)
class Odd:
    """A cell without a value that can be meant: an error of the spreadsheet's, a date, a formula never worked out."""

    kind: Literal["error", "date", "formula"]
    text: str


Value: TypeAlias = str | int | float | bool | Odd


@dataclass
class Sheet:
    """A sheet: row → column → value, both from 0; blank cells are not there."""

    name: str
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be.

    Parameters
    ----------
    unpacked
        Bytes of its parts when they are unpacked: a small file can unpack to anything.
    cells
        Cells with a value, over all sheets.
    rows
        Rows of a sheet.
    """

    unpacked: int = 1_000_000_000
    cells: int = 10_000_000
    rows: int = 1_048_576


class Unpacked(TooLarge):
    """A workbook is larger than a limit on it.

    Parameters
    ----------
    what
        Which limit: a field of `Limits`.
    most
        The limit.
    """

    WORDS = {  # noqa: RUF012 - nobody changes it
        "unpacked": "unpacks to more than {most:,} bytes",
        "cells": "has more than {most:,} cells with a value",
        "rows": "has a sheet of more than {most:,} rows",
    }

    def __init__(self, what: str, most: int) -> None:
        self.what, self.most = what, most
        super().__init__(f"the workbook {self.WORDS[what].format(most=most)}")

    def __reduce__(self) -> tuple[type[Unpacked], tuple[str, int]]:
        return type(self), (self.what, self.most)


def column_name(column: int) -> str:
    """A column from 0 by its letters: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell as spreadsheets call it: row 6, column 3 is D7."""
    return f"{column_name(column)}{row + 1}"

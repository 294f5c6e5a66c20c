"""Problems as spreadsheets: .xlsx workbooks, and folders of CSV files with the same tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from oremix.models.problem import Problem
from oremix.models.workbook.columns import Column, column_of
from oremix.models.workbook.folder import folder_of
from oremix.models.workbook.folder import read_folder as _sheets_of
from oremix.models.workbook.grid import Limits, Unpacked
from oremix.models.workbook.layout import GROUPS, PROBLEM, layouts
from oremix.models.workbook.stating import Stated, stated
from oremix.models.workbook.tables import Table, tables
from oremix.models.workbook.xlsx import read_sheets

__all__ = [
    "NAMES",
    "Limits",
    "Stated",
    "Table",
    "Unpacked",
    "read_folder",
    "read_stated",
    "read_workbook",
    "tables",
    "template",
    "workbook",
    "write_folder",
    "write_template",
]


NAMES = frozenset((PROBLEM, GROUPS, *layouts()))
"""The sheets of a problem."""


def read_workbook(data: bytes, limits: Limits | None = None) -> Problem:
    """The problem in an .xlsx workbook.

    Raises
    ------
    InvalidProblem
        With every fault found, each with its sheet and cell.
    Unpacked
        It is larger than a limit.
    """
    return read_stated(data, limits).problem()


def read_stated(data: bytes, limits: Limits | None = None) -> Stated:
    """What an .xlsx workbook states, before it is checked.

    Raises
    ------
    InvalidProblem
        It cannot be read as a workbook at all.
    Unpacked
        It is larger than a limit.
    """
    return stated(read_sheets(data, limits))


def read_folder(path: str | Path) -> Problem:
    """The problem in a folder of CSV files; raises as `read_workbook`, and OSError."""
    found = stated(_sheets_of(Path(path)))
    return found.problem()


def workbook(problem: Problem) -> bytes:
    """A problem as an .xlsx workbook; what is read from it again says the same, to the last digit.

    Raises
    ------
    MissingExtra
        XlsxWriter is not installed.
    InvalidProblem
        No workbook holds so many rows.
    """
    from oremix.models.workbook.book import book  # noqa: PLC0415 - only loaded when one is written

    return book(tables(_document(problem)), problem.name or "Sourcing problem")


def template(problem: Problem, *, empty: bool = False) -> bytes:
    """A problem as a workbook to start from; `empty`: its columns alone."""
    from oremix.models.workbook.book import book  # noqa: PLC0415 - only loaded when one is written

    return book(_template_tables(problem, empty=empty), problem.name or "Sourcing problem")


def _template_tables(problem: Problem, *, empty: bool) -> list[Table]:
    found = tables(_document(problem))
    for table in found:
        table.columns = _with_whole(table)
    for table in found if empty else ():
        if table.name == PROBLEM:
            table.rows = [{key: said for key, said in row.items() if key != "value"} for row in table.rows]
        else:
            table.rows = []
    return found


def _with_whole(table: Table) -> dict[str, Column]:
    """The columns, and before those of single years the one that holds for all."""
    columns: dict[str, Column] = {}
    models = layouts()[table.name].models if table.name in layouts() else ()
    for header, column in table.columns.items():
        whole = None if column.year is None else column_of(header.rpartition(" ")[0], models)
        if whole is not None:
            columns.setdefault(whole.header, whole)
        columns[header] = column
    return columns


def write_template(problem: Problem, path: str | Path, *, empty: bool = False) -> None:
    """The same as a folder of CSV files, each with a row of explanations."""
    _write(folder_of(_template_tables(problem, empty=empty), explained=True), Path(path))


def write_folder(problem: Problem, path: str | Path) -> list[str]:
    """Write a problem as CSV files into a folder, which is made; the names of the files."""
    files = folder_of(tables(_document(problem)))
    _write(files, Path(path))
    return list(files)


def _write(files: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


def _document(problem: Problem) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(problem.to_json(indent=None))
    return found

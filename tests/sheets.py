"""Workbooks and folders for tests: made by hand, as people make them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from oremix.models import InvalidProblem
from oremix.models.workbook import read_folder, read_workbook

Rows = list[list[Any]]

MATERIALS: Rows = [["id", "unit"], ["oxide", "t"]]
SUPPLIERS: Rows = [
    ["id", "country", "material", "capacity", "unit_cost"],
    ["north", "CN", "oxide", 60000, 55000],
    ["weld", "AU", "oxide", 6500, 69000],
]
DEMANDS: Rows = [["id", "country", "material", "quantity"], ["japan", "JP", "oxide", 5500]]
POLICIES: Rows = [["id", "type", "countries", "max"], ["cap", "share", "CN", 0.4]]
SHEETS: dict[str, Rows] = {
    "materials": MATERIALS,
    "suppliers": SUPPLIERS,
    "demands": DEMANDS,
    "policies": POLICIES,
}


def made(sheets: dict[str, Rows]) -> bytes:
    """A workbook with these sheets, by a library that knows nothing of ours."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()
    return target.getvalue()


def changed(**sheets: Rows | None) -> dict[str, Rows]:
    """The sheets of a small problem, some replaced; none: left out."""
    return {name: rows for name, rows in (SHEETS | sheets).items() if rows is not None}


def faults(data: bytes | Path) -> dict[str, str]:
    """Cell → message of everything that is wrong with a workbook or folder."""
    try:
        read_workbook(data) if isinstance(data, bytes) else read_folder(data)
    except InvalidProblem as error:
        return {fault.cell or fault.pointer: fault.message for fault in error.errors}
    return {}


def folder(path: Path, sheets: dict[str, Rows], delimiter: str = ",") -> Path:
    """A folder of CSV files as a spreadsheet program writes them."""
    path.mkdir(exist_ok=True)
    for name, rows in sheets.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return path

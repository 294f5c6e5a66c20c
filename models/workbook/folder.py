"""The tables of a problem as a folder of CSV files, one for each sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from oremix.models.errors import Fault, InvalidProblem
from oremix.models.workbook.explained import explained as explained_of
from oremix.models.workbook.grid import Limits, Sheet, Unpacked
from oremix.models.workbook.layout import PROBLEM, is_ignored
from oremix.models.workbook.stating import REMARK
from oremix.models.workbook.tables import Table

__all__ = ["folder_of", "read_folder"]

SUFFIX = ".csv"
LONGEST_CELL = 10_000_000
BOM = "\ufeff"
EXACT = 2**53


def read_folder(path: Path, limits: Limits | None = None) -> list[Sheet]:
    """The CSV files of a folder as sheets, by their names.

    Raises
    ------
    InvalidProblem
        A file is no text, with one fault for each that is not.
    OSError
        A file cannot be read.
    """
    limits = limits or Limits()
    sheets, faults, size = [], [], 0
    for file in sorted(path.iterdir()):
        if file.suffix.lower() != SUFFIX or is_ignored(file.stem):
            continue
        size += file.stat().st_size
        if size > limits.unpacked:
            raise Unpacked("unpacked", limits.unpacked)
        try:
            sheets.append(_read(file, limits))
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 text: byte {error.start} cannot be read; save it as CSV UTF-8"
            faults.append(Fault((), message, None, file.name))
        except csv.Error as error:
            faults.append(Fault((), f"is no CSV: {error}", None, file.name))
    if not sheets and not faults:
        message = "is a directory without tables, such as materials.csv; `oremix new folder/` writes a template"
        faults.append(Fault((), message, path.name))
    if faults:
        raise InvalidProblem(faults)
    return sheets


def _read(file: Path, limits: Limits) -> Sheet:
    text = file.read_bytes().decode("utf-8-sig")
    csv.field_size_limit(LONGEST_CELL)
    sheet = Sheet(file.stem)
    for number, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)):
        if number >= limits.rows:
            raise Unpacked("rows", limits.rows)
        if cells := {column: value for column, value in enumerate(row) if value.strip()}:
            sheet.rows[number] = dict(cells)
    return sheet


def _delimiter(text: str) -> str:
    """What stands between the headers: a semicolon or tab where Excel writes them so."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {sign: first.count(sign) for sign in (",", ";", "\t")}
    return max(counts, key=lambda sign: counts[sign])


def folder_of(tables: list[Table], *, explained: bool = False) -> dict[str, str]:
    """The files of a folder by their names: those with rows, or with `explained` all, with a row of explanations."""
    files = {}
    for table in tables:
        used = any("value" in row for row in table.rows) if table.name == PROBLEM else bool(table.rows)
        if used or explained:
            files[table.name + SUFFIX] = BOM + _text(table, explained)
    return files


def _text(table: Table, explained: bool) -> str:
    target = StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    headers = list(table.columns)
    writer.writerow(headers)
    if explained and table.name != PROBLEM:
        texts = [explained_of(column) for column in table.columns.values()]
        writer.writerow(_harmless([REMARK + texts[0], *texts[1:]] if texts else []))
    for row in table.rows:
        writer.writerow([_cell(row.get(header, "")) for header in headers])
    return target.getvalue()


def _harmless(texts: Iterable[str]) -> list[str]:
    return [text if text[:1] not in "=+-@" else f" {text}" for text in texts]


def _cell(value: str | float | bool) -> str | float | int:
    """True and false as spreadsheets write them."""
    if isinstance(value, bool):
        return str(value).upper()
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else value

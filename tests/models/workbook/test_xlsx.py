"""What is in an .xlsx file: read as another program reads it, whatever wrote it, and never the end of the process."""

import csv
import io
import random
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from oremix.models import InvalidProblem, TooLarge, read_problem
from oremix.models.chain import Supplier
from oremix.models.examples import example
from oremix.models.workbook import Limits, Unpacked, read_workbook, workbook, write_folder
from oremix.models.workbook.grid import Odd, Sheet, cell_name
from oremix.models.workbook.xlsx import read_sheets
from oremix.template import TEMPLATE
from tests.problems import AUSTRALIA, document
from tests.sheets import SHEETS, made

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def packed(data: bytes, **parts: str) -> bytes:
    """A workbook with some parts replaced, by their names without a folder and a number."""
    target = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(data))
    with old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = name.rpartition("/")[2].removesuffix(".xml").removesuffix("1")
            new.writestr(name, parts.get(key, old.read(name)))
    return target.getvalue()


def cells(body: str, **parts: str) -> dict[str, Any]:
    """The cells of a sheet with this XML."""
    text = f"<worksheet {SPACE}><sheetData>{body}</sheetData></worksheet>"
    (sheet,) = read_sheets(packed(made({"materials": [["x"]]}), sheet=text, **parts))
    return {cell_name(row, column): value for row, listed in sheet.rows.items() for column, value in listed.items()}


def by_openpyxl(data: bytes) -> list[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    found = []
    for sheet in book:
        rows: dict[int, dict[int, Any]] = {}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    rows.setdefault(cell.row - 1, {})[cell.column - 1] = cell.value
        found.append(Sheet(sheet.title, rows, sheet.sheet_state != "visible"))
    return found


@pytest.mark.parametrize("name", ["lithium-japan", "cobalt-usa", "magnets-usa-japan"])
def test_another_reader_reads_the_same(name: str) -> None:
    """Every cell of every sheet, with its type."""
    data = workbook(read_problem(example(name)))
    ours, theirs = read_sheets(data), by_openpyxl(data)
    assert [(sheet.name, sheet.hidden) for sheet in ours] == [(sheet.name, sheet.hidden) for sheet in theirs]
    assert [sheet.rows for sheet in ours] == [sheet.rows for sheet in theirs]


def test_what_programs_write_differently_is_read_alike() -> None:
    """Cells without an address, texts in place or in runs, readings of Chinese characters, prefixes, escapes."""
    body = (
        '<row><c><v>1</v></c><c t="inlineStr"><is><t>a</t></is></c></row>'
        '<row r="5"><c r="C5" t="inlineStr"><is><r><t>rich</t></r><r><t xml:space="preserve"> text</t></r></is></c>'
        '<c t="str"><f>A1&amp;""</f><v>_x0041__x005F_</v></c><c t="b"><v>1</v></c><c t="s"><v>1</v></c></row>'
    )
    texts = f"<sst {SPACE}><si><t>x</t></si><si><t>日本</t><rPh sb='0' eb='2'><t>にほん</t></rPh></si></sst>"
    assert cells(body, sharedStrings=texts) == {
        "A1": 1,
        "B1": "a",
        "C5": "rich text",
        "D5": "A_",
        "E5": True,
        "F5": "日本",
    }


def test_what_no_value_is_is_told_apart() -> None:
    """Errors, dates by their format, formulas without a value; blank cells and texts of blanks are nothing."""
    styles = (
        f'<styleSheet {SPACE}><numFmts><numFmt numFmtId="164" formatCode="[Red]yyyy&quot;d&quot;"/>'
        '<numFmt numFmtId="165" formatCode="#,##0 &quot;USD/day&quot;"/></numFmts><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    body = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" s="1"><v>46023</v></c><c r="C1" s="2"><v>46023</v></c>'
        '<c r="D1" s="3"><v>46023.5</v></c><c r="E1"><f>1+1</f></c><c r="F1" s="1"/><c r="G1" t="str"><v> </v></c>'
        '<c r="H1" t="d"><v>2026-01-01</v></c><c r="I1"><v>1e999</v></c></row>'
    )
    assert cells(body, styles=styles) == {
        "A1": Odd("error", "#N/A"),
        "B1": Odd("date", "2026-01-01"),
        "C1": 46023,
        "D1": Odd("date", "2026-01-01 12:00:00"),
        "E1": Odd("formula", ""),
        "H1": Odd("date", "2026-01-01"),
        "I1": Odd("error", "inf"),
    }


def test_damaged_workbooks_are_refused_and_nothing_worse() -> None:
    """Bytes changed, dropped and put in, in the file and in its parts: each is read, or refused in words."""
    good = workbook(read_problem(TEMPLATE))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    draw = random.Random(7)  # noqa: S311 - nothing secret
    refused = 0
    for _ in range(400):
        name = draw.choice([None, *parts])
        data = _damaged(good, draw) if name is None else _zipped(parts | {name: _damaged(parts[name], draw)})
        try:
            read_workbook(data, Limits(10**8, 10**6, 10**5))
        except (InvalidProblem, TooLarge) as error:
            refused += bool(str(error))
    assert refused > 100


def _damaged(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice([1, 2, 5])):
        place = draw.randrange(len(changed))
        puts = [b"0", b"-1", b"9" * 20, b'"', b"<", b"&#0;", b"nan", b"", bytes([draw.randrange(256)])]
        changed[place : place + draw.choice([0, 1, 30])] = draw.choice(puts)
    return bytes(changed)


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("limit", "what"), [({"unpacked": 5000}, "unpacked"), ({"cells": 34}, "cells"), ({"rows": 2}, "rows")]
)
def test_limits_hold(limit: dict[str, int], what: str) -> None:
    """Each names itself and what it is; one more would do."""
    with pytest.raises(Unpacked) as caught:
        read_sheets(made(SHEETS), Limits(**limit))
    assert caught.value.what == what
    assert f"{limit[what]:,}" in str(caught.value)
    assert len(read_sheets(made(SHEETS), Limits(cells=35, rows=3))) == 4


# ---------------------------------------------------------------- what is written


EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a;=1+1", 'x";=cmd|" /C calc"!A0', "a;\t@b", "=\n"]


def test_no_text_is_a_formula(tmp_path: Any) -> None:
    """In a workbook no cell is one; in CSV no cell begins like one, nor would if semicolons stood between them."""
    evil = [
        {"id": f"i{n}", "country": "AU", "material": "oxide", "unit_cost": -1.5, "notes": t} for n, t in enumerate(EVIL)
    ]
    problem = read_problem(document(suppliers=[AUSTRALIA, *evil], notes=EVIL[0], groups={"=g": ["AU"]}))
    book = openpyxl.load_workbook(io.BytesIO(workbook(problem)))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    write_folder(problem, tmp_path)
    for file in tmp_path.glob("*.csv"):
        text = file.read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                pieces = [piece.strip() for piece in cell.replace("\t", ";").split(";")]
                is_number = cell.lstrip("-").replace(".", "").isdigit()
                assert is_number or not any(piece[:1] in tuple("=+-@") for piece in pieces if piece), cell


def test_the_template_explains_itself() -> None:
    """Below each header the model's own description, drop-downs where there is a choice, rare columns folded away."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(read_problem(TEMPLATE))))
    sheet = book["suppliers"]
    below = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}
    for name, info in Supplier.model_fields.items():
        if name not in ("build", "tiers"):
            header = info.alias or name
            assert str(info.description) in below[header].removeprefix("# "), header
    assert "build.unit_capex" in below
    assert below["id"].startswith("# ")
    letters = {head.value: head.column_letter for head in sheet[1]}
    lists = {str(rule.sqref).rstrip("0123456789"): rule for rule in _rules(sheet)}
    assert lists[f"{letters['material']}3:{letters['material']}"].formula1.startswith("materials!$A$3")
    assert "_lists" in lists[f"{letters['country']}3:{letters['country']}"].formula1
    numbers = {head.value: head.column for head in sheet[1]}
    folded = [span for span in sheet.column_dimensions.values() if span.hidden]
    assert any(span.min <= numbers["reserve"] <= span.max for span in folded)
    assert not any(span.min <= numbers["capacity"] <= span.max for span in folded)
    assert sheet.freeze_panes == "B3"
    assert len([row for row in book["_start"].iter_rows() if row[0].value]) <= 14


def _rules(sheet: Any) -> list[DataValidation]:
    return list(sheet.data_validations.dataValidation)

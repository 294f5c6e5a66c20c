"""A problem as an .xlsx workbook to fill in: explanations, drop-downs, and what is seldom used folded away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from oremix.models.geography import COUNTRIES
from oremix.models.workbook.columns import Column, column_of
from oremix.models.workbook.explained import explained
from oremix.models.workbook.forms import Form, fields_of
from oremix.models.workbook.grid import column_name
from oremix.models.workbook.layout import INNER, PROBLEM, layouts
from oremix.models.workbook.pen import ACCENT, FAINT, LONGEST_TEXT, PALE, Pen
from oremix.models.workbook.stating import REMARK
from oremix.models.workbook.tables import Table, field_names

__all__ = ["START", "book"]

START, LISTS = "_start", "_lists"
HEAD, EXPLANATION, DATA = 0, 1, 2
SPARE_ROWS = 300
# Fields whose texts are ids on another sheet.
IDS = {
    "material": "materials",
    "materials": "materials",
    "place": "places",
    "demand": "demands",
    "demands": "demands",
    "source": "sources",
    "plant": "plants",
    "supplier": "suppliers",
    "recycler": "recyclers",
    "scenario": "scenarios",
    "plants": "plants",
}
CODES = ("country", "owner", "countries", "from", "to", "except")
Models = tuple[type[BaseModel], ...]
TRUTHS = ["TRUE", "FALSE"]
LONGEST_LIST = 255
GUIDE = (
    "1. materials: what flows, each with its unit. All quantities of a material are in that unit.",
    "2. demands: how much of what is needed, where. 3. suppliers: who sells it, up to what capacity, at what price.",
    "4. policies: the rules, first of all how large one country's share may be (type share, countries CN, max 0.4).",
    "Then, where there are any: plants with their recipes, recyclers, lanes (freight, duties), stockpiles.",
    "The sheet `problem` holds single values: currency, years (periods), discount rate. Money is real, of one year.",
    "A number over time has a column for each year that is known, as `capacity 2026` and `capacity 2030`.",
    "A blank cell is not stated, never zero. Lists are written US, JP, AU. Blue headers must be filled in.",
    "Columns may stand in any order; those seldom used are folded away behind the + above the columns.",
    "Rows that begin with # are explanations. Sheets whose names begin with _ or notes are for you and are not read.",
    "Formulas are welcome: their values are read. Cells with errors (#N/A) or dates in place of numbers are refused.",
    "Then: `oremix check FILE` lists what is missing or wrong by its cell; `oremix solve FILE -o plan.xlsx` plans.",
)


def book(tables: list[Table], title: str) -> bytes:
    """A workbook of tables as `tables` makes them."""
    pen = Pen(title)
    _start(pen, title)
    ranges = {table.name: _id_range(table) for table in tables if "id" in table.columns or table.name in layouts()}
    for table in tables:
        if table.name == PROBLEM:
            _pairs(pen, table)
        else:
            _objects(pen, table, ranges)
    _lists(pen)
    return pen.close()


def _start(pen: Pen, title: str) -> None:
    sheet = pen.sheet(START)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    sheet.set_tab_color(ACCENT)
    sheet.set_row(0, 26)
    pen.put(sheet, 0, 0, title, pen.look(bold=True, font_size=16, font_color=ACCENT))
    pen.put(sheet, 1, 0, "What to fill in first", pen.look(bold=True))
    for number, line in enumerate(GUIDE, 2):
        pen.put(sheet, number, 0, line, pen.look(text_wrap=True))


def _lists(pen: Pen) -> None:
    """The countries, for drop-downs."""
    sheet = pen.sheet(LISTS)
    sheet.hide()
    for row, code in enumerate(sorted(COUNTRIES)):
        pen.put(sheet, row, 0, code)


COUNTRY_RANGE = f"={LISTS}!$A$1:$A${len(COUNTRIES)}"


def _pairs(pen: Pen, table: Table) -> None:
    """The sheet of single values."""
    sheet = pen.sheet(table.name, DATA)
    for column, (header, width) in enumerate((("field", 18), ("value", 60), ("what it is", 90))):
        sheet.set_column(column, column, width)
        pen.put(sheet, HEAD, column, header, _head(pen))
    for row, entry in enumerate(table.rows, 1):
        pen.put(sheet, row, 0, entry["field"], pen.look(bold=True))
        if "value" in entry:
            pen.put(sheet, row, 1, entry["value"], pen.look(text_wrap=True, align="left"))
        pen.put(sheet, row, 2, entry["what it is"], pen.look(font_color=FAINT, italic=True, text_wrap=True))
    sheet.freeze_panes(1, 1)


def _head(pen: Pen, needed: bool = False) -> Any:
    ink = {"font_color": ACCENT} if needed else {}
    return pen.look(bold=True, bg_color=PALE, bottom=1, bottom_color=ACCENT, **ink)


def _objects(pen: Pen, table: Table, ranges: dict[str, str]) -> None:
    """A sheet of objects: headers, explanations, rows; and beyond what is used what could be, folded away."""
    sheet = pen.sheet(table.name, DATA)
    sheet.set_tab_color(ACCENT if table.rows else "#bbbbbb")
    models = layouts()[table.name].models if table.name in layouts() else ()
    parent = layouts()[table.name].parent if table.name in layouts() else ""
    shown = list(table.columns.values())
    folded = [column for column in _others(models, table) if column.header not in table.columns]
    if not shown:
        shown, folded = folded, []
    needed = _needed(models, parent)
    place = 0
    for column in (*shown, *folded):
        place += _column(pen, sheet, place, column, table, column.header in needed, column in folded, ranges)
    sheet.set_row(EXPLANATION, 76)
    sheet.freeze_panes(DATA, 1)
    if folded:
        sheet.set_column(place, place, 3, None, {"collapsed": True})


def _needed(models: tuple[type[BaseModel], ...], parent: str) -> set[str]:
    """The headers that every row has to state."""
    every = [{name for name, field in fields_of(model).items() if field.required} for model in models]
    return set.intersection(*every) | {parent} if every else {"id", "countries"}


def _column(
    pen: Pen, sheet: Any, place: int, column: Column, table: Table, needed: bool, folded: bool, ranges: dict[str, str]
) -> int:
    """Write a column, and those that take what no cell of it can hold; how many there are."""
    header = column.header
    values = [row.get(header) for row in table.rows]
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    parts = max(1, -(-longest // LONGEST_TEXT))
    options = {"level": 1, "hidden": True} if folded else {}
    for part in range(parts):
        sheet.set_column(place + part, place + part, _width(header, longest), None, options)
        name = header if part == 0 else f"{header} +{part + 1}"
        pen.put(sheet, HEAD, place + part, name, _head(pen, needed))
        text = explained(column) if part == 0 else "the rest of a long text"
        text = REMARK + text if place + part == 0 else text
        look = pen.look(italic=True, font_color=FAINT, font_size=9, text_wrap=True, bottom=1, bottom_color="#dddddd")
        pen.put(sheet, EXPLANATION, place + part, text, look)
        for row, value in enumerate(values, DATA):
            piece = _piece(value, part)
            if piece is not None:
                pen.put(sheet, row, place + part, piece, _look_of(pen, piece, header))
    _drop_down(sheet, place, column, len(values), ranges)
    return parts


def _piece(value: Any, part: int) -> Any:
    if not isinstance(value, str):
        return value if part == 0 else None
    return value[part * LONGEST_TEXT : (part + 1) * LONGEST_TEXT] or None


def _look_of(pen: Pen, value: Any, header: str) -> Any:
    """Thousands are told apart, but for years and other numbers that are names."""
    is_amount = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_amount or "year" in header or header in ("earliest", "latest") or abs(value) < 1000:
        return pen.look()
    return pen.look(num_format="#,##0" if float(value).is_integer() else "#,##0.0#####")


def _width(header: str, longest: int) -> float:
    return min(max(len(header) + 2, 16, longest + 2), 46)


def _others(models: tuple[type[BaseModel], ...], table: Table) -> Iterator[Column]:
    """Columns for every field of the models; of maps that are used already those that are."""
    used = {column.path[0] for column in table.columns.values() if len(column.path) > 1}
    for name in field_names(models):
        field = next(fields_of(model)[name] for model in models if name in fields_of(model))
        if name in INNER or (name in used and field.form.keyed is not None):
            continue
        if field.form.part and not isinstance(field.form.part, str):
            for inner in fields_of(field.form.part[0]).values():
                yield from _inner(name, inner.name, inner.form, inner.description, models)
        else:
            yield Column((name,), field.form, field.description)


def _inner(
    name: str, inner: str, form: Form, description: str, models: tuple[type[BaseModel], ...]
) -> Iterator[Column]:
    """The column of a field within a field; of a list of points those of its first two."""
    if not form.parts:
        yield Column((name, inner), form, description)
        return
    for number in range(2):
        for field in list(fields_of(form.parts[0]).values())[-6:]:
            column = column_of(f"{name}.{inner}.{number + 1}.{field.name}", models)
            if column is not None and field.required:
                yield replace(column, description=f"{description}: {field.description}")


# ---------------------------------------------------------------- drop-downs


def _id_range(table: Table) -> str:
    """Where the ids of a sheet are, with room for more."""
    headers = list(table.columns)
    column = column_name(headers.index("id") if "id" in headers else 0)
    return f"={table.name}!${column}${DATA + 1}:${column}${DATA + len(table.rows) + SPARE_ROWS}"


def _drop_down(sheet: Any, place: int, column: Column, rows: int, ranges: dict[str, str]) -> None:
    """Offer what a column may hold; a list of several, or what is not there yet, may be typed all the same."""
    source, strict = _choices(column, ranges)
    if source is None:
        return
    options = {"validate": "list", "source": source, "show_error": strict and not column.form.texts}
    options |= {"error_title": column.header[:32], "error_message": "Choose one of the list, or clear the cell."}
    sheet.data_validation(DATA, place, DATA + rows + SPARE_ROWS, place, options)


def _choices(column: Column, ranges: dict[str, str]) -> tuple[Any, bool]:
    """What a column may hold, and whether that is all."""
    name = str(column.path[-1])
    if column.form.words:
        words = list(column.form.words)
        return (words, not column.form.nests) if len(",".join(words)) < LONGEST_LIST else (None, False)
    if column.form.truth:
        return TRUTHS, not column.form.texts
    if column.header == "type":
        return ["share", "quantity", "footprint", "budget", "diversify"], True
    if name in IDS and IDS[name] in ranges:
        return ranges[IDS[name]], False
    if name in CODES or column.path[0] in ("history", "initial_origin"):
        return (COUNTRY_RANGE, False) if column.form.text or column.form.texts else (None, False)
    return None, False

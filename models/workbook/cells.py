"""What a cell says, and how a value is said in a cell.

A text is itself; a number, true or false a cell of that type, or a text that plainly is one. Lists are written with
semicolons or commas between their entries; whatever a cell cannot say so is JSON in it, a text in quotes included. So
each value has a cell that reads as it, and `written` looks for the plainest by reading it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from oremix.models.errors import InvalidProblem
from oremix.models.files import parse_json
from oremix.models.workbook.forms import Form
from oremix.models.workbook.grid import Odd, Value

__all__ = ["Unreadable", "alike", "read", "written"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?\d[\d.\s\u00a0']*,\d+|[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}([ '\u00a0]\d{3})+([.,]\d+)?")
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
BETWEEN_TEXTS = re.compile(r"[;,\n]")
BETWEEN_NUMBERS = re.compile(r";|,\s|\n")
# Excel takes these for the beginning of a formula where a file holds nothing but text.
FORMULA = re.compile(r"(^|[;\t\r\n])\s*[=+\-@]")
# What changes on the way: nothing, blanks at the ends, a remark's sign, what cannot be printed or how Excel says it.
FRAGILE = re.compile(r"^$|^\s|^# |\s$|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


class Unreadable(Exception):
    """A cell says nothing that can be meant; the message is what is wrong and what to do."""


ODD = {
    "error": "is an error of the spreadsheet's; mend its formula, or clear the cell",
    "date": "is a date; give the cell the format of a number, and type the number or the year alone",
    "formula": "is a formula that was never worked out; open the file in a spreadsheet program and save it there",
}


def read(value: Value, form: Form) -> Any:
    """What a cell says in a field of this form.

    Raises
    ------
    Unreadable
        It says nothing.
    """
    if isinstance(value, Odd):
        return _odd(value, form)
    if isinstance(value, str):
        return _read_text(value, form)
    if isinstance(value, bool):
        return (
            value if form.truth or form.anything or not (form.text or form.texts) else _listed(str(value).upper(), form)
        )
    if form.number or form.anything:
        return value
    if form.numbers:
        return [value]
    return _listed(_digits(value), form) if form.text or form.texts else value


def _odd(value: Odd, form: Form) -> Any:
    if value.kind == "date" and (form.text or form.texts) and not form.number:
        return _listed(value.text, form)
    raise Unreadable(ODD[value.kind])


def _digits(number: float) -> str:
    return str(number).removesuffix(".0")


def _listed(text: str, form: Form) -> str | list[str]:
    return text if form.text else [text]


def _read_text(text: str, form: Form) -> Any:
    bare = text.strip()
    if bare == "null":
        return None
    if bare.startswith('"') and (quoted := _quoted(bare)) is not None:
        return quoted
    if bare.startswith(("[", "{")) and form.reads_json:
        return _json(bare, form)
    if form.anything:
        return _anything(bare)
    for found in _plainer(bare, form):
        return found
    return bare


def _plainer(text: str, form: Form) -> Iterator[Any]:
    """What a text says that is a number, true or false, or a list."""
    if form.truth and text.lower() in TRUTHS:
        yield TRUTHS[text.lower()]
    if form.number and NUMBER.fullmatch(text):
        yield _number(text)
    if form.numbers and (len(pieces := _pieces(text, BETWEEN_NUMBERS)) > 1 or not form.number):
        yield [_number_of_list(piece) for piece in pieces]
    if form.number or form.numbers:
        _refuse_comma(text)
    if form.texts and (len(pieces := _pieces(text, BETWEEN_TEXTS)) > 1 or not form.text):
        yield pieces


def _pieces(text: str, between: re.Pattern[str]) -> list[str]:
    return [piece.strip() for piece in between.split(text) if piece.strip()]


def _number_of_list(piece: str) -> Any:
    if NUMBER.fullmatch(piece):
        return _number(piece)
    _refuse_comma(piece)
    return piece


def _refuse_comma(text: str) -> None:
    if COMMA.fullmatch(text):
        raise Unreadable(
            "is a text in which a comma or blank may separate thousands or decimals; make the cell a number, or write"
            " it with a decimal point and nothing else, as 1234.5"
        )


def _number(text: str) -> Any:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 and str(number) != "-0.0" else number


def _quoted(text: str) -> str | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def _json(text: str, form: Form) -> Any:
    try:
        return parse_json(text)
    except InvalidProblem as error:
        message = error.errors[0].message
        if form.text and not (form.nests or form.numbers):
            return text
        raise Unreadable(f"{message}; in brackets or braces a cell holds JSON") from None


def _anything(text: str) -> Any:
    if text.lower() in TRUTHS and text.lower() in ("true", "false"):
        return TRUTHS[text.lower()]
    if NUMBER.fullmatch(text):
        return _number(text)
    _refuse_comma(text)
    return text


# ---------------------------------------------------------------- writing


def written(value: Any, form: Form) -> str | int | float | bool:
    """The plainest cell that reads as this value.

    A text in it is never one that a spreadsheet program would take for a formula if it came out of a text file.
    """
    for cell in _ways(value):
        if not (isinstance(cell, str) and (FRAGILE.search(cell) or FORMULA.search(cell))) and _reads_as(
            cell, form, value
        ):
            return cell
    return _as_json(value)


def _ways(value: Any) -> Iterator[str | int | float | bool]:
    if isinstance(value, bool | str):
        yield value
    elif isinstance(value, int | float):
        yield from (value,) if abs(value) < 2**53 or float(value) == value else ()
    elif isinstance(value, list) and value and not any(isinstance(entry, list | dict | bool) for entry in value):
        texts = [entry if isinstance(entry, str) else _digits(entry) for entry in value]
        yield ("; " if not isinstance(value[0], str) else ", ").join(texts)


def _reads_as(cell: str | float, form: Form, value: Any) -> bool:
    try:
        return alike(read(cell, form), value)
    except Unreadable:
        return False


def alike(one: Any, other: Any) -> bool:
    """Whether two documents say the same: true is not 1, and the order of keys says nothing."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _as_json(value: Any) -> str:
    """JSON without a character that something on the way would change or act on."""
    text = json.dumps(value, ensure_ascii=False)
    if FRAGILE.search(text) or FORMULA.search(text):
        text = json.dumps(value, ensure_ascii=True)
        text = re.sub(r"_x(?=[0-9A-Fa-f]{4}_)", r"\\u005fx", text)
        text = re.sub(r";(?=\s*[=+\-@])", r"\\u003b", text)
    return text

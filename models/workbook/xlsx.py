"""The sheets of an .xlsx file, read part by part within limits.

Readers that lay a sheet out as a rectangle take memory for all of it: two cells in opposite corners, 5 kB of file, end
their process. Here a sheet is a stream of cells, and only those with a value are kept.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from math import isfinite
from typing import Any, NoReturn
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from oremix.models.errors import Fault, InvalidProblem
from oremix.models.workbook.grid import Limits, Odd, Sheet, Unpacked, Value

__all__ = ["read_sheets"]

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CHUNK = 1 << 16
MOST_PARTS = 10_000
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
NO_DATE_IN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
EXACT = 2**53
DAMAGED = (BadZipFile, zlib.error, EOFError, expat.ExpatError)

Attributes = dict[str, str]


def read_sheets(data: bytes, limits: Limits | None = None) -> list[Sheet]:
    """The sheets of a workbook, in its order.

    Raises
    ------
    InvalidProblem
        It cannot be read, with one fault that says why and what to do.
    Unpacked
        It is larger than a limit.
    """
    if data.startswith(OLD):
        _refuse("is an old .xls file, or protected by a password: save it as .xlsx without one")
    try:
        with ZipFile(BytesIO(data)) as archive:
            return list(_Book(archive, limits or Limits()).sheets())
    except (*DAMAGED, LookupError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidProblem | Unpacked):
            raise
        _refuse(f"cannot be read as an .xlsx workbook: {_reason(error)}")
    except (NotImplementedError, RuntimeError):
        _refuse("is packed in a way that no .xlsx workbook is: save it anew with a spreadsheet program")


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "a part of it is missing"
    return str(error).rstrip(".") or "it is damaged"


def _refuse(message: str) -> NoReturn:
    raise InvalidProblem([Fault((), message)])


class _Book:
    """A workbook's parts, and how much of them was read."""

    def __init__(self, archive: ZipFile, limits: Limits) -> None:
        self.archive = archive
        self.limits = limits
        self.unpacked = 0
        self.cells = 0
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or any(e.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for e in entries):
            raise NotImplementedError
        self.names = {entry.filename.lower(): entry.filename for entry in entries}

    def sheets(self) -> Iterator[Sheet]:
        """Every worksheet."""
        main = self._main()
        listed = _Workbook(self, main)
        targets = self._targets(main)
        texts = _Texts(self, targets["sharedStrings"][0]) if "sharedStrings" in targets else None
        dates = _Styles(self, targets["styles"][0]).dates if "styles" in targets else []
        by_id = dict(pair for pairs in targets["ids"] for pair in [pairs])
        for name, identity, hidden in listed.sheets:
            kind, target = by_id[identity]
            if kind == "worksheet":
                reader = _Cells(self, texts.texts if texts else [], dates, listed.epoch)
                self.parse(target, reader.start, reader.end, reader.data)
                yield Sheet(name, reader.rows, hidden)

    def _main(self) -> str:
        if "mimetype" in self.names:
            _refuse("is an OpenDocument file: save it as .xlsx")
        found: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                found.append(attributes["Target"])

        self.parse("_rels/.rels", start)
        if not found:
            raise KeyError
        return posixpath.normpath(found[0].lstrip("/"))

    def _targets(self, main: str) -> dict[str, Any]:
        """Where the parts are: by kind, and as `ids` the sheets' by the names that the workbook has for them."""
        folder, file = posixpath.split(main)
        found: dict[str, Any] = {"ids": []}

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes["Type"].rpartition("/")[2]
                target = attributes["Target"]
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found.setdefault(kind, []).append(posixpath.normpath(path))
                found["ids"].append((attributes["Id"], (kind, posixpath.normpath(path))))

        self.parse(posixpath.join(folder, "_rels", f"{file}.rels"), start)
        return found

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        data: Callable[[str], None] | None = None,
    ) -> None:
        """Read a part of XML, telling of elements by their names without a namespace."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
        if end is not None:
            parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        if data is not None:
            parser.CharacterDataHandler = data
        with self.archive.open(self.names[part.lower()]) as stream:
            while chunk := stream.read(CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > self.limits.unpacked:
                    raise Unpacked("unpacked", self.limits.unpacked)
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _no_doctype(*_: Any) -> NoReturn:
    raise ValueError("it has a document type, which no workbook has")


class _Workbook:
    """What the workbook says of its sheets."""

    def __init__(self, book: _Book, part: str) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
        book.parse(part, self._start)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
        if name == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            self.sheets.append((attributes["name"], identity, attributes.get("state", "visible") != "visible"))


class _Texts:
    """The texts that cells share."""

    def __init__(self, book: _Book, part: str) -> None:
        self.texts: list[str] = []
        self._now: list[str] = []
        self._in_text = False
        self._in_phonetic = False
        book.parse(part, self._start, self._end, self._data)

    def _start(self, name: str, _: Attributes) -> None:
        if name == "si":
            self._now = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def _end(self, name: str) -> None:
        if name == "si":
            self.texts.append(_unescaped("".join(self._now)))
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "t":
            self._in_text = False

    def _data(self, text: str) -> None:
        if self._in_text:
            self._now.append(text)


def _unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold: Excel writes them as _x000D_."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _Styles:
    """Which of the styles of cells show dates."""

    def __init__(self, book: _Book, part: str) -> None:
        self.dates: list[bool] = []
        self._formats: dict[int, str] = {}
        self._in_cells = False
        book.parse(part, self._start, self._end)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = int(attributes.get("numFmtId", "0"))
            shown = NO_DATE_IN.sub("", self._formats.get(number, ""))
            self.dates.append(number in DATES or bool(re.search("[dmyhs]", shown, re.IGNORECASE)))

    def _end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class _Cells:
    """The cells of a worksheet."""

    def __init__(self, book: _Book, texts: list[str], dates: list[bool], epoch: datetime) -> None:
        self.rows: dict[int, dict[int, Value]] = {}
        self._book, self._texts, self._dates, self._epoch = book, texts, dates, epoch
        self._row, self._column = -1, -1
        self._kind = "n"
        self._style = 0
        self._has_formula = False
        self._inside = ""
        self._phonetic = False
        self._now: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "c":
            self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            self._has_formula = False
            self._now = []
        elif name in ("v", "t"):
            self._inside = "" if self._phonetic else name
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("v", "t"):
            self._inside = ""
        elif name == "rPh":
            self._phonetic = False
        elif name == "c" and (value := self._value()) is not None:
            self._keep(value)

    def data(self, text: str) -> None:
        """Text within an element."""
        if self._inside:
            self._now.append(text)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        found = REFERENCE.fullmatch(reference)
        if not found:
            raise ValueError(f"it has a cell called {reference[:20]!r}")
        self._row, self._column = int(found[2]) - 1, -1
        for letter in found[1]:
            self._column = (self._column + 1) * 26 + ord(letter) - ord("A")

    def _keep(self, value: Value) -> None:
        limits = self._book.limits
        if not 0 <= self._row < limits.rows:
            raise Unpacked("rows", limits.rows)
        self._book.cells += 1
        if self._book.cells > limits.cells:
            raise Unpacked("cells", limits.cells)
        self.rows.setdefault(self._row, {})[self._column] = value

    def _value(self) -> Value | None:
        text = "".join(self._now)
        if self._kind in ("str", "s", "inlineStr"):
            text = self._texts[int(text)] if self._kind == "s" and text else _unescaped(text)
            return text if text.strip() else None
        if not text.strip():
            return Odd("formula", "") if self._has_formula else None
        if self._kind == "e":
            return Odd("error", text)
        if self._kind == "b":
            return text.strip() not in ("0", "false")
        if self._kind == "d":
            return Odd("date", text)
        return self._number(float(text))

    def _number(self, number: float) -> Value:
        if not isfinite(number):
            return Odd("error", str(number))
        if self._style < len(self._dates) and self._dates[self._style]:
            return Odd("date", self._date(number))
        return int(number) if number.is_integer() and abs(number) < EXACT and str(number) != "-0.0" else number

    def _date(self, days: float) -> str:
        try:
            moment = self._epoch + timedelta(days=days)
        except OverflowError:
            return str(days)
        return moment.date().isoformat() if days == int(days) else moment.isoformat(" ", "seconds")

"""From the sheets of a workbook to the document that they state, with every fault found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice, pairwise
from typing import Any

from pydantic import BaseModel

from oremix.models import files
from oremix.models.errors import Fault, InvalidProblem, shown
from oremix.models.policies import Preset
from oremix.models.problem import Problem
from oremix.models.workbook.cells import Unreadable, read
from oremix.models.workbook.columns import Column, Path, close_to, column_of, normal
from oremix.models.workbook.forms import Form
from oremix.models.workbook.grid import Odd, Sheet, Value
from oremix.models.workbook.layout import GROUPS, PROBLEM, Layout, is_ignored, layouts, problem_fields
from oremix.models.workbook.where import Cell, Where

__all__ = ["REMARK", "Stated", "stated"]

REMARK = "# "
"""What a row begins with that is for people alone."""
TITLE_ROWS = 10
MOST_COMPARED, LONGEST_NAME = 300, 100
FURTHER = re.compile(r"(.+) \+([1-9]\d?)")
NAMED = Form(text=True)
COUNTRIES = Form(texts=True)

Row = dict[int, Value]


@dataclass
class Stated:
    """What a workbook states: a document as in JSON, where in the workbook each part of it is, and what is wrong."""

    document: dict[str, Any] = field(default_factory=dict)
    where: Where = field(default_factory=Where)
    faults: list[Fault] = field(default_factory=list)
    doubted: set[Path] = field(default_factory=set)
    misspelt: set[tuple[str | int, str | int]] = field(default_factory=set)
    _ids: dict[str, dict[str, int]] = field(default_factory=dict)
    _compared: int = 0

    def problem(self) -> Problem:
        """The problem.

        Raises
        ------
        InvalidProblem
            With every fault found, each with its cell.
        """
        faults = list(self.faults)
        try:
            problem = files.read_problem(self.document)
        except InvalidProblem as error:
            faults += [
                Fault(fault.path, fault.message, fault.value, self.where.of(fault.path))
                for fault in error.errors
                if not self._is_told(fault)
            ]
            raise InvalidProblem(faults) from None
        if faults:
            raise InvalidProblem(faults)
        return problem

    def _is_told(self, fault: Fault) -> bool:
        """Whether what is wrong with a cell, or with a header, is told already."""
        path = fault.path
        if fault.message == "is missing" and path and (path[0], path[-1]) in self.misspelt:
            return True
        return any(path[:length] in self.doubted for length in range(1, len(path) + 1))

    def ids(self, name: str) -> dict[str, int]:
        """The positions of the entries of a list by their ids."""
        if name not in self._ids:
            listed = self.document.get(name)
            entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
            self._ids[name] = {str(entry.get("id")): n for n, entry in reversed(list(enumerate(entries)))}
        return self._ids[name]

    def compares(self, name: str) -> bool:
        """Whether a name that is not known is compared with those that are: not where there are very many."""
        self._compared += 1
        return self._compared <= MOST_COMPARED and len(name) < LONGEST_NAME

    def meant(self, name: str, known: Iterable[str], otherwise: str) -> str:
        """What a name that is not known may stand for."""
        few = list(islice(known, MOST_COMPARED)) if self.compares(name) else []
        close = get_close_matches(name, few, n=1)
        return f"did you mean {close[0]}?" if close else otherwise

    def refuse(self, path: Path, cell: Cell | str, message: str, value: Any = None) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, message, shown(value), str(cell)))

    def doubt(self, path: Path, cell: Cell, message: str, value: Any = None) -> None:
        """Note a fault of a cell's value: whatever else would be said of it follows from that."""
        self.doubted.add(path)
        self.refuse(path, cell, message, value)


def stated(sheets: list[Sheet]) -> Stated:
    """What sheets state.

    Raises
    ------
    InvalidProblem
        None of them is one of a problem.
    """
    found = Stated()
    known = dict(_recognised(sheets, found))
    if not known and not found.faults:
        message = "has no sheet of a problem, such as materials, demands and suppliers; `oremix new` writes a template"
        raise InvalidProblem([Fault((), message)])
    if PROBLEM in known:
        _read_problem(known[PROBLEM], found)
    if GROUPS in known:
        _read_groups(known[GROUPS], found)
    for layout in layouts().values():
        if layout.name in known and not layout.host:
            _read_list(known[layout.name], layout, found)
    for layout in layouts().values():
        if layout.name in known and layout.host:
            _read_list(known[layout.name], layout, found)
    return found


def _recognised(sheets: list[Sheet], found: Stated) -> Iterator[tuple[str, Sheet]]:
    """The sheets of a problem by their names."""
    known = [PROBLEM, GROUPS, *layouts()]
    seen: dict[str, str] = {}
    for sheet in sheets:
        name = normal(sheet.name)
        if is_ignored(sheet.name) or (name not in known and (sheet.hidden or not sheet.rows)):
            continue
        if name in seen:
            found.refuse((), f"{sheet.name}!A1", f"is a second sheet {name}, beside {seen[name]}; leave one")
        elif name in known:
            seen[name] = sheet.name
            found.where.sheets[name] = str(Cell(sheet.name, max(sheet.rows, default=-1) + 1, 0))
            yield name, sheet
        else:
            meant = found.meant(name, known, f"there are: {', '.join(known)}")
            message = f"is no known sheet; {meant} A sheet whose name begins with `notes` or `_` is not read"
            found.refuse((), f"{sheet.name}!A1", message, sheet.name)


# ---------------------------------------------------------------- a sheet of objects


class _Rows:
    """The rows of a sheet below its headers."""

    def __init__(self, sheet: Sheet, headers: tuple[str, ...], models: tuple[type[BaseModel], ...]) -> None:
        self.sheet = sheet
        self._headers, self._models = headers, models
        numbers = sorted(sheet.rows)
        self.top = self._header_row(numbers)
        self.header: Row = sheet.rows[self.top] if numbers else {}
        self.numbers = [number for number in numbers if number > self.top]

    def _header_row(self, numbers: list[int]) -> int:
        """The first row that is not blank, or below a title the first with headers that are known."""
        candidates = numbers[:TITLE_ROWS]
        for number in candidates:
            known = sum(self._is_known(value) for value in self.sheet.rows[number].values())
            if known > 1 or (known and number == candidates[0]):
                return number
        return candidates[0] if candidates else 0

    def _is_known(self, value: Value) -> bool:
        return isinstance(value, str) and (normal(value) in self._headers or column_of(value, self._models) is not None)

    def join_long_texts(self) -> None:
        """Put together what is in several cells because no cell holds so much: `notes`, `notes +2` and so on."""
        further = {n: found for n, value in self.header.items() if (found := FURTHER.fullmatch(_text_of(value)))}
        first = {_text_of(value): number for number, value in self.header.items() if number not in further}
        for column, found in sorted(further.items(), key=lambda pair: int(pair[1][2])):
            if found[1] not in first:
                continue
            del self.header[column]
            for number in self.numbers:
                row = self.sheet.rows[number]
                if (more := row.pop(column, None)) is not None:
                    row[first[found[1]]] = f"{row.get(first[found[1]], '')}{more}"

    def data(self, leading: int | None) -> Iterator[tuple[int, Row]]:
        """The rows with data; `leading` is the column that tells remarks too, wherever it stands."""
        for number in self.numbers:
            row = self.sheet.rows[number]
            first = row[min(row)]
            if not any(isinstance(cell, str) and cell.startswith(REMARK) for cell in (first, row.get(leading or 0))):
                yield number, row

    def cell(self, row: int, column: int) -> Cell:
        """A cell of this sheet."""
        return Cell(self.sheet.name, row, column)


def _text_of(value: Value) -> str:
    return value.text if isinstance(value, Odd) else str(value).strip()


def _read_list(sheet: Sheet, layout: Layout, found: Stated) -> None:
    rows = _Rows(sheet, (layout.parent,) if layout.parent else (), layout.models)
    rows.join_long_texts()
    columns, parent = _columns(rows, layout, found)
    leading = parent if layout.parent else next((n for n, c in columns.items() if c.path in (("id",), ("from",))), None)
    for number, row in rows.data(leading):
        _read_row(rows, number, row, columns, parent, layout, found)


def _columns(rows: _Rows, layout: Layout, found: Stated) -> tuple[dict[int, Column], int | None]:
    """The columns by their numbers, and the one that names what a row is of."""
    columns: dict[int, Column] = {}
    parent: int | None = None
    seen: dict[Path, Cell] = {}
    for number, value in rows.header.items():
        header, cell = _text_of(value), rows.cell(rows.top, number)
        is_parent = bool(layout.parent) and normal(header) == layout.parent
        column = None if is_parent else column_of(header, layout.models)
        path = (layout.parent,) if is_parent else None if column is None else column.path
        if path is None:
            close = close_to(header, layout.models) if found.compares(header) else None
            meant = f"did you mean {close}?" if close else "leave it out (remarks go in `notes`)"
            found.refuse((layout.host or layout.name,), cell, f"is no known column here; {meant}", header)
            found.misspelt.add((layout.host or layout.name, close or ""))
        elif path in seen:
            message = f"is a second column {shown(header)}, beside {seen[path]}; leave one"
            found.refuse((layout.host or layout.name,), cell, message, header)
        else:
            seen[path] = cell
            if column is None:
                parent = number
            else:
                columns[number] = column
    _refuse_headless(rows, found)
    return columns, parent


def _refuse_headless(rows: _Rows, found: Stated) -> None:
    """Values below no header: each column once."""
    seen = set(rows.header)
    for number in rows.numbers:
        for column, value in rows.sheet.rows[number].items():
            if column not in seen:
                seen.add(column)
                message = (
                    "stands below no header; a header merged over columns names the first alone: give each its own"
                )
                found.refuse((), rows.cell(number, column), message, _text_of(value))


def _read_row(
    rows: _Rows, number: int, row: Row, columns: dict[int, Column], parent: int | None, layout: Layout, found: Stated
) -> None:
    """Put the object of a row into the document."""
    here = {column: row[column] for column in sorted(row) if column in columns or column == parent}
    if not here:
        return
    first = rows.cell(number, min(here))
    entries = _list_within(rows, number, row, parent, layout, found, first)
    if entries is None:
        return
    path, listed = entries
    path = (*path, len(listed))
    model = _model_of(here, columns, layout)
    entry: dict[str, Any] = {}
    listed.append(entry)
    positions = _positions([columns[column].path for column in here if column in columns])
    found.where.rows[path] = (first, {columns[column].path: column for column in columns})
    for column, value in here.items():
        if column in columns:
            place = positions[columns[column].path]
            said = _said(value, _form(columns[column], model), (*path, *place), rows.cell(number, column), found)
            _put(entry, place, said, (*path, *place), rows.cell(number, column), found)


def _said(value: Value, form: Form, path: Path, cell: Cell, found: Stated) -> Any:
    """What a cell says; where it says nothing its text, which no field that is not for text takes."""
    try:
        return read(value, form)
    except Unreadable as reason:
        found.doubt(path, cell, str(reason), _text_of(value))
        return _text_of(value)


def _put(entry: dict[str, Any], place: Path, said: Any, path: Path, cell: Cell, found: Stated) -> None:
    """Put a value where it belongs within an object."""
    if (other := found.where.stated_around(path, len(path) - len(place))) is not None:
        found.doubt(path, cell, f"is stated in {other} too; leave one of the two blank")
        return
    found.where.put(path, cell)
    here: Any = entry
    for step, following in pairwise(place):
        if isinstance(step, int):
            here += [{} for _ in range(step + 1 - len(here))]
            here = here[step]
        else:
            here = here.setdefault(step, [] if isinstance(following, int) else {})
    here[place[-1]] = said


def _positions(paths: list[Path]) -> dict[Path, Path]:
    """Where columns belong in a row that leaves some positions of a list blank: those after them move up."""
    used: dict[Path, set[int]] = {}
    for path in paths:
        for length, step in enumerate(path):
            if isinstance(step, int):
                used.setdefault(path[:length], set()).add(step)
    moved = {before: {step: rank for rank, step in enumerate(sorted(steps))} for before, steps in used.items()}
    return {
        path: tuple(moved[path[:length]][step] if isinstance(step, int) else step for length, step in enumerate(path))
        for path in paths
    }


# ---------------------------------------------------------------- what a row is


def _model_of(row: Row, columns: dict[int, Column], layout: Layout) -> type[BaseModel] | None:
    """Which of the models a row is of: of a policy its type says it, or that it names a preset."""
    if len(layout.models) == 1:
        return layout.models[0]
    stated = {columns[number].path: value for number, value in row.items() if number in columns}
    if ("preset",) in stated:
        return Preset
    kind = stated.get(("type",))
    return files.POLICIES.get(kind.strip()) if isinstance(kind, str) else None


def _form(column: Column, model: type[BaseModel] | None) -> Form:
    """What a column may hold in a row of this model: policies have fields of the same name and another form."""
    if model is None:
        return column.form
    own = column_of(column.header, (model,))
    return column.form if own is None or own.path != column.path else own.form


def _list_within(
    rows: _Rows, number: int, row: Row, parent: int | None, layout: Layout, found: Stated, first: Cell
) -> tuple[Path, list[Any]] | None:
    """The list that a row belongs to, and its path."""
    if not layout.host:
        listed = found.document.setdefault(layout.name, [])
        if isinstance(listed, list):
            return (layout.name,), listed
        found.refuse((layout.name,), first, f"is stated in {found.where.of((layout.name,))} too; leave one of the two")
        return None
    value = row.get(parent) if parent is not None else None
    cell = rows.cell(number, min(row) if parent is None else parent)
    if value is None:
        found.refuse((layout.host,), cell, f"needs the id of its {layout.parent} in the column {layout.parent}")
        return None
    name = str(_said(value, NAMED, (layout.host,), cell, found))
    hosts = found.document.get(layout.host, [])
    ids = found.ids(layout.host)
    if name not in ids:
        meant = found.meant(name, ids, f"the sheet {layout.host} should have it")
        found.refuse((), cell, f"names no {layout.parent}; {meant}", name)
        return None
    path = (layout.host, ids[name], layout.name)
    if path in found.where.cells:
        found.refuse(path, first, f"is stated in {found.where.cells[path]} too; leave one of the two")
        return None
    return path, hosts[ids[name]].setdefault(layout.name, [])


# ---------------------------------------------------------------- the two sheets of pairs


def _read_problem(sheet: Sheet, found: Stated) -> None:
    """The single values of a problem, each in a row."""
    rows = _Rows(sheet, ("field", "value"), ())
    heads = {normal(_text_of(value)): number for number, value in rows.header.items()}
    if "field" not in heads or "value" not in heads:
        cell = rows.cell(rows.top, min(rows.header, default=0))
        return found.refuse((), cell, "needs the headers `field` and `value`")
    known = problem_fields()
    for number, row in rows.data(heads["field"]):
        key, value = row.get(heads["field"]), row.get(heads["value"])
        cell = rows.cell(number, heads["value"])
        if key is None:
            if value is not None:
                found.refuse((), cell, "needs the name of its field beside it", _text_of(value))
            continue
        name = normal(_text_of(key))
        if name not in known:
            meant = found.meant(name, known, "leave it out (remarks go in `notes`)")
            found.refuse((), rows.cell(number, heads["field"]), f"is no known key here; {meant}", _text_of(key))
        elif value is not None and name in found.document:
            found.refuse((name,), cell, f"is stated in {found.where.of((name,))} too; leave one of the two blank")
        elif value is not None:
            found.where.put((name,), cell)
            found.document[name] = _said(value, known[name].form, (name,), cell, found)
        else:
            found.where.sheets.setdefault(name, str(cell))
    return None


def _read_groups(sheet: Sheet, found: Stated) -> None:
    """The groups of countries, each in a row."""
    rows = _Rows(sheet, ("id", "countries"), ())
    heads = {normal(_text_of(value)): number for number, value in rows.header.items()}
    for header, column in heads.items():
        if header not in ("id", "countries"):
            cell = rows.cell(rows.top, column)
            found.refuse((GROUPS,), cell, "is no known column here; there are: id, countries", header)
    if not rows.header:
        return
    if "id" not in heads or "countries" not in heads:
        found.refuse((GROUPS,), rows.cell(rows.top, min(rows.header)), "needs the headers `id` and `countries`")
        return
    _refuse_headless(rows, found)
    for number, row in rows.data(heads["id"]):
        _read_group(rows, number, row, heads, found)


def _read_group(rows: _Rows, number: int, row: Row, heads: dict[str, int], found: Stated) -> None:
    groups = found.document.setdefault(GROUPS, {})
    name, countries = row.get(heads["id"]), row.get(heads["countries"])
    cell = rows.cell(number, heads["countries"])
    if not isinstance(groups, dict):
        found.refuse((GROUPS,), cell, f"is stated in {found.where.of((GROUPS,))} too; leave one of the two")
    elif name is None or countries is None:
        missing, other = ("id", "countries") if name is None else ("countries", "id")
        if name is not None or countries is not None:
            message = f"is missing: a group has an id and countries, as US, JP ({other} is stated)"
            found.refuse((GROUPS,), rows.cell(number, heads[missing]), message)
    else:
        key = str(_said(name, NAMED, (GROUPS,), rows.cell(number, heads["id"]), found))
        if key in groups:
            found.refuse((GROUPS, key), rows.cell(number, heads["id"]), "stands twice; leave one", key)
            return
        found.where.put((GROUPS, key), cell)
        groups[key] = _said(countries, COUNTRIES, (GROUPS, key), cell, found)

"""From a document to the tables that state it: whatever no column can say is JSON in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from oremix.models import files
from oremix.models.policies import Preset
from oremix.models.workbook.cells import written
from oremix.models.workbook.columns import Column, Path, column_of, of_year
from oremix.models.workbook.forms import FIRST, LAST, Form, fields_of
from oremix.models.workbook.layout import GROUPS, PROBLEM, Layout, layouts, problem_fields

__all__ = ["Table", "tables"]

Said = str | int | float | bool
TEXT, TEXTS = Form(text=True), Form(texts=True)
# What would be more columns of one field than people look through is JSON in one.
MOST_COLUMNS, MOST_YEARS, MOST_POSITIONS, LONGEST_HEADER = 60, 60, 12, 200
FORMULA_SIGN = re.compile(r"[=+\-@#]")


@dataclass
class Table:
    """A sheet as it is written.

    Parameters
    ----------
    name
        Of the sheet.
    columns
        By their headers, in order.
    rows
        Header → what the cell holds.
    """

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    rows: list[dict[str, Said]] = field(default_factory=list)


def tables(document: dict[str, Any]) -> list[Table]:
    """Every sheet of a problem, in order, with the columns that are used; those of empty lists too."""
    found = [_of_problem(document)]
    inner: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for layout in layouts().values():
        if layout.host:
            found.append(_of_objects(layout, inner.get(layout.name, [])))
            continue
        entries = document.get(layout.name) or []
        rest = [dict(entry) for entry in entries]
        for child in layouts().values():
            if child.host == layout.name:
                listed = [entry for entry in rest if _listed(entry.get(child.name))]
                inner[child.name] = [(entry["id"], part) for entry in listed for part in entry.pop(child.name)]
        found.append(_of_objects(layout, [("", entry) for entry in rest]))
    groups = next(number for number, table in enumerate(found) if table.name == "places") + 1
    found.insert(groups, _of_groups(document))
    return found


def _listed(value: Any) -> bool:
    """Whether a list can be given a sheet: it has entries, and each says something."""
    return isinstance(value, list) and bool(value) and all(isinstance(part, dict) and part for part in value)


def _of_problem(document: dict[str, Any]) -> Table:
    """The single values, and of the lists those that no sheet can tell from lists that are not stated."""
    columns = {name: Column((name,), Form(text=True)) for name in ("field", "value", "what it is")}
    table = Table(PROBLEM, columns)
    for name, known in problem_fields().items():
        is_sheet = bool(known.form.parts or known.form.keyed)
        row: dict[str, Said] = {"field": name, "what it is": known.description}
        if name in document and not (is_sheet and document[name]):
            row["value"] = written(document[name], known.form)
        if not is_sheet or "value" in row:
            table.rows.append(row)
    return table


def _of_groups(document: dict[str, Any]) -> Table:
    description = problem_fields()[GROUPS].description
    columns = [Column(("id",), TEXT, "name of the group"), Column(("countries",), TEXTS, description)]
    table = Table(GROUPS, {column.header: column for column in columns})
    table.rows = [
        {"id": written(name, TEXT), "countries": written(countries, TEXTS)}
        for name, countries in (document.get(GROUPS) or {}).items()
    ]
    return table


def _of_objects(layout: Layout, entries: list[tuple[str, dict[str, Any]]]) -> Table:
    """A table of objects; of what is listed within another, each with the id of what it is of."""
    flat = [list(_leaves(entry, _model(entry, layout), (), layout)) for _, entry in entries]
    crowded = _crowded(flat)
    table = Table(layout.name)
    used: dict[str, Column] = {}
    rows: list[dict[str, Said]] = []
    for (parent, entry), leaves in zip(entries, flat, strict=True):
        row: dict[str, Said] = {layout.parent: written(parent, TEXT)} if layout.parent else {}
        for column, value in _gathered(leaves, crowded, entry, _model(entry, layout)):
            used.setdefault(column.header, column)
            row[column.header] = written(value, column.form)
        rows.append(row)
    if layout.parent:
        table.columns[layout.parent] = Column((layout.parent,), TEXT, f"id of the {layout.parent}")
    table.columns |= {column.header: column for column in sorted(used.values(), key=_order(layout, used))}
    table.rows = rows
    return table


def _model(entry: dict[str, Any], layout: Layout) -> type[BaseModel]:
    if len(layout.models) == 1:
        return layout.models[0]
    return Preset if "preset" in entry else files.POLICIES[entry["type"]]


Leaf = tuple[Column, Any]


def _leaves(entry: dict[str, Any], model: type[BaseModel], path: Path, layout: Layout) -> Iterator[Leaf]:
    """The columns of an object and what they hold."""
    known = fields_of(model)
    for key, value in entry.items():
        yield from _of_value((*path, key), value, known[key].form, known[key].description, layout)


def _of_value(path: Path, value: Any, form: Form, description: str, layout: Layout) -> Iterator[Leaf]:
    """A value in one column, or in several."""
    inner: list[Leaf] = []
    if isinstance(value, dict) and value:
        if form.series:
            inner = [(of_year(path, str(year), description), number) for year, number in value.items()]
        elif form.keyed is not None:
            inner = [
                leaf
                for key, part in value.items()
                for leaf in _of_value((*path, key), part, form.keyed, description, layout)
            ]
        elif form.part:
            inner = list(_leaves(value, form.part[0], path, layout))
    elif form.parts and _listed(value) and len(value) <= MOST_POSITIONS:
        parts = enumerate(value)
        inner = [leaf for number, part in parts for leaf in _leaves(part, form.parts[0], (*path, number), layout)]
    if inner and all(_is_plain(column, layout) for column, _ in inner):
        yield from inner
    else:
        yield Column(path, form, description), value


def _is_plain(column: Column, layout: Layout) -> bool:
    """Whether a column's header reads as that column; keys of maps may be anything."""
    header = column.header
    if len(header) > LONGEST_HEADER or not header.isprintable() or FORMULA_SIGN.match(header):
        return False
    found = column_of(header, layout.models)
    return found is not None and found.path == column.path and found.year == column.year


def _crowded(rows: list[list[Leaf]]) -> set[Path]:
    """The paths of fields that would take too many columns."""
    headers: dict[Path, set[Path]] = {}
    years: dict[Path, set[str]] = {}
    for leaves in rows:
        for column, _ in leaves:
            if column.year is not None:
                years.setdefault(column.path[:-1], set()).add(column.year)
            elif len(column.path) > 1:
                headers.setdefault(column.path[:1], set()).add(column.path)
    crowded = {path for path, many in headers.items() if len(many) > MOST_COLUMNS}
    return crowded | {path for path, many in years.items() if len(many) > MOST_YEARS}


def _gathered(leaves: list[Leaf], crowded: set[Path], entry: dict[str, Any], model: type[BaseModel]) -> Iterator[Leaf]:
    """The leaves of a row, those of crowded fields as one."""
    done: set[Path] = set()
    for column, value in leaves:
        path = next((column.path[:n] for n in range(1, len(column.path)) if column.path[:n] in crowded), None)
        own = None if path is None else _as_one(path, model)
        if path is None or own is None:
            yield column, value
        elif path not in done:
            done.add(path)
            yield own, _at(entry, path)


def _as_one(path: Path, model: type[BaseModel]) -> Column | None:
    steps = [str(step + 1) if isinstance(step, int) else step for step in path]
    found = column_of(".".join(steps), (model,))
    return found if found is not None and found.path == path else None


def _at(entry: Any, path: Path) -> Any:
    for step in path:
        entry = entry[step]
    return entry


def _order(layout: Layout, used: dict[str, Column]) -> Any:
    """A key by which columns are in the order of the models' fields, years and positions ascending."""
    first_seen = {header: number for number, header in enumerate(used)}
    names = {name: number for number, name in enumerate(field_names(layout.models))}

    def key(column: Column) -> tuple[Any, ...]:
        return names[str(column.path[0])], _inner_order(column, layout), column.year or "", first_seen[column.header]

    return key


def field_names(models: tuple[type[BaseModel], ...]) -> list[str]:
    """The fields that any of some models has, in the order in which people fill them in."""
    names = list(dict.fromkeys(name for model in models for name in fields_of(model)))
    middle = [name for name in names if name not in FIRST and name not in LAST]
    return [name for name in (*FIRST, *middle, *LAST) if name in names]


def _inner_order(column: Column, layout: Layout) -> tuple[Any, ...]:
    """Within a field: positions first, then the inner model's fields."""
    for model in layout.models:
        field_of = fields_of(model).get(str(column.path[0]))
        if field_of is not None and (field_of.form.part or field_of.form.parts):
            names = list(fields_of((field_of.form.part or field_of.form.parts)[0]))
            return tuple(
                (0, step) if isinstance(step, int) else (1, names.index(step) if step in names else len(names))
                for step in column.path[1:]
            )
    return ()

"""The columns of a sheet: a header says which field of a row's object stands below, and of which year.

`capacity` is the field; `capacity 2026` its value in a year; `build.max` a field within a field; `inputs.ore` the entry
of a map; `tiers.2.up_to` a field of the second object of a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from pydantic import BaseModel

from oremix.models.workbook.forms import Field, Form, fields_of

__all__ = ["Column", "Path", "close_to", "column_of", "normal", "of_year"]

Path = tuple[str | int, ...]
Models = tuple[type[BaseModel], ...]

YEAR = re.compile(r"(.+?)[\s_.]*\(?([1-9][0-9]{3})\)?")
UNIT = re.compile(r"(.+?)\s*(\[[^\]]*\]|\([^)]*\))")


@dataclass(frozen=True)
class Column:
    """Where what stands below a header belongs within a row's object, and what it may be."""

    path: Path
    form: Form
    description: str = ""

    @property
    def header(self) -> str:
        """The header: positions of a list from 1, a year after a blank."""
        steps = [str(step + 1) if isinstance(step, int) else step for step in self.path]
        if self.year is None:
            return ".".join(steps)
        return f"{'.'.join(steps[:-1])} {steps[-1]}"

    @property
    def year(self) -> str | None:
        """The year it is of."""
        return str(self.path[-1]) if self.form.number and not self.form.series and _is_year(self.path) else None


def _is_year(path: Path) -> bool:
    return isinstance(path[-1], _Year)


class _Year(str):
    """A step of a path that is a year."""

    __slots__ = ()


NUMBER = Form(number=True)


def normal(name: str) -> str:
    """A name of a field or sheet however people write it: "Unit cost " is unit_cost."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


@lru_cache(maxsize=10_000)
def column_of(header: str, models: Models) -> Column | None:
    """The column that a header is of in a sheet of objects of these models; none where it is of none."""
    for model in models:
        if (found := _column(header.strip(), model, ())) is not None:
            return found
    without_unit = UNIT.fullmatch(header.strip())
    return column_of(without_unit[1], models) if without_unit else None


def of_year(path: Path, year: str, description: str) -> Column:
    """The column of a value in a year."""
    return Column((*path, _Year(year)), NUMBER, description)


def _column(header: str, model: type[BaseModel], path: Path) -> Column | None:
    known = fields_of(model)
    first, dot, rest = header.partition(".")
    field = known.get(normal(first))
    if field is not None and not dot:
        return Column((*path, field.name), field.form, field.description)
    if field is not None and field.form.nests:
        return _within(rest, field, (*path, field.name))
    found = YEAR.fullmatch(header)
    field = known.get(normal(found[1])) if found else None
    if found and field is not None and field.form.series:
        return of_year((*path, field.name), found[2], field.description)
    return None


def _within(rest: str, field: Field, path: Path) -> Column | None:
    """The column of a field within a field."""
    number, dot, inner = rest.partition(".")
    if field.form.parts and dot and number.isdigit() and 0 < int(number) < 1000:
        return _first(inner, field.form.parts, (*path, int(number) - 1))
    if field.form.part:
        return _first(rest, field.form.part, path)
    if field.form.keyed is None or not rest.strip():
        return None
    found = YEAR.fullmatch(rest)
    if found and field.form.keyed.series and found[0][len(found[1])] == " ":
        return of_year((*path, found[1].strip()), found[2], field.description)
    return Column((*path, rest.strip()), field.form.keyed, field.description)


def _first(header: str, models: Models, path: Path) -> Column | None:
    return next((found for model in models if (found := _column(header, model, path)) is not None), None)


def close_to(header: str, models: Models) -> str | None:
    """The header that one that is of no column may stand for."""
    found = YEAR.fullmatch(header.strip())
    for text, year in (*([(found[1], f" {found[2]}")] if found else []), (header, "")):
        first, dot, rest = text.partition(".")
        known = [name for model in models for name in fields_of(model)]
        close = get_close_matches(normal(first), known, n=1)
        if close and not dot:
            return close[0] + year
        if close and rest:
            fields = [fields_of(model)[close[0]] for model in models if close[0] in fields_of(model)]
            inner = tuple(kind for field in fields for kind in field.form.part)
            within = get_close_matches(normal(rest), [name for model in inner for name in fields_of(model)], n=1)
            if within:
                return f"{close[0]}.{within[0]}{year}"
    return None

"""Problems and plans in and out of JSON, with errors that people can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from oremix.models import chain, policies
from oremix.models.collector import collector_off
from oremix.models.errors import Fault, InvalidProblem, shown
from oremix.models.listing import listed
from oremix.models.plan import Plan
from oremix.models.problem import Problem
from oremix.models.scenarios import Change, Scenario
from oremix.models.uncertainties import Distribution, Uncertainty

__all__ = ["checked", "checked_exactly", "load", "load_plan", "parse_json", "read_plan", "read_presets", "read_problem"]

EXACT = 2**53
# What is wrong with one entry, such as a lane for every pair without a distance, is told by examples.
MOST_MESSAGES = 3

# What files begin with that are packed, as workbooks are, or are of an old spreadsheet program: no JSON does.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
OTHER_TABLES = dict.fromkeys(
    (".xls", ".xlsb", ".ods", ".numbers"), "is a spreadsheet that cannot be read here: save it as .xlsx"
) | {".csv": "is one table of a problem: give the folder that has all of them, as `oremix convert` writes it"}

Model = TypeVar("Model", bound=BaseModel)
HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")

PARTS: dict[str, type[BaseModel]] = {
    "places": chain.Place,
    "materials": chain.Material,
    "suppliers": chain.Supplier,
    "tiers": chain.Tier,
    "plants": chain.Plant,
    "recipes": chain.Recipe,
    "recyclers": chain.Recycler,
    "returns": chain.Return,
    "build": chain.Build,
    "curve": chain.CurvePoint,
    "sizes": chain.CurvePoint,
    "demands": chain.Demand,
    "lanes": chain.Lane,
    "stockpiles": chain.Stockpile,
    "scenarios": Scenario,
    "changes": Change,
    "uncertainties": Uncertainty,
    "times": Distribution,
    "plus": Distribution,
    "sources": chain.Source,
}
POLICIES: dict[Any, type[BaseModel]] = {
    "share": policies.Share,
    "quantity": policies.Quantity,
    "footprint": policies.Footprint,
    "budget": policies.Budget,
    "diversify": policies.Diversify,
}


def load(path: str | Path) -> Problem:
    """Read a problem from a file, JSON or an .xlsx workbook, or from a folder of CSV files.

    Raises
    ------
    InvalidProblem
        With every fault found; those of a workbook or folder have their cells.
    OSError
        The file cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        from oremix.models import workbook  # noqa: PLC0415 - only loaded where there is one

        return workbook.read_folder(file)
    if (found := file.suffix.lower()) in OTHER_TABLES:
        raise InvalidProblem([Fault((), OTHER_TABLES[found], file.name)])
    return read_problem(file.read_bytes())


def load_plan(path: str | Path) -> Plan:
    """Read a plan from a JSON file."""
    return read_plan(Path(path).read_bytes())


def read_plan(data: Plan | dict[str, Any] | str | bytes) -> Plan:
    """Make a plan of JSON text or of a dict.

    Raises
    ------
    InvalidProblem
        With every fault found.
    """
    if isinstance(data, Plan):
        return data
    return checked_exactly(Plan, parse_json(data) if isinstance(data, str | bytes) else data)


def read_problem(data: Problem | dict[str, Any] | str | bytes) -> Problem:
    """Make a problem of JSON text, of a dict, or of the bytes of an .xlsx workbook.

    Raises
    ------
    InvalidProblem
        With every fault found.
    """
    if isinstance(data, Problem):
        return data
    if isinstance(data, bytes) and data.startswith(WORKBOOKS):
        from oremix.models import workbook  # noqa: PLC0415 - only loaded where there is one

        return workbook.read_workbook(data)
    with collector_off():
        return checked(Problem, parse_json(data) if isinstance(data, str | bytes) else data)


class _Entries(BaseModel):
    policies: list[policies.Preset]


def read_presets(data: Iterable[str | dict[str, Any] | policies.Preset]) -> list[policies.Preset]:
    """Make entries like those of a problem's policies of names of presets, or of dicts.

    Raises
    ------
    InvalidProblem
        With every fault found, under `presets`.
    """
    given: list[Any] = [{"preset": entry} if isinstance(entry, str) else entry for entry in data]
    others = [n for n, entry in enumerate(given) if not isinstance(entry, dict | policies.Preset)]
    if others:
        message = "should be the name of a preset, or an entry as in a problem's `policies`"
        raise InvalidProblem([Fault(("presets", n), message, shown(given[n])) for n in others])
    stated = {"policies": given}
    try:
        return _Entries.model_validate(stated).policies
    except ValidationError as error:
        faults = _faults(error, stated)
        raise InvalidProblem([Fault(("presets", *f.path[1:]), f.message, f.value) for f in faults]) from None


def checked(model: type[Model], data: Any, *, strict: bool | None = None) -> Model:
    """Make a model of a parsed document; `strict`: of values of the right types alone, whatever the model says.

    Raises
    ------
    InvalidProblem
        With every fault found.
    """
    if not isinstance(data, dict):
        raise InvalidProblem([Fault((), "should be a JSON object", shown(data))])
    try:
        return model.model_validate(data, strict=strict)
    except ValidationError as error:
        raise InvalidProblem(_faults(error, data)) from None


def checked_exactly(model: type[Model], data: Any) -> Model:
    """Make a model of a parsed document in which a text or a truth value is no number.

    Raises
    ------
    InvalidProblem
        With every fault found.
    """
    faults: list[Fault] = []
    try:
        document = _exact(data, (), faults)
    except RecursionError:
        raise InvalidProblem([Fault((), "is nested too deeply")]) from None
    if faults:
        raise InvalidProblem(faults)
    return checked(model, document, strict=True)


def _exact(data: Any, path: tuple[str | int, ...], faults: list[Fault]) -> Any:
    """A document with whole numbers as such, however they are written; numbers beyond all bounds are faults."""
    if isinstance(data, dict):
        return {key: _exact(value, (*path, key), faults) for key, value in data.items()}
    if isinstance(data, list):
        return [_exact(value, (*path, number), faults) for number, value in enumerate(data)]
    if isinstance(data, float):
        if not isfinite(data):
            faults.append(Fault(path, "should be a number that a double holds", shown(data)))
        elif data.is_integer() and abs(data) < EXACT:
            return int(data)
    return data


# ---------------------------------------------------------------- JSON


class _NotJson(ValueError):
    pass


def parse_json(text: str | bytes) -> Any:
    """Parse strict JSON: UTF-8, no NaN or infinity, no key twice in an object.

    Raises
    ------
    InvalidProblem
        With the position of what is not JSON.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        if not text.strip():
            return _refuse_empty()
        data = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
        written_plainly = text.isascii() and "\\u" not in text
        return data if written_plainly or not HALF_CHARACTER.search(text) else _of_whole_characters(data)
    except UnicodeEncodeError:
        message = "holds half a character: a \\ud800 to \\udfff that is not one of a pair"
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text: byte {error.start} cannot be read"
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        message = "is nested too deeply"
    except _NotJson as error:
        message = str(error)
    except ValueError:
        message = "holds a number with too many digits"
    raise InvalidProblem([Fault((), message)])


def _of_whole_characters(data: Any) -> Any:
    json.dumps(data, ensure_ascii=False).encode()
    return data


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotJson(f"is ambiguous: the key {json.dumps(twice)} stands twice in one object")
    return result


def _refuse_empty() -> Any:
    raise _NotJson("is empty; a problem is a JSON object")


def _refuse_constant(name: str) -> Any:
    raise _NotJson(f"is not JSON: {name} is no number; state a value or leave the field out")


# ---------------------------------------------------------------- faults in plain words


def _faults(error: ValidationError, data: dict[str, Any]) -> list[Fault]:
    """Pydantic's findings, one per entry, in the order of the document's keys."""
    found: dict[tuple[str | int, ...], tuple[dict[str, None], Any]] = {}
    for line in error.errors(include_url=False):
        path = _path_in(data, tuple(line["loc"]))
        messages, _ = found.setdefault(path, ({}, _value_at(data, path, line["input"])))
        messages[_plain(str(line["msg"]), path, data)] = None
    return [
        Fault(path, listed(messages, MOST_MESSAGES, between=", or "), shown(value))
        for path, (messages, value) in found.items()
    ]


def _path_in(data: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The location without pydantic's own steps: names of union branches, positions in what is no list."""
    path: list[str | int] = []
    here = data
    for number, step in enumerate(location):
        last = number == len(location) - 1
        if isinstance(here, dict):
            if step in here:
                here = here[step]
            elif not (last and isinstance(step, str) and not _is_branch(step, path)):
                continue
            else:
                here = None
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def _value_at(data: Any, path: tuple[str | int, ...], otherwise: Any) -> Any:
    """What the document says at a path; where it says nothing, what the fault is about."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None if isinstance(otherwise, dict | list) else otherwise
    return data


def _is_branch(step: str, path: list[str | int]) -> bool:
    """Whether a step is the name of a kind of policy or of a form of a value, and no key."""
    if step in POLICIES:
        return len(path) == 2 and path[0] == "policies"
    return "[" in step or step in ("one", "many", "a preset", "str", "bool", "int", "float")


def _plain(message: str, path: tuple[str | int, ...], data: dict[str, Any]) -> str:
    if message == "Field required":
        return "is missing"
    if message == "Extra inputs are not permitted":
        return _unknown_key(path, data)
    if "should have at least 1 item" in message:
        return "should have at least one entry"
    if message.startswith("needs a `type`"):
        return message + _meant(path, data)
    return message.removeprefix("Value error, ").removeprefix("Input ").replace("valid dictionary", "JSON object")


def _meant(path: tuple[str | int, ...], data: dict[str, Any]) -> str:
    """The kind of policy that a wrong `type` may stand for."""
    entry = _value_at(data, path, None)
    given = entry.get("type") if isinstance(entry, dict) else None
    close = get_close_matches(given, [str(kind) for kind in POLICIES], n=1) if isinstance(given, str) else []
    return f"; did you mean {close[0]}?" if close else ""


def _unknown_key(path: tuple[str | int, ...], data: dict[str, Any]) -> str:
    model = _model_at(path[:-1], data)
    known = [field.alias or name for name, field in model.model_fields.items()] if model else []
    close = get_close_matches(str(path[-1]), known, n=1)
    return f"is no known key here; {f'did you mean {close[0]}?' if close else 'leave it out (remarks go in `notes`)'}"


def _model_at(path: tuple[str | int, ...], data: dict[str, Any]) -> type[BaseModel] | None:
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return Problem
    if names[0] == "policies":
        entry = data["policies"][path[1]] if len(path) > 1 and isinstance(path[1], int) else {}
        if isinstance(entry, dict) and "preset" in entry:
            return policies.Share if "rules" in names else policies.Preset
        return POLICIES.get(entry.get("type") if isinstance(entry, dict) else None)
    return PARTS.get(names[-1])

"""The errors of Oremix: see `OremixError`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Fault",
    "InvalidOption",
    "InvalidProblem",
    "MissingExtra",
    "OremixError",
    "SolverFailed",
    "TooLarge",
    "UnknownSolver",
    "shown",
]

SHOWN = 100


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input.

    Parameters
    ----------
    path
        Keys and list positions from the root of the document to the entry.
    message
        What is wrong and what to do about it.
    value
        The entry as given; ``None`` where it is missing.
    cell
        Of a spreadsheet: sheet and cell, as ``suppliers!D7``; ``None`` elsewhere.
    """

    path: tuple[str | int, ...]
    message: str
    value: Any = None
    cell: str | None = None

    @property
    def pointer(self) -> str:
        """The path as an RFC 6901 JSON pointer."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    def as_dict(self) -> dict[str, Any]:
        """The fault as it is sent over HTTP."""
        told = {"pointer": self.pointer, "message": self.message, "value": shown(self.value)}
        return told if self.cell is None else told | {"cell": self.cell}

    def __str__(self) -> str:
        return f"{self.cell or self.pointer or '/'}: {self.message}"


class OremixError(Exception):
    """Whatever Oremix raises on purpose.

    ::

        OremixError
        ├── InvalidProblem (also ValueError)   the input is wrong: `.errors`, each with pointer, message and value
        ├── InvalidOption (also ValueError)    a limit or gap that cannot be meant
        ├── UnknownSolver (also ValueError)    no such solver, or not installed: the message lists those that are
        ├── MissingExtra (also ImportError)    what is asked for needs a package of an extra: the message says which
        ├── TooLarge (also ValueError)         the problem exceeds a stated limit on its size
        └── SolverFailed (also RuntimeError)   the solver broke off without an answer of its own

    An infeasible problem is an answer, not an error. A file that cannot be read raises OSError, an example or preset
    that does not exist KeyError, and building a `Problem` part by part pydantic's ValidationError.
    """


class InvalidProblem(OremixError, ValueError):
    """The input is wrong; `errors` holds every fault found."""

    def __init__(self, errors: list[Fault]) -> None:
        self.errors = errors
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__("\n".join([f"{count} in the problem", *(f"  {fault}" for fault in errors)]))

    def __reduce__(self) -> tuple[type[InvalidProblem], tuple[list[Fault]]]:
        return type(self), (self.errors,)


class InvalidOption(OremixError, ValueError):
    """A limit or gap that cannot be meant."""


class UnknownSolver(OremixError, ValueError):
    """No solver of this name is known or installed."""


class MissingExtra(OremixError, ImportError):
    """Something is not installed that only this needs; the message says how to install it."""


class TooLarge(OremixError, ValueError):
    """The problem is larger than a limit that the caller set."""


class SolverFailed(OremixError, RuntimeError):
    """The solver broke off without saying anything about the problem."""


def shown(value: Any) -> Any:
    """A value fit to be shown in an error: as it was given, or where it is long its beginning as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= sys.float_info.max else str(value)[:SHOWN]
    if isinstance(value, str):
        return value if len(value) <= SHOWN else value[:SHOWN] + "…"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return value if len(text) <= SHOWN and _is_json(value) else text[:SHOWN] + "…" * (len(text) > SHOWN)


def _is_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError):
        return False

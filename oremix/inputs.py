"""Files, or standard input, as problems and plans."""

# What reads them is imported when it is needed, so that `oremix --help` is quick.
from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oremix.terminal import CallError

if TYPE_CHECKING:
    from oremix.models import Plan, Problem

__all__ = ["read_list", "read_plan", "read_problem"]


def read_problem(path: str) -> Problem:
    """The problem of a file or, for ``-``, of standard input.

    Raises
    ------
    CallError
        The file cannot be read.
    InvalidProblem
        With every fault found.
    """
    import oremix

    try:
        return oremix.read_problem(sys.stdin.buffer.read()) if path == "-" else oremix.load(path)
    except OSError as error:
        raise CallError(f"cannot read {path}: {error.strerror}") from None


def read_plan(path: str) -> Plan:
    """The plan of a file or, for ``-``, of standard input.

    Raises
    ------
    CallError, InvalidProblem
        As `read_problem`.
    """
    import oremix

    try:
        if path == "-":
            from oremix.models import read_plan as read

            return read(sys.stdin.buffer.read())
        return oremix.load_plan(path)
    except OSError as error:
        raise CallError(f"cannot read {path}: {error.strerror}") from None


def read_list(path: str) -> list[Any]:
    """The JSON list of a file.

    Raises
    ------
    CallError
        The file cannot be read, or holds something else.
    InvalidProblem
        It is no JSON.
    """
    from oremix.models.files import parse_json

    try:
        found = parse_json(Path(path).read_bytes())
    except OSError as error:
        raise CallError(f"cannot read {path}: {error.strerror}") from None
    if not isinstance(found, list):
        raise CallError(f"{path} should hold a JSON list, as `scenarios` of a problem")
    return found

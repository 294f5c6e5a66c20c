"""Problems and plans into files: JSON, workbooks, folders of CSV files, by the name of the file."""

# What writes them is imported when it is needed, so that `oremix --help` is quick.
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from oremix import terminal
from oremix.terminal import CallError

if TYPE_CHECKING:
    from oremix.models import Plan, Problem

__all__ = ["check_target", "is_folder", "is_workbook", "write_plan", "write_problem", "write_template"]

OTHERS = (".xls", ".xlsb", ".xlsm", ".ods", ".csv", ".numbers")


def is_workbook(path: str) -> bool:
    """Whether a file is to be an .xlsx workbook."""
    return path.lower().endswith(".xlsx")


def is_folder(path: str) -> bool:
    """Whether what is named is a folder, or is to be one."""
    return path != "-" and (path.endswith("/") or Path(path).is_dir())


def check_target(path: str, *, force: bool) -> None:
    """Refuse what cannot be written, before any work is done for it."""
    if path == "-":
        return
    if path.lower().endswith(OTHERS):
        raise CallError(f"cannot write {path}: end the name in .json, .xlsx, or / for a folder of CSV files")
    if not is_folder(path):
        terminal.check_writable(path)
    file = Path(path)
    if file.is_dir() and _tables_in(file) and not force:
        raise CallError(f"{path} has tables of a problem; --force replaces them")
    if file.exists() and not file.is_dir() and not force:
        raise CallError(f"{path} exists; --force replaces it")


def _tables_in(folder: Path) -> list[Path]:
    """The files of a folder that are read as tables of a problem: one that is left over would be part of the next."""
    from oremix.models.workbook import NAMES

    return [file for file in folder.glob("*.csv") if file.stem in NAMES]


def write_problem(problem: Problem, path: str) -> None:
    """Write a problem as what its file's name asks for."""
    if path == "-":
        terminal.answer(problem.to_json())
    elif is_folder(path):
        from oremix.models.workbook import write_folder

        _into_folder(path, lambda: write_folder(problem, path))
    elif is_workbook(path):
        from oremix.models.workbook import workbook

        terminal.write_bytes(path, workbook(problem))
    else:
        terminal.write_file(path, problem.to_json())


def _into_folder(path: str, write: Callable[[], object]) -> None:
    """Write tables into a folder in place of those that are there."""
    try:
        for old in _tables_in(Path(path)):
            old.unlink()
        write()
    except OSError as error:
        raise CallError(f"cannot write {path}: {error.strerror}") from None


def write_template(path: str, *, empty: bool) -> None:
    """Write the problem to start from as a workbook or folder."""
    from oremix.models import read_problem, workbook
    from oremix.template import for_sheets

    problem = read_problem(for_sheets())
    if is_folder(path):
        _into_folder(path, lambda: workbook.write_template(problem, path, empty=empty))
    else:
        terminal.write_bytes(path, workbook.template(problem, empty=empty))


def write_plan(plan: Plan, path: str) -> None:
    """Write a plan as JSON, or as a workbook."""
    if is_workbook(path):
        from oremix.models.workbook.plan_book import plan_workbook

        terminal.write_bytes(path, plan_workbook(plan))
    else:
        terminal.write_file(path, plan.to_json())

"""The command that makes a plan into something to hand on."""

# What it needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oremix import sheet_commands, terminal
from oremix.inputs import read_plan, read_problem
from oremix.terminal import CallError

if TYPE_CHECKING:
    from oremix.models import Plan, Problem
    from oremix.models.studies.study import Study

__all__ = ["report"]


@click.command()
@click.argument("plan")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write it: plan.html or plan.xlsx.")
@click.option("--problem", metavar="FILE", help="The problem that PLAN answers: its names and sources are shown.")
@click.option(
    "--study", "studies", multiple=True, metavar="FILE", help="The JSON of a study, to be shown too; repeatable."
)
def report(plan: str, output: str, problem: str | None, studies: tuple[str, ...]) -> int:
    """Make PLAN, a file or - for standard input, into one page that works offline and prints.

    Ends with 0 whatever the plan says, 2 where a file or the call is wrong.
    """
    ending = Path(output).suffix.lower()
    if ending not in WRITERS:
        raise CallError(f"cannot write {output}: the name should end in {' or '.join(WRITERS)}")
    if [plan, problem].count("-") > 1:
        raise CallError("only one of PLAN and the problem can be standard input")
    terminal.check_writable(output)
    answer = read_plan(plan)
    question = None if problem is None else read_problem(problem)
    WRITERS[ending](output, answer, question, [_study(path) for path in studies])
    terminal.say(f"wrote {output}")
    return 0


def _study(path: str) -> Study:
    from oremix.models.studies.reading import read_study

    try:
        return read_study(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as error:
        raise CallError(f"cannot read {path}: {error.strerror}") from None


def _write_page(output: str, plan: Plan, problem: Problem | None, studies: list[Study]) -> None:
    import oremix

    if problem is not None and problem.hash != plan.problem_hash:
        terminal.say("warning: the plan is of another problem, or of another version of it")
    terminal.write_file(output, oremix.report(plan, problem, studies))


# Ending of the file → what writes it.
WRITERS: dict[str, Callable[[str, Plan, Problem | None, list[Study]], None]] = {
    ".html": _write_page,
    ".xlsx": sheet_commands.write_report,
}

"""The commands between JSON and spreadsheets."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oremix import outputs
from oremix.inputs import read_problem
from oremix.terminal import say

if TYPE_CHECKING:
    from oremix.models import Plan

__all__ = ["COMMANDS", "write_report"]


@click.command()
@click.argument("problem")
@click.argument("other")
@click.option("--force", is_flag=True, help="Replace OTHER if it exists.")
def convert(problem: str, other: str, force: bool) -> None:
    """Write PROBLEM as OTHER, nothing lost: .json, .xlsx, a folder of CSV files (name/), or - for JSON."""
    outputs.check_target(other, force=force)
    outputs.write_problem(read_problem(problem), other)
    if other != "-":
        say(f"wrote {other}")


def write_report(output: str, plan: Plan, *_: object) -> None:
    """The report of a plan as a workbook."""
    outputs.write_plan(plan, output)


COMMANDS = (convert,)

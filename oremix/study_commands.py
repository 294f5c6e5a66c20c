"""The commands of the studies."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

import click

from oremix import terminal
from oremix.inputs import read_plan
from oremix.terminal import as_json

__all__ = ["COMMANDS"]


@click.command()
@click.argument("first")
@click.argument("second")
@as_json
def compare(first: str, second: str, as_json: bool) -> int:
    """Say what the plan SECOND costs more than the plan FIRST, by cause, and what it does otherwise."""
    import oremix

    found = oremix.compare(read_plan(first), read_plan(second))
    terminal.answer(found.to_json() if as_json else str(found))
    return 0


COMMANDS = (compare,)

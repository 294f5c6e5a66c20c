"""The commands of the studies."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

from typing import Any

import click

from oremix import arguments, terminal
from oremix.inputs import read_plan, read_problem
from oremix.terminal import CallError, as_json

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


@click.command()
@click.argument("problem")
@click.option("--policy", metavar="ID", help="Policy whose bound moves; default the only share policy with a max.")
@click.option("--side", type=click.Choice(["max", "min"]), help="Which of its bounds; default the max, if it has one.")
@click.option("--policy2", metavar="ID", help="A second policy: the cost of both at once, as a table.")
@click.option("--side2", type=click.Choice(["max", "min"]), help="Which bound of the second.")
@click.option("--from", "from_", type=float, metavar="B", help="The loosest bound (a share from 0 to 1, or an amount).")
@click.option("--to", type=float, metavar="B", help="The tightest bound; default the tightest that can be kept.")
@click.option("--bounds", callback=arguments.bounds, metavar="B,B,…", help="These bounds alone, in place of a search.")
@click.option("--from-year", type=int, metavar="Y", help="First year in which the bound moves; before, as stated.")
@click.option("--until-year", type=int, metavar="Y", help="Last year in which the bound moves; after, as stated.")
@click.option("--points", type=int, metavar="N", help="How many bounds may be solved; with --policy2, of each policy.")
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for the whole study.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative gap at which yes/no decisions may stop.")
@as_json
def frontier(
    problem: str,
    as_json: bool,
    policy2: str | None,
    side2: str | None,
    points: int | None,
    **options: Any,
) -> int:
    """Say what a policy of PROBLEM costs at every bound, from where it begins to cost to the tightest there can be.

    Ends with 0 where there is any plan, 3 where there is none at any bound, 4 where a limit was reached before one.
    """
    import oremix
    from oremix.cli import EXIT_CODES

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    with terminal.tracked("Solving …") as told:
        if policy2 is None:
            limit: dict[str, Any] = {} if points is None else {"max_points": points}
            found: Any = terminal.interruptible(
                lambda stop: oremix.frontier(question, stop=stop, progress=told, **options, **limit)
            )
            code = EXIT_CODES[found.status]
        else:
            asked = _for_two(options, points)
            found = terminal.interruptible(
                lambda stop: oremix.surface(
                    question, second_policy=policy2, second_side=side2, stop=stop, progress=told, **asked
                )
            )
            code = 0 if found.points else EXIT_CODES["infeasible" if found.complete else "no_answer"]
    write_answer(found.to_json() if as_json else str(found))
    return code


def _for_two(options: dict[str, Any], points: int | None) -> dict[str, Any]:
    """What a surface takes of a frontier's options."""
    if options["policy"] is None:
        raise CallError("--policy2 needs --policy")
    alone = [name for name in ("from_", "to", "bounds") if options[name] is not None]
    if alone:
        names = ", ".join(f"--{name.strip('_')}" for name in alone)
        raise CallError(f"{names} cannot stand with --policy2: its bounds go from where each policy begins to bind")
    kept = {name: value for name, value in options.items() if name not in ("from_", "to", "bounds")}
    return kept | ({} if points is None else {"points": points})


COMMANDS = (
    compare,
    frontier,
)

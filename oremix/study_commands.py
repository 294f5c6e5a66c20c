"""The commands of the studies."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

from typing import Any

import click

from oremix import arguments, terminal
from oremix.inputs import read_plan, read_problem
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


@click.command()
@click.argument("problem")
@click.argument("plan", required=False)
@as_json
@click.option("--all", "everything", is_flag=True, help="All that is tried where nothing is named, beside what is.")
@click.option("--country", "countries", multiple=True, metavar="CN", help="Nothing is made in a country or group.")
@click.option("--facility", "facilities", multiple=True, metavar="ID", help="A supplier, plant or recycler is out.")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="A scenario of the problem.")
@click.option("--ban", "bans", callback=arguments.bans, multiple=True, metavar="CN:refining", help="An export ban.")
@click.option(
    "--spike", "spikes", callback=arguments.factors, multiple=True, metavar="CN=2", help="Unit costs times f."
)
@click.option(
    "--surge",
    "surges",
    callback=arguments.factors,
    multiple=True,
    metavar="ID=1.2",
    help='Demand times f; "*" for all.',
)
@click.option(
    "--lane", "lanes", callback=arguments.lanes, multiple=True, metavar="AU:MY=2", help="A lane closed, for 2 periods."
)
@click.option("--pairs", "every_pair", is_flag=True, help="Every two of the countries tried, together.")
@click.option("--pair", "pairs", nargs=2, multiple=True, metavar="A B", help="Two outages by name, together.")
@click.option("--years", callback=arguments.years, metavar="2028-2030", help="Years of the outages; default all.")
@click.option(
    "--insurance",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="For how many of the worst it is looked for.",
)
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for all of it.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative distance to the best cost at which to stop.")
def stress(
    problem: str, plan: str | None, as_json: bool, time_limit: float | None, gap: float | None, **asked: Any
) -> int:
    """Put a PLAN of PROBLEM to outages: what goes short, what it costs, who takes over; what hurts most comes first.

    Without PLAN the problem is solved first. Every option that names an outage is repeatable; where none is named,
    every country, supplier, plant and recycler is tried alone, and every scenario. Builds stay as planned.
    """
    import oremix

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    answer = None if plan is None else read_plan(plan)
    options = _stress_options(**asked)
    with terminal.counted("Stress test") as progress:
        found = terminal.interruptible(
            lambda stop: oremix.stress(
                question, answer, options=options, time_limit=time_limit, gap=gap, stop=stop, progress=progress
            )
        )
    write_answer(found.to_json() if as_json else str(found))
    return 0


def _stress_options(
    everything: bool,
    every_pair: bool,
    years: tuple[int | None, int | None],
    pairs: tuple[tuple[str, str], ...],
    spikes: list[tuple[str, float]],
    surges: list[tuple[str, float]],
    **named: Any,
) -> dict[str, Any]:
    """The options as the library has them."""
    first, last = years
    options = {key: list(value) if isinstance(value, tuple) else value for key, value in named.items()}
    options |= {"from_year": first} if first is not None else {}
    options |= {"until_year": last} if last is not None else {}
    options |= {"all": True} if everything else {}
    return options | {
        "pairs": True if every_pair else [list(pair) for pair in pairs],
        "spikes": [{"of": of, "times": times} for of, times in spikes],
        "surges": [{"demand": demand, "times": times} for demand, times in surges],
    }


COMMANDS = (
    compare,
    stress,
)

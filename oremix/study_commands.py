"""The commands of the studies."""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from oremix import arguments, terminal
from oremix.inputs import read_list, read_plan, read_problem
from oremix.terminal import CallError, as_json

__all__ = ["COMMANDS"]


def _told(title: str, study: Callable[..., Any]) -> Any:
    """What a study finds, with a bar that tells how far it is; Ctrl-C ends it with what is done."""
    with terminal.tracked(title) as progress:
        return terminal.interruptible(lambda stop: study(stop=stop, progress=progress))


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
    if policy2 is None:
        limit: dict[str, Any] = {} if points is None else {"max_points": points}
        found: Any = _told("Solving …", partial(oremix.frontier, question, **options, **limit))
        code = EXIT_CODES[found.status]
    else:
        asked = _for_two(options, points)
        study = partial(oremix.surface, question, second_policy=policy2, second_side=side2, **asked)
        found = _told("Solving …", study)
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
    found = _told(
        "Stress test", partial(oremix.stress, question, answer, options=options, time_limit=time_limit, gap=gap)
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


@click.command()
@click.argument("problem")
@as_json
@click.option("--by", type=float, metavar="S", help="By how much each input moves; default 0.1, which is ±10 %.")
@click.option(
    "--inputs",
    type=click.Choice(["all", "assumptions", "none"]),
    help="Which move: all numbers stated, those marked as assumptions, or none beside groups.",
)
@click.option("--on", multiple=True, metavar="suppliers", help="A kind of part whose inputs move; default all.")
@click.option("--field", "fields", multiple=True, metavar="unit_cost", help="A field that moves; default all.")
@click.option(
    "--group",
    "groups",
    callback=arguments.groups,
    multiple=True,
    metavar="suppliers:unit_cost:country=CN",
    help="A field of several parts, moved together.",
)
@click.option("--defaults", is_flag=True, help="Numbers that are not stated, such as a recovery of 1, move too.")
@click.option("--most", type=int, metavar="N", help="How many inputs are solved again, those that carry most first.")
@click.option("--samples", type=int, metavar="N", help="Draw all that is uncertain together, this often.")
@click.option("--seed", type=int, metavar="N", help="Of the drawing; default 0.")
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for all of it.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative gap at which yes/no decisions may stop.")
def sensitivity(
    problem: str, as_json: bool, time_limit: float | None, gap: float | None, defaults: bool, **asked: Any
) -> int:
    """Say which numbers of PROBLEM carry its answer: each lowered and raised, and on request all drawn together.

    Options that name something are repeatable.
    """
    import oremix

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    options = {key: list(value) if isinstance(value, tuple) else value for key, value in asked.items()}
    options = {key: value for key, value in options.items() if value not in (None, [])}
    options |= {"defaults": True} if defaults else {}
    found = _told("Solving …", partial(oremix.sensitivity, question, options=options, time_limit=time_limit, gap=gap))
    write_answer(found.to_json() if as_json else str(found))
    return 0


@click.command()
@click.argument("problem")
@click.option("--within", callback=arguments.margin, metavar="2%", help="How much more a plan may cost; default 2%.")
@click.option("--budget", type=float, metavar="B", help="In place of --within: the most that a plan may cost.")
@click.option("--count", type=click.IntRange(0, 100), default=5, show_default=True, help="How many are looked for.")
@click.option("--min-distance", callback=arguments.share, metavar="5%", help="No two are nearer; default 5%.")
@click.option(
    "--demands", callback=arguments.words, multiple=True, metavar="ID,…", help="Whose supply tells plans apart."
)
@click.option(
    "--decisions",
    callback=arguments.words,
    multiple=True,
    metavar="build,CN,…",
    help="Whose ranges: share, build, supplier, plant, recycler, stock, demand, or ids; default all.",
)
@click.option(
    "--max-decisions", type=click.IntRange(0), default=500, show_default=True, help="The most ranges worked out."
)
@click.option("--tries", type=click.IntRange(0, 10_000), default=50, show_default=True, help="Random directions.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the random directions.")
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for the whole study.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative gap at which yes/no decisions may stop.")
@as_json
def alternatives(problem: str, as_json: bool, min_distance: float | None, **options: Any) -> int:
    """Say what else is nearly as cheap for PROBLEM: other plans, and what each decision can be within the budget."""
    import oremix

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    apart: dict[str, Any] = {} if min_distance is None else {"min_distance": min_distance}
    found = _told("Alternatives", partial(oremix.alternatives, question, **options, **apart))
    write_answer(found.to_json() if as_json else str(found))
    return 0


@click.command()
@click.argument("problem")
@as_json
@click.option("--scenario", "named", multiple=True, metavar="ID", help="A scenario of the problem; default all of it.")
@click.option("--scenarios", "file", metavar="FILE", help="Scenarios of your own, a JSON list as in a problem.")
@click.option(
    "--probability",
    "probabilities",
    callback=arguments.probabilities,
    multiple=True,
    metavar="ID=0.2",
    help="A scenario's probability, in place of what it states.",
)
@click.option("--worst", is_flag=True, help="The cost in the worst branch is to be least; needs no probabilities.")
@click.option("--cvar", "cvar_weight", callback=arguments.share, metavar="W", help="Weight of CVaR beside 1 − W.")
@click.option(
    "--alpha", callback=arguments.share, metavar="A", help="CVaR is of the worst 1 − A; default 0.95: of 5 %."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "whole", "decomposed"]),
    help="All branches as one linear program, or each by itself; default by size.",
)
@click.option("--others/--no-others", default=None, help="What each scenario's decisions cost in all others, or not.")
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for all of it.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative distance to the best cost at which to stop.")
def hedge(
    problem: str,
    as_json: bool,
    named: tuple[str, ...],
    file: str | None,
    worst: bool,
    time_limit: float | None,
    gap: float | None,
    **asked: Any,
) -> int:
    """Decide what PROBLEM should build before it is known which of its scenarios comes true.

    All builds are common to the scenarios, and operations before the first period that any of them changes. What is
    left of probability belongs to the data as stated. Ends with 0 where there are common decisions, 3 where there are
    none, 4 where a limit was reached before any.
    """
    import oremix
    from oremix.cli import EXIT_CODES

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    options = {name: value for name, value in asked.items() if value is not None}
    options |= {"objective": "worst"} if worst else {}
    own = [] if file is None else read_list(file)
    options |= {"scenarios": [*named, *own]} if named or file is not None else {}
    found = _told("Hedge:", partial(oremix.hedge, question, options=options, time_limit=time_limit, gap=gap))
    write_answer(found.to_json() if as_json else str(found))
    return EXIT_CODES[found.status]


COMMANDS = (
    compare,
    frontier,
    hedge,
    stress,
    sensitivity,
    alternatives,
)

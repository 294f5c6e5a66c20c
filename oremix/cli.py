"""The command `oremix`.

Exit codes: 0 answered, 1 our fault, 2 the input or the call is wrong, 3 infeasible or unbounded, or a plan that is
not right, 4 a limit was reached without an answer, 130 stopped by Ctrl-C.
"""

# What a command needs is imported when it runs, so that `oremix --help` is quick.
from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from oremix import arguments, key_commands, outputs, service_commands, sheet_commands, study_commands, terminal
from oremix.inputs import read_plan, read_problem
from oremix.terminal import CallError, as_json, say

if TYPE_CHECKING:
    from oremix.models import Fault, InvalidProblem, Plan, Problem
    from oremix.optimizer.solving import Progress

__all__ = ["cli", "main"]

EXIT_CODES = {"optimal": 0, "feasible": 0, "infeasible": 3, "unbounded": 3, "no_answer": 4}
DOCUMENTS = [
    "problem",
    "plan",
    "compliance",
    "why",
    "verification",
    "comparison",
    "frontier",
    "surface",
    "stress",
    "hedge",
    "alternatives",
    "sensitivity",
]
OUR_FAULT, WRONG, INTERRUPTED = 1, 3, 130
# Threads in which a solver was left with its search; nobody waits for them.
LEFT = "HiGHS"


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked:
        import oremix

        terminal.answer(f"oremix {oremix.__version__}")
        ctx.exit()


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Plan critical-mineral sourcing: supply, capacity and recycling at the lowest cost within the rules."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(CallError.exit_code)


for command in (*study_commands.COMMANDS, *sheet_commands.COMMANDS, *service_commands.COMMANDS, key_commands.keys):
    cli.add_command(command)


# ---------------------------------------------------------------- problems


@cli.command()
@click.argument("problem")
@click.option("-o", "--output", metavar="PLAN", help="Write the plan to this file, .json or .xlsx.")
@as_json
@click.option(
    "--cap",
    "caps",
    callback=arguments.caps,
    multiple=True,
    metavar="CN=0.3",
    help="Cap the supply share of a country or group; repeatable.",
)
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for the solver.")
@click.option("--gap", callback=arguments.gap, metavar="G", help="Relative distance to the best cost at which to stop.")
@click.option(
    "--solver", default="highs", show_default=True, metavar="NAME", help="highs, cbc, or another that PuLP knows."
)
@click.option(
    "--detail",
    type=click.Choice(["auto", "full", "plan"]),
    default="auto",
    help="full: every price with its range; plan: without; auto: full unless the problem is large.",
)
@click.option(
    "--lp", metavar="FILE", callback=arguments.file, help="Write the linear program to this file, with readable names."
)
def solve(
    problem: str, output: str | None, as_json: bool, caps: list[tuple[str, float]], lp: str | None, **options: Any
) -> int:
    """Find the cheapest plan for PROBLEM: a file, JSON or .xlsx, a folder of CSV files, or - for standard input.

    Ends with 0 where there is a plan, 2 where the problem or the call is wrong, 3 where no plan keeps every rule (or
    the cost has no limit), 4 where a limit was reached without a plan, 1 where the fault is ours.
    """
    import oremix

    terminal.check_writable(output)
    terminal.check_writable(lp)
    write_answer = terminal.reserve_output()
    question = _capped(read_problem(problem), caps)
    if lp is not None:
        _write_lp(question, lp)
    with terminal.progress("Solving …") as show:
        plan = terminal.interruptible(
            lambda stop: oremix.solve(question, stop=stop, progress=lambda found: show(_so_far(found)), **options)
        )
    if output is not None:
        outputs.write_plan(plan, output)
    write_answer(plan.to_json() if as_json else str(plan))
    return EXIT_CODES[plan.status]


def _so_far(found: Progress) -> str:
    """How good the best plan so far is."""
    if found.cost is None:
        return "no plan yet"
    within = "" if found.gap is None else f", at most {100 * found.gap:.2g} % above the best"
    return f"a plan at {found.cost:,.6g}{within}"


@cli.command()
@click.argument("problem")
@as_json
def check(problem: str, as_json: bool) -> int:
    """List everything that is wrong with PROBLEM, each with its path, or in a spreadsheet with its cell."""
    from oremix.models import InvalidProblem

    try:
        question = read_problem(problem)
    except InvalidProblem as error:
        if not as_json:
            raise
        terminal.answer(_json({"valid": False, "errors": [fault.as_dict() for fault in error.errors]}))
        return CallError.exit_code
    warnings = question.warnings
    if as_json:
        terminal.answer(_json({"valid": True, "warnings": warnings, "problem_hash": question.hash}))
        return 0
    for warning in warnings:
        say(f"warning: {warning}")
    terminal.answer("valid" + (f", with {len(warnings)} warning{'s' * (len(warnings) > 1)}" if warnings else ""))
    return 0


@cli.command()
@click.argument("problem")
@click.argument("id")
@as_json
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for each solve.")
@click.option(
    "--solver", default="highs", show_default=True, metavar="NAME", help="highs, cbc, or another that PuLP knows."
)
def why(problem: str, id: str, as_json: bool, **options: Any) -> int:  # noqa: A002 - the contract's word
    """Say why the supplier, plant, recycler, demand, lane, stockpile or policy of this ID is used, or not."""
    import oremix

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    with terminal.progress("Solving …"):
        found = oremix.why(question, id, **options)
    write_answer(found.to_json() if as_json else str(found))
    return EXIT_CODES[found.status]


@cli.command()
@click.argument("problem")
@click.argument("plan")
@as_json
@click.option("--cheapest", is_flag=True, help="Solve PROBLEM too, and say by how much PLAN is dearer than can be.")
@click.option("--time-limit", callback=arguments.seconds, metavar="S", help="Seconds for that.")
def verify(problem: str, plan: str, as_json: bool, cheapest: bool, **options: Any) -> int:
    """Check PLAN, ours or anybody's, against PROBLEM: everything it states is recomputed from the two files alone.

    Ends with 0 where the plan is right, 2 where either file cannot be read, 3 where the plan is wrong or claims that
    there is none: the output says why.
    """
    import oremix

    write_answer = terminal.reserve_output()
    question, answer = _question_and_plan(problem, plan)
    with terminal.progress("Verifying …"):
        found = terminal.interruptible(
            lambda stop: oremix.verify(question, answer, cheapest=cheapest, stop=stop, **options)
        )
    write_answer(found.to_json() if as_json else str(found))
    return 0 if found.right else WRONG


def _question_and_plan(problem: str, plan: str) -> tuple[Problem, Plan]:
    """Both files, with the faults of both at once."""
    from oremix.models import InvalidProblem
    from oremix.models.stated import identified, read_stated

    if problem == plan == "-":
        raise CallError("only one of PROBLEM and PLAN can be standard input")
    faults: list[str] = []
    question: Problem | None = None
    answer: Plan | None = None
    try:
        question = read_problem(problem)
    except InvalidProblem as error:
        faults += [_of_file(problem, fault) for fault in error.errors]
    try:
        stated = read_stated(_bytes(plan))
        answer = None if question is None else identified(question, stated)
    except InvalidProblem as error:
        faults += [_of_file(plan, fault) for fault in error.errors]
    for fault in faults:
        say(fault)
    if question is None or answer is None:
        raise CallError(f"{len(faults)} error{'s' * (len(faults) > 1)} in what was given")
    return question, answer


def _bytes(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CallError(f"cannot read {path}: {error.strerror}") from None


def _of_file(path: str, fault: Fault) -> str:
    return f"{'standard input' if path == '-' else path}: {fault}{_given(fault)}"


@cli.command()
@click.argument("problem")
@click.argument("plan", required=False)
@click.option(
    "--preset",
    "presets",
    callback=arguments.presets,
    multiple=True,
    metavar="NAME",
    help="Only this preset; a name, or JSON as in a problem's policies; repeatable.",
)
@as_json
def compliance(problem: str, plan: str | None, presets: list[Any], as_json: bool) -> int:
    """Measure PLAN, or the plan that PROBLEM is solved for, against the presets: each rule met or missed.

    Ends with 0 where there is a plan to measure, whatever it misses.
    """
    import oremix
    from oremix.optimizer.answering.compliance import asked

    write_answer = terminal.reserve_output()
    question = read_problem(problem)
    entries = asked(question, presets or None)
    if plan is not None:
        answer = read_plan(plan)
    else:
        with terminal.progress("Solving …"):
            answer = terminal.interruptible(lambda stop: oremix.solve(question, stop=stop, detail="plan"))
    found = oremix.compliance(question, answer, entries)
    write_answer(found.to_json() if as_json else str(found))
    return EXIT_CODES[answer.status]


def _capped(problem: Problem, caps: list[tuple[str, float]]) -> Problem:
    if not caps:
        return problem
    from oremix.caps import with_caps

    capped, notes = with_caps(problem, caps)
    for note in notes:
        say(note)
    return capped


def _write_lp(problem: Problem, path: str) -> None:
    import oremix

    program = oremix.formulate(problem)
    try:
        program.writeLP(path)
    except OSError as error:
        raise CallError(f"cannot write {path}: {error.strerror}") from None


def _json(content: Any) -> str:
    return json.dumps(content, indent=2)


# ---------------------------------------------------------------- starting points


@cli.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--empty", is_flag=True, help="Of a workbook or folder the headers and explanations alone.")
def new(file: str, force: bool, empty: bool) -> None:
    """Write a small problem with explanations to FILE: .json, .xlsx, a folder of CSV files (name/), or - for JSON."""
    from oremix.template import TEMPLATE

    outputs.check_target(file, force=force)
    if outputs.is_workbook(file) or outputs.is_folder(file):
        outputs.write_template(file, empty=empty)
    elif empty:
        raise CallError("--empty is for .xlsx and folders; a JSON file without entries is {}")
    elif file == "-":
        return terminal.answer(TEMPLATE)
    else:
        terminal.write_file(file, TEMPLATE)
    return say(f"wrote {file}; next: oremix {'check' if empty else 'solve'} {file}")


@cli.command()
@click.argument("name", required=False)
@click.option("-o", "--output", metavar="FILE", help="Write the example to this file, .json or .xlsx.")
def examples(name: str | None, output: str | None) -> None:
    """List the examples, or write the one of this NAME."""
    import oremix

    titles = oremix.examples()
    if name is None:
        width = max(map(len, titles), default=0)
        return terminal.answer("\n".join(f"{key:<{width}}  {title}" for key, title in titles.items()))
    if name not in titles:
        raise CallError(f"there is no example {name}; there are: {', '.join(titles)}")
    if output is None:
        return terminal.answer(oremix.example(name))
    if outputs.is_workbook(output) or outputs.is_folder(output):
        return outputs.write_problem(oremix.read_problem(oremix.example(name)), output)
    terminal.check_writable(output)
    return terminal.write_file(output, oremix.example(name))


@cli.command()
@click.argument("name", required=False)
@as_json
def presets(name: str | None, as_json: bool) -> None:
    """List the policy presets, or show the one of this NAME with its source and what it leaves out."""
    import oremix

    titles = oremix.presets()
    if name is None:
        width = max(map(len, titles))
        listed = "\n".join(f"{key:<{width}}  {title}" for key, title in titles.items())
        return terminal.answer(_json(titles) if as_json else listed)
    if name not in titles:
        raise CallError(f"there is no preset {name}; there are: {', '.join(titles)}")
    found = oremix.preset(name)
    return terminal.answer(found.to_json() if as_json else str(found))


@cli.command()
@click.argument("of", required=False, type=click.Choice(DOCUMENTS))
def schema(of: str | None) -> None:
    """Write the JSON Schema of problem, of plan, of another answer, or of all."""
    from oremix.models import schema as schemas

    terminal.answer(_json(schemas.schema(of)))


# ---------------------------------------------------------------- service


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes; default two per processor, at least 4.")
@click.option(
    "--job-workers", type=click.IntRange(min=0), help="Processes for jobs; default one per processor. 0: see `worker`."
)
def serve(host: str, port: int, workers: int | None, job_workers: int | None) -> None:
    """Serve the HTTP API until stopped, and work on its jobs."""
    from oremix.api import Settings, serving
    from oremix.api.storage import StorageError

    try:
        settings = serving.guarded(Settings.from_environment(os.environ), host)
        serving.probe(host, port)
    except ValueError as error:
        raise CallError(str(error)) from None
    except StorageError as error:
        raise CallError(f"cannot look for keys: {error}") from None
    except OSError as error:
        raise CallError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    if settings.keys == "off" and not serving.is_loopback(host):
        say(f"warning: whoever reaches {host} may send problems and read jobs: OREMIX_KEYS is off")
    service_commands.prepare(settings)
    hands = serving.default_job_workers() if job_workers is None else job_workers
    serving.Service(settings, host, port, workers or serving.default_workers(), hands).run()


# ---------------------------------------------------------------- endings


def main() -> None:
    """Run the command and end with its exit code; no traceback unless OREMIX_DEBUG is 1."""
    code = _run()
    if any(thread.name == LEFT for thread in threading.enumerate()):
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run() -> int:
    try:
        return cli.main(prog_name="oremix", standalone_mode=False) or 0
    except (click.Abort, KeyboardInterrupt):
        _stop()
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        say(f"oremix: {error.format_message()}")
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown a traceback
        return _failure(error)


def _stop() -> NoReturn:
    """End at once: a solver may still be running in its thread, and does not listen."""
    say("oremix: stopped")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "oremix"
    say(f"oremix: {error.format_message()} (see {command} --help)")
    return error.exit_code


def _failure(error: Exception) -> int:
    from oremix.models import InvalidOption, InvalidProblem, MissingExtra, SolverFailed, TooLarge, UnknownSolver

    if isinstance(error, InvalidProblem):
        return _report(error)
    if isinstance(error, UnknownSolver | TooLarge | InvalidOption | MissingExtra):
        say(f"oremix: {error}")
        return CallError.exit_code
    if os.environ.get("OREMIX_DEBUG") == "1":
        raise error
    if isinstance(error, SolverFailed):
        say(f"oremix: the solver failed: {error}")
    else:
        say(f"oremix: internal error: {type(error).__name__}: {error}; please report it with what OREMIX_DEBUG=1 shows")
    return OUR_FAULT


def _given(fault: Fault) -> str:
    return "" if fault.value is None else f" (given: {json.dumps(fault.value, ensure_ascii=False)})"


def _report(error: InvalidProblem) -> int:
    for fault in error.errors:
        say(f"{fault}{_given(fault)}")
    count = len(error.errors)
    say(f"oremix: {count} error{'s' * (count > 1)} in the problem")
    return CallError.exit_code

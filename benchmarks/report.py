"""What was measured, as tables and a plot."""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.results import Measured, Results, made, seconds, solving, warm
from benchmarks.routes import ROUTES
from benchmarks.service.load import REQUESTS, RIVAL, SIZE
from benchmarks.targets import TARGETS

__all__ = ["PHASES", "text", "write"]

Group = list[Measured]

PHASES = ("validate", "formulate", "hand over", "solve", "verify", "answer", "audit", "rest", "serialise")
"""Oremix's own, in order."""
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def text(results: Results, command: str) -> str:
    """Every table, in Markdown."""
    parts = [_where(results, command), _targets(results)]
    parts += [_routes(results, *of) for of in results.problems]
    parts += [_memory(results), _phases(results), _sweeps(results.sweeps), _services(results.services)]
    return "\n\n".join(part for part in parts if part)


def _where(results: Results, command: str) -> str:
    packages = sorted({ROUTES[one["route"]].package for one in results.routes} | {"highspy", "numpy", "pydantic"})
    listed = ", ".join(f"{package} {version(package)}" for package in packages)
    processes = Counter((one["size"], one["variant"], one["route"]) for one in results.routes if one["first"])
    turns = max(processes.values())
    return (
        f"`{command.strip()}`: {turns} process{'es' * (turns > 1)} each, on {os.cpu_count()} shared processors"
        f" ({_processor()}), Python {platform.python_version()}, {listed}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _number(value: float) -> str:
    """Three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.1g}"


def _title(size: str, variant: str) -> str:
    return f"{size} {variant}".strip()


def _targets(results: Results) -> str:
    """The bounds that the project set itself, and whether they are kept."""
    rows = []
    for target in TARGETS:
        number = target.of(results)
        verdict = "not measured" if number is None else "met" if target.is_met_by(number) else "**missed**"
        measured = "–" if number is None else f"{_number(number)}{target.unit}"
        bound = f"at {'least' if target.at_least else 'most'} {_number(target.bound)}{target.unit}"
        rows.append([target.says, bound, measured, verdict])
    return "### Targets\n\n" + _table(["what", "target", "measured", ""], rows)


def _routes(results: Results, size: str, variant: str) -> str:
    """The routes of one problem, as ratios to the limit."""
    routes = {name: mine for name in ROUTES if (mine := results.of(name, size, variant))}
    limits = warm(next(iter(routes.values())))
    before, whole = min(map(made, limits)), min(map(seconds, limits))
    rows = []
    for name, mine in routes.items():
        hot = warm(mine)
        rows.append(
            [
                ROUTES[name].says,
                _number(min(map(made, hot))),
                _spread(hot, made, before),
                _number(min(map(solving, hot))),
                _number(min(map(seconds, hot))),
                _spread(hot, seconds, whole),
                _number(min(seconds(one, "wall") for one in hot)),
                _number(min(seconds(one) for one in mine if one["first"])),
                _number(min(one["import"] for one in mine)),
            ]
        )
    head = ["route", "made, s", "× limit", "solver, s", "all, s", "× limit", "wall, s", "first, s", "import, s"]
    shape = next((one["shape"] for mine in routes.values() for one in mine if "shape" in one), None)
    counted = "" if shape is None else "{:,} columns, {:,} rows, {:,} nonzeros.".format(*shape)
    if not any("objective" in one for mine in routes.values() for one in mine):
        counted += " Not solved: ended where the solver would start."
    return f"### {_title(size, variant)}\n\n{counted.strip()}\n\n{_table(head, rows)}"


def _spread(group: Group, value: Callable[[Measured], float], limit: float) -> str:
    """The least and the median, as ratios."""
    values = [value(one) / limit for one in group]
    return f"{_number(min(values))} ({_number(median(values))})"


def _memory(results: Results) -> str:
    """The most that each process had, all of it and what came on top of its imports, with ratios to the limit."""
    columns = [of for of in results.problems if results.of("raw", *of)]
    rows = []
    for name in ROUTES:
        cells = [_megabytes(results.of(name, *of), results.of("raw", *of)) for of in columns]
        if any(cell != "–" for cell in cells):
            rows.append([ROUTES[name].says, *cells])
    what = "MB at the peak, then that less what the process had before the problem; in brackets as ratios to the limit."
    head = ["route", *(_title(*of) for of in columns)]
    return f"### Memory\n\n{what}\n\n{_table(head, rows)}" if columns else ""


def _megabytes(mine: Group, limits: Group) -> str:
    """Of the first time only: what comes later may find the memory in pieces."""
    firsts, limits = ([one for one in group if one["first"]] for group in (mine, limits))
    if not firsts:
        return "–"
    cells = []
    for less in (0, 1):
        value, limit = (min(one["peak_mb"] - less * one["start_mb"] for one in group) for group in (firsts, limits))
        cells.append(f"{value:,.0f} ({_number(value / limit)})" if limit else f"{value:,.0f}")
    return ", ".join(cells)


def _phases(results: Results) -> str:
    """Oremix's phases by size, in CPU seconds and as ratios to the limit's whole."""
    columns = {}
    for of in results.problems:
        limit = results.least("raw", *of, seconds)
        for route, more in (("oremix", ""), ("oremix_full", ", full")):
            mine = warm(results.of(route, *of))
            if mine and limit:
                columns[_title(*of) + more] = (mine, limit)
    rows = [[phase, *(_phase(mine, limit, phase) for mine, limit in columns.values())] for phase in PHASES]
    title = "### Oremix by phase\n\nCPU seconds, and in brackets as a multiple of all that the limit takes.\n\n"
    return title + _table(["phase", *columns], rows) if columns else ""


def _phase(mine: Group, limit: float, phase: str) -> str:
    spent = min(one["cpu"].get(phase, 0.0) for one in mine)
    return f"{_number(spent)} ({_number(spent / limit)})" if spent else "–"


def _sweeps(sweeps: dict[str, Any]) -> str:
    """What a sweep through a session takes, in cold solves."""
    rows = [
        [size, *(_number(part) for part in (swept.cold, swept.opened, swept.points, swept.ratio)), f"{swept.apart:.0e}"]
        for size, swept in sweeps.items()
    ]
    head = ["size", "one cold solve, s", "session, s", "50 points, s", "all, in cold solves", "costs apart"]
    what = "Both caps on China in 50 steps through one session, beside solving some of them from nothing; CPU seconds."
    return f"### A sweep\n\n{what}\n\n{_table(head, rows)}" if rows else ""


def _services(services: Group) -> str:
    """CPU time by request, and answers per second as ratios to the rival."""
    rows = []
    for name in dict.fromkeys(one["name"] for one in services):
        mine = [one for one in services if one["name"] == name]
        best, rival = (max(one["per_cpu"] for one in services if one["name"] == whose) for whose in (name, RIVAL))
        rows.append(
            [
                name,
                _number(1e3 / best),
                _number(best),
                _number(median(one["per_cpu"] for one in mine)),
                _number(max(one["per_wall"] for one in mine)),
                _number(best / rival),
                _number(mine[0]["kilobytes"]),
            ]
        )
    head = ["service", "CPU ms each", "per CPU-second, best", "median", "per second, best", f"to {RIVAL}", "answer, kB"]
    what = (
        f"{REQUESTS} different problems of size {SIZE} over HTTP, one after another, each on a connection of its own,"
        " to one sync worker of gunicorn. CPU time is that of the service and its children."
    )
    return f"### The service\n\n{what}\n\n{_table(head, rows)}" if rows else ""


# ---------------------------------------------------------------- files


def write(folder: Path, measured: str, results: Results) -> None:
    """Put the tables between the marks of benchmarks.md, and draw benchmarks.svg."""
    page = folder / "benchmarks.md"
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
    if find_spec("matplotlib") is None:
        print("left out: the plot, since matplotlib is not installed", file=sys.stderr)
        return
    from benchmarks.plot import draw  # noqa: PLC0415 - as above

    draw(results, folder / "benchmarks.svg")

"""What was measured, as tables and a plot."""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.routes import ROUTES

__all__ = ["PHASES", "text", "write"]

Measured = dict[str, Any]
Group = list[Measured]

PHASES = ("validate", "formulate", "hand over", "solve", "verify", "answer", "audit", "rest", "serialise")
"""Oremix's own, in order."""
OUTSIDE = ("import",)
BEFORE_SOLVING = ("validate", "build", "formulate", "hand over")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def seconds(one: Measured, clock: str = "cpu", phases: Iterable[str] | None = None) -> float:
    """Seconds of some phases, or of all but the import."""
    return sum(
        spent
        for phase, spent in one[clock].items()
        if (phase in phases if phases is not None else phase not in OUTSIDE)
    )


def text(found: Group, services: Group, command: str) -> str:
    """Every table, in Markdown."""
    parts = [_where(found, command)]
    for size, variant in dict.fromkeys((one["size"], one["variant"]) for one in found):
        group = [one for one in found if (one["size"], one["variant"]) == (size, variant)]
        parts.append(_routes(f"{size} {variant}".strip(), group))
    parts.append(_phases(found))
    if services:
        parts.append(_services(services))
    return "\n\n".join(part for part in parts if part)


def _where(found: Group, command: str) -> str:
    packages = sorted({ROUTES[one["route"]].package for one in found} | {"highspy", "numpy", "pydantic"})
    listed = ", ".join(f"{package} {version(package)}" for package in packages)
    turns = max(Counter((one["size"], one["variant"], one["route"]) for one in found).values())
    return (
        f"`{command.strip()}`: {turns} repetition{'s' * (turns > 1)} each, on {os.cpu_count()} shared processors"
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


def _least(group: Group, value: Callable[[Measured], float]) -> tuple[float, float]:
    values = [value(one) for one in group]
    return min(values), median(values)


def _by_route(group: Group) -> dict[str, Group]:
    return {name: mine for name in ROUTES if (mine := [one for one in group if one["route"] == name])}


def _routes(title: str, group: Group) -> str:
    """The routes of one size, as ratios to the limit."""
    routes = _by_route(group)
    limits = routes.get("raw") or group
    before = min(seconds(one, phases=BEFORE_SOLVING) for one in limits)
    whole = min(seconds(one) for one in limits)
    rows = []
    for name, mine in routes.items():
        made, solved = _least(mine, lambda one: seconds(one, phases=BEFORE_SOLVING)), _least(mine, _solving)
        cpu, wall = _least(mine, seconds), _least(mine, lambda one: seconds(one, "wall"))
        rows.append(
            [
                ROUTES[name].says,
                _number(made[0]),
                f"{_number(made[0] / before)} ({_number(made[1] / before)})",
                _number(solved[0]),
                _number(cpu[0]),
                _number(wall[0]),
                f"{_number(cpu[0] / whole)} ({_number(cpu[1] / whole)})",
                _number(min(seconds(one, phases=OUTSIDE) for one in mine)),
                f"{max(one['peak_mb'] for one in mine):,.0f}",
            ]
        )
    head = ["route", "made, s", "× limit", "solver, s", "all, s", "wall, s", "× limit", "import, s", "peak, MB"]
    shape = next((one["shape"] for one in group if "shape" in one), None)
    counted = "" if shape is None else " {:,} columns, {:,} rows, {:,} nonzeros.".format(*shape)
    return f"### {title}\n\n{counted.strip()}\n\n{_table(head, rows)}"


def _solving(one: Measured) -> float:
    return seconds(one, phases=("solve",))


def _phases(found: Group) -> str:
    """Oremix's phases by size, in CPU seconds and as ratios to the limit's whole."""
    columns = {}
    for size, variant in dict.fromkeys((one["size"], one["variant"]) for one in found):
        for route in ("oremix", "oremix_full"):
            mine = [one for one in found if (one["size"], one["variant"], one["route"]) == (size, variant, route)]
            raw = [one for one in found if (one["size"], one["variant"], one["route"]) == (size, variant, "raw")]
            if mine and raw:
                title = f"{size} {variant}".strip() + (", full" if route == "oremix_full" else "")
                columns[title] = (mine, min(seconds(one) for one in raw))
    rows = [[phase, *(_phase(mine, limit, phase) for mine, limit in columns.values())] for phase in PHASES]
    title = "### Oremix by phase\n\nCPU seconds, and in brackets as a multiple of all that the limit takes.\n\n"
    return title + _table(["phase", *columns], rows) if columns else ""


def _phase(mine: Group, limit: float, phase: str) -> str:
    spent = min(one["cpu"].get(phase, 0.0) for one in mine)
    return f"{_number(spent)} ({_number(spent / limit)})" if spent else "–"


def _services(services: Group) -> str:
    """Answers per second, as ratios to the fastest."""
    names = list(dict.fromkeys(one["name"] for one in services))
    best = {name: max(one["per_cpu"] for one in services if one["name"] == name) for name in names}
    rows = []
    for name in names:
        mine = [one for one in services if one["name"] == name]
        rows.append(
            [
                name,
                _number(best[name]),
                _number(median(one["per_cpu"] for one in mine)),
                _number(max(one["per_wall"] for one in mine)),
                _number(best[name] / best[names[-1]]),
            ]
        )
    head = ["service", "per CPU-second, best", "median", "per second, best", "to PuLP + CBC"]
    what = "The problem of size 0.1k over HTTP, 100 times one after another, by one sync worker of gunicorn."
    return f"### The service\n\n{what}\n\n{_table(head, rows)}"


# ---------------------------------------------------------------- files


def write(folder: Path, measured: str, found: Group) -> None:
    """Put the tables between the marks of benchmarks.md, and draw benchmarks.svg."""
    page = folder / "benchmarks.md"
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
    if find_spec("matplotlib") is None:
        print("left out: the plot, since matplotlib is not installed", file=sys.stderr)
        return
    from benchmarks.plot import draw  # noqa: PLC0415 - as above

    draw([one for one in found if not one["variant"]], folder / "benchmarks.svg")

"""The tables as one picture: what each route adds to the solver, and where Oremix's time goes."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from benchmarks.report import PHASES
from benchmarks.results import Results, seconds, solving, warm
from benchmarks.routes import ROUTES

__all__ = ["draw"]


def draw(results: Results, path: Path) -> None:
    """Write the picture as SVG; text stays text, and the same numbers give the same file."""
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "oremix", "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    sizes = [size for size, variant in results.problems if not variant]
    _besides_the_solver(left, results, sizes)
    _phases(right, results, [size for size in sizes if results.of("oremix", size)])
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _besides_the_solver(axes: Axes, results: Results, sizes: list[str]) -> None:
    for name, route in ROUTES.items():
        points = []
        for size in sizes:
            shape = next((one["shape"] for one in results.of("raw", size)), None)
            besides = results.least(name, size, "", lambda one: seconds(one) - solving(one))
            solved = any("objective" in one for one in results.of(name, size))
            if shape and besides and solved:
                points.append((shape[0], besides))
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=route.says.replace("`", ""))
    axes.set(xscale="log", yscale="log", xlabel="columns", ylabel="CPU seconds besides the solver")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=8)


def _phases(axes: Axes, results: Results, sizes: list[str]) -> None:
    """Of Oremix's CPU time, the part of each phase."""
    bottom = [0.0] * len(sizes)
    for phase in PHASES:
        parts = []
        for size in sizes:
            best = min(warm(results.of("oremix", size)), key=seconds)
            parts.append(best["cpu"].get(phase, 0.0) / seconds(best))
        axes.bar(sizes, parts, bottom=bottom, label=phase)
        bottom = [below + part for below, part in zip(bottom, parts, strict=True)]
    axes.set(xlabel="size", ylabel="part of Oremix's CPU time, detail=plan", ylim=(0, 1))
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)

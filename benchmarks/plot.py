"""The tables as one picture: what each route adds to the solver, and where Oremix's time goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from benchmarks.report import PHASES, seconds
from benchmarks.routes import ROUTES

__all__ = ["draw"]

Measured = dict[str, Any]


def draw(found: list[Measured], path: Path) -> None:
    """Write the picture as SVG; text stays text, and the same numbers give the same file."""
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "oremix", "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    _besides_the_solver(left, found)
    _phases(right, found)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _sizes(found: list[Measured]) -> list[str]:
    return list(dict.fromkeys(one["size"] for one in found))


def _besides_the_solver(axes: Axes, found: list[Measured]) -> None:
    for name, route in ROUTES.items():
        points = []
        for size in _sizes(found):
            mine = [one for one in found if (one["route"], one["size"]) == (name, size)]
            shape = next((one["shape"] for one in mine if "shape" in one), None)
            if mine and shape:
                points.append((shape[0], min(seconds(one) - one["cpu"].get("solve", 0.0) for one in mine)))
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=route.says.replace("`", ""))
    axes.set(xscale="log", yscale="log", xlabel="columns", ylabel="CPU seconds besides the solver")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=8)


def _phases(axes: Axes, found: list[Measured]) -> None:
    """Of Oremix's CPU time, the part of each phase."""
    sizes = [size for size in _sizes(found) if any((one["size"], one["route"]) == (size, "oremix") for one in found)]
    bottom = [0.0] * len(sizes)
    for phase in PHASES:
        parts = []
        for size in sizes:
            best = min((one for one in found if (one["size"], one["route"]) == (size, "oremix")), key=seconds)
            parts.append(best["cpu"].get(phase, 0.0) / seconds(best))
        axes.bar(sizes, parts, bottom=bottom, label=phase)
        bottom = [below + part for below, part in zip(bottom, parts, strict=True)]
    axes.set(xlabel="size", ylabel="part of Oremix's CPU time, detail=plan", ylim=(0, 1))
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5), reverse=True)

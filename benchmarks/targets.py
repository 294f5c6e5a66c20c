"""What the project set itself, beside what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.results import Measured, Results, made, seconds, solving
from benchmarks.service.load import OURS, RIVAL

__all__ = ["TARGETS", "Target"]

Measure = Callable[[Results], float | None]
"""A number from what was measured; none where a part of it is missing."""


@dataclass(frozen=True)
class Target:
    """A bound on a number, at most unless it says at least."""

    says: str
    bound: float
    of: Measure
    unit: str = " ×"
    at_least: bool = False

    def is_met_by(self, number: float) -> bool:
        """Whether a number keeps the bound."""
        return number >= self.bound if self.at_least else number <= self.bound


def _besides(one: Measured) -> float:
    return seconds(one) - solving(one)


def _peak(one: Measured) -> float:
    return float(one["peak_mb"])


def _grown(one: Measured) -> float:
    return float(one["peak_mb"] - one["start_mb"])


def _to_raw(
    size: str,
    ours: Callable[[Measured], float],
    raw: Callable[[Measured], float],
    *,
    times: float = 1,
    variant: str = "",
) -> Measure:
    """What the plan's route takes of something, as a ratio to what the arrays take of something."""

    def ratio(results: Results) -> float | None:
        part, whole = results.least("oremix", size, variant, ours), results.least("raw", size, variant, raw)
        return times * part / whole if part is not None and whole else None

    return ratio


def _to_rival(results: Results) -> float | None:
    ours, rival = results.per_cpu_second(OURS), results.per_cpu_second(RIVAL)
    return ours / rival if ours and rival else None


def _of_sweep(size: str, name: str) -> Measure:
    return lambda results: getattr(results.sweeps.get(size), name, None)


TARGETS = [
    Target("besides solving at 100k, of the bare solve", 15, _to_raw("100k", _besides, solving, times=100), " %"),
    Target(
        "the same, 100k uncoupled",
        15,
        _to_raw("100k", _besides, solving, times=100, variant="uncoupled"),
        " %",
    ),
    Target("besides solving at 0.1k, to all of the bare", 2, _to_raw("0.1k", _besides, seconds)),
    Target("made at 100k, to raw arrays", 12, _to_raw("100k", made, made)),
    Target("made at 1M, to raw arrays", 12, _to_raw("1M", made, made)),
    Target("peak memory at 100k, to raw arrays", 4, _to_raw("100k", _peak, _peak)),
    Target("peak less start at 100k, to raw arrays", 4, _to_raw("100k", _grown, _grown)),
    Target("peak memory at 1M, unsolved, to raw arrays", 4, _to_raw("1M", _peak, _peak)),
    Target("peak less start at 1M, unsolved, to raw arrays", 4, _to_raw("1M", _grown, _grown)),
    Target("50 caps at 100k through a session, in cold solves", 5, _of_sweep("100k", "ratio"), ""),
    Target("their costs, apart from cold solves'", 1e-9, _of_sweep("100k", "apart"), ""),
    Target("problems of 0.1k answered per CPU-second", 150, lambda r: r.per_cpu_second(OURS), "", at_least=True),
    Target("the same, to PuLP + CBC", 3, _to_rival, at_least=True),
]

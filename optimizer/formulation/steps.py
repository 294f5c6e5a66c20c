"""Amounts that are filled step by step: price tiers and capex curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Key

__all__ = ["fill_in_order"]


def fill_in_order(
    model: Model,
    kind: str,
    key: Key,
    columns: Sequence[Column],
    widths: Sequence[float | None],
    rates: Sequence[float],
    most: float = 0.0,
) -> None:
    """Columns and rows that keep a cheaper step from being filled before a dearer one that stands before it.

    Steps whose rates rise fill in order by themselves; only where the rate falls a decision is needed: whether the
    steps after the fall are reached, for which those before it must be full.

    Parameters
    ----------
    kind
        `tier` or `step`; columns are `{kind}_reached`, rows `{kind}_full` and `{kind}_after`.
    key
        What the steps are of, and when.
    columns, widths, rates
        Of each step: how much of it is filled, how much fits (of the last it may be none: no limit), what a unit costs.
    most
        More than is ever filled of a last step without a limit.
    """
    for before, after in pairwise(_rising_runs(rates)):
        reached = model.lp.column(f"{kind}_reached", *key, after[0] + 1, upper=1.0, integer=True)
        for step in before:
            pairs = [(columns[step], 1.0), (reached, -(widths[step] or 0.0))]
            model.at_least(f"{kind}_full", *key, after[0] + 1, step + 1, pairs=pairs)
        for step in after:
            width = widths[step]
            pairs = [(columns[step], 1.0), (reached, -(most if width is None else width))]
            model.at_most(f"{kind}_after", *key, step + 1, pairs=pairs).gate = width is None


def _rising_runs(rates: Sequence[float]) -> list[list[int]]:
    """The steps in runs within which no rate is below the one before."""
    runs: list[list[int]] = []
    for step, rate in enumerate(rates):
        if not runs or rate < rates[step - 1]:
            runs.append([])
        runs[-1].append(step)
    return runs

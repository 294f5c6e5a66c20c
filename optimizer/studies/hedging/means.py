"""The expected data: every number that scenarios change at its mean over the branches."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import Any

from oremix.models import Problem
from oremix.models.errors import InvalidProblem
from oremix.models.files import checked
from oremix.models.studies.hedge_options import Branch
from oremix.models.timeline import Timeline

__all__ = ["NoMean", "expected_problem"]

LISTS = ("suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies")
# What is meant where nothing is stated, and a scenario states something.
UNSTATED = {"availability": 1.0}


class NoMean(Exception):
    """What scenarios change has no mean."""


def expected_problem(branches: Sequence[Branch]) -> Problem:
    """The problem with the expected data.

    Raises
    ------
    NoMean
        A change that is no number, a number beside none, or a mean that the problem cannot have.
    """
    weights = [branch.probability for branch in branches]
    if any(weight is None for weight in weights):
        raise NoMean("not every probability is known")
    known = [weight or 0.0 for weight in weights]
    documents = [branch.problem.model_dump(by_alias=True, exclude_unset=True) for branch in branches]
    mean = _Mean(known, branches[0].problem.timeline)
    document = documents[0] | {
        name: mean.of_lists(name, [each.get(name, []) for each in documents])
        for name in LISTS
        if any(name in each for each in documents)
    }
    document.pop("scenarios", None)
    try:
        return checked(Problem, document)
    except InvalidProblem as error:
        fault = error.errors[0]
        raise NoMean(f"the means make no problem: {fault.pointer} {fault.message}") from None


class _Mean:
    def __init__(self, weights: list[float], timeline: Timeline) -> None:
        self._weights, self._timeline = weights, timeline

    def of_lists(self, name: str, lists: list[list[Any]]) -> list[Any]:
        """The parts of one kind."""
        if len({len(entries) for entries in lists}) > 1:
            raise NoMean(f"a scenario adds {name}, or states for some years what is no number")
        return [
            self._of(list(entries), f"{name}.{entries[0].get('id', number)}" if entries else name)
            for number, entries in enumerate(zip(*lists, strict=True))
        ]

    def _of(self, values: list[Any], path: str) -> Any:
        if all(value == values[0] and type(value) is type(values[0]) for value in values):
            return values[0]
        if all(_is_number(value) for value in values):
            return self._mean(values)
        if all(_is_series(value) for value in values):
            periods = [self._timeline.read(value) for value in values]
            if len({len(series) for series in periods}) == 1:
                return [self._mean(list(column)) for column in zip(*periods, strict=True)]
        if all(isinstance(value, dict) for value in values):
            return self._of_fields(values, path)
        if all(isinstance(value, list) for value in values) and len({len(value) for value in values}) == 1:
            return [self._of(list(entries), f"{path}.{n}") for n, entries in enumerate(zip(*values, strict=True))]
        raise NoMean(f"{path} has no mean: it is no number in every branch")

    def _of_fields(self, values: list[dict[str, Any]], path: str) -> dict[str, Any]:
        result = {}
        for key in dict.fromkeys(key for value in values for key in value):
            stated = [value.get(key, UNSTATED.get(key)) for value in values]
            result[key] = self._of(stated, f"{path}.{key}")
        return result

    def _mean(self, numbers: list[float]) -> float:
        if all(number == numbers[0] for number in numbers):
            return numbers[0]
        total = fsum(self._weights)
        return fsum(weight * number for weight, number in zip(self._weights, numbers, strict=True)) / total


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_series(value: Any) -> bool:
    """Whether a value may be one over time: a number, numbers per period, or year → number."""
    if isinstance(value, list):
        return all(map(_is_number, value))
    if isinstance(value, dict):
        return bool(value) and all(isinstance(key, int) and _is_number(entry) for key, entry in value.items())
    return _is_number(value)

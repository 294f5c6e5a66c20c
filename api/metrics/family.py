"""A family of metrics, and how Prometheus reads it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Family", "written"]


@dataclass(frozen=True)
class Family:
    """Metrics of one name, told apart by labels.

    Parameters
    ----------
    name
        As Prometheus has it.
    help
        A sentence.
    labels
        Names of the labels.
    bounds
        Of a histogram: the upper bounds of its buckets, without the infinite one. None: a plain number.
    kind
        `counter` or `gauge`; a histogram says so by its bounds.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    kind: str = "counter"

    @property
    def width(self) -> int:
        """How many numbers one of its metrics is: of a histogram each bucket by itself, then the sum."""
        return len(self.bounds) + 2 if self.bounds else 1

    def bucket(self, amount: float) -> int:
        """Which of the buckets an amount falls into."""
        return bisect_left(self.bounds, amount)

    def lines(self, metrics: Mapping[tuple[str, ...], Sequence[float]]) -> Iterable[str]:
        """The family in Prometheus's text format."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {'histogram' if self.bounds else self.kind}"
        for values, numbers in metrics.items():
            yield from self._histogram(values, numbers) if self.bounds else self._number(values, numbers)

    def _number(self, values: tuple[str, ...], numbers: Sequence[float]) -> Iterable[str]:
        yield f"{self.name}{self._labelled(values)} {_shown(numbers[0])}"

    def _histogram(self, values: tuple[str, ...], numbers: Sequence[float]) -> Iterable[str]:
        count = 0.0
        for bound, number in zip((*self.bounds, math.inf), numbers[:-1], strict=True):
            count += number
            yield f"{self.name}_bucket{self._labelled(values, le=_shown(bound))} {_shown(count)}"
        yield f"{self.name}_sum{self._labelled(values)} {_shown(numbers[-1])}"
        yield f"{self.name}_count{self._labelled(values)} {_shown(count)}"

    def _labelled(self, values: tuple[str, ...], **more: str) -> str:
        labels = [*zip(self.labels, values, strict=True), *more.items()]
        return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _shown(number: float) -> str:
    if math.isinf(number):
        return "+Inf"
    return str(int(number)) if number == int(number) else repr(float(number))


def written(families: Iterable[tuple[Family, Mapping[tuple[str, ...], Sequence[float]]]]) -> str:
    """Families with their metrics, as Prometheus reads them."""
    return "".join(f"{line}\n" for family, metrics in families for line in family.lines(metrics))

"""What of the branches' costs is to be as little as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

__all__ = ["Risk", "cvar", "expected"]


def expected(costs: Sequence[float], probabilities: Sequence[float]) -> float:
    """The mean by probability."""
    return fsum(cost * probability for cost, probability in zip(costs, probabilities, strict=True))


def cvar(costs: Sequence[float], probabilities: Sequence[float], alpha: float) -> float:
    """The mean cost of the worst 1 − alpha of probability; of a branch on its edge only what lies within counts."""
    tail = 1 - alpha
    left, parts = tail, []
    for cost, probability in sorted(zip(costs, probabilities, strict=True), reverse=True):
        taken = min(probability, left)
        parts.append(cost * taken)
        left -= taken
        if left <= 0:
            return fsum(parts) / tail
    # probabilities that add up to a little less than 1
    return fsum(parts) / (tail - left)


@dataclass(frozen=True)
class Risk:
    """(1 − weight) · expected + weight · CVaR, or the worst.

    `probabilities` are none where nobody said them, as for the worst need not be.
    """

    objective: Literal["expected", "worst"]
    weight: float
    alpha: float
    probabilities: tuple[float, ...] | None
    number: int

    @property
    def is_worst(self) -> bool:
        """Whether only the dearest branch counts."""
        return self.objective == "worst"

    @property
    def has_tail(self) -> bool:
        """Whether CVaR counts."""
        return not self.is_worst and self.weight > 0

    @property
    def leaves_ties(self) -> bool:
        """Whether branches that are not the worst count for nothing."""
        return self.is_worst or self.weight == 1

    @property
    def means(self) -> list[float]:
        """The weights of a mean: the probabilities, or where nobody said them alike ones."""
        return [1 / self.number] * self.number if self.probabilities is None else list(self.probabilities)

    @property
    def weights(self) -> list[float]:
        """What a unit of cost in each branch counts, beside what it counts as the worst."""
        if self.is_worst:
            return [0.0] * self.number
        return [(1 - self.weight) * probability for probability in self.means]

    def value(self, costs: Sequence[float]) -> float:
        """What is to be least, of these costs."""
        if self.is_worst:
            return max(costs)
        mean = expected(costs, self.means)
        if not self.has_tail:
            return mean
        return (1 - self.weight) * mean + self.weight * cvar(costs, self.means, self.alpha)

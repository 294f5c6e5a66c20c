"""What a bound on content marks, and which deliveries it asks after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from oremix.models.chain import Recipe
from oremix.models.history import Step
from oremix.models.policies import Quantity, Share

__all__ = ["Marking", "Traced"]


class Marking(NamedTuple):
    """What a bound of a rule marks: steps at `stages` (none: every stage) in `countries` (none: all).

    `side` is `max` for a cap, which counts what may be marked, and `min` for a floor, which counts what surely is.
    """

    policy: str
    countries: frozenset[str]
    side: str
    stages: frozenset[str] | None
    carriers: frozenset[str] | None
    by: str

    @classmethod
    def of(cls, rule: Share | Quantity, countries: Iterable[str], side: str) -> Marking:
        """What a bound of a rule marks, `countries` being those tested."""
        stages = None if rule.stages is None else frozenset(rule.stages)
        carriers = None if rule.carriers is None else frozenset(rule.carriers)
        return cls(rule.id, frozenset(countries), side, stages, carriers, rule.by)

    def counts(self, stage: str | None) -> bool:
        """Whether a step at a stage counts."""
        return self.stages is None or stage in self.stages

    def inside(self, step: Step) -> bool:
        """Whether a step is in the countries."""
        return not self.countries or step.whose(self.by) in self.countries

    def marks(self, steps: Iterable[Step]) -> bool:
        """Whether steps mark what went through them: one inside does; for a floor only if none was elsewhere."""
        found = [self.inside(step) for step in steps if self.counts(step.stage)]
        return any(found) if self.side == "max" else bool(found) and all(found)

    def carrying(self, recipe: Recipe) -> list[str]:
        """The inputs of a recipe that hand on where they come from."""
        return [material for material in recipe.inputs if self.carriers is None or material in self.carriers]


class Traced(NamedTuple):
    """A part that is the marked part of deliveries: demand, period, and what a unit delivered counts."""

    marking: Marking
    deliveries: list[tuple[str, int, float]]

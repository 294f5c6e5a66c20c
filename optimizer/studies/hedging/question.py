"""What a hedge is asked: the branches, and what of their costs is to be least."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from oremix.models import Problem
from oremix.models.studies.hedge_options import AS_STATED, Branch, HedgeOptions
from oremix.optimizer.studies.hedging.jobs import Met
from oremix.optimizer.studies.hedging.risk import Risk
from oremix.optimizer.studies.loosened import first_changed

__all__ = ["Question"]

Entry = TypeVar("Entry")

# With more branches than this the first stage of each is not tried in all others unless asked for.
FEW = 12


@dataclass(frozen=True)
class Question:
    """A problem, its branches as the user listed them, and the options."""

    problem: Problem
    wanted: HedgeOptions
    listed: tuple[Branch, ...]

    @cached_property
    def branches(self) -> list[Branch]:
        """In an order that does not depend on the user's, lest the answer did: the data as stated first."""
        return sorted(self.listed, key=lambda branch: (branch.id != AS_STATED, branch.id))

    @property
    def problems(self) -> list[Problem]:
        """Of the branches."""
        return [branch.problem for branch in self.branches]

    @cached_property
    def start(self) -> int | None:
        """The first period that any scenario changes; none where none changes anything."""
        return first_changed(self.problem, tuple(change for branch in self.listed for change in branch.changes))

    @cached_property
    def risk(self) -> Risk:
        """What is to be least."""
        known = [branch.probability for branch in self.branches if branch.probability is not None]
        return Risk(
            self.wanted.objective,
            self.wanted.cvar_weight,
            self.wanted.alpha,
            tuple(known) if len(known) == len(self.branches) else None,
            len(self.branches),
        )

    @property
    def tries_all(self) -> bool:
        """Whether the first stage of every scenario is tried in the others."""
        return len(self.branches) <= FEW if self.wanted.others is None else self.wanted.others

    def as_listed(self, entries: Sequence[Entry]) -> list[Entry]:
        """In the user's order what is in that of the branches."""
        by_id = {branch.id: entry for branch, entry in zip(self.branches, entries, strict=True)}
        return [by_id[branch.id] for branch in self.listed]

    def names(self, chosen: Iterable[bool]) -> list[str]:
        """The branches for which it is so, in the user's order."""
        return [branch.id for branch, is_so in zip(self.listed, self.as_listed(list(chosen)), strict=True) if is_so]

    def value(self, met: Sequence[Met]) -> float | None:
        """What is to be least, after decisions; none where it is not known of every branch."""
        costs = [each.cost for each in met if each.cost is not None]
        return self.risk.value(costs) if len(costs) == len(met) else None

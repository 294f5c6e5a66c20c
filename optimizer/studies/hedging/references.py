"""Decisions that are no hedge, those of some data alone: what the hedge is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from oremix.models.studies.hedge import FirstStage
from oremix.models.studies.hedge_options import AS_STATED
from oremix.optimizer.studies.hedging.chosen import Chosen
from oremix.optimizer.studies.hedging.first_stage import Common
from oremix.optimizer.studies.hedging.jobs import Alone, Met, Stage
from oremix.optimizer.studies.hedging.question import Question

__all__ = ["Reference", "references_of", "told", "untold"]

Kind = Literal["expected", "stated", "scenario"]


@dataclass(frozen=True)
class Reference:
    """The common decisions of some data's plan; none where there is no such plan, for a reason."""

    kind: Kind
    scenario: str | None
    stage: Stage | None
    reason: str | None


def references_of(
    question: Question, alones: Sequence[Alone], mean: Alone | None, reason: str | None, common: Common
) -> list[Reference]:
    """Of the expected data (none, for a reason), of the data as stated, and, if wanted, of each scenario."""
    found = [_reference("expected", None, mean, common, reason)]
    for branch, one in zip(question.listed, question.as_listed(alones), strict=True):
        if branch.id == AS_STATED:
            found.append(_reference("stated", None, one, common))
        elif question.tries_all:
            found.append(_reference("scenario", branch.id, one, common))
    return found


def _reference(
    kind: Kind, scenario: str | None, one: Alone | None, common: Common, reason: str | None = None
) -> Reference:
    if one is None or one.x is None:
        why = reason if one is None else f"its plan is {one.status}"
        return Reference(kind, scenario, None, why)
    values = one.values
    return Reference(kind, scenario, {key: values.get(key, 0.0) for key in common.keys}, None)


def told(question: Question, reference: Reference, met: Sequence[Met], chosen: Chosen | None) -> FirstStage:
    """What each branch costs after these decisions."""
    cost = question.value(met)
    unknown = question.names(each.cost is None and each.status != "infeasible" for each in met)
    return FirstStage(
        kind=reference.kind,
        scenario=reference.scenario,
        cost=cost,
        loss=None if cost is None or chosen is None else chosen.less(cost, chosen.value),
        costs={branch.id: each.cost for branch, each in zip(question.listed, question.as_listed(met), strict=True)},
        unmet=question.names(each.status == "infeasible" for each in met),
        reason=f"not known in {', '.join(unknown)}: it was stopped" if unknown else None,
    )


def untold(reference: Reference) -> FirstStage:
    """Decisions that there are none of, or that were not tried."""
    return FirstStage(
        kind=reference.kind,
        scenario=reference.scenario,
        cost=None,
        loss=None,
        costs={},
        unmet=[],
        reason=reference.reason or "it was stopped before",
    )

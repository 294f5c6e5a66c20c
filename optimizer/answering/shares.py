"""Shares and quantities as the plan has them, against their bounds."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.plan import ShareRecord
from oremix.models.policies import Quantity
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Measure
from oremix.optimizer.lean import Pairs

__all__ = ["shares"]

# A bound this near, relative to the whole, is met exactly.
BINDING = 1e-7


def shares(values: Values) -> Iterator[ShareRecord]:
    """A record for every ratio or amount that a policy bounds, and for China's shares."""
    for measure in values.model.measures:
        yield _record(values, measure)


def _record(values: Values, measure: Measure) -> ShareRecord:
    part = values.sum(measure.part)
    whole = None if measure.whole is None else _amount(values, measure.whole)
    is_share = not isinstance(measure.policy, Quantity)
    scale = (whole or 0.0) if is_share else 1.0
    achieved = (part / scale if scale > 0 else None) if is_share else part
    bounds = {
        side: _amount(values, total) / scale if scale > 0 else _stated(values, measure, side)
        for side, total in measure.bounds.items()
    }
    margins = []
    if achieved is not None:
        margins += [bounds["max"] - achieved] if "max" in bounds else []
        margins += [achieved - bounds["min"]] if "min" in bounds else []
    margin = min(margins) if margins else None
    size = max(1.0 if is_share else 0.0, *(abs(bound) for bound in bounds.values()), abs(achieved or 0.0))
    return ShareRecord.model_construct(
        policy=measure.policy.id if measure.policy else None,
        countries=list(measure.countries),
        material=measure.material,
        place=measure.place,
        period=None if measure.period is None else values.model.start(measure.period),
        measure=measure.measure,
        part=part,
        whole=whole,
        achieved=achieved,
        max=bounds.get("max"),
        min=bounds.get("min"),
        margin=margin,
        beyond=sum(values.value[column] for column in measure.beyond.values()),
        penalty=_penalty(values, measure),
        binding=margin is not None and margin <= BINDING * size,
    )


def _amount(values: Values, total: Pairs | float) -> float:
    return float(total) if isinstance(total, int | float) else values.sum(total)


def _stated(values: Values, measure: Measure, side: str) -> float:
    """The bound as stated, where nothing is counted that it could be read from."""
    return values.model.timeline.read(getattr(measure.policy, side))[measure.periods[0]]


def _penalty(values: Values, measure: Measure) -> float:
    """Money per year for what is beyond the bounds: in each pooled period the same."""
    paid = sum(values.cost.get((column, "penalties"), 0.0) for column in measure.beyond.values())
    return paid / len(measure.periods)

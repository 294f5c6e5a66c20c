"""Shares and quantities as the plan has them, against their bounds."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.plan import ShareRecord
from oremix.models.policies import Diversify, Share
from oremix.optimizer.answering.content import contents
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Measure
from oremix.optimizer.lean import Pairs

__all__ = ["shares"]

# A bound this near, relative to the whole, is met exactly.
BINDING = 1e-7


def shares(values: Values) -> Iterator[ShareRecord]:
    """A record for every ratio or amount that a policy bounds, and for China's shares."""
    traced = contents(values)
    for position, measure in enumerate(values.measures):
        yield _record(values, measure, traced.get(position))


def _record(values: Values, measure: Measure, traced: float | None) -> ShareRecord:
    part = _part(values, measure) if traced is None else traced
    whole = values.whole(measure)
    is_share = measure.policy is None or isinstance(measure.policy, Share)
    scale = (whole or 0.0) if is_share else 1.0
    achieved = (part / scale if scale > 0 else None) if is_share else part
    if measure.sources is not None and not _bought(values, measure.sources):
        achieved = None
    bounds = {side: _bound(values, measure, side, scale if is_share else None) for side in measure.stated}
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
        unit=measure.unit,
        part=part,
        whole=whole,
        achieved=achieved,
        max=bounds.get("max"),
        min=bounds.get("min"),
        margin=margin,
        beyond=_beyond(values, measure, part),
        penalty=_penalty(values, measure),
        binding=margin is not None and margin <= BINDING * size,
    )


def _bound(values: Values, measure: Measure, side: str, whole: float | None) -> float:
    """The bound in the unit of what is achieved, `whole` being none of anything but a share."""
    if whole is None:
        return values.bound(measure, side)
    return values.share_bound(measure, side) if whole > 0 else _stated(values, measure, side)


def _part(values: Values, measure: Measure) -> float:
    """The part as it is: of numbers, how many sources bring anything, or for a floor enough to count."""
    if measure.sources is None or not isinstance(measure.policy, Diversify):
        return values.part(measure)
    amounts = [values.sum(amount) for amount in measure.sources.values()]
    # of a floor the sources that are large enough count, of a cap all but what the solver left instead of nothing
    smallest = BINDING if "max" in measure.stated else (measure.policy.smallest or 0.0) * (1 - BINDING)
    return float(sum(amount > 0 and amount >= smallest * sum(amounts) for amount in amounts))


def _beyond(values: Values, measure: Measure, part: float) -> float:
    """What a priced rule is broken by: by what is counted, where no price or decision keeps the column there."""
    if not measure.beyond:
        return 0.0
    penalty = values.model.timeline.read_or(measure.policy.penalty if measure.policy else None, 0.0)
    if measure.sources is None and any(penalty[period] for period in measure.periods):
        return sum(values.value[column] for column in measure.beyond.values())
    if measure.sources is not None and not _bought(values, measure.sources):
        return 0.0
    bounds = {side: values.bound(measure, side) for side in measure.stated}
    return max(0.0, *(part - limit if side == "max" else limit - part for side, limit in bounds.items()))


def _bought(values: Values, sources: dict[str, Pairs]) -> bool:
    """Whether anything comes from any source."""
    return any(values.sum(amount) > 0 for amount in sources.values())


def _stated(values: Values, measure: Measure, side: str) -> float:
    """The bound as stated, where nothing is counted that it could be read from."""
    return values.model.timeline.read(getattr(measure.policy, side))[measure.periods[0]]


def _penalty(values: Values, measure: Measure) -> float:
    """Money per year for what is beyond the bounds: in each pooled period the same."""
    paid = sum(values.cost.get((column.number, "penalties"), 0.0) for column in measure.beyond.values())
    return paid / len(measure.periods)

"""What the reader of a plan should know of it and may not see in its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from math import isnan, nan

from oremix.models.errors import SolverFailed
from oremix.models.numerals import numeral
from oremix.models.plan import Plan, ShareRecord
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.ranges import ranges
from oremix.optimizer.answering.values import Values

__all__ = ["remarks"]

# A share this near to its bound, or an amount within this part of it, nearly binds.
POINTS, PART = 0.005, 0.01
# So many shortages are worked out.
MOST_WORKED_OUT = 12
UNKNOWN = nan


def remarks(values: Values, plan: Plan, marginals: Marginals | None) -> Iterator[str]:
    """Sentences about the plan; `marginals` where shortages are to be worked out."""
    by_rule = _by_rule(plan)
    yield from _nearly_binding(values, by_rule)
    yield from _no_longer_binding(by_rule)
    yield from _going_short(values, plan, marginals)
    yield from ranges(values)


# ---------------------------------------------------------------- rules


Records = dict[str, list[ShareRecord]]


def _by_rule(plan: Plan) -> Records:
    """The records of each bound of a policy, in order of time."""
    found: Records = defaultdict(list)
    for record in plan.shares:
        numbers = record.measure in ("suppliers", "countries")
        if record.policy is not None and record.achieved is not None and record.period is not None and not numbers:
            what = "".join(f", {text}" for text in (record.material, record.place) if text)
            whose = f" ({'/'.join(record.countries)})" if 0 < len(record.countries) < 4 else ""
            found[f"{record.policy}{whose}{what}"].append(record)
    return found


def _nearly_binding(values: Values, by_rule: Records) -> Iterator[str]:
    """Rules that hold by a hair: a small change of the data makes them bind."""
    for label, records in by_rule.items():
        near = [text for record in records if (text := _near(values, record))]
        if near:
            yield f"rule {label} nearly binds: {'; '.join(near)}"


def _near(values: Values, record: ShareRecord) -> str | None:
    achieved, margin = record.achieved or 0.0, record.margin
    if record.binding or margin is None or margin <= 0:
        return None
    when = "" if values.model.timeline.typical else f" in {record.period}"
    for words, bound in (("at most", record.max), ("at least", record.min)):
        if bound is None or abs(abs(bound - achieved) - margin) > 1e-9 * max(1.0, abs(bound)):
            continue
        if record.whole is None and 0 < margin < PART * abs(bound):
            return f"{numeral(achieved)} of {words} {numeral(bound)} {record.unit}".rstrip() + when
        if record.whole is not None and 0 < bound < 1 and margin < POINTS:
            return f"{100 * achieved:.2f} % of {words} {100 * bound:.4g} %{when}"
    return None


def _no_longer_binding(by_rule: Records) -> Iterator[str]:
    """Caps that bind at first, and from some year on no more."""
    for label, records in by_rule.items():
        capped = [r for r in records if r.max is not None and (r.whole is None or r.max < 1)]
        binding = [number for number, record in enumerate(capped) if record.binding]
        if binding and binding[-1] + 1 < len(capped):
            last, later = capped[binding[-1]], capped[binding[-1] + 1 :]
            most = max(later, key=lambda record: (record.achieved or 0.0) / (record.max or 1.0))
            show = "{:,.6g}" if most.whole is None else "{:.1%}"
            yield (
                f"cap {label} binds until {last.period} and no longer from {later[0].period} on: the nearest it comes"
                f" is {show.format(most.achieved)} of at most {show.format(most.max)}, in {most.period}"
            )


# ---------------------------------------------------------------- shortages


def _going_short(values: Values, plan: Plan, marginals: Marginals | None) -> Iterator[str]:
    """Demands left unmet, because that is cheaper or because no more can be had."""
    model = values.model
    shortages = [delivery for delivery in plan.deliveries if delivery.shortage]
    explained = shortages[:MOST_WORKED_OUT] if marginals is not None else []
    places = {id(column): number for number, column in enumerate(model.lp.variables())} if explained else {}
    for number, delivery in enumerate(shortages):
        period = model.timeline.starts.index(delivery.period)
        when = "" if model.timeline.typical else f" in {delivery.period}"
        cost = delivery.cost / delivery.shortage
        said = f"{delivery.demand} is {numeral(delivery.shortage)} {delivery.unit} a year short{when}"
        more: float | None = UNKNOWN
        if marginals is not None and number < MOST_WORKED_OUT:
            with suppress(SolverFailed):
                more = marginals.less(places[id(model.short[delivery.demand, period])], delivery.shortage)
        if more is not None and isnan(more):
            yield f"{said}, at {numeral(cost)} per {delivery.unit}"
        elif more is None:
            yield f"{said}: no more can be brought there within the rules"
        else:
            supply = cost + more / model.timeline.weights[period]
            yield (
                f"{said}, which is cheaper: that costs {numeral(cost)} per {delivery.unit}, the next {delivery.unit} of"
                f" supply {numeral(supply)}"
            )

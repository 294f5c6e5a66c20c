"""The problem without some of its statements: what they limit is left so wide that it limits nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from oremix.models import Problem
from oremix.models.chain import Facility, Recycler, Supplier
from oremix.models.fields import Series
from oremix.models.policies import Budget
from oremix.optimizer.answering.diagnosis.statements import Statement

__all__ = ["loosened", "roomy"]

# Beyond any amount that a problem states; less where limits are coefficients of yes/no decisions.
ROOM, ROOM_WITH_DECISIONS = 1000.0, 30.0

# Scrap where there is none.
SOME = 1e-3

AMOUNTS = ("capacity", "quantity", "minimum", "take_or_pay", "scrap", "initial", "reserve", "max", "up_to", "final")
ROOMY = {
    *("capacity", "up_to", "reserve", "surplus_max", "fill_max", "draw_max", "max_per_order"),
}
LOOSE: dict[str, Any] = {
    **dict.fromkeys(("minimum", "minimum_order", "days_of_demand", "final", "closed"), None),
    **dict.fromkeys(("from_year", "until_year", "earliest", "latest"), None),
    **dict.fromkeys(("minimum_utilisation", "minimum_collection_rate", "lead_time"), 0.0),
    "committed": False,
    "surplus": "free",
    "orders": 1000,
}


def roomy(problem: Problem, *, decisions: bool) -> float:
    """An amount that is as good as no limit."""
    largest = max((abs(number) for part in _parts(problem) for number in _numbers(part)), default=1.0)
    return (ROOM_WITH_DECISIONS if decisions else ROOM) * max(largest, 1.0)


def _parts(problem: Problem) -> Iterator[Any]:
    yield from (*problem.demands, *problem.stockpiles, *problem.lanes)
    for facility in problem.facilities:
        yield facility
        yield from facility.builds
        yield from getattr(facility, "tiers", None) or ()


def _numbers(part: Any) -> Iterator[float]:
    for name in AMOUNTS:
        value: Series | None = getattr(part, name, None)
        if isinstance(value, list):
            yield from value
        elif isinstance(value, dict):
            yield from value.values()
        elif value is not None:
            yield value


def loosened(problem: Problem, statements: Iterable[Statement], room: float) -> Problem:
    """The problem without these statements; nobody has checked it, and it is only to be formulated."""
    grouped: dict[tuple[str, int], list[Statement]] = defaultdict(list)
    for statement in statements:
        grouped[statement.on, statement.position].append(statement)
    data = {name: getattr(problem, name) for name in type(problem).model_fields}
    rules = list(problem.rules)
    for (on, position), group in grouped.items():
        if on == "policies":
            rules[position] = rules[position].model_copy(update=_of_rule(rules[position], group))
            continue
        entries = data[on] = list(data[on])
        entries[position] = _loose(problem, entries[position], group, room)
    copy = Problem.model_construct(**data)
    copy.__dict__["rules"] = rules  # presets stay as they were written out
    return copy


def _of_rule(rule: Any, group: list[Statement]) -> dict[str, Any]:
    if isinstance(rule, Budget):
        return {"penalty": 0.0}
    return {statement.field: None for statement in group}


def _loose(problem: Problem, entry: Any, group: list[Statement], room: float) -> Any:
    if group[0].on == "demands":
        return entry.model_copy(update={"shortage_cost": 0.0})
    own: dict[str, Any] = {}
    builds: dict[int, dict[str, Any]] = defaultdict(dict)
    for statement in group:
        if statement.build is not None:
            field = statement.field
            builds[statement.build][field] = room if field == "max" else _value(field, room)
        elif statement.field == "up_to":
            own["tiers"] = [*entry.tiers[:-1], entry.tiers[-1].model_copy(update={"up_to": room})]
        elif statement.field == "scrap":
            rate_too = any(other.field == "collection_rate" for other in group)
            own |= _more_than_all(problem, entry, room, rate_too=rate_too)
        elif statement.field == "collection_rate":
            own.setdefault("collection_rate", 1.0)
        else:
            own[statement.field] = _value(statement.field, room)
    if builds:
        changed = [build.model_copy(update=builds.get(n, {})) for n, build in enumerate(entry.builds)]
        own["build"] = changed if isinstance(entry.build, list) else changed[0]
    loose = BaseModel.model_copy(entry, update=own)
    return _with_own_floors(problem, entry, loose) if isinstance(entry, Facility) else loose


def _more_than_all(problem: Problem, recycler: Recycler, room: float, *, rate_too: bool) -> dict[str, Any]:
    """Scrap without end, in a way that what must be collected of it stays as it was: more than all can be.

    Of scrap that nothing may be collected of, more is nothing, unless the rate is loosened too.
    """
    scrap = problem.timeline.read_or(recycler.scrap, 0.0)
    rates = [room / SOME if rate_too or rate > 0 else 0.0 for rate in problem.timeline.read(recycler.collection_rate)]
    return {"scrap": [max(amount, SOME) for amount in scrap], "collection_rate": rates}


def _value(field: str, room: float) -> Any:
    return room if field in ROOMY else LOOSE[field]


def _with_own_floors(problem: Problem, facility: Facility, loose: Facility) -> Facility:
    """What must be taken or must run hangs on capacity: it stays what it was in units."""
    network, timeline = problem.network, problem.timeline
    before = network.existing_capacity(facility)
    after = network.existing_capacity(loose)
    if before == after:
        return loose
    floors: dict[str, Any] = {}
    for field in ("minimum", "take_or_pay"):
        if isinstance(loose, Supplier) and getattr(loose, field) is not None:
            owed = timeline.read(getattr(loose, field))
            floors[field] = [v if limit is None else min(v, limit) for v, limit in zip(owed, before, strict=True)]
    collected = getattr(loose, "minimum_collection_rate", None)
    if collected:
        rates = timeline.read(collected)
        floors["minimum_collection_rate"] = [
            rate if network.stands(facility, period) else 0.0 for period, rate in enumerate(rates)
        ]
    share = getattr(loose, "minimum_utilisation", None)
    if share:
        shares = timeline.read(share)
        floors["minimum_utilisation"] = [
            s * (was or 0.0) / now if now else 0.0 for s, was, now in zip(shares, before, after, strict=True)
        ]
    return loose.model_copy(update=floors)

"""Plans of anybody: what such a plan has to state, and what it does not state.

What a plan leaves out is left out of its records too: no attribute, so that nothing can take it for stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import ConfigDict, Field, create_model

from oremix.models import plan as answers
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.files import checked_exactly, parse_json
from oremix.models.geography import Origin
from oremix.models.plan import Plan, Record
from oremix.models.problem import Problem

__all__ = ["identified", "is_stated", "read_stated", "stated", "stated_model", "unstated"]

REQUIRED: dict[type[Record], tuple[str, ...]] = {
    Plan: (),
    answers.Costs: (),
    answers.Purchase: ("supplier", "period", "quantity"),
    answers.Production: ("plant", "recipe", "period", "activity"),
    answers.Recycling: ("recycler", "period", "scrap"),
    answers.Build: ("on", "capacity", "ordered"),
    answers.Shipment: ("material", "from_", "to", "period", "quantity"),
    answers.Stock: ("place", "material", "period", "level"),
    answers.Delivery: ("demand", "period", "quantity"),
    answers.Surplus: ("material", "from_", "period", "quantity"),
    answers.ShareRecord: ("policy", "material", "period", "measure"),
}
"""What each record has to state to be one; everything else follows from it, or is not stated."""

WITHOUT: dict[type[Record], dict[str, Any]] = {
    answers.Recycling: {"returned": []},
    answers.Stock: {"fill": 0.0, "draws": []},
    answers.Delivery: {"shortage": 0.0},
    answers.ShareRecord: {"place": None},
}
"""What a record says by leaving it out."""

RECORDS = ("purchases", "production", "recycling", "builds", "shipments", "stocks", "deliveries", "surpluses")


def read_stated(data: Plan | dict[str, Any] | str | bytes) -> Plan:
    """Make a plan of JSON text or of a dict that may state less than ours do.

    Raises
    ------
    InvalidProblem
        With every fault found.
    """
    if isinstance(data, Plan):
        return data
    document = parse_json(data) if isinstance(data, str | bytes) else data
    if document == {}:
        raise InvalidProblem([Fault((), f"states nothing; a plan has {', '.join(RECORDS)} and a total_cost")])
    plan: Plan = _as_stated(Plan, checked_exactly(stated_model(Plan), document))
    return plan


@cache
def stated_model(record: type[Record]) -> type[Record]:
    """A record of which only what is required has to be given."""
    fields: dict[str, Any] = {}
    for name, info in record.model_fields.items():
        more: dict[str, Any] = {} if name in REQUIRED[record] else {"default_factory": lambda: None}
        field = Field(alias=info.alias, description=info.description, **more)
        fields[name] = (_stated_type(info.annotation), field)
    config = ConfigDict(allow_inf_nan=False)
    base = type(record.__name__, (Record,), {"model_config": config, "__module__": __name__})
    return create_model(record.__name__, __base__=base, __doc__=record.__doc__, **fields)


def _stated_type(annotation: Any) -> Any:
    if get_origin(annotation) is list and get_args(annotation)[0] in REQUIRED:
        return list[stated_model(get_args(annotation)[0])]  # type: ignore[misc]
    return stated_model(annotation) if annotation in REQUIRED else annotation


def _as_stated(record: type[Record], found: Record) -> Any:
    """The record with what was given, and no attribute for what was not."""
    given = {name: _inner(record, name, getattr(found, name)) for name in found.model_fields_set}
    given = WITHOUT.get(record, {}) | given
    result = record.model_construct(**given)
    for name in record.model_fields.keys() - given.keys():
        result.__dict__.pop(name, None)
    return result


def _inner(record: type[Record], name: str, value: Any) -> Any:
    annotation = record.model_fields[name].annotation
    if get_origin(annotation) is list and get_args(annotation)[0] in REQUIRED:
        return [_as_stated(get_args(annotation)[0], line) for line in value]
    return _as_stated(annotation, value) if annotation in REQUIRED else value


# ---------------------------------------------------------------- what is stated


def is_stated(record: Record, field: str) -> bool:
    """Whether a record states a field."""
    return field in record.__dict__


def stated(record: Record, field: str) -> Any:
    """What a record states in a field; none where it does not."""
    return record.__dict__.get(field)


def unstated(plan: Plan) -> Iterator[str]:
    """What a plan that states something could state and does not: fields of records, or tables as a whole."""
    for name in ("total_cost", "costs", "shares", "footprints", "currency", "problem_hash"):
        if not is_stated(plan, name):
            yield name
    costs = stated(plan, "costs")
    missing = [name for name in answers.Costs.model_fields if costs is not None and not is_stated(costs, name)]
    if missing:
        yield f"costs: {', '.join(missing)}"
    for name in (*RECORDS, "shares"):
        yield from _unstated_of(name, stated(plan, name) or [])


def _unstated_of(name: str, lines: list[Record]) -> Iterator[str]:
    if not lines:
        return
    fields = type(lines[0]).model_fields
    missing = {field: sum(not is_stated(line, field) for line in lines) for field in fields}
    texts = [
        field.rstrip("_") + ("" if count == len(lines) else f" (in {count} of {len(lines)})")
        for field, count in missing.items()
        if count
    ]
    if texts:
        yield f"{name}: {', '.join(texts)}"


# ---------------------------------------------------------------- what a record is of


def identified(problem: Problem, plan: Plan) -> Plan:
    """The plan with `owner` and `stage` of shipments and surpluses, and `build` of builds, where only one can be meant.

    Raises
    ------
    InvalidProblem
        Several can be meant.
    """
    faults: list[Fault] = []
    changes: dict[str, list[Any]] = {}
    for name in ("shipments", "surpluses"):
        lines = list(enumerate(stated(plan, name) or []))
        changes[name] = [_with_origin(problem, line, (name, number), faults) for number, line in lines]
    orders = list(enumerate(stated(plan, "builds") or []))
    changes["builds"] = [_with_build(problem, line, number, faults) for number, line in orders]
    if faults:
        raise InvalidProblem(faults)
    return plan.model_copy(update=changes)


def _with_origin(problem: Problem, line: Any, path: tuple[str, int], faults: list[Fault]) -> Any:
    if is_stated(line, "owner") and is_stated(line, "stage"):
        return line
    meant = [origin for origin in problem.network.makers.get(line.material, ()) if _may_be(line, origin)]
    if len(meant) > 1:
        there = "; ".join(f"owner {origin.owner}, stage {origin.stage or 'null'}" for origin in meant)
        faults.append(Fault((*path, "owner"), f"`owner` and `stage` are needed, for several make it there: {there}"))
    # where nobody makes it, the audit says so
    origin = meant[0] if meant else Origin(line.from_, "", None)
    return line.model_copy(update={"owner": origin.owner, "stage": origin.stage})


def _may_be(line: Any, origin: Origin) -> bool:
    same_owner = not is_stated(line, "owner") or line.owner == origin.owner
    same_stage = not is_stated(line, "stage") or line.stage == origin.stage
    return line.from_ == origin.place and same_owner and same_stage


def _with_build(problem: Problem, line: Any, number: int, faults: list[Fault]) -> Any:
    if is_stated(line, "build"):
        return line
    facility = problem.network.facilities.get(line.on)
    if facility is not None and len(facility.builds) > 1:
        message = f"`build` is needed, for {line.on} has {len(facility.builds)}: a position from 0"
        faults.append(Fault(("builds", number, "build"), message))
    return line.model_copy(update={"build": 0})

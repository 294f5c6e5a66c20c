"""What the user states and could state otherwise: policies, demands, capacities, terms. Physics is not among it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oremix.models import Problem
from oremix.models.chain import Build, Facility, Plant, Recycler, Stockpile, Supplier
from oremix.models.diagnosis import StatementKind

__all__ = ["Statement", "part_of", "path_of", "site_of", "stated", "statements_of"]


@dataclass(frozen=True)
class Statement:
    """A field of an entry that a plan may break on.

    Of a policy `position` is that in `Problem.rules`; `build` is the position of the entry's build that states it.
    """

    on: str
    position: int
    field: str
    id: str
    kind: StatementKind
    firm: bool = False
    build: int | None = None


def part_of(problem: Problem, statement: Statement) -> Any:
    """The entry, or its build, that states it."""
    part: Any = problem.rules[statement.position] if statement.on == "policies" else _entry(problem, statement)
    return part if statement.build is None else part.builds[statement.build]


def _entry(problem: Problem, statement: Statement) -> Any:
    return getattr(problem, statement.on)[statement.position]


def stated(problem: Problem, statement: Statement) -> Any:
    """What the field says."""
    part = part_of(problem, statement)
    return part.tiers[-1].up_to if statement.field == "up_to" else getattr(part, statement.field)


def path_of(problem: Problem, statement: Statement) -> str:
    """The field as it is written in the entry."""
    if statement.field == "up_to":
        return f"tiers.{len(part_of(problem, statement).tiers) - 1}.up_to"
    if statement.build is None:
        return statement.field
    several = isinstance(_entry(problem, statement).build, list)
    return f"build.{statement.build}.{statement.field}" if several else f"build.{statement.field}"


def statements_of(problem: Problem) -> list[Statement]:
    """Every statement that can stand in the way of a plan; what is said first is rather named in a conflict."""
    parts = (_policies, _demands, _obligations, _stockpiles, _lanes, _capacities, _surpluses)
    return [statement for part in parts for statement in sorted(part(problem), key=_name)]


def _name(statement: Statement) -> tuple[str, int, str]:
    """What does not change with the order of the problem's lists."""
    return statement.id, -1 if statement.build is None else statement.build, statement.field


def _policies(problem: Problem) -> Iterator[Statement]:
    for position, rule in enumerate(problem.rules):
        if rule.penalty is None:
            for side in ("max", "min"):
                if getattr(rule, side, None) is not None:
                    yield Statement("policies", position, side, rule.id, "policy", rule.firm)


def _demands(problem: Problem) -> Iterator[Statement]:
    for position, demand in enumerate(problem.demands):
        if demand.shortage_cost is None and demand.sale_price is None:
            yield Statement("demands", position, "quantity", demand.id, "demand", demand.firm)


def _placed(problem: Problem) -> Iterator[tuple[str, int, Facility]]:
    for on in ("suppliers", "plants", "recyclers"):
        for position, facility in enumerate(getattr(problem, on)):
            yield on, position, facility


OBLIGATIONS = {
    Supplier: ("minimum", "minimum_order"),
    Plant: ("minimum_utilisation",),
    Recycler: ("minimum_collection_rate",),
}


def _obligations(problem: Problem) -> Iterator[Statement]:
    for on, position, facility in _placed(problem):
        for field in OBLIGATIONS[type(facility)]:
            if getattr(facility, field):
                yield Statement(on, position, field, facility.id, "obligation", facility.firm)
        for number, build in enumerate(facility.builds):
            for field in ("committed", "minimum_utilisation"):
                if getattr(build, field):
                    firm = facility.firm or build.firm
                    yield Statement(on, position, field, facility.id, "obligation", firm, number)


def _stockpiles(problem: Problem) -> Iterator[Statement]:
    for position, pile in enumerate(problem.stockpiles):
        for field in ("minimum", "days_of_demand", "final", "capacity", "fill_max", "draw_max"):
            if getattr(pile, field) is not None:
                yield Statement("stockpiles", position, field, site_of(pile), "stockpile", pile.firm)


def site_of(pile: Stockpile) -> str:
    """What plans call a stockpile."""
    return pile.id or f"{pile.material} at {pile.at}"


def _lanes(problem: Problem) -> Iterator[Statement]:
    for position, lane in enumerate(problem.lanes):
        for field in ("closed", "minimum", "capacity"):
            value = getattr(lane, field)
            if value is not None and value is not False:
                yield Statement("lanes", position, field, problem.network.lane_label(position), "lane", lane.firm)


def _capacities(problem: Problem) -> Iterator[Statement]:
    # a cap on capacity bounds what exists: it could not be told apart from capacity that is made larger
    fixed = any(
        getattr(r, "measure", None) == "capacity" and getattr(r, "max", None) is not None for r in problem.rules
    )
    for on, position, facility in _placed(problem):
        if not fixed:
            for field in _limits(facility, typical=problem.timeline.typical):
                kind: StatementKind = "scrap" if field in ("scrap", "collection_rate") else "capacity"
                yield Statement(on, position, field, facility.id, kind, facility.firm)
        for number, build in enumerate(facility.builds):
            firm = facility.firm or build.firm
            for field in _build_limits(build, typical=problem.timeline.typical):
                yield Statement(on, position, field, facility.id, "build", firm, number)


def _limits(facility: Facility, *, typical: bool) -> Iterator[str]:
    if facility.capacity is not None:
        yield "capacity"
    if isinstance(facility, Supplier):
        if facility.tiers and facility.tiers[-1].up_to is not None:
            yield "up_to"
        if facility.reserve is not None:
            yield "reserve"
    if isinstance(facility, Recycler):
        yield "scrap"
        if facility.collection_rate != 1:
            yield "collection_rate"
    if not typical:
        yield from (field for field in ("from_year", "until_year") if getattr(facility, field) is not None)


def _build_limits(build: Build, *, typical: bool) -> Iterator[str]:
    fields = ["max", "max_per_order"] if typical else ["max", "max_per_order", "orders", "earliest", "latest"]
    yield from (field for field in fields if getattr(build, field) is not None)
    if build.lead_time and not typical:
        yield "lead_time"


def _surpluses(problem: Problem) -> Iterator[Statement]:
    for on in ("materials", "plants"):
        for position, part in enumerate(getattr(problem, on)):
            if part.surplus == "forbidden":
                yield Statement(on, position, "surplus", part.id, "surplus", part.firm)
            if part.surplus_max is not None:
                yield Statement(on, position, "surplus_max", part.id, "surplus", part.firm)

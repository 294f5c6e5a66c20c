"""Plans written down by hand: brief records, plans put together from them, and ways to change one number."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from oremix.models import Plan, Problem
from oremix.optimizer.answering.audit import TOLERANCE, audit

Data = dict[str, Any]
# Category, period, country, kind of payer, payer, money per year.
Charge = tuple[str, int, str | None, str, str, float]


# ---------------------------------------------------------------- brief records


def buy(supplier: str, country: str, material: str, quantity: float, cost: float, period: int = 1, **more: Any) -> Data:
    line = {"supplier": supplier, "country": country, "material": material, "period": period, "quantity": quantity}
    return {**line, "paid": quantity, "unit": "t", "cost": cost, **more}


def run(plant: str, country: str, activity: float, inputs: Data, outputs: Data, cost: float, period: int = 1) -> Data:
    line = {"plant": plant, "recipe": "main", "country": country, "stage": "refining", "period": period}
    return {**line, "activity": activity, "inputs": inputs, "outputs": outputs, "cost": cost}


def ship(material: str, start: str, to: str, quantity: float, period: int = 1, **more: Any) -> Data:
    line = {"material": material, "from": start, "owner": start, "stage": None, "to": to, "period": period}
    line |= {"quantity": quantity, "arrived": quantity, "unit": "t", "freight": 0, "duty": 0} | more
    return line | {"cost": line["freight"] + line["duty"]}


def deliver(demand: str, country: str, material: str, quantity: float, period: int = 1, **more: Any) -> Data:
    line = {"demand": demand, "country": country, "material": material, "period": period, "quantity": quantity}
    return {**line, "shortage": 0, "unit": "t", "cost": 0, **more}


def share(
    policy: str | None, material: str | None, part: float, whole: float, period: int | None = 1, **more: Any
) -> Data:
    line = {"policy": policy, "countries": ["CN"], "material": material, "period": period, "measure": "supply"}
    line |= {"part": part, "whole": whole, "achieved": part / whole if whole else None} | more
    rooms = [line["max"] - line["achieved"]] if "max" in line else []
    rooms += [line["achieved"] - line["min"]] if "min" in line else []
    return {"margin": min(rooms) if rooms else None, "binding": bool(rooms) and min(rooms) <= 0, **line}


def china(
    material: str,
    period: int,
    supply: tuple[float, float] | None,
    production: tuple[float, float],
    content: tuple[float, float] | None = None,
) -> list[Data]:
    """The shares that are reported for China, bounded or not; supply and content only of what is demanded.

    Without a content of its own, what is delivered is what arrives.
    """
    records = [share(None, material, *production, period, measure="production")]
    if supply:
        records += [share(None, material, *supply, period)]
        records += [share(None, material, *(content or supply), period, measure="content")]
    return records


def plan(
    total: float,
    by_category: Data,
    annual: dict[int, tuple[int, float, Data]],
    by_country: dict[str | None, Data],
    by_facility: dict[tuple[str, str, str | None], Data],
    **records: list[Data],
) -> Data:
    """A plan as JSON; `annual` is period → (years, weight, category → cost per year)."""
    periods = [
        {"period": period, "years": years, "weight": weight, "annual_by_category": costs}
        | {"annual": sum(costs.values()), "total": weight * sum(costs.values())}
        for period, (years, weight, costs) in annual.items()
    ]
    costs = {
        "by_category": by_category,
        "by_period": periods,
        "by_country": [{"country": c, "total": sum(v.values()), "by_category": v} for c, v in by_country.items()],
        "by_facility": [
            {"kind": kind, "id": name, "country": country, "total": sum(v.values()), "by_category": v}
            for (kind, name, country), v in by_facility.items()
        ],
    }
    head = {"status": "optimal", "total_cost": total, "currency": "USD", "problem_hash": "-", "version": "-"}
    solver = {"name": "-", "version": "-", "seconds": 0, "options": {}, "columns": 0, "rows": 0, "nonzeros": 0}
    return {**head, "costs": costs, "certificate": {"verified": False}, "solver": solver, **records}


def priced(charges: list[Charge], periods: dict[int, tuple[int, float]], **records: list[Data]) -> Data:
    """A plan as JSON, its four breakdowns added up from charges; `periods` is period → (years, weight)."""
    tables: list[Any] = [defaultdict(lambda: defaultdict(float)) for _ in range(3)]
    annual, by_country, by_facility = tables
    by_category: Data = defaultdict(float)
    for category, period, country, kind, name, amount in charges:
        total = amount * periods[period][1]
        by_category[category] += total
        annual[period][category] += amount
        by_country[country][category] += total
        by_facility[kind, name, country][category] += total
    rows = {period: (*periods[period], costs) for period, costs in annual.items()}
    return plan(sum(by_category.values()), by_category, rows, by_country, by_facility, **records)


# ---------------------------------------------------------------- changing one thing


def changed(document: Data, changes: Data) -> Data:
    """A copy with other values at paths such as "shipments.0.quantity"; a callable is applied to the old value."""
    result = copy.deepcopy(document)
    for path, value in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
        parent: Any = result
        for step in way:
            parent = parent[step]
        parent[last] = value(parent[last]) if callable(value) else value
    return result


def without(position: int) -> Callable[[list[Data]], list[Data]]:
    return lambda lines: lines[:position] + lines[position + 1 :]


def times(factor: float) -> Callable[[float], float]:
    return lambda value: value * factor


def checks(problem: Data, answer: Data) -> dict[str, Any]:
    return audit(Problem.model_validate(problem), Plan.model_validate(answer))


def refused(found: dict[str, Any]) -> dict[str, str]:
    """Category → where, of the categories above the tolerance."""
    return {category: check.at for category, check in found.items() if not check.worst <= TOLERANCE}


def changed_problem(problem: Data, changes: Data) -> Data:
    """As `changed`, for fields that need not be there yet; none removes one."""
    result = copy.deepcopy(problem)
    for path, value in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
        parent: Any = result
        for step in way:
            parent = parent[step]
        parent[last] = value
        if value is None:
            del parent[last]
    return result

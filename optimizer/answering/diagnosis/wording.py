"""Statements, and what would move them, in words."""

from __future__ import annotations

from typing import Any

from oremix.models import Problem
from oremix.models.chain import Lane, Plant
from oremix.models.policies import Budget, Diversify, Footprint, Quantity, Rule, Share
from oremix.optimizer.answering.diagnosis.statements import Statement, stated

__all__ = ["amount", "describe", "move", "unit_of"]

UNITS = {
    **dict.fromkeys(("minimum_utilisation", "minimum_collection_rate", "collection_rate"), "share"),
    **dict.fromkeys(("from_year", "until_year", "earliest", "latest"), "year"),
    **dict.fromkeys(("closed", "committed", "surplus", "orders"), ""),
    "lead_time": "years",
    "days_of_demand": "days",
    "scrap": "units",
}
YEARLY = {
    *("capacity", "minimum", "minimum_order", "scrap", "up_to", "quantity", "fill_max", "draw_max", "surplus_max"),
}


def unit_of(problem: Problem, statement: Statement) -> str:
    """The unit of what a statement says; empty where it is no amount."""
    if statement.on == "policies":
        return _unit_of_rule(problem, problem.rules[statement.position])
    if statement.field in UNITS:
        return UNITS[statement.field]
    return _material_unit(problem, statement)


def _unit_of_rule(problem: Problem, rule: Rule) -> str:
    if isinstance(rule, Share):
        return "share"
    if isinstance(rule, Budget):
        return problem.currency
    if isinstance(rule, Footprint | Diversify):
        return rule.of
    units = {problem.network.materials[name].unit for name in getattr(rule, "materials", None) or ()}
    units = units or {material.unit for material in problem.materials}
    return units.pop() if len(units) == 1 and getattr(rule, "weight", "quantity") == "quantity" else ""


def _material_unit(problem: Problem, statement: Statement) -> str:
    entry = getattr(problem, statement.on)[statement.position]
    if isinstance(entry, Plant):
        made = [(recipe.outputs, recipe.capacity_use) for recipe in entry.recipes]
        units = {problem.network.materials[m].unit for outputs, _ in made for m in outputs}
        plain = all(use == 1 and list(outputs.values()) == [1.0] for outputs, use in made)
        return units.pop() if plain and len(units) == 1 else "units of activity"
    if isinstance(entry, Lane):
        names = entry.materials or list(problem.network.materials)
    else:
        names = [getattr(entry, "material", entry.id)]
    units = {problem.network.materials[name].unit for name in names}
    return units.pop() if len(units) == 1 else "units"


def amount(value: Any, unit: str) -> str:
    """A value with its unit; a share in percent."""
    if unit == "share":
        return f"{100 * value:.6g} %"
    number = f"{value:.6g}" if abs(value) < 1000 else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if unit in ("year", ""):
        return f"{value}"
    return f"{unit} {number}" if len(unit) == 3 and unit.isupper() else f"{number} {unit}"


def _over_time(problem: Problem, statement: Statement, periods: list[int]) -> str:
    """What it says in the periods that matter; where they are not told apart, from the least to the most."""
    value, unit = stated(problem, statement), unit_of(problem, statement)
    if isinstance(value, bool | str) or value is None or statement.field == "orders":
        return str(value)
    if isinstance(value, list | dict):
        values = problem.timeline.read(value)
        values = [values[period] for period in periods] or values
        least, most = min(values), max(values)
        return _range([least, most], unit)
    return amount(value, unit)


def _when(problem: Problem, periods: list[int]) -> str:
    if problem.timeline.typical or not periods or len(periods) == len(problem.timeline) > 1:
        return ""
    years = [str(problem.timeline.starts[period]) for period in sorted(periods)]
    return f" in {', '.join(years)}" if len(years) < 5 else f" in {len(years)} periods from {years[0]} to {years[-1]}"


def describe(problem: Problem, statement: Statement, periods: list[int]) -> str:
    """A statement as a sentence, with what it says in the periods that matter."""
    what = _over_time(problem, statement, periods)
    when = _when(problem, periods)
    name = statement.id
    if statement.on == "policies":
        verb = "allows" if statement.field == "max" else "asks for"
        return f"{name} {verb} {_rule(problem, statement, what)}{when}"
    if statement.on == "lanes":
        return f"{name} ({_ends(problem, statement)}) {_of_lane(statement, what)}{when}"
    if statement.on == "stockpiles":
        return f"the stock {name} {STOCK[statement.field].format(what)}{when}"
    if statement.build is not None:
        return f"the build of {name} {BUILD[statement.field].format(what)}{when}"
    return f"{name} {PLAIN[statement.field].format(what)}{when}" + _of(problem, statement)


PLAIN = {
    "quantity": "wants {} a year",
    "minimum": "must be bought from: at least {} a year",
    "minimum_order": "sells no less than {} a year, or nothing",
    "minimum_utilisation": "must run at {} of its capacity or more",
    "minimum_collection_rate": "must collect {} of its scrap or more",
    "capacity": "can make at most {} a year",
    "up_to": "sells at most {} a year",
    "reserve": "has {} to give over the whole horizon",
    "scrap": "has {} of scrap a year",
    "collection_rate": "can collect at most {} of its scrap",
    "from_year": "makes nothing before {}",
    "until_year": "makes nothing after {}",
    "surplus": "must not be left over",
    "surplus_max": "may be left over by at most {} a year",
}
STOCK = {
    "minimum": "must hold at least {}",
    "days_of_demand": "must last for {} of demand",
    "final": "must hold at least {} at the end",
    "capacity": "holds at most {}",
    "fill_max": "takes in at most {} a year",
    "draw_max": "gives out at most {} a year",
}
BUILD = {
    "max": "adds at most {} a year",
    "max_per_order": "adds at most {} a year with one order",
    "orders": "can be ordered {} times",
    "earliest": "cannot be ordered before {}",
    "latest": "cannot be ordered after {}",
    "lead_time": "takes {} from order to stream",
    "committed": "is committed: it must be ordered",
    "minimum_utilisation": "must run at {} of what was built or more",
}


def _of(problem: Problem, statement: Statement) -> str:
    """The material of a demand, which says what cannot be met."""
    return f" ({problem.demands[statement.position].material})" if statement.on == "demands" else ""


def _of_lane(statement: Statement, what: str) -> str:
    if statement.field == "closed":
        return "is closed"
    return f"carries at {'most' if statement.field == 'capacity' else 'least'} {what} a year"


def _ends(problem: Problem, statement: Statement) -> str:
    lane = problem.lanes[statement.position]
    goods = f", {', '.join(lane.materials)}" if lane.materials else ""
    return f"{', '.join(lane.origins)} to {', '.join(lane.destinations)}{goods}"


def _rule(problem: Problem, statement: Statement, what: str) -> str:
    rule = problem.rules[statement.position]
    how = "at most" if statement.field == "max" else "at least"
    countries = getattr(rule, "countries", None) or []
    if isinstance(rule, Share | Quantity):
        goods = f" of {', '.join(rule.materials)}" if rule.materials else ""
        who = f"any one of {', '.join(countries)}" if countries else "any one country"
        who = who if rule.each else ", ".join(countries)
        stages = f" at {', '.join(rule.stages)}" if rule.stages else ""
        yearly = " a year" if isinstance(rule, Quantity) else ""
        return f"{how} {what}{yearly} of {rule.measure}{goods}{stages}" + (f" from {who}" if who else "")
    where = f" in {', '.join(countries)}" if countries else ""
    if isinstance(rule, Budget):
        return f"{how} {what} of capex{where}"
    if isinstance(rule, Footprint):
        return f"{how} {what} a year{where}"
    return f"{how} {what}"


# ---------------------------------------------------------------- moves


def move(problem: Problem, statement: Statement, was: list[Any], to: list[Any], periods: list[int]) -> str:
    """A statement's move as an order: what it said and is to say, in each of some periods."""
    name = f"the build of {statement.id}" if statement.build is not None else statement.id
    unit, when = unit_of(problem, statement), _when(problem, periods)
    if statement.field in SWITCHES:
        ends = f" ({_ends(problem, statement)})" if statement.on == "lanes" else ""
        return SWITCHES[statement.field].format(name) + ends
    if unit == "year":
        return f"move `{statement.field}` of {name} from {was[0]} to {to[0]}"
    yearly = " a year" if _is_yearly(problem, statement) else ""
    if was[0] is None:
        return f"find {_range(to, unit)}{yearly} for {name}{when}"
    verb = "raise" if to[0] > was[0] else "lower"
    label = LABELS.get(statement.field, statement.field.replace("_", " "))
    subject = f"the demand {name}" if statement.on == "demands" else f"the {label} of {name}"
    if statement.on == "policies":
        subject = name
    return f"{verb} {subject} from {_range(was, unit)} to {_range(to, unit)}{yearly}{when}"


SWITCHES = {
    "closed": "open {}",
    "committed": "do not commit to {}",
    "surplus": "let {} be left over",
}


def _range(values: list[Any], unit: str) -> str:
    """The values of some periods: the first, or from the least to the most."""
    least, most = min(values), max(values)
    return amount(least, unit) if least == most else f"{amount(least, unit)} ... {amount(most, unit)}"


LABELS = {"max": "most that is added by", "up_to": "most that is sold by"}


def _is_yearly(problem: Problem, statement: Statement) -> bool:
    if statement.on == "policies":
        return isinstance(problem.rules[statement.position], Quantity | Footprint)
    if statement.on == "stockpiles":
        return statement.field in ("fill_max", "draw_max")
    return statement.field in YEARLY or (statement.build is not None and statement.field in ("max", "max_per_order"))

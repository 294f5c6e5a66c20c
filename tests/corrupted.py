"""Plans with one thing wrong, and where verification should find it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
THOUSANDTH = 1 + 1e-3


def first(lines: list[Data], wanted: Callable[[Data], Any]) -> Data:
    """The first record that is as wanted."""
    return next(line for line in lines if wanted(line))


def flow(plan: Data) -> tuple[str, str]:
    """What is shipped from somewhere, a thousandth more."""
    line = plan["shipments"][0]
    line["quantity"] *= THOUSANDTH
    return "balances", f"{line['material']} made at {line['from']}, shipped and left over in {line['period']}"


def purchase(plan: Data) -> tuple[str, str]:
    """What is bought, a thousandth more."""
    line = first(plan["purchases"], lambda line: line["quantity"])
    line["quantity"] *= THOUSANDTH
    return "costs", f"of supplier {line['supplier']} in {line['period']}"


def cost(plan: Data) -> tuple[str, str]:
    """What a record costs."""
    line = first(plan["purchases"], lambda line: line["cost"])
    line["cost"] *= THOUSANDTH
    return "costs", f"cost of supplier {line['supplier']} in {line['period']}"


def share(plan: Data) -> tuple[str, str]:
    """What a policy is said to achieve."""
    line = first(plan["shares"], lambda line: line["policy"] and line["achieved"])
    line["achieved"] *= THOUSANDTH
    return "shares", f"achieved of policy {line['policy']}"


def total(plan: Data) -> tuple[str, str]:
    """The total cost."""
    plan["total_cost"] *= THOUSANDTH
    return "totals", "total cost"


def ordered(plan: Data) -> tuple[str, str]:
    """A build ordered a year early."""
    line = plan["builds"][0]
    line["ordered"] -= 1
    return "builds", f"{line['on']} ordered in {line['ordered']}"


def on_stream(plan: Data) -> tuple[str, str]:
    """A build that makes something a year early."""
    line = plan["builds"][0]
    line["on_stream"] -= 1
    return "builds", f"on-stream year of the build on {line['on']}"


ANYWHERE = (flow, purchase, cost, share, total)
WITH_BUILDS = (*ANYWHERE, ordered, on_stream)


def corrupted(plan: Data, corrupt: Callable[[Data], tuple[str, str]]) -> tuple[Data, str, str]:
    """A copy with one thing wrong, the category in which that is found, and where."""
    wrong = copy.deepcopy(plan)
    category, where = corrupt(wrong)
    return wrong, category, where


# What another tool has to know of each kind of record, by the names in JSON.
FEWEST: dict[str, tuple[str, ...]] = {
    "purchases": ("supplier", "period", "quantity"),
    "production": ("plant", "recipe", "period", "activity"),
    "recycling": ("recycler", "period", "scrap", "returned"),
    "builds": ("on", "build", "capacity", "ordered"),
    "shipments": ("material", "from", "owner", "stage", "to", "period", "quantity"),
    "stocks": ("place", "material", "period", "fill", "draws", "level"),
    "deliveries": ("demand", "period", "quantity", "shortage"),
    "surpluses": ("material", "from", "owner", "stage", "period", "quantity"),
}


def fewest(plan: Data) -> Data:
    """The same plan as another tool would write it: quantities and what they cost in all."""
    told = {name: [{key: line[key] for key in keys} for line in plan[name]] for name, keys in FEWEST.items()}
    return {"total_cost": plan["total_cost"], **told}

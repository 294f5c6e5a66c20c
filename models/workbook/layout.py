"""Which sheets a problem has: one for each list of the contract, and one for what is listed within those."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from oremix.models.problem import Problem
from oremix.models.workbook.columns import normal
from oremix.models.workbook.forms import Field, Form, fields_of

__all__ = ["GROUPS", "PROBLEM", "Layout", "is_ignored", "layouts", "problem_fields"]

PROBLEM, GROUPS = "problem", "groups"
# What is listed within another list, on a sheet of its own: list it is within, and how its rows name what they are of.
INNER = {
    "tiers": ("suppliers", "supplier"),
    "recipes": ("plants", "plant"),
    "returns": ("recyclers", "recycler"),
    "changes": ("scenarios", "scenario"),
}
ORDER = (
    *("materials", "suppliers", "tiers", "plants", "recipes", "recyclers", "returns", "demands", "places", "groups"),
    *("lanes", "stockpiles", "policies", "scenarios", "changes", "uncertainties", "sources"),
)
TITLES = {
    "tiers": "the steps of suppliers' price schedules",
    "recipes": "what plants can do: inputs and outputs per unit of activity",
    "returns": "scrap that comes back to recyclers from this problem's own deliveries",
    "changes": "what scenarios change",
}


@dataclass(frozen=True)
class Layout:
    """A sheet of objects.

    Parameters
    ----------
    name
        Of the sheet, and of the list of the contract that its rows are the entries of.
    models
        What a row may be; several where an entry says itself what it is.
    host, parent
        For what is listed within another list: that list, and the header under which a row names what it is of.
    description
        What it holds.
    """

    name: str
    models: tuple[type[BaseModel], ...]
    host: str = ""
    parent: str = ""
    description: str = ""


def problem_fields() -> dict[str, Field]:
    """The keys of a problem."""
    return fields_of(Problem)


@cache
def layouts() -> dict[str, Layout]:
    """The sheets of objects by their names, in the order in which a workbook has them."""
    known = problem_fields()
    found = {
        name: Layout(name, field.form.parts, description=field.description)
        for name, field in known.items()
        if field.form.parts
    }
    for name, (host, parent) in INNER.items():
        form: Form = fields_of(found[host].models[0])[name].form
        found[name] = Layout(name, form.parts, host, parent, TITLES[name])
    order = [name for name in ORDER if name != GROUPS]
    return {name: found[name] for name in sorted(found, key=lambda name: order.index(name) if name in order else 99)}


def is_ignored(name: str) -> bool:
    """Whether a sheet is for people alone."""
    return name.strip().startswith("_") or normal(name).startswith("notes")

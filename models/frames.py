"""A plan as pandas frames: a frame for each kind of record, with units in the names of the columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oremix.models.needed import needed
from oremix.models.plan import Plan, Record

__all__ = ["frames"]

RECORDS = (
    "purchases", "production", "recycling", "builds", "shipments", "stocks", "deliveries", "surpluses",
    "shares", "footprints", "prices", "values", "offers", "limits", "carried_by",
)  # fmt: skip
A_YEAR = {"quantity", "paid", "arrived", "scrap", "fill", "draw", "shortage", "activity", "capacity"}
MONEY_A_YEAR = {"cost", "freight", "duty", "revenue", "penalty"}
MONEY = {"capex", "grant"}

Row = dict[str, Any]


def frames(plan: Plan) -> dict[str, Any]:
    """Name → frame; of what the plan has none of, an empty one.

    Raises
    ------
    MissingExtra
        pandas is not installed.
    """
    frame = needed("pandas", "pandas", "plan.frames()").DataFrame
    found = {name: frame(_rows(plan, name), columns=_columns(plan, name)) for name in RECORDS}
    nested = {
        "materials_used_and_made": (
            ("plant", "recipe", "period", "material", "role", "quantity (units a year)"),
            _made,
        ),
        "returns": (("recycler", "period", "demand", "after_years", "scrap (units a year)"), _returns),
        "draws": (("place", "material", "period", "to", "quantity (units a year)", "unit"), _draws),
    }
    found |= {name: frame(list(rows(plan)), columns=list(columns)) for name, (columns, rows) in nested.items()}
    return found | _costs(plan, frame)


def _kind(name: str) -> type[Record]:
    annotation: Any = Plan.model_fields[name].annotation
    kind: type[Record] = annotation.__args__[0]
    return kind


def _flat(name: str) -> list[tuple[str, str]]:
    """Fields of a kind of record that are no tables themselves, each with its name in JSON."""
    apart = {"inputs", "outputs", "returned", "draws"}
    return [(field, info.alias or field) for field, info in _kind(name).model_fields.items() if field not in apart]


def _columns(plan: Plan, name: str) -> list[str]:
    return [_with_unit(plan, name, shown) for _, shown in _flat(name)]


def _with_unit(plan: Plan, name: str, field: str) -> str:
    """A column's name with its unit; where a record has a `unit` of its own, that is of its `units`."""
    if field in A_YEAR:
        return f"{field} (units a year)"
    if field in MONEY_A_YEAR:
        return f"{field} ({plan.currency} a year)"
    if field in MONEY or (name == "carried_by" and field == "amount"):
        return f"{field} ({plan.currency})"
    return "level (units)" if field == "level" else field


def _rows(plan: Plan, name: str) -> list[list[Any]]:
    fields = [field for field, _ in _flat(name)]
    return [[_cell(getattr(record, field)) for field in fields] for record in getattr(plan, name)]


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _made(plan: Plan) -> Iterator[list[Any]]:
    for run in plan.production:
        for role, amounts in (("used", run.inputs), ("made", run.outputs)):
            for material, amount in amounts.items():
                yield [run.plant, run.recipe, run.period, material, role, amount]


def _returns(plan: Plan) -> Iterator[list[Any]]:
    for record in plan.recycling:
        for entry in record.returned:
            yield [record.recycler, record.period, entry.demand, entry.after_years, entry.scrap]


def _draws(plan: Plan) -> Iterator[list[Any]]:
    for stock in plan.stocks:
        for draw in stock.draws:
            yield [stock.place, stock.material, stock.period, draw.to, draw.quantity, stock.unit]


def _costs(plan: Plan, frame: Any) -> dict[str, Any]:
    """Costs in rows by period, by country and by facility, each with its category."""
    money, yearly = f"total ({plan.currency}, discounted)", f"cost ({plan.currency} a year)"
    by_period = [
        [entry.period, entry.years, category, amount]
        for entry in plan.costs.by_period
        for category, amount in entry.annual_by_category.items()
    ]
    by_country = [
        [entry.country, category, amount]
        for entry in plan.costs.by_country
        for category, amount in entry.by_category.items()
    ]
    by_facility = [
        [entry.kind, entry.id, entry.country, category, amount]
        for entry in plan.costs.by_facility
        for category, amount in entry.by_category.items()
    ]
    return {
        "costs_by_period": frame(by_period, columns=["period", "years", "category", yearly]),
        "costs_by_country": frame(by_country, columns=["country", "category", money]),
        "costs_by_facility": frame(by_facility, columns=["kind", "id", "country", "category", money]),
    }

"""A plan as an .xlsx workbook: a sheet for each part of it, and formulas where a reader would check a sum.

Every formula is written with the plan's own number as its value. A column has one only where it gives those numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from oremix.models import plan as records
from oremix.models.plan import Plan
from oremix.models.table import STATUS
from oremix.models.workbook.grid import column_name
from oremix.models.workbook.pen import ACCENT, FAINT, PALE, Pen

__all__ = ["plan_workbook", "write_plan_workbook"]

HEAD, EXPLANATION, DATA = 0, 1, 2
MONEY, AMOUNT, PERCENT, PLAIN = "#,##0", "#,##0.00", "0.00%", "General"
SHARES = ("supply", "production", "content", "capacity")
# A number that is no more off than this is the same: sums are made in another order.
SAME = 1e-9
YEARLY = ("cost", "freight", "duty", "revenue", "annual", "penalty")
ONCE = ("capex", "grant", "own capex")
RATES = ("price", "less", "enters_at", "tightening")
FLOWS = (
    *("quantity", "paid", "arrived", "shortage", "scrap", "activity", "fill", "draw", "part", "whole", "beyond"),
    "lost",
)
A_YEAR = (*FLOWS, "inputs", "outputs")
DISCOUNTED_MONEY = (
    *("total", "by_category", "discounted", "freight discounted", "duty discounted"),
    *("shortage discounted", "sales discounted"),
)
# Where a name alone does not say it.
UNITS = {
    ("deliveries", "share met"): "%",
    ("purchases", "price"): "{} per unit",
    ("builds", "capacity"): "units a year",
    ("carried by", "amount"): "{}, discounted",
    ("footprints", "amount"): "a year",
    ("stocks", "level"): "units",
}


@dataclass(frozen=True)
class Formula:
    """A column that is worked out of others.

    Parameters
    ----------
    text
        The formula; `{name}` is the cell of that column in the same row, `{weight}` the row's discount weight.
    value
        What it gives for a row's numbers.
    description
        What it is.
    """

    text: str
    value: Callable[[dict[str, Any]], Any]
    description: str = ""


@dataclass
class Part:
    """A sheet of records.

    Parameters
    ----------
    name, model, rows
        Of the sheet, and what is on it.
    formulas
        Header → formula, for fields of the records and for further columns.
    totals
        Headers that have their sum below them.
    """

    name: str
    model: type[BaseModel] | None
    rows: list[dict[str, Any]]
    formulas: dict[str, Formula] = field(default_factory=dict)
    totals: tuple[str, ...] = ()


def write_plan_workbook(plan: Plan, path: str | Path) -> None:
    """Write a plan as a workbook.

    Raises
    ------
    MissingExtra
        XlsxWriter is not installed.
    OSError
        The file cannot be written.
    """
    Path(path).write_bytes(plan_workbook(plan))


def plan_workbook(plan: Plan) -> bytes:
    """A plan as an .xlsx workbook; raises MissingExtra where XlsxWriter is not installed."""
    pen = Pen(plan.problem or "Plan")
    writer = _Writer(pen, plan)
    front = pen.sheet("summary")
    if plan.total_cost is not None:
        writer.years()
        for part in _parts(plan):
            if part.rows:
                writer.records(part)
    for name, model, rows in _texts(plan):
        if rows:
            writer.records(Part(name, model, rows))
    writer.summary(front)
    return pen.close()


# ---------------------------------------------------------------- what there is


def _flat(entries: Iterable[BaseModel]) -> list[dict[str, Any]]:
    """Records as rows: maps as a column for each key, lists as text."""
    rows = []
    for entry in entries:
        row: dict[str, Any] = {}
        for name, value in entry.model_dump(mode="json", by_alias=True).items():
            if isinstance(value, dict):
                row |= {f"{name}.{key}": number for key, number in value.items()}
            elif isinstance(value, list):
                row[name] = "; ".join(_said(part) for part in value)
            else:
                row[name] = value
        rows.append(row)
    return rows


def _said(part: Any) -> str:
    if isinstance(part, dict):
        return ", ".join(f"{name} {value}" for name, value in part.items() if value is not None)
    return str(part)


DISCOUNTED = "its share of the total cost: money a year × the discount factors of the period's years"


def _parts(plan: Plan) -> list[Part]:
    """The sheets of records with the formulas that a reader would check."""
    weights = {cost.period: cost.weight for cost in plan.costs.by_period}

    def discounted(of: str, sign: int = 1) -> Formula:
        text = f"={'-' if sign < 0 else ''}{{{of}}}*{{weight}}"
        return Formula(text, lambda row: sign * row[of] * weights[row["period"]], DISCOUNTED)

    costs = plan.costs
    return [
        Part(
            "costs by country",
            records.CountryCost,
            _flat(costs.by_country),
            {"total": _sum_of_categories()},
            ("total",),
        ),
        Part(
            "costs by payer",
            records.FacilityCost,
            _flat(costs.by_facility),
            {"total": _sum_of_categories()},
            ("total",),
        ),
        Part(
            "purchases",
            records.Purchase,
            _flat(plan.purchases),
            {
                "price": Formula(
                    '=IF({paid}=0,"",{cost}/{paid})',
                    lambda row: row["cost"] / row["paid"] if row["paid"] else "",
                    "money per unit paid for: cost / paid",
                ),
                "discounted": discounted("cost"),
            },
            ("discounted",),
        ),
        Part(
            "production",
            records.Production,
            _flat(plan.production),
            {"discounted": discounted("cost")},
            ("discounted",),
        ),
        Part(
            "recycling", records.Recycling, _flat(plan.recycling), {"discounted": discounted("cost")}, ("discounted",)
        ),
        Part(
            "builds",
            records.Build,
            _flat(plan.builds),
            {
                "own capex": Formula(
                    "={capex}-{grant}", lambda row: row["capex"] - row["grant"], "capex less what others pay of it"
                )
            },
            ("capex", "grant", "own capex"),
        ),
        Part(
            "shipments",
            records.Shipment,
            _flat(plan.shipments),
            {
                "cost": Formula("={freight}+{duty}", lambda row: row["freight"] + row["duty"]),
                "lost": Formula(
                    "={quantity}-{arrived}", lambda row: row["quantity"] - row["arrived"], "lost on the way, a year"
                ),
                "freight discounted": discounted("freight"),
                "duty discounted": discounted("duty"),
            },
            ("freight discounted", "duty discounted"),
        ),
        Part("stocks", records.Stock, _flat(plan.stocks), {"discounted": discounted("cost")}, ("discounted",)),
        Part(
            "deliveries",
            records.Delivery,
            _flat(plan.deliveries),
            {
                "share met": Formula(
                    '=IF({quantity}+{shortage}=0,"",{quantity}/({quantity}+{shortage}))',
                    lambda row: _ratio(row["quantity"], row["quantity"] + row["shortage"]),
                    "of what is wanted, the part delivered",
                ),
                "shortage discounted": discounted("cost"),
                "sales discounted": discounted("revenue", -1),
            },
            ("shortage discounted", "sales discounted"),
        ),
        Part("surpluses", records.Surplus, _flat(plan.surpluses), {"discounted": discounted("cost")}, ("discounted",)),
        _shares(plan),
        Part("footprints", records.FootprintRecord, _flat(plan.footprints)),
        Part("prices", records.Price, _flat(plan.prices)),
        Part("values", records.Worth, _flat(plan.values)),
        Part("limits", records.Limit, _flat(plan.limits)),
        Part("offers", records.Offer, _flat(plan.offers)),
        Part("carried by", records.Carrier, _flat(plan.carried_by)),
    ]


def _ratio(part: float, whole: float) -> float | str:
    return part / whole if whole else ""


def _sum_of_categories() -> Formula:
    return Formula("=SUM({first category}:{last category})", lambda row: row["total"])


def _shares(plan: Plan) -> Part:
    """Shares are part / whole, where there is a whole; some policies bound an amount."""
    rows = _flat(plan.shares)
    achieved = Formula('=IF(N({whole})=0,"",{part}/{whole})', lambda row: row["part"] / row["whole"])
    return Part("shares", records.ShareRecord, rows, {"achieved": achieved})


def _texts(plan: Plan) -> list[tuple[str, type[BaseModel] | None, list[dict[str, Any]]]]:
    """The sheets of sentences: why there is no plan, what the plan rests on, its proof."""
    found: list[tuple[str, type[BaseModel] | None, list[dict[str, Any]]]] = []
    if plan.diagnosis is not None:
        found += [("conflict", None, _flat(plan.diagnosis.conflict)), ("repairs", None, _flat(plan.diagnosis.repairs))]
    listed = {"assumption": plan.assumptions, "warning": plan.warnings, "note": plan.notes}
    rows = [{"kind": kind, "text": text} for kind, texts in listed.items() for text in texts]
    audit = [{"audit": name, **check.model_dump()} for name, check in plan.certificate.audit.items()]
    stated = plan.certificate.model_dump(exclude={"audit"}) | plan.solver.model_dump(exclude={"options"})
    proof = [{"of the certificate": name, "says": value} for name, value in stated.items()]
    return [*found, ("remarks", None, rows), ("certificate", None, proof), ("audit", None, audit)]


# ---------------------------------------------------------------- writing


@dataclass(frozen=True)
class _Range:
    """Where a column of a sheet stands: sheet, letter, first and last row from 1, row of its sum."""

    sheet: str
    letter: str
    first: int
    last: int

    @property
    def total(self) -> str:
        return f"'{self.sheet}'!${self.letter}${self.last + 1}"


class _Writer:
    """Writes the sheets, and keeps where each column stands."""

    def __init__(self, pen: Pen, plan: Plan) -> None:
        self.pen = pen
        self.plan = plan
        self.ranges: dict[tuple[str, str], _Range] = {}
        self.sums: dict[tuple[str, str], float] = {}

    def years(self) -> None:
        """The costs of each year, which add up to the total cost."""
        costs = self.plan.costs.by_period
        rows = []
        for cost in costs:
            stated = {"period": cost.period, "years": cost.years, "weight": cost.weight}
            by_category = {f"annual.{name}": number for name, number in cost.annual_by_category.items()}
            rows.append(stated | by_category | {"annual": cost.annual, "total": cost.total})
        formulas = {
            "annual": Formula("=SUM({first category}:{last category})", lambda row: row["annual"]),
            "total": Formula("={annual}*{weight}", lambda row: row["total"]),
        }
        self.records(Part("costs by year", records.PeriodCost, rows, formulas, ("total",)))

    def records(self, part: Part) -> None:
        """A sheet of records: headers, what they are, rows, sums."""
        sheet = self.pen.sheet(part.name, DATA)
        headers = _headers(part)
        formulas = {name: formula for name, formula in part.formulas.items() if self._holds(part, name, formula)}
        for column, header in enumerate(headers):
            self._head(sheet, column, header, part)
            place = _Range(part.name, column_name(column), DATA + 1, DATA + len(part.rows))
            self.ranges[part.name, header] = place
            for number, row in enumerate(part.rows, DATA):
                self._cell(sheet, number, column, header, row, formulas.get(header), headers)
            if header in part.totals:
                self._sum(sheet, part, column, header, formulas.get(header))
        sheet.set_row(EXPLANATION, 48)
        sheet.freeze_panes(DATA, 1)
        if part.rows and part.name != "costs by year":
            sheet.autofilter(EXPLANATION, 0, DATA + len(part.rows) - 1, len(headers) - 1)

    def _holds(self, part: Part, name: str, formula: Formula) -> bool:
        """Whether a formula gives the numbers that the plan states."""
        if any("{weight}" in formula.text and row.get("period") is None for row in part.rows):
            return False
        if "category" in formula.text:
            return all(
                isclose(row[name], sum(_categories(row).values()), rel_tol=SAME, abs_tol=1e-6) for row in part.rows
            )
        return True

    def _head(self, sheet: Any, column: int, header: str, part: Part) -> None:
        values = [row.get(header) for row in part.rows]
        is_number = header in part.formulas or any(type(value) in (int, float) for value in values)
        sided = {"align": "right"} if is_number else {"indent": 1 if column else 0}
        look = self.pen.look(bold=True, bg_color=PALE, bottom=1, bottom_color=ACCENT, **sided)
        unit = self._unit(header, part)
        shown = header.removeprefix("annual.").removeprefix("by_category.")
        self.pen.put(sheet, HEAD, column, f"{shown} [{unit}]" if unit else shown, look)
        faint = self.pen.look(italic=True, font_color=FAINT, font_size=9, text_wrap=True, bottom=1)
        self.pen.put(sheet, EXPLANATION, column, _description(header, part), faint)
        texts = [len(str(row.get(header) or "")) for row in part.rows if isinstance(row.get(header), str)]
        sheet.set_column(column, column, min(max(len(header) + len(unit) + 4, *(texts or [0]), 12), 60))

    def _unit(self, header: str, part: Part) -> str:
        """The unit that stands in a header; that of quantities is in their rows, by material."""
        name = header.partition(".")[0]
        special = UNITS.get((part.name, name))
        if special is None:
            kinds = ((DISCOUNTED_MONEY, "{}, discounted"), (YEARLY, "{} a year"), (ONCE, "{}"), (A_YEAR, "a year"))
            special = next((unit for names, unit in kinds if name in names), "")
        return special.format(self.plan.currency)

    def _cell(
        self,
        sheet: Any,
        row: int,
        column: int,
        header: str,
        record: dict[str, Any],
        formula: Formula | None,
        headers: Sequence[str],
    ) -> None:
        value = record.get(header)
        look = self.pen.look(num_format=_format(header, record), indent=1 if column and isinstance(value, str) else 0)
        text = None if formula is None else self._formula(formula, row, record, headers)
        if formula is None or text is None or (header in record and not _is_worked_out(formula, record, value)):
            if value is not None and value != "":
                self.pen.put(sheet, row, column, value, look)
            return
        worked = formula.value(record) if header not in record else value
        sheet.write_formula(row, column, text, look, worked)

    def _formula(self, formula: Formula, row: int, record: dict[str, Any], headers: Sequence[str]) -> str | None:
        cells = {header: f"{column_name(column)}{row + 1}" for column, header in enumerate(headers)}
        own = [header for header in headers if "." in header]
        if own:
            cells |= {"first category": cells[own[0]], "last category": cells[own[-1]]}
        if "weight" not in cells and (place := self.ranges.get(("costs by year", "weight"))) is not None:
            years = self.ranges["costs by year", "period"]
            found = f"MATCH({cells.get('period')},{_absolute(years)},0)"
            cells["weight"] = f"INDEX({_absolute(place)},{found})"
        return formula.text.format_map(cells) if record else None

    def _sum(self, sheet: Any, part: Part, column: int, header: str, formula: Formula | None) -> None:
        place = self.ranges[part.name, header]
        numbers = [
            formula.value(row) if formula is not None and header not in row else row[header] for row in part.rows
        ]
        total = sum(number for number in numbers if isinstance(number, float | int))
        self.sums[part.name, header] = total
        look = self.pen.look(bold=True, top=1, num_format=MONEY)
        text = f"=SUM({place.letter}{place.first}:{place.letter}{place.last})"
        sheet.write_formula(place.last, column, text, look, total)
        if column:
            self.pen.put(sheet, place.last, 0, "total", self.pen.look(bold=True, top=1))

    # ------------------------------------------------------------ the first sheet

    def summary(self, sheet: Any) -> None:
        """What a reader sees first: what it is, what it costs, and whether the sheets add up to it."""
        plan, pen = self.plan, self.pen
        sheet.hide_gridlines(2)
        sheet.set_tab_color(ACCENT)
        for column, width in enumerate((34, 24, 12, 24, 20)):
            sheet.set_column(column, column, width)
        sheet.set_row(0, 26)
        pen.put(sheet, 0, 0, plan.problem or "Plan", pen.look(bold=True, font_size=16, font_color=ACCENT))
        pen.put(sheet, 1, 0, f"{plan.status}: {STATUS[plan.status]}", pen.look(bold=True))
        row = 3
        for label, value in self._facts():
            pen.put(sheet, row, 0, label, pen.look(font_color=FAINT))
            pen.put(sheet, row, 1, value, pen.look(align="left", num_format=MONEY))
            row += 1
        if plan.diagnosis is not None:
            pen.put(sheet, row + 1, 0, plan.diagnosis.text, pen.look(bold=True))
        if plan.total_cost is not None:
            self._categories_table(sheet, row + 1)

    def _facts(self) -> list[tuple[str, Any]]:
        plan = self.plan
        years = plan.costs.by_period
        discounted = f", discounted to {years[0].period}" if len(years) > 1 else ""
        money = plan.currency + (f", prices of {plan.price_year}" if plan.price_year else "") + discounted
        found: list[tuple[str, Any]] = (
            [] if plan.total_cost is None else [(f"total cost, {plan.currency}", plan.total_cost)]
        )
        return [
            *found,
            ("money", money),
            ("verified", "yes" if plan.certificate.verified else f"no: {plan.certificate.reason}"),
            ("problem", plan.problem_hash),
            ("made with", f"Oremix {plan.version}, {plan.solver.name} {plan.solver.version}"),
        ]

    def _categories_table(self, sheet: Any, top: int) -> None:
        """Each category with its share of the total, and what the sheets give for it."""
        pen, plan = self.pen, self.plan
        total = plan.total_cost or 0.0
        heads = ("category of cost", f"{plan.currency}, discounted", "share", "from the sheets", "difference")
        for column, head in enumerate(heads):
            sided = {"align": "right"} if column else {}
            pen.put(
                sheet, top, column, head, pen.look(bold=True, bg_color=PALE, bottom=1, bottom_color=ACCENT, **sided)
            )
        first = top + 1
        categories = list(plan.costs.by_category.items())
        end = first + len(categories)
        for row, (name, amount) in enumerate(categories, first):
            pen.put(sheet, row, 0, name, pen.look())
            pen.put(sheet, row, 1, amount, pen.look(num_format=MONEY))
            share = f'=IF(B${end + 1}=0,"",B{row + 1}/B${end + 1})'
            sheet.write_formula(row, 2, share, pen.look(num_format=PERCENT), _ratio(amount, total))
            self._recomputed(sheet, row, name, amount)
        bold = pen.look(bold=True, top=1)
        pen.put(sheet, end, 0, "total", bold)
        sheet.write_formula(end, 1, f"=SUM(B{first + 1}:B{end})", pen.look(bold=True, top=1, num_format=MONEY), total)
        by_year = self.ranges.get(("costs by year", "total"))
        if by_year is not None:
            look = pen.look(bold=True, top=1, num_format=MONEY)
            sheet.write_formula(end, 3, f"={by_year.total}", look, self.sums["costs by year", "total"])
            self._difference(sheet, end, total, self.sums["costs by year", "total"])

    def _recomputed(self, sheet: Any, row: int, category: str, amount: float) -> None:
        """The sum on another sheet that a category is, where there is one."""
        place = SOURCES.get(category)
        if category in ("processing", "collection"):
            return self._shared(sheet, row, category)
        if place is None or place not in self.sums:
            return None
        sheet.write_formula(row, 3, f"={self.ranges[place].total}", self.pen.look(num_format=MONEY), self.sums[place])
        self._difference(sheet, row, amount, self.sums[place])
        return None

    def _shared(self, sheet: Any, row: int, category: str) -> None:
        """Processing is of plants and recyclers, whose costs have collection in them: one sum for both categories."""
        both = [place for place in (("production", "discounted"), ("recycling", "discounted")) if place in self.sums]
        stated = self.plan.costs.by_category
        has_collection = "collection" in stated
        if category == ("collection" if has_collection else "processing") and both:
            found = sum(self.sums[place] for place in both)
            amount = stated.get("processing", 0.0) + stated.get("collection", 0.0)
            text = "=" + "+".join(self.ranges[place].total for place in both)
            sheet.write_formula(row, 3, text, self.pen.look(num_format=MONEY), found)
            names = [name for name in stated if name in ("processing", "collection")]
            rows = [row + 1 - list(stated).index(category) + list(stated).index(name) for name in names]
            difference = "=ROUND(" + "+".join(f"B{number}" for number in rows) + f"-D{row + 1},2)"
            sheet.write_formula(row, 4, difference, self.pen.look(num_format=AMOUNT), round(amount - found, 2) + 0.0)
            return
        if category == "processing" and has_collection and both:
            self.pen.put(sheet, row, 3, "with collection", self.pen.look(font_color=FAINT, italic=True, align="right"))

    def _difference(self, sheet: Any, row: int, amount: float, found: float) -> None:
        text = f"=ROUND(B{row + 1}-D{row + 1},2)"
        sheet.write_formula(row, 4, text, self.pen.look(num_format=AMOUNT), round(amount - found, 2) + 0.0)


SOURCES = {
    "purchases": ("purchases", "discounted"),
    "freight": ("shipments", "freight discounted"),
    "duties": ("shipments", "duty discounted"),
    "holding": ("stocks", "discounted"),
    "shortage": ("deliveries", "shortage discounted"),
    "sales": ("deliveries", "sales discounted"),
    "surplus": ("surpluses", "discounted"),
}


def _absolute(place: _Range) -> str:
    return f"'{place.sheet}'!${place.letter}${place.first}:${place.letter}${place.last}"


def _categories(row: dict[str, Any]) -> dict[str, float]:
    return {name: number for name, number in row.items() if "." in name}


def _is_worked_out(formula: Formula, record: dict[str, Any], value: Any) -> bool:
    """Whether a formula for a field gives what the plan states of it in this record."""
    try:
        worked = formula.value(record)
    except (TypeError, KeyError, ZeroDivisionError):
        return False
    numbers = isinstance(worked, float | int) and isinstance(value, float | int)
    return numbers and isclose(worked, value, rel_tol=SAME, abs_tol=1e-9)


def _headers(part: Part) -> list[str]:
    """The columns: a record's fields, each map as columns next to each other, then what is worked out besides."""
    names = list(dict.fromkeys(name for row in part.rows for name in row))
    tops = list(dict.fromkeys(name.partition(".")[0] if "." in name else name for name in names))
    grouped = [name for top in tops for name in names if name == top or name.startswith(f"{top}.")]
    last = [name for name in ("annual", "total") if name in grouped and name in part.formulas]
    ordered = [name for name in dict.fromkeys(grouped) if name not in last] + last
    return ordered + [name for name in part.formulas if name not in ordered]


def _description(header: str, part: Part) -> str:
    formula = part.formulas.get(header)
    if formula is not None and formula.description:
        return formula.description
    if part.model is None:
        return ""
    known = {info.alias or name: info.description for name, info in part.model.model_fields.items()}
    name, _, key = header.partition(".")
    return known.get(header) or known.get(name if name != "annual" else "annual_by_category") or key


def _format(header: str, record: dict[str, Any]) -> str:
    """How a column's numbers are shown: money whole, quantities to the hundredth, shares as percent."""
    name = header.partition(".")[0]
    is_share = record.get("measure") in SHARES and record.get("whole") is not None
    if header == "share met" or (name in ("achieved", "max", "min", "margin") and is_share):
        return PERCENT
    if name in (*YEARLY, *ONCE, "total", "by_category") or "discounted" in header:
        return MONEY
    if name in (*FLOWS, *RATES, "inputs", "outputs", "level", "capacity", "achieved", "max", "min", "margin"):
        return AMOUNT
    return PLAIN

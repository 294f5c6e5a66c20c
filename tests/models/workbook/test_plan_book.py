"""A plan as a workbook: its numbers to the last digit, and formulas that give them when they are worked out again."""

import io
import json
import re
from typing import Any

import openpyxl
import pytest

import oremix
from oremix.models import read_problem
from oremix.models.examples import example
from oremix.models.plan import Plan
from oremix.models.workbook.plan_book import plan_workbook
from oremix.template import TEMPLATE
from tests.problems import document

CELL = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


class Book:
    """A workbook whose formulas are worked out from its numbers, not read."""

    def __init__(self, data: bytes) -> None:
        self.formulas = openpyxl.load_workbook(io.BytesIO(data))
        self.values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)

    def cell(self, sheet: str, place: str) -> Any:
        stated = self.formulas[sheet][place]
        return self.worked_out(sheet, stated.value) if stated.data_type == "f" else stated.value

    def worked_out(self, sheet: str, formula: str) -> Any:
        """A formula of sums, quotients, look-ups and choices, as Python."""
        text = CELL.sub(lambda found: self._reference(found, sheet), formula.removeprefix("="))
        text = re.sub(r"(?<![=<>])=(?!=)", "==", text)
        functions = {
            "SUM": sum,
            "IF": lambda test, one, other: (one if test else other)(),
            "INDEX": lambda listed, number: listed[number - 1],
            "MATCH": lambda wanted, listed, _: listed.index(wanted) + 1,
            "ROUND": round,
            "N": lambda value: value if isinstance(value, int | float) else 0,
            "of": self.cell,
            "all_of": lambda name, places: [
                cell for row in self.formulas[name][places] for cell in self._row(name, row) if cell is not None
            ],
        }
        text = re.sub(r"IF\((.+),\"\",(.+)\)$", r'IF(\1, lambda: "", lambda: \2)', text)
        return eval(text, {"__builtins__": {}} | functions)  # noqa: S307 - the formulas are our own

    def _row(self, name: str, row: Any) -> list[Any]:
        return [self.cell(name, cell.coordinate) for cell in (row if isinstance(row, tuple) else (row,))]

    def _reference(self, found: re.Match[str], sheet: str) -> str:
        name, column, row, last_column, last_row = found.groups()
        if last_column is None:
            return f"of({name or sheet!r}, '{column}{row}')"
        return f"all_of({name or sheet!r}, '{column}{row}:{last_column}{last_row}')"

    def all_formulas(self) -> list[tuple[str, str, str]]:
        return [
            (sheet.title, cell.coordinate, cell.value)
            for sheet in self.formulas
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def column(self, sheet: str, header: str) -> list[Any]:
        """What stands below a header, but for the explanation and the sum."""
        heads = [str(cell.value).partition(" [")[0] for cell in self.values[sheet][1]]
        rows = list(self.values[sheet].iter_rows(min_row=3, values_only=True))
        return [row[heads.index(header)] for row in rows if row[0] != "total"]


def plan_of(text: str) -> Plan:
    return oremix.solve(read_problem(text))


@pytest.fixture(scope="module", params=["lithium-japan", "cobalt-usa", "magnets-usa-japan", "minimal", "template"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(TEMPLATE if request.param == "template" else example(request.param))


def test_every_formula_gives_the_number_that_stands_there(plan: Plan) -> None:
    """Worked out anew from the cells that it names: a formula that points at the wrong cell gives another number."""
    book = Book(plan_workbook(plan))
    formulas = book.all_formulas()
    assert len(formulas) > 10
    for sheet, place, formula in formulas:
        worked, stated = book.worked_out(sheet, formula), book.values[sheet][place].value
        assert (worked or 0) == pytest.approx(stated or 0, rel=1e-9, abs=1e-6), (sheet, place, formula)


def test_the_sheets_add_up_to_the_total_cost(plan: Plan) -> None:
    """The categories, the years; and each category that is a sum of records is that sum, to the cent."""
    book = Book(plan_workbook(plan))
    rows = {row[0].value: row for row in book.formulas["summary"].iter_rows() if row[0].value}
    total = rows["total"]
    assert book.cell("summary", total[1].coordinate) == pytest.approx(plan.total_cost, rel=1e-12)
    assert book.cell("summary", total[3].coordinate) == pytest.approx(plan.total_cost, rel=1e-9)
    for name in plan.costs.by_category:
        assert rows[name][2].data_type == "f"
        if name in ("purchases", "freight", "duties", "holding", "surplus", "collection"):
            assert rows[name][4].data_type == "f"
            assert book.cell("summary", rows[name][4].coordinate) == pytest.approx(0, abs=0.02)


def test_every_record_is_there_with_its_numbers(plan: Plan) -> None:
    """As they are in the plan, not as they are shown."""
    book = Book(plan_workbook(plan))
    assert book.column("purchases", "quantity") == [record.quantity for record in plan.purchases]
    assert book.column("purchases", "cost") == [record.cost for record in plan.purchases]
    assert book.column("shares", "part") == [record.part for record in plan.shares]
    assert book.column("deliveries", "demand") == [record.demand for record in plan.deliveries]
    assert book.column("costs by year", "total") == [cost.total for cost in plan.costs.by_period]
    if plan.builds:
        assert book.column("builds", "capex") == [record.capex for record in plan.builds]


def test_shares_are_part_by_whole_as_a_formula() -> None:
    """By hand: 2,200 of 5,500 t are 40 %; price 55,000 = cost / paid."""
    book = Book(plan_workbook(plan_of(example("minimal"))))
    formulas = {(sheet, place): formula for sheet, place, formula in book.all_formulas()}
    shares = [formula for (sheet, _), formula in formulas.items() if sheet == "shares"]
    assert shares[0].startswith("=IF(N(")
    assert book.column("shares", "achieved")[0] == 0.4
    assert book.column("purchases", "price") == [55_000, 69_000]


def test_an_infeasible_plan_says_why() -> None:
    """The conflict and its repairs, and no costs."""
    plan = plan_of(example("minimal").replace("6500", "100"))
    book = openpyxl.load_workbook(io.BytesIO(plan_workbook(plan)))
    assert "conflict" in book.sheetnames
    assert "repairs" in book.sheetnames
    assert "purchases" not in book.sheetnames


def test_names_that_look_like_formulas_are_texts() -> None:
    """Ids, names and units are the user's: none of them is worked out, nor a link."""
    evil = '=HYPERLINK("http://x")'
    stated = document(
        name=evil,
        materials=[{"id": "oxide", "unit": "=1+1"}],
        suppliers=[{"id": evil, "country": "AU", "material": "oxide", "unit_cost": 1, "stage": "@x"}],
        demands=[{"id": "+1", "country": "JP", "material": "oxide", "quantity": 100}],
    )
    book = Book(plan_workbook(plan_of(json.dumps(stated))))
    assert book.column("purchases", "supplier") == [evil]
    assert book.column("deliveries", "demand") == ["+1"]
    for sheet, _, formula in book.all_formulas():
        assert "HYPERLINK" not in formula, sheet
    assert book.formulas["summary"]["A1"].data_type == "s"

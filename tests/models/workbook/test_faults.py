"""What is wrong with a workbook is told by sheet and cell, all of it at once, in the words of JSON's faults."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from oremix.models import InvalidProblem, load, read_problem
from oremix.models.workbook import read_workbook
from tests.sheets import SHEETS, SUPPLIERS, changed, faults, folder, made

HEAD = SUPPLIERS[0]


def suppliers(*rows: list[Any], head: list[Any] = HEAD) -> dict[str, str]:
    """Cell → message of what is wrong with a sheet of suppliers, in a problem that is otherwise sound."""
    return faults(made(changed(suppliers=[head, *rows])))


def test_a_sound_workbook_has_no_faults() -> None:
    """And means what the JSON means: by hand, 2,200 t from China and 3,300 t from Australia."""
    found = read_workbook(made(SHEETS))
    assert (
        found.hash
        == read_problem(
            {
                "materials": [{"id": "oxide", "unit": "t"}],
                "suppliers": [
                    {"id": "north", "country": "CN", "material": "oxide", "capacity": 60000, "unit_cost": 55000},
                    {"id": "weld", "country": "AU", "material": "oxide", "capacity": 6500, "unit_cost": 69000},
                ],
                "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 5500}],
                "policies": [{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}],
            }
        ).hash
    )


def test_faults_of_every_kind_are_told_at_once() -> None:
    """Each at its cell; a field that is missing at the blank cell where it would stand."""
    found = faults(
        made(
            changed(
                suppliers=[HEAD, ["north", "CN", "oxde", -5, 1], [None, "AU", "oxide", "much", 2]],
                demands=[["id", "country", "material", "quantity", "zzz"], ["japan", "JP", "oxide", None, "red"]],
                policies=[["id", "type", "countries", "max"], ["cap", "shares", "CN", 0.4]],
                materails=[["id"], ["x"]],
            )
        )
    )
    assert found["suppliers!D2"] == "should be at least 0"
    assert "oxide" in found["suppliers!C2"]
    assert found["suppliers!A3"] == "is missing"
    assert "should be a number" in found["suppliers!D3"]
    assert found["demands!E1"] == "is no known column here; leave it out (remarks go in `notes`)"
    assert "did you mean share?" in found["policies!A2"] or "did you mean share?" in found.get("policies!B2", "")
    assert "did you mean materials?" in found["materails!A1"]


def test_the_words_are_those_of_json() -> None:
    """The same faults with the same messages and pointers, and the cell besides."""
    rows = [HEAD, ["north", "XX", "oxide", -5, None], ["north", "AU", "ore", 1, 2]]
    listed = [{k: v for k, v in zip(HEAD, row, strict=True) if v is not None} for row in rows[1:]]
    document = {
        "materials": [{"id": "oxide", "unit": "t"}],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 5500}],
        "suppliers": listed,
    }
    with pytest.raises(InvalidProblem) as of_json:
        read_problem(document)
    with pytest.raises(InvalidProblem) as of_sheets:
        read_workbook(made(changed(suppliers=rows, policies=None)))
    assert [(f.pointer, f.message, f.value) for f in of_sheets.value.errors] == [
        (f.pointer, f.message, f.value) for f in of_json.value.errors
    ]
    assert all(fault.cell and fault.cell.startswith("suppliers!") for fault in of_sheets.value.errors)
    assert str(of_sheets.value.errors[0]).startswith("suppliers!")


@pytest.mark.parametrize("text", ["1,5", "1.234,5", "1,234.5", "1 234", "12 345,6", "1,234", "1'234,5"])
def test_a_comma_that_may_mean_two_things_is_refused(text: str) -> None:
    """With the remedy; 1,234 is a thousand in one country and one in another."""
    found = suppliers(["north", "CN", "oxide", text, 5])
    assert list(found) == ["suppliers!D2"]
    assert "decimal point" in found["suppliers!D2"]


def test_numbers_and_truths_as_text_are_what_they_plainly_say() -> None:
    """Numbers that came in as text, ids that came in as numbers, years that are floats."""
    rows = [
        [*HEAD, "from_year", "firm", "source"],
        [7, "CN", "oxide", " 60000 ", "5.5e4", 2026.0, "yes", 2025],
    ]
    found = read_workbook(
        made(
            changed(
                suppliers=rows,
                policies=None,
                sources=[["id", "title"], [2025, 1984]],
                problem=[["field", "value"], ["periods", "2026; 2030"], ["discount_rate", "0.05"]],
            )
        )
    )
    (supplier,) = found.suppliers
    assert (supplier.id, supplier.capacity, supplier.unit_cost, supplier.from_year) == ("7", 60000, 55000, 2026)
    assert supplier.firm is True
    assert supplier.source == "2025"
    assert found.periods == [2026, 2030]
    assert found.sources[0].title == "1984"


def test_blank_is_not_stated_and_never_zero() -> None:
    """Nor is a cell of blanks; rows and columns of them are nothing."""
    rows: list[list[Any]] = [[*HEAD, None, "  "], ["north", "CN", "oxide", None, 5, None, " "], [None], [" ", ""], []]
    found = read_workbook(made(changed(suppliers=rows, policies=None)))
    assert found.suppliers[0].capacity is None
    assert len(found.suppliers) == 1


def test_headers_may_be_written_as_people_do() -> None:
    """In any order, case and spacing, with a unit behind; below a title."""
    rows: list[list[Any]] = [
        ["What we can buy"],
        [],
        ["Unit Cost [USD/t]", "  Material", "ID", "Capacity (t per year)", "COUNTRY", "capacity_2030"],
        [5, "oxide", "north", None, "CN", 4],
    ]
    stated = changed(
        suppliers=rows, policies=None, problem=[["Field", "Value"], ["Periods", 2030], ["Discount rate", 0]]
    )
    (supplier,) = read_workbook(made({name.title(): rows for name, rows in stated.items()})).suppliers
    assert (supplier.id, supplier.unit_cost, supplier.capacity) == ("north", 5, {2030: 4})


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("capcity", "capacity"),
        ("capcity 2026", "capacity 2026"),
        ("build.unit_capx", "build.unit_capex"),
        ("zzz", None),
    ],
)
def test_an_unknown_column_is_refused_with_the_nearest(header: str, meant: str | None) -> None:
    """At its header, once."""
    found = suppliers(["north", "CN", "oxide", 1, 2, 3], head=[*HEAD, header])
    assert list(found) == ["suppliers!F1"]
    assert (f"did you mean {meant}?" if meant else "leave it out") in found["suppliers!F1"]


def test_a_required_column_that_is_misspelt_is_told_once() -> None:
    """Not as missing in every row besides."""
    found = suppliers(["a", "CN", "oxide", 1], ["b", "CN", "oxide", 1], head=["id", "country", "materail", "unit_cost"])
    assert list(found) == ["suppliers!C1"]


def test_what_stands_twice_is_refused() -> None:
    """A column, a number over time beside one for all years, a row and JSON."""
    found = suppliers(["a", "CN", "oxide", 1, 2, 3], head=[*HEAD, "Capacity"])
    assert "beside suppliers!D1" in found["suppliers!F1"]
    found = suppliers(["a", "CN", "oxide", 1, 2, 3], head=[*HEAD, "capacity 2026"])
    assert "suppliers!D2" in found["suppliers!F2"]
    found = suppliers(["a", "CN", "oxide", 1, 2, '{"max": 1}', 3], head=[*HEAD, "build", "build.max"])
    assert "suppliers!F2" in found["suppliers!G2"]


def test_values_below_no_header_are_refused() -> None:
    """As below a header that is merged over several columns."""
    found = suppliers(["a", "CN", "oxide", 1, 2, 3])
    assert "header" in found["suppliers!F2"]


def test_what_a_row_belongs_to_is_named() -> None:
    """By its id; one that there is not has the nearest."""
    plants = [["id", "country", "capacity"], ["works", "JP", 5]]
    recipes = [
        ["plant", "id", "inputs.ore", "outputs.oxide"],
        ["work", "r", 2, 1],
        [None, "s", 2, 1],
        ["works", "t", 2, 1],
    ]
    found = faults(
        made(changed(materials=[["id", "unit"], ["oxide", "t"], ["ore", "t"]], plants=plants, recipes=recipes))
    )
    assert found == {
        "recipes!A2": "names no plant; did you mean works?",
        "recipes!A3": "needs the id of its plant in the column plant",
    }


def test_faults_within_what_a_cell_nests_are_at_the_cell() -> None:
    """JSON, a list, a map of columns, a recipe on a sheet of its own."""
    found = faults(
        made(
            changed(
                materials=[["id", "unit"], ["oxide", "t"], ["ore", "t"]],
                suppliers=[[*HEAD, "build", "ramp_up"], ["a", "CN", "oxide", 1, 2, '{"max": -1}', "0.5; 2"]],
                plants=[["id", "country", "build.max", "build.unit_capex"], ["works", "JP"], ["mill", "JP", 5, 7]],
                recipes=[
                    ["plant", "id", "inputs.oar", "outputs.oxide", "capacity_use"],
                    ["works", "r", None, 1, -1],
                    ["mill", "r", 2, 1, None],
                ],
                policies=[["id", "type", "countries", "max"], ["cap", "share", "CN; ZZ", 0.4]],
            )
        )
    )
    assert {"suppliers!F2", "suppliers!G2", "recipes!C3", "recipes!E2", "policies!C2", "plants!C3"} <= set(found)


@pytest.mark.parametrize("text", ["[1, 2", "{}}", "{'a': 1}"])
def test_brackets_hold_json(text: str) -> None:
    """Refused where they do not, in the parser's words."""
    assert "JSON" in suppliers(["a", "CN", "oxide", text, 2])["suppliers!D2"]


def test_one_object_of_a_sheet_may_be_commented_out() -> None:
    """Rows that begin with # and a blank; an error of the spreadsheet is none of them."""
    assert suppliers(["# old", "CN", "oxide", -1, 2], ["a", "CN", "oxide", 1, 2]) == {}


def test_sheets_for_people_are_not_read() -> None:
    """Those that begin with an underscore or `notes`, and blank ones."""
    others = {"_lists": [["a"]], "Notes 2026": [["b"]], "Sheet1": []}
    assert faults(made(SHEETS | others)) == {}


def test_a_workbook_without_any_sheet_of_a_problem_says_so() -> None:
    """Also one where they are there, and empty."""
    assert "did you mean" not in faults(made({"Sheet1": []}))[""]
    assert "oremix new" in faults(made({"Sheet1": []}))[""]
    assert faults(made({"materials": [["id", "unit"]], "demands": [["id"]]})) == {
        "materials!A2": "is missing",
        "demands!A2": "is missing",
    }


# ---------------------------------------------------------------- as spreadsheet programs save them


def saved(**cells: Any) -> bytes:
    """The small problem with some cells of `suppliers` replaced, saved by another library."""
    book = openpyxl.load_workbook(io.BytesIO(made(SHEETS)))
    for place, value in cells.items():
        book["suppliers"][place].value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_errors_of_the_spreadsheet_are_refused_by_cell() -> None:
    """In a number, in a text, in a header; not taken for remarks."""
    assert "error" in faults(saved(D2="#N/A"))["suppliers!D2"]
    assert "error" in faults(saved(C2="#REF!"))["suppliers!C2"]
    assert "error" in faults(saved(A2="#N/A"))["suppliers!A2"]
    assert "suppliers!E1" in faults(saved(E1="#NAME?"))


def test_dates_are_refused_where_a_number_is_meant() -> None:
    """A year typed into a cell that shows dates is a day in 1905."""
    from datetime import date

    found = faults(saved(D2=date(2026, 1, 1)))
    assert "is a date" in found["suppliers!D2"]
    book = read_workbook(saved(F1="notes", F2=date(2026, 1, 1)))
    assert book.suppliers[0].notes == "2026-01-01"


def test_formulas_that_were_never_worked_out_are_refused() -> None:
    """Their value is not there: taking it for blank would change the problem."""
    assert "never worked out" in faults(saved(D2="=1+1"))["suppliers!D2"]


def test_formulas_are_read_as_their_values() -> None:
    """As the spreadsheet program left them."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in SHEETS.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.get_worksheet_by_name("suppliers").write_formula("D2", "=30000*2", None, 60000)
    book.get_worksheet_by_name("suppliers").write_formula("A3", '="we"&"ld"', None, "weld")
    book.get_worksheet_by_name("demands").write_boolean("E2", True)
    book.get_worksheet_by_name("demands").write("E1", "firm")
    book.close()
    found = read_workbook(target.getvalue())
    assert found.suppliers[0].capacity == 60000
    assert found.suppliers[1].id == "weld"
    assert found.demands[0].firm is True


def test_hidden_sheets_are_read_where_they_are_of_a_problem() -> None:
    """Others that are hidden are an add-in's, and are not."""
    book = openpyxl.load_workbook(io.BytesIO(made(SHEETS | {"Cache": [["x"]]})))
    for name in ("suppliers", "Cache"):
        book[name].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    assert len(read_workbook(target.getvalue()).suppliers) == 2


# ---------------------------------------------------------------- folders


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_folder_of_csv_files_is_read(tmp_path: Path, delimiter: str) -> None:
    """Whatever stands between the cells; other files are none of its business."""
    folder(tmp_path, SHEETS, delimiter)
    (tmp_path / "notes.csv").write_bytes(b"\xff")
    (tmp_path / "readme.txt").write_text("x")
    assert load(tmp_path).hash == read_workbook(made(SHEETS)).hash


def test_faults_of_a_folder_name_its_cells(tmp_path: Path) -> None:
    """As those of a workbook do."""
    found = faults(folder(tmp_path, changed(suppliers=[HEAD, ["north", "CN", "oxide", "6,5", 1]]), ";"))
    assert list(found) == ["suppliers!D2"]


def test_files_that_are_no_text_are_named(tmp_path: Path) -> None:
    """All at once."""
    folder(tmp_path, SHEETS)
    (tmp_path / "demands.csv").write_bytes("id;Ölmenge".encode("latin-1"))
    (tmp_path / "lanes.csv").write_text('"from","to\nx', encoding="utf-8")
    found = faults(tmp_path)
    assert "UTF-8" in found["demands.csv"]
    assert "CSV" in found["lanes.csv"]


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.csv"])
def test_other_tables_are_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    """By their names."""
    (tmp_path / name).write_text("id")
    with pytest.raises(InvalidProblem, match=r"xlsx|folder"):
        load(tmp_path / name)

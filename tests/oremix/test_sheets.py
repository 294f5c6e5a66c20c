"""Spreadsheets at the command line: from a template to a plan, without a line of JSON."""

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import oremix
from tests.oremix.test_cli import ENVIRONMENT, MINIMAL, run
from tests.sheets import changed, made


@pytest.mark.parametrize("name", ["sourcing.xlsx", "sourcing/"])
def test_the_template_is_solved_at_once(tmp_path: Path, name: str) -> None:
    """And is the problem that `oremix new problem.json` writes, but for its notes."""
    file = f"{tmp_path}/{name}"
    done = run("new", file)
    assert done.returncode == 0
    assert f"next: oremix solve {file}" in done.stderr
    json_file = str(tmp_path / "p.json")
    run("new", json_file)
    costs = [json.loads(run("solve", path, "--json").stdout)["total_cost"] for path in (file, json_file)]
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", ["sourcing.xlsx", "sourcing/"])
def test_the_empty_template_says_what_is_missing(tmp_path: Path, name: str) -> None:
    """At the first cell to fill in: below headers and explanations."""
    file = f"{tmp_path}/{name}"
    assert run("new", file, "--empty").returncode == 0
    done = run("check", file)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "materials!A3: is missing",
        "demands!A3: is missing",
        "oremix: 2 errors in the problem",
    ]


def test_a_person_fills_in_the_template_and_gets_a_plan(tmp_path: Path) -> None:
    """Four sheets, the first plan: the minimal example, typed into the empty workbook by another program."""
    file = tmp_path / "sourcing.xlsx"
    run("new", str(file), "--empty")
    book = openpyxl.load_workbook(file)
    typed = {
        "materials": [{"id": "ndpr_oxide", "unit": "t"}],
        "suppliers": [
            {"id": "northern", "country": "CN", "material": "ndpr_oxide", "capacity": 60000, "unit_cost": 55000},
            {"id": "mount_weld", "country": "AU", "material": "ndpr_oxide", "capacity": 6500, "unit_cost": 69000},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "ndpr_oxide", "quantity": 5500}],
        "policies": [{"id": "china_cap", "type": "share", "countries": "CN", "max": 0.4}],
    }
    for name, rows in typed.items():
        heads = {cell.value: cell.column for cell in book[name][1]}
        for number, row in enumerate(rows, 3):
            for header, value in row.items():
                book[name].cell(number, heads[header], value)
    book.save(file)
    plan = tmp_path / "plan.json"
    assert run("solve", str(file), "-o", str(plan)).returncode == 0
    assert json.loads(plan.read_text())["total_cost"] == pytest.approx(348_700_000)
    assert run("report", str(plan), "-o", str(tmp_path / "plan.xlsx")).returncode == 0
    assert openpyxl.load_workbook(tmp_path / "plan.xlsx")["summary"]["B4"].value == pytest.approx(348_700_000)


def test_faults_are_told_by_cell(tmp_path: Path) -> None:
    """One a line, with what the cell holds; as JSON for programs."""
    file = tmp_path / "p.xlsx"
    file.write_bytes(made(changed(demands=[["id", "country", "material", "quantity"], ["japan", "JP", "oxid", "5,5"]])))
    done = run("check", str(file))
    assert done.returncode == 2
    assert "demands!D2: is a text in which a comma" in done.stderr
    assert '(given: "5,5")' in done.stderr
    assert "demands!C2: " in done.stderr
    errors = json.loads(run("check", str(file), "--json").stdout)["errors"]
    assert {fault["cell"]: fault["pointer"] for fault in errors} == {
        "demands!D2": "/demands/0/quantity",
        "demands!C2": "/demands/0/material",
    }


def test_a_problem_is_converted_there_and_back(tmp_path: Path) -> None:
    """JSON to a workbook, to a folder, to JSON: the same document; a workbook comes from standard input too."""
    book, folder = str(tmp_path / "p.xlsx"), f"{tmp_path}/tables/"
    assert run("convert", "-", book, text=oremix.example("cobalt-usa")).returncode == 0
    assert run("convert", book, folder).returncode == 0
    back = run("convert", folder, "-")
    assert json.loads(back.stdout) == json.loads(oremix.example("cobalt-usa"))
    again = run("convert", "-", "-", text=Path(book).read_bytes())
    assert again.stdout == back.stdout


def test_what_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    """Nor is a folder's table that would be read with the others left in it."""
    (tmp_path / "lanes.csv").write_text("from,to\nAU,JP\n")
    (tmp_path / "mine.csv.bak").write_text("x")
    done = run("convert", "-", str(tmp_path), text=MINIMAL)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert run("convert", "-", str(tmp_path), "--force", text=MINIMAL).returncode == 0
    assert not (tmp_path / "lanes.csv").exists()
    assert (tmp_path / "mine.csv.bak").exists()
    assert json.loads(run("convert", str(tmp_path), "-").stdout) == json.loads(MINIMAL)


def test_an_example_and_a_plan_are_written_as_workbooks(tmp_path: Path) -> None:
    """By the name of the file."""
    problem, plan = tmp_path / "p.xlsx", tmp_path / "plan.xlsx"
    assert run("examples", "minimal", "-o", str(problem)).returncode == 0
    assert run("solve", str(problem), "-o", str(plan)).returncode == 0
    assert "summary" in openpyxl.load_workbook(io.BytesIO(plan.read_bytes())).sheetnames


def test_without_the_extra_the_remedy_is_told_and_reading_needs_none(tmp_path: Path) -> None:
    """Writing a workbook needs XlsxWriter; reading one does not, nor does CSV."""
    file = tmp_path / "p.xlsx"
    file.write_bytes(made(changed()))
    hidden = "import sys; sys.modules['xlsxwriter'] = None; from oremix.cli import main; main()"

    def without(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-c", hidden, *arguments]
        return subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=120, check=False)

    done = without("new", str(tmp_path / "new.xlsx"))
    assert done.returncode == 2
    assert b"pip install 'oremix[excel]'" in done.stderr
    assert without("check", str(file)).returncode == 0
    assert without("convert", str(file), f"{tmp_path}/tables/").returncode == 0


def test_importing_oremix_loads_nothing_of_spreadsheets() -> None:
    """Nor does solving a problem in JSON."""
    code = (
        "import oremix, sys; oremix.load_plan; oremix.solve(oremix.read_problem(oremix.example('minimal')));"
        "print([m for m in sys.modules if 'xlsxwriter' in m or 'workbook' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ENVIRONMENT, timeout=120, check=True)
    assert done.stdout.strip() == b"[]"

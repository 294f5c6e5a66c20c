"""`oremix report`: the library's page in a file, and every wrong call said in a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import oremix
from tests.oremix.test_cli import run


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The smallest problem, its plan, and a study of it."""
    problem = oremix.example("minimal")
    contents = {
        "problem": problem,
        "plan": oremix.solve(problem).to_json(),
        "study": oremix.frontier(problem).to_json(),
    }
    for name, text in contents.items():
        (tmp_path / f"{name}.json").write_text(text)
    return {name: str(tmp_path / f"{name}.json") for name in contents}


def test_the_page_is_the_librarys(files: dict[str, str], tmp_path: Path) -> None:
    """With problem and study; nothing on standard output."""
    page = tmp_path / "plan.html"
    done = run("report", files["plan"], "--problem", files["problem"], "--study", files["study"], "-o", str(page))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"wrote {page}\n"
    plan = oremix.load_plan(files["plan"])
    expected = oremix.report(plan, oremix.load(files["problem"]), [Path(files["study"]).read_text()])
    assert page.read_text().rstrip("\n") == expected.rstrip("\n")


def test_the_plan_can_come_through_a_pipe(files: dict[str, str], tmp_path: Path) -> None:
    """As `oremix solve --json` writes it."""
    page = tmp_path / "plan.HTML"
    done = run("report", "-", "-o", str(page), text=Path(files["plan"]).read_text())
    assert done.returncode == 0, done.stderr
    assert "348.70 m" in page.read_text()


def test_a_plan_of_another_problem_is_warned_of(files: dict[str, str], tmp_path: Path) -> None:
    """It is shown all the same."""
    other = json.loads(oremix.example("minimal"))
    other["demands"][0]["quantity"] = 5000
    Path(files["problem"]).write_text(json.dumps(other))
    done = run("report", files["plan"], "--problem", files["problem"], "-o", str(tmp_path / "plan.html"))
    assert done.returncode == 0
    assert "of another problem" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{plan}", "-o", "{folder}/plan.pdf"], "should end in .html"),
        (["{plan}", "-o", "{folder}/plan"], "should end in .html"),
        (["{plan}"], "Missing option '-o'"),
        (["{plan}", "-o", "{folder}/none/plan.html"], "there is no directory"),
        (["{folder}/none.json", "-o", "{folder}/plan.html"], "cannot read"),
        (["{problem}", "-o", "{folder}/plan.html"], "/status"),
        (["{plan}", "--study", "{plan}", "-o", "{folder}/plan.html"], "no answer of a study"),
        (["{plan}", "--study", "{folder}/none.json", "-o", "{folder}/plan.html"], "cannot read"),
        (["-", "--problem", "-", "-o", "{folder}/plan.html"], "only one of"),
    ],
    ids=str,
)
def test_a_wrong_call_is_told_in_a_line(files: dict[str, str], tmp_path: Path, arguments: list[str], said: str) -> None:
    """It ends with 2, and nothing is written."""
    done = run("report", *(argument.format(folder=tmp_path, **files) for argument in arguments))
    assert done.returncode == 2
    assert said in done.stderr
    assert not list(tmp_path.glob("plan.html"))

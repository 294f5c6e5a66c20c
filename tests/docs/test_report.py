"""The page on reports: its commands and its Python do what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

import oremix
from tests.oremix.test_cli import COMMAND, ENVIRONMENT

PAGE = Path(__file__).parents[2] / "docs" / "report.md"


def blocks(kind: str) -> list[str]:
    """What stands between fences of a kind."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [text for language, text in found if language == kind]


def test_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command by command in an empty folder, then the cells in their order."""
    for line in "".join(blocks("")).splitlines():
        command, _, target = line.partition(" > ")
        name, *arguments = shlex.split(command)
        assert name == "oremix"
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, cwd=tmp_path, env=ENVIRONMENT, timeout=300, check=False
        )
        assert done.returncode == 0, (line, done.stderr)
        if target:
            (tmp_path / target).write_bytes(done.stdout)
    page = (tmp_path / "plan.html").read_text()
    assert 'data-figure="study-1"' in page
    assert 'data-figure="study-2"' in page
    assert "of another problem" not in page
    assert 4e6 < len(page) < 6e6
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for cell in blocks("python"):
        exec(compile(cell, str(PAGE), "exec"), names)  # noqa: S102 - it is our own page
    assert isinstance(names["plan"], oremix.Plan)


def test_every_figure_is_named() -> None:
    """The notebook's line has all of them."""
    from oremix.models.figures import NAMES

    listed = re.search(r"a Plotly figure: (.*)", PAGE.read_text(encoding="utf-8"))
    assert listed is not None
    assert tuple(re.split(r", | or ", listed[1])) == NAMES

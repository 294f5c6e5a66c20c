"""The page on spreadsheets: its commands are run, and print what stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from oremix.models.workbook.layout import layouts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")


def breaks(folder: Path) -> None:
    """Four things wrong with the template, as the page shows them."""
    book = openpyxl.load_workbook(folder / "sourcing.xlsx")
    heads = {cell.value: cell.column for cell in book["suppliers"][1]}
    book["suppliers"].cell(3, heads["capacity"], "60.000,5")
    book["suppliers"].cell(4, heads["material"], "concentrat")
    book["demands"]["A3"] = "#N/A"
    book["policies"]["A1"] = "idd"
    book.save(folder / "broken.xlsx")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Command → everything that it prints; all in one folder, in the order of the page."""
    folder = tmp_path_factory.mktemp("page")
    printed = {}
    for command in re.findall(r"^\$ oremix (.+)$", PAGE, flags=re.MULTILINE):
        if "broken" in command:
            breaks(folder)
        done = subprocess.run(
            [sys.executable, "-m", "oremix", *command.split()],
            capture_output=True,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=120,
            check=False,
        )
        printed[command] = (done.stderr + done.stdout).decode()
    return printed


def blocks() -> list[tuple[str, str]]:
    shown = "\n".join(re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL))
    parts = re.split(r"^\$ oremix (.+)\n", shown, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("command", "shown"), blocks(), ids=[command for command, _ in blocks()])
def test_commands_print_what_the_page_shows(run: dict[str, str], command: str, shown: str) -> None:
    """Up to where the page leaves the rest out."""
    expected = shown.strip()
    if expected.endswith("…"):
        assert run[command].startswith(expected.removesuffix("…").rstrip())
    else:
        assert run[command].strip() == expected


def test_every_sheet_is_named() -> None:
    """One that the page does not know would not be found."""
    for name in (*layouts(), "problem", "groups"):
        assert f"`{name}`" in PAGE

"""The example of a procurement system, run against a real service."""

import csv
import json
import os
import runpy
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

import oremix
from tests.docs.pages import DOCS, Block, as_shown, blocks
from tests.serving import ask, serving

ERP = Path(__file__).parents[2] / "docs" / "examples" / "erp"
NAME = "RFQ-2026-117"
# 40 % of each line from CN, which is cheapest, and the rest from the next cheapest bid, for which there is room.
AWARDS = {
    "B-101": ("10", 168, 58_200),  # 0.4 · 420
    "B-201": ("10", 252, 66_900),  # 420 - 168, of 260
    "B-102": ("20", 14.4, 268_000),  # 0.4 · 36
    "B-202": ("20", 21.6, 311_000),  # 36 - 14.4, of 25
    "B-103": ("30", 3.6, 812_000),  # 0.4 · 9
    "B-302": ("30", 5.4, 980_000),  # 9 - 3.6, of 6
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A service with a worker for jobs."""
    url = f"sqlite:///{tmp_path_factory.mktemp('service') / 'oremix.db'}"
    with serving("--workers", "2", "--job-workers", "1", OREMIX_DATABASE_URL=url) as (port, _):
        yield port


def award(port: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the example as a user does, on its own copy of the files."""
    environment = os.environ | {"OREMIX_URL": f"http://127.0.0.1:{port}", "ERP_DB": str(folder / "erp.db")}
    command = [sys.executable, "award.py", NAME]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def stored(folder: Path, table: str) -> list[Any]:
    """What the system keeps."""
    with sqlite3.connect(folder / "erp.db") as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a name of ours


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    """A copy of the example."""
    return copytree(ERP, tmp_path / "erp")


def shown() -> list[Block]:
    """The blocks of the page."""
    return blocks(DOCS / "embedding.md")


def test_the_page_shows_the_files_and_the_problem():
    """Both files of the example, and of the problem the parts that are shown, as the script makes them."""
    files = {(ERP / name).read_text(encoding="utf-8") for name in ("rfq.csv", "bids.csv")}
    assert {block.text for block in shown() if block.language == "csv"} == files
    script = runpy.run_path(str(ERP / "award.py"))
    made = script["problem"](NAME, script["rows"](ERP / "rfq.csv"), script["rows"](ERP / "bids.csv"))
    parts = json.loads(next(block.text for block in shown() if block.language == "json"))
    for key, entries in parts.items():
        assert [entry for entry in entries if entry not in made[key]] == []
    oremix.read_problem(made)


def test_a_request_is_awarded_and_stored(port, erp):
    """The award by hand; run again it is the same job and the same award, kept once."""
    done = award(port, erp)
    assert done.returncode == 0, done.stderr
    assert as_shown(next(block.text for block in shown() if block.text.startswith(NAME))).fullmatch(done.stdout)
    found = {row[2]: (row[1], row[4], row[6]) for row in stored(erp, "awards")}
    assert found.keys() == AWARDS.keys()
    for bid, (line, quantity, price) in AWARDS.items():
        assert found[bid] == (line, pytest.approx(quantity), price)
    ((rfq, job, status, total, currency, run),) = stored(erp, "jobs")
    assert (rfq, status, currency) == (NAME, "optimal", "USD")
    assert total == pytest.approx(sum(quantity * price for _, quantity, price in AWARDS.values()))
    assert ask(port, "GET", f"/v1/jobs/{job}/result")[1]["Oremix-Run"] == run
    assert award(port, erp).stdout == done.stdout
    assert stored(erp, "jobs") == [(rfq, job, status, total, currency, run)]
    assert len(stored(erp, "awards")) == len(AWARDS)


def test_a_bid_that_changed_is_another_job(port, erp):
    """Its price falls below the others': the award follows, and replaces the first."""
    award(port, erp)
    ((_, before, *_),) = stored(erp, "jobs")
    text = (erp / "bids.csv").read_text()
    (erp / "bids.csv").write_text(text.replace("EE,ndpr_oxide,73800", "EE,ndpr_oxide,60000"))
    assert award(port, erp).returncode == 0
    ((_, after, *_),) = stored(erp, "jobs")
    assert after != before
    assert {row[2]: row[4] for row in stored(erp, "awards")}["B-401"] == pytest.approx(120)


def test_what_cannot_be_awarded_is_said(port, erp):
    """Three lines' need beyond all bids: exit code 3, why, and nothing stored."""
    with (erp / "bids.csv").open(newline="") as file:
        kept = [row for row in csv.reader(file) if row[0] not in ("B-302", "B-403")]
    with (erp / "bids.csv").open("w", newline="") as file:
        csv.writer(file).writerows(kept)
    done = award(port, erp)
    assert done.returncode == 3
    assert "infeasible" in done.stdout
    assert "terbium_oxide" in done.stdout
    assert not (erp / "erp.db").exists()


def test_what_is_wrong_with_the_data_is_said(port, erp):
    """Every fault with its place, as the service gives them."""
    text = (erp / "bids.csv").read_text()
    (erp / "bids.csv").write_text(text.replace("MY,ndpr_oxide,66900,260", "Malaysia,ndpr_oxide,66900,-260"))
    done = award(port, erp)
    assert done.returncode == 1
    assert "422" in done.stderr
    assert "/problem/suppliers/3/country" in done.stderr
    assert "/problem/suppliers/3/capacity" in done.stderr

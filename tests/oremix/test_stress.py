"""`oremix stress`: what its options mean, and that it is the library's answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import oremix
from tests.oremix.test_cli import answered, run
from tests.plans import supplier
from tests.problems import document

PROBLEM = document(
    periods=[2026, 2027, 2028],
    discount_rate=0,
    suppliers=[supplier("north", "CN", 5, stage="refining"), supplier("weld", "AU", 7, stage="refining", capacity=60)],
    scenarios=[
        {"id": "strike", "changes": [{"on": "suppliers", "where": {"id": "weld"}, "field": "capacity", "times": 0}]}
    ],
)


def test_the_table_has_the_ranking_first(file: str) -> None:
    """Without China 40 of 100 t are missing for three years; the scenario is one of them."""
    done = run("stress", file)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    head = next(number for number, line in enumerate(lines) if "first missing" in line)
    assert lines[head + 1].split()[:4] == ["CN", "1.20", "japan", "40"]
    assert any("scenario strike" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--country", "CN", "--years", "2027-2028"], {"countries": ["CN"], "from_year": 2027, "until_year": 2028}),
        (["--facility", "weld", "--years", "2028"], {"facilities": ["weld"], "from_year": 2028, "until_year": 2028}),
        (["--scenario", "strike", "--years", "2027-"], {"scenarios": ["strike"], "from_year": 2027}),
        (
            ["--ban", "CN:refining", "--ban", "AU"],
            {"bans": [{"country": "CN", "stage": "refining"}, {"country": "AU"}]},
        ),
        (["--spike", "CN=2"], {"spikes": [{"of": "CN", "times": 2.0}]}),
        (["--surge", "*=1.2"], {"surges": [{"demand": "*", "times": 1.2}]}),
        (
            ["--lane", "CN:JP=2", "--lane", "AU:JP"],
            {"lanes": [{"from": "CN", "to": "JP", "periods": 2}, {"from": "AU", "to": "JP"}]},
        ),
        (["--country", "CN", "--country", "AU", "--pairs"], {"countries": ["CN", "AU"], "pairs": True}),
        (["--pair", "CN", "strike"], {"pairs": [["CN", "strike"]]}),
        (["--country", "CN", "--all", "--insurance", "1"], {"countries": ["CN"], "all": True, "insurance": 1}),
    ],
    ids=str,
)
def test_options_are_the_librarys(file: str, arguments: list[str], asked: dict[str, Any]) -> None:
    """Each option beside the same study by the library."""
    more = [] if "insurance" in asked else ["--insurance", "0"]
    expected = oremix.stress(PROBLEM, **({"insurance": 0} | asked))
    assert answered("stress", file, *arguments, *more) == json.loads(expected.to_json())


def test_a_plan_can_be_given(file: str, tmp_path: Path) -> None:
    """The one that was solved before; that of another problem is refused."""
    plan = tmp_path / "plan.json"
    assert run("solve", file, "-o", str(plan)).returncode == 0
    assert answered("stress", file, str(plan), "--country", "CN")["outages"][0]["shortage"] == pytest.approx(1.2)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(PROBLEM | {"discount_rate": 0.1}))
    done = run("stress", str(other), str(plan))
    assert done.returncode == 2
    assert "another problem" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--country", "FR"], "countries.0"),
        (["--years", "28"], "should be years"),
        (["--spike", "CN"], "a name and a factor"),
        (["--lane", "CN"], "two ends"),
        (["--years", "2040-"], "no period"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(file: str, arguments: list[str], words: str) -> None:
    done = run("stress", file, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr

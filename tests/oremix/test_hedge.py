"""`oremix hedge`: what its options mean, and that it is the library's answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import oremix
from tests.oremix.test_cli import run
from tests.plans import supplier
from tests.problems import JAPAN, document

PROBLEM = document(
    demands=[JAPAN | {"quantity": 150, "shortage_cost": 30}],
    suppliers=[
        supplier("spot", "CN", 10, capacity=40),
        supplier("mine", "AU", 2, build={"unit_capex": 6, "life": 1, "wacc": 0, "max": 1000}),
    ],
    scenarios=[
        {"id": "low", "probability": 0.5, "changes": [{"on": "demands", "field": "quantity", "set": 50}]},
        {"id": "middle", "changes": [{"on": "demands", "field": "quantity", "set": 100}]},
    ],
)
OWN = [{"id": "none", "probability": 0.1, "changes": [{"on": "demands", "field": "quantity", "set": 0}]}]


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(OWN))
    return str(path)


def same(first: Any, second: Any) -> bool:
    """Whether two answers are one, but for the seconds that solvers took."""
    for answer in (first, second):
        for branch in answer["branches"]:
            if branch["plan"] is not None:
                branch["plan"]["solver"].pop("seconds")
                branch["plan"]["solver"].pop("options")
    return bool(first == second)


def test_the_table_says_what_is_built(file: str) -> None:
    """110 t, as by hand in the library's tests."""
    done = run("hedge", file, "--scenario", "low")
    assert done.returncode == 0, done.stderr
    assert "mine 110 t a year" in done.stdout
    assert "least expected cost; optimal" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--scenario", "low"], {"scenarios": ["low"]}),
        (["--probability", "middle=0.25", "--cvar", "0.5", "--alpha", "0.6"], None),
        (["--worst"], {"objective": "worst"}),
        (["--scenarios", "OWN", "--method", "decomposed"], {"scenarios": OWN, "method": "decomposed"}),
        (["--scenarios", "OWN", "--scenario", "low", "--no-others"], {"scenarios": ["low", *OWN], "others": False}),
        (["--scenario", "low", "--others"], {"scenarios": ["low"], "others": True}),
    ],
    ids=str,
)
def test_options_are_the_librarys(file: str, own: str, arguments: list[str], asked: dict[str, Any] | None) -> None:
    """Each option beside the same study by the library."""
    asked = {"probabilities": {"middle": 0.25}, "cvar_weight": 0.5, "alpha": 0.6} if asked is None else asked
    done = run("hedge", file, *(own if word == "OWN" else word for word in arguments), "--json")
    assert done.returncode == 0, done.stderr
    assert same(json.loads(done.stdout), json.loads(oremix.hedge(PROBLEM, **asked).to_json()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "`probabilities` are needed for middle"),
        (["--scenario", "high"], "there are: low, middle"),
        (["--probability", "low"], "a scenario and a probability"),
        (["--probability", "low=2"], "from 0 to 1"),
        (["--cvar", "2"], "from 0 to 1"),
        (["--worst", "--cvar", "0.5"], "leave one of them out"),
        (["--scenarios", "PROBLEM"], "a JSON list"),
        (["--scenarios", "nowhere.json"], "cannot read"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(file: str, arguments: list[str], words: str) -> None:
    done = run("hedge", file, *(file if word == "PROBLEM" else word for word in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_no_common_decisions_end_with_3(tmp_path: Path) -> None:
    """Nothing sells 150 t without the mine."""
    hard = {key: value for key, value in PROBLEM["demands"][0].items() if key != "shortage_cost"}
    path = tmp_path / "hard.json"
    path.write_text(json.dumps(PROBLEM | {"demands": [hard], "suppliers": PROBLEM["suppliers"][:1]}))
    done = run("hedge", str(path), "--scenario", "low")
    assert done.returncode == 3
    assert "no plan even if it had been known" in done.stdout
    assert "in the way in as stated" in done.stdout

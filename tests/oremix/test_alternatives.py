"""`oremix alternatives`: what its options mean, and that it is the library's answer."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from tests.optimizer.studies.test_alternatives import BUILDS, without_seconds
from tests.oremix.test_cli import run

PROBLEM = BUILDS


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], {}),
        (
            ["--within", "1%", "--count", "2", "--min-distance", "10%"],
            {"within": 0.01, "count": 2, "min_distance": 0.1},
        ),
        (["--within", "0.01"], {"within": 0.01}),
        (["--budget", "605", "--tries", "3", "--seed", "4"], {"budget": 605.0, "tries": 3, "seed": 4}),
        (["--decisions", "build,AU", "--decisions", "share"], {"decisions": ["build", "AU", "share"]}),
        (["--demands", "japan", "--max-decisions", "1"], {"demands": ["japan"], "max_decisions": 1}),
    ],
    ids=str,
)
def test_it_is_the_librarys_answer(file: str, arguments: list[str], asked: dict[str, Any]) -> None:
    """But for the seconds that solvers took."""
    done = run("alternatives", file, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found = oremix.alternatives(BUILDS, **asked)
    assert without_seconds(type(found).model_validate_json(done.stdout)) == without_seconds(found)


def test_the_table(file: str) -> None:
    """Costs, distances and ranges, and what an alternative does otherwise."""
    done = run("alternatives", file, "--count", "1")
    assert done.returncode == 0, done.stderr
    assert "others here up to USD 612, 2 % more, discounted" in done.stdout
    assert "builds pass (100 t a year) instead of weld (100 t a year)" in done.stdout
    assert "Capacity built, a year (within 2 %)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--within", "much"], "should be a number"),
        (["--within", "1%", "--budget", "605"], "`budget` cannot stand with `within`"),
        (["--decisions", "nowhere"], "`decisions.0` should be a kind"),
        (["--budget", "1"], "no plan costs less than 600.00"),
    ],
)
def test_what_cannot_be_asked(file: str, arguments: list[str], words: str) -> None:
    """One line, and the code of a wrong call."""
    done = run("alternatives", file, *arguments)
    assert done.returncode == 2
    assert words in done.stderr

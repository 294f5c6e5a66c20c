"""`oremix sensitivity`: what its options mean, and that it is the library's answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

import oremix
from tests.oremix.test_cli import answered, run
from tests.plans import supplier
from tests.problems import document

PROBLEM = document(
    suppliers=[supplier("north", "CN", 5, assumption=True), supplier("weld", "AU", 7, capacity=200)],
    policies=[{"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}],
    uncertainties=[{"id": "boom", "on": "demands", "field": "quantity", "times": {"uniform": [0.5, 1.5]}}],
)


def test_the_tornado_is_what_is_seen_first(file: str) -> None:
    """Demand, by 62 to either side."""
    done = run("sensitivity", file)
    assert done.returncode == 0, done.stderr
    head = next(number for number, line in enumerate(done.stdout.splitlines()) if "-10 %" in line)
    assert done.stdout.splitlines()[head + 1].split() == [
        *("quantity", "of", "japan", "(JP)", "-62", "░" * 18 + "|" + "█" * 18, "+62", "+6.2"),
    ]


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], {}),
        (["--by", "0.25", "--on", "demands", "--on", "policies"], {"by": 0.25, "on": ["demands", "policies"]}),
        (["--inputs", "assumptions", "--most", "1"], {"inputs": "assumptions", "most": 1}),
        (["--field", "unit_cost", "--field", "max"], {"fields": ["unit_cost", "max"]}),
        (["--defaults", "--on", "suppliers"], {"defaults": True, "on": ["suppliers"]}),
        (["--samples", "6", "--seed", "2", "--most", "0"], {"samples": 6, "seed": 2, "most": 0}),
        (
            ["--group", "suppliers:unit_cost", "--group", "suppliers:unit_cost:country=CN,material=oxide"],
            {
                "groups": [
                    {"on": "suppliers", "field": "unit_cost"},
                    {"on": "suppliers", "field": "unit_cost", "where": {"country": "CN", "material": "oxide"}},
                ]
            },
        ),
    ],
    ids=str,
)
def test_options_are_the_librarys(file: str, arguments: list[str], asked: dict[str, Any]) -> None:
    """Each beside the same study by the library."""
    assert answered("sensitivity", file, *arguments) == json.loads(oremix.sensitivity(PROBLEM, **asked).to_json())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "2"], "`by`"),
        (["--on", "mines"], "`on.0`"),
        (["--group", "suppliers"], "should be a list, a field"),
        (["--group", "suppliers:unit_cost:country"], "should be a list, a field"),
        (["--group", "suppliers:unit_cost:country=FR"], "fits none of the suppliers"),
        (["--samples", "1"], "`samples`"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(file: str, arguments: list[str], words: str) -> None:
    done = run("sensitivity", file, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr

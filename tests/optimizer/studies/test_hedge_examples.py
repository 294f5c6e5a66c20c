"""What the pages on the examples say of hedges."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import oremix
from oremix.models.studies.hedge import Hedge

DOCS = Path(__file__).parents[3] / "docs" / "examples"


def hedged(name: str, **more: Any) -> Hedge:
    """The example with the scenarios that its page shows."""
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"## What to build before we know.*?```json\n(.*?)```", page, flags=re.DOTALL)
    problem: Any = json.loads(oremix.example(name)) | {"scenarios": json.loads(shown)}
    problem["demands"] = [demand | more for demand in problem["demands"]]
    found = oremix.hedge(problem, plans=False)
    assert (found.status, found.complete) == ("optimal", True)
    return found


def millions(found: Hedge) -> dict[str | None, float]:
    return {branch.scenario: (branch.total_cost or 0) / 1e6 for branch in found.branches}


def built(found: Hedge) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for build in found.builds:
        amounts[build.on] = amounts.get(build.on, 0.0) + build.capacity
    return amounts


def losses(found: Hedge) -> dict[str | None, float | None]:
    """By scenario, and by kind where there is none."""
    return {one.scenario or one.kind: None if one.loss is None else one.loss / 1e6 for one in found.first_stages}


def test_lithium() -> None:
    """What each branch costs, what is built; the stated data and the expected ones leave fast demand unmet."""
    found = hedged("lithium-japan")
    expected = {None: 9434.0, "fast": 9999.5, "slow": 8051.2, "dear": 9946.2}
    assert millions(found) == pytest.approx(expected, abs=0.06)
    assert (found.value_of_perfect_information or 0) / 1e6 == pytest.approx(46.2, abs=0.06)
    assert found.value_of_stochastic_solution is None
    assert all("fast" in one.unmet for one in found.first_stages if one.kind != "scenario")
    assert built(found)["antofagasta_plant"] == pytest.approx(2353, abs=1)
    soft = hedged("lithium-japan", shortage_cost=20000)
    assert soft.expected_cost == pytest.approx(found.expected_cost, rel=1e-7)
    expected_losses = {"expected": 175.2, "stated": 79.4, "fast": 1.0, "slow": 714.0, "dear": 89.2}
    assert losses(soft) == pytest.approx(expected_losses, abs=0.06)


def test_cobalt() -> None:
    """It builds like none of the branches would."""
    found = hedged("cobalt-usa")
    assert millions(found) == pytest.approx({None: 2112.7, "quota": 2140.3, "surge": 2275.9}, abs=0.06)
    assert built(found) == pytest.approx({"ontario_refinery": 6500, "us_batteries": 510.6}, abs=0.1)
    assert losses(found) == pytest.approx({"expected": 1.5, "stated": 1.5, "quota": 15.5, "surge": 0.8}, abs=0.06)
    assert (found.value_of_perfect_information or 0) / 1e6 == pytest.approx(1.7, abs=0.06)


def test_magnets() -> None:
    """Nearly all of it is to be ready for fast demand."""
    found = hedged("magnets-usa-japan")
    assert millions(found) == pytest.approx({None: 85382.0, "fast": 89732.5, "slow": 76704.1}, abs=0.06)
    assert (found.expected_cost or 0) / 1e6 == pytest.approx(84300.1, abs=0.06)
    assert losses(found)["fast"] == pytest.approx(0.6, abs=0.06)
    assert built(found)["nolans"] == pytest.approx(4440, abs=1)

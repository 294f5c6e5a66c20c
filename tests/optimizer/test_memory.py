"""What a solve leaves behind: nothing, even if the collector never runs, as in a service it hardly does."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import oremix
from oremix.optimizer.answering import Detail
from tests.problems import AUSTRALIA, CHINA, JAPAN, YEARS, document

CAP = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}
BUILD = {"max": 50, "unit_capex": 10, "fixed_capex": 100, "life": 20, "wacc": 0.1}
DOCUMENTS = {
    "optimal": document(suppliers=[AUSTRALIA, CHINA], policies=[CAP], **YEARS),
    "yes/no": document(suppliers=[AUSTRALIA | {"capacity": 20, "build": BUILD}, CHINA], policies=[CAP], **YEARS),
    "infeasible": document(suppliers=[AUSTRALIA | {"capacity": 20}, CHINA], policies=[CAP], demands=[JAPAN]),
}


@pytest.mark.parametrize("detail", ["plan", "full"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_waits_for_the_collector(name: str, detail: Detail) -> None:
    oremix.solve(DOCUMENTS[name], detail=detail)  # what is made once stays
    assert min(garbage_of(DOCUMENTS[name], detail) for _ in range(3)) < 20  # other threads leave some, now and then


def garbage_of(problem: dict[str, Any], detail: Detail) -> int:
    """How many objects only the collector could free after a solve."""
    gc.collect()
    gc.disable()
    try:
        oremix.solve(problem, detail=detail)
        return gc.collect()
    finally:
        gc.enable()

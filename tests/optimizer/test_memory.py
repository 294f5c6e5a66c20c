"""What a solve leaves behind: nothing, even if the collector never runs, as in a service it hardly does."""

from __future__ import annotations

import gc

import pytest

import oremix
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
def test_nothing_waits_for_the_collector(name: str, detail: str) -> None:
    oremix.solve(DOCUMENTS[name], detail=detail)  # what is made once stays
    gc.collect()
    gc.disable()
    try:
        oremix.solve(DOCUMENTS[name], detail=detail)
        assert gc.collect() < 20
    finally:
        gc.enable()

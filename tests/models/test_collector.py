"""The garbage of many questions is collected, although the collector is off while each is read."""

import gc

import pytest

import oremix
from oremix.models import collector


def objects_after(questions: int) -> list[int]:
    """How many objects there are after each of so many questions."""
    found = []
    for _ in range(questions):
        oremix.read_problem(oremix.example("lithium-japan"))
        found.append(len(gc.get_objects()))
    return found


def test_a_process_that_answers_and_answers_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each problem leaves cycles behind; they are gone before they are many. Without that they would never be."""
    gc.collect()
    monkeypatch.setattr(collector, "ENOUGH", 20_000)
    found = objects_after(120)
    assert max(found[60:]) < 1.5 * max(found[:60])
    monkeypatch.setattr(collector, "ENOUGH", 10**9)
    assert objects_after(100)[-1] > 1.5 * max(found)
    gc.collect()

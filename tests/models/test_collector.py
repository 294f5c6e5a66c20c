"""The garbage of many questions is collected, although the collector is off while each is read."""

import json
import subprocess
import sys

PROGRAM = """
import gc, json, sys
import oremix
from oremix.models import collector

collector.ENOUGH = int(sys.argv[1])
found = []
for _ in range(200):
    oremix.read_problem(oremix.example("lithium-japan"))
    found.append(len(gc.get_objects()))
print(json.dumps(found))
"""


def objects(enough: int) -> list[int]:
    """How many objects a process of its own has after each of two hundred questions."""
    command = [sys.executable, "-c", PROGRAM, str(enough)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_process_that_answers_and_answers_does_not_grow() -> None:
    """Each problem leaves cycles behind; they are gone before they are many. Without that they would never be."""
    kept = objects(20_000)
    assert max(kept[100:]) < 1.2 * max(kept[:100])
    assert objects(10**9)[-1] > 2 * max(kept)

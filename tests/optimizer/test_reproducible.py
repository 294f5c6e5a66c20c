"""The same problem gives the same plan, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oremix.models import Plan, parse_json, read_problem
from oremix.models.examples import example
from oremix.optimizer.decide import solve
from tests.random_problems import Document, documents, reordered

ROOT = Path(__file__).parents[2]
EXAMPLES = ("lithium-japan", "cobalt-usa", "magnets-usa-japan")
RANDOM = 60

# HiGHS keeps its threads for as long as a thread of the process lives: it is given them before Oremix comes.
ELSEWHERE = """
import json, sys
import highspy
import oremix

first = highspy.Highs()
first.setOptionValue("output_flag", False)
first.setOptionValue("threads", int(sys.argv[2]))
first.addVar(0, 1)
first.run()
for document in json.load(open(sys.argv[1])):
    plan = oremix.solve(document).model_dump(mode="json")
    del plan["solver"]["seconds"]
    print(json.dumps(plan))
"""


def drawn(count: int) -> list[Document]:
    """Random documents that mean different things, the same in every run."""
    found: dict[str, Document] = {}

    @settings(max_examples=4 * count, derandomize=True, database=None, phases=[Phase.generate])
    @given(documents())
    def draw(document: Document) -> None:
        found.setdefault(read_problem(document).hash, document)

    draw()
    return list(found.values())[-count:]


def written(document: Document) -> str:
    """A plan as JSON, but for the time it took."""
    plan = solve(document).model_dump(mode="json")
    del plan["solver"]["seconds"]
    return json.dumps(plan)


@pytest.fixture(scope="module")
def asked() -> list[Document]:
    return [parse_json(example(name)) for name in EXAMPLES] + drawn(RANDOM)


@pytest.fixture(scope="module")
def plans(asked: list[Document]) -> list[str]:
    return [written(document) for document in asked]


def test_there_is_enough_to_compare(plans: list[str]) -> None:
    """Most of what is compared below are plans, all of them different."""
    assert len(set(plans)) == len(EXAMPLES) + RANDOM
    assert sum('"status": "optimal"' in plan for plan in plans) > RANDOM / 2


@pytest.mark.parametrize("threads", [1, 4])
def test_other_processes_say_the_same(asked: list[Document], plans: list[str], tmp_path: Path, threads: int) -> None:
    """Neither the seed of Python's hashes nor the threads that HiGHS may use changes a byte."""
    file = tmp_path / "documents.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-c", ELSEWHERE, str(file), str(threads)]
    environment = {**os.environ, "PYTHONHASHSEED": str(threads), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert [line for line in done.stdout.splitlines() if line.startswith("{")] == plans


def test_plans_made_side_by_side_are_those_made_one_by_one(asked: list[Document], plans: list[str]) -> None:
    """Problems solved in threads do not disturb each other."""
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(written, asked)) == plans


def rounded(value: Any) -> Any:
    """Records to seven digits and in no order: sums may be taken in another one."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return sorted(map(rounded, value), key=json.dumps)
    return float(f"{value:.6e}") if isinstance(value, float) else value


RECORDS = ("purchases", "production", "recycling", "builds", "shipments", "stocks", "deliveries", "surpluses")


def flows(plan: Plan) -> Any:
    """What a plan does."""
    return rounded(json.loads(json.dumps({name: plan.model_dump(mode="json")[name] for name in RECORDS})))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_turned_round_is_decided_alike(name: str) -> None:
    """Of several cheapest plans it is the same one, though every list stands the other way round."""
    document = parse_json(example(name))
    turned = {
        key: value[::-1] if isinstance(value, list) and key not in ("lanes", "periods") else value
        for key, value in reversed(document.items())
    }
    assert flows(solve(turned)) == flows(solve(document))


@settings(
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data(), documents())
def test_the_order_of_lists_decides_nothing(data: st.DataObject, document: Document) -> None:
    """Ties are broken by ids, not by where things stand."""
    assert flows(solve(data.draw(reordered(document)))) == flows(solve(document))

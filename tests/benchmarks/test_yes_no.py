"""Problems with decisions of every kind, and means and tables of how they were solved."""

import pytest

from benchmarks.decisions import STRUCTURES
from benchmarks.yes_no import mean, problems, table
from oremix.models import read_problem
from oremix.optimizer.formulation import build_model

KINDS = {
    "sizes": {"size", "open", "step_reached"},
    "orders": {"order", "tier", "tier_reached"},
    "lanes": {"lane_moves", "joint_moves", "source", "sizeable", "any"},
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_has_its_decisions_and_no_others(name: str) -> None:
    """It is valid, about a thousand columns large, and the same whenever it is made from the same seed."""
    model = build_model(read_problem(STRUCTURES[name](1)))
    assert {key[0] for key, column in model.lp.columns.items() if column.cat == "Integer"} == KINDS[name]
    assert 300 < len(model.lp.columns) < 3000
    assert STRUCTURES[name](1) == STRUCTURES[name](1) != STRUCTURES[name](2)


def test_nobody_chooses_by_what_is_held_out() -> None:
    """As many problems of every kind on both sides, and none on both."""
    training, held_out = list(problems("training")), list(problems("held out"))
    assert not set(training) & set(held_out)
    assert [kind for kind, _ in training] == [kind for kind, _ in held_out]


def test_a_shifted_mean_by_hand() -> None:
    """(1 + 1)(7 + 1) = 16 = 4²: 3."""
    assert mean([1, 7], 1) == pytest.approx(3)
    assert mean([5, 5, 5], 0.1) == pytest.approx(5)


def test_a_table_by_hand() -> None:
    """The second way proves one optimum of two; where it has no plan, that counts as one of twice the cost."""
    one = {"kind": "1k", "way": "first", "cpu": 3.0, "gap": 0.0}
    found = [
        one | {"seed": 1, "cost": 100.0},
        one | {"seed": 2, "cost": 100.0},
        one | {"way": "second", "seed": 1, "cost": 101.0},
        one | {"way": "second", "seed": 2, "cost": None, "gap": 1.0},
    ]
    first, second = table(found).splitlines()[2:]
    assert first == "| first | 3.00 | 2 of 2 | 0.000 | 0.000 | 3.00, 0.00 |"
    assert second.startswith("| second | 3.00 | 1 of 2 | 0.990 | 10.040 | ")

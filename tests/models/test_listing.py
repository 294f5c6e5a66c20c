"""Lists in sentences stay short."""

from typing import Any

import pytest

from oremix.models import InvalidProblem, read_problem
from oremix.models.listing import listed


def test_a_short_list_is_named_in_full() -> None:
    assert listed(["a", "b"], most=2) == "a, b"


def test_of_a_long_list_the_first_are_named_and_the_rest_are_counted() -> None:
    assert listed(["a", "b", "c", "d"], most=2) == "a, b and 2 more"


def message_without_coordinates(count: int) -> str:
    """What is said of a freight by the kilometre from some mines to one demand, none of which has coordinates."""
    problem: dict[str, Any] = {
        "materials": [{"id": "ore", "unit": "t"}],
        "places": [{"id": f"pit{n}", "country": "AU"} for n in range(count)],
        "suppliers": [{"id": f"mine{n}", "place": f"pit{n}", "material": "ore", "unit_cost": 1} for n in range(count)],
        "demands": [{"id": "japan", "country": "JP", "material": "ore", "quantity": 1}],
        "lanes": [{"from": "*", "to": "*", "cost_per_km": 0.1}],
    }
    with pytest.raises(InvalidProblem) as caught:
        read_problem(problem)
    (fault,) = caught.value.errors
    assert fault.pointer == "/lanes/0/cost_per_km"
    return fault.message


def test_what_is_wrong_with_one_entry_in_many_ways_is_told_by_examples() -> None:
    """A lane for a thousand pairs of places has one message that can be read."""
    few, many = message_without_coordinates(3), message_without_coordinates(1000)
    assert all(f"from pit{n} to JP" in few for n in range(3))
    assert "more" not in few
    assert many == f"{few} and 997 more"

"""JSON in and out: what is not JSON is refused with its position, what is JSON means what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from oremix.models import InvalidProblem, load, parse_json, read_problem
from oremix.models.examples import example, examples
from tests.problems import AUSTRALIA, document


def refusal(text: Any) -> str:
    """The one message with which something is refused before it is looked at as a problem."""
    with pytest.raises(InvalidProblem) as caught:
        read_problem(text)
    (fault,) = caught.value.errors
    assert fault.pointer == ""
    return fault.message


def test_truncated_json_is_refused_with_its_position() -> None:
    """Line and column of where it stops making sense."""
    assert "line 2, column 14" in refusal('{"name": "x",\n "materials":')
    assert "line 1, column 2" in refusal("{")
    assert "line 1, column 9" in refusal('{"a": 1,}')


@pytest.mark.parametrize("text", ["", "  \n", b"", b"\xef\xbb\xbf"])
def test_nothing_is_no_problem(text: str | bytes) -> None:
    assert "empty" in refusal(text)


@pytest.mark.parametrize("text", ["[]", "3", '"problem"', "null", "true"])
def test_a_problem_is_an_object(text: str) -> None:
    assert "object" in refusal(text)


@pytest.mark.parametrize("value", [[], 3, None])
def test_a_problem_in_hand_is_an_object_too(value: Any) -> None:
    assert "object" in refusal(value)


def test_a_key_that_stands_twice_is_refused() -> None:
    """At any depth: which of the two was meant, nobody knows."""
    assert '"max"' in refusal('{"policies": [{"max": 1, "min": 0, "max": 0.4}]}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(number: str) -> None:
    """JSON has none of them."""
    assert number in refusal(f'{{"discount_rate": {number}}}')


def test_a_number_beyond_all_bounds_is_refused_at_its_entry() -> None:
    """1e400 is JSON and infinite."""
    text = json.dumps(document(suppliers=[AUSTRALIA])).replace('"unit_cost": 7', '"unit_cost": 1e400')
    with pytest.raises(InvalidProblem) as caught:
        read_problem(text)
    assert [fault.pointer for fault in caught.value.errors] == ["/suppliers/0/unit_cost"]
    assert "finite" in caught.value.errors[0].message


def test_a_number_of_too_many_digits_is_refused() -> None:
    """Also where reading it would take forever."""
    assert "digits" in refusal('{"discount_rate": ' + "9" * 100_000 + "}")


def test_deep_nesting_is_refused() -> None:
    assert "deep" in refusal("[" * 200_000)
    assert "deep" in refusal('{"a":' * 200_000)


def test_text_is_utf_8() -> None:
    """With or without a mark at its beginning; anything else is refused with the byte."""
    data = document(name="Žižkov · 東京")
    for encoded in (json.dumps(data, ensure_ascii=False).encode(), json.dumps(data).encode("utf-8-sig")):
        assert read_problem(encoded).name == "Žižkov · 東京"
    assert "byte 10" in refusal(b'{"name": "\xff"}')
    assert "UTF-8" in refusal(json.dumps(data).encode("utf-16"))


def test_half_characters_are_refused() -> None:
    """One half of a surrogate pair cannot be written anywhere."""
    assert "half" in refusal('{"name": "\\ud83d"}')
    assert parse_json('{"name": "\\ud83d\\ude00"}') == {"name": "😀"}


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    """`load` and `read_problem` are the same."""
    path = tmp_path / "problem.json"
    path.write_text(example("minimal"), encoding="utf-8")
    assert load(path) == read_problem(example("minimal"))
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere.json")


@pytest.mark.parametrize("name", list(examples()))
def test_an_example_survives_a_round_trip(name: str) -> None:
    """Read, written and read again it is the same problem."""
    read = read_problem(example(name))
    again = read_problem(read.to_json())
    assert again == read
    assert again.hash == read.hash


def test_the_hash_is_of_the_meaning() -> None:
    """Neither the order of keys, nor how a number is written, nor a default that is stated changes it."""
    base = document(suppliers=[AUSTRALIA])
    hashes = {
        read_problem(text).hash
        for text in (
            json.dumps(base),
            json.dumps(dict(reversed(base.items())), indent=3),
            json.dumps(base).replace('"unit_cost": 7', '"unit_cost": 7.0'),
            json.dumps(base).replace('"unit_cost": 7', '"unit_cost": 0.7e1'),
            json.dumps(base | {"currency": "USD", "lanes": []}),
        )
    }
    assert len(hashes) == 1
    assert read_problem(document(suppliers=[AUSTRALIA | {"unit_cost": 8}])).hash not in hashes


def test_a_fault_shows_the_value_but_not_all_of_it() -> None:
    """A message stays readable whatever was sent."""
    with pytest.raises(InvalidProblem) as caught:
        read_problem(document(suppliers=[AUSTRALIA | {"capacity": "x" * 10_000}]))
    (fault,) = caught.value.errors
    assert len(str(fault.value)) < 200
    assert len(str(caught.value)) < 500


def test_a_copy_with_changes_is_checked_and_read_anew() -> None:
    """A copy takes nothing over that followed from the old data, and cannot hold what a problem may not hold."""
    problem = read_problem(example("minimal"))
    dearer = problem.suppliers[0].model_copy(update={"unit_cost": 60_000.0})
    copy = problem.model_copy(update={"suppliers": [dearer, problem.suppliers[1]], "name": "dearer"})
    assert copy.network.facilities["northern"].unit_cost == 60_000
    assert copy.hash != problem.hash
    assert problem.model_copy() == problem
    wrong = problem.suppliers[0].model_copy(update={"capacity": -1.0})
    with pytest.raises(ValidationError):
        problem.model_copy(update={"suppliers": [wrong]})
    with pytest.raises(ValidationError):
        problem.model_copy(update={"discount_rate": -5})

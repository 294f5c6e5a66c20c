"""A problem written as sheets and read again says the same: nothing is lost, to the last digit."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oremix.models import Problem, read_problem
from oremix.models.examples import example, examples
from oremix.models.workbook import read_folder, read_stated, workbook, write_folder
from oremix.models.workbook.cells import alike, read, written
from oremix.models.workbook.forms import Form
from oremix.template import TEMPLATE
from tests.problems import AUSTRALIA, document
from tests.random_problems import documents


def document_of(problem: Problem) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(problem.to_json())
    return found


def through_a_workbook(problem: Problem) -> dict[str, Any]:
    stated = read_stated(workbook(problem))
    assert stated.faults == []
    return document_of(stated.problem())


def through_a_folder(problem: Problem, folder: Path) -> dict[str, Any]:
    for file in folder.glob("*.csv"):
        file.unlink()
    write_folder(problem, folder)
    return document_of(read_folder(folder))


@pytest.mark.parametrize("name", [*examples(), "template"])
def test_every_example_survives(name: str, tmp_path: Path) -> None:
    """The document, not only its meaning."""
    problem = read_problem(TEMPLATE if name == "template" else example(name))
    stated = document_of(problem)
    assert alike(through_a_workbook(problem), stated)
    assert alike(through_a_folder(problem, tmp_path), stated)


@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(documents())
def test_every_random_problem_survives(tmp_path_factory: pytest.TempPathFactory, stated: dict[str, Any]) -> None:
    """Whatever the contract can say."""
    problem = read_problem(stated)
    expected = document_of(problem)
    assert alike(through_a_workbook(problem), expected)
    assert alike(through_a_folder(problem, tmp_path_factory.mktemp("folder")), expected)


TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text("=+-@#\"'[]{};,|\t\r\n\\_x0041 \u00a01.5eE", max_size=12),
    st.sampled_from(["null", "TRUE", "false", "1", "-5", "1e3", "=1+1", "@A1", "_x0041_", '"', '"a"', "[1]", "# x"]),
    st.sampled_from(["1,5", "#N/A", "{}", "[]", "a, b", "a;=1+1", "2026", " a", "a\r\nb", "\x00", "\ufeff", "\uffff"]),
)
NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 2**53 + 2.0, -0.0]),
)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), NUMBERS)
def test_every_text_and_number_survives(
    tmp_path_factory: pytest.TempPathFactory, text: str, names: list[str], number: float
) -> None:
    """Texts that look like something else, characters that XML has none of, numbers with seventeen digits."""
    change = {"on": "suppliers", "field": "notes", "set": text}
    other = {"on": "suppliers", "field": "notes", "set": names}
    last = {"on": "suppliers", "field": "unit_cost", "plus": number, "where": {"notes": text, "name": None}}
    stated = document(
        suppliers=[AUSTRALIA | {"notes": text, "name": text}],
        materials=[{"id": "oxide", "unit": "t", "price": abs(number) % 1e15}],
        notes=text,
        currency=f"${text}"[:30],
    )
    problem = read_problem(stated | {"scenarios": [{"id": "s", "changes": []}]})
    expected = document_of(problem)
    assert alike(through_a_workbook(problem), expected)
    assert alike(through_a_folder(problem, tmp_path_factory.mktemp("folder")), expected)
    for value, form in (
        *((part["set"], Form(anything=True)) for part in (change, other)),
        (last["where"], Form(keyed=Form(anything=True))),
        (number, Form(number=True)),
        (names, Form(texts=True)),
        (names, Form(text=True, texts=True)),
    ):
        assert alike(read(written(value, form), form), value)


def test_what_no_column_can_say_is_said() -> None:
    """What is stated as nothing is not what is not stated; keys, lists and builds of every kind."""
    hard = {"capacity": 5.0, "capex": 0.1 + 0.2}
    stated = document(
        name=None,
        groups={"a, b": ["US", "JP"], "none": []},
        sources=[],
        discount_rate=0.05,
        suppliers=[
            AUSTRALIA
            | {
                "unit_cost": None,
                "tiers": [{"up_to": 10.0, "unit_cost": 3.0, "notes": "=1+1"}, {"unit_cost": 4.0}],
                "source": [],
                "assumption": ["capacity"],
                "footprint": {"co2e 2026": 1.0, "a.b": 2.0, " x ": 3.0, "": 4.0, "=x": 5.0},
                "history": {},
                "build": [{"max": 5.0, "life": 10, "curve": [hard, hard | {"capacity": 7.0}]}, {}],
            },
            {"id": "b", "country": "AU", "material": "oxide", "tiers": [{"unit_cost": 1}], "build": {}},
            {"id": "c", "country": "AU", "material": "oxide", "unit_cost": 1, "tiers": None, "build": [{"max": 1.0}]},
        ],
    )
    problem = read_problem(stated)
    assert alike(through_a_workbook(problem), document_of(problem))


def test_texts_that_no_cell_holds_take_several() -> None:
    """A cell holds 32,767 characters, and Excel counts some of them twice."""
    long = "".join(string.ascii_letters[n % 50] + "\U0001f40e" for n in range(40_000))
    problem = read_problem(document(suppliers=[AUSTRALIA | {"notes": long}, AUSTRALIA | {"id": "other"}]))
    assert alike(through_a_workbook(problem), document_of(problem))


def test_the_same_problem_gives_the_same_file() -> None:
    """To the byte: nothing of the moment is in it."""
    assert workbook(read_problem(TEMPLATE)) == workbook(read_problem(TEMPLATE))

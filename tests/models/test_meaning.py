"""One hash for all ways of saying the same, and another for whatever is not the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oremix.models import parse_json, read_problem
from oremix.models.examples import example
from oremix.models.meaning import meaning
from tests.problems import AUSTRALIA, CHINA, JAPAN, ORE, OXIDE, YEARS, document
from tests.random_problems import documents, reordered

CAP = {"id": "cap", "type": "share", "countries": ["CN", "AU"], "max": 0.4}
REFINERY = {
    "id": "works",
    "country": "JP",
    "recipes": [{"id": "r", "inputs": {"ore": 2, "oxide": 1}, "outputs": {"metal": 1}}],
}


def hashed(**parts: Any) -> str:
    return read_problem(document(**parts)).hash


def sells(**fields: Any) -> dict[str, Any]:
    return {"suppliers": [AUSTRALIA | fields, CHINA]}


SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (sells(unit_cost=1), sells(unit_cost=1.0)),
    (sells(unit_cost=0.0), sells(unit_cost=-0.0)),
    (sells(unit_cost=5), sells(unit_cost=[5])),
    (sells(), {"suppliers": [CHINA, AUSTRALIA]}),
    (sells(minimum=None), sells()),
    (
        sells(source=["a"]) | {"sources": [{"id": "a", "title": "A"}]},
        sells(source="a") | {"sources": [{"id": "a", "title": "A"}]},
    ),
    (sells(build={"max": 5}), sells(build=[{"max": 5}])),
    (YEARS | sells(unit_cost=5), YEARS | sells(unit_cost={"2026": 5, "2040": 5})),
    (YEARS | sells(unit_cost=[5, 7]), YEARS | sells(unit_cost={"2026": 5, "2028": 7, "2030": 9})),
    (sells() | {"policies": [CAP]}, sells() | {"policies": [CAP | {"countries": ["AU", "CN"]}]}),
    (sells() | {"groups": {"g": ["CN", "AU"]}}, sells() | {"groups": {"g": ["AU", "CN"]}}),
    (
        sells() | {"lanes": [{"from": "AU", "to": "JP"}]},
        sells() | {"lanes": [{"from": ["AU"], "to": "JP", "joint": False}]},
    ),
    (
        sells() | {"plants": [REFINERY], "materials": [OXIDE, ORE, {"id": "metal", "unit": "t"}]},
        sells()
        | {"plants": [REFINERY | {"stage": "refining"}], "materials": [{"id": "metal", "unit": "t"}, ORE, OXIDE]},
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_said_otherwise_has_the_same_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Number form, constant series, stated defaults and the order of lists that means nothing are no difference."""
    assert hashed(**one) == hashed(**other)


LANES = [{"from": "AU", "to": "JP", "unit_cost": 3}, {"from": "*", "to": "*", "unit_cost": 4}]
TIERS = [{"up_to": 5, "unit_cost": 1}, {"up_to": 9, "unit_cost": 2}]
DIFFERENT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (sells(unit_cost=5), sells(unit_cost=6)),
    (sells() | {"lanes": LANES}, sells() | {"lanes": LANES[::-1]}),
    (sells(build=[{"max": 5}, {"max": 6}]), sells(build=[{"max": 6}, {"max": 5}])),
    (YEARS | sells(unit_cost=[5, 7]), YEARS | sells(unit_cost=[7, 5])),
    (YEARS | sells(from_year=2026, ramp_up=[0.2, 0.5]), YEARS | sells(from_year=2026, ramp_up=[0.5, 0.2])),
    (sells(), sells() | {"demands": [JAPAN | {"assumption": True}]}),
    (sells(), sells() | {"name": "a name"}),
    (sells(), sells() | {"currency": "EUR"}),
    (sells(), sells(capacity=0)),
    (sells(), sells() | {"policies": [CAP]}),
    (sells() | {"lanes": LANES}, sells() | {"lanes": LANES[:1]}),
    (sells() | {"suppliers": [AUSTRALIA | {"unit_cost": None, "tiers": TIERS}]}, sells()),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_thing_has_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Numbers, the order of lanes and builds, and everything that a plan repeats make a difference."""
    assert hashed(**one) != hashed(**other)


def test_null_in_a_preset_is_a_statement() -> None:
    """A field that is taken out of a preset's rules is not one that is not mentioned."""
    preset = {"preset": "eu-crma-2030"}
    base = parse_json(example("lithium-japan"))
    hashes = {read_problem(base | {"policies": [preset | extra]}).hash for extra in ({}, {"until_year": None})}
    assert len(hashes) == 2


@settings(max_examples=40, deadline=None)
@given(st.data(), documents())
def test_the_order_of_lists_and_keys_changes_no_hash(data: st.DataObject, document: dict[str, Any]) -> None:
    """Whatever the problem; and what a problem means can be read again and means the same."""
    problem = read_problem(document)
    assert read_problem(data.draw(reordered(document))).hash == problem.hash
    assert meaning(read_problem(problem.to_json())) == meaning(problem)

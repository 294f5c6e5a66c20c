"""Tiny problems, and the rows of their linear programs as plain dicts."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from oremix.models import InvalidProblem, Problem, read_problem
from oremix.optimizer.formulation import Model, build_model
from oremix.optimizer.lean import Key

SENSES = {-1: "<=", 0: "=", 1: ">="}

OXIDE: dict[str, Any] = {"id": "oxide", "unit": "t"}
ORE: dict[str, Any] = {"id": "ore", "unit": "t"}
JAPAN: dict[str, Any] = {"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}
# Where a seller without a place, owner or stage of its own brings material from.
AU = ("AU", "AU", None)
CN = ("CN", "CN", None)

AUSTRALIA: dict[str, Any] = {"id": "weld", "country": "AU", "material": "oxide", "unit_cost": 7}
CHINA: dict[str, Any] = {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 5}

# Two periods of two years at 10 %: [2026, 2027] and [2028, 2029].
YEARS: dict[str, Any] = {"periods": [2026, 2028], "discount_rate": 0.1}
FIRST = 1 + 1 / 1.1
SECOND = 1 / 1.1**2 + 1 / 1.1**3


def document(**parts: Any) -> dict[str, Any]:
    """A problem in which Japan wants 100 t of oxide, with these parts in addition or instead."""
    return {"materials": [OXIDE], "demands": [JAPAN], **parts}


def problem(**parts: Any) -> Problem:
    return read_problem(document(**parts))


def model(**parts: Any) -> Model:
    return build_model(problem(**parts))


def faults(**parts: Any) -> dict[str, str]:
    """Pointer → message of everything that is wrong with a document."""
    with pytest.raises(InvalidProblem) as caught:
        problem(**parts)
    return {fault.pointer: fault.message for fault in caught.value.errors}


def assert_row(model: Model, key: Key, coefficients: dict[Key, float], sense: str, rhs: float) -> None:
    """The whole row: every column in it with its coefficient, its sense and its right-hand side."""
    row = model.lp.rows[key]
    found = {column.key: coefficient for column, coefficient in row.expr.items()}
    assert found == pytest.approx(coefficients, rel=1e-12)
    assert SENSES[row.sense] == sense
    assert -row.constant == pytest.approx(rhs, rel=1e-12)


def cost(model: Model, *key: Any) -> float:
    """What a unit of a column adds to the objective; 0 for a column that is free."""
    return float(model.lp.objective.get(model.lp.columns[key], 0.0))


def fixed_sum(model: Model) -> float:
    """The part of the objective that no decision changes."""
    return float(model.lp.objective.constant)


def columns(model: Model, kind: str) -> set[Key]:
    return {key[1:] for key in model.lp.columns if key[0] == kind}


def rows(model: Model, kind: str) -> set[Key]:
    return {key[1:] for key in model.lp.rows if key[0] == kind}


def counts(model: Model) -> tuple[dict[str, int], dict[str, int]]:
    """How many columns and rows there are of each kind."""
    return Counter(key[0] for key in model.lp.columns), Counter(key[0] for key in model.lp.rows)

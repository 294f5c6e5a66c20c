"""A first plan: whole, within every rule, and soon."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, event, given

from oremix.models import read_problem
from oremix.optimizer.clock import Clock
from oremix.optimizer.formulation import build_model
from oremix.optimizer.solving.arrays import Arrays, Floats, arrays_of
from oremix.optimizer.solving.highs import run_highs
from oremix.optimizer.solving.mip import without_integers
from oremix.optimizer.solving.proof import TOLERANCE, cost_of, primal_residual
from oremix.optimizer.solving.rounding import rounded
from tests.optimizer.solving.test_solve import hard
from tests.optimizer.test_properties import SLOW, settings
from tests.random_problems import Document, documents


def relaxed_and_rounded(document: Document, clock: Clock | None = None) -> tuple[Arrays, float, Floats | None]:
    """The problem in arrays, the cost of its LP (infinite where it has no plan), and the rounded plan."""
    arrays = arrays_of(build_model(read_problem(document)).lp)
    claim = run_highs(without_integers(arrays))
    if claim.status != "optimal" or claim.x is None:
        return arrays, math.inf, None
    return arrays, cost_of(arrays, claim.x), rounded(claim.solver(), arrays, clock or Clock())


@settings(max_examples=60, suppress_health_check=SLOW)
@given(documents(yes_no=True))
def test_a_rounded_plan_keeps_every_rule(document: Document) -> None:
    """Its decisions are whole, its rows hold, and it is no cheaper than the LP's."""
    arrays, least, x = relaxed_and_rounded(document)
    assume(least < math.inf and arrays.integer.any())
    event("rounded" if x is not None else "not rounded")
    if x is not None:
        assert primal_residual(arrays, x) <= TOLERANCE
        assert np.array_equal(x[arrays.integer], np.round(x[arrays.integer]))
        assert cost_of(arrays, x) >= least - 1e-7 * max(1.0, abs(least), float(np.sum(np.abs(arrays.cost * x))))


def import_or_build(**parts: Any) -> Document:
    """40 t at 20 from abroad, or from a plant that costs 100 to have and can make 80."""
    build = {"fixed_capex": 100, "life": 1, "max": 80}
    plant = {"id": "p", "country": "JP", "recipes": [{"id": "r", "outputs": {"o": 1}}], "build": build}
    return {
        "materials": [{"id": "o", "unit": "t"}],
        "discount_rate": 0,
        "suppliers": [{"id": "s", "country": "AU", "material": "o", "unit_cost": 20}],
        "plants": [plant],
        "demands": [{"id": "d", "country": "JP", "material": "o", "quantity": 40}],
        **parts,
    }


@pytest.mark.parametrize(("budget", "cost"), [(100, 100), (60, 800)])
def test_what_is_used_is_decided_for_unless_a_rule_forbids_it(budget: float, cost: float) -> None:
    """Half of the plant is used at 50: the whole costs 100; where there are but 60 to spend, all is bought at 800."""
    document = import_or_build(policies=[{"id": "b", "type": "budget", "max": budget}])
    arrays, least, x = relaxed_and_rounded(document)
    assert least == pytest.approx(50)
    assert x is not None
    assert cost_of(arrays, x) == pytest.approx(cost)


def test_nothing_is_rounded_when_the_time_is_up() -> None:
    """It gives up between two rounds."""
    assert relaxed_and_rounded(hard(), Clock(limit=0.0))[2] is None

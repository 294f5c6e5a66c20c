"""From a problem to its linear program. Every set, variable and row is listed in formulation.md."""

from __future__ import annotations

import pulp

from oremix.models import Problem
from oremix.models.collector import collector_off
from oremix.optimizer.formulation.balances import add_balances
from oremix.optimizer.formulation.builds import add_builds, add_utilisation
from oremix.optimizer.formulation.charges import Charge
from oremix.optimizer.formulation.demands import add_demands
from oremix.optimizer.formulation.lanes import add_lanes
from oremix.optimizer.formulation.model import Measure, Model
from oremix.optimizer.formulation.plants import add_plants
from oremix.optimizer.formulation.policies import add_policies, standing_report
from oremix.optimizer.formulation.recyclers import add_recyclers
from oremix.optimizer.formulation.stockpiles import add_stockpiles
from oremix.optimizer.formulation.suppliers import add_suppliers

__all__ = ["Charge", "Measure", "Model", "build_model", "formulate", "standing_report"]


def build_model(problem: Problem) -> Model:
    """The problem's LP with its index."""
    model = Model(problem)
    with collector_off():
        add_builds(model)
        add_demands(model)
        add_suppliers(model)
        add_plants(model)
        add_recyclers(model)
        add_utilisation(model)
        add_stockpiles(model)
        add_lanes(model)
        add_balances(model)
        add_policies(model)
        model.settle()
    return model


def formulate(problem: Problem) -> pulp.LpProblem:
    """The PuLP problem itself, with names people can read; any solver of PuLP takes it.

    Columns are annual rates in the units of their materials, the objective is discounted cost in the problem's
    currency.
    """
    return build_model(problem).lp

"""The audit: every number of a plan recomputed from the problem and the plan alone.

It shares nothing with the formulation but the reading of the data, so that what one misreads the other finds.
"""

from typing import NamedTuple

from oremix.models.plan import Check, Plan
from oremix.models.problem import Problem
from oremix.optimizer.answering.audit.balances import check_balances
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.builds import check_builds
from oremix.optimizer.answering.audit.capacities import check_capacities
from oremix.optimizer.answering.audit.costs import check_costs
from oremix.optimizer.answering.audit.footprints import check_footprints
from oremix.optimizer.answering.audit.measures import ratios
from oremix.optimizer.answering.audit.shares import check_shares
from oremix.optimizer.answering.audit.subjects import asked
from oremix.optimizer.answering.audit.totals import Ledger, check_totals

__all__ = ["TOLERANCE", "Recomputed", "audit", "recomputed"]

TOLERANCE = 1e-6
"""The largest relative violation with which a plan is verified."""


class Recomputed(NamedTuple):
    """What a plan turns out to be: the checks of the audit, and the total cost that follows from its quantities.

    `turnover` is the largest category of cost, by which differences in cost are measured.
    """

    checks: dict[str, Check]
    total_cost: float
    turnover: float


def audit(problem: Problem, plan: Plan) -> dict[str, Check]:
    """Recompute a plan's costs, totals, balances, capacities, builds, footprints and shares.

    What a plan does not state (see `models.stated`) is not compared, and not counted.

    Parameters
    ----------
    problem
        The question, as validated.
    plan
        The answer, with its records; those that are zero may be missing.

    Returns
    -------
    dict
        Category → how many things were recomputed, the largest relative violation, and where it is in the user's
        own ids. A plan is right where none is above `TOLERANCE`. A difference is measured against the largest of

        - the numbers compared themselves (for an upper limit, what it limits: a limit of a billion excuses nothing),
        - a hundredth of the largest number of that kind in the plan (a material, a plant, a category of cost, a
          policy), and
        - a millionth of the largest quantity, or of the largest amount of money, in the category,

        so that it is as strict for a plan in fractions of a tonne as for one in thousands, and what a solver leaves
        behind instead of a zero is no violation. What cannot be measured (an id the problem does not have, a number
        that is not finite, an order that never counts) is a violation of 1.
    """
    return recomputed(problem, plan).checks


def recomputed(problem: Problem, plan: Plan) -> Recomputed:
    """As `audit`, with the total cost."""
    book = Book(problem, plan)
    measured = ratios(book, asked(book))
    ledger = Ledger(book, measured)
    checks = {
        "costs": check_costs(book),
        "totals": check_totals(book, ledger),
        "balances": check_balances(book),
        "capacities": check_capacities(book),
        "builds": check_builds(book),
        "footprints": check_footprints(book),
        "shares": check_shares(book, measured),
    }
    return Recomputed(checks, ledger.total, ledger.largest_category)

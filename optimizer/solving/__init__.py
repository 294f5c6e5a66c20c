"""The only room that knows solvers: any PuLP problem in, a verified answer out."""

from oremix.optimizer.solving.highs import Highs
from oremix.optimizer.solving.solve import Outcome, solve_lp, solver_names

__all__ = ["Highs", "Outcome", "solve_lp", "solver_names"]

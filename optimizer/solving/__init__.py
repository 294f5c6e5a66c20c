"""The only room that knows solvers: any PuLP problem in, a verified answer out."""

from oremix.optimizer.solving.highs import Highs
from oremix.optimizer.solving.mip import Listener, Progress
from oremix.optimizer.solving.solve import Outcome, solve_lp, solver_names

__all__ = ["Highs", "Listener", "Outcome", "Progress", "solve_lp", "solver_names"]

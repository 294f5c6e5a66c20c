"""What the processes of jobs are forked with: all that is imported or made at first use, but for a solver.

A solver that has run before a fork can hang after it; reading and formulating a problem starts none.
"""

from oremix.api.jobs import child
from oremix.models import read_problem
from oremix.models.examples import example
from oremix.optimizer.formulation import build_model

__all__ = ["child"]

build_model(read_problem(example("lithium-japan")))

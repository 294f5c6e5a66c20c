"""Oremix decides what to buy from whom, what to build where and when, and how much to recycle.

>>> import oremix
>>> plan = oremix.solve(oremix.load("problem.json"))
>>> print(plan)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from oremix.models import Plan, Problem, load, load_plan, read_problem
    from oremix.models.errors import (
        Fault,
        InvalidOption,
        InvalidProblem,
        MissingExtra,
        OremixError,
        SolverFailed,
        TooLarge,
        UnknownSolver,
    )
    from oremix.models.examples import example, examples
    from oremix.models.presets import preset, presets
    from oremix.models.report import report
    from oremix.optimizer.answering.compliance import compliance
    from oremix.optimizer.answering.diagnosis.repaired import repaired
    from oremix.optimizer.decide import solve
    from oremix.optimizer.formulation import formulate
    from oremix.optimizer.session import Session
    from oremix.optimizer.solving import Highs
    from oremix.optimizer.studies.alternatives import alternatives
    from oremix.optimizer.studies.compare import compare
    from oremix.optimizer.studies.frontier import frontier
    from oremix.optimizer.studies.hedge import hedge
    from oremix.optimizer.studies.sensitivity import sensitivity
    from oremix.optimizer.studies.stress import stress
    from oremix.optimizer.studies.surface import surface
    from oremix.optimizer.verify import verify
    from oremix.optimizer.why import why

__all__ = [
    "Fault",
    "Highs",
    "InvalidOption",
    "InvalidProblem",
    "MissingExtra",
    "OremixError",
    "Plan",
    "Problem",
    "Session",
    "SolverFailed",
    "TooLarge",
    "UnknownSolver",
    "__version__",
    "alternatives",
    "compare",
    "compliance",
    "example",
    "examples",
    "formulate",
    "frontier",
    "hedge",
    "load",
    "load_plan",
    "preset",
    "presets",
    "read_problem",
    "repaired",
    "report",
    "sensitivity",
    "solve",
    "stress",
    "surface",
    "verify",
    "why",
]

# What is looked up when it is first used: importing Oremix costs little and starts nothing.
_HOMES = {
    "Fault": "oremix.models.errors",
    "InvalidOption": "oremix.models.errors",
    "InvalidProblem": "oremix.models.errors",
    "MissingExtra": "oremix.models.errors",
    "OremixError": "oremix.models.errors",
    "SolverFailed": "oremix.models.errors",
    "TooLarge": "oremix.models.errors",
    "UnknownSolver": "oremix.models.errors",
    "Plan": "oremix.models",
    "Problem": "oremix.models",
    "load": "oremix.models",
    "load_plan": "oremix.models",
    "read_problem": "oremix.models",
    "example": "oremix.models.examples",
    "examples": "oremix.models.examples",
    "preset": "oremix.models.presets",
    "presets": "oremix.models.presets",
    "alternatives": "oremix.optimizer.studies.alternatives",
    "compare": "oremix.optimizer.studies.compare",
    "frontier": "oremix.optimizer.studies.frontier",
    "sensitivity": "oremix.optimizer.studies.sensitivity",
    "hedge": "oremix.optimizer.studies.hedge",
    "stress": "oremix.optimizer.studies.stress",
    "surface": "oremix.optimizer.studies.surface",
    "report": "oremix.models.report",
    "compliance": "oremix.optimizer.answering.compliance",
    "repaired": "oremix.optimizer.answering.diagnosis.repaired",
    "solve": "oremix.optimizer.decide",
    "formulate": "oremix.optimizer.formulation",
    "Session": "oremix.optimizer.session",
    "Highs": "oremix.optimizer.solving",
    "verify": "oremix.optimizer.verify",
    "why": "oremix.optimizer.why",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'oremix' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

"""The question and the answer: what a problem and a plan are made of, and how they are read."""

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
from oremix.models.files import load, load_plan, parse_json, read_plan, read_presets, read_problem
from oremix.models.plan import Plan
from oremix.models.problem import Problem

__all__ = [
    "Fault",
    "InvalidOption",
    "InvalidProblem",
    "MissingExtra",
    "OremixError",
    "Plan",
    "Problem",
    "SolverFailed",
    "TooLarge",
    "UnknownSolver",
    "load",
    "load_plan",
    "parse_json",
    "read_plan",
    "read_presets",
    "read_problem",
]

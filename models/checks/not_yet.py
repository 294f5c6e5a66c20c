"""What the contract has and no plan can be made with yet: refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oremix.models.checks.finding import Finding

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["not_yet"]


def not_yet(problem: Problem) -> Iterator[Finding]:
    """Every entry that has to be refused, with its path."""
    if problem.scenarios:
        yield ("scenarios",), _refusal("scenarios"), None


def _refusal(what: str) -> str:
    return f"{what} cannot be solved yet; leave it out"

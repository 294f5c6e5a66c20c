"""The answers of the studies."""

from __future__ import annotations

from oremix.models.studies.comparison import Comparison
from oremix.models.studies.frontier import Frontier, Surface

__all__ = ["STUDIES", "Comparison", "Frontier", "Surface"]

STUDIES = (
    Comparison,
    Frontier,
    Surface,
)

"""The answers of the studies."""

from __future__ import annotations

from oremix.models.studies.comparison import Comparison
from oremix.models.studies.stress import Stress

__all__ = ["STUDIES", "Comparison", "Stress"]

STUDIES = (
    Comparison,
    Stress,
)

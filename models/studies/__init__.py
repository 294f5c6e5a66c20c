"""The answers of the studies."""

from __future__ import annotations

from oremix.models.studies.comparison import Comparison

__all__ = ["STUDIES", "Comparison"]

STUDIES = (Comparison,)

"""The answers of the studies."""

from __future__ import annotations

from oremix.models.studies.alternatives import Alternatives
from oremix.models.studies.comparison import Comparison
from oremix.models.studies.frontier import Frontier, Surface
from oremix.models.studies.hedge import Hedge
from oremix.models.studies.hedge_options import HedgeOptions
from oremix.models.studies.outages import StressOptions
from oremix.models.studies.sensitivity import Sensitivity
from oremix.models.studies.sensitivity_options import SensitivityOptions
from oremix.models.studies.stress import Stress

__all__ = [
    "OPTIONS",
    "STUDIES",
    "Alternatives",
    "Comparison",
    "Frontier",
    "Hedge",
    "Sensitivity",
    "Stress",
    "Surface",
]

STUDIES = (
    Comparison,
    Frontier,
    Surface,
    Stress,
    Sensitivity,
    Alternatives,
    Hedge,
)

# Those that are made of parts, which a schema has to name.
OPTIONS = (StressOptions, SensitivityOptions, HedgeOptions)

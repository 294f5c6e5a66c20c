"""Figures of the studies that have one."""

from __future__ import annotations

from oremix.models.figures.drawing import Figure
from oremix.models.figures.frontier import frontier
from oremix.models.figures.outages import outages
from oremix.models.studies import Frontier, Stress
from oremix.models.studies.study import Study

__all__ = ["study_figure"]


def study_figure(study: Study) -> Figure | None:
    """The figure of a study's answer; none where there is nothing to draw."""
    if isinstance(study, Frontier):
        return frontier(study)
    return outages(study) if isinstance(study, Stress) else None

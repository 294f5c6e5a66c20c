"""The report of a plan: one page that needs nothing else."""

from oremix.models.report.page import report

__all__ = ["report"]

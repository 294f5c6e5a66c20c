"""Why there is no plan: the user's statements that cannot hold together, and repairs with their prices."""

from oremix.optimizer.answering.diagnosis.diagnose import diagnose

__all__ = ["diagnose"]

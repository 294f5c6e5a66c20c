"""From values and duals to an answer that people can trust and act on."""

from oremix.optimizer.answering.answer import answer
from oremix.optimizer.answering.audit import audit

__all__ = ["answer", "audit"]

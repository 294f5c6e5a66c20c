"""From values and duals to an answer that people can trust and act on."""

from oremix.optimizer.answering.answer import Detail, answer
from oremix.optimizer.answering.audit import audit

__all__ = ["Detail", "answer", "audit"]

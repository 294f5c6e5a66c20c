"""A problem that is solved again and again after changes: the base of every study."""

from oremix.optimizer.session.point import Achieved, Point
from oremix.optimizer.session.session import Session

__all__ = ["Achieved", "Point", "Session"]

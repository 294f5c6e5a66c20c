"""Within what a question is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """Within what a question is answered.

    Parameters
    ----------
    options
        What was asked for: time limit, gap, solver, detail.
    most_seconds, max_columns
        What the server allows.
    stop
        Set by anybody, it ends the work with the best answer so far.
    tell
        Is told how far the work is.
    """

    options: dict[str, Any]
    most_seconds: float
    max_columns: int
    stop: Event | None = None
    tell: Callable[[dict[str, Any]], None] | None = None

    @property
    def seconds(self) -> float:
        """The time limit that holds."""
        return float(min(self.options.get("time_limit") or self.most_seconds, self.most_seconds))

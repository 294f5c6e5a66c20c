"""The kinds of question that can be asked as a job."""

from __future__ import annotations

from oremix.api import solving, studies
from oremix.api.kind import Kind

__all__ = ["KINDS"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (solving.SOLVE, *studies.KINDS)}

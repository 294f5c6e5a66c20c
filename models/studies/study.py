"""What the answers of all studies share."""

from __future__ import annotations

import json

from oremix.models.plan import Record

__all__ = ["Study"]


class Study(Record):
    """The answer of a study."""

    def to_json(self, indent: int | None = 2) -> str:
        """The answer as JSON."""
        return json.dumps(self.model_dump(mode="json"), indent=indent, ensure_ascii=False, allow_nan=False)

"""What the answers of all studies share."""

from __future__ import annotations

from oremix.models.as_json import as_json
from oremix.models.plan import Record

__all__ = ["Study"]


class Study(Record):
    """The answer of a study."""

    def to_json(self, indent: int | None = 2) -> str:
        """The answer as JSON."""
        return as_json(self, indent)

    def _repr_html_(self) -> str:
        from oremix.models.notebook import text_as_html  # noqa: PLC0415 - only loaded when somebody looks

        return text_as_html(str(self))

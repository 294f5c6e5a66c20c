"""Answers of studies out of JSON: which study it is shows from what it has."""

from __future__ import annotations

from typing import Any

from oremix.models.errors import Fault, InvalidProblem
from oremix.models.files import checked_exactly, parse_json
from oremix.models.studies import STUDIES
from oremix.models.studies.study import Study

__all__ = ["read_study"]


def read_study(data: Study | dict[str, Any] | str | bytes) -> Study:
    """Make the answer of a study of JSON text or of a dict.

    Raises
    ------
    InvalidProblem
        With every fault found, or because it is no study's answer.
    """
    if isinstance(data, Study):
        return data
    document = parse_json(data) if isinstance(data, str | bytes) else data
    keys = set(document) if isinstance(document, dict) else set()
    for kind in STUDIES:
        required = {name for name, field in kind.model_fields.items() if field.is_required()}
        if required <= keys <= set(kind.model_fields):
            found: Study = checked_exactly(kind, document)
            return found
    known = ", ".join(kind.__name__.lower() for kind in STUDIES)
    raise InvalidProblem([Fault((), f"is no answer of a study; there are: {known}")])

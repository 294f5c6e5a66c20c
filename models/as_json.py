"""Answers as JSON."""

from __future__ import annotations

import json

from pydantic import BaseModel

from oremix.models.errors import Fault, InvalidProblem

__all__ = ["as_json"]


def as_json(answer: BaseModel, indent: int | None) -> str:
    """An answer as JSON.

    Raises
    ------
    InvalidProblem
        It has numbers beyond what a double holds: those that it was made of are too large.
    """
    try:
        return json.dumps(answer.model_dump(mode="json"), indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        message = "has numbers so large that those of the answer are beyond all bounds"
        raise InvalidProblem([Fault((), message)]) from None

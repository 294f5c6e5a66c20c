"""Named changes to the data."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from oremix.models.fields import Id, Part, Share, Year, faults_error

__all__ = ["Change", "Scenario"]


class Change(Part):
    """One field of some parts, multiplied, shifted or set."""

    on: Literal["suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies"]
    where: dict[str, Any] = Field(default_factory=dict, description="field → value that the parts must have")
    field: str
    times: float | None = None
    plus: float | None = None
    set: Any = None
    from_year: Year | None = None
    until_year: Year | None = None

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        given = [name for name in ("times", "plus", "set") if name in self.model_fields_set]
        if len(given) != 1:
            raise faults_error("change", [((), "needs exactly one of `times`, `plus`, `set`", given)])
        return self


class Scenario(Part):
    """A named set of changes, with the probability that it comes true."""

    id: Id
    probability: Share | None = None
    changes: list[Change]

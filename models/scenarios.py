"""Named changes to the data."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from oremix.models.fields import Id, Part, Share, Year, faults_error

__all__ = ["Change", "Scenario"]


class Change(Part):
    """One field of some parts, multiplied, shifted or set."""

    on: Literal["suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies"] = Field(
        description="what kind of part changes"
    )
    where: dict[str, Any] = Field(
        default_factory=dict, description="field → value that the parts must have; default all of this kind"
    )
    field: str = Field(
        "",
        description="name of the field that changes, or of one within it: build.unit_capex, footprint.co2e_t;"
        " `capacity` of a supplier, plant or recycler is what can be made there, existing and built",
    )
    times: float | None = Field(None, description="factor that multiplies the field's number")
    plus: float | None = Field(None, description="amount added to the field's number, in its unit")
    set: Any = Field(None, description="value that takes the field's place")
    add: dict[str, Any] | None = Field(
        None, description="a whole part put after the others, such as a lane that is closed; needs no `field`"
    )
    from_year: Year | None = Field(None, description="first year of the change, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year of the change, included; absent: to the end")

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        given = [name for name in ("times", "plus", "set", "add") if name in self.model_fields_set]
        if len(given) != 1:
            raise faults_error("change", [((), "needs exactly one of `times`, `plus`, `set`, `add`", given)])
        others = [name for name in ("field", "where", "from_year", "until_year") if name in self.model_fields_set]
        if given == ["add"] and others:
            raise faults_error("change", [((other,), "cannot stand with `add`", None) for other in others])
        if given != ["add"] and not self.field:
            raise faults_error("change", [(("field",), "is missing", None)])
        return self


class Scenario(Part):
    """A named set of changes, with the probability that it comes true."""

    id: Id = Field(description="what studies call it")
    probability: Share | None = Field(None, description="that it comes true, from 0 to 1")
    changes: list[Change] = Field(description="what differs from the problem's own data")

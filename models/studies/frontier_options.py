"""What a frontier or a surface can be asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from oremix.models.fields import NonNegative, Year

__all__ = ["FrontierOptions", "SurfaceOptions"]

Points = Annotated[int, Field(ge=2, le=10_000)]


class Options(BaseModel):
    """What a study can be asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FrontierOptions(Options):
    """What a frontier can be asked for."""

    policy: str | None = Field(None, description="id of the policy; absent: the only share policy that has a max")
    side: Literal["max", "min"] | None = Field(
        None, description="which of its bounds moves; absent: the max, if it has one or neither"
    )
    from_: NonNegative | None = Field(
        None, alias="from", description="the loosest bound; absent: where it begins to cost anything"
    )
    to: NonNegative | None = Field(None, description="the tightest bound; absent: the tightest that can be kept")
    bounds: Annotated[list[NonNegative], Field(min_length=1)] | None = Field(
        None, description="these bounds alone, in place of a search"
    )
    from_year: Year | None = Field(None, description="first year in which the bound moves, the years before as stated")
    until_year: Year | None = Field(None, description="last year in which the bound moves, the years after as stated")
    max_points: Points = Field(500, description="how many bounds may be solved")


class SurfaceOptions(Options):
    """What a surface can be asked for."""

    policy: str = Field(description="id of the first policy")
    second_policy: str = Field(description="id of the second policy")
    side: Literal["max", "min"] | None = Field(
        None, description="which bound of the first moves; absent: as a frontier"
    )
    second_side: Literal["max", "min"] | None = Field(None, description="which bound of the second moves")
    from_year: Year | None = Field(None, description="first year in which the bounds move, the years before as stated")
    until_year: Year | None = Field(None, description="last year in which the bounds move, the years after as stated")
    points: Annotated[int, Field(ge=2, le=100)] = Field(7, description="bounds of each policy")

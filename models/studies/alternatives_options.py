"""What is asked of alternatives."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from oremix.models.fields import Id

__all__ = ["AlternativesOptions"]


class AlternativesOptions(BaseModel):
    """Which plans are nearly as cheap, how different they have to be, and which decisions are looked at."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    within: Annotated[float, Field(ge=0)] | None = Field(
        None,
        description="how much more than the cheapest plan others may cost, as a share of its cost (of the amount, where"
        " that is negative): 0.02 is 2 %; default 0.02",
    )
    budget: float | None = Field(
        None, description="in place of `within`: the most that a plan may cost, money over the horizon, discounted"
    )
    count: Annotated[int, Field(ge=0, le=100)] = Field(5, description="how many alternatives are looked for")
    min_distance: Annotated[float, Field(gt=0, le=1)] = Field(
        0.05, description="no two plans are nearer to each other than this distance, from 0 to 1"
    )
    demands: Annotated[list[Id], Field(min_length=1)] | None = Field(
        None,
        description="ids of the demands whose supply tells plans apart; absent: all, and what is used on the way there",
    )
    decisions: list[Id] | None = Field(
        None,
        description="whose ranges are worked out: kinds (share, build, supplier, plant, recycler, stock, demand), or"
        " ids of facilities, materials, demands and countries; absent: all of them, the heaviest first",
    )
    max_decisions: Annotated[int, Field(ge=0)] = Field(
        500, description="how many ranges are worked out at most; the others are named in the answer"
    )
    tries: Annotated[int, Field(ge=0, le=10_000)] = Field(
        50, description="how many random directions are explored for plans, beside the ends of what tells plans apart"
    )
    seed: Annotated[int, Field(ge=0)] = Field(0, description="of the random directions; the same gives the same")

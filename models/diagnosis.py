"""Why no plan keeps every rule: the user's statements that cannot hold together, and what would make them hold."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Change", "Conflicting", "Diagnosis", "Repair", "StatementKind"]

StatementKind = Literal["policy", "demand", "capacity", "obligation", "build", "scrap", "lane", "stockpile", "surplus"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class Conflicting(_Record):
    """One of the statements that cannot hold together."""

    id: str | None = Field(description="id of what states it, or what plans call it; none: it has no name")
    kind: StatementKind = Field(description="what kind of statement it is")
    on: str = Field(description="list of the problem in which it stands, such as suppliers")
    field: str = Field(description="field that states it, such as capacity or build.max")
    period: int | None = Field(
        None, description="first year of the one period that it is about, 1: the typical year; none: several"
    )
    firm: bool = Field(False, description="true: the problem says that it must not move")
    text: str = Field(description="the statement in words")


class Change(_Record):
    """A field to set: what it says now, and what to say instead."""

    on: str = Field(description="list of the problem in which it stands, such as policies")
    id: str = Field(description="id of the entry; a lane or stockpile without one as plans call it")
    field: str = Field(description="field to set; build.max is that of the entry's build, build.1.max of its second")
    period: int | None = Field(
        None, description="first year of the period to set it in, 1: the typical year; none: the whole field"
    )
    from_: bool | int | float | str | None = Field(alias="from", description="what it says now; none: nothing")
    to: bool | int | float | str | None = Field(description="what to say instead; none: leave it out")
    unit: str = Field(description="of both; share: from 0 to 1; empty where they are no amounts")


class Repair(_Record):
    """Changes after which there is a plan, as found by solving the problem again with them."""

    text: str = Field(description="the changes in words")
    changes: list[Change] = Field(description="what to set in the problem")
    total_cost: float = Field(description="cost of the cheapest plan then, money over the horizon, discounted")
    cost: float = Field(description="what that is more than with the first repair, money, discounted; negative: less")
    checked: bool = Field(description="true: the changed problem was solved, and its plan verified")


class Diagnosis(_Record):
    """Why there is no plan, and what would give one."""

    text: str = Field(description="what conflicts, in a sentence")
    conflict: list[Conflicting] = Field(
        description="the user's statements that cannot hold together: without any one of them the others can"
    )
    smallest: bool = Field(description="true: each of them was found to be needed; false: time ran out before that")
    repairs: list[Repair] = Field(
        description="changes that each give a plan; those that keep every demand first, the cheapest first"
    )

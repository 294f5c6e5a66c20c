"""Two plans side by side, and their difference by cause."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oremix.models.plan import PayerKind, Record
from oremix.models.studies.study import Study

__all__ = ["BuildDifference", "Cause", "Comparison", "Reason", "ShareDifference", "Side", "Split"]

Reason = Literal["only in the first", "only in the second", "quantity", "unit cost", "amount"]


class Side(Record):
    """One of the two plans."""

    problem: str | None = Field(description="name of its problem")
    problem_hash: str = Field(description="SHA-256 of its problem's meaning")
    status: str = Field(description="status of the plan")
    total_cost: float = Field(description="money over the horizon, discounted")


class Split(Record):
    """The cost of both plans in one category, country or period; the differences add up to the whole difference."""

    of: str | int | None = Field(description="category, country or first year of the period; none: penalties' country")
    first: float = Field(description="of the first plan, money, discounted")
    second: float = Field(description="of the second plan, money, discounted")
    difference: float = Field(description="second less first, money, discounted")


class Cause(Record):
    """A part of the difference, and why it is there; all of them add up to it."""

    category: str = Field(description="category of cost")
    kind: PayerKind = Field(description="what kind of thing it is paid for")
    id: str = Field(
        description="id of what it is paid for; for a lane the place of destination, for a surplus its own place"
    )
    country: str | None = Field(description="country that it falls to (ISO 3166-1 alpha-2); none: penalties")
    reason: Reason = Field(
        description="quantity: more or less of it, at the mean of both unit costs; unit cost: dearer or cheaper, at the"
        " mean of both quantities, by prices, mix and timing; amount: there is no quantity to tell these apart by"
    )
    difference: float = Field(description="second less first, money, discounted")
    text: str = Field(description="the same as a sentence")


class BuildDifference(Record):
    """What is built in one of the plans alone, or otherwise in both."""

    on: str = Field(description="id of the supplier, plant or recycler")
    ordered: int = Field(description="year of the order; 1: the typical year")
    first: float = Field(description="capacity ordered in the first plan, units per year")
    second: float = Field(description="capacity ordered in the second plan, units per year")
    unit: str = Field(description="of capacity")


class ShareDifference(Record):
    """A share that both plans measure, or one of them."""

    policy: str | None = Field(description="id of the policy; none: only measured")
    countries: list[str] = Field(description="countries whose part it is (ISO 3166-1 alpha-2)")
    material: str | None = Field(description="id of the material; none: materials are pooled")
    place: str | None = Field(description="place or country of use, where places are taken apart")
    period: int | None = Field(description="first year of the period, 1: the typical year; none: periods are pooled")
    measure: str = Field(description="what is counted")
    first: float | None = Field(description="in the first plan, as `achieved` there; none: not measured, or no whole")
    second: float | None = Field(description="in the second plan, as `achieved` there; none: not measured, or no whole")


class Comparison(Study):
    """Two plans side by side: what the second costs more than the first, and why."""

    currency: str = Field(description="label of all money")
    first: Side = Field(description="the first plan")
    second: Side = Field(description="the second plan")
    difference: float = Field(description="total cost of the second less that of the first, money, discounted")
    causes: list[Cause] = Field(description="why, the heaviest first; they add up to the difference")
    by_category: list[Split] = Field(description="by category of cost")
    by_country: list[Split] = Field(description="by country that it falls to")
    by_period: list[Split] = Field(description="by period; empty where the two have other periods")
    builds: list[BuildDifference] = Field(description="what is built otherwise")
    shares: list[ShareDifference] = Field(description="every policy's measure, and China's shares, where they differ")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.comparison_table import comparison_as_text  # noqa: PLC0415 - when somebody looks

        return comparison_as_text(self)

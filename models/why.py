"""Why something is used, or not: what it does in the plan, at which price it would enter, what it is worth."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oremix.models.as_json import as_json
from oremix.models.plan import Limit, Offer, Record

__all__ = ["Resolved", "Why", "WhyKind"]

WhyKind = Literal["supplier", "plant", "recycler", "demand", "lane", "stockpile", "policy"]


class Resolved(Record):
    """The problem solved again with one thing changed."""

    change: str = Field(description="what was changed, in words")
    status: str = Field(description="of the changed problem, verified")
    total_cost: float | None = Field(description="of the changed problem, discounted money; none without a plan")
    difference: float | None = Field(description="dearer than the plan by, discounted money; negative: cheaper")
    text: str = Field(description="the same as a sentence")


class Why(Record):
    """Why something is used, or not."""

    id: str = Field(description="what was asked after")
    kind: WhyKind = Field(description="what it is")
    used: bool | None = Field(description="whether the plan uses it; none where there is no plan, or for a rule")
    status: str = Field(description="of the plan")
    total_cost: float | None = Field(description="of the plan, discounted money")
    currency: str = Field(description="label of all money")
    sentences: list[str] = Field(description="the answer in words")
    offers: list[Offer] = Field(default_factory=list, description="the prices at which it would enter")
    limits: list[Limit] = Field(default_factory=list, description="what more or less of it would be worth")
    forced: Resolved | None = Field(None, description="the plan with it forced in, where it is not used")
    without: Resolved | None = Field(None, description="the plan without it, where it is used; of a rule always")

    def to_json(self, indent: int | None = 2) -> str:
        """The answer as JSON."""
        return as_json(self, indent)

    def __str__(self) -> str:
        return "\n".join([f"{self.kind} {self.id}", *(f"  {sentence}" for sentence in self.sentences)])

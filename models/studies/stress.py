"""What breaks if: a plan under outages, the worst first."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from oremix.models.diagnosis import Change, Conflicting
from oremix.models.plan import Record, Status
from oremix.models.studies.outages import OutageKind
from oremix.models.studies.study import Study

__all__ = ["Broken", "Cover", "Insurance", "Short", "Stress", "Stressed", "TakesOver"]


class Short(Record):
    """What a demand goes short of in a period."""

    demand: str = Field(description="id of the demand")
    country: str = Field(description="country of the demand (ISO 3166-1 alpha-2)")
    material: str = Field(description="id of the material")
    period: int = Field(description="first year of the period; 1: the typical year")
    quantity: float = Field(description="units missing per year")
    share: float = Field(description="of what is asked for in the period, share from 0 to 1")
    unit: str = Field(description="of the quantity")
    hard: bool = Field(description="true: it may go short only here; false: its shortage has a price, also in the plan")


class Cover(Record):
    """How far the stock of a material in a country carries."""

    country: str = Field(description="country of the stockpiles (ISO 3166-1 alpha-2)")
    material: str = Field(description="id of the material")
    at_hand: float = Field(description="units in stock when the first changed period begins")
    use: float = Field(
        description="units per year used from there in that period: by demands as asked for, by plants as planned"
    )
    lost: float = Field(
        description="units per year of that use that there would not be in that period if no stock were drawn at all,"
        " with the least shortage and then at the least cost"
    )
    months: float | None = Field(description="at_hand over lost, months; none: nothing is lost")
    empty_after: float | None = Field(
        description="years from the first changed period to the end of the first period at which none is left; none:"
        " some is always left"
    )
    unit: str = Field(description="of the quantities")


class TakesOver(Record):
    """Who supplies more than in the plan."""

    kind: Literal["supplier", "plant", "recycler", "stockpile"] = Field(description="what it is")
    id: str = Field(description="id of the facility; of stock the country")
    country: str = Field(description="where it stands (ISO 3166-1 alpha-2)")
    material: str = Field(description="id of the material")
    more: float = Field(description="units per year more than in the plan, on the mean of the changed periods")
    unit: str = Field(description="of the quantity")


class Broken(Record):
    """A rule or commercial term that could not be kept, though every demand may go short."""

    id: str = Field(description="id of the policy or facility, or what plans call it")
    text: str = Field(description="in words, what it says and would have to say")
    changes: list[Change] = Field(description="what it says and would have to say, by period; rounded outward")


class Insurance(Record):
    """Something that would have avoided a shortage, or halved it; checked by solving again."""

    outage: str = Field(description="id of the outage")
    kind: Literal["build", "stock", "contract"] = Field(description="what it is")
    on: str = Field(description="id of the facility; of stock the place")
    material: str | None = Field(description="id of the material; none: of a plant")
    amount: float = Field(description="units more: of capacity per year, in stock, or per year bought")
    unit: str = Field(description="of the amount")
    cost: float = Field(description="what the plan costs more with it and without the outage, money, discounted")
    shortage_before: float = Field(description="under the outage without it, years of demand")
    shortage_after: float = Field(description="under the outage with it, years of demand")
    avoids: Literal["all", "half"] = Field(description="of the shortage: all, or at least half")
    cost_under_outage: float = Field(
        description="what the plan under the outage costs more with it than without, money, discounted"
    )
    text: str = Field(description="the same as a sentence")


class Stressed(Record):
    """The plan under an outage."""

    kind: OutageKind = Field(description="what is out")
    id: str = Field(description="what it is called: of a pair both names")
    text: str = Field(description="the same in words")
    changes: list[dict[str, Any]] = Field(description="the changes that it is, as a scenario states them")
    first_period: int | None = Field(
        description="first year of the first period that changes, until when operations are as planned; none: none does"
    )
    status: Status = Field(
        description="as of a plan; infeasible: not even with shortage, and rules that are not firm broken"
    )
    verified: bool = Field(description="true: the status is proved, and the plan under the outage audited")
    reason: str | None = Field(description="why it is not verified, or why there is no plan")
    shortage: float = Field(
        description="Σ over hard demands and periods of years · missing / asked for: years of demand that are missing"
    )
    shortage_without_policies: float | None = Field(
        description="the same if hard policies that are not firm need not be kept; none: nothing is missing, or unknown"
    )
    shortage_without_obligations: float | None = Field(
        description="the same if nothing that is not firm had to run, to be taken or to be collected at least; none:"
        " nothing is missing, nothing is obliged, or unknown"
    )
    shortages: list[Short] = Field(description="every demand and period that goes short")
    years_to_shortage: float | None = Field(
        description="from the start of the first changed period to that of the first in which a hard demand goes short;"
        " none: none does"
    )
    total_cost: float | None = Field(description="money over the horizon, discounted; what is missing costs nothing")
    difference: float | None = Field(description="to the plan's total cost, money, discounted")
    extra_cost: float | None = Field(
        description="to what the plan would cost without the outage if stocks need not be kept from the first changed"
        " period on either, money, discounted: what the outage itself costs"
    )
    stocks: list[Cover] = Field(description="how far stock carries, where there is some when the outage begins")
    takes_over: list[TakesOver] = Field(description="who supplies more, the most first within a material")
    broken: list[Broken] = Field(description="rules and commercial terms that could not be kept")
    conflict: list[Conflicting] = Field(description="without a plan: statements that cannot hold together")

    @property
    def harm(self) -> tuple[tuple[str, int, float], ...]:
        """What goes short when, and by which share: the same of outages that hit the same link of a chain."""
        return tuple((short.demand, short.period, round(short.share, 6)) for short in self.shortages)


class Stress(Study):
    """A plan under outages, the worst first: those without any plan, then by shortage, then by cost."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    currency: str = Field(description="label of all money")
    plan_cost: float = Field(description="total cost of the plan, money over the horizon, discounted")
    outages: list[Stressed] = Field(description="every outage that was tried, the worst first")
    insurance: list[Insurance] = Field(
        description="for the worst outages, of those that leave the same missing the first: single measures that avoid"
        " or halve the shortage, the cheapest first"
    )
    complete: bool = Field(description="false: it was stopped, and not everything asked for was tried")
    untried: list[str] = Field(description="ids of the outages that were not tried")
    notes: list[str] = Field(description="how this is to be read")

    def __str__(self) -> str:
        from oremix.models.studies.stress_table import stress_as_text  # noqa: PLC0415 - when somebody looks

        return stress_as_text(self)

"""The question: everything a plan is decided from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from oremix.models.chain import (
    Demand,
    Facility,
    Lane,
    Material,
    Place,
    Plant,
    Recycler,
    Source,
    Stockpile,
    Supplier,
)
from oremix.models.fields import CountryCode, Id, Part, Rate, Year
from oremix.models.meaning import meaning
from oremix.models.network import Network
from oremix.models.policies import Policy, Rule
from oremix.models.scenarios import Scenario
from oremix.models.timeline import Timeline
from oremix.models.uncertainties import Uncertainty
from oremix.models.warnings import warnings_of
from oremix.models.written_out import Stated, written_out

__all__ = ["Problem"]


class Problem(Part):
    """What is asked: the mix of supply, refining, recycling and stock that meets demand at least cost within the rules.

    Every entry is checked when a problem is made, and every fault found is reported at once.

    Raises
    ------
    pydantic.ValidationError
        With the path of each entry that is wrong. `oremix.load` and `oremix.solve` raise `InvalidProblem` instead,
        with the same faults in plain words.
    """

    currency: Annotated[str, Field(min_length=1, max_length=30)] = Field("USD", description="label of all money")
    price_year: Year | None = Field(None, description="year of the constant prices")
    periods: Annotated[list[Year], Field(min_length=1)] | None = Field(
        None, description="start years, each lasting until the next; absent: one typical year, called 1"
    )
    final_years: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="whole years of the last period; default the gap before it, or 1"
    )
    discount_rate: Rate | None = Field(
        None,
        description="real, per year: 0.05 is 5 %; required with several periods or capex without `wacc`, else 0",
    )
    places: list[Place] = Field(default_factory=list, description="sites finer than a country")
    groups: dict[Id, list[CountryCode]] = Field(
        default_factory=dict, description="named sets of countries (ISO 3166-1 alpha-2)"
    )
    materials: Annotated[list[Material], Field(min_length=1)] = Field(
        description="what flows: ore, concentrate, oxide, metal, by-product, power"
    )
    suppliers: list[Supplier] = Field(default_factory=list, description="mines and sellers: what can be bought")
    plants: list[Plant] = Field(default_factory=list, description="what turns materials into others")
    recyclers: list[Recycler] = Field(default_factory=list, description="what turns scrap into materials")
    demands: Annotated[list[Demand], Field(min_length=1)] = Field(description="what must be delivered")
    lanes: list[Lane] = Field(
        default_factory=list,
        description="rules for moving materials; later ones win, and what none matches moves freely and for nothing",
    )
    stockpiles: list[Stockpile] = Field(default_factory=list, description="stocks carried between periods")
    policies: list[Policy] = Field(
        default_factory=list, description="rules on the plan: what may come from whom, and how much"
    )
    scenarios: list[Scenario] = Field(
        default_factory=list, description="named changes to the data, which studies ask about; a plan is made without"
    )
    uncertainties: list[Uncertainty] = Field(
        default_factory=list,
        description="numbers that are not known, which studies draw; a plan is made without",
    )
    sources: list[Source] = Field(default_factory=list, description="where figures come from")

    @model_validator(mode="wrap")
    @classmethod
    def _every_fault_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Problem]) -> Problem:
        from oremix.models.checks import check_all  # noqa: PLC0415 - it needs the class made here

        return check_all(data, handler)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Problem:
        """A copy; one with changes is checked like anything else, and forgets what followed from the old data."""
        if not update:
            return super().model_copy(deep=deep)
        data = {field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()}
        stated = {name: value for name, value in data.items() if name in self.model_fields_set}
        return type(self).model_validate({**stated, **update})

    @property
    def facilities(self) -> list[Facility]:
        """Suppliers, plants and recyclers, in this order."""
        return [*self.suppliers, *self.plants, *self.recyclers]

    @cached_property
    def network(self) -> Network:
        """The problem as a network: periods, places, lanes, who makes and who uses what."""
        return Network(self)

    @cached_property
    def written_out(self) -> list[Stated]:
        """Every policy with its position in `policies`, presets rule by rule."""
        return written_out(self)

    @cached_property
    def rules(self) -> list[Rule]:
        """The policies as rules that can be measured, presets written out."""
        return [place.rule for place in self.written_out if place.rule is not None]

    @property
    def timeline(self) -> Timeline:
        """The periods."""
        return self.network.timeline

    @property
    def warnings(self) -> list[str]:
        """What is allowed and still likely to surprise."""
        return list(warnings_of(self))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the problem's meaning: the way it is written does not change it, see `models/meaning.py`."""
        text = json.dumps(meaning(self), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self, indent: int | None = 2) -> str:
        """The problem as JSON: what was stated, and nothing else."""
        data = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return json.dumps(data, indent=indent, ensure_ascii=False)

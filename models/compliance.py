"""The compliance matrix: for a plan, every rule of the presets, met or missed and by how much."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oremix.models.as_json import as_json
from oremix.models.plan import Record
from oremix.models.presets.shipped import Citation

__all__ = ["Compliance", "PresetCompliance", "Verdict"]


class Verdict(Record):
    """One rule of a preset in one period, as the plan has it.

    `margin` is the distance to the bound, negative where it is missed. A rule that cannot be evaluated says why, and
    has no numbers; one that is not in force in the period is measured all the same.
    """

    preset: str = Field(description="name of the preset")
    rule: str = Field(description="the rule, with its stage where each has its own")
    country: str | None = Field(None, description="country tested, where each is on its own (ISO 3166-1 alpha-2)")
    material: str | None = Field(None, description="id of the material; none: materials are pooled")
    place: str | None = Field(None, description="place or country of use, where places are taken apart")
    period: int | None = Field(
        None, description="first year of the period, 1: the typical year; none: all of them, or not evaluated"
    )
    evaluated: bool = Field(description="true: it could be measured")
    reason: str | None = Field(None, description="why it could not be measured")
    in_force: bool = Field(False, description="true: the rule holds in this period")
    measure: str | None = Field(None, description="what is counted: supply, production, content or capacity")
    part: float | None = Field(None, description="units per year, as weighted")
    whole: float | None = Field(None, description="what the part is a share of, in the same units")
    achieved: float | None = Field(None, description="part / whole, share from 0 to 1")
    max: float | None = Field(None, description="upper bound on `achieved`; none: not bounded")
    min: float | None = Field(None, description="lower bound on `achieved`; none: not bounded")
    margin: float | None = Field(None, description="from `achieved` to the bound; negative where it is missed")
    met: bool | None = Field(None, description="true: within its bounds; none: not evaluated")


class PresetCompliance(Record):
    """A preset as a whole: missed if any rule in force is, met if all that are in force and evaluated are."""

    preset: str = Field(description="name of the preset")
    title: str = Field(description="title of the preset, for people")
    source: Citation = Field(description="the text that it is taken from")
    verdict: Literal["met", "missed", "not evaluated"] = Field(
        description="over the rules in force that could be measured"
    )
    unmeasured: int = Field(description="how many of its rules could not be measured")


class Compliance(Record):
    """How a plan stands against the presets: benchmarks, not legal advice."""

    problem: str | None = Field(None, description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    status: str = Field(description="status of the plan")
    presets: list[PresetCompliance] = Field(description="each preset as a whole")
    verdicts: list[Verdict] = Field(description="each rule in each period")
    notes: list[str] = Field(default_factory=list, description="how this is to be read")

    def to_json(self, indent: int | None = 2) -> str:
        """The matrix as JSON."""
        return as_json(self, indent)

    def __str__(self) -> str:
        from oremix.models.matrix import matrix  # noqa: PLC0415 - only loaded when somebody looks

        return matrix(self)

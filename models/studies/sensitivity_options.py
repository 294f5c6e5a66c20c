"""What a sensitivity study can be asked for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from oremix.models.changes import changed_parts
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.fields import Id, Year
from oremix.models.inputs import Input, inputs_of
from oremix.models.problem import Problem
from oremix.models.scenarios import Change
from oremix.models.studies.frontier_options import Options

__all__ = ["Group", "SensitivityOptions", "groups_of", "sensitivity_faults"]

Kind = Literal["suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies"]


class Group(Options):
    """A field of several parts, moved together."""

    id: Id | None = Field(None, description="what it is called; absent: by what it is")
    on: Kind = Field(description="what kind of part it is about")
    where: dict[str, Any] = Field(
        default_factory=dict, description="field → value that the parts must have; default all of this kind"
    )
    field: Annotated[str, Field(min_length=1)] = Field(
        description="name of the field, or of one within it, as in a scenario's change"
    )
    from_year: Year | None = Field(None, description="first year in which it moves, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year in which it moves, included; absent: to the end")

    @property
    def label(self) -> str:
        """What people call it."""
        if self.id is not None:
            return self.id
        whose = ", ".join(f"{key} {_plain(value)}" for key, value in self.where.items())
        years = (f" from {self.from_year}" if self.from_year else "") + (
            f" until {self.until_year}" if self.until_year else ""
        )
        return f"{self.field} of {self.on}{f' ({whose})' if whose else ''}{years}"

    def change(self, factor: float) -> Change:
        """What multiplies it."""
        stated = self.model_dump(exclude={"id"}, exclude_unset=True)
        return Change.model_validate({**stated, "times": factor})


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class SensitivityOptions(Options):
    """What a sensitivity study can be asked for."""

    by: Annotated[float, Field(ge=0, le=1)] = Field(0.1, description="by how much each input moves: 0.1 is ±10 %")
    inputs: Literal["all", "assumptions", "none"] | None = Field(
        None,
        description="which move: all numbers that the problem states, those marked as assumptions, or none beside the"
        " groups; default all, with groups none",
    )
    on: Annotated[list[Kind | Literal["problem"]], Field(min_length=1)] | None = Field(
        None, description="kinds of parts whose inputs move; absent: all (`problem`: its discount rate)"
    )
    fields: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="fields that move, such as unit_cost or build.unit_capex; absent: all"
    )
    groups: list[Group] = Field(default_factory=list, description="fields of several parts, moved together")
    defaults: bool = Field(False, description="true: numbers that are not stated, such as a recovery of 1, move too")
    most: Annotated[int, Field(ge=0, le=10_000)] = Field(
        300,
        description="how many inputs are solved again; of more, those that carry most by the plan's prices, groups and"
        " marked assumptions first",
    )
    samples: Annotated[int, Field(ge=2, le=100_000)] | None = Field(
        None, description="how often all uncertainties of the problem are drawn together; absent: not at all"
    )
    seed: Annotated[int, Field(ge=0)] = Field(0, description="of the drawing: the same seed draws the same")


def groups_of(options: SensitivityOptions) -> list[Input]:
    """The groups as inputs."""
    return [
        Input(
            on=group.on,
            where=group.where,
            field=group.field,
            label=group.label,
            values=(),
            marked=False,
            position=None,
            years=group.model_dump(include={"from_year", "until_year"}, exclude_none=True),
        )
        for group in options.groups
    ]


def sensitivity_faults(problem: Problem, options: SensitivityOptions) -> list[Fault]:
    """What of the options does not fit the problem, each with its path among them."""
    faults: list[Fault] = []
    for number, group in enumerate(options.groups):
        try:
            changed_parts(problem, [group.change(2.0)])
        except InvalidProblem as error:
            path = ("groups", number)
            # twice a share may be too much: whether it can be moved at all is for the study to say
            faults += [
                Fault((*path, *f.path[2:]), f.message, f.value) for f in error.errors if "would be" not in f.message
            ]
    if options.samples and not problem.uncertainties and not any(entry.marked for entry in inputs_of(problem)):
        message = "needs `uncertainties` in the problem, or numbers that are marked as `assumption`"
        faults.append(Fault(("samples",), message, options.samples))
    return faults

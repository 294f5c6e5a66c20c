"""What a hedge can be asked for, and the branches that it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from oremix.models.changes import changed
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.fields import Id, Share
from oremix.models.problem import Problem
from oremix.models.scenarios import Change, Scenario

__all__ = ["AS_STATED", "Branch", "HedgeOptions", "branches_of"]

AS_STATED = "as stated"
"""What the unchanged data are called."""

# Probabilities are often thirds and the like.
SLACK = 1e-9


class HedgeOptions(BaseModel):
    """What a hedge can be asked for."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    scenarios: list[Id | Scenario] | None = Field(
        None, description="ids of scenarios of the problem, or scenarios as there; absent: all of the problem"
    )
    probabilities: dict[Id, Share] = Field(
        default_factory=dict, description="scenario → its probability, 0 to 1, in place of what it states itself"
    )
    objective: Literal["expected", "worst"] = Field(
        "expected",
        description="what is to be as little as can be: the expected cost (and CVaR, by its weight), or the cost in the"
        " worst branch, for which no probabilities are needed",
    )
    cvar_weight: Share = Field(
        0.0, description="weight w of CVaR, 0 to 1: (1 − w) · expected cost + w · CVaR is to be least"
    )
    alpha: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.95, description="CVaR is the mean cost of the worst 1 − alpha of probability: 0.95 of the worst 5 %"
    )
    method: Literal["auto", "whole", "decomposed"] = Field(
        "auto",
        description="all branches as one linear program, or each by itself beside a master; auto: by their size. Where"
        " yes/no decisions remain after the first stage it is always whole",
    )
    others: bool | None = Field(
        None,
        description="whether to work out what the first stage of each scenario alone would cost in the others; absent:"
        " with up to 12 branches",
    )
    plans: bool = Field(True, description="whether the answer has the whole plan of each branch")


@dataclass(frozen=True)
class Branch:
    """One way the data may turn out; the probability is none where nobody said any."""

    id: str
    probability: float | None
    changes: tuple[Change, ...]
    problem: Problem


def branches_of(problem: Problem, options: HedgeOptions) -> list[Branch]:
    """The data as stated, unless nothing is left of the probability, and the scenarios as asked for.

    Raises
    ------
    InvalidProblem
        With every fault of the options beside the problem.
    """
    known = {scenario.id: scenario for scenario in problem.scenarios}
    asked = list(known) if options.scenarios is None else options.scenarios
    faults = list(_faults(known, asked, options))
    found = [known.get(each) if isinstance(each, str) else each for each in asked]
    scenarios = [scenario for scenario in found if scenario is not None]
    probabilities = {s.id: options.probabilities.get(s.id, s.probability) for s in scenarios}
    total = fsum(probability or 0.0 for probability in probabilities.values())
    if total > 1 + SLACK:
        faults.append(Fault(("probabilities",), "add up to more than 1, with those that scenarios state", total))
    unsaid = [name for name, probability in probabilities.items() if probability is None]
    if unsaid and options.objective != "worst":
        message = (
            f"are needed for {', '.join(unsaid)}: give a `probability` there or here, or leave these out of"
            " `scenarios`, or ask for the `worst` as the objective, which needs none"
        )
        faults.append(Fault(("probabilities",), message))
    made = list(_made(problem, scenarios, probabilities, faults))
    if faults:
        raise InvalidProblem(faults)
    if unsaid:
        return [Branch(AS_STATED, None, (), _alone(problem)), *made]
    return [Branch(AS_STATED, 1 - total, (), _alone(problem)), *made] if total < 1 - SLACK else made


def _alone(problem: Problem) -> Problem:
    """The problem without its scenarios, which are not to be sent about with each branch."""
    return problem.model_copy(update={"scenarios": []})


def _faults(known: dict[str, Scenario], asked: list[Any], options: HedgeOptions) -> Iterator[Fault]:
    names = [each if isinstance(each, str) else each.id for each in asked]
    if not names:
        yield Fault(("scenarios",), "are needed: state some in the problem, or here")
    for number, each in enumerate(asked):
        if isinstance(each, str) and each not in known:
            there_are = f"there are: {', '.join(known)}" if known else "there are none"
            yield Fault(("scenarios", number), f"is no scenario of the problem; {there_are}", each)
        if names[number] in names[:number]:
            yield Fault(("scenarios", number), "stands twice", names[number])
        if names[number] == AS_STATED:
            yield Fault(("scenarios", number), "is what the unchanged data are called; choose another id", AS_STATED)
    for name in options.probabilities:
        if name not in names:
            there_are = f"there are: {', '.join(names)}" if names else "there are none"
            yield Fault(("probabilities", name), f"is no scenario that was asked for; {there_are}", name)
    if options.objective == "worst" and options.cvar_weight:
        message = "cannot stand with the `worst` as the objective; leave one of them out"
        yield Fault(("cvar_weight",), message, options.cvar_weight)


def _made(
    problem: Problem, scenarios: list[Scenario], probabilities: dict[str, float | None], faults: list[Fault]
) -> Iterator[Branch]:
    """The scenarios' branches; those of which no problem can be made are put among the faults."""
    for number, scenario in enumerate(scenarios):
        try:
            problem_then = changed(problem, scenario.changes)
        except InvalidProblem as error:
            faults += [
                Fault(("scenarios", number), f"{scenario.id}: {fault.message} ({fault.pointer})", fault.value)
                for fault in error.errors
            ]
            continue
        yield Branch(scenario.id, probabilities[scenario.id], tuple(scenario.changes), _alone(problem_then))

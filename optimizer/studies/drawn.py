"""All that is uncertain, drawn together, and what the samples come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from oremix.models import InvalidOption, InvalidProblem, Problem
from oremix.models.changes import changed
from oremix.models.inputs import Input, inputs_of, moved
from oremix.models.policies import Share
from oremix.models.scenarios import Change
from oremix.models.studies.sensitivity import (
    Drawn,
    Priced,
    Range,
    Reading,
    Sample,
    Sampling,
    ShareRange,
    Survival,
)
from oremix.models.studies.sensitivity_options import SensitivityOptions
from oremix.models.uncertainties import Distribution, Uncertainty
from oremix.optimizer.studies.differs import Differs
from oremix.optimizer.studies.questions import Answer, Asker, Found, Question
from oremix.optimizer.studies.sampling import latin_hypercube, rank_correlation

__all__ = ["Drawing"]

# Costs nearer to each other than this part of the largest have the same rank.
SAME_COST = 1e-9


@dataclass(frozen=True)
class _Unknown:
    """Something that is drawn: its distribution, and what a value makes of the changes and of the discount rate."""

    id: str
    text: str
    distribution: Distribution
    move: Callable[[float, float | None], tuple[tuple[Change, ...], float | None]]


class Drawing:
    """Samples of all that is uncertain.

    Attributes
    ----------
    samples
        How many.
    """

    refusal = Answer(Found("refused"), Found("refused"))

    def __init__(
        self, problem: Problem, options: SensitivityOptions, unknown: list[_Unknown], left_out: list[str]
    ) -> None:
        self._problem, self._options, self._left_out = problem, options, left_out
        self._unknown = unknown
        self.samples = options.samples or 0
        shares = latin_hypercube([one.id for one in unknown], self.samples, options.seed)
        self.values = np.array(
            [[one.distribution.at(u) for one, u in zip(unknown, row, strict=True)] for row in shares]
        )

    @classmethod
    def of(cls, problem: Problem, options: SensitivityOptions) -> Drawing:
        """The problem's uncertainties; without any, what is marked as an assumption, evenly to either side.

        Raises
        ------
        InvalidOption
            There is neither.
        """
        left_out: list[str] = []
        if problem.uncertainties:
            unknown = [_stated(problem, one) for one in problem.uncertainties]
        else:
            marked = [entry for entry in inputs_of(problem) if entry.marked]
            fit = [entry for entry in marked if _moves(problem, entry, options.by)]
            left_out = [entry.label for entry in marked if entry not in fit]
            unknown = [_assumed(problem, entry, options.by) for entry in fit] if options.by else []
        if not unknown:
            message = "has nothing to draw: no number that is marked as an assumption can move by `by`"
            raise InvalidOption(f"`samples` {message}")
        return cls(problem, options, unknown, left_out)

    def question(self, number: int) -> Question | None:
        """What a sample asks; none where it cannot be said."""
        changes: tuple[Change, ...] = ()
        rate = None
        try:
            for one, value in zip(self._unknown, self.values[number].tolist(), strict=True):
                more, rate = one.move(value, rate)
                changes += more
        except InvalidProblem:
            return None
        return Question(changes, rate, kept=True, priced=True)

    # ------------------------------------------------------------ what they come to

    def told(self, asker: Asker, differs: Differs, answers: Sequence[Answer | None]) -> Sampling:
        """The answer, of those samples that there was time for."""
        done = [(number, answer) for number, answer in enumerate(answers) if answer is not None]
        anew = [answer.found for _, answer in done]
        kept = [answer.kept or answer.found for _, answer in done]
        both = [
            with_builds.total_cost - free.total_cost
            for free, with_builds in zip(anew, kept, strict=True)
            if free.total_cost is not None and with_builds.total_cost is not None
        ]
        planned = [found for found in anew if found.total_cost is not None]
        return Sampling(
            seed=self._options.seed,
            asked=self.samples,
            done=len(done),
            drawn=self._drawn([number for number, _ in done], anew, kept),
            anew=_reading(anew),
            kept=_reading(kept),
            regret=_range([cost if cost > SAME_COST * abs(differs.cost) else 0.0 for cost in both]),
            builds=list(_survivals(asker.plan, planned, differs)),
            supply=list(_supplies(asker.plan, planned)),
            policies=list(_priced(self._problem, planned, differs.cost)),
            samples=[self._sample(number, answer) for number, answer in done],
        )

    def _drawn(self, numbers: list[int], anew: list[Found], kept: list[Found]) -> list[Drawn]:
        drawn = [
            Drawn(
                id=one.id,
                text=one.text,
                rank_correlation=_correlation(self.values[numbers, column], anew),
                kept_rank_correlation=_correlation(self.values[numbers, column], kept),
            )
            for column, one in enumerate(self._unknown)
        ]
        return sorted(drawn, key=lambda one: -abs(one.rank_correlation or 0.0))

    def _sample(self, number: int, answer: Answer) -> Sample:
        kept = answer.kept or answer.found
        return Sample(
            number=number + 1,
            values={one.id: value for one, value in zip(self._unknown, self.values[number].tolist(), strict=True)},
            status=answer.found.status,
            total_cost=answer.found.total_cost,
            kept_status=kept.status,
            kept_total_cost=kept.total_cost,
            shortage=answer.found.missing,
            kept_shortage=kept.missing,
        )

    def notes(self) -> Iterator[str]:
        """How samples are to be read."""
        if not self._problem.uncertainties:
            yield (
                "the problem states no `uncertainties`: each number marked as an assumption was drawn evenly within"
                f" {100 * self._options.by:g} % to either side, independently of the others"
            )
        if self._left_out:
            yield (f"not drawn, as the problem would be wrong at an end of their range: {', '.join(self._left_out)}")
        yield (
            "samples are a Latin hypercube: of each uncertainty one value in each of as many equally likely strata as"
            " there are samples. `anew` decides everything in each sample, as if it were known; `kept` keeps the builds"
            " of the plan of the stated numbers and decides the rest anew"
        )


# ---------------------------------------------------------------- what is drawn


def _stated(problem: Problem, one: Uncertainty) -> _Unknown:
    def move(value: float, rate: float | None) -> tuple[tuple[Change, ...], float | None]:
        if one.on == "problem":
            before = rate if rate is not None else problem.discount_rate or 0.0
            return (), one.rate(before, value)
        return (one.change(value),), rate

    return _Unknown(one.id, _in_words(one), one.distribution, move)


def _in_words(one: Uncertainty) -> str:
    whose = ", ".join(f"{key} {value}" for key, value in one.where.items())
    years = (f" from {one.from_year}" if one.from_year else "") + (f" until {one.until_year}" if one.until_year else "")
    operation = "times" if one.times is not None else "plus"
    return f"{one.field} of {one.on}{f' ({whose})' if whose else ''}{years}, {operation} {_spread(one.distribution)}"


def _spread(distribution: Distribution) -> str:
    stated = distribution.model_dump(exclude_unset=True, exclude={"name", "notes", "source", "assumption"})
    return ", ".join(f"{kind} {' '.join(f'{n:g}' for n in _listed(numbers))}" for kind, numbers in stated.items())


def _listed(numbers: list[float] | float) -> list[float]:
    return numbers if isinstance(numbers, list) else [numbers]


def _assumed(problem: Problem, entry: Input, by: float) -> _Unknown:
    def move(value: float, rate: float | None) -> tuple[tuple[Change, ...], float | None]:
        found = moved(problem, entry, value)
        return found.changes, rate if found.rate is None else found.rate

    text = f"{entry.label}, times uniform {1 - by:g} {1 + by:g}"
    return _Unknown(entry.label, text, Distribution(uniform=[1 - by, 1 + by]), move)


def _moves(problem: Problem, entry: Input, by: float) -> bool:
    """Whether a problem comes out at both ends."""
    try:
        for factor in (1 - by, 1 + by):
            changed(problem, moved(problem, entry, factor).changes)
    except InvalidProblem:
        return False
    return True


# ---------------------------------------------------------------- numbers


def _range(numbers: Sequence[float]) -> Range | None:
    if not numbers:
        return None
    values = np.array(numbers, dtype=np.float64)
    p5, p25, p50, p75, p95 = np.percentile(values, [5, 25, 50, 75, 95]).tolist()
    sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    ends = {"least": float(values.min()), "most": float(values.max())}
    return Range(mean=float(values.mean()), sd=sd, p5=p5, p25=p25, p50=p50, p75=p75, p95=p95, **ends)


def _reading(found: list[Found]) -> Reading:
    planned = [one for one in found if one.total_cost is not None]
    count = {status: sum(one.status == status for one in found) for status in ("infeasible", "refused")}
    missing = [one.missing or 0.0 for one in planned]
    least = [one.missing for one in found if one.status == "infeasible" and one.missing is not None]
    return Reading(
        plans=len(planned),
        infeasible=count["infeasible"],
        refused=count["refused"],
        unknown=len(found) - len(planned) - sum(count.values()),
        infeasible_share=count["infeasible"] / len(found) if found else 0.0,
        total_cost=_range([one.total_cost for one in planned if one.total_cost is not None]),
        missing=_range(least),
        short=sum(amount > 0 for amount in missing),
        shortage=_range(missing),
    )


def _correlation(drawn: np.ndarray, found: list[Found]) -> float | None:
    pairs = [
        (value, one.total_cost) for value, one in zip(drawn.tolist(), found, strict=True) if one.total_cost is not None
    ]
    if not pairs:
        return None
    values, costs = (np.array(side, dtype=np.float64) for side in zip(*pairs, strict=True))
    least = SAME_COST * max(np.abs(costs).max(), 1e-300)
    return rank_correlation(values, np.round(costs / least))


def _survivals(plan: Found, planned: list[Found], differs: Differs) -> Iterator[Survival]:
    sizes = {on: sum(orders.values()) for on, orders in plan.orders.items()}
    ever = dict.fromkeys([*sizes, *(on for found in planned for on in found.orders)])
    for on in sorted(ever, key=lambda name: (-sizes.get(name, 0.0), name)):
        built = [sum(found.orders[on].values()) for found in planned if on in found.orders]
        yield Survival(
            on=on,
            country=differs.country(on),
            unit=differs.unit(on),
            planned=sizes.get(on, 0.0),
            built=len(built),
            share=len(built) / len(planned) if planned else 0.0,
            mean=sum(built) / len(built) if built else None,
            least=min(built, default=None),
            most=max(built, default=None),
        )


def _supplies(plan: Found, planned: list[Found]) -> Iterator[ShareRange]:
    keys = dict.fromkeys([*plan.supply, *sorted({key for found in planned for key in found.supply})])
    for material, country in keys:
        share = _range([found.supply.get((material, country), 0.0) for found in planned])
        if share is not None:
            before = plan.supply.get((material, country), 0.0)
            yield ShareRange(material=material, country=country, planned=before, share=share)


def _priced(problem: Problem, planned: list[Found], cost: float) -> Iterator[Priced]:
    for rule in problem.rules:
        worth = [found.marginals[rule.id] for found in planned if rule.id in found.marginals]
        marginal = _range(worth)
        if marginal is None:
            continue
        costs = sum(amount > SAME_COST * abs(cost) for amount in worth)
        per = "percentage point" if isinstance(rule, Share) else "unit"
        yield Priced(policy=rule.id, costs=costs, share=costs / len(planned), per=per, marginal=marginal)

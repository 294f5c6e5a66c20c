"""What else is nearly as cheap: plans within a budget, as different as can be found, and the range of each decision."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any, TypeVar

import numpy as np

from oremix.models import InvalidOption, Problem, read_problem
from oremix.models.studies.alternatives import Alternatives
from oremix.models.studies.alternatives_options import AlternativesOptions
from oremix.optimizer.clock import Clock, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Weights
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.proof import money_scale
from oremix.optimizer.studies.alternatives_asked import alternatives_faults, is_asked
from oremix.optimizer.studies.alternatives_told import WITHIN, Findings, told
from oremix.optimizer.studies.asked import no_plan, options_of, refuse
from oremix.optimizer.studies.choices import Choice, Site, choices_of, sites_of
from oremix.optimizer.studies.ends import Budgeted, Direction, End, ends_of
from oremix.optimizer.studies.picks import Pick, Picked, pick
from oremix.optimizer.studies.ranged import Ends, Ranger, Wholes, furthest
from oremix.optimizer.studies.yardstick import Made, Yardstick

__all__ = ["alternatives"]

Name = TypeVar("Name")

# What is left of a time limit for choosing plans, when the ends of decisions are explored.
KEPT = 0.3
# Below this part of the largest of its kind, an amount is rounding.
ROUNDING = 1e-9
# What costs nothing is measured by this part of a unit of the dearest.
LITTLE = 1e-3
# Of the most that can arrive at a site, what has to, for a share of it to be told.
LEAST = 1e-6


def alternatives(
    problem: Problem | dict[str, Any] | str | bytes,
    within: float | None = None,
    *,
    budget: float | None = None,
    count: int = 5,
    min_distance: float = 0.05,
    demands: list[str] | None = None,
    decisions: list[str] | None = None,
    max_decisions: int = 500,
    tries: int = 50,
    seed: int = 0,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
) -> Alternatives:
    """Plans that are nearly as cheap and as different as can be found, and what each decision can be in such plans.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    within
        How much more than the cheapest plan others may cost, as a share of its cost (of the amount, where that is
        negative); default 0.02, which is 2 %.
    budget
        In place of `within`: the most that a plan may cost, discounted.
    count
        How many alternatives are looked for.
    min_distance
        No two plans are nearer to each other than this, from 0 to 1. The distance is the mean of two parts: the share
        of the supply that comes from another country, and the capacity that one builds and the other does not, beside
        the most that a plan builds.
    demands
        Ids of the demands whose supply tells plans apart; absent: all, and what is used on the way there.
    decisions
        Whose ranges are worked out: kinds (``share``, ``build``, ``supplier``, ``plant``, ``recycler``, ``stock``,
        ``demand``), or ids of facilities, materials, demands and countries; absent: all.
    max_decisions
        How many ranges are worked out at most; the others are named in the answer.
    tries, seed
        How many random directions are explored for plans, and the seed of these.
    time_limit
        Seconds for all of it; what is done by then is the answer.
    gap
        Relative gap at which yes/no decisions may stop.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends the study with what is done.
    progress
        Told now and then how much is done, of how much, and what.

    Raises
    ------
    InvalidProblem, TooLarge, SolverFailed
        As `oremix.solve`.
    InvalidOption
        With every fault of what is asked for; or there is no plan, or none that keeps to the budget.
    """
    check_options(time_limit, gap, "plan")
    question = read_problem(problem)
    refuse_if_too_large(question, max_columns)
    stated = {"within": within, "budget": budget, "count": count, "min_distance": min_distance, "demands": demands}
    more = {"decisions": decisions, "max_decisions": max_decisions, "tries": tries, "seed": seed}
    asked = options_of(AlternativesOptions, stated | more)
    refuse(alternatives_faults(question, asked))
    clock = Clock(time_limit, stop, progress)
    session = Session(question, time_limit=time_limit, gap=gap, stop=stop)
    cheapest = session.solve()
    if cheapest.total_cost is None:
        raise no_plan(cheapest.status)
    return _Study(session, cheapest, asked, clock, gap).answer()


def budget_of(asked: AlternativesOptions, cost: float) -> float:
    """The most that a plan may cost.

    Raises
    ------
    InvalidOption
        The cheapest plan costs more.
    """
    if asked.budget is None:
        return cost + (WITHIN if asked.within is None else asked.within) * abs(cost)
    if asked.budget < cost:
        raise InvalidOption(f"`budget` is {asked.budget:,.2f}, and no plan costs less than {cost:,.2f}")
    return asked.budget


class _Study:
    """The cheapest plan, the budget, and what is found within it."""

    def __init__(
        self, session: Session, cheapest: Point, asked: AlternativesOptions, clock: Clock, gap: float | None
    ) -> None:
        state = session.state()
        self._session, self._asked, self._clock, self._gap = session, asked, clock, gap
        self._model, self._problem = state.model, session.problem
        cost = cheapest.total_cost or 0.0
        self._money = _measure_of_money(state.arrays, cheapest.x, cost)
        self._base = Budgeted(session, budget_of(asked, cost), self._money)
        self._sites = sites_of(self._model)
        self._every_choice = choices_of(self._model, self._sites)
        choices = [choice for choice in self._every_choice if is_asked(self._problem, asked, choice)]
        self._choices = sorted(choices, key=lambda choice: self._weight(choice, cheapest))
        self._yardstick = Yardstick.of(self._model, self._sites, asked.demands)
        plan = session.plan_of(cheapest, cheapest.bound)
        self._cheapest = Pick(cheapest, self._yardstick.made(cheapest.values), plan)
        self._done = 0

    @staticmethod
    def _weight(choice: Choice, cheapest: Point) -> tuple[bool, int, float]:
        """The heaviest first: shares, builds, the rest, builds by year; within a kind, what there is most of."""
        order = ("share", "build", "supplier", "plant", "recycler", "stock", "demand")
        return choice.ordered is not None, order.index(choice.kind), -(choice.value(cheapest.values) or 0.0)

    def answer(self) -> Alternatives:
        """The whole study, as far as there was time."""
        chosen, left = self._choices[: self._asked.max_decisions], self._choices[self._asked.max_decisions :]
        beside = self._beside(chosen)
        self._total = 2 * (len(self._sites) + len(chosen) + len(beside)) + self._asked.tries + 1
        wholes = self._wholes()
        ends = self._ends([*chosen, *beside], wholes)
        self._measure(ends, wholes)
        pool = [end.made for pair in ends.values() for end in pair if end.made is not None]
        pool += [end.made for end in self._random() if end.made is not None]
        picked = self._picked(pool)
        others = [one.point for one in picked.picks]
        ranger = Ranger(ends, self._cheapest.point, others, wholes, _next_to_nothing(wholes))
        ranges = [found for choice in chosen if (found := ranger.range(choice)) is not None]
        known = {(one.kind, one.id, one.material, one.where, one.ordered) for one in ranges}
        missed = [c for c in chosen if (c.kind, c.id, c.material, c.where, c.ordered) not in known]
        bound = furthest(self._yardstick, self._cheapest.made, ends, wholes)
        return told(
            Findings(
                model=self._model,
                sites=self._sites,
                asked=self._asked,
                budget=self._base.budget,
                yardstick=self._yardstick,
                cheapest=self._cheapest,
                picked=picked,
                ranges=ranges,
                left=[*missed, *left],
                furthest=bound,
                in_time=not self._clock.is_up(),
            )
        )

    # ------------------------------------------------------------ exploring

    def _beside(self, chosen: Sequence[Choice]) -> list[Choice]:
        """What tells plans apart and is not among the decisions: its ends are explored too, within the same number."""
        sites, full, known = self._yardstick.sites, self._yardstick.full, set(chosen)
        beside = [
            choice
            for choice in self._every_choice
            if choice not in known
            and (choice.site in sites if choice.kind == "share" else choice.kind == "build" and choice.ordered is None)
        ]
        # what has no full size as stated gets it so
        ranked = sorted(beside, key=lambda choice: choice.kind != "build" or choice.id in full)
        return ranked[: max(0, self._asked.max_decisions - len(chosen))]

    def _explored(self, directions: Sequence[Direction], text: str) -> list[End]:
        clock, left = self._clock, self._clock.left()
        found = ends_of(
            self._problem,
            self._base.budget,
            self._money,
            self._yardstick.weights,
            directions,
            clock,
            gap=self._gap,
            left=None if left is None or clock.limit is None else max(0.0, left - KEPT * clock.limit),
            text=text,
            done=self._done,
            total=self._total,
        )
        self._done += len(directions)
        return found

    def _wholes(self) -> Wholes:
        """The least and the most that arrives at each site."""
        sites = {
            site: {key: weight for weights in countries.values() for key, weight in weights.items()}
            for site, countries in self._sites.items()
        }
        directions = [Direction(weights, sign) for weights in sites.values() for sign in (1, -1)]
        return dict(zip(sites, _in_pairs(self._explored(directions, "supply")), strict=True))

    def _ends(self, choices: Sequence[Choice], wholes: Wholes) -> Ends:
        """The least and the most of each decision."""
        directions = [direction for choice in choices for direction in self._both_ways(choice, wholes)]
        return dict(zip(choices, _in_pairs(self._explored(directions, "ranges")), strict=True))

    def _both_ways(self, choice: Choice, wholes: Wholes) -> Iterator[Direction]:
        least = nothing = 0.0
        if choice.site is not None:
            nothing = _next_to_nothing(wholes)[choice.site]
            least = max(wholes[choice.site][0].proved or 0.0, nothing)
        start = choice.value(self._cheapest.point.values, nothing)
        for sign in (1, -1):
            yield Direction(choice.weights, sign, choice.whole, least, start, choice.left_over)

    def _measure(self, ends: Ends, wholes: Wholes) -> None:
        """Complete the yardstick by what was found: full sizes, what arrives at most, and the most that is built."""
        full = _without_rounding(
            {
                choice.id: high.value or 0.0
                for choice, (_, high) in ends.items()
                if choice.kind == "build" and choice.ordered is None
            }
        )
        amounts = _without_rounding({site: high.value or 0.0 for site, (_, high) in wholes.items()})
        sized = self._yardstick.sized(full, amounts, 1.0)
        (most,) = self._explored([Direction(self._all_built(sized), -1)], "builds")
        self._yardstick = self._yardstick.sized(full, amounts, most.value or 1.0)

    def _all_built(self, yardstick: Yardstick) -> Weights:
        sizes = {yardstick.builds[name]: 1.0 / size for name, size in yardstick.full.items()}
        return yardstick.combined(sizes)

    def _random(self) -> list[End]:
        """The ends of random directions, of what tells plans apart."""
        chance, yardstick = random.Random(self._asked.seed), self._yardstick  # noqa: S311 - no secret
        measures = [
            *(yardstick.amounts.get(site, 0.0) for site, countries in yardstick.sites.items() for _ in countries),
            *(yardstick.full.get(name, 0.0) for name in yardstick.builds),
        ]
        directions = []
        for _ in range(self._asked.tries if any(measures) else 0):
            drawn = {n: chance.gauss(0.0, 1.0) / size for n, size in enumerate(measures) if size > 0}
            directions.append(Direction(yardstick.combined(drawn)))
        return self._explored(directions, "plans")

    def _picked(self, pool: Sequence[Made]) -> Picked:
        asked = self._asked
        self._clock.tell(self._total, self._total, "choosing")
        return pick(self._base, self._yardstick, self._cheapest, pool, asked.count, asked.min_distance, self._clock)


def _measure_of_money(arrays: Arrays, x: Floats | None, cost: float) -> float:
    """What differences in cost are measured by; where the cheapest plan costs nothing, by what there is to pay for."""
    dearest = float(np.max(np.abs(arrays.cost), initial=0.0))
    scale = 0.0 if x is None else money_scale(arrays, x, cost)
    return max(scale, LITTLE * dearest) or 1.0


def _without_rounding(amounts: dict[Name, float]) -> dict[Name, float]:
    """Those that are more than rounding beside the largest."""
    largest = max(amounts.values(), default=0.0)
    return {name: amount for name, amount in amounts.items() if amount > ROUNDING * largest}


def _next_to_nothing(wholes: Wholes) -> dict[Site, float]:
    """What is as good as nothing at each site."""
    most = {site: high.value or 0.0 for site, (_, high) in wholes.items()}
    rounding = ROUNDING * max(most.values(), default=0.0)
    return {site: max(LEAST * amount, rounding) for site, amount in most.items()}


def _in_pairs(ends: Sequence[End]) -> list[tuple[End, End]]:
    return list(zip(ends[::2], ends[1::2], strict=True))

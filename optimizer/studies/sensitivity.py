"""Which numbers carry the answer: every input moved alone, and on request all that is uncertain drawn together."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

from oremix.models import InvalidProblem, Problem, read_problem
from oremix.models.inputs import Input, Moved, inputs_of, moved
from oremix.models.studies.sensitivity import Bar, Sampling, Sensitivity, Side
from oremix.models.studies.sensitivity_options import SensitivityOptions, groups_of, sensitivity_faults
from oremix.optimizer.clock import Clock, Progress
from oremix.optimizer.decide import check_options, refuse_if_too_large
from oremix.optimizer.studies.asked import no_plan, options_of, refuse, stated_in
from oremix.optimizer.studies.carried_by import Carried
from oremix.optimizer.studies.differs import Differs
from oremix.optimizer.studies.drawn import Drawing
from oremix.optimizer.studies.questions import Answer, Asker, Question

__all__ = ["sensitivity"]


def sensitivity(
    problem: Problem | dict[str, Any] | str | bytes,
    *,
    options: SensitivityOptions | dict[str, Any] | None = None,
    time_limit: float | None = None,
    gap: float | None = None,
    max_columns: int | None = None,
    stop: Event | None = None,
    progress: Progress | None = None,
    **asked: Any,
) -> Sensitivity:
    """Move every number that the problem states, and solve again: what changes in cost and plan, the most first.

    With ``samples`` all uncertainties of the problem are drawn together as well, by a Latin hypercube: how the cost is
    spread, how often each build survives, and what it costs to keep the plan's builds whatever comes. Without any, the
    numbers marked as assumptions are drawn, each evenly within ``by``.

    Parameters
    ----------
    problem
        A problem, or what `oremix.read_problem` takes.
    options
        What to move and draw, as `SensitivityOptions` has it; its fields can be given by name as well, such as
        ``by=0.2, samples=200, seed=1``.
    time_limit
        Seconds for all of it; what was not tried by then is named in the answer.
    gap
        Relative gap at which yes/no decisions may stop.
    max_columns
        Refuse a problem whose linear program may have more columns.
    stop
        Set by anybody, from any thread, it ends the study with what is done.
    progress
        Told now and then how many problems are solved, of how many, and what they are for; from any thread.

    Raises
    ------
    InvalidProblem, TooLarge, SolverFailed
        As `oremix.solve`.
    InvalidOption
        With every fault of what is asked for; or the problem has no plan.
    """
    check_options(time_limit, gap, "plan")
    question = read_problem(problem)
    wanted = options_of(SensitivityOptions, stated_in(SensitivityOptions, options, asked))
    refuse(sensitivity_faults(question, wanted))
    refuse_if_too_large(question, max_columns)
    return _Study(question, wanted, Clock(time_limit, stop, progress), gap).answer()


class _Study:
    """One study, from the options to the answer."""

    def __init__(self, problem: Problem, options: SensitivityOptions, clock: Clock, gap: float | None) -> None:
        self._problem, self._options, self._clock = problem, options, clock
        self._drawing = None if options.samples is None else Drawing.of(problem, options)
        self._asker = Asker(problem, clock, gap)
        if self._asker.plan.total_cost is None:
            raise no_plan(self._asker.plan.status)
        self._cost = self._asker.plan.total_cost
        self._differs = Differs(self._asker)
        self._carried = Carried(self._asker.point)
        self._slopes: dict[str, float | None] = {}

    def answer(self) -> Sensitivity:
        """All of it."""
        solved, others = self._chosen()
        sides = [(entry, factor) for entry in solved for factor in (1 - self._options.by, 1 + self._options.by)]
        total = len(sides) + (self._options.samples or 0)
        found = self._moved(sides, total)
        bars, untried = [], []
        for number, entry in enumerate(solved):
            down, up = found[2 * number : 2 * number + 2]
            if down is None or up is None:
                untried.append(entry.label)
            else:
                bars.append(self._bar(entry, down, up))
        bars += [self._bar(entry, None, None) for entry in others]
        sampling = self._sampled(len(sides), total)
        complete = not untried and (sampling is None or sampling.done == sampling.asked)
        return Sensitivity(
            problem=self._problem.name,
            problem_hash=self._problem.hash,
            currency=self._problem.currency,
            plan_cost=self._cost,
            by=self._options.by,
            bars=sorted(bars, key=self._rank),
            sampling=sampling,
            complete=complete,
            untried=untried,
            notes=list(self._notes(bars, others, sampling)),
        )

    # ------------------------------------------------------------ which inputs

    def _chosen(self) -> tuple[list[Input], list[Input]]:
        """Those that are solved again, what carries most first, and the others."""
        options = self._options
        which = options.inputs or ("none" if options.groups else "all")
        stated = inputs_of(self._problem, defaults=options.defaults) if which != "none" else []
        inputs = [
            entry
            for entry in stated
            if (which == "all" or entry.marked)
            and (options.on is None or entry.on in options.on)
            and (options.fields is None or entry.field in options.fields)
        ]
        self._slopes = {entry.label: self._carried.slope(entry) for entry in inputs}
        inputs.sort(key=lambda entry: -abs(self._slopes[entry.label] or 0.0))
        groups, most = groups_of(options), options.most
        if len(groups) + len(inputs) <= most:
            return [*groups, *inputs], []
        first = [entry for entry in inputs if entry.marked] + [entry for entry in inputs if not entry.marked]
        room = max(most - len(groups), 0)
        kept = {id(entry) for entry in first[:room]}
        return (
            [*groups[:most], *(entry for entry in inputs if id(entry) in kept)],
            [*groups[most:], *(entry for entry in inputs if id(entry) not in kept)],
        )

    # ------------------------------------------------------------ the tornado

    def _moved(self, sides: list[tuple[Input, float]], total: int) -> list[Side | None]:
        """Each input moved to each side; none where there was no time for it."""
        moves: list[Moved | InvalidProblem] = []
        for entry, factor in sides:
            try:
                moves.append(moved(self._problem, entry, factor))
            except InvalidProblem as error:
                moves.append(error)
        asked = [Question(move.changes, move.rate) for move in moves if isinstance(move, Moved)]
        tell = self._clock.tell
        answers = iter(self._asker.ask(asked, lambda done: tell(done, total, "inputs moved")))
        return [
            self._differs.refused(factor, move)
            if isinstance(move, InvalidProblem)
            else self._side(factor, move, next(answers))
            for (_, factor), move in zip(sides, moves, strict=True)
        ]

    def _side(self, factor: float, move: Moved, answer: Answer | None) -> Side | None:
        return None if answer is None else self._differs.side(factor, move, answer.found)

    def _bar(self, entry: Input, down: Side | None, up: Side | None) -> Bar:
        sides = [side for side in (down, up) if side is not None]
        costs = [side.total_cost for side in sides if side.status != "refused"]
        known = [cost for cost in costs if cost is not None]
        has_all = bool(known) and len(known) == len(costs)
        return Bar(
            label=entry.label,
            on=entry.on,
            where=entry.where,
            field=entry.field,
            values=list(entry.values),
            assumption=entry.marked,
            group=entry.position is None,
            slope=self._slope(entry, down, up),
            solved=bool(sides),
            down=down,
            up=up,
            swing=max(*known, self._cost) - min(*known, self._cost) if has_all else None,
            moves_nothing=len(sides) == 2 and all(map(self._differs.is_nothing, sides)),
        )

    def _slope(self, entry: Input, down: Side | None, up: Side | None) -> float | None:
        """From the sides that moved all the way, else from what the plan's prices say without solving."""
        whole = [
            side
            for side in (up, down)
            if side is not None and side.first_order is not None and side.clipped is None and side.factor != 1
        ]
        if whole and whole[0].first_order is not None:
            return whole[0].first_order / (100 * (whole[0].factor - 1))
        return self._slopes.get(entry.label)

    def _rank(self, bar: Bar) -> tuple[int, float]:
        """Without a plan on a side first, then by swing, then by what the plan's prices say."""
        if not bar.solved:
            return 3, -abs(bar.slope or 0.0)
        if bar.swing is not None:
            return 1, -round(bar.swing / max(abs(self._cost), 1.0), 12)
        sides = [side for side in (bar.down, bar.up) if side is not None]
        return 2 if all(side.status == "refused" for side in sides) else 0, -abs(bar.slope or 0.0)

    # ------------------------------------------------------------ samples

    def _sampled(self, before: int, total: int) -> Sampling | None:
        if self._drawing is None:
            return None
        questions = [self._drawing.question(number) for number in range(self._drawing.samples)]
        asked = [question for question in questions if question is not None]
        tell = self._clock.tell
        answers = iter(self._asker.ask(asked, lambda done: tell(before + done, total, "samples")))
        found = [self._drawing.refusal if question is None else next(answers) for question in questions]
        return self._drawing.told(self._asker, self._differs, found)

    # ------------------------------------------------------------ how to read it

    def _notes(self, bars: list[Bar], others: list[Input], sampling: Sampling | None) -> Iterator[str]:
        if bars:
            yield (
                "each input is moved alone, all its numbers together (every year, tier, recipe and build of its part),"
                " and everything is decided anew; `first_order`, and 1 % by prices, is what the plan's own amounts and"
                " prices foresee, if nothing could give way"
            )
        if any(side.clipped for bar in bars for side in (bar.down, bar.up) if side is not None):
            yield "where a number cannot go all the way (a share above 1) it goes as far as it can, and says so"
        if any(bar.on == "problem" and bar.solved for bar in bars):
            yield "at another discount rate the same payments are another sum: its bar is no saving"
        if others:
            yield (
                f"{len(others)} of {len(bars)} inputs were not solved again (`most`), those that carry least by the"
                " plan's prices; prices say nothing of what would leave no plan at all"
            )
        if self._asker.point.decisions != "none" and (bars or sampling):
            yield "with yes/no decisions prices hold with those as they are, and foresee no others"
        if sampling is not None and self._drawing is not None:
            yield from self._drawing.notes()

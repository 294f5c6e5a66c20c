"""Content: the part of what is delivered that went through stages in some countries, from the plan's flows alone."""

from __future__ import annotations

from collections import defaultdict

from oremix.optimizer.answering.audit.amounts import weight
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.marks import Layer, Marks
from oremix.optimizer.answering.audit.program import Bound, Program, parts_of
from oremix.optimizer.answering.audit.scope import Bounded, Scope
from oremix.optimizer.answering.audit.subjects import Subject
from oremix.optimizer.answering.audit.trace import Trace

__all__ = ["Content"]

Key = tuple[frozenset[str], Layer]


class Content:
    """The marked parts of deliveries that the flows of a plan's records allow.

    What is solved is kept: several ratios of one layer share its program and differ in what they ask of it.
    """

    def __init__(self, book: Book, scope: Scope) -> None:
        self._book, self._scope = book, scope
        self._traces: dict[frozenset[str], Trace] = {}
        self._marks: dict[Key, Marks] = {}
        self._parts: dict[Key, list[list[int]]] = {}
        self._programs: dict[tuple[Key, tuple[int, ...]], Program] = {}
        self._scopes: dict[int, frozenset[str]] = {}

    def whole(self, subject: Subject, period: int) -> float:
        """What is delivered to the demands in scope, weighted, per year."""
        return sum(factor * amount for _, factor, amount in self._delivered(subject, period))

    def parts(self, subjects: list[Subject]) -> list[float]:
        """The least marked part of each, or for a `min` the most, over the years where periods are pooled."""
        found: list[float] = []
        asked: dict[Key, dict[int, dict[int, float]]] = defaultdict(dict)
        for number, subject in enumerate(subjects):
            known, free = self._split(subject)
            found.append(known)
            if free:
                asked[self._key(subject)][number] = free
        for key, sums in asked.items():
            marks = self._marks[key]
            program = Program(marks, [flow for flow, fraction in enumerate(marks.known) if fraction is None])
            for number, amount in zip(sums, program.extremes(list(sums.values())), strict=True):
                found[number] += amount
        return found

    def beyond(self, bounds: list[tuple[Subject, float, float, float]]) -> list[float] | None:
        """By how much each of a layer's bounds is broken where all hold together as well as they can.

        Each comes with its room, the price of a unit beyond it and what a unit is measured by; none where nothing is
        free, so that each holds with the others as it does on its own.
        """
        key = self._key(bounds[0][0])
        rows: list[Bound] = []
        for subject, room, price, size in bounds:
            known, free = self._split(subject)
            rows.append(Bound(free, room - known, price, size))
        flows = {flow for row in rows for flow in row.part}
        if not flows:
            return None
        parts = [part for part in self._parts_of(key) if not flows.isdisjoint(part)]
        return self._program(key, [flow for part in parts for flow in part]).beyond(rows)

    # ------------------------------------------------------------ what is asked of which flows

    def _delivered(self, subject: Subject, period: int) -> list[tuple[int, float, float]]:
        """The flows delivered in a period, with weight and amount."""
        policy, trace = _bounded(subject), self._trace(subject)
        found: list[tuple[int, float, float]] = []
        for material, places in subject.cell.spots.items():
            factor = weight(self._book, policy, material, period)
            delivered = (trace.delivered.get((material, place, period)) for place in places)
            found += [(flow[0], factor, flow[1]) for flow in delivered if flow]
        return found

    def _split(self, subject: Subject) -> tuple[float, dict[int, float]]:
        """What is marked whatever else is, and what a fully marked flow would add for those that are free."""
        marks = self._marks_of(subject)
        settled, free = 0.0, {}
        for period in subject.pool:
            years = self._book.timeline.years[period] if subject.pooled else 1
            for flow, factor, amount in self._delivered(subject, period):
                fraction = marks.known[flow]
                if fraction is None:
                    free[flow] = years * factor * amount
                else:
                    settled += years * factor * amount * fraction
        return settled, {flow: amount for flow, amount in free.items() if amount > 0}

    # ------------------------------------------------------------ what is worked out once

    def _key(self, subject: Subject) -> Key:
        policy = _bounded(subject)
        stages = None if policy.stages is None else tuple(sorted(policy.stages))
        carriers = None if policy.carriers is None else frozenset(policy.carriers)
        most = subject.bounds == ("min",)
        return self._demands(policy), Layer(stages, policy.by, subject.tested, carriers, most)

    def _demands(self, policy: Bounded) -> frozenset[str]:
        if id(policy) not in self._scopes:
            self._scopes[id(policy)] = frozenset(demand.id for demand in self._scope.delivered(policy))
        return self._scopes[id(policy)]

    def _trace(self, subject: Subject) -> Trace:
        demands = self._key(subject)[0]
        if demands not in self._traces:
            self._traces[demands] = Trace(self._book, demands)
        return self._traces[demands]

    def _marks_of(self, subject: Subject) -> Marks:
        key = self._key(subject)
        if key not in self._marks:
            self._marks[key] = Marks(self._book, self._trace(subject), key[1])
        return self._marks[key]

    def _parts_of(self, key: Key) -> list[list[int]]:
        if key not in self._parts:
            self._parts[key] = parts_of(self._marks[key])
        return self._parts[key]

    def _program(self, key: Key, flows: list[int]) -> Program:
        if (key, tuple(flows)) not in self._programs:
            self._programs[key, tuple(flows)] = Program(self._marks[key], flows)
        return self._programs[key, tuple(flows)]


def _bounded(subject: Subject) -> Bounded:
    if isinstance(subject.policy, Bounded):
        return subject.policy
    raise TypeError(f"{type(subject.policy).__name__} has no content")

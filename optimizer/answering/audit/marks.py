"""Which steps mark what they make, and what follows of the marked part of each flow without any freedom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from oremix.models.history import Step
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.trace import Trace

__all__ = ["Layer", "Marks", "own_step"]


class Layer(NamedTuple):
    """What is traced: the steps of `stages` (none: all) in `countries` (none: all), through `carriers` (none: all).

    `most`: the mark that a lower bound asks for, which a step of `stages` elsewhere takes away, and of which a plan's
    flows allow at most so much; else the mark of an upper bound, of which they allow no less than so much.
    """

    stages: tuple[str, ...] | None
    by: str
    countries: frozenset[str] | None
    carriers: frozenset[str] | None
    most: bool

    def counts(self, step: Step) -> bool:
        """Whether a step is one of the stages."""
        return self.stages is None or step.stage in self.stages

    def marks(self, step: Step) -> bool:
        """Whether a step marks what it makes."""
        return self.counts(step) and (self.countries is None or step.whose(self.by) in self.countries)

    def mark(self, steps: Iterable[Step]) -> float:
        """The marked fraction of what went through these steps: all or nothing."""
        steps = list(steps)
        elsewhere = any(self.counts(step) and not self.marks(step) for step in steps)
        return float(any(map(self.marks, steps)) and not (self.most and elsewhere))


class Marks:
    """A layer on a plan's flows: the marked fraction of each flow where it follows, none where there is freedom.

    Where a run is free to carry more mark than it must (or less than it may), it does not: no bound is helped by it.

    Attributes
    ----------
    known
        The fraction of each flow.
    carried
        Flow of a run whose step neither marks nor takes away → the flows that hand on the mark.
    """

    def __init__(self, book: Book, trace: Trace, layer: Layer) -> None:
        self.trace, self.layer = trace, layer
        self.known: list[float | None] = [None] * trace.flows
        self.carried: dict[int, list[int]] = {}
        self._handed_to: dict[int, list[int]] = defaultdict(list)
        self._runs_waiting: list[int] = []
        self._sources(book)
        self._runs(book)
        self._spread()

    def _sources(self, book: Book) -> None:
        history, mark = book.network.history, self.layer.mark
        for flow, supplier in self.trace.bought.items():
            self.known[flow] = mark(history.of_supplier(book.suppliers[supplier]))
        for flow, recycler in self.trace.recovered.items():
            self.known[flow] = mark([own_step(book, recycler)])
        for flow, site in self.trace.initial.items():
            pile, material = book.piles[site], site[1]
            origins = (pile.initial_origin or {}).items()
            shares = (share * mark(history.of_stock(material, country)) for country, share in origins)
            self.known[flow] = min(sum(shares), 1.0)

    def _runs(self, book: Book) -> None:
        carriers, most = self.layer.carriers, self.layer.most
        for run in self.trace.runs:
            step = own_step(book, run.plant)
            carried = [use for material, use in run.uses.items() if carriers is None or material in carriers]
            if self.layer.marks(step):
                self.known[run.flow] = 1.0
            elif not carried or (most and self.layer.counts(step)):
                self.known[run.flow] = 0.0
            else:
                self.carried[run.flow] = carried
                for use in carried:
                    self._handed_to[use].append(run.flow)

    def _spread(self) -> None:
        """Go through each node once all that runs in is known, and through each run as its carriers become known."""
        into = self.trace.into
        self._unknown = [sum(self.known[flow] is None for flow, _ in flows) for flows in into]
        self._ready = [node for node, unknown in enumerate(self._unknown) if not unknown]
        while self._ready or self._runs_waiting:
            while self._runs_waiting:
                self._through_run(self._runs_waiting.pop())
            if self._ready:
                self._through_node(self._ready.pop())

    def _set(self, flow: int, fraction: float) -> None:
        if self.known[flow] is None:
            self.known[flow] = fraction
            self._runs_waiting += self._handed_to.get(flow, ())
            for node in self.trace.ends_at[flow]:
                self._unknown[node] -= 1
                if not self._unknown[node]:
                    self._ready.append(node)

    def _through_node(self, node: int) -> None:
        """What runs out is marked as all that runs in is, or as the mean of it where only one flow runs out."""
        known = self.known
        fractions = {known[flow] for flow, _ in self.trace.into[node]}
        flows = self.trace.out_of[node]
        if fractions in ({0.0}, {1.0}, set()):
            for flow, _ in flows:
                self._set(flow, float(1.0 in fractions))
        elif len(flows) == 1:
            marked = [(known[flow] or 0.0, amount) for flow, amount in self.trace.into[node]]
            total = sum(amount for _, amount in marked)
            mean = sum(fraction * amount for fraction, amount in marked) / total if total else 0.0
            self._set(flows[0][0], min(mean, 1.0))

    def _through_run(self, run: int) -> None:
        """A cap's mark is handed on by any carrier, a floor's only by all."""
        if self.known[run] is not None:
            return
        fractions = [self.known[use] for use in self.carried[run]]
        decided, choose = (0.0, min) if self.layer.most else (1.0, max)
        if decided in fractions:
            self._set(run, decided)
        elif None not in fractions:
            self._set(run, choose(fraction for fraction in fractions if fraction is not None))


def own_step(book: Book, facility: str) -> Step:
    """The step that a facility is."""
    origin = book.network.origins[facility]
    return Step(origin.stage, book.network.geography.country(origin.place), origin.owner)

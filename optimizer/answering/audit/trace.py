"""The plan's flows as a network: what runs into each node and out of it, so that their marked parts can be traced."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any, NamedTuple

from oremix.models.geography import Origin
from oremix.optimizer.answering.audit.book import Book

__all__ = ["Run", "Trace"]

# Smaller parts of a material's largest flow are what a solver leaves behind instead of a zero.
NOTHING = 1e-12
# No plan has more of anything; a wrong one is traced as if it had this, so that sums stay numbers.
MOST = 1e100

Node = tuple[Any, ...]
Flow = tuple[int, float]
"""A number of a flow, with the amount of it at a node."""


class Run(NamedTuple):
    """Activity of a recipe: the flow that it is, and those of its inputs."""

    plant: str
    flow: int
    uses: dict[str, int]


class Trace:
    """The flows of a plan's records that are not zero, numbered, with the nodes that they run between.

    A node is what an origin makes of a material, what a place uses of it, or a stock, each in one period. A flow is
    marked by a fraction of itself, whatever is lost of it on the way; the outputs of a run are marked as the run is.
    Stocks are in units over the period, everything else in units per year.

    Attributes
    ----------
    flows
        How many there are.
    into, out_of
        For each node, the flows with their amounts there.
    bought, recovered
        Flow → the supplier or recycler it comes from.
    initial
        Flow → the place and material of the stock that was there at the start.
    runs
        Every run.
    delivered
        (material, place, period) → the flow delivered to the demands in scope there, with its amount.
    """

    def __init__(self, book: Book, scope: frozenset[str]) -> None:
        self._book = book
        self.flows = 0
        self._nodes: dict[Node, int] = {}
        self.into: list[list[Flow]] = []
        self.out_of: list[list[Flow]] = []
        self.bought: dict[int, str] = {}
        self.recovered: dict[int, str] = {}
        self.initial: dict[int, tuple[str, str]] = {}
        self.runs: list[Run] = []
        self.delivered: dict[tuple[str, str, int], Flow] = {}
        self._nothing = {material: NOTHING * amount for material, amount in book.largest.items()}
        self._make()
        self._move()
        self._store()
        self._deliver(scope)
        for flows in (*self.into, *self.out_of):
            flows[:] = [(flow, min(amount, MOST)) for flow, amount in flows]

    @cached_property
    def ends_at(self) -> list[list[int]]:
        """The nodes that each flow runs into."""
        ends: list[list[int]] = [[] for _ in range(self.flows)]
        for node, flows in enumerate(self.into):
            for flow, _ in flows:
                ends[flow].append(node)
        return ends

    @cached_property
    def ends(self) -> list[list[int]]:
        """The nodes that each flow runs into or out of."""
        ends: list[list[int]] = [[] for _ in range(self.flows)]
        for node, flows in enumerate(zip(self.into, self.out_of, strict=True)):
            for flow, _ in (*flows[0], *flows[1]):
                ends[flow].append(node)
        return ends

    def _flow(self) -> int:
        self.flows += 1
        return self.flows - 1

    def _node(self, *key: Any) -> int:
        if key not in self._nodes:
            self._nodes[key] = len(self._nodes)
            self.into.append([])
            self.out_of.append([])
        return self._nodes[key]

    def _is_there(self, material: str, amount: float) -> bool:
        return amount > self._nothing.get(material, 0.0)

    def _made(self, flow: int, material: str, origin: Origin, period: int, amount: float) -> None:
        if self._is_there(material, amount):
            self.into[self._node("made", material, origin, period)].append((flow, amount))

    def _used(self, material: str, place: str, period: int, amount: float) -> int | None:
        """A new flow out of what a place uses; none where there is nothing."""
        if not self._is_there(material, amount):
            return None
        flow = self._flow()
        self.out_of[self._node("used", material, place, period)].append((flow, amount))
        return flow

    def _make(self) -> None:
        book, origins = self._book, self._book.network.origins
        for (name, period), line in book.purchases.items():
            flow = self._flow()
            self.bought[flow] = name
            self._made(flow, book.suppliers[name].material, origins[name], period, line.quantity)
        for (name, period), scrap in book.recycling.items():
            recycler, flow = book.recyclers[name], self._flow()
            self.recovered[flow] = name
            self._made(flow, recycler.material, origins[name], period, recycler.recovery * scrap.scrap)
        for (name, recipe, period), run in book.runs.items():
            part, flow, uses = book.recipes[name, recipe], self._flow(), {}
            for material, factor in part.outputs.items():
                self._made(flow, material, origins[name], period, factor * run.activity)
            for material, factor in part.inputs.items():
                use = self._used(material, book.plants[name].at, period, factor * run.activity)
                if use is not None:
                    uses[material] = use
            self.runs.append(Run(name, flow, uses))

    def _move(self) -> None:
        book = self._book
        for (material, origin, to, period), line in book.shipments.items():
            if self._is_there(material, line.quantity):
                flow = self._flow()
                self.out_of[self._node("made", material, origin, period)].append((flow, line.quantity))
                arrived = book.arrived[material, to, period][origin]
                self.into[self._node("used", material, to, period)].append((flow, arrived))
        for (material, origin, period), surplus in book.surpluses.items():
            if self._is_there(material, surplus.quantity):
                self.out_of[self._node("made", material, origin, period)].append((self._flow(), surplus.quantity))

    def _store(self) -> None:
        for site, pile in self._book.piles.items():
            before: Flow | None = None
            if pile.initial > 0:
                before = (self._flow(), pile.initial)
                self.initial[before[0]] = site
            for period in self._book.timeline:
                before = self._store_in(site, period, before)

    def _store_in(self, site: tuple[str, str], period: int, before: Flow | None) -> Flow | None:
        """The stock of a period; its level at the end runs into the next."""
        (place, material), years = site, self._book.timeline.years[period]
        line = self._book.stocks.get((place, material, period))
        node = self._node("stock", place, material, period)
        if before:
            self.into[node].append(before)
        if line is None:
            return None
        fill = self._used(material, place, period, line.fill)
        if fill is not None:
            self.into[node].append((fill, years * line.fill))
        for draw in line.draws:
            if self._is_there(material, draw.quantity):
                flow = self._flow()
                self.out_of[node].append((flow, years * draw.quantity))
                self.into[self._node("used", material, draw.to, period)].append((flow, draw.quantity))
        if not self._is_there(material, line.level):
            return None
        level = (self._flow(), line.level)
        self.out_of[node].append(level)
        return level

    def _deliver(self, scope: frozenset[str]) -> None:
        """What is delivered at a place, in two flows: to the demands in scope, and to the others."""
        together: dict[tuple[str, str, int, bool], float] = defaultdict(float)
        for (name, period), line in self._book.deliveries.items():
            demand = self._book.demands[name]
            together[demand.material, demand.at, period, name in scope] += line.quantity
        for (material, place, period, inside), amount in together.items():
            flow = self._used(material, place, period, amount)
            if flow is not None and inside:
                self.delivered[material, place, period] = (flow, min(amount, MOST))

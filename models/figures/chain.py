"""A plan as a network of flows: what is made where, of what, and for whom.

A node is what is made at a stage in a country; materials that recipes make together are made at one node, so that
what a recipe takes goes to the node that its products leave. Nothing is netted off: what arrives at a node for its
plants is what they use, and what leaves it is what is made there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from oremix.models.figures.labels import Labels
from oremix.models.plan import Plan, Stock

__all__ = ["Flow", "Node", "chain"]

Kind = Literal["made", "stock", "demand", "left over", "lost", "missing", "kept", "from stock"]


class Node(NamedTuple):
    """An end of flows. Of `made`: the stage, and the first of the materials made together; of others the material."""

    kind: Kind
    country: str = ""
    stage: str = ""
    material: str = ""


class Flow(NamedTuple):
    """Units per year of a material from one node to another."""

    source: Node
    target: Node
    material: str
    quantity: float


Amounts = dict[Node, float]


def chain(plan: Plan, labels: Labels, period: int) -> list[Flow]:
    """The flows of a period, in units per year.

    Where several use a material at one place, each has the same part of every arrival; what a stock gives goes to
    plants and demands before it goes to other stocks.
    """
    return _added_up(_Chain(plan, labels, period).flows())


def _added_up(flows: Iterable[Flow]) -> list[Flow]:
    totals: dict[tuple[Node, Node, str], float] = defaultdict(float)
    for flow in flows:
        totals[flow.source, flow.target, flow.material] += flow.quantity
    return [Flow(*ends, quantity) for ends, quantity in totals.items() if quantity > 0]


class _Chain:
    def __init__(self, plan: Plan, labels: Labels, period: int) -> None:
        self._plan, self._labels, self._period = plan, labels, period
        self._together = _together(plan)

    def _made(self, country: str, stage: str | None, material: str) -> Node:
        return Node("made", country, stage or "", self._together.get(material, material))

    def _from(self, place: str, stage: str | None, material: str) -> Node:
        return self._made(self._labels.country(place), stage, material)

    def _stock(self, stock: Stock) -> Node:
        return Node("stock", self._labels.country(stock.place), "", stock.material)

    def flows(self) -> Iterator[Flow]:
        for (material, _), pool in self._pools().items():
            yield from pool.split(material)
        yield from self._lost()
        yield from self._left_over()
        yield from self._missing()
        yield from self._levels()

    def _pools(self) -> dict[tuple[str, str], _Pool]:
        """What arrives, is drawn and is used of a material at a place."""
        pools: dict[tuple[str, str], _Pool] = defaultdict(_Pool)
        self._arrive(pools)
        self._store(pools)
        self._use(pools)
        return pools

    def _arrive(self, pools: dict[tuple[str, str], _Pool]) -> None:
        for shipment in self._plan.shipments:
            if shipment.period == self._period:
                origin = self._from(shipment.from_, shipment.stage, shipment.material)
                pools[shipment.material, shipment.to].arrivals[origin] += shipment.arrived

    def _store(self, pools: dict[tuple[str, str], _Pool]) -> None:
        for stock in self._plan.stocks:
            if stock.period == self._period:
                pools[stock.material, stock.place].fills[self._stock(stock)] += stock.fill
                for draw in stock.draws:
                    pools[stock.material, draw.to].draws[self._stock(stock)] += draw.quantity

    def _use(self, pools: dict[tuple[str, str], _Pool]) -> None:
        for run in self._plan.production:
            if run.period == self._period:
                node = self._made(run.country, run.stage, next(iter(run.outputs), ""))
                for material, amount in run.inputs.items():
                    pools[material, run.place or run.country].uses[node] += amount
        for delivery in self._plan.deliveries:
            if delivery.period == self._period:
                node = Node("demand", delivery.country, "", delivery.material)
                pools[delivery.material, delivery.place or delivery.country].uses[node] += delivery.quantity

    def _lost(self) -> Iterator[Flow]:
        for shipment in self._plan.shipments:
            if shipment.period == self._period and shipment.quantity > shipment.arrived:
                origin = self._from(shipment.from_, shipment.stage, shipment.material)
                yield Flow(origin, Node("lost"), shipment.material, shipment.quantity - shipment.arrived)

    def _left_over(self) -> Iterator[Flow]:
        for surplus in self._plan.surpluses:
            if surplus.period == self._period:
                origin = self._from(surplus.from_, surplus.stage, surplus.material)
                yield Flow(origin, Node("left over"), surplus.material, surplus.quantity)

    def _missing(self) -> Iterator[Flow]:
        for delivery in self._plan.deliveries:
            if delivery.period == self._period and delivery.shortage > 0:
                demand = Node("demand", delivery.country, "", delivery.material)
                yield Flow(Node("missing"), demand, delivery.material, delivery.shortage)

    def _levels(self) -> Iterator[Flow]:
        """By how much a stock grows or shrinks a year."""
        for stock in self._plan.stocks:
            if stock.period == self._period:
                change = stock.fill - stock.draw
                node = self._stock(stock)
                if change > 0:
                    yield Flow(node, Node("kept"), stock.material, change)
                elif change < 0:
                    yield Flow(Node("from stock"), node, stock.material, -change)


class _Pool:
    """A material at a place of use."""

    def __init__(self) -> None:
        self.arrivals: Amounts = defaultdict(float)
        self.draws: Amounts = defaultdict(float)
        self.uses: Amounts = defaultdict(float)
        self.fills: Amounts = defaultdict(float)

    def split(self, material: str) -> Iterator[Flow]:
        """Every source to every user: draws first to those that are no stock, the rest in proportion."""
        drawn, used, arrived = _total(self.draws), _total(self.uses), _total(self.arrivals)
        direct = min(drawn, used)
        yield from _spread(self.draws, self.uses, direct, material)
        yield from _spread(self.draws, self.fills, drawn - direct, material)
        rest = min(used - direct, arrived)
        yield from _spread(self.arrivals, self.uses, rest, material)
        yield from _spread(self.arrivals, self.fills, arrived - rest, material)


def _total(amounts: Amounts) -> float:
    return sum(amounts.values())


def _spread(sources: Amounts, users: Amounts, amount: float, material: str) -> Iterator[Flow]:
    given, taken = _total(sources), _total(users)
    if amount <= 0 or given <= 0 or taken <= 0:
        return
    for source, part in sources.items():
        for user, share in users.items():
            yield Flow(source, user, material, amount * (part / given) * (share / taken))


def _together(plan: Plan) -> dict[str, str]:
    """Material → the first of those that recipes make together with it."""
    first: dict[str, str] = {}

    def root(material: str) -> str:
        while first.setdefault(material, material) != material:
            material = first[material]
        return material

    for run in plan.production:
        made = list(run.outputs)
        for material in made[1:]:
            first[root(material)] = root(made[0])
    return {material: root(material) for material in list(first)}

"""The chain as a picture: from the mine through refining to demand, by country."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from oremix.models.amounts import amount_text
from oremix.models.countries import country_name
from oremix.models.figures.chain import Flow, Node, chain
from oremix.models.figures.drawing import Figure, Table
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import ACCENT, CAP, FLOOR, GREY, INK, escaped, faint, layout, shortened
from oremix.models.figures.masses import Masses
from oremix.models.listing import listed
from oremix.models.plan import Plan

__all__ = ["sankey"]

MOST_NODES = 26
"""More are told apart by nobody: the smallest are taken together."""
MOST_LETTERS = 32
OTHERS = "others"
STOCK, MISSING = "#CC79A7", "#333333"
ENDS = {
    "left over": "left over",
    "lost": "lost on the way",
    "missing": "missing",
    "kept": "into stock",
    "from stock": "out of stock",
}


class _View(NamedTuple):
    """The flows of a period, or of all, with what the amounts are."""

    name: str
    flows: list[Flow]
    per: str


def sankey(plan: Plan, labels: Labels, period: int | None = None) -> Figure | None:
    """Who supplies whom: one trace for the whole horizon and one for each period, the first shown.

    With a period chosen there is that trace alone. None where nothing flows.
    """
    masses = Masses(plan)
    views = [view for view in _views(plan, labels, period) if view.flows]
    if not views:
        return None
    drawn = [flow for flow in views[0].flows if masses.fits(flow.material)]
    whole = [flow for view in views for flow in view.flows if masses.fits(flow.material)]
    shown = _Shown(plan, labels, masses, drawn or whole, whole)
    data = [shown.trace(view, number == 0) for number, view in enumerate(views)]
    rows = 1 + max((len(nodes) for nodes in shown.columns()), default=1)
    looks = layout(max(260, 34 * rows + 60), margin={"l": 4, "r": 4, "t": 48 if len(views) > 1 else 12, "b": 8})
    if len(views) > 1:
        looks["updatemenus"] = [_menu([view.name for view in views])]
    return {
        "title": f"From mine to demand, {views[0].name}",
        "note": shown.note(views),
        "data": data,
        "layout": looks,
        "table": _table(views, shown),
    }


def _views(plan: Plan, labels: Labels, period: int | None) -> list[_View]:
    if period is not None or len(labels.periods) == 1:
        chosen = labels.periods[0] if period is None else period
        return [_View(labels.period(chosen), chain(plan, labels, chosen), "a year")]
    by_period = {each: chain(plan, labels, each) for each in labels.periods}
    totals: dict[tuple[Node, Node, str], float] = defaultdict(float)
    for each, flows in by_period.items():
        for flow in flows:
            totals[flow.source, flow.target, flow.material] += labels.years[each] * flow.quantity
    everything = [Flow(*ends, quantity) for ends, quantity in totals.items()]
    apart = [_View(labels.period(each), flows, "a year") for each, flows in by_period.items()]
    return [_View(labels.horizon, everything, f"over {labels.horizon}"), *apart]


class _Shown:
    """Which nodes are drawn, which are taken together, and what they are called."""

    def __init__(
        self, plan: Plan, labels: Labels, masses: Masses, flows: list[Flow], everything: Iterable[Flow]
    ) -> None:
        self._labels, self._masses = labels, masses
        self._flows = flows
        self._capped = _capped(plan)
        sizes = _sizes((flow.source, flow.target, masses.value(flow)) for flow in flows)
        nodes = dict.fromkeys(node for flow in everything for node in flow[:2])
        ranked = sorted(nodes, key=lambda node: (node.kind in ENDS, -sizes.get(node, 0.0)))
        spare = [node for node in ranked if node.kind not in ENDS][MOST_NODES:]
        self._merged = self._together(spare)
        self.grouped = len(self._merged)
        alike = Counter((node.kind, node.country, node.stage) for node in dict.fromkeys(map(self.node, nodes)))
        self._several = {what for what, count in alike.items() if count > 1}

    @property
    def unit(self) -> str:
        """What everything drawn is counted in."""
        return self._masses.unit

    def material(self, identity: str) -> str:
        """The name of a material."""
        return self._labels.material(identity)

    def _together(self, spare: list[Node]) -> dict[Node, Node]:
        """Small ones as one node for each stage and material, or for each stage where even those are many."""
        merged = {node: Node(node.kind, OTHERS, node.stage, node.material) for node in spare}
        if len(set(merged.values())) > MOST_NODES // 2:
            merged = {node: Node(node.kind, OTHERS, node.stage) for node in spare}
        if len(set(merged.values())) > MOST_NODES // 2:
            merged = {node: Node(node.kind, OTHERS) for node in spare}
        return merged if len(set(merged.values())) < len(spare) else {}

    def node(self, node: Node) -> Node:
        """As what a node is drawn."""
        return self._merged.get(node, node)

    def columns(self) -> list[list[Node]]:
        """The nodes by how many steps of making lie before them at most."""
        flows = [(self.node(flow.source), self.node(flow.target)) for flow in self._flows]
        depth = {node: 0 for ends in flows for node in ends}
        for _ in range(len(depth)):
            moved = False
            for source, target in flows:
                if source != target and depth[target] < depth[source] + 1 <= len(depth):
                    depth[target], moved = depth[source] + 1, True
            if not moved:
                break
        found: dict[int, list[Node]] = defaultdict(list)
        for node, at in depth.items():
            found[at].append(node)
        return list(found.values())

    def name(self, node: Node) -> str:
        """What a node is called."""
        if node.kind in ENDS:
            return ENDS[node.kind]
        where = OTHERS if node.country == OTHERS else country_name(node.country)
        does = node.kind if node.kind in ("demand", "stock") else node.stage or "supply"
        if node.material and (node.kind, node.country, node.stage) in self._several:
            between = "for" if node.kind == "demand" else "of"
            does += f" {between} {self._labels.material(node.material)}"
        return f"{where}: {does}"

    def colour(self, node: Node) -> str:
        """By what matters: capped countries, scrap, stock, what is missing."""
        if node.kind == "missing":
            return MISSING
        if node.kind in ("left over", "lost"):
            return GREY
        if node.kind in ("stock", "kept", "from stock"):
            return STOCK
        if node.country in self._capped and node.kind == "made":
            return CAP
        if node.kind == "made" and "recycl" in node.stage.lower():
            return FLOOR
        return INK if node.kind == "demand" else ACCENT

    def drawn(self, view: _View) -> dict[tuple[Node, Node, str], float]:
        """What a view draws: ends, material → value in the common unit."""
        found: dict[tuple[Node, Node, str], float] = defaultdict(float)
        for flow in view.flows:
            source, target = self.node(flow.source), self.node(flow.target)
            if source != target and self._masses.fits(flow.material):
                found[source, target, flow.material] += self._masses.value(flow)
        return found

    def trace(self, view: _View, visible: bool) -> dict[str, Any]:
        """A view as Plotly draws it."""
        links = self.drawn(view)
        nodes = list(dict.fromkeys(node for ends in links for node in ends[:2]))
        at = {node: number for number, node in enumerate(nodes)}
        unit = f"{self._masses.unit} {view.per}"
        sizes = _sizes((source, target, value) for (source, target, _), value in links.items())
        return {
            "type": "sankey",
            "name": view.name,
            "visible": visible,
            "arrangement": "snap",
            "domain": {"x": [0, 1], "y": [0, 1]},
            "textfont": {"size": 12},
            "node": {
                "label": [escaped(shortened(self.name(node), MOST_LETTERS)) for node in nodes],
                "color": [self.colour(node) for node in nodes],
                "customdata": [
                    f"{escaped(self.name(node))}<br>{amount_text(sizes[node])} {escaped(unit)}" for node in nodes
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
                "pad": 16,
                "thickness": 14,
                "line": {"width": 0},
            },
            "link": {
                "source": [at[source] for source, _, _ in links],
                "target": [at[target] for _, target, _ in links],
                "value": list(links.values()),
                "color": [faint(self._link_colour(source, target), 0.38) for source, target, _ in links],
                "customdata": [self._told(ends, value, unit) for ends, value in links.items()],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        }

    def _link_colour(self, source: Node, target: Node) -> str:
        return self.colour(target if target.kind in ENDS else source)

    def _told(self, ends: tuple[Node, Node, str], value: float, unit: str) -> str:
        source, target, material = ends
        what = escaped(self._labels.material(material))
        way = f"{escaped(self.name(source))} → {escaped(self.name(target))}"
        return f"{what}<br>{way}<br>{amount_text(value)} {escaped(unit)}"

    def note(self, views: list[_View]) -> str:
        """How the picture is to be read."""
        capped = listed(country_name(country) for country in sorted(self._capped))
        sentences = [
            f"In {self._masses.unit} {views[0].per}, each material by its own weight, as it arrives.",
            f"Orange: made in {capped}. Green: recycled. Pink: stock. Blue: made elsewhere.",
        ]
        if self.grouped:
            sentences.append(
                f"The {self.grouped} smallest are drawn together as “{OTHERS}”; what moves among them is not drawn."
            )
        left = self._masses.unfit
        if left:
            kinds = listed(f"{self._labels.material(material)} ({unit})" for material, unit in left.items())
            sentences.append(f"Not drawn, for it is counted in other units: {kinds}.")
        return " ".join(sentences)


def _sizes(flows: Iterable[tuple[Node, Node, float]]) -> dict[Node, float]:
    """What goes through each node: what arrives or what leaves, whichever is more."""
    given: dict[Node, float] = defaultdict(float)
    taken: dict[Node, float] = defaultdict(float)
    for source, target, value in flows:
        given[source] += value
        taken[target] += value
    return {node: max(given[node], taken[node]) for node in {**given, **taken}}


def _capped(plan: Plan) -> set[str]:
    """The countries that a cap is on, and China, which every plan measures."""
    whose: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    measured: set[str] = set()
    for share in plan.shares:
        if share.policy is None:
            measured |= set(share.countries)
        elif share.max is not None and share.max < 1 and share.whole is not None:
            whose[share.policy].add(tuple(share.countries))
    return measured.union(*(countries for found in whose.values() if len(found) == 1 for countries in found))


def _menu(names: list[str]) -> dict[str, Any]:
    """One button for each view."""
    return {
        "type": "buttons",
        "direction": "right",
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "pad": {"b": 16},
        "showactive": True,
        "bgcolor": "#ffffff",
        "bordercolor": "#d9dce1",
        "font": {"size": 12},
        "buttons": [
            {
                "label": escaped(name),
                "method": "restyle",
                "args": [{"visible": [other == number for other in range(len(names))]}],
            }
            for number, name in enumerate(names)
        ],
    }


def _table(views: list[_View], shown: _Shown) -> Table:
    amounts = [shown.drawn(view) for view in views]
    ends = dict.fromkeys(key for found in amounts for key in found)
    columns = [f"{view.name}, {shown.unit} {view.per}" for view in views]
    return {
        "columns": ["from", "to", "material", *columns],
        "rows": [
            [shown.name(source), shown.name(target), shown.material(material)]
            + [found.get((source, target, material), 0.0) for found in amounts]
            for source, target, material in ends
        ],
    }

"""Shares against their bounds over time: each capped share, and China's by every measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from oremix.models.amounts import plural
from oremix.models.countries import country_name
from oremix.models.figures.drawing import Figure, Table
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import (
    ACCENT,
    CAP,
    CYCLE,
    FLOOR,
    domain,
    escaped,
    in_template,
    lay_out_panel,
    layout,
    stacked,
)
from oremix.models.listing import listed
from oremix.models.plan import Plan, ShareRecord

__all__ = ["shares"]

MOST_PANELS = 6
MOST_LINES = 4
PANEL, GAP = 150, 72
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "x")


class _Line(NamedTuple):
    name: str
    records: list[ShareRecord]


class _Panel(NamedTuple):
    """Lines on one scale: those of one rule, or China's share of one material by each measure."""

    title: str
    lines: list[_Line]
    ruled: bool


def shares(plan: Plan, labels: Labels) -> Figure | None:
    """A panel for each rule on a share, those that bind first, then one for China's share of each material."""
    ratios = [share for share in plan.shares if share.whole is not None]
    over_time = [share for share in ratios if share.period is not None]
    demanded = {delivery.material for delivery in plan.deliveries}
    panels = [*_ruled(over_time, labels), *_measured(over_time, labels, demanded)]
    if not panels:
        return None
    drawn = panels[:MOST_PANELS]
    looks = layout(0, margin={"l": 56, "r": 16, "t": 56, "b": 72}, annotations=[])
    stacked(looks, len(drawn), PANEL, GAP)
    data: list[dict[str, Any]] = []
    for number, panel in enumerate(drawn):
        data += _traces(panel, number, labels)
        _lay_out(looks, panel, number, len(drawn), labels)
    for name in {trace["name"] for trace in data}:
        first = next(trace for trace in data if trace["name"] == name)
        first["showlegend"] = True
    return {
        "title": "Shares against their bounds",
        "note": _note(len(panels) - len(drawn), len(ratios) - len(over_time)),
        "data": data,
        "layout": looks,
        "table": _table(ratios, labels),
    }


def _ruled(records: Iterable[ShareRecord], labels: Labels) -> list[_Panel]:
    """A panel for each bounded ratio; one that holds whatever happens has none."""
    found: dict[tuple[Any, ...], dict[tuple[str, ...], list[ShareRecord]]] = defaultdict(lambda: defaultdict(list))
    for share in records:
        if share.policy is not None:
            key = (share.policy, share.measure, share.material, share.place)
            found[key][tuple(share.countries)].append(share)
    panels = []
    for (policy, measure, material, place), by_country in found.items():
        everything = [share for group in by_country.values() for share in group]
        if not any(_is_bound(share) for share in everything):
            continue
        ranked = sorted(by_country.items(), key=lambda item: -max(share.achieved or 0.0 for share in item[1]))
        lines = [_Line(_whose(countries), group) for countries, group in ranked[:MOST_LINES]]
        who = lines[0].name if len(by_country) == 1 else f"each of {len(by_country)} countries"
        if len(by_country) > MOST_LINES:
            who += f" (the largest {MOST_LINES})"
        of = labels.material(material) + (f" at {place}" if place else "")
        title = f"{labels.of('policies', policy)}: {who} in {measure} of {of}"
        panels.append((_tightness(everything), _Panel(title, lines, ruled=True)))
    return [panel for _, panel in sorted(panels, key=lambda item: item[0])]


def _is_bound(share: ShareRecord) -> bool:
    return (share.max is not None and share.max < 1) or (share.min is not None and share.min > 0)


def _tightness(records: list[ShareRecord]) -> int:
    """Rules that bind come first."""
    return 0 if any(share.binding for share in records) else 1


def _measured(records: Iterable[ShareRecord], labels: Labels, demanded: set[str]) -> list[_Panel]:
    """China's share of each material that is demanded, whether capped or not."""
    found: dict[tuple[tuple[str, ...], str | None], dict[str, list[ShareRecord]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for share in records:
        if share.policy is None and share.material in demanded:
            found[tuple(share.countries), share.material][share.measure].append(share)
    return [
        _Panel(
            f"{_whose(countries)} in {labels.material(material)}, by every measure",
            [_Line(measure, group) for measure, group in by_measure.items()],
            ruled=False,
        )
        for (countries, material), by_measure in found.items()
    ]


def _whose(countries: tuple[str, ...]) -> str:
    return listed((country_name(country) for country in countries), 3) or "all"


def _traces(panel: _Panel, number: int, labels: Labels) -> list[dict[str, Any]]:
    traces = []
    for position, line in enumerate(panel.lines):
        alone = panel.ruled and len(panel.lines) == 1
        name = "share" if alone else line.name
        colour = ACCENT if alone else CYCLE[position % len(CYCLE)]
        drawn = {
            "line": {"color": colour, "width": 2.5, "dash": "solid" if alone else DASHES[position % len(DASHES)]},
            "marker": {"color": colour, "size": 7, "symbol": SYMBOLS[position % len(SYMBOLS)]},
        }
        values = [(share, share.achieved) for share in line.records]
        traces.append(_trace(name, values, number, labels, **drawn))
    if panel.ruled:
        records = panel.lines[0].records
        bounds: tuple[tuple[str, list[float | None], str, str], ...] = (
            ("cap", [share.max for share in records], CAP, "dash"),
            ("floor", [share.min for share in records], FLOOR, "dot"),
        )
        for name, bound, colour, dash in bounds:
            if any(value is not None and value != (1.0 if name == "cap" else 0.0) for value in bound):
                symbol = {"symbol": "line-ew-open", "size": 13, "line": {"width": 2.5}, "color": colour}
                stroke = {"color": colour, "width": 2, "dash": dash}
                traces.append(
                    _trace(name, list(zip(records, bound, strict=True)), number, labels, line=stroke, marker=symbol)
                )
    return traces


def _trace(
    name: str, values: list[tuple[ShareRecord, float | None]], number: int, labels: Labels, **drawn: Any
) -> dict[str, Any]:
    at = "" if number == 0 else str(number + 1)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(name),
        "legendgroup": escaped(name),
        "showlegend": False,
        "x": [labels.period(share.period) for share, _ in values],
        "y": [value for _, value in values],
        "xaxis": f"x{at}",
        "yaxis": f"y{at}",
        "hovertemplate": "%{x}: %{y:.2%}<extra>" + in_template(name) + "</extra>",
        "cliponaxis": False,
        **drawn,
    }


def _lay_out(looks: dict[str, Any], panel: _Panel, number: int, count: int, labels: Labels) -> None:
    ends = domain(number, count, PANEL, GAP)
    years = [labels.period(period) for period in labels.periods]
    seen = [share.achieved or 0.0 for line in panel.lines for share in line.records]
    if panel.ruled:
        seen += [bound for share in panel.lines[0].records for bound in (share.max, share.min) if bound is not None]
    most = max(0.05, 1.08 * max(seen))
    lay_out_panel(looks, number, ends, panel.title, years, tickformat=".0%", range=[0, most])


def _note(more: int, pooled: int) -> str:
    sentences = ["Each point is the share in a period; a rule's cap is dashed, its floor dotted."]
    if more:
        sentences.append(f"{plural(more, 'panel')} more would not fit here: the table has all.")
    if pooled:
        sentences.append("Shares over all periods together are in the table.")
    return " ".join(sentences)


def _table(records: list[ShareRecord], labels: Labels) -> Table:
    return {
        "columns": ["rule", "measure", "countries", "material", "place", "period", "share, %", "cap, %", "floor, %"],
        "rows": [
            [
                labels.of("policies", share.policy) if share.policy else "(not capped)",
                share.measure,
                listed(share.countries, 5),
                labels.material(share.material),
                share.place,
                labels.period(share.period),
                *(None if value is None else 100 * value for value in (share.achieved, share.max, share.min)),
            ]
            for share in records
        ],
    }

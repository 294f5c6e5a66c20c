"""Where each material that is demanded comes from, year by year."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oremix.models.countries import country_name
from oremix.models.figures.chain import Node, chain
from oremix.models.figures.drawing import Cell, Figure
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import (
    CAP,
    CYCLE,
    INK,
    bar_gap,
    domain,
    escaped,
    in_template,
    lay_out_panel,
    layout,
    stacked,
)
from oremix.models.plan import Plan

__all__ = ["supply"]

MOST_PANELS = 6
MOST_ORIGINS = len(CYCLE) * 2 - 1
PANEL, GAP = 190, 64
OTHERS, MISSING, RECYCLED = "others", "missing", ", recycled"

Origins = dict[str, dict[int, float]]
"""Origin → period → units per year."""


def supply(plan: Plan, labels: Labels) -> Figure | None:
    """A panel for each country and material demanded, with bars by country of origin, recycled apart."""
    found: dict[tuple[str, str], Origins] = {}
    for period in labels.periods:
        for flow in chain(plan, labels, period):
            if flow.target.kind == "demand":
                by_origin = found.setdefault(
                    (flow.target.country, flow.material), defaultdict(lambda: defaultdict(float))
                )
                by_origin[_origin(flow.source)][period] += flow.quantity
    if not found:
        return None
    if len(found) > MOST_PANELS:
        found = _pooled(found)
    units = {delivery.material: delivery.unit for delivery in plan.deliveries}
    sizes = {key: sum(sum(cells.values()) for cells in by_origin.values()) for key, by_origin in found.items()}
    ranked = sorted(found, key=lambda key: -sizes[key])
    drawn = ranked[:MOST_PANELS]
    origins = _ranked({key: found[key] for key in drawn})
    looks = layout(
        0,
        barmode="stack",
        bargap=bar_gap(len(labels.periods)),
        margin={"l": 64, "r": 16, "t": 30, "b": 72},
        annotations=[],
        showlegend=True,
    )
    stacked(looks, len(drawn), PANEL, GAP)
    data: list[dict[str, Any]] = []
    for number, key in enumerate(drawn):
        country, material = key
        title = _title(country, material, units.get(material, ""), labels)
        _lay_out(looks, number, len(drawn), title, labels)
        data += _bars(found[key], origins, number, labels)
    seen: set[str] = set()
    for trace in data:
        trace["showlegend"] = trace["name"] not in seen
        seen.add(trace["name"])
    years = [labels.period(period) for period in labels.periods]
    rows: list[list[Cell]] = [
        [
            country_name(country) or "anywhere",
            labels.material(material),
            origin,
            units.get(material, ""),
            *_values(cells, labels),
        ]
        for (country, material), by_origin in found.items()
        for origin, cells in by_origin.items()
    ]
    more = len(ranked) - len(drawn)
    return {
        "title": "Who supplies what is demanded",
        "note": "What arrives for each demand, by the country where it was last made; what comes from scrap is apart."
        + (f" {more} more are in the table." if more else ""),
        "data": data,
        "layout": looks,
        "table": {"columns": ["demand in", "material", "from", "unit a year", *years], "rows": rows},
    }


def _pooled(found: dict[tuple[str, str], Origins]) -> dict[tuple[str, str], Origins]:
    """The same for each material, whichever country demands it."""
    pooled: dict[tuple[str, str], Origins] = {}
    for (_, material), by_origin in found.items():
        everywhere = pooled.setdefault(("", material), defaultdict(lambda: defaultdict(float)))
        for origin, cells in by_origin.items():
            for period, amount in cells.items():
                everywhere[origin][period] += amount
    return pooled


def _title(country: str, material: str, unit: str, labels: Labels) -> str:
    where = country_name(country) if country else "All demand"
    return f"{where}: {labels.material(material)}, {unit} a year"


def _origin(source: Node) -> str:
    if source.kind == "missing":
        return MISSING
    if source.kind == "stock":
        return "stock"
    recycled = RECYCLED if "recycl" in source.stage.lower() else ""
    return country_name(source.country) + recycled


def _ranked(found: dict[tuple[str, str], Origins]) -> list[str]:
    """The origins in the order of their colours, the largest part of any panel first."""
    largest: dict[str, float] = defaultdict(float)
    for by_origin in found.values():
        whole = sum(sum(cells.values()) for cells in by_origin.values()) or 1.0
        for origin, cells in by_origin.items():
            largest[origin] = max(largest[origin], sum(cells.values()) / whole)
    return sorted(largest, key=lambda origin: -largest[origin])[:MOST_ORIGINS]


def _shades(origins: list[str]) -> dict[str, dict[str, Any]]:
    """Origin → its colour: China's as in the other figures; what is recycled is hatched."""
    free = [colour for colour in CYCLE if colour != CAP]
    known: dict[str, str] = {country_name("CN"): CAP, MISSING: INK}
    found: dict[str, dict[str, Any]] = {}
    for origin in origins:
        country = origin.removesuffix(RECYCLED)
        round_about = len(known) // len(free)
        known.setdefault(country, free[(len(known) - 2) % len(free)])
        pattern = "/" if origin.endswith(RECYCLED) else ("", ".", "x")[min(round_about, 2)]
        hatched = {"pattern": {"shape": pattern, "size": 5, "solidity": 0.3}} if pattern else {}
        found[origin] = {"color": known[country], "line": {"width": 0.5, "color": "#ffffff"}} | hatched
    return found


def _bars(by_origin: Origins, origins: list[str], number: int, labels: Labels) -> list[dict[str, Any]]:
    at = "" if number == 0 else str(number + 1)
    rest: dict[int, float] = defaultdict(float)
    for origin, cells in by_origin.items():
        for period, amount in cells.items():
            rest[period] += amount if origin not in origins else 0.0
    shades = _shades(origins)
    named = [(origin, by_origin[origin], marker) for origin, marker in shades.items() if origin in by_origin]
    if any(rest.values()):
        named.append((OTHERS, rest, {"color": "#d9dce1"}))
    return [
        {
            "type": "bar",
            "name": escaped(origin),
            "legendgroup": escaped(origin),
            "x": [labels.period(period) for period in labels.periods],
            "y": _values(cells, labels),
            "marker": marker,
            "xaxis": f"x{at}",
            "yaxis": f"y{at}",
            "hovertemplate": "%{x}: %{y:,.5~g}<extra>" + in_template(origin) + "</extra>",
        }
        for origin, cells, marker in named
    ]


def _values(cells: dict[int, float], labels: Labels) -> list[Cell]:
    return [cells.get(period, 0.0) for period in labels.periods]


def _lay_out(looks: dict[str, Any], number: int, count: int, title: str, labels: Labels) -> None:
    ends = domain(number, count, PANEL, GAP)
    years = [labels.period(period) for period in labels.periods]
    lay_out_panel(looks, number, ends, title, years, tickformat=",~g", rangemode="tozero")

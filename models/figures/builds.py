"""What is built when: each order from the year it is placed to the year it ends."""

from __future__ import annotations

from typing import Any

from oremix.models.amounts import amount_text, money_text
from oremix.models.countries import country_name
from oremix.models.figures.drawing import Figure, Table
from oremix.models.figures.labels import Labels
from oremix.models.figures.look import ACCENT, GREY, axis, escaped, faint, layout, shortened
from oremix.models.plan import Build, Plan

__all__ = ["builds"]

MOST_ROWS = 40
MOST_LETTERS = 32


def builds(plan: Plan, labels: Labels) -> Figure | None:
    """Bars on a time line: pale while it is being built, full while it works; none where nothing is built."""
    if not plan.builds:
        return None
    orders = sorted(plan.builds, key=lambda build: (build.ordered, build.on_stream, build.on, build.build))
    drawn = orders if len(orders) <= MOST_ROWS else sorted(orders, key=lambda build: -build.capex)[:MOST_ROWS]
    drawn = sorted(drawn, key=lambda build: (build.ordered, build.on_stream, build.on, build.build))
    figure = _capex(plan, drawn, labels) if labels.typical else _time_line(plan, drawn, labels)
    if len(drawn) < len(orders):
        figure["note"] += f" The {MOST_ROWS} dearest of {len(orders)} orders are drawn: the table has all."
    figure["table"] = _table(plan, orders, labels)
    return figure


def _name(build: Build, labels: Labels) -> str:
    return f"{labels.facility(build.on)} ({country_name(build.country)})"


def _rows(drawn: list[Build], labels: Labels) -> tuple[list[int], list[str]]:
    return list(range(len(drawn))), [escaped(shortened(_name(build, labels), MOST_LETTERS)) for build in drawn]


def _told(plan: Plan, build: Build, labels: Labels) -> str:
    capex = f"<br>capex {escaped(money_text(plan.currency, build.capex))}" if build.capex else ""
    granted = f", of which {escaped(money_text(plan.currency, build.grant))} granted" if build.grant else ""
    when = "" if labels.typical else f"<br>ordered {build.ordered}, on stream {build.on_stream:g}"
    return f"{escaped(_name(build, labels))}<br>{_size(build)}{when}{capex}{granted}"


def _size(build: Build) -> str:
    return escaped(f"{amount_text(build.capacity)} {build.unit} a year")


def _time_line(plan: Plan, drawn: list[Build], labels: Labels) -> Figure:
    last = labels.periods[-1] + labels.years[labels.periods[-1]]
    rows, names = _rows(drawn, labels)
    ends = [last if build.until is None else min(last, build.until) for build in drawn]
    told = [_told(plan, build, labels) for build in drawn]
    sizes = [_size(build) for build in drawn]
    works = [max(0.0, end - build.on_stream) for build, end in zip(drawn, ends, strict=True)]
    hovers = {"customdata": told, "hovertemplate": "%{customdata}<extra></extra>", "orientation": "h", "y": rows}
    data: list[dict[str, Any]] = [
        hovers
        | {
            "type": "bar",
            "name": "being built",
            "base": [build.ordered for build in drawn],
            "x": [build.on_stream - build.ordered for build in drawn],
            "marker": {"color": faint(ACCENT, 0.22), "line": {"color": ACCENT, "width": 1}},
        },
        hovers
        | {
            "type": "bar",
            "name": "on stream",
            "base": [build.on_stream for build in drawn],
            "x": works,
            "marker": {"color": ACCENT},
        },
    ]
    looks = layout(
        34 * len(drawn) + 104,
        barmode="overlay",
        bargap=0.62,
        margin={"l": 8, "r": 16, "t": 12, "b": 40},
        xaxis=axis(range=[labels.periods[0] - 0.2, last + 0.2], tickformat="d", dtick=_tick(last - labels.periods[0])),
        yaxis=axis(
            range=[len(drawn) - 0.4, -0.9],
            showgrid=False,
            showticklabels=False,
            zeroline=False,
            tickmode="array",
            tickvals=rows,
        ),
        annotations=_beside(names, sizes),
    )
    looks["legend"]["y"] = -44 / (34 * len(drawn) + 52)
    return {
        "title": "What is built when",
        "note": "Each bar is an order: pale from the year it is placed, full from the year it works, to the end of its"
        " life or of the horizon.",
        "data": data,
        "layout": looks,
        "table": {"columns": [], "rows": []},
    }


def _tick(years: int) -> int:
    return max(1, -(-years // 8))


def _capex(plan: Plan, drawn: list[Build], labels: Labels) -> Figure:
    """Without a calendar: what each costs."""
    rows, names = _rows(drawn, labels)
    return {
        "title": "What is built",
        "note": f"Capex of each order in {plan.currency}, undiscounted, what others pay included.",
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "name": "capex",
                "y": rows,
                "x": [build.capex for build in drawn],
                "marker": {"color": ACCENT, "line": {"color": GREY, "width": 0}},
                "customdata": [_told(plan, build, labels) for build in drawn],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout(
            34 * len(drawn) + 90,
            bargap=0.62,
            margin={"l": 8, "r": 16, "t": 12, "b": 44},
            xaxis=axis(f"capex, {plan.currency}", rangemode="tozero"),
            yaxis=axis(range=[len(drawn) - 0.4, -0.9], showgrid=False, showticklabels=False, zeroline=False),
            annotations=_beside(names, [_size(build) for build in drawn]),
        ),
        "table": {"columns": [], "rows": []},
    }


def _beside(names: list[str], sizes: list[str]) -> list[dict[str, Any]]:
    """What each bar is, above it at the left."""
    return [
        {
            "x": 0,
            "y": row,
            "xref": "paper",
            "yref": "y",
            "text": f"{name} · {size}",
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "yshift": 6,
        }
        for row, (name, size) in enumerate(zip(names, sizes, strict=True))
    ]


def _table(plan: Plan, orders: list[Build], labels: Labels) -> Table:
    money = plan.currency
    columns = ["facility", "country", "capacity a year", "unit", "ordered", "on stream", "until"]
    return {
        "columns": [*columns, f"capex, {money}", f"of which granted, {money}"],
        "rows": [
            [
                labels.facility(build.on),
                country_name(build.country),
                build.capacity,
                build.unit,
                labels.period(build.ordered) if labels.typical else str(build.ordered),
                labels.period(1) if labels.typical else f"{build.on_stream:g}",
                None if build.until is None else f"{build.until:g}",
                build.capex,
                build.grant,
            ]
            for build in orders
        ],
    }

"""How all figures look: colours that the colour-blind can tell apart, few lines, one accent."""

from __future__ import annotations

import html
from textwrap import wrap
from typing import Any

__all__ = [
    "ACCENT",
    "CAP",
    "CYCLE",
    "FLOOR",
    "FONT",
    "GREY",
    "INK",
    "axis",
    "bar_gap",
    "domain",
    "escaped",
    "faint",
    "in_template",
    "lay_out_panel",
    "layout",
    "panel_title",
    "shade",
    "shortened",
    "stacked",
]

# Okabe and Ito's colours.
ACCENT = "#0072B2"
CAP = "#D55E00"
FLOOR = "#009E73"
GREY = "#8a8f98"
INK = "#1f2328"
LINE = "#d9dce1"
TITLE_LETTERS = 52
"""A line of this many letters fits a small screen."""
CYCLE = (ACCENT, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", GREY)
PATTERNS = ("", "/", ".", "x")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def escaped(text: object) -> str:
    """Text that Plotly shows as it is: it reads some tags, and `<br>`."""
    return html.escape(str(text), quote=False).replace("$", "&#36;")  # two of them would be a formula


def in_template(text: object) -> str:
    """Text within a template of Plotly's, where `%{` would begin a variable."""
    return escaped(text).replace("%{", "%&#123;")


def shortened(text: str, most: int) -> str:
    """Text of so many letters at most."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def shade(position: int) -> dict[str, Any]:
    """The colour of a series, and a pattern once the colours are used up."""
    pattern = PATTERNS[position // len(CYCLE) % len(PATTERNS)]
    marker: dict[str, Any] = {"color": CYCLE[position % len(CYCLE)], "line": {"width": 0.5, "color": "#ffffff"}}
    return marker | ({"pattern": {"shape": pattern, "size": 5, "solidity": 0.35}} if pattern else {})


def faint(colour: str, opacity: float) -> str:
    """A colour that lets others through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with a faint grid."""
    drawn: dict[str, Any] = {
        "gridcolor": LINE,
        "linecolor": LINE,
        "zerolinecolor": GREY,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
    }
    return drawn | ({"title": {"text": escaped(title), "standoff": 8}} if title else {}) | more


def layout(height: int, **more: Any) -> dict[str, Any]:
    """The layout that all figures begin with."""
    return {
        "height": height,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 16, "t": 16, "b": 40},
        "colorway": list(CYCLE),
        "hoverlabel": {"align": "left", "bgcolor": "#ffffff", "bordercolor": LINE, "font": {"color": INK}},
        "legend": {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top", "traceorder": "normal"},
        "separators": ".,",
    } | more


def bar_gap(count: int) -> float:
    """The part of a category that is left free, so that one bar alone is no block."""
    return 0.35 if count > 2 else 0.8 if count == 1 else 0.6


def stacked(looks: dict[str, Any], count: int, panel: int, gap: int) -> None:
    """Give a layout the height of panels on one another, each as high as the others, with the legend below."""
    inside = count * panel + (count - 1) * gap
    looks["height"] = inside + looks["margin"]["t"] + looks["margin"]["b"]
    looks["legend"]["y"] = -34 / inside


def domain(number: int, count: int, panel: int, gap: int) -> list[float]:
    """The lower and the upper end of a panel, from 0 to 1 of all; the first is uppermost."""
    inside = count * panel + (count - 1) * gap
    top = 1 - number * (panel + gap) / inside
    return [max(0.0, top - panel / inside), top]


def lay_out_panel(
    looks: dict[str, Any], number: int, ends: list[float], title: str, years: list[str], **values: Any
) -> None:
    """Add the axes and the heading of a panel over the years; `ends` is where it stands, `values` its value axis."""
    at = "" if number == 0 else str(number + 1)
    looks[f"xaxis{at}"] = axis(
        type="category", categoryorder="array", categoryarray=years, anchor=f"y{at}", showgrid=False
    )
    looks[f"yaxis{at}"] = axis(domain=ends, anchor=f"x{at}", nticks=5, **values)
    looks["annotations"].append(panel_title(title, ends[1]))


def panel_title(text: str, top: float) -> dict[str, Any]:
    """The heading of a panel, above its left end; `top` is the panel's upper end, from 0 to 1."""
    return {
        "text": "<br>".join(escaped(line) for line in wrap(text, TITLE_LETTERS)),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": -40,
        "yshift": 4,
        "showarrow": False,
        "align": "left",
    }

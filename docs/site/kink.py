"""Draws the picture of docs/reading-prices.md from the frontier of docs/tutorial/step-6.json."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import oremix
from oremix.models.studies import Frontier

DOCS = Path(__file__).parents[1]
PROBLEM = DOCS / "tutorial" / "step-6.json"
LINE, MARK, INK, QUIET, GRID = "#0072B2", "#D55E00", "#1A1A1A", "#555555", "#DDDDDD"
WIDTH, HEIGHT = 640, 330
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 48, 48
SHARES, COSTS = (0.35, 0.75), (0.0, 7.0)  # what the axes span; USD m

STYLE = f"""\
text {{ font: 14px system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif; fill: {INK};
  paint-order: stroke; stroke: #fff; stroke-width: 4px; }}
.quiet {{ fill: {QUIET}; }} .title {{ font-size: 16px; font-weight: 600; }} .mark {{ font-weight: 600; }}
.last {{ text-anchor: end; }}
.grid {{ stroke: {GRID}; }} .line {{ fill: none; stroke: {LINE}; stroke-width: 3; }}
.end {{ stroke: {INK}; stroke-dasharray: 4 4; }}"""


def x(share: float) -> float:
    """Where a share stands."""
    return round(LEFT + (share - SHARES[0]) / (SHARES[1] - SHARES[0]) * (WIDTH - LEFT - RIGHT), 1)


def y(cost: float) -> float:
    """Where a cost stands, USD m."""
    return round(HEIGHT - BOTTOM - (cost - COSTS[0]) / (COSTS[1] - COSTS[0]) * (HEIGHT - TOP - BOTTOM), 1)


def curve(frontier: Frontier) -> list[tuple[float, float, float | None, float | None]]:
    """The bounds, tightest first: share, USD m above the loosest, and what a point looser saves and tighter costs."""
    points = sorted(frontier.points, key=lambda point: point.bound)
    least = min(point.total_cost for point in points)
    return [(point.bound, (point.total_cost - least) / 1e6, point.marginal, point.tightening) for point in points]


def drawn(frontier: Frontier) -> str:
    """The picture."""
    points = curve(frontier)
    tightest, kink, loosest = points
    path = " ".join(f"{x(share)},{y(cost)}" for share, cost, _, _ in [*points, (SHARES[1], 0.0, None, None)])
    body = [
        f'<text x="{LEFT - 40}" y="24" class="title">What the cap of 2030 costs, USD m over the horizon</text>',
        *axes(),
        f'<line x1="{x(tightest[0])}" x2="{x(tightest[0])}" y1="{y(0)}" y2="{y(COSTS[1])}" class="end"/>',
        f'<text x="{x(tightest[0]) - 6}" y="{y(0) - 10}" text-anchor="end" class="quiet">no plan</text>',
        f'<polyline points="{path}" class="line"/>',
        *(f'<circle cx="{x(share)}" cy="{y(cost)}" r="5" fill="{MARK}"/>' for share, cost, _, _ in points),
        f'<text x="{x(kink[0]) + 12}" y="{y(kink[1]) - 24}" class="mark">{100 * kink[0]:.0f} %: a kink</text>',
        f'<text x="{x(kink[0]) + 12}" y="{y(kink[1]) - 8}">one point looser saves {thousands(kink[2])}</text>',
        f'<text x="{x(tightest[0]) + 66}" y="{y(4.75)}">one point tighter costs {thousands(kink[3])}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{y(0) - 28}" class="quiet last">free from {100 * loosest[0]:.1f} %</text>',
    ]
    label = f"Cost of the cap: a kink at {100 * kink[0]:.0f} %, where a point looser saves {thousands(kink[2])}"
    return document(f"{label} and a point tighter costs {thousands(kink[3])}", body)


def axes() -> Iterable[str]:
    """Lines and numbers of both."""
    for cost in range(0, 7, 2):
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(cost)}" y2="{y(cost)}" class="grid"/>'
        yield f'<text x="{LEFT - 8}" y="{y(cost) + 5}" text-anchor="end" class="quiet">{cost}</text>'
    for percent in range(40, 80, 10):
        at = x(percent / 100)
        yield f'<text x="{at}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" class="quiet">{percent} %</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" class="quiet last">the most that may come from China</text>'


def thousands(money: float | None) -> str:
    """USD of a point of the cap."""
    return "" if money is None else f"USD {money:,.0f}"


def document(label: str, body: Iterable[str]) -> str:
    """The file."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{label}</title>",
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def pictures() -> dict[Path, str]:
    """The picture, by its file."""
    found = oremix.frontier(oremix.load(PROBLEM), from_year=2030)
    return {DOCS / "pictures" / "kink.svg": drawn(found)}

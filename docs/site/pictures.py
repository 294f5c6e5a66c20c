"""Draws docs/pictures/: `python docs/site/pictures.py`. Those of docs/shares.md are of docs/tutorial/shares.json.

Every width and percentage is read off the plan. Colours are of Okabe and Ito, and what is counted is hatched as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import kink

import oremix
from oremix.models import Plan

DOCS = Path(__file__).parents[1]
PROBLEM = DOCS / "tutorial" / "shares.json"
COUNTED, OTHER, INK, QUIET = "#D55E00", "#BFD9EA", "#1A1A1A", "#555555"
WIDTH, HEIGHT, TOP, LEFT = 340, 232, 84, 12
NODE = 12  # width of a step's bar
STEPS = (LEFT, LEFT + 152, LEFT + 304)  # mines, refineries, the magnet works
GAP = 14  # between bars of a column
REFINERIES = ("CN", "MY")
MINES = ("CN", "AU", "BR")


@dataclass(frozen=True)
class Picture:
    """What a policy counts, in its own words."""

    policy: str
    title: str
    counts: str
    step: int | None  # the column at which it is decided, or any


PICTURES = (
    Picture("supply", "supply", "magnets that arrive, last made in China", 2),
    Picture("refined", "production, refining", "oxide made, by where it is made", 1),
    Picture("mined", "content, mining", "magnets delivered, mined in China", 0),
    Picture("mined_by_owner", "content, mining, by owner", "… or mined by a Chinese owner", 0),
    Picture("any_step", "content, any step", "magnets with any step in China", None),
    Picture("any_step_by_owner", "content, any step, by owner", "… or with any step of a Chinese owner", None),
)
OWNED = {"BR"}  # mines of Chinese owners abroad


def chains(plan: Plan) -> list[tuple[str, str, float]]:
    """Where it is mined, where it is refined, how much: as the concentrate moves."""
    moved = [one for one in plan.shipments if one.material == "concentrate"]
    order = {(refinery, mine): (i, j) for i, refinery in enumerate(REFINERIES) for j, mine in enumerate(MINES)}
    moved.sort(key=lambda one: order[one.to, one.from_])
    return [(one.from_, one.to, one.quantity) for one in moved]


def is_counted(policy: str, mine: str, refinery: str) -> bool:
    """Whether a chain is part of a policy's share of China."""
    mined = mine == "CN" or ("owner" in policy and mine in OWNED)
    return {
        "supply": False,
        "refined": refinery == "CN",
        "mined": mined,
        "mined_by_owner": mined,
        "any_step": mined or refinery == "CN",
        "any_step_by_owner": mined or refinery == "CN",
    }[policy]


def drawn(picture: Picture, plan: Plan) -> str:
    """One picture."""
    share = next(one.achieved for one in plan.shares if one.policy == picture.policy)
    flows = chains(plan)
    part = sum(quantity for mine, refinery, quantity in flows if is_counted(picture.policy, mine, refinery))
    if share is None or abs(part / sum(flow[2] for flow in flows) - share) > 1e-9:
        raise ValueError(f"what is drawn for {picture.policy} is not the plan's {share}")
    percent = f"{100 * share:.0f} %"
    body = [
        f'<text x="{LEFT}" y="24" class="title">{picture.title}</text>',
        f'<text x="{WIDTH - LEFT}" y="28" class="percent" text-anchor="end">{percent}</text>',
        f'<text x="{LEFT}" y="44" class="quiet">{picture.counts}</text>',
        *ribbons(picture, flows),
    ]
    return page(f"{picture.title}: {picture.counts}: {percent}", body)


def ribbons(picture: Picture, flows: list[tuple[str, str, float]]) -> Iterable[str]:
    """The chains, from mine to magnet works, and the bars and names of the steps."""
    at_mine = dict(zip(MINES, starts(MINES, [sum(q for m, _, q in flows if m == mine) for mine in MINES]), strict=True))
    totals = [sum(q for _, r, q in flows if r == refinery) for refinery in REFINERIES]
    at_refinery = dict(zip(REFINERIES, starts(REFINERIES, totals), strict=True))
    at_works = TOP + GAP
    bars: list[str] = []
    for mine, refinery, quantity in flows:
        counted = is_counted(picture.policy, mine, refinery)
        ys = (at_mine[mine], at_refinery[refinery], at_works)
        for number, (left, right, y, z) in enumerate(zip(STEPS, STEPS[1:], ys, ys[1:], strict=False), 1):
            made_before = counted and number > (picture.step or 0)
            yield ribbon(left + NODE, right, y, z, quantity, "counted" if made_before else "other")
        for x, y in zip(STEPS, ys, strict=True):
            bars.append(f'<rect x="{x}" y="{y}" width="{NODE}" height="{quantity}" class="bar"/>')
        at_mine[mine] += quantity
        at_refinery[refinery] += quantity
        at_works += quantity
    yield from bars
    yield from names(picture, flows)


def names(picture: Picture, flows: list[tuple[str, str, float]]) -> Iterable[str]:
    """What stands over the columns and beside the bars."""
    anchors = ("start", "middle", "end")
    for number, (x, text, anchor) in enumerate(zip(STEPS, ("mining", "refining", "magnets"), anchors, strict=True)):
        at = x if anchor == "start" else x + NODE / 2 if anchor == "middle" else x + NODE
        decides = picture.step in (number, None)
        yield f'<text x="{at}" y="68" class="{"decides" if decides else "quiet"}" text-anchor="{anchor}">{text}</text>'
    mines = [sum(q for m, _, q in flows if m == mine) for mine in MINES]
    for mine, y, quantity in zip(MINES, starts(MINES, mines), mines, strict=True):
        owner = ", owner CN" if mine in OWNED else ""
        yield f'<text x="{STEPS[0] + NODE + 4}" y="{y + quantity / 2 + 4}">{mine} {quantity:.0f} t{owner}</text>'
    totals = [sum(q for _, r, q in flows if r == refinery) for refinery in REFINERIES]
    for refinery, y, quantity in zip(REFINERIES, starts(REFINERIES, totals), totals, strict=True):
        yield f'<text x="{STEPS[1] + NODE + 4}" y="{y + quantity / 2 + 4}">{refinery} {quantity:.0f} t</text>'
    whole = sum(flow[2] for flow in flows)
    yield f'<text x="{STEPS[2] - 4}" y="{TOP + GAP + whole / 2 + 4}" text-anchor="end">JP {whole:.0f} t</text>'


def starts(names: Iterable[str], heights: list[float]) -> list[float]:
    """Where the bars of a column begin, each below the one before."""
    found, y = [], float(TOP)
    for _, height in zip(names, heights, strict=True):
        found.append(y)
        y += height + GAP
    return found


def ribbon(left: float, right: float, y: float, z: float, height: float, kind: str) -> str:
    """A band between two bars."""
    middle = (left + right) / 2
    upper = f"M{left} {y}C{middle} {y} {middle} {z} {right} {z}"
    lower = f"V{z + height}C{middle} {z + height} {middle} {y + height} {left} {y + height}Z"
    return f'<path d="{upper}{lower}" class="{kind}"/>'


STYLE = f"""\
text {{ font: 13px system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif; fill: {INK};
  paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-opacity: .85; }}
.title {{ font-size: 15px; font-weight: 600; }} .percent {{ font-size: 22px; font-weight: 600; }}
.quiet {{ fill: {QUIET}; }} .decides {{ font-weight: 600; text-decoration: underline; }}
.counted {{ fill: url(#hatch); }} .other {{ fill: {OTHER}; }} .bar {{ fill: {INK}; }}"""


HATCH = f'''\
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#F2B58C"/><rect width="2" height="6" fill="{COUNTED}"/></pattern></defs>'''


def page(label: str, body: Iterable[str]) -> str:
    """The document."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{label}</title>",
            f"<style>{STYLE}</style>",
            HATCH,
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def pictures() -> dict[Path, str]:
    """Every picture, by its file."""
    plan = oremix.solve(oremix.load(PROBLEM))
    found = {DOCS / "pictures" / f"share-{one.policy.replace('_', '-')}.svg": drawn(one, plan) for one in PICTURES}
    return found | kink.pictures()


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text, encoding="utf-8")

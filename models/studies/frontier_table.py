"""A frontier, or a surface, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from oremix.models.studies.frontier import Frontier, FrontierPoint, Move, Surface

__all__ = ["frontier_as_text", "surface_as_text"]

MOST_MOVES = 6
# With more points than these, only what enters and leaves is shown; and only the sharpest kinks.
FEW_POINTS, MOST_POINTS = 8, 60
WORDS = {"enters": "in", "leaves": "out", "more": "more", "less": "less"}


def frontier_as_text(frontier: Frontier) -> str:
    """The frontier, a unit on every number."""
    return "\n".join(_frontier(frontier))


def surface_as_text(surface: Surface) -> str:
    """The surface as a table of costs, a unit on every number."""
    return "\n".join(_surface(surface))


def _frontier(frontier: Frontier) -> Iterator[str]:
    years = _years(frontier.from_year, frontier.until_year)
    yield f"{frontier.problem or 'problem'}: cost against the {frontier.side} of {frontier.policy}{years}"
    if not frontier.points:
        yield f"no point: {frontier.status}"
    else:
        yield from _summary(frontier)
        yield ""
        yield from _points(frontier)
        yield from _changes(frontier)
    for note in frontier.notes:
        yield from ["", note]


def _years(first: int | None, last: int | None) -> str:
    return (f" from {first}" if first is not None else "") + (f" until {last}" if last is not None else "")


def _summary(frontier: Frontier) -> Iterator[str]:
    money, bound = frontier.currency, _bound(frontier.per)
    loosest, tightest = frontier.points[0], frontier.points[-1]
    kinks = sum(point.kink is True for point in frontier.points)
    how = "exact" if frontier.exact else f"to within {money} {frontier.tolerance:,.3g}"
    yield (
        f"{money} {_money(loosest.total_cost)} at {bound(loosest.bound)}, {money}"
        f" {_money(tightest.total_cost - loosest.total_cost)} more at {bound(tightest.bound)}, discounted;"
        f" {kinks} kink{'s' * (kinks != 1)}, {how}"
    )
    if frontier.refused is not None:
        proof = "proved" if frontier.refused.verified else "by branch and bound, which nothing proves"
        end = "lower" if frontier.side == "max" else "higher"
        yield f"No plan keeps a bound any {end} than {bound(tightest.bound)} ({proof})"


def _points(frontier: Frontier) -> Iterator[str]:
    bound = _bound(frontier.per)
    per = f"1 {frontier.per}" if frontier.per != "percentage point" else "1 point"
    heads: tuple[str, ...] = (
        frontier.side,
        "achieved",
        f"cost, {frontier.currency}",
        "more than loosest",
        f"{per} looser saves",
    )
    heads += (f"{per} tighter costs", "")
    first = frontier.points[0].total_cost
    rows = [
        (
            bound(point.bound),
            "-" if point.achieved is None else bound(point.achieved),
            _money(point.total_cost),
            _money(point.total_cost - first),
            _money(point.marginal),
            _money(point.tightening),
            ", ".join(word for word, holds in _marks(point) if holds),
        )
        for point in _shown(frontier.points)
    ]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, *rows]:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)) + (
            f"  {row[-1]}" if row[-1] else ""
        )
    if len(rows) < len(frontier.points):
        yield f"and {len(frontier.points) - len(rows)} more with smaller changes of price (--json has all)"


def _shown(points: list[FrontierPoint]) -> list[FrontierPoint]:
    """The points for the table: all, or of many the ends and those where the price changes most."""
    if len(points) <= MOST_POINTS:
        return points
    bends = {id(point): abs((point.tightening or 0.0) - (point.marginal or 0.0)) for point in points[1:-1]}
    kept = set(sorted(bends, key=lambda point: -bends[point])[: MOST_POINTS - 2])
    return [point for point in points if id(point) in kept or point in (points[0], points[-1])]


def _marks(point: FrontierPoint) -> list[tuple[str, bool]]:
    return [("kink", bool(point.kink)), ("jump", point.jump), ("other decisions", point.other_decisions)]


def _money(amount: float | None) -> str:
    return "-" if amount is None else f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:,.4g}"


def _changes(frontier: Frontier) -> Iterator[str]:
    """What is otherwise from point to point; of many points what enters and leaves."""
    bound, few = _bound(frontier.per), len(frontier.points) <= FEW_POINTS
    for before, point in pairwise(frontier.points):
        moves = [move for move in point.moves if few or move.what in ("enters", "leaves")]
        if moves:
            yield from ["", f"From {bound(before.bound)} to {bound(point.bound)}"]
            yield from _moves(moves)


def _moves(moves: list[Move]) -> Iterator[str]:
    for move in moves[:MOST_MOVES]:
        yield f"  {_move(move)}"
    if len(moves) > MOST_MOVES:
        yield f"  and {len(moves) - MOST_MOVES} more"


def _move(move: Move) -> str:
    amounts = f"{move.before:,.6g} -> {move.after:,.6g} {move.unit}"
    if move.kind == "build":
        when = "" if move.ordered == 1 else f", ordered {move.ordered}"
        return f"{WORDS[move.what]:<4}  build on {move.id} ({move.country}{when}): {amounts} a year"
    return f"{WORDS[move.what]:<4}  {move.kind} {move.id} ({move.country}), {move.material}: {amounts}"


def _bound(per: str) -> Callable[[float], str]:
    """How a bound is written: a share in per cent, an amount with its unit."""
    if per == "percentage point":
        return lambda bound: f"{100 * bound:.6g} %"
    unit = "" if per in ("source more", "source less", "unit") else f" {per}"
    return lambda bound: f"{bound:,.6g}{unit}"


def _surface(surface: Surface) -> Iterator[str]:
    first, second = _bound(surface.per), _bound(surface.second_per)
    years = _years(surface.from_year, surface.until_year)
    yield (
        f"{surface.problem or 'problem'}: cost, {surface.currency}, discounted, against the {surface.side} of"
        f" {surface.policy} (down) and the {surface.second_side} of {surface.second_policy} (across){years}"
    )
    across = list(dict.fromkeys(point.second_bound for point in surface.points))
    costs = {(point.bound, point.second_bound): point for point in surface.points}
    rows = [["", *map(second, across)]]
    for bound in dict.fromkeys(point.bound for point in surface.points):
        cells = [costs.get((bound, other)) for other in across]
        rows.append(
            [
                first(bound),
                *("?" if c is None else c.status if c.total_cost is None else _money(c.total_cost) for c in cells),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(across) + 1)]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    if surface.edge:
        yield from ["", f"How far {surface.second_policy} can be tightened"]
    for edge in surface.edge:
        yield f"  at {first(edge.bound)}: {'-' if edge.tightest is None else second(edge.tightest)}"
    for note in surface.notes:
        yield from ["", note]

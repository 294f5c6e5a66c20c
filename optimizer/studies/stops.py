"""The bounds that a frontier tells of: ends and kinks of its curve, and what else is needed to draw it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oremix.optimizer.studies.curve import SAME_SLOPE, Node, Piece, thinned

__all__ = ["Stop", "stops_of"]

# Points that are no kinks are told apart from a kink beyond this part of the range.
BESIDE = 1e-3


@dataclass(frozen=True)
class Stop:
    """A node to be told of, with what a unit more of bound saves on its tighter and its looser side."""

    node: Node
    tighter: float | None
    looser: float | None
    kink: bool | None
    jumps: bool = False


def stops_of(pieces: list[Piece], noise: float, last_slope: float) -> list[Stop]:
    """The ends and kinks of a curve, and what else is needed to draw it; from tight to loose."""
    pieces = thinned(pieces)
    stops = [Stop(pieces[0].left, None, pieces[0].slopes[0], False)]
    shapes = [pieces[0].shape]
    for piece in pieces:
        here = stops[-1]
        if piece.shape == "corner":
            node = here.node if here.tighter is None else piece.right
            stops[-1] = replace(here, node=node, looser=piece.slopes[1])
            shapes[-1] = "corner"
            continue
        looser = here.looser if shapes[-1] == "corner" else piece.slopes[0]
        stops[-1] = replace(here, looser=looser, jumps=piece.shape == "jump")
        stops.append(Stop(piece.right, piece.slopes[1], None, False))
        shapes.append(piece.shape)
    stops[-1] = replace(stops[-1], looser=last_slope)
    return _without_flat(_bent(stops, pieces), noise)


def _bent(stops: list[Stop], pieces: list[Piece]) -> list[Stop]:
    """The stops with kinks marked; what lies within one line is left out."""
    steepest = max((stop.tighter for stop in stops if stop.tighter is not None), default=0.0)
    lines = {piece.left.at for piece in pieces if piece.shape == "straight"}
    ends = {piece.right.at for piece in pieces if piece.shape == "straight"}
    found = []
    for number, stop in enumerate(stops):
        inside = 0 < number < len(stops) - 1
        in_line = inside and stop.node.at in lines and stop.node.at in ends
        bend = 0.0 if stop.tighter is None or stop.looser is None else stop.tighter - stop.looser
        kink = abs(bend) > SAME_SLOPE * steepest
        if kink or not in_line or stop.jumps:
            found.append(replace(stop, kink=kink))
    return _without_doubles(found)


def _without_doubles(stops: list[Stop]) -> list[Stop]:
    """Without what lies beside a kink only because the kink was looked for there."""
    near = BESIDE * (stops[-1].node.at - stops[0].node.at)
    return [
        stop
        for number, stop in enumerate(stops)
        if number in (0, len(stops) - 1)
        or stop.kink
        or stop.jumps
        or stops[number - 1].jumps
        or not any(_hides(other, stop, near) for other in (stops[number - 1], stops[number + 1]))
    ]


def _hides(kink: Stop, stop: Stop, near: float) -> bool:
    same = kink.node.decisions == stop.node.decisions
    return bool(kink.kink) and same and abs(kink.node.at - stop.node.at) <= near


def _without_flat(stops: list[Stop], noise: float) -> list[Stop]:
    """Without the loosest end where the bound costs nothing yet: the loosest is where it begins to."""
    while len(stops) > 1 and stops[-2].node.cost - stops[-1].node.cost <= noise and stops[-2].kink:
        stops = stops[:-1]
    return stops

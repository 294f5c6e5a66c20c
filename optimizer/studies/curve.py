"""A curve of costs against a bound, found piece by piece from what it costs and how steep it is at single bounds.

Here `at` grows as the bound loosens, so that the cost falls along it, and a slope is what a unit of loosening saves.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import count, pairwise, zip_longest
from typing import Literal

__all__ = ["Curve", "Node", "Piece", "Shape", "gap", "thinned"]

Shape = Literal["straight", "curved", "corner", "jump", "decisions", "open"]

# Parts of the range of bounds: what is narrower hides a kink, or a change of decisions, that is not looked for nearer.
NARROW = 1e-9
NARROW_CURVED = 1e-7
NARROW_DECISIONS = 1e-4
# By how much of the range of costs a curved piece may leave the line between its ends.
TOLERANCE = 1e-4
# A piece is smooth where its slope is found, this many times in a row, within this part of its change of where it would
# be if it changed evenly; and its cost likewise.
CALM = 2
UNEVEN = 0.15
# How near to the ends of a curved piece the next bound is tried, as a part of it.
EDGE = 0.05
# Slopes that differ by less than these parts of the steepest are the same: of lines, and over a piece too narrow
# for its costs to tell.
SAME_SLOPE = 1e-6
JUMP = 1e-4


@dataclass(frozen=True)
class Node:
    """What it costs at a bound, and what a unit of loosening saves; at a kink a number between those of both sides."""

    at: float
    cost: float
    slope: float
    decisions: Hashable = None


@dataclass(frozen=True)
class Piece:
    """The curve between two bounds.

    `straight`: a line of this slope. `curved`: no corner was seen in it. `corner`, `decisions`: so narrow that a kink,
    or the change to other decisions, is here; `jump`: or a step in the cost. `open`: not looked into.
    """

    left: Node
    right: Node
    shape: Shape
    slopes: tuple[float, float]

    @property
    def gap(self) -> float:
        """By how much the cost may leave the line between the two ends; of what is so narrow nobody asks."""
        return gap(self.left, self.right) if self.shape in ("curved", "open") else 0.0


def gap(left: Node, right: Node) -> float:
    """By how much a curve may leave the line between two nodes: to where their tangents meet, if it is convex."""
    width, fall = right.at - left.at, left.cost - right.cost
    above, below = left.slope * width - fall, fall - right.slope * width
    if above >= 0 and below >= 0:
        return above * below / (above + below) if above + below else 0.0
    return max(abs(above), abs(below)) / 2


def thinned(pieces: list[Piece]) -> list[Piece]:
    """Pieces with curved neighbours made one, as long as it is near enough to the line between its ends."""
    costs = abs(pieces[0].left.cost - pieces[-1].right.cost)
    found = [pieces[0]]
    for piece in pieces[1:]:
        last = found[-1]
        joined = Piece(last.left, piece.right, "curved", (last.slopes[0], piece.slopes[1]))
        if last.shape == piece.shape == "curved" and joined.gap <= TOLERANCE * costs:
            found[-1] = joined
        else:
            found.append(piece)
    return found


@dataclass
class Curve:
    """The search for the pieces of a curve, where most may still be missing first.

    Parameters
    ----------
    solve
        The nodes at bounds; none in place of one where the search has to end.
    convex
        Whether the curve is known to be convex and made of lines: then a tangent that leads from one end to the other
        proves what lies between.
    noise
        Costs nearer to each other than this are the same.
    most
        How many bounds may be solved.
    together
        How many are asked for at once.
    """

    solve: Callable[[list[float]], list[Node | None]]
    convex: bool
    noise: float
    most: int
    together: int = 1
    solved: int = 0
    complete: bool = True
    _done: list[Piece] = field(default_factory=list)
    _waiting: list[tuple[float, int, Node, Node, int]] = field(default_factory=list)

    def pieces(self, nodes: list[Node]) -> list[Piece]:
        """The pieces between the first and the last of these nodes, which ascend."""
        self._range = nodes[-1].at - nodes[0].at
        self._costs = abs(nodes[0].cost - nodes[-1].cost)
        self._steepest = max(node.slope for node in nodes[1:])
        self._tickets = count()
        self._waiting.clear()
        self._done.clear()
        for left, right in pairwise(nodes):
            self._wait(left, right, 0)
        while self.complete and (round_ := self._round()):
            asked = round_[: self.most - self.solved]
            answers = self.solve([self._cut(left, right) for left, right, _ in asked])
            for (left, right, calm), node in zip_longest(round_, answers):
                if node is None:
                    self.complete = False
                    self._wait(left, right, calm)
                    continue
                self.solved += 1
                self._split(left, node, right, calm)
        self._done += [self._open(left, right, calm) for _, _, left, right, calm in self._waiting]
        return sorted(self._done, key=lambda piece: piece.left.at)

    @property
    def waiting(self) -> int:
        """How many pieces have not been looked into."""
        return len(self._waiting)

    def _round(self) -> list[tuple[Node, Node, int]]:
        """The pieces to be looked into next, those in which most may be missing."""
        found: list[tuple[Node, Node, int]] = []
        while self._waiting and len(found) < self.together:
            _, _, left, right, calm = heapq.heappop(self._waiting)
            if piece := self._judged(left, right, calm):
                self._done.append(piece)
            else:
                found.append((left, right, calm))
        return found

    def _wait(self, left: Node, right: Node, calm: int) -> None:
        heapq.heappush(self._waiting, (-gap(left, right), next(self._tickets), left, right, calm))

    def _split(self, left: Node, node: Node, right: Node, calm: int) -> None:
        """What a node within a piece makes of it."""
        self._steepest = max(self._steepest, node.slope)
        if (slope := self._checked(left, node, right)) is not None:
            self._done.append(Piece(left, right, "straight", (slope, slope)))
            return
        bend = right.slope - left.slope
        expected = left.slope + bend * (node.at - left.at) / (right.at - left.at)
        calm = calm + 1 if abs(node.slope - expected) <= UNEVEN * abs(bend) else 0
        self._wait(left, node, calm)
        self._wait(node, right, calm)

    # ------------------------------------------------------------ what a piece is

    def _judged(self, left: Node, right: Node, calm: int) -> Piece | None:
        """What is known of a piece without solving; none where that is not enough."""
        fits = self._fits(left, right)
        bend = abs(left.slope - right.slope) / (self._steepest or 1.0)
        if any(fits) if self.convex else all(fits) and bend <= SAME_SLOPE:
            slope = right.slope if fits[1] else left.slope
            return Piece(left, right, "straight", (slope, slope))
        shape = self._shape(left, right, bend, calm, unseen=all(fits))
        return shape and Piece(left, right, shape, (left.slope, right.slope))

    def _shape(self, left: Node, right: Node, bend: float, calm: int, *, unseen: bool) -> Shape | None:
        """What a piece is that is no line; its bend may be too narrow to be seen in costs."""
        width = (right.at - left.at) / self._range
        changes = left.decisions != right.decisions
        if width <= (NARROW if self.convex else NARROW_DECISIONS if changes else NARROW_CURVED):
            if gap(left, right) > TOLERANCE * self._costs:
                return "jump"
            return "decisions" if changes else "corner" if bend > JUMP else "curved"
        if changes:
            return None
        if self.convex:
            return None
        smooth = bend <= JUMP if unseen else calm >= CALM and self._is_smooth(left, right)
        return "curved" if smooth else None

    def _fits(self, left: Node, right: Node) -> tuple[bool, bool]:
        """Whether the tangent at either end leads to the other."""
        width = right.at - left.at
        fall = left.cost - right.cost
        return abs(left.slope * width - fall) <= self.noise, abs(right.slope * width - fall) <= self.noise

    def _is_smooth(self, left: Node, right: Node) -> bool:
        """Whether a piece is near enough to a line, and falls as it would if its slope changed evenly."""
        width, fall = right.at - left.at, left.cost - right.cost
        even = (left.slope + right.slope) / 2 * width
        near = gap(left, right) <= TOLERANCE * self._costs
        return near and abs(fall - even) <= UNEVEN * abs(left.slope - right.slope) * width

    def _checked(self, left: Node, middle: Node, right: Node) -> float | None:
        """The slope of a piece that one end's tangent says is a line, where a node within lies on it too."""
        from_left, from_right = self._fits(left, right)
        if self.convex or not (from_left or from_right):
            return None
        slope = right.slope if from_right else left.slope
        on_it = abs(right.cost + slope * (right.at - middle.at) - middle.cost) <= self.noise
        return slope if on_it and abs(middle.slope - slope) <= SAME_SLOPE * self._steepest else None

    # ------------------------------------------------------------ where to look next

    def _cut(self, left: Node, right: Node) -> float:
        """Where the two tangents meet, if that says anything; else the middle."""
        width, bend = right.at - left.at, left.slope - right.slope
        middle = left.at + width / 2
        from_left, from_right = self._fits(left, right)
        if left.decisions != right.decisions or bend <= 0 or from_left or from_right:
            return middle
        meet = left.at + (left.cost - right.cost - right.slope * width) / bend
        edge = (NARROW / 10 if self.convex else EDGE) * width
        if not left.at < meet < right.at:
            return middle
        return min(max(meet, left.at + edge), right.at - edge)

    def _open(self, left: Node, right: Node, calm: int) -> Piece:
        return self._judged(left, right, calm) or Piece(left, right, "open", (left.slope, right.slope))

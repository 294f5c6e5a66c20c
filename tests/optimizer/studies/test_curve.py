"""The search for a curve's pieces, on curves that are written down."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from oremix.optimizer.studies.curve import Curve, Node, Piece, thinned
from oremix.optimizer.studies.stops import stops_of

# Cost and what a unit of loosening saves.
Formula = Callable[[float], tuple[float, float]]


def lines(*corners: tuple[float, float]) -> Formula:
    """The curve through these corners, (at, cost); at a corner the slope is the mean of both sides."""
    falls = [(y - y2) / (x2 - x) for (x, y), (x2, y2) in pairwise(corners)]

    def formula(at: float) -> tuple[float, float]:
        here = [number for number, ((x, _), (x2, _)) in enumerate(pairwise(corners)) if x <= at <= x2]
        x, y = corners[here[0]]
        return y - falls[here[0]] * (at - x), sum(falls[number] for number in here) / len(here)

    return formula


def found(
    formula: Formula, low: float, high: float, *, convex: bool, most: int = 1000, together: int = 1
) -> tuple[list[Piece], Curve]:
    curve = Curve(lambda bounds: [Node(at, *formula(at)) for at in bounds], convex, 1e-9, most, together)
    ends = [Node(at, *formula(at)) for at in (low, high)]
    return curve.pieces(ends), curve


def kinks(pieces: list[Piece]) -> list[tuple[float, float, float]]:
    """Where the kinks are, and the slopes on both sides."""
    stops = stops_of(pieces, 1e-9, pieces[-1].slopes[1])
    return [(stop.node.at, stop.tighter or 0.0, stop.looser or 0.0) for stop in stops if stop.kink]


CONVEX = ((0.0, 100.0), (1.0, 40.0), (1.5, 25.0), (4.0, 5.0), (10.0, 5.0))


@pytest.mark.parametrize("together", [1, 3])
@pytest.mark.parametrize("convex", [True, False])
def test_the_corners_of_lines_are_found(convex: bool, together: int) -> None:
    """Slopes 60, 30, 8 and 0, with corners at 1, 1.5 and 4, where it begins to cost."""
    pieces, curve = found(lines(*CONVEX), 0, 10, convex=convex, together=together)
    assert curve.complete
    expected = [(1, 60, 30), (1.5, 30, 8), (4, 8, 0)]
    assert [number for kink in kinks(pieces) for number in kink] == pytest.approx(sum(expected, ()), abs=1e-5)


def test_convex_lines_need_few_solves() -> None:
    """Two for each of four pieces."""
    _, curve = found(lines(*CONVEX), 0, 10, convex=True)
    assert curve.solved <= 8


def test_a_concave_corner_is_found_too() -> None:
    """Slopes 10, then 30 where other decisions are taken: the cost need not be convex."""
    pieces, _ = found(lines((0, 50), (2, 30), (3, 0)), 0, 3, convex=False)
    assert [number for kink in kinks(pieces) for number in kink] == pytest.approx([2, 10, 30], abs=1e-5)


def test_curvature_is_no_corner() -> None:
    """Cost = 1 / at from 1 to 3: smooth everywhere, and near enough to the lines between what is told."""
    pieces, curve = found(lambda at: (1 / at, 1 / at**2), 1, 3, convex=False)
    assert curve.complete
    assert kinks(pieces) == []
    assert max(piece.gap for piece in thinned(pieces)) <= 1e-4 * (1 - 1 / 3)
    assert curve.solved < 150


@pytest.mark.parametrize("at", [1.3, 2.0, 2.9])
@pytest.mark.parametrize("jump", [0.01, 0.1, 2.0])
def test_a_corner_between_curves_is_found(at: float, jump: float) -> None:
    """1 / x, and below `at` steeper by `jump`: the one kink is found to a ten-millionth of the range."""

    def formula(x: float) -> tuple[float, float]:
        return (1 / x + max(0.0, at - x) * jump, 1 / x**2 + (jump if x < at else 0.0))

    pieces, curve = found(formula, 1, 3, convex=False)
    assert curve.complete
    (kink,) = kinks(pieces)
    assert kink[0] == pytest.approx(at, abs=2e-7)
    assert kink[1] - kink[2] == pytest.approx(jump, rel=1e-3)


def test_the_search_stops_where_it_is_told_to() -> None:
    """After two solves pieces are left open, and the curve says that it is not complete."""
    pieces, curve = found(lines(*CONVEX), 0, 10, convex=True, most=2)
    assert (curve.solved, curve.complete) == (2, False)
    assert "open" in {piece.shape for piece in pieces}
    assert [one.right.at for one in pieces[:-1]] == [two.left.at for two in pieces[1:]]

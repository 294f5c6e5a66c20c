"""What the cost does when a bound moves a little: one-sided slopes, and how far they hold.

The least cost is convex and piecewise linear in a bound. Where the plan sits on a kink the slopes of the two sides
differ, and the solver's dual is only something between them: there the LP is solved again a little to either side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oremix.optimizer.solving.hot import Hot, Point

__all__ = ["Marginals", "Slope"]

# Parts of a bound by which it is moved, largest first; none is so small that a solver would take it for nothing.
STEPS = (1e-3, 1e-5)
SMALLEST = 1e-5
SAME = 1e-7
ROUNDING = 1e-12
MOST_PIECES = 8
ENDLESS = 1e15


class Slope(NamedTuple):
    """Cost per unit by which a bound moves, up to `reach` units away (infinite: without end)."""

    value: float
    reach: float


class Marginals:
    """One-sided slopes of the cost of a solved LP.

    Every question leaves the LP as it was.
    """

    def __init__(self, hot: Hot) -> None:
        base = hot.solve()
        if base is None:
            raise ValueError("an LP without a point has no slopes")
        self._hot, self._base = hot, base
        self._noise = ROUNDING * float(np.sum(np.abs(hot.arrays.cost * base.x)))
        self._magnitude = hot.arrays.magnitude(base.x)
        self._typical = ROUNDING + 1e-3 * float(np.max(self._magnitude, initial=0.0))
        self._rooms = hot.rooms()

    @property
    def duals(self) -> list[float]:
        """The solver's duals, in the order of the rows."""
        return [float(dual) for dual in self._base.duals]

    def bound(self, row: int) -> float:
        """The right-hand side of a row."""
        upper = float(self._hot.arrays.upper[row])
        return upper if np.isfinite(upper) else float(self._hot.arrays.lower[row])

    def row(self, row: int, direction: int, *, whole: bool = False) -> Slope | None:
        """The cost per unit by which a row's bound moves up (1) or down (−1); none where it cannot move.

        The reach is that of the solver's basis; with `whole`, that of the slope, over as many bases as have it.

        Raises
        ------
        SolverFailed
            The moved LP was not solved so that it could be verified.
        """
        size = max(abs(self.bound(row)), float(self._magnitude[row]), self._typical)
        steps = sorted({max(step * size, SMALLEST) for step in STEPS}, reverse=True)
        dual, reach = float(self._base.duals[row]), self._reach(self._room(row), row, direction)
        if reach > steps[-1]:
            return Slope(direction * dual, self._further(row, direction, dual, reach) if whole else reach)
        for step in steps:
            moved, room = self._moved(row, direction * step)
            if moved is not None and self._linear(moved, float(moved.duals[row]), direction * step):
                slope = float(moved.duals[row])
                reach = max(step, self._reach(room, row, direction))
                return Slope(direction * slope, self._further(row, direction, slope, reach) if whole else reach)
        return self._secant(row, direction, steps[-1])

    def along(self, rates: dict[int, float], direction: int) -> Slope | None:
        """As `row`, of several rows whose bounds move together, each at its rate; how far is not worked out.

        Raises
        ------
        SolverFailed
            As `row`.
        """
        size = max(max(abs(self.bound(row)), float(self._magnitude[row]), self._typical) for row in rates)
        secant = None
        for step in sorted({max(step * size, SMALLEST) for step in STEPS}, reverse=True):
            by = direction * step
            moved = self._shifted({row: rate * by for row, rate in rates.items()})
            if moved is None:
                continue
            slope = sum(rate * float(moved.duals[row]) for row, rate in rates.items())
            if self._linear(moved, slope, by):
                return Slope(direction * slope, step)
            secant = Slope((moved.objective - self._base.objective) / step, step)
        return secant

    def _shifted(self, by: dict[int, float]) -> Point | None:
        """The optimum with the bounds of several rows moved."""
        arrays = self._hot.arrays
        before = {row: (float(arrays.lower[row]), float(arrays.upper[row])) for row in by}
        for row, amount in by.items():
            self._hot.bound_row(row, before[row][0] + amount, before[row][1] + amount)
        try:
            return self._hot.solve()
        finally:
            for row, (lower, upper) in before.items():
                self._hot.bound_row(row, lower, upper)

    def column(self, column: int, size: float) -> float | None:
        """The cost of the first unit of a column that is at 0; none where it cannot be had.

        Raises
        ------
        SolverFailed
            As `row`.
        """
        low, high = float(self._hot.arrays.low[column]), float(self._hot.arrays.high[column])
        amounts = sorted({min(max(step * size, SMALLEST), high) for step in STEPS}, reverse=True)
        if self._base.x[column] <= low and self._rooms.columns[column] >= amounts[-1]:
            return float(self._base.reduced[column])
        for amount in amounts:
            self._hot.bound_column(column, amount, high)
            try:
                forced = self._hot.solve()
            finally:
                self._hot.bound_column(column, low, high)
            if forced is not None and self._linear(forced, float(forced.reduced[column]), amount):
                return float(forced.reduced[column])
        return None

    def less(self, column: int, size: float) -> float | None:
        """What the cost rises by per unit as a column is kept from its size, a thousandth of it; none where it cannot.

        Raises
        ------
        SolverFailed
            As `row`.
        """
        low, high = float(self._hot.arrays.low[column]), float(self._hot.arrays.high[column])
        self._hot.bound_column(column, low, size * (1 - STEPS[0]))
        try:
            moved = self._hot.solve()
        finally:
            self._hot.bound_column(column, low, high)
        return None if moved is None else max(0.0, (moved.objective - self._base.objective) / (STEPS[0] * size))

    # ------------------------------------------------------------ one step

    def _room(self, row: int) -> tuple[float, float]:
        """The room of a row's bound as it stands."""
        return float(self._rooms.down[row]), float(self._rooms.up[row])

    def _moved(self, row: int, by: float) -> tuple[Point | None, tuple[float, float]]:
        """The optimum with a row's bound moved, and the room of the bound there."""
        lower, upper = float(self._hot.arrays.lower[row]), float(self._hot.arrays.upper[row])
        self._hot.bound_row(row, lower + by, upper + by)
        try:
            moved = self._hot.solve()
            return moved, (np.nan, np.nan) if moved is None else self._hot.room(row, moved)
        finally:
            self._hot.bound_row(row, lower, upper)

    def _linear(self, moved: Point, slope: float, by: float) -> bool:
        """Whether the cost has changed by just the slope, so that no kink lies between."""
        return abs(moved.objective - self._base.objective - slope * by) <= SAME * abs(slope * by) + self._noise

    def _secant(self, row: int, direction: int, by: float) -> Slope | None:
        moved, _ = self._moved(row, direction * by)
        return None if moved is None else Slope((moved.objective - self._base.objective) / by, by)

    def _reach(self, room: tuple[float, float], row: int, direction: int) -> float:
        """How far a row's bound may go before the basis changes; 0 where nothing says so."""
        reach = direction * (room[direction > 0] - self.bound(row))
        return 0.0 if np.isnan(reach) else float("inf") if reach > ENDLESS else reach

    def _further(self, row: int, direction: int, slope: float, reach: float) -> float:
        """How far the slope holds: basis by basis, as long as the next has the same."""
        for _ in range(MOST_PIECES):
            if np.isinf(reach):
                break
            moved, room = self._moved(row, direction * (reach * (1 + STEPS[1]) + self._noise))
            if moved is None or abs(float(moved.duals[row]) - slope) > SAME * abs(slope):
                break
            further = self._reach(room, row, direction)
            if further <= reach * (1 + STEPS[1]):
                # a bound that no longer binds costs nothing however far it goes
                return float("inf") if slope == 0 else reach
            reach = further
        return reach

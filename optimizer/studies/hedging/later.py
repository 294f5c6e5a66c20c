"""A branch after common decisions: its own LP, solved again as these change, and what its duals say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from oremix.optimizer.clock import Clock
from oremix.optimizer.solving.arrays import Arrays, Floats
from oremix.optimizer.solving.basis import Basis
from oremix.optimizer.solving.highs import Quiet, claim_of, highs_model, listen
from oremix.optimizer.solving.pieces import Ints, Piece, by_number, components, cut, grouped
from oremix.optimizer.studies.hedging.whole import Whole

__all__ = ["Answer", "Cut", "Job", "Later", "answered", "later_of"]

# Columns: smaller parts of a branch are solved together.
SMALLEST = 500


@dataclass(frozen=True)
class Answer:
    """What HiGHS says of a part of a branch after decisions; of an infeasible one, `duals` prove that."""

    status: str
    x: Floats | None
    duals: Floats | None
    basis: Basis | None


@dataclass(frozen=True)
class Cut:
    """What multipliers on the rows of a part of a branch say of all common decisions x.

    Its own cost is at least `constant` + `slope` · x; or, where they prove that decisions leave no plan, that sum is at
    most 0 wherever there is one (`is_limit`).
    """

    part: int
    constant: float
    slope: Floats
    duals: Floats
    is_limit: bool

    def at(self, x: Floats) -> float:
        """Its value for decisions."""
        return self.constant + float(self.slope @ x)


class Later:
    """Columns and rows of a branch that hang together once what is common is decided.

    `arrays` is their own LP; `rows`, `columns`, `coefficients` are what the common columns have in it. `own_columns`
    and `own_rows` say where it is in the whole. HiGHS is kept, but does not travel: every solve depends on nothing but
    decisions and basis, so that it ends alike wherever it is done.
    """

    def __init__(
        self,
        branch: int,
        piece: Piece,
        entries: tuple[Ints, Ints, Floats],
        width: int,
    ) -> None:
        self.branch, self.arrays = branch, piece.arrays
        self.own_columns, self.own_rows = piece.columns, piece.rows
        self.rows, self.columns, self.coefficients = entries
        self._width = width
        self._solver: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_solver": None}

    def taken(self, decisions: Floats) -> Floats:
        """What the common decisions add up to in each row."""
        terms = self.coefficients * decisions[self.columns]
        return np.bincount(self.rows, terms, len(self.arrays.lower)).astype(np.float64, copy=False)

    def _given(self, duals: Floats) -> Floats:
        """What the rows pay each common column."""
        paid = np.bincount(self.columns, self.coefficients * duals[self.rows], self._width)
        return paid.astype(np.float64, copy=False)

    def cost(self, x: Floats) -> float:
        """Of its own columns."""
        return float(self.arrays.cost @ x)

    def solve(self, job: Job) -> Answer:
        """The optimum after decisions, from a basis where there is one."""
        arrays, taken = self.arrays, self.taken(job.decisions)
        lower, upper = arrays.lower - taken, arrays.upper - taken
        if self._solver is None:
            self._solver = Quiet()
            self._solver.passModel(highs_model(arrays, None, is_mip=False))
        else:
            self._solver.clearSolver()
            self._solver.suit_thread()
        solver = self._solver
        solver.setOptionValue("presolve", "choose")
        solver.setOptionValue("solver", "choose")
        solver.changeRowsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper)
        if job.basis is not None:
            solver.setBasis(job.basis.kept)
        left = job.clock.left()
        solver.setOptionValue("time_limit", highspy.kHighsInf if left is None else left)
        if job.clock.stop is not None:
            listen(solver, job.clock.stop)
        claim = claim_of(solver, is_mip=False)
        basis = Basis(solver.getBasis()) if claim.status == "optimal" else job.basis
        if claim.status == "infeasible":
            return Answer("infeasible", None, claim.ray, basis)
        x = None if claim.x is None else np.clip(claim.x, arrays.low, arrays.high)
        return Answer(claim.status, x, claim.duals, basis)

    def cut(self, part: int, duals: Floats) -> Cut:
        """What an optimum's duals say of all common decisions; those that press on no bound are left out."""
        arrays = self.arrays
        duals = np.where(np.isfinite(np.where(duals > 0, arrays.lower, arrays.upper)), duals, 0.0)
        sides = np.where(duals != 0, np.where(duals > 0, arrays.lower, arrays.upper), 0.0)
        reduced = arrays.reduced_costs(duals).astype(np.float64)
        ends = np.where(reduced > 0, arrays.low, arrays.high)
        ends = np.where(np.isfinite(ends), ends, 0.0)
        return Cut(part, float(sides @ duals + ends @ reduced), -self._given(duals), duals, is_limit=False)

    def limit(self, part: int, decisions: Floats, ray: Floats) -> Cut | None:
        """What a proof that decisions leave no plan says of all; none where it proves nothing."""
        arrays, size = self.arrays, float(np.max(np.abs(ray), initial=0.0))
        if not np.isfinite(size) or size == 0:
            return None
        found: list[Cut] = []
        for sign in (1.0, -1.0):
            duals = sign * np.where(np.abs(ray) <= 1e-9 * size, 0.0, ray) / size
            sides = np.where(duals > 0, arrays.lower, arrays.upper)
            if np.any(~np.isfinite(sides[duals != 0])):
                continue
            combined = arrays.combined(duals).astype(np.float64)
            most = np.where(combined > 0, arrays.high, arrays.low)
            brought = np.where(np.isfinite(most), most, 0.0) @ combined
            constant = float(np.where(duals != 0, sides, 0.0) @ duals - brought)
            found.append(Cut(part, constant, -self._given(duals), duals, is_limit=True))
        found = [cut for cut in found if cut.at(decisions) > 0]
        return max(found, key=lambda cut: cut.at(decisions), default=None)


@dataclass(frozen=True)
class Job:
    """A part of a branch to be solved after decisions."""

    later: Later
    decisions: Floats
    basis: Basis | None
    clock: Clock


def answered(job: Job) -> Answer:
    """The job done."""
    return job.later.solve(job)


def later_of(whole: Whole) -> list[Later]:
    """The parts of each branch of the whole."""
    return [part for number in range(len(whole.places)) for part in _parts(whole, number)]


def _parts(whole: Whole, number: int) -> Iterator[Later]:
    arrays, place = whole.arrays, whole.places[number]
    rows, columns = place.rows, place.columns
    nonzeros = slice(arrays.starts[rows.start], arrays.starts[rows.stop])
    row_of = arrays.row_of[nonzeros] - rows.start
    used, coefficients = arrays.columns[nonzeros], arrays.coefficients[nonzeros]
    is_common = used < whole.width
    lengths = np.bincount(row_of[~is_common], minlength=rows.stop - rows.start)
    own = Arrays(
        cost=place.cost[place.where >= whole.width],
        offset=0.0,
        low=arrays.low[columns],
        high=arrays.high[columns],
        integer=np.zeros(columns.stop - columns.start, dtype=np.bool_),
        starts=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        columns=(used[~is_common] - columns.start).astype(np.int32),
        coefficients=coefficients[~is_common],
        lower=arrays.lower[rows],
        upper=arrays.upper[rows],
        gates=arrays.gates[rows],
        sign=1.0,
    )
    every = np.ones(len(own.lower), dtype=np.bool_)
    component = components(own, every)
    pieces = cut(own, grouped(component, np.bincount(component), SMALLEST), every) if len(own.cost) else []
    row_of, coefficients = row_of[is_common], coefficients[is_common]
    of_column = used[is_common].astype(np.int64)
    part_of, at = np.empty(len(own.lower), dtype=np.int64), np.empty(len(own.lower), dtype=np.int64)
    for part, piece in enumerate(pieces):
        part_of[piece.rows], at[piece.rows] = part, np.arange(len(piece.rows))
    for piece, mine in zip(pieces, by_number(part_of[row_of], len(pieces)), strict=True):
        placed = replace(piece, columns=piece.columns + columns.start, rows=piece.rows + rows.start)
        yield Later(number, placed, (at[row_of[mine]], of_column[mine], coefficients[mine]), whole.width)

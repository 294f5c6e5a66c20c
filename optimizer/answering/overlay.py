"""The layer of marked flows laid over the flows of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from oremix.models.chain import Facility, Plant, Recipe, Recycler
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.tracing import Layer, Mix, Mixes
from oremix.optimizer.lean import Column, Key, Pairs, summed

__all__ = ["LaidRow", "Overlay", "PlanLayer"]


class LaidRow(NamedTuple):
    """A row over the plan's flows."""

    key: Key
    pairs: Pairs
    sense: int
    rhs: float


class Overlay:
    """Columns and rows laid over the plan's flows, made as those of a `LeanProblem`.

    Its columns are numbered down from −1, so that they are told from the model's.
    """

    def __init__(self, model: Model) -> None:
        self._labels = model.lp.labels
        self.size = 0
        self.rows: list[LaidRow] = []

    def column(self, *key: Any) -> Column:
        """Make a column."""
        self.size += 1
        return Column(self._labels, key[:-1], key[-1], -self.size)

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> LaidRow:
        """Make a row."""
        if len({column.number for column, _ in pairs}) < len(pairs):
            pairs = summed(pairs)
        row = LaidRow(key, pairs, sense, rhs)
        self.rows.append(row)
        return row


class PlanLayer(Layer):
    """A layer over a model that has only what moves in a plan: each period has mixes of its own.

    Most of what could be mixed in the problem is not in a plan, so that few of its flows need a column.
    """

    def __init__(self, moving: Model, marking: Marking, wanted: set[str], periods: Iterable[int], lp: Overlay) -> None:
        self._found: dict[int, Mixes] = {}
        super().__init__(moving, marking, wanted, periods, lp)

    def _mixes(self, period: int) -> Mixes:
        if period not in self._found:
            self._found[period] = self._mixed(period)
        return self._found[period]

    def _mixed(self, period: int) -> Mixes:
        """From what was there before and what is made, gone through until nothing is added any more."""
        mixes: Mixes = defaultdict(set)
        handing_on = self._sources(mixes, period)
        into = [*self._moves(mixes, period)]
        size = -1
        while size < (size := sum(map(len, mixes.values()))):
            for plant, recipe, made in handing_on:
                made.update(self._hands_on(mixes, plant, recipe))
            for start, end in into:
                end.update(start)
        return mixes

    def _sources(self, mixes: Mixes, period: int) -> list[tuple[Plant, Recipe, Mix]]:
        """Enter what is marked or not whatever else is; what runs and hands on, and the mix that it adds to."""
        handing_on: list[tuple[Plant, Recipe, Mix]] = []
        for number, _ in self._piles:
            mixes[number,] = self._from_before(number, period)
        for material in self._materials:
            for origin, makers in self.model.network.makers[material].items():
                made = mixes[material, origin]
                for facility in makers:
                    marks = self._marks(facility)
                    if marks is not None:
                        made |= {marks} if self._makes_any(facility, period) else set()
                    elif isinstance(facility, Plant):
                        running = [r for r in facility.recipes if (facility.id, r.id, period) in self.model.run]
                        handing_on += [(facility, r, made) for r in running if material in r.outputs]
        return handing_on

    def _makes_any(self, facility: Facility, period: int) -> bool:
        model = self.model
        if isinstance(facility, Plant):
            return any((facility.id, recipe.id, period) in model.run for recipe in facility.recipes)
        if isinstance(facility, Recycler):
            return (facility.id, period) in model.collect
        return bool(model.taken.get((facility.id, period)))

    def _moves(self, mixes: Mixes, period: int) -> Iterator[tuple[Mix, Mix]]:
        """The mixes of which one goes into the other."""
        for (material, origin), ships in self._going.get(period, {}).items():
            for place, _ in ships:
                yield mixes[material, origin], mixes[material, place]
        for number, pile in self._piles:
            if (number, period) in self.model.fill:
                yield mixes[pile.material, pile.at], mixes[number,]
            for place, _ in self._drawing.get((number, period), ()):
                yield mixes[number,], mixes[pile.material, place]

    def _from_before(self, number: int, period: int) -> Mix:
        """What a stock may be made of at the start of a period."""
        if period == 0:
            return self._initially(self.model.problem.stockpiles[number])
        return set(self._mixes(period - 1)[number,]) if (number, period - 1) in self.model.level else set()
